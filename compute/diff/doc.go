// Package diff compares two states of content and configuration, and lists the changes in
// ranks, recommendations, gates, refusals, dates and findings.
//
// Both sides are decided on the same Measured, so that every difference comes from the files
// and none from newer data. Settings that only Measure reads are listed as taking effect with
// the next run.
//
// [Compare] is a pure function, and a [Diff] is a plain value with a version. [Read] decodes
// one from JSON and checks all of it, because a diff may come from the workflow of somebody
// else's fork.
package diff
