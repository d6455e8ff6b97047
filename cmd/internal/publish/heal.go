package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// healFolder removes what killed runs left beside out. It restores the old site if a run was
// killed between two renames. Files of others stay.
func (s *Staging) healFolder() error {
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
			restored, err := s.restoreSite(path)
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

// isNumbered reports whether a name is a prefix and digits.
func isNumbered(name, prefix string) bool {
	digits, ok := strings.CutPrefix(name, prefix)
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// removeLeftover removes a site that no living run writes or removes, and nothing else in its
// folder.
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
	o := newFolderOwner(s.disk, dir)
	o.record = s.readRecord()
	lists, _ := o.readLists()
	// Its manifest is written last, so names of a site must do.
	lists = append(lists, formerList(files))
	for _, f := range files {
		path := filepath.Join(dir, filepath.FromSlash(f.name))
		ours := f.name == ManifestPath
		for _, l := range lists {
			ours = ours || l.files[f.name]
		}
		if ours && f.regular || isSameFile(s.disk, path, filepath.Join(s.out, filepath.FromSlash(f.name))) {
			s.disk.Remove(path) // the next run will
		}
	}
	removeFolders(s.disk, dir, folders)
}

// restoreSite moves an old site back if out is missing and the old site is complete. A run may
// have been killed while it removed the old site.
func (s *Staging) restoreSite(old string) (restored bool, err error) {
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

// isWhole reports whether a folder has all files of its manifest, unchanged, or a site of the
// previous version.
func (s *Staging) isWhole(dir string) bool {
	o := newFolderOwner(s.disk, dir)
	data, err := o.read(ManifestPath)
	if errors.Is(err, fs.ErrNotExist) {
		files, _, err := readTree(s.disk, dir)
		if err != nil {
			return false
		}
		_, former := o.adoptFormer(files)
		return former
	}
	m, err := decodeManifest(data)
	if err != nil {
		return false
	}
	for name, row := range m.Files {
		if data, err := o.read(name); err != nil || newFileSum(data) != row {
			return false
		}
	}
	return true
}

// removeAll removes a folder that this run wrote, with everything in it.
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

// removeFolders removes folders that are now empty, and the folder that contains them.
func removeFolders(d disk, dir string, folders []string) {
	for _, name := range folders {
		d.Remove(filepath.Join(dir, filepath.FromSlash(name))) // fails if not empty
	}
	d.Remove(dir) // fails if not empty
}

// removeSite removes the old site's folder: published files, and files that are in out too. It
// moves other files to out without replacing any, and returns their names. It removes folders
// that are then empty.
func removeSite(d disk, dir, out string, ours map[string]bool) (moved []string) {
	files, folders, err := readTree(d, dir)
	if err != nil {
		return nil
	}
	for _, f := range files {
		from, to := filepath.Join(dir, filepath.FromSlash(f.name)), filepath.Join(out, filepath.FromSlash(f.name))
		if ours[f.name] && f.regular || isSameFile(d, from, to) {
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

// isSameFile reports whether two names are the same file, or files with the same content.
func isSameFile(d disk, from, to string) bool {
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
