package base

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/readback"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
)

// measuredFile is where a site publishes what it measured.
const measuredFile = "data/measured.json"

// noNumbers is the reason for a comparison without numbers.
const noNumbers = "nothing measured is at hand: build the site once, or name a published one with --measured"

// ReadNumbers reads the numbers that both sides are decided on. given is --measured; "" takes
// the first place that the base's configuration or the job names and that can be read. The
// configuration of the request is not asked: it may be anybody's. missing is the reason for a
// comparison without numbers; the content can still be compared. A missing file that was given
// is an error.
func ReadNumbers(ctx context.Context, r *state.Reader, w *workspace.Workspace, given string,
	b *Base) (m compute.Measured,
	missing string, err error,
) {
	if given == "" {
		return b.findNumbers(ctx, r, w)
	}
	form, name := cutForm(given)
	if form == commitForm {
		return m, "", exit.BadInput("name a site: site:ADDRESS, or a folder", "--measured %s: a commit has no numbers", given)
	}
	// The header of the base's configuration goes to the hosts that are named there.
	m, err = readPlace(ctx, r, b.newOpener(r, w), readback.Parse(name, "."), w.AsOf)
	if err == nil {
		return m, "", nil
	}
	if !state.IsAddress(name) && !readback.IsRemote(name) {
		return compute.Measured{}, "", exit.BadInput(state.NextStep(err, "name a published site, or its "+measuredFile),
			"--measured: %w",
			err)
	}
	return compute.Measured{}, describeFailure(err), nil
}

// newOpener returns an opener of places. A base that nobody named may be the request's own: it
// names no variable and no workflow.
func (b *Base) newOpener(r *state.Reader, w *workspace.Workspace) *readback.Opener {
	c := b.Config
	if b.Unnamed {
		c.History = config.History{}
	}
	return r.NewOpener(&c, w.Root)
}

// describeFailure returns an error and its next step in one line.
func describeFailure(err error) string {
	var login readback.LoginError
	if errors.As(err, &login) {
		return text.OneLine(err.Error() + ": " + login.Next())
	}
	return text.OneLine(err.Error())
}

// readPlace reads the numbers at a place. It warns of an artifact that is older than 30 days.
func readPlace(ctx context.Context, r *state.Reader, o *readback.Opener, p readback.Place, asOf time.Time) (compute.Measured,
	error,
) {
	site, err := p.Open(ctx, o)
	if err != nil {
		return compute.Measured{}, err
	}
	m, err := r.DecodeMeasured(site.Files)
	if err == nil && p.Kind == readback.Artifact && r.Err != nil {
		if at := site.At; !at.IsZero() && asOf.Sub(at) > readback.MaxAge || at.IsZero() && asOf.Sub(m.AsOf) > readback.MaxAge {
			r.Err.Warnf("the numbers are those of %s, which is older than 30 days", site.Title)
		}
	}
	return m, err
}

// findNumbers reads the numbers of the base itself if it is a site, else of the first place that
// can be read: those of its configuration, the artifact of the job's repository. If nobody named
// the base, it reads only site.out, inside the repository, and fetches nothing.
func (b *Base) findNumbers(ctx context.Context, r *state.Reader, w *workspace.Workspace) (compute.Measured, string, error) {
	if b.site != "" {
		m, err := readPlace(ctx, r, b.newOpener(r, w), readback.Parse(b.site, "."), w.AsOf)
		if err != nil {
			return compute.Measured{}, describeFailure(err), nil
		}
		return m, "", nil
	}
	o := b.newOpener(r, w)
	var failed, absent []string
	for _, p := range b.listPlaces(o, w) {
		var m compute.Measured
		var err error
		if p.Kind == readback.Folder {
			m, err = r.DecodeMeasured(b.openLocal(ctx, r, w, p.Text))
		} else {
			m, err = readPlace(ctx, r, o, p, w.AsOf)
		}
		switch {
		case err == nil:
			for _, line := range failed {
				r.Err.Warnf("numbers are not read from there: %s", line)
			}
			return m, "", nil
		case ctx.Err() != nil:
			return compute.Measured{}, "", ctx.Err()
		}
		explicit := b.Config.History.From != "" && p.Text == b.localFrom()
		switch missing := errors.Is(err, fs.ErrNotExist); {
		case !missing || explicit:
			failed = append(failed, describeFailure(err))
		case p.Kind != readback.Folder:
			absent = append(absent, describeFailure(err))
		}
	}
	switch {
	case len(failed)+len(absent) > 0:
		return compute.Measured{}, text.Join("; ", slices.Concat(failed, absent)...), nil
	case b.Unnamed && (b.Config.History.From != "" || b.Config.Site.BaseURL != ""):
		return compute.Measured{}, "nothing measured is at hand, and what a configuration names is fetched only if it is " +
			"that of a base which was named: write --base commit:REF, or --measured", nil
	}
	return compute.Measured{}, noNumbers, nil
}

// localFrom returns the path that history.from names.
func (b *Base) localFrom() string { return config.Resolve(b.Root, b.Config.History.From) }

// listPlaces returns the places of the numbers.
func (b *Base) listPlaces(o *readback.Opener, w *workspace.Workspace) []readback.Place {
	c := b.Config
	if b.Unnamed {
		c.History.From, c.Site.BaseURL = "", ""
	}
	var list []readback.Place
	for _, p := range readback.List(o, &c, b.Root) {
		if b.Unnamed && p.Kind != readback.Folder {
			continue
		}
		list = append(list, p)
		out := config.Resolve(b.Root, c.Site.Out)
		if p.Kind == readback.Folder && p.Text == out && b.Root != w.Root {
			list = append(list, readback.Parse(config.Resolve(w.Root, c.Site.Out), ""))
		}
	}
	return list
}

// openLocal opens the files of a site's folder, or one file and those beside it. A file inside
// the repository is read only if the request certainly did not bring it: it is not committed,
// or it is the base's.
func (b *Base) openLocal(ctx context.Context, r *state.Reader, w *workspace.Workspace, site string) state.SiteFiles {
	if _, inside := w.Tree.Rel(site); !inside {
		if b.Unnamed {
			return func(string) ([]byte, string, error) {
				return nil, "", fmt.Errorf("%s lies outside of the repository: name it with --measured",
					workspace.DisplayPath(site))
			}
		}
		return r.OpenSite(ctx, site)
	}
	return func(file string) ([]byte, string, error) {
		name := site
		switch {
		case w.Tree.IsFolder(site):
			name = filepath.Join(site, filepath.FromSlash(file))
		case file != measuredFile:
			name = filepath.Join(filepath.Dir(site), path.Base(file))
		}
		data, err := b.readTrusted(ctx, w, name)
		return data, workspace.DisplayPath(name), err
	}
}

// readTrusted reads a file of the repository that the request did not bring.
func (b *Base) readTrusted(ctx context.Context, w *workspace.Workspace, name string) ([]byte, error) {
	shown := workspace.DisplayPath(name)
	data, err := w.Tree.ReadFile(name, state.MaxMeasured+1)
	switch {
	case err != nil && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no %s: %w", shown, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", shown, err)
	case len(data) > state.MaxMeasured:
		return nil, fmt.Errorf("%s is larger than %d MiB", shown, state.MaxMeasured>>20)
	}
	brought, err := b.isBrought(ctx, w, name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s is not taken: it cannot be seen whether it is committed: %w", shown, err)
	case brought:
		return nil, fmt.Errorf("%s is not taken: it was committed, and the base does not have the same; name a "+
			"published site with --measured", shown)
	}
	return data, nil
}

// isBrought reports whether a file is checked out and differs from the base, so that the
// request may have written it.
func (b *Base) isBrought(ctx context.Context, w *workspace.Workspace, name string) (bool, error) {
	rel, ok := w.Tree.Rel(name)
	if !w.Tree.Clone || !ok {
		return !ok, nil
	}
	trees, err := git.OpenTrees(ctx, w.Tree.Top(), "")
	if err != nil {
		return false, err
	}
	head, err := trees.Resolve(ctx, "HEAD")
	if err != nil {
		return false, nil // nothing is committed
	}
	var brought bool
	err = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		here := files(head.Hash, "")
		parts := strings.Split(rel, "/")
		for i := range parts {
			at := path.Join(parts[:i+1]...)
			info, err := here.Lstat(at)
			switch {
			case errors.Is(err, fs.ErrNotExist):
				return nil // not in the commit: it was written on this machine
			case err != nil:
				return err
			case info.IsDir():
				brought = i == len(parts)-1 // only of a folder: it is not compared
				continue
			}
			// A file; a link or a submodule may lead to a file of the request.
			same := b.commit != "" && files(b.commit, "").ID(at) == here.ID(at)
			brought = !info.Mode().IsRegular() || !same
			return nil
		}
		return nil
	})
	return brought, err
}
