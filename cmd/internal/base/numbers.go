package base

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
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
// the site that the base's configuration names. The configuration of the request is not asked:
// it may be anybody's. missing is the reason for a comparison without numbers; the content can
// still be compared. A missing file that was given is an error.
func ReadNumbers(ctx context.Context, r *state.Reader, w *workspace.Workspace, given string,
	b *Base) (m compute.Measured,
	missing string, err error,
) {
	form, site := cutForm(given)
	if form == commitForm {
		return m, "", exit.BadInput("name a site: site:ADDRESS, or a folder", "--measured %s: a commit has no numbers", given)
	}
	files := r.OpenSite(ctx, site)
	if given == "" {
		files, err = b.openNumbers(ctx, r, w)
	}
	if err == nil {
		m, err = r.DecodeMeasured(files)
	}
	if err == nil {
		return m, "", nil
	}
	if given != "" && !state.IsAddress(site) {
		return compute.Measured{}, "", exit.BadInput(state.NextStep(err, "name a published site, or its "+measuredFile),
			"--measured: %w",
			err)
	}
	return compute.Measured{}, text.OneLine(err.Error()), nil
}

// openNumbers opens the site with the numbers: the base itself if it is a site, else
// history.from, site.out or site.base_url of its configuration. If nobody named the base, it
// reads only site.out, inside the repository, and fetches nothing.
func (b *Base) openNumbers(ctx context.Context, r *state.Reader, w *workspace.Workspace) (state.SiteFiles, error) {
	if b.site != "" {
		return r.OpenSite(ctx, b.site), nil
	}
	from, address := b.Config.History.From, b.Config.Site.BaseURL
	if b.Unnamed {
		from, address = "", ""
	}
	if state.IsAddress(from) {
		return r.OpenSite(ctx, from), nil
	}
	if from != "" {
		return b.openLocal(ctx, r, w, config.Resolve(b.Root, from)), nil
	}
	files := b.openLocal(ctx, r, w, config.Resolve(b.Root, b.Config.Site.Out))
	_, _, err := files(measuredFile)
	if errors.Is(err, fs.ErrNotExist) && b.Root != w.Root {
		files = b.openLocal(ctx, r, w, config.Resolve(w.Root, b.Config.Site.Out))
		_, _, err = files(measuredFile)
	}
	switch {
	case err == nil:
		return files, nil
	case address != "":
		return r.OpenSite(ctx, address), nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case b.Unnamed && (b.Config.History.From != "" || b.Config.Site.BaseURL != ""):
		return nil, errors.New("nothing measured is at hand, and what a configuration names is fetched only if it is " +
			"that of a base which was named: write --base commit:REF, or --measured")
	}
	return nil, errors.New(noNumbers)
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
