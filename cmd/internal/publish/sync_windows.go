package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// syncTree syncs the files of a folder. Windows syncs only files that are open for writing. It
// keeps the names in folders by itself.
func syncTree(dir string) error {
	return filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			return err
		}
		return errors.Join(f.Sync(), f.Close())
	})
}

func syncFolder(string) error { return nil }
