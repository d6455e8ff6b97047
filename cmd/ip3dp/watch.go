package main

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

// pause is how long files must rest before a change is told: editors write one
// file in several steps.
const pause = 15 * time.Millisecond

// watch says what to watch.
type watch struct {
	files    []string // files, or folders with all in them, that sources read
	patterns []string // of files that sources would read
	folders  []string // of content: their .md and .toml files, and new folders
	trees    []string // folders with all below them
}

// covers reports whether a change of path matters.
func (w watch) covers(path string) bool {
	for _, f := range w.files {
		if path == f || strings.HasPrefix(path, f+string(filepath.Separator)) {
			return true
		}
	}
	for _, p := range w.patterns {
		if ok, err := filepath.Match(p, path); ok && err == nil {
			return true
		}
	}
	for _, t := range w.trees {
		if strings.HasPrefix(path, filepath.Clean(t)+string(filepath.Separator)) {
			return true
		}
	}
	ext := filepath.Ext(path)
	return slices.Contains(w.folders, path) ||
		slices.Contains(w.folders, filepath.Dir(path)) && (ext == ".md" || ext == ".toml")
}

// watcher tells what changed among what it follows.
type watcher struct {
	changed chan []string // names of changed files, after a pause
	done    chan struct{}
	system  *fsnotify.Watcher
	mu      sync.Mutex
	what    watch
}

func newWatcher() (*watcher, error) {
	system, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, err
	}
	w := &watcher{changed: make(chan []string), done: make(chan struct{}), system: system}
	go w.run()
	return w, nil
}

// Close ends watching.
func (w *watcher) Close() error {
	close(w.done)
	return w.system.Close()
}

// follow watches from now on what is given, too. Folders are watched rather than
// files, because editors replace files.
func (w *watcher) follow(what watch) error {
	w.mu.Lock()
	w.what = what
	w.mu.Unlock()
	var errs []error
	add := func(dir string) {
		if err := w.system.Add(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	for _, name := range what.files {
		add(filepath.Dir(name))
		errs = append(errs, below(name, add))
	}
	for _, pattern := range what.patterns {
		// Folders that a pattern matches hold its files today; new ones are seen on
		// the next rebuild.
		dirs, _ := filepath.Glob(filepath.Dir(pattern))
		for _, dir := range dirs {
			add(dir)
		}
	}
	for _, name := range what.folders {
		add(name)
	}
	for _, name := range what.trees {
		errs = append(errs, below(name, add))
	}
	return errors.Join(errs...)
}

// below calls add for a folder and all folders in it.
func below(name string, add func(string)) error {
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

// run gathers changes until they pause.
func (w *watcher) run() {
	var names []string
	rest := time.NewTimer(pause)
	rest.Stop()
	for {
		select {
		case event, ok := <-w.system.Events:
			if !ok {
				return
			}
			if path := filepath.Clean(event.Name); event.Op != fsnotify.Chmod && w.covers(path) {
				if !slices.Contains(names, path) {
					names = append(names, path)
				}
				rest.Reset(pause)
			}
		case _, ok := <-w.system.Errors:
			if !ok {
				return
			}
			// The queue ran over: something changed, though nobody knows what.
			names = append(names, "many files")
			rest.Reset(pause)
		case <-rest.C:
			select {
			case w.changed <- names:
				names = nil
			case <-w.done:
				return
			}
		}
	}
}

func (w *watcher) covers(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.what.covers(path)
}
