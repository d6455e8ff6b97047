// Package content reads what a platform team writes: TOML files and Markdown
// with TOML front matter, from any fs.FS (a folder, or a tree of git).
//
// The way of a file:
//
//	bytes → scan (limits, lines of keys) → BurntSushi/toml → bind (types, unknown keys) → check (meaning)
//
// Decode is the first three steps and serves any TOML file, the configuration
// included. Read does all four for a whole folder and returns every problem it
// finds, each with file and line, not the first only. Lint is for what is
// allowed but worth a look. New writes a commented file to start from.
package content
