// Package templates holds what the renderer and the commands write from: page
// templates, the site's assets, and the files that init and new start users with.
package templates

import (
	"embed"
	"io/fs"
)

//go:embed layouts pages
var files embed.FS

//go:embed assets
var assets embed.FS

//go:embed all:scaffold
var scaffold embed.FS

// FS holds layouts/*.html and pages/*.html.
var FS fs.FS = files

// Assets holds the site's style sheet and scripts, as they are published.
var Assets = subFolder(assets, "assets")

// Scaffold holds what init and new write.
var Scaffold = subFolder(scaffold, "scaffold")

// subFolder returns a folder of an embedded tree. It cannot fail: the names above are valid.
func subFolder(tree embed.FS, dir string) fs.FS {
	f, _ := fs.Sub(tree, dir)
	return f
}
