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

// Folder publishes to a folder that a web server serves, in one step as build does,
// and keeps the previews in it.
type Folder struct{ place Place }

// NewFolder returns the target that a place is.
func NewFolder(p Place) Folder { return Folder{p} }

// String returns the folder's path.
func (f Folder) String() string { return f.place.Out }

// lock lets one run at a time publish to the folder.
func (f Folder) lock() (release func(), err error) {
	dir, err := filepath.Abs(f.place.Out)
	if err != nil {
		return nil, err
	}
	return Lock(filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".ip3dp-lock"))
}

// Publish writes the site beside the one that is there and swaps the two. What
// belongs to the host and the previews come along.
func (f Folder) Publish(ctx context.Context, site *Site, prefix string, now time.Time) (Result, error) {
	if err := Guard(f.place.Out, f.place.Guarded); err != nil {
		return Result{}, err
	}
	if from, to := resolvePath(site.dir), resolvePath(f.place.Out); isWithin(from, to) || isWithin(to, from) {
		return Result{}, refuse("publish to another folder", "%s and %s, the site to publish, lie in each other",
			f.place.Out, site.dir)
	}
	release, err := f.lock()
	if err != nil {
		return Result{}, err
	}
	defer release()
	f.sweepPreviews()
	place := f.place
	if prefix != "" {
		place.Out = filepath.Join(place.Out, filepath.FromSlash(prefix))
	}
	s, err := Stage(place)
	if err != nil {
		return Result{}, err
	}
	defer s.Discard()
	for _, file := range site.Files {
		if err := ctx.Err(); err != nil {
			return Result{}, err
		}
		if file.Path == ManifestPath {
			continue // it gets one of its own
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
		if err := s.Write(Receipt, NewReceipt(now)); err != nil {
			return Result{}, err
		}
	}
	return Result{Written: len(site.Files)}, s.Publish()
}

// Remove removes a preview that ip3dp published.
func (f Folder) Remove(_ context.Context, prefix string, _ time.Time) (Result, error) {
	release, err := f.lock()
	if err != nil {
		return Result{}, err
	}
	defer release()
	f.sweepPreviews()
	return f.remove(prefix)
}

// goneSuffix ends the name of a preview that is being removed.
const goneSuffix = ".ip3dp-gone"

func (f Folder) remove(prefix string) (Result, error) {
	dir := filepath.Join(f.place.Out, filepath.FromSlash(prefix))
	info, err := os.Lstat(dir)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Result{}, nil
	case err != nil:
		return Result{}, err
	case !info.IsDir():
		return Result{}, fmt.Errorf("%s was not published by ip3dp", dir)
	}
	held, err := ownerOf(system{}, dir).holdFolder(system{}, dir)
	if err != nil || len(held.ours.files) == 0 || len(held.carried) > 0 {
		return Result{}, fmt.Errorf("%s, or a file in it, was not published by ip3dp: remove it by hand", dir)
	}
	// Out of sight in one step; what is left of it has no preview's name any more.
	gone := filepath.Join(f.place.Out, Previews, "."+filepath.Base(dir)+goneSuffix)
	if err := os.Rename(dir, gone); err != nil {
		return Result{}, err
	}
	removeSite(system{}, gone, dir, held.ours.files)
	return Result{Removed: len(held.ours.files), Previews: []string{prefix}}, syncFolder(filepath.Dir(dir))
}

// sweepPreviews removes what is left of previews whose removal a run did not end.
func (f Folder) sweepPreviews() {
	dir := filepath.Join(f.place.Out, Previews)
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

// Prune removes previews whose receipt is from before a time.
func (f Folder) Prune(_ context.Context, before, _ time.Time) (Result, error) {
	release, err := f.lock()
	if err != nil {
		return Result{}, err
	}
	defer release()
	f.sweepPreviews()
	entries, err := os.ReadDir(filepath.Join(f.place.Out, Previews))
	if errors.Is(err, fs.ErrNotExist) {
		return Result{}, nil
	}
	var result Result
	for _, entry := range entries {
		prefix, bad := ParsePrefix(Previews + "/" + entry.Name())
		if bad != nil || strings.Contains(entry.Name(), newSuffix) {
			continue
		}
		data, unread := os.ReadFile(filepath.Join(f.place.Out, filepath.FromSlash(prefix), Receipt))
		if at, ok := Published(data); unread != nil || !ok || !at.Before(before) {
			continue
		}
		r, failed := f.remove(prefix)
		result.Previews = append(result.Previews, r.Previews...)
		result.Removed += r.Removed
		err = errors.Join(err, failed)
	}
	return result, err
}
