package main

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/text"
)

// target is where a site is written to: nothing shows before publish.
type target struct {
	sorted  bool // whether pages come in order of path
	write   func(path string, data []byte) error
	publish func() error
	discard func()
	where   func() string
}

func (p *program) newTarget(w *workspace.Workspace, f buildFlags) (*target, error) {
	if f.baseURL != "" && !config.IsBaseURL(f.baseURL) {
		return nil, exit.BadInput("write it like https://platform.example.com/path/",
			"--base-url %q is not a web address", f.baseURL)
	}
	if err := checkTemplates(f.templates); err != nil {
		return nil, err
	}
	out := cmp.Or(f.out, config.Resolve(w.Root, w.Config.Site.Out))
	if f.rejects != "" { // neither an input nor a file that readers of the site can fetch
		guarded := append(w.ListGuarded(), publish.Guarded{Name: "the site", Path: out, Around: true})
		if err := publish.GuardFile("--rejects", f.rejects, guarded); err != nil {
			return nil, wrapFault(err)
		}
	}
	switch {
	case f.tar != "" && f.out != "":
		return nil, exit.BadInput("leave out one of them", "--out and --tar: a run writes a folder or an archive")
	case f.tar == "-":
		return tarTarget(p.stdout, func() error { return nil }, func() {}, "standard output"), nil
	case f.tar != "":
		return newTarFile(w, f.tar)
	}
	if err := refuseOlder(w, out); err != nil {
		return nil, err
	}
	publish.Sweep(w.Root)
	s, err := publish.Stage(newPlace(w, out, &f))
	if err != nil {
		return nil, wrapFault(err)
	}
	return &target{
		write: s.Write, publish: func() error { return p.publishStaged(s) }, discard: s.Discard,
		where: func() string { return formatAddress(s.Out()) },
	}, nil
}

// publishStaged publishes a site, and names files that others put there in the last
// moments.
func (p *program) publishStaged(s *publish.Staging) error {
	err := wrapFault(s.Publish())
	if late := s.Late(); len(late) > 0 {
		p.err.Warnf("%s: others put %s there while the site was built: kept, and refused by the "+
			"next run", s.Out(), text.Join(", ", late...))
	}
	return err
}

// tarTarget writes an archive to out and calls done when it is whole.
func tarTarget(out io.Writer, done func() error, discard func(), where string) *target {
	a := publish.NewArchive(out)
	return &target{
		sorted: true, write: a.Write, where: func() string { return where },
		discard: func() { a.Discard(); discard() },
		publish: func() error { return errors.Join(a.Close(), done()) },
	}
}

// formatAddress returns the address of a folder's first page, for a browser.
func formatAddress(dir string) string {
	u := url.URL{Scheme: "file", Path: filepath.ToSlash(filepath.Join(dir, "index.html"))}
	return dir + ": open " + u.String()
}

// newPlace returns the folder of a site, with all files that a site may not replace.
func newPlace(w *workspace.Workspace, out string, f *buildFlags) publish.FolderOptions {
	guarded := w.ListGuarded()
	if f.templates != "" {
		guarded = append(guarded, publish.Guarded{Name: "the templates", Path: f.templates, Around: true})
	}
	return publish.FolderOptions{Out: out, State: w.StatePath(""), Guarded: guarded, Adopt: f.adopt}
}

// refuseOlder refuses to replace a site by an older one: this machine's clock is wrong, or the
// site was built for a time in the future.
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

// newTarFile returns a target that writes an archive beside the file that it will replace.
func newTarFile(w *workspace.Workspace, name string) (*target, error) {
	if err := publish.GuardFile("--tar", name, w.ListGuarded()); err != nil {
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

// isArchive reports whether an archive may replace a file: there is none, it is empty, or it is
// a tar archive.
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
	n, _ := f.Read(head) // a shorter file is not an archive
	return info.Size() == 0 || n == len(head) && string(head[at:]) == magic
}
