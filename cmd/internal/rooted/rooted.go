// Package rooted opens what lies in the repository of a configuration, and nothing
// outside of it: a stranger's change may put a symbolic link anywhere.
package rooted

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// ErrOutside is the cause where a path, or a symbolic link on its way, leads out of
// the repository, or into the folder that git keeps for itself.
var ErrOutside = errors.New("leads out of the repository by a symbolic link, or by one that is absolute")

// Tree is the repository that a folder lies in or, where there is none, the folder.
type Tree struct {
	top string // absolute
	// start is where relative names begin: the working directory.
	start string
	// Clone reports whether there is a repository.
	Clone bool
}

// Around returns the tree of a folder, which is seen from the working directory.
// The tree is found by the names of the path: a link on it that stands inside a
// repository leads to no other one. The error is about the working directory.
func Around(folder string) (Tree, error) {
	t := Tree{}
	start, err := os.Getwd()
	if err == nil {
		start, err = filepath.EvalSymlinks(start)
	}
	if err != nil {
		return t, fmt.Errorf("working directory: %w", err)
	}
	t.start = start
	folder = t.abs(folder)
	for _, dir := range fromRoot(folder) {
		if info, err := os.Lstat(dir); t.Clone && err == nil && info.Mode()&fs.ModeSymlink != 0 {
			break
		}
		if _, err := os.Stat(filepath.Join(dir, ".git")); err == nil {
			t.top, t.Clone = dir, true
		}
	}
	if !t.Clone {
		t.top = folder
	}
	return t, nil
}

// fromRoot lists a folder and all above it, the topmost first.
func fromRoot(folder string) []string {
	var list []string
	for dir := folder; ; dir = filepath.Dir(dir) {
		list = append([]string{dir}, list...)
		if dir == filepath.Dir(dir) {
			return list
		}
	}
}

func (t Tree) abs(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(t.start, name)
}

// Top returns the topmost folder.
func (t Tree) Top() string { return t.top }

// Rel returns a path as seen from the top, with slashes. It reports false if the
// path itself leads out; links on it are not looked at.
func (t Tree) Rel(name string) (string, bool) {
	rel, err := filepath.Rel(t.top, t.abs(name))
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// Folder opens a folder in the tree. Nothing leads out of what is returned. The
// error is ErrOutside, or of the system.
func (t Tree) Folder(name string) (*os.Root, error) {
	top, rel, err := t.enter(name)
	if err != nil {
		return nil, err
	}
	defer top.Close() // read only
	folder, err := top.OpenRoot(filepath.FromSlash(rel))
	return folder, outside(err)
}

// ReadFile reads a regular file in the tree, at most so many bytes of it; data may
// be as long as that, and then there was perhaps more. The error is ErrOutside, or
// of the system.
func (t Tree) ReadFile(name string, most int64) (data []byte, err error) {
	top, rel, err := t.enter(name)
	if err != nil {
		return nil, err
	}
	defer top.Close() // read only
	rel = filepath.FromSlash(rel)
	info, err := top.Stat(rel)
	if err != nil {
		return nil, outside(err)
	}
	if !info.Mode().IsRegular() { // a pipe would never end
		return nil, &fs.PathError{Op: "open", Path: rel, Err: errors.New("is not a regular file")}
	}
	f, err := top.Open(rel)
	if err != nil {
		return nil, outside(err)
	}
	defer f.Close() // read only
	return io.ReadAll(io.LimitReader(f, most))
}

// IsFolder reports whether there is a folder of a name in the tree.
func (t Tree) IsFolder(name string) bool {
	top, rel, err := t.enter(name)
	if err != nil {
		return false
	}
	defer top.Close() // read only
	info, err := top.Stat(filepath.FromSlash(rel))
	return err == nil && info.IsDir()
}

// enter opens the top for a name below it.
func (t Tree) enter(name string) (top *os.Root, rel string, err error) {
	rel, ok := t.Rel(name)
	if !ok {
		return nil, "", ErrOutside
	}
	if t.isGit(rel) {
		return nil, "", ErrOutside
	}
	top, err = os.OpenRoot(t.top)
	return top, rel, err
}

// isGit reports whether a path leads into the folder that git keeps for itself,
// where credentials of a job may lie.
func (t Tree) isGit(rel string) bool {
	top, err := filepath.EvalSymlinks(t.top)
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(filepath.Join(t.top, filepath.FromSlash(rel)))
	if err != nil {
		return false // opening it fails as well
	}
	below, err := filepath.Rel(top, real)
	if err != nil {
		return true
	}
	for part := range strings.SplitSeq(filepath.ToSlash(below), "/") {
		if strings.EqualFold(part, ".git") {
			return true
		}
	}
	return false
}

// outside tells errors of a path that escapes from those of the system: package os
// does not export its own.
func outside(err error) error {
	if err != nil && strings.Contains(err.Error(), "path escapes from parent") {
		return ErrOutside
	}
	return err
}

// OpenRegular opens a regular file. It refuses others: reading a pipe or a device could
// take forever.
func OpenRegular(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is not a regular file")}
	}
	return os.Open(name)
}

// PublicName returns the name of a file as pages print it: its path below a folder, or only
// its name if it is elsewhere, because paths of this machine are private.
func PublicName(root, name string) string {
	rel, err := filepath.Rel(root, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.Base(name)
	}
	return filepath.ToSlash(rel)
}
