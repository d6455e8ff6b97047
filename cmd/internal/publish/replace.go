package publish

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// tempMark is part of the name of a file that is being written, between the name of the
// replaced file and digits: ".history.json.ip3dp-81".
const tempMark = ".ip3dp-"

// Replacement is a file that is written beside the one it will replace.
type Replacement struct {
	*os.File
	name string
}

// Replace begins a replacement of a file. It removes files that killed runs left.
func Replace(name string) (*Replacement, error) {
	dir, base := filepath.Split(name)
	Sweep(filepath.Clean(dir))
	for range 100 {
		temp := filepath.Join(dir, "."+base+tempMark+strconv.FormatUint(uint64(rand.Uint32()), 10)) // not a secret
		f, err := os.OpenFile(temp, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		// Another run may have removed it before it was locked.
		locked := tryLock(f)
		made, bad := f.Stat()
		now, gone := os.Lstat(temp)
		if !errors.Is(locked, errLocked) && bad == nil && gone == nil && os.SameFile(made, now) {
			return &Replacement{f, name}, nil
		}
		f.Close() // nothing was written
	}
	return nil, fmt.Errorf("no file could be made beside %s", name)
}

// Commit moves the file to its name. From then on it survives a power cut.
func (r *Replacement) Commit() error {
	err := cmp.Or(r.Chmod(0o644), r.Sync())
	if e := r.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(r.Name(), r.name)
	}
	if err != nil {
		os.Remove(r.Name()) // keep the first error
		return err
	}
	return syncFolder(filepath.Dir(r.name))
}

// Discard removes the file, unless it was committed.
func (r *Replacement) Discard() {
	if r.Close() == nil {
		os.Remove(r.Name()) // the next run will
	}
}

// ReplaceFile writes a file beside the one it replaces and renames it, so that a reader, a kill
// or a power cut finds the old file or the new one.
func ReplaceFile(name string, write func(io.Writer) error) error {
	if err := makeFolders(system{}, filepath.Clean(filepath.Dir(name))); err != nil {
		return err
	}
	r, err := Replace(name)
	if err != nil {
		return err
	}
	if err := write(r); err != nil {
		r.Discard()
		return err
	}
	return r.Commit()
}

// replaceLightly writes a file as ReplaceFile does, without syncing it.
func replaceLightly(d disk, name string, data []byte) error {
	dir, base := filepath.Split(name)
	var err error
	for range 3 { // another run may remove it as a leftover
		temp := filepath.Join(dir, "."+base+tempMark+strconv.FormatUint(uint64(rand.Uint32()), 10)) // not a secret
		if err = d.Create(temp, data); err == nil {
			err = d.Rename(temp, name)
		}
		if err != nil {
			d.Remove(temp) // keep the first error
		}
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return err
}

// Sweep removes the unfinished files of killed runs from a folder. It leaves those of living
// runs and all other files.
func Sweep(dir string) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		at := strings.LastIndex(e.Name(), tempMark)
		if at < 2 || e.Name()[0] != '.' || !e.Type().IsRegular() || !isNumbered(e.Name()[at:], tempMark) {
			continue
		}
		name := filepath.Join(dir, e.Name())
		f, err := os.OpenFile(name, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		if tryLock(f) == nil {
			os.Remove(name) // the next run will
		}
		f.Close() // nothing was written
	}
}
