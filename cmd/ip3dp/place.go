package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// place is a folder for a site, with all that a site may not replace.
func newPlace(w *workspace.Workspace, out string, f *buildFlags) publish.Place {
	guarded := sources.ListGuarded(w)
	if f.templates != "" {
		guarded = append(guarded, publish.Guarded{What: "the templates", Path: f.templates, Around: true})
	}
	return publish.Place{Out: out, State: w.StatePath(""), Guarded: guarded, Adopt: f.adopt}
}

// refuseOlder refuses to replace a site by one from a clock that is older than it:
// the clock is wrong, or the site was built for a time to come.
func refuseOlder(w *workspace.Workspace, out string) error {
	if w.Fixed {
		return nil
	}
	data, err := os.ReadFile(filepath.Join(out, filepath.FromSlash(publish.Marker)))
	var run state.Record
	if err != nil || json.Unmarshal(data, &run) != nil || run.Tool != state.Tool || !run.AsOf.After(w.AsOf) {
		return nil // whose folder it is, publish decides
	}
	return exit.Fail("set the clock of this machine, or pass --now to build for that time on purpose",
		fmt.Errorf("the clock says %s, and the site in %s is as of %s: it is not replaced by an older one",
			w.AsOf.Format(time.RFC3339), out, run.AsOf.Format(time.RFC3339)))
}

// tarFile writes an archive beside the file it will replace.
func newTarFile(w *workspace.Workspace, name string) (*target, error) {
	if err := publish.GuardFile(name, sources.ListGuarded(w)); err != nil {
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
	f, err := workspace.OpenRegular(name)
	if err != nil {
		return false
	}
	defer f.Close() // read only
	const at, magic = 257, "ustar"
	head := make([]byte, at+len(magic))
	n, _ := f.Read(head) // what is short is not an archive
	return info.Size() == 0 || n == len(head) && string(head[at:]) == magic
}
