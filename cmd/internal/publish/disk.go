package publish

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// disk is the file system for publishing to a folder. Tests use one that forgets what was not
// synced.
type disk interface {
	Lstat(name string) (fs.FileInfo, error)
	ReadDir(name string) ([]fs.DirEntry, error)
	ReadFile(name string) ([]byte, error)
	// Mkdir makes a folder whose parent exists.
	Mkdir(name string) error
	// Create writes a file that does not exist.
	Create(name string, data []byte) error
	// Link links a file to another name, or copies it where links do not work.
	Link(from, to string) error
	Rename(from, to string) error
	// Exchange swaps two folders in one step, or returns an error.
	Exchange(a, b string) error
	Remove(name string) error // a file or an empty folder
	// SyncTree returns after a folder and everything in it survives a power cut.
	SyncTree(name string) error
	// SyncFolder returns after a folder's list of names survives a power cut.
	SyncFolder(name string) error
	// Lock locks a folder or file until release is called.
	Lock(name string) (release func(), err error)
	SameFile(a, b fs.FileInfo) bool
}

// system is the disk of the operating system.
type system struct{}

func (system) Lstat(name string) (fs.FileInfo, error)     { return os.Lstat(name) }
func (system) ReadDir(name string) ([]fs.DirEntry, error) { return os.ReadDir(name) }
func (system) ReadFile(name string) ([]byte, error)       { return os.ReadFile(name) }
func (system) Mkdir(name string) error                    { return os.Mkdir(name, 0o755) } // a site is public
func (system) Rename(from, to string) error               { return os.Rename(from, to) }
func (system) Exchange(a, b string) error                 { return exchange(a, b) }
func (system) Remove(name string) error                   { return os.Remove(name) }
func (system) SyncTree(name string) error                 { return syncTree(name) }
func (system) SyncFolder(name string) error               { return syncFolder(name) }
func (system) SameFile(a, b fs.FileInfo) bool             { return os.SameFile(a, b) }

func (system) Create(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) // a site is public
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Close())
}

func (s system) Link(from, to string) error {
	info, err := os.Lstat(from)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		target, err := os.Readlink(from)
		if err != nil {
			return err
		}
		return os.Symlink(target, to)
	}
	if err := os.Link(from, to); err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return s.Create(to, data)
}

func (system) Lock(name string) (release func(), err error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if err := tryLock(f); err != nil {
		f.Close() // read only
		return nil, err
	}
	return func() { f.Close() }, nil // closing releases the lock
}

// syncFile makes the bytes of a file, or the names in a folder, survive a power cut.
func syncFile(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close() // only the sync matters
	return f.Sync()
}

// syncEach syncs a folder and everything in it, several files at a time.
func syncEach(dir string) error {
	var names []string
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err == nil && (d.IsDir() || d.Type().IsRegular()) {
			names = append(names, name)
		}
		return err
	})
	if err != nil {
		return err
	}
	next, done := make(chan string), make(chan error)
	const workers = 16
	for range workers {
		go func() {
			var failed error
			for name := range next {
				failed = errors.Join(failed, syncFile(name))
			}
			done <- failed
		}()
	}
	for _, name := range names {
		next <- name
	}
	close(next)
	for range workers {
		err = errors.Join(err, <-done)
	}
	return err
}

// makeFolders makes a folder and those above it, and syncs the folders that contain them.
func makeFolders(d disk, dir string) error {
	if _, err := d.Lstat(dir); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	above := filepath.Dir(dir)
	if above == dir {
		return fs.ErrNotExist
	}
	if err := makeFolders(d, above); err != nil {
		return err
	}
	if err := d.Mkdir(dir); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	return d.SyncFolder(above)
}

// treeFile is a file of a folder: everything but a folder.
type treeFile struct {
	name    string // with slashes, relative to the folder
	regular bool
}

// readTree lists the files and the folders below a folder, each folder after its contents.
func readTree(d disk, dir string) (files []treeFile, folders []string, err error) {
	var walk func(rel string) error
	walk = func(rel string) error {
		entries, err := d.ReadDir(filepath.Join(dir, filepath.FromSlash(rel)))
		if err != nil {
			return err
		}
		for _, e := range entries {
			name := e.Name()
			if rel != "" {
				name = rel + "/" + name
			}
			if !e.IsDir() {
				files = append(files, treeFile{name, e.Type().IsRegular()})
				continue
			}
			if err := walk(name); err != nil {
				return err
			}
			folders = append(folders, name)
		}
		return nil
	}
	return files, folders, walk("")
}
