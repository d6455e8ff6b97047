package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// base is what a change is compared with: another state of configuration and
// content, or what a site has published.
type base struct {
	name string // as people call it
	// Of configuration and content:
	data     []byte // the configuration
	config   config
	content  fact.Content
	problems []content.Problem // of content, with files below its root
	empty    bool              // there is no configuration
	// Of a published site:
	site   string // its address or folder
	report *compute.Report
}

// readBase reads what a name means: the address of a site, a folder, or a commit.
func (p *program) readBase(ctx context.Context, w *workspace, name string) (*base, error) {
	if isAddress(name) {
		return p.publishedBase(ctx, name, name)
	}
	dir := under(w.root, name)
	if filepath.IsAbs(name) || fileThere(name) {
		dir = filepath.Clean(name)
	}
	switch {
	case fileThere(filepath.Join(dir, "data", "report.json")):
		return p.publishedBase(ctx, dir, name)
	case fileThere(filepath.Join(dir, filepath.Base(w.file))):
		return folderBase(dir, filepath.Base(w.file), name)
	}
	b, err := commitBase(ctx, w, name)
	if err != nil {
		return nil, wrong("name a commit (in CI check out with its history), a folder with "+filepath.Base(w.file)+", or a published site", "--base %s: %w", name, err)
	}
	return b, nil
}

func fileThere(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// publishedBase is what a site says of itself: its report, without the files that
// it was made from.
func (p *program) publishedBase(ctx context.Context, site, name string) (*base, error) {
	r := new(compute.Report)
	if err := p.readSite(ctx, site, reportForm, r); err != nil {
		return nil, failed(nextOf(err, "name a published site that can be read, or a commit"), fmt.Errorf("--base: %w", err))
	}
	if isAddress(name) {
		name = "the published site"
	}
	return &base{name: name, site: site, report: r}, nil
}

// folderBase is another checkout.
func folderBase(dir, file, name string) (*base, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, wrong("", "--base: %w", err)
	}
	defer root.Close() //nolint:errcheck // read only
	b := &base{name: name}
	return b, b.read(root.FS(), file)
}

// commitBase is a commit of the clone that the configuration lies in.
func commitBase(ctx context.Context, w *workspace, ref string) (*base, error) {
	trees, err := git.OpenTrees(ctx, w.root)
	if err != nil {
		return nil, err
	}
	commit, err := trees.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	b := &base{name: ref}
	err = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		return b.read(files(commit.Hash, ""), filepath.Base(w.file))
	})
	return b, err
}

// read reads configuration and content as they stand in a file system whose root
// is the configuration's folder.
func (b *base) read(files fs.FS, file string) error {
	data, err := fs.ReadFile(files, file)
	if errors.Is(err, fs.ErrNotExist) {
		b.empty, b.config = true, defaults()
		return nil
	}
	if err != nil {
		return err
	}
	b.data = data
	b.config, _ = parseConfig(file, data) // a newer program may know fewer keys: they are no news
	if leadsOut(b.config.Content) {
		return nil
	}
	folder := files
	if dir := path.Clean(filepath.ToSlash(b.config.Content)); dir != "." {
		if folder, err = fs.Sub(files, dir); err != nil {
			return err
		}
	}
	b.content, b.problems = content.Read(folder)
	return nil
}

// side is the base decided on the same numbers as the head.
func (b *base) side(w *workspace, m compute.Measured) diff.Side {
	if b.report != nil {
		return diff.Published(*b.report, m)
	}
	o := content.LintOptions{AsOf: w.asOf, Impact: b.config.RICE.Impact, Confidence: b.config.RICE.Confidence}
	findings := append(asFindings(b.problems), content.Lint(b.content, o)...)
	for i := range findings { // as the head's files are called
		f := &findings[i]
		f.File = filepath.ToSlash(filepath.Join(w.contentRoot(), filepath.FromSlash(f.File)))
	}
	if len(b.data) > 0 {
		_, problems := parseConfig(filepath.ToSlash(w.file), b.data)
		findings = append(findings, asFindings(problems)...)
	}
	return diff.Side{
		Report: compute.Decide(b.config.options(), b.content, m), Content: b.content,
		Settings: configKeys(shownFile(w.file), b.data, &b.config), Findings: diffFindings(findings), Empty: b.empty,
	}
}
