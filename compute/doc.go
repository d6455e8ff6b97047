// Package compute turns facts into a report, in two steps that are joined by a published value:
//
//	Measure(Options, Content, Events, Past, asOf) → Measured, Evidence
//	Decide(Options, Content, Measured)            → Report
//
// The nightly run takes both steps. The preview of a pull request has no events: it reads the
// Measured that the nightly run published and decides again with its own content. Both steps
// are pure functions, without I/O or a clock: the same input gives the same value.
package compute
