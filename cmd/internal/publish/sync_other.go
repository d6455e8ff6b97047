//go:build !linux && !windows

package publish

// syncTree syncs a folder and everything in it.
func syncTree(dir string) error { return syncEach(dir) }

func syncFolder(dir string) error { return syncFile(dir) }
