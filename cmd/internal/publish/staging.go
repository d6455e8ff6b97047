package publish

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Folders beside the site, followed by digits: the site being written, and the
// one before where the system cannot swap two folders in one step.
const (
	newSuffix = ".ip3dp-new-"
	oldSuffix = ".ip3dp-old-"
)

// Staging is a site being written beside the folder that it will replace.
//
// A kill at any moment leaves the old site or the new one. Files are not synced
// one by one: after a power failure the site is built again from the state,
// which is synced.
type Staging struct {
	out  string // folder to replace; exists or not
	dir  string // folder written to
	lock *os.File
	made map[string]bool // folders that exist
}

// Stage begins a site that will stand at out. It refuses a folder that is not
// ours and removes what runs that died have left.
func Stage(out string) (*Staging, error) {
	s, err := prepare(out)
	var f *Fault
	if err != nil && !errors.As(err, &f) {
		err = broken("choose another folder with --out or site.out", fmt.Errorf("output folder %s: %w", out, err))
	}
	return s, err
}

func prepare(out string) (*Staging, error) {
	out, err := resolve(out)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(out), 0o755); err != nil {
		return nil, err
	}
	if err := heal(out); err != nil {
		return nil, err
	}
	if err := refuseForeign(out); err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp(filepath.Dir(out), filepath.Base(out)+newSuffix+"*")
	if err != nil {
		return nil, err
	}
	s := &Staging{out: out, dir: dir, made: map[string]bool{dir: true}}
	if err := s.claim(); err != nil {
		s.Discard()
		return nil, err
	}
	return s, nil
}

// resolve follows a symbolic link at out, so that what it points to is replaced
// and the link stays.
func resolve(out string) (string, error) {
	out, err := filepath.Abs(out)
	if err != nil {
		return "", err
	}
	real, err := filepath.EvalSymlinks(out)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	return real, err
}

// Out returns the folder that the site will stand in.
func (s *Staging) Out() string { return s.out }

// claim opens the folder to others' reading and locks it, so that other runs
// know it is no leftover.
func (s *Staging) claim() error {
	if err := os.Chmod(s.dir, 0o755); err != nil { //nolint:gosec // a site is public
		return err
	}
	f, err := os.Open(s.dir)
	if err != nil {
		return err
	}
	s.lock = f
	// Where folders cannot be locked nothing is taken for a leftover either.
	_ = tryLock(f)
	return nil
}

// refuseForeign refuses to replace what is neither missing, empty nor a site.
func refuseForeign(out string) error {
	entries, err := os.ReadDir(out)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case len(entries) == 0 || isSite(out):
		return nil
	}
	return refuse("choose another folder with --out, --to or site.out, or empty this one", "%s is not empty and was not written by ip3dp", out)
}

// isSite reports whether a folder holds a site that this program wrote.
func isSite(dir string) bool {
	data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(Marker)))
	var record struct {
		Tool string `json:"tool"`
	}
	return err == nil && json.Unmarshal(data, &record) == nil && record.Tool == "ip3dp"
}

// heal removes what runs that died have left beside out, and puts the old site
// back if one died between two renames.
func heal(out string) error {
	dir, base := filepath.Split(out)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch {
		case !entry.IsDir():
		case numbered(entry.Name(), base+newSuffix) && isAbandoned(path):
			if err := os.RemoveAll(path); err != nil {
				return err
			}
		case numbered(entry.Name(), base+oldSuffix):
			if err := restore(path, out); err != nil {
				return err
			}
		}
	}
	return nil
}

// numbered reports whether a name is a prefix followed by nothing but digits.
func numbered(name, prefix string) bool {
	digits, ok := strings.CutPrefix(name, prefix)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// isAbandoned reports whether no living run writes to a folder.
func isAbandoned(dir string) bool {
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close() //nolint:errcheck // read only
	return tryLock(f) == nil
}

// restore puts an old site back to its place, or removes it if there is a newer.
func restore(old, out string) error {
	if _, err := os.Lstat(out); errors.Is(err, fs.ErrNotExist) {
		return os.Rename(old, out)
	}
	return os.RemoveAll(old)
}

// Write adds a file. Two files of one name are an error, and so is a name that
// leads out of the site.
func (s *Staging) Write(name string, data []byte) error {
	if !fs.ValidPath(name) || name == "." {
		return fmt.Errorf("%q is no path of a site", name)
	}
	file := filepath.Join(s.dir, filepath.FromSlash(name))
	if dir := filepath.Dir(file); !s.made[dir] {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // a site is public
			return err
		}
		s.made[dir] = true
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // a site is public
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

// Publish puts the new site in the place of the old one and removes the old.
func (s *Staging) Publish() error {
	if err := refuseForeign(s.out); err != nil { // it may have changed meanwhile
		return err
	}
	err := os.Rename(s.dir, s.out) // there is no site yet, or an empty folder
	if err != nil {
		err = exchange(s.dir, s.out)
	}
	if err != nil {
		err = s.replace()
	}
	if err != nil {
		return broken("the last site is untouched", fmt.Errorf("publish: %w", err))
	}
	s.Discard() // what is there now is the old site, if any
	return nil
}

// replace publishes in two renames, for systems that cannot swap two folders in
// one. A run that dies in between is healed by the next.
func (s *Staging) replace() error {
	number := s.dir[strings.LastIndex(s.dir, newSuffix)+len(newSuffix):]
	old := s.out + oldSuffix + number
	if err := os.Rename(s.out, old); err != nil {
		return err
	}
	if err := os.Rename(s.dir, s.out); err != nil {
		return errors.Join(err, os.Rename(old, s.out))
	}
	return os.RemoveAll(old)
}

// Discard removes the folder that was written to. What it cannot remove the next
// run will.
func (s *Staging) Discard() {
	if s.lock != nil {
		s.lock.Close() //nolint:errcheck // read only
	}
	os.RemoveAll(s.dir) //nolint:errcheck // see above
}
