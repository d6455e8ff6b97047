// Package diff shows what a change of content or configuration moves: ranks, recommendations,
// gates, refusals, dates, findings.
//
// Both sides are decided on the same Measured, so that every difference comes from what people
// wrote and none from the night between. What only Measure reads is listed as taking effect
// with the next run.
//
// [Compare] is a pure function; [Diff] is a plain value with a version. [Read] takes one back
// from JSON and trusts nothing in it: a diff may come from the workflow of somebody else's
// fork.
package diff
