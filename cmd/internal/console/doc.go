// Package console writes for people: lines, warnings, problems with their files,
// annotations of GitHub Actions, and the progress of a collection. It asks the
// questions of a terminal, too.
package console
