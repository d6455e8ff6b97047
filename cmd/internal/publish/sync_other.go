//go:build !linux && !windows

package publish

// syncTree syncs a folder and all that is in it.
func syncTree(dir string) error { return syncEach(dir) }

func syncFolder(dir string) error { return syncFile(dir) }
