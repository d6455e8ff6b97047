// Package comment words a diff.Diff: as Markdown for a comment on a pull request or
// a summary of a job, and as plain text for a terminal.
//
// Every text goes through one escape, whoever wrote it: names, reasons and titles
// come from strangers, and a comment is written with the project's rights. So no
// text of theirs mentions anybody, links, refers, opens HTML or a fence, or turns
// the direction of a line. Links come from Options alone.
package comment
