// Package render turns a Report into an ordered list of pages.
//
// A Page knows its path and how to write itself when asked, so that a folder, a
// tar stream and a development server share one list and no site is ever held in
// memory whole. Templates and assets are given as file systems; nothing here
// reads a file, a flag or a clock.
//
// Every link is relative and names its index.html, so that the same tree works at
// the root of a host, under a prefix, and opened from a folder.
package render
