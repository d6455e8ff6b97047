// Package workspace reads the files that a team writes: its configuration, its content,
// and the past of its roadmap in git.
package workspace
