package publish

import (
	"archive/tar"
	"cmp"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Archive writes files to a tar stream. The same files give the same bytes: no
// time, no owner, no folders, no links.
type Archive struct{ w *tar.Writer }

// NewArchive begins an archive that is written to out.
func NewArchive(out io.Writer) Archive { return Archive{tar.NewWriter(out)} }

// Close ends the archive. It leaves what it was written to open.
func (a Archive) Close() error { return a.w.Close() }

// Write adds a file.
func (a Archive) Write(name string, data []byte) error {
	err := a.w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: time.Unix(0, 0),
	})
	if err != nil {
		return err
	}
	_, err = a.w.Write(data)
	return err
}

// ReplaceFile writes a file beside the one it replaces and renames it, so that a
// reader or a kill finds the old file or the new one. It is synced first.
func ReplaceFile(name string, write func(io.Writer) error) (err error) {
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
