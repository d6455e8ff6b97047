// Package render turns a Report into an ordered list of pages.
//
// A Page has its path and a function that writes it, so that a folder, a tar stream and a
// development server share one list, and a site is never in memory whole. Templates and assets
// are given as file systems; nothing here reads a file, a flag or a clock.
//
// Every link is relative and names its index.html, so that the same tree works at the root of a
// host, under a prefix, and opened from a folder.
package render
