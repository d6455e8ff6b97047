package publish

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Folder publishes to a folder that a web server serves, in one step as build
// does, and keeps the previews in it.
type Folder struct{ dir string }

// NewFolder returns the target that a folder is.
func NewFolder(dir string) Folder { return Folder{dir} }

// beside are the files of a served folder that belong to its host.
var beside = []string{"CNAME", ".nojekyll", ".htaccess", ".well-known"}

// String returns the folder's path.
func (f Folder) String() string { return f.dir }

// lock lets one run at a time publish to the folder.
func (f Folder) lock() (release func(), err error) {
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return nil, err
	}
	return Lock(filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".ip3dp-lock"))
}

// Publish writes the site beside the one that is there and swaps the two. What
// belongs to the host and the previews come along.
func (f Folder) Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Result, error) {
	release, err := f.lock()
	if err != nil {
		return Result{}, err
	}
	defer release()
	if prefix == "" {
		if err := f.claim(site); err != nil {
			return Result{}, err
		}
	}
	s, err := Stage(filepath.Join(f.dir, filepath.FromSlash(prefix)))
	if err != nil {
		return Result{}, err
	}
	defer s.Discard()
	for _, file := range site.Files {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		data, err := site.Read(file.Path)
		if err != nil {
			return Result{}, err
		}
		if err := s.Write(file.Path, data); err != nil {
			return Result{}, err
		}
	}
	if prefix != "" {
		err = s.Write(Receipt, NewReceipt(now))
	} else {
		for _, name := range append([]string{Previews}, beside...) {
			err = errors.Join(err, linkTree(filepath.Join(s.out, name), filepath.Join(s.dir, name)))
		}
	}
	if err != nil {
		return Result{}, err
	}
	return Result{Written: len(site.Files)}, s.Publish()
}

// claim makes a folder that holds nothing but previews and the host's files one of
// ours, so that the first site may be put there.
func (f Folder) claim(site *Site) error {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (len(entries) == 0 || isSite(f.dir)) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		known := entry.Name() == Previews
		for _, name := range beside {
			known = known || entry.Name() == name
		}
		if !known {
			return nil // stage refuses it
		}
	}
	data, err := site.Read(Marker)
	if err != nil {
		return err
	}
	file := filepath.Join(f.dir, filepath.FromSlash(Marker))
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil { //nolint:gosec // a site is public
		return err
	}
	return os.WriteFile(file, data, 0o644) //nolint:gosec // a site is public
}

// linkTree makes a tree stand at another place too, without writing its files anew
// where the system can share them. A tree that is not there is none.
func linkTree(from, to string) error {
	err := filepath.WalkDir(from, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, name)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		switch {
		case d.IsDir():
			return os.MkdirAll(target, 0o755) //nolint:gosec // a site is public
		case d.Type()&fs.ModeSymlink != 0:
			link, err := os.Readlink(name)
			if err != nil {
				return err
			}
			return os.Symlink(link, target)
		}
		if os.Link(name, target) == nil {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		return os.WriteFile(target, data, 0o644) //nolint:gosec // a site is public
	})
	if errors.Is(err, fs.ErrNotExist) {
		if _, gone := os.Lstat(from); errors.Is(gone, fs.ErrNotExist) {
			return nil
		}
	}
	return err
}

// Remove removes a preview that ip3dp published.
func (f Folder) Remove(_ context.Context, prefix string, _ time.Time) (Result, error) {
	release, err := f.lock()
	if err != nil {
		return Result{}, err
	}
	defer release()
	return f.remove(prefix)
}

func (f Folder) remove(prefix string) (Result, error) {
	dir := filepath.Join(f.dir, filepath.FromSlash(prefix))
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Result{}, nil
	case err != nil:
		return Result{}, err
	case !info.IsDir() || !isSite(dir):
		return Result{}, fmt.Errorf("%s was not published by ip3dp", dir)
	}
	// Out of sight in one step; what is left of it is no preview's name any more.
	gone := filepath.Join(f.dir, Previews, "."+filepath.Base(dir)+".gone")
	if err := errors.Join(os.RemoveAll(gone), os.Rename(dir, gone)); err != nil {
		return Result{}, err
	}
	return Result{Previews: []string{prefix}}, os.RemoveAll(gone)
}

// Prune removes previews whose receipt is from before a time.
func (f Folder) Prune(_ context.Context, before, _ time.Time) (Result, error) {
	release, err := f.lock()
	if err != nil {
		return Result{}, err
	}
	defer release()
	entries, err := os.ReadDir(filepath.Join(f.dir, Previews))
	if errors.Is(err, fs.ErrNotExist) {
		return Result{}, nil
	}
	var result Result
	for _, entry := range entries {
		prefix, bad := ParsePrefix(Previews + "/" + entry.Name())
		if bad != nil || strings.Contains(entry.Name(), newSuffix) {
			continue
		}
		data, unread := os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(prefix), Receipt))
		if at, ok := Published(data); unread != nil || !ok || !at.Before(before) {
			continue
		}
		r, failed := f.remove(prefix)
		result.Previews = append(result.Previews, r.Previews...)
		err = errors.Join(err, failed)
	}
	return result, err
}
