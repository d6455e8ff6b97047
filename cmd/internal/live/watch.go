package live

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"
)

// pause is the time without a write that ends a change: editors write one file in several
// steps.
const pause = 15 * time.Millisecond

// Set is a set of files and folders to watch.
type Set struct {
	Files    []string // files, or folders with all in them, that sources read
	Patterns []string // of files that sources would read
	Folders  []string // of content: their .md and .toml files, and new folders
	Trees    []string // folders with all below them
}

// contains reports whether a change of path matters.
func (w Set) contains(path string) bool {
	for _, f := range w.Files {
		if path == f || strings.HasPrefix(path, f+string(filepath.Separator)) {
			return true
		}
	}
	for _, p := range w.Patterns {
		if ok, err := filepath.Match(p, path); ok && err == nil {
			return true
		}
	}
	for _, t := range w.Trees {
		if strings.HasPrefix(path, filepath.Clean(t)+string(filepath.Separator)) {
			return true
		}
	}
	ext := filepath.Ext(path)
	return slices.Contains(w.Folders, path) ||
		slices.Contains(w.Folders, filepath.Dir(path)) && (ext == ".md" || ext == ".toml")
}

// Watcher reports changes of the files in a Set.
type Watcher struct {
	Changed chan []string // names of changed files, after a pause
	done    chan struct{}
	system  *fsnotify.Watcher
	mu      sync.Mutex
	set     Set
}

// NewWatcher returns a watcher that follows nothing yet.
func NewWatcher() (*Watcher, error) {
	system, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &Watcher{Changed: make(chan []string), done: make(chan struct{}), system: system}
	go w.collectChanges()
	return w, nil
}

// Close ends watching.
func (w *Watcher) Close() error {
	close(w.done)
	return w.system.Close()
}

// Follow watches from now on what is given, too. Folders are watched rather than
// files, because editors replace files.
func (w *Watcher) Follow(what Set) error {
	w.mu.Lock()
	w.set = what
	w.mu.Unlock()
	var errs []error
	add := func(dir string) {
		if err := w.system.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	for _, name := range what.Files {
		add(filepath.Dir(name))
		errs = append(errs, walkFolders(name, add))
	}
	for _, pattern := range what.Patterns {
		// Folders that a pattern matches hold its files today; new ones are seen on
		// the next rebuild.
		dirs, _ := filepath.Glob(filepath.Dir(pattern))
		for _, dir := range dirs {
			add(dir)
		}
	}
	for _, name := range what.Folders {
		add(name)
	}
	for _, name := range what.Trees {
		errs = append(errs, walkFolders(name, add))
	}
	return errors.Join(errs...)
}

// walkFolders calls add for a folder and all folders in it.
func walkFolders(name string, add func(string)) error {
	return filepath.WalkDir(name, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err == nil && d.IsDir() {
			add(path)
		}
		return err
	})
}

// collectChanges gathers changes until they pause.
func (w *Watcher) collectChanges() {
	var names []string
	rest := time.NewTimer(pause)
	rest.Stop()
	for {
		select {
		case event, ok := <-w.system.Events:
			if !ok {
				return
			}
			if path := filepath.Clean(event.Name); event.Op != fsnotify.Chmod && w.isWatched(path) {
				if !slices.Contains(names, path) {
					names = append(names, path)
				}
				rest.Reset(pause)
			}
		case _, ok := <-w.system.Errors:
			if !ok {
				return
			}
			// The queue ran over: the changed files are unknown.
			names = append(names, "many files")
			rest.Reset(pause)
		case <-rest.C:
			select {
			case w.Changed <- names:
				names = nil
			case <-w.done:
				return
			}
		}
	}
}

func (w *Watcher) isWatched(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.set.contains(path)
}
