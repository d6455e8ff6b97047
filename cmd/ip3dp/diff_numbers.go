package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// measuredFile is where a site publishes what it measured.
const measuredFile = "data/measured.json"

// noNumbers is what is missing where no numbers were found.
const noNumbers = "nothing measured is at hand: build the site once, or name a published one with --measured"

// numbers reads the numbers that both sides are decided on. given is --measured; ""
// is what the base's configuration names. The configuration that is looked at is
// not asked: it may be anybody's. missing says why there are none: the content can be
// compared all the same. A file that was given and is not there is an error.
func (p *program) numbers(ctx context.Context, w *workspace, given string, b *base) (m compute.Measured,
	missing string, err error,
) {
	form, site := cutForm(given)
	if form == commitForm {
		return m, "", exit.BadInput("name a site: site:ADDRESS, or a folder", "--measured %s: a commit has no numbers", given)
	}
	files := siteReader(ctx, site)
	if given == "" {
		files, err = b.numbers(ctx, w)
	}
	if err == nil {
		m, err = p.decodeMeasured(files)
	}
	if err == nil {
		return m, "", nil
	}
	if given != "" && !isAddress(site) {
		return compute.Measured{}, "", exit.BadInput(nextOf(err, "name a published site, or its "+measuredFile), "--measured: %w",
			err)
	}
	return compute.Measured{}, console.OneLine(err.Error()), nil
}

// numbers names the site with the numbers: the base itself if it is a site; else
// history.from, site.out or site.base_url of its configuration. Of a base that nobody
// named only site.out is read, and only inside the repository: nothing is fetched.
func (b *base) numbers(ctx context.Context, w *workspace) (siteFiles, error) {
	if b.site != "" {
		return siteReader(ctx, b.site), nil
	}
	from, address := b.config.History.From, b.config.Site.BaseURL
	if b.own {
		from, address = "", ""
	}
	if isAddress(from) {
		return siteReader(ctx, from), nil
	}
	if from != "" {
		return b.local(ctx, w, config.Resolve(b.root, from)), nil
	}
	files := b.local(ctx, w, config.Resolve(b.root, b.config.Site.Out))
	_, _, err := files(measuredFile)
	if errors.Is(err, fs.ErrNotExist) && b.root != w.root {
		files = b.local(ctx, w, config.Resolve(w.root, b.config.Site.Out))
		_, _, err = files(measuredFile)
	}
	switch {
	case err == nil:
		return files, nil
	case address != "":
		return siteReader(ctx, address), nil
	case !errors.Is(err, fs.ErrNotExist):
		return nil, err
	case b.own && (b.config.History.From != "" || b.config.Site.BaseURL != ""):
		return nil, errors.New("nothing measured is at hand, and what a configuration names is fetched only if it is " +
			"that of a base which was named: write --base commit:REF, or --measured")
	}
	return nil, errors.New(noNumbers)
}

// local reads the files of a site's folder, or one file and those beside it. Of a
// file in the repository it must be certain that the request did not bring it: it is
// not committed, or it is the base's.
func (b *base) local(ctx context.Context, w *workspace, site string) siteFiles {
	if _, inside := w.tree.Rel(site); !inside {
		if b.own {
			return func(string) ([]byte, string, error) {
				return nil, "", fmt.Errorf("%s lies outside of the repository: name it with --measured", shownFile(site))
			}
		}
		return siteReader(ctx, site)
	}
	return func(file string) ([]byte, string, error) {
		name := site
		switch {
		case w.tree.IsFolder(site):
			name = filepath.Join(site, filepath.FromSlash(file))
		case file != measuredFile:
			name = filepath.Join(filepath.Dir(site), path.Base(file))
		}
		data, err := b.ownFile(ctx, w, name)
		return data, shownFile(name), err
	}
}

// ownFile reads a file of the repository that the request did not bring.
func (b *base) ownFile(ctx context.Context, w *workspace, name string) ([]byte, error) {
	shown := shownFile(name)
	data, err := w.tree.ReadFile(name, mostMeasured+1)
	switch {
	case err != nil && errors.Is(err, fs.ErrNotExist):
		return nil, fmt.Errorf("there is no %s: %w", shown, fs.ErrNotExist)
	case err != nil:
		return nil, fmt.Errorf("%s cannot be read: %w", shown, err)
	case len(data) > mostMeasured:
		return nil, fmt.Errorf("%s is larger than %d MiB", shown, mostMeasured>>20)
	}
	brought, err := b.brought(ctx, w, name)
	switch {
	case err != nil:
		return nil, fmt.Errorf("%s is not taken: it cannot be seen whether it is committed: %w", shown, err)
	case brought:
		return nil, fmt.Errorf("%s is not taken: it was committed, and the base does not have the same; name a "+
			"published site with --measured", shown)
	}
	return data, nil
}

// brought reports whether a file of the work tree is part of what is checked out and
// not the same at the base: then the request may have written it.
func (b *base) brought(ctx context.Context, w *workspace, name string) (bool, error) {
	rel, ok := w.tree.Rel(name)
	if !w.tree.Clone || !ok {
		return !ok, nil
	}
	trees, err := git.OpenTrees(ctx, w.tree.Top(), "")
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
				return nil // from here on it was written by somebody here
			case err != nil:
				return err
			case info.IsDir():
				continue
			}
			// A file; a link or a submodule may lead to what the request brings.
			same := b.commit != "" && files(b.commit, "").ID(at) == here.ID(at)
			brought = !info.Mode().IsRegular() || !same
			return nil
		}
		return nil
	})
	return brought, err
}
