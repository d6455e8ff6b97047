// Package compute turns facts into a report, in two steps that meet at a
// published value:
//
//	Measure(Options, Content, Events, History, asOf) → Measured, Evidence
//	Decide(Options, Content, Measured)               → Report
//
// The nightly run does both. A pull request's preview has no events: it reads
// the Measured that the nightly run published and decides again with its own
// content. Both are pure: no I/O, no clock, the same input gives the same value.
package compute
