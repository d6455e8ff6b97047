// Package events reads deployments, changes, incidents and commits from CSV and JSON exports,
// for Jenkins, Argo CD, PagerDuty and other systems without a source of their own.
//
// One [Source] reads one file of one kind. docs/events.md lists the columns and their
// alternative names. Facts keep the values of the file. Only unusable rows are counted as
// rejected:
//
//   - a required cell that is blank, a cell that is not a date
//   - a status that is not a recognized word: it is listed, and may be declared
//   - a record from the future of the run, which is quarantined
//   - a record older than the configured start
//
// Every row is a separate fact. Package merge joins the rows of one id, in one file or several.
package events
