package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/hosting"
)

// folderTarget publishes to a folder that a web server serves, in one step as build
// does, and keeps the previews in it.
type folderTarget struct{ dir string }

// beside are the files of a served folder that belong to its host.
var beside = []string{"CNAME", ".nojekyll", ".htaccess", ".well-known"}

func (f folderTarget) String() string { return f.dir }

// lock lets one run at a time publish to the folder.
func (f folderTarget) lock() (release func(), err error) {
	dir, err := filepath.Abs(f.dir)
	if err != nil {
		return nil, err
	}
	return lockState(filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".ip3dp-lock"))
}

// Publish writes the site beside the one that is there and swaps the two. What
// belongs to the host and the previews come along.
func (f folderTarget) Publish(ctx context.Context, site *hosting.Site, prefix string, now time.Time) (hosting.Result, error) {
	release, err := f.lock()
	if err != nil {
		return hosting.Result{}, err
	}
	defer release()
	if prefix == "" {
		if err := f.claim(site); err != nil {
			return hosting.Result{}, err
		}
	}
	s, err := stage(filepath.Join(f.dir, filepath.FromSlash(prefix)))
	if err != nil {
		return hosting.Result{}, err
	}
	defer s.discard()
	for _, file := range site.Files {
		if err := ctx.Err(); err != nil {
			return hosting.Result{}, err
		}
		data, err := site.Read(file.Path)
		if err != nil {
			return hosting.Result{}, err
		}
		if err := s.write(file.Path, data); err != nil {
			return hosting.Result{}, err
		}
	}
	if prefix != "" {
		err = s.write(hosting.Receipt, hosting.NewReceipt(now))
	} else {
		for _, name := range append([]string{hosting.Previews}, beside...) {
			err = errors.Join(err, linkTree(filepath.Join(s.out, name), filepath.Join(s.dir, name)))
		}
	}
	if err != nil {
		return hosting.Result{}, err
	}
	return hosting.Result{Written: len(site.Files)}, s.publish()
}

// claim makes a folder that holds nothing but previews and the host's files one of
// ours, so that the first site may be put there.
func (f folderTarget) claim(site *hosting.Site) error {
	entries, err := os.ReadDir(f.dir)
	if errors.Is(err, fs.ErrNotExist) || err == nil && (len(entries) == 0 || isSite(f.dir)) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		known := entry.Name() == hosting.Previews
		for _, name := range beside {
			known = known || entry.Name() == name
		}
		if !known {
			return nil // stage refuses it
		}
	}
	data, err := site.Read(marker)
	if err != nil {
		return err
	}
	file := filepath.Join(f.dir, filepath.FromSlash(marker))
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
func (f folderTarget) Remove(_ context.Context, prefix string, _ time.Time) (hosting.Result, error) {
	release, err := f.lock()
	if err != nil {
		return hosting.Result{}, err
	}
	defer release()
	return f.remove(prefix)
}

func (f folderTarget) remove(prefix string) (hosting.Result, error) {
	dir := filepath.Join(f.dir, filepath.FromSlash(prefix))
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return hosting.Result{}, nil
	case err != nil:
		return hosting.Result{}, err
	case !info.IsDir() || !isSite(dir):
		return hosting.Result{}, fmt.Errorf("%s was not published by ip3dp", dir)
	}
	// Out of sight in one step; what is left of it is no preview's name any more.
	gone := filepath.Join(f.dir, hosting.Previews, "."+filepath.Base(dir)+".gone")
	if err := errors.Join(os.RemoveAll(gone), os.Rename(dir, gone)); err != nil {
		return hosting.Result{}, err
	}
	return hosting.Result{Previews: []string{prefix}}, os.RemoveAll(gone)
}

// Prune removes previews whose receipt is from before a time.
func (f folderTarget) Prune(_ context.Context, before, _ time.Time) (hosting.Result, error) {
	release, err := f.lock()
	if err != nil {
		return hosting.Result{}, err
	}
	defer release()
	entries, err := os.ReadDir(filepath.Join(f.dir, hosting.Previews))
	if errors.Is(err, fs.ErrNotExist) {
		return hosting.Result{}, nil
	}
	var result hosting.Result
	for _, entry := range entries {
		prefix, bad := hosting.ParsePrefix(hosting.Previews + "/" + entry.Name())
		if bad != nil || strings.Contains(entry.Name(), newSuffix) {
			continue
		}
		data, unread := os.ReadFile(filepath.Join(f.dir, filepath.FromSlash(prefix), hosting.Receipt))
		if at, ok := hosting.Published(data); unread != nil || !ok || !at.Before(before) {
			continue
		}
		r, failed := f.remove(prefix)
		result.Previews = append(result.Previews, r.Previews...)
		err = errors.Join(err, failed)
	}
	return result, err
}
