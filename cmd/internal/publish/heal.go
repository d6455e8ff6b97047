package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// heal removes what runs that died have left beside out, and puts the old site back
// if one died between two renames. What it finds there and is not ours stays.
func (s *Staging) heal() error {
	dir, base := filepath.Split(s.out)
	dir = filepath.Clean(dir)
	entries, err := s.disk.ReadDir(dir)
	if err != nil {
		return err
	}
	var leftovers []string
	for _, entry := range entries {
		path := filepath.Join(dir, entry.Name())
		switch {
		case !entry.IsDir():
		case isNumbered(entry.Name(), base+oldSuffix):
			restored, err := s.restore(path)
			if err != nil {
				return err
			}
			if !restored {
				leftovers = append(leftovers, path)
			}
		case isNumbered(entry.Name(), base+newSuffix):
			leftovers = append(leftovers, path)
		}
	}
	for _, path := range leftovers {
		s.removeLeftover(path)
	}
	return nil
}

// isNumbered reports whether a name is a prefix followed by nothing but digits.
func isNumbered(name, prefix string) bool {
	digits, ok := strings.CutPrefix(name, prefix)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// removeLeftover removes a site that no living run writes or removes, and nothing
// else that is in its folder.
func (s *Staging) removeLeftover(dir string) {
	release, err := s.disk.Lock(dir)
	if err != nil {
		return
	}
	defer release()
	files, folders, err := readTree(s.disk, dir)
	if err != nil {
		return
	}
	if _, err := s.disk.Lstat(filepath.Join(dir, writing)); err == nil {
		removeAll(s.disk, dir)
		return
	}
	o := ownerOf(s.disk, dir)
	o.record = s.readRecord()
	lists, _ := o.lists()
	// Its manifest is written last: names of a site have to do.
	lists = append(lists, formerList(files))
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.name))
		ours := f.name == ManifestPath
		for _, l := range lists {
			ours = ours || l.files[f.name]
		}
		if ours && f.regular || stands(s.disk, path, filepath.Join(s.out, filepath.FromSlash(f.name))) {
			s.disk.Remove(path) // the next run will
		}
	}
	removeFolders(s.disk, dir, folders)
}

// restore puts an old site back to its place, if none is there and it is whole: a run
// may have died while it removed one.
func (s *Staging) restore(old string) (restored bool, err error) {
	if _, err := s.disk.Lstat(s.out); !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	if !s.isWhole(old) {
		return false, nil
	}
	if err := s.disk.Rename(old, s.out); err != nil {
		return false, err
	}
	return true, s.disk.SyncFolder(filepath.Dir(s.out))
}

// isWhole reports whether a folder holds all files of its manifest as they were
// written, or a site of the former version.
func (s *Staging) isWhole(dir string) bool {
	o := ownerOf(s.disk, dir)
	data, err := o.read(ManifestPath)
	if errors.Is(err, fs.ErrNotExist) {
		files, _, err := readTree(s.disk, dir)
		if err != nil {
			return false
		}
		_, former := o.takeFormer(files)
		return former
	}
	m, err := decodeManifest(data)
	if err != nil {
		return false
	}
	for name, row := range m.Files {
		if data, err := o.read(name); err != nil || rowOf(data) != row {
			return false
		}
	}
	return true
}

// removeAll removes a folder that was written to: all in it is ours.
func removeAll(d disk, dir string) {
	files, folders, err := readTree(d, dir)
	if err != nil {
		return
	}
	for _, f := range files {
		d.Remove(filepath.Join(dir, filepath.FromSlash(f.name))) // the next run will
	}
	removeFolders(d, dir, folders)
}

// removeFolders removes folders that are empty by now, and the one that they are in.
func removeFolders(d disk, dir string, folders []string) {
	for _, name := range folders {
		d.Remove(filepath.Join(dir, filepath.FromSlash(name))) // it is not empty
	}
	d.Remove(dir) // it is not empty
}

// removeSite removes a folder that a site was in: files with a name that is ours, and
// those that stand at out as well. What remains is moved to out, where nothing
// is replaced, and named. Folders that are empty then are removed.
func removeSite(d disk, dir, out string, ours map[string]bool) (moved []string) {
	files, folders, err := readTree(d, dir)
	if err != nil {
		return nil
	}
	for _, f := range files {
		from, to := filepath.Join(dir, filepath.FromSlash(f.name)), filepath.Join(out, filepath.FromSlash(f.name))
		if ours[f.name] && f.regular || stands(d, from, to) {
			d.Remove(from) // the next run will
			continue
		}
		if _, err := d.Lstat(to); errors.Is(err, fs.ErrNotExist) && makeFolders(d, filepath.Dir(to)) == nil &&
			d.Rename(from, to) == nil {
			moved = append(moved, f.name)
		}
	}
	removeFolders(d, dir, folders)
	return moved
}

// stands reports whether a file that was carried along stands at its new place: it is
// the same file, or one of the same bytes.
func stands(d disk, from, to string) bool {
	a, err := d.Lstat(from)
	if err != nil {
		return false
	}
	b, err := d.Lstat(to)
	if err != nil {
		return false
	}
	if d.SameFile(a, b) {
		return true
	}
	if a.Mode().Type() != b.Mode().Type() {
		return false
	}
	if a.Mode()&fs.ModeSymlink != 0 {
		x, err := os.Readlink(from)
		y, bad := os.Readlink(to)
		return err == nil && bad == nil && x == y
	}
	if !a.Mode().IsRegular() || a.Size() != b.Size() {
		return false
	}
	x, err := d.ReadFile(from)
	y, bad := d.ReadFile(to)
	return err == nil && bad == nil && string(x) == string(y)
}
