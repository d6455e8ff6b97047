// Package exit has the program's exit codes and the errors that carry one.
package exit
