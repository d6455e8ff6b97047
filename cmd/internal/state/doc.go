// Package state reads and writes the files that one run leaves for the next: those of
// the folder .ip3dp, and those of a published site.
package state
