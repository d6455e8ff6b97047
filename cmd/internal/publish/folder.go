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

// Folder publishes to a folder of a web server, in one step as build does, with its previews.
type Folder struct{ options FolderOptions }

// NewFolder returns the destination of the options.
func NewFolder(p FolderOptions) Folder { return Folder{p} }

// String returns the folder's path.
func (f Folder) String() string { return f.options.Out }

// lock lets one run at a time publish to the folder.
func (f Folder) lock() (release func(), err error) {
	dir, err := filepath.Abs(f.options.Out)
	if err != nil {
		return nil, err
	}
	return Lock(filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".ip3dp-lock"))
}

// Publish writes the site beside the present one and swaps the two. Files of the host and
// previews are carried over.
func (f Folder) Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Summary, error) {
	if err := Guard(f.options.Out, f.options.Guarded); err != nil {
		return Summary{}, err
	}
	if from, to := resolvePath(site.dir), resolvePath(f.options.Out); isWithin(from, to) || isWithin(to, from) {
		return Summary{}, refuse("publish to another folder", "%s and %s, the site to publish, overlap",
			f.options.Out, site.dir)
	}
	release, err := f.lock()
	if err != nil {
		return Summary{}, err
	}
	defer release()
	f.sweepPreviews()
	place := f.options
	if prefix != "" {
		place.Out = filepath.Join(place.Out, filepath.FromSlash(prefix))
	}
	s, err := Stage(place)
	if err != nil {
		return Summary{}, err
	}
	defer s.Discard()
	for _, file := range site.Files {
		if err := ctx.Err(); err != nil {
			return Summary{}, err
		}
		if file.Path == ManifestPath {
			continue // the folder gets its own manifest
		}
		data, err := site.Read(file.Path)
		if err != nil {
			return Summary{}, err
		}
		if err := s.Write(file.Path, data); err != nil {
			return Summary{}, err
		}
	}
	if prefix != "" {
		if err := s.Write(Receipt, NewReceipt(now)); err != nil {
			return Summary{}, err
		}
	}
	return Summary{Written: len(site.Files)}, s.Publish()
}

// Remove removes a published preview.
func (f Folder) Remove(_ context.Context, prefix string, _ time.Time) (Summary, error) {
	release, err := f.lock()
	if err != nil {
		return Summary{}, err
	}
	defer release()
	f.sweepPreviews()
	return f.remove(prefix)
}

// goneSuffix ends the name of a preview that is being removed.
const goneSuffix = ".ip3dp-gone"

func (f Folder) remove(prefix string) (Summary, error) {
	dir := filepath.Join(f.options.Out, filepath.FromSlash(prefix))
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Summary{}, nil
	case err != nil:
		return Summary{}, err
	case !info.IsDir():
		return Summary{}, fmt.Errorf("%s was not published by ip3dp", dir)
	}
	held, err := newFolderOwner(system{}, dir).inspectFolder(system{}, dir)
	if err != nil || len(held.ours.files) == 0 || len(held.carried) > 0 {
		return Summary{}, fmt.Errorf("%s, or a file in it, was not published by ip3dp: remove it by hand", dir)
	}
	// Out of sight in one step; the rest no longer has the name of a preview.
	gone := filepath.Join(f.options.Out, Previews, "."+filepath.Base(dir)+goneSuffix)
	if err := os.Rename(dir, gone); err != nil {
		return Summary{}, err
	}
	removeSite(system{}, gone, dir, held.ours.files)
	return Summary{Removed: len(held.ours.files), Previews: []string{prefix}}, syncFolder(filepath.Dir(dir))
}

// sweepPreviews removes the rest of previews whose removal was interrupted.
func (f Folder) sweepPreviews() {
	dir := filepath.Join(f.options.Out, Previews)
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if e.IsDir() && strings.HasPrefix(e.Name(), ".") && strings.HasSuffix(e.Name(), goneSuffix) {
			s := Staging{disk: system{}, out: filepath.Join(dir, "none")}
			s.removeLeftover(filepath.Join(dir, e.Name()))
		}
	}
}

// Prune removes previews with a receipt from before a time.
func (f Folder) Prune(_ context.Context, before, _ time.Time) (Summary, error) {
	release, err := f.lock()
	if err != nil {
		return Summary{}, err
	}
	defer release()
	f.sweepPreviews()
	entries, err := os.ReadDir(filepath.Join(f.options.Out, Previews))
	if errors.Is(err, fs.ErrNotExist) {
		return Summary{}, nil
	}
	var result Summary
	for _, entry := range entries {
		prefix, bad := ParsePrefix(Previews + "/" + entry.Name())
		if bad != nil || strings.Contains(entry.Name(), newSuffix) {
			continue
		}
		data, unread := os.ReadFile(filepath.Join(f.options.Out, filepath.FromSlash(prefix), Receipt))
		if at, ok := PublishedAt(data); unread != nil || !ok || !at.Before(before) {
			continue
		}
		r, failed := f.remove(prefix)
		result.Previews = append(result.Previews, r.Previews...)
		result.Removed += r.Removed
		err = errors.Join(err, failed)
	}
	return result, err
}
