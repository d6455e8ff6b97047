package publish

import (
	"archive/tar"
	"errors"
	"io"
	"os"
	"time"
)

// Archive writes files to a tar stream in order of path. The same files give the same bytes: no
// time, no owner, no folders, no links.
type Archive struct {
	out      io.Writer
	w        *tar.Writer
	manifest manifest
	// Files after the manifest wait in a temporary file until the manifest is complete.
	later *os.File
	rest  *tar.Writer
}

// NewArchive begins an archive on out.
func NewArchive(out io.Writer) *Archive {
	return &Archive{out: out, w: tar.NewWriter(out), manifest: manifest{Files: map[string]FileSum{}}}
}

// Write adds a file.
func (a *Archive) Write(name string, data []byte) error {
	a.manifest.Files[name] = newFileSum(data)
	if name < ManifestPath {
		return writeEntry(a.w, name, data)
	}
	if a.later == nil {
		var err error
		if a.later, err = os.CreateTemp("", "ip3dp-archive-*"); err != nil {
			return err
		}
		a.rest = tar.NewWriter(a.later)
		// Remove the name already if the system can, so that no run leaves the file.
		os.Remove(a.later.Name()) // Discard tries again
	}
	return writeEntry(a.rest, name, data)
}

func writeEntry(w *tar.Writer, name string, data []byte) error {
	err := w.WriteHeader(&tar.Header{
		Typeflag: tar.TypeReg, Name: name, Size: int64(len(data)), Mode: 0o644, ModTime: time.Unix(0, 0),
	})
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// Close adds the manifest and ends the archive. It does not close the output.
func (a *Archive) Close() error {
	err := errors.Join(writeEntry(a.w, ManifestPath, a.manifest.encode()), a.w.Flush())
	if err == nil && a.later != nil {
		if err = a.rest.Flush(); err == nil {
			_, err = a.later.Seek(0, io.SeekStart)
		}
		if err == nil {
			_, err = io.Copy(a.out, a.later)
		}
	}
	return errors.Join(err, a.w.Close())
}

// Discard removes the temporary file.
func (a *Archive) Discard() {
	if a.later != nil {
		a.later.Close()           // it was read
		os.Remove(a.later.Name()) // it has no name on most systems
	}
}
