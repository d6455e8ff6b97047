package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// place is a folder for a site, with all that a site may not replace.
func (w *workspace) place(out string, f *buildFlags) publish.Place {
	guarded := w.guarded()
	if f.templates != "" {
		guarded = append(guarded, publish.Guarded{What: "the templates", Path: f.templates, Around: true})
	}
	return publish.Place{Out: out, State: w.state(""), Guarded: guarded, Adopt: f.adopt}
}

// guarded lists what people wrote and the state: no site replaces any of it.
func (w *workspace) guarded() []publish.Guarded {
	list := []publish.Guarded{
		{What: "the configuration", Path: w.file},
		{What: "the state", Path: w.state(""), Around: true},
		{What: "the content", Path: w.contentRoot()},
	}
	for _, name := range contentFolders {
		if name != "." {
			list = append(list, publish.Guarded{What: "the content", Path: filepath.Join(w.contentRoot(), name), Around: true})
		}
	}
	for _, p := range sources.Paths(w.setup()) {
		list = append(list, publish.Guarded{What: "the source " + p.Source, Path: withoutPattern(p.Path)})
	}
	return list
}

// withoutPattern returns the folder that all files of a pattern lie in; a path that
// is not a pattern stays.
func withoutPattern(path string) string {
	at := strings.IndexAny(path, "*?[")
	if at < 0 {
		return path
	}
	return filepath.Dir(path[:at] + "x")
}

// refuseOlder refuses to replace a site by one from a clock that is older than it:
// the clock is wrong, or the site was built for a time to come.
func (w *workspace) refuseOlder(out string) error {
	if w.fixed {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(publish.Marker)))
	var run record
	if err != nil || json.Unmarshal(data, &run) != nil || run.Tool != tool || !run.AsOf.After(w.asOf) {
		return nil // whose folder it is, publish decides
	}
	return exit.Fail("set the clock of this machine, or pass --now to build for that time on purpose",
		fmt.Errorf("the clock says %s, and the site in %s is as of %s: it is not replaced by an older one",
			w.asOf.Format(time.RFC3339), out, run.AsOf.Format(time.RFC3339)))
}

// tarFile writes an archive beside the file it will replace.
func (w *workspace) tarFile(name string) (*target, error) {
	if err := publish.GuardFile(name, w.guarded()); err != nil {
		return nil, wrapFault(err)
	}
	if !isArchive(name) {
		return nil, exit.BadInput("choose another file with --tar, or remove it",
			"archive: %s is there, is not a tar archive and was not written by ip3dp", name)
	}
	f, err := publish.Replace(name)
	if err != nil {
		return nil, exit.Fail("choose another file with --tar", fmt.Errorf("archive: %w", err))
	}
	done := func() error {
		if err := f.Commit(); err != nil {
			return exit.Fail("", fmt.Errorf("archive: %w", err))
		}
		return nil
	}
	return tarTarget(f, done, f.Discard, name), nil
}

// isArchive reports whether an archive may stand at a name: nothing is there, an empty
// file or a tar archive.
func isArchive(name string) bool {
	info, err := os.Stat(name)
	if err != nil {
		return errors.Is(err, os.ErrNotExist)
	}
	f, err := rooted.OpenRegular(name)
	if err != nil {
		return false
	}
	defer f.Close() // read only
	const at, magic = 257, "ustar"
	head := make([]byte, at+len(magic))
	n, _ := f.Read(head) // what is short is not an archive
	return info.Size() == 0 || n == len(head) && string(head[at:]) == magic
}
