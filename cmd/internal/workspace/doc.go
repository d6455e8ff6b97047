// Package workspace reads the files that a team writes: its configuration and its content.
package workspace
