package main

import (
	"archive/tar"
	"cmp"
	"io"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/render"
)

// sortedPages is a copy of pages in order of path.
func sortedPages(pages []render.Page) []render.Page {
	pages = slices.Clone(pages)
	slices.SortFunc(pages, func(a, b render.Page) int { return cmp.Compare(a.Path, b.Path) })
	return pages
}

// archive writes files to a tar stream. The same files give the same bytes: no
// time, no owner, no folders, no links.
type archive struct{ w *tar.Writer }

func (a archive) write(name string, data []byte) error {
	err := a.w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: time.Unix(0, 0),
	})
	if err != nil {
		return err
	}
	_, err = a.w.Write(data)
	return err
}

// replaceFile writes a file beside the one it replaces and renames it, so that a
// reader or a kill finds the old file or the new one. It is synced first.
func replaceFile(name string, write func(io.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), "."+filepath.Base(name)+".*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name()) //nolint:errcheck // the error that counts is another
		}
	}()
	err = cmp.Or(write(f), f.Chmod(0o644), f.Sync())
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), name)
}
