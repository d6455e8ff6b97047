// Package rooted opens files in the repository of a configuration, and nothing outside of it: a
// stranger's change may put a symbolic link anywhere.
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

// ErrOutside means that a path, or a symbolic link on its way, leads out of the repository or
// into its .git folder.
var ErrOutside = errors.New("leads out of the repository by a symbolic link, or by one that is absolute")

// Tree is the repository that contains a folder or, without a repository, the folder.
type Tree struct {
	top string // absolute
	// start is the working directory, which relative names begin at.
	start string
	// Clone reports whether there is a repository.
	Clone bool
}

// FindTree returns the tree of a folder, relative to the working directory. It finds the tree
// by the names in the path: a link inside a repository does not lead to another one. Its error
// is about the working directory.
func FindTree(folder string) (Tree, error) {
	t := Tree{}
	start, err := os.Getwd()
	if err == nil {
		start, err = filepath.EvalSymlinks(start)
	}
	if err != nil {
		return t, fmt.Errorf("working directory: %w", err)
	}
	t.start = start
	folder = t.absolute(folder)
	for _, dir := range listAncestors(folder) {
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

// listAncestors lists a folder and all above it, the topmost first.
func listAncestors(folder string) []string {
	var list []string
	for dir := folder; ; dir = filepath.Dir(dir) {
		list = append([]string{dir}, list...)
		if dir == filepath.Dir(dir) {
			return list
		}
	}
}

func (t Tree) absolute(name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(t.start, name)
}

// Top returns the topmost folder.
func (t Tree) Top() string { return t.top }

// Rel returns a path relative to the top, with slashes. It reports false if the path itself
// leads out; links are not followed.
func (t Tree) Rel(name string) (string, bool) {
	rel, err := filepath.Rel(t.top, t.absolute(name))
	if err != nil || !filepath.IsLocal(rel) {
		return "", false
	}
	return filepath.ToSlash(rel), true
}

// Folder opens a folder in the tree. No name leads out of the returned root. The error is
// ErrOutside, or of the system.
func (t Tree) Folder(name string) (*os.Root, error) {
	top, rel, err := t.openTop(name)
	if err != nil {
		return nil, err
	}
	defer top.Close() // read only
	folder, err := top.OpenRoot(filepath.FromSlash(rel))
	return folder, markOutside(err)
}

// ReadFile reads a regular file in the tree, at most so many bytes. If data has that length,
// the file may be longer. The error is ErrOutside, or of the system.
func (t Tree) ReadFile(name string, most int64) (data []byte, err error) {
	top, rel, err := t.openTop(name)
	if err != nil {
		return nil, err
	}
	defer top.Close() // read only
	rel = filepath.FromSlash(rel)
	info, err := top.Stat(rel)
	if err != nil {
		return nil, markOutside(err)
	}
	if !info.Mode().IsRegular() { // a pipe would never end
		return nil, &fs.PathError{Op: "open", Path: rel, Err: errors.New("is not a regular file")}
	}
	f, err := top.Open(rel)
	if err != nil {
		return nil, markOutside(err)
	}
	defer f.Close() // read only
	return io.ReadAll(io.LimitReader(f, most))
}

// IsFolder reports whether the tree has a folder of a name.
func (t Tree) IsFolder(name string) bool {
	top, rel, err := t.openTop(name)
	if err != nil {
		return false
	}
	defer top.Close() // read only
	info, err := top.Stat(filepath.FromSlash(rel))
	return err == nil && info.IsDir()
}

// openTop opens the top for a name below it.
func (t Tree) openTop(name string) (top *os.Root, rel string, err error) {
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

// isGit reports whether a path leads into a .git folder, which may have credentials of a job.
func (t Tree) isGit(rel string) bool {
	top, err := filepath.EvalSymlinks(t.top)
	if err != nil {
		return false
	}
	real, err := filepath.EvalSymlinks(filepath.Join(t.top, filepath.FromSlash(rel)))
	if err != nil {
		return false // opening it fails too
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

// markOutside returns ErrOutside for the error of a path that escapes, which package os does
// not export.
func markOutside(err error) error {
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
