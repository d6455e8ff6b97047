// Package content reads the files of a platform team: TOML, and Markdown with TOML front
// matter, from any fs.FS (a folder, or a tree of git).
//
// Each file takes these steps:
//
//	bytes → scan (limits, lines of keys) → BurntSushi/toml → bind (types, unknown keys) → check (meaning)
//
// Decode does the first three and serves any TOML file, also the configuration. Read does all
// four for a whole folder and returns every problem with its file and line, not only the first.
// Lint finds content that is allowed but should be reviewed. NewFile writes a commented file to
// start from.
package content
