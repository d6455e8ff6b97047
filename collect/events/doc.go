// Package events reads deployments, changes, incidents and commits from CSV and
// JSON exports: the way in for Jenkins, Argo CD, PagerDuty and whatever else has
// no source of its own.
//
// One [Source] reads one file of one kind. docs/events.md lists the columns, and
// the names they may have besides their own. Facts stay as the file says them;
// only rows that say nothing usable are counted out:
//
//   - a required cell that is blank, a cell that is no date
//   - a status that is no known word: it is named, and may be declared
//   - a record from the future of the run, which is quarantined
//   - a record older than the configured start
//
// Every row is a fact of its own: package merge joins those of one id, which may
// lie in several files.
package events
