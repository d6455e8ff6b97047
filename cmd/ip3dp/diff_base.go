package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// base is what a change is compared with: another state of configuration and
// content, or what a site has published.
type base struct {
	name string // as people call it
	// Of configuration and content:
	root     string // the folder that its paths are relative to
	commit   string // its hash; "" of a folder
	data     []byte // the configuration
	config   config.Config
	content  fact.Content
	problems []content.Problem // of content, with files below its root
	empty    bool              // there is no configuration
	damaged  bool              // the configuration is not TOML
	// Of a published site:
	site   string // its address or folder
	report *compute.Report
	// own says that nobody named it: it may be the request's own commit.
	own bool
}

// Forms of a base, and the one that is taken if none is named.
const (
	commitForm, folderForm, siteForm = "commit:", "folder:", "site:"
	defaultBase                      = commitForm + "HEAD"
)

// Usage of the flags that diff and preview share.
const (
	baseUsage = "what to compare with: commit:`REF`, folder:PATH with a configuration, or site:ADDRESS or " +
		"site:PATH of a published site"
	measuredUsage = "a measured.json, or the folder or `address` of a published site (default: the base if it is a " +
		"site; history.from, site.out, site.base_url of the base's configuration)"
)

// baseNext is what to do about a base that cannot be read.
const baseNext = "name commit:REF (in CI check out with its history), folder:PATH with a configuration, or " +
	"site:ADDRESS of a published site"

// cutForm parts a name from the form before it; form is "" where there is none.
func cutForm(name string) (form, rest string) {
	for _, form := range []string{commitForm, folderForm, siteForm} {
		if rest, ok := strings.CutPrefix(name, form); ok {
			return form, rest
		}
	}
	return "", name
}

// readBase reads what a name means. A name without a form is looked up as all
// three, and may be one of them only: who writes files of the request could make
// it another one.
func (p *program) readBase(ctx context.Context, w *workspace, name string) (*base, error) {
	form, rest := cutForm(name)
	if rest == "" {
		return nil, exit.BadInput(baseNext, "--base %q names nothing", name)
	}
	if form == "" && isAddress(name) {
		form = siteForm
	}
	if form == "" {
		var err error
		if form, rest, err = meaningOf(ctx, w, name); err != nil {
			return nil, err
		}
	}
	switch form {
	case siteForm:
		return p.publishedBase(ctx, rest, rest)
	case folderForm:
		return folderBase(rest, filepath.Base(w.file), rest)
	}
	b, err := commitBase(ctx, w, rest)
	if err != nil {
		return nil, exit.BadInput(baseNext, "--base %s: %w", name, err)
	}
	return b, nil
}

// meaningOf finds the one form that a name without one has, and the path of it if
// it is no commit.
func meaningOf(ctx context.Context, w *workspace, name string) (form, rest string, err error) {
	var forms, rests, seen []string
	add := func(form, rest string) { forms, rests = append(forms, form), append(rests, rest) }
	var git error
	if trees, err := openTrees(ctx, w); err != nil {
		git = err
	} else if _, err = trees.Resolve(ctx, name); err == nil || isAmbiguous(err) {
		add(commitForm, name)
	} else {
		git = err
	}
	for _, dir := range []string{filepath.Clean(name), config.Resolve(w.root, name)} {
		full, err := filepath.Abs(dir)
		if err != nil || len(seen) > 0 && seen[0] == full {
			continue
		}
		seen = append(seen, full)
		if thereIs(filepath.Join(dir, filepath.Base(w.file))) {
			add(folderForm, dir)
		}
		if thereIs(filepath.Join(dir, "data", "report.json")) {
			add(siteForm, dir)
		}
	}
	switch len(forms) {
	case 0:
		return "", "", exit.BadInput(baseNext, "--base %s: %w", name, git)
	case 1:
		return forms[0], rests[0], nil
	}
	var all []string
	for i := range forms {
		all = append(all, forms[i]+rests[i])
	}
	return "", "", exit.BadInput("write which one is meant: "+strings.Join(all, ", or "),
		"--base %s means more than one thing", name)
}

func isAmbiguous(err error) bool {
	var several *git.AmbiguousError
	return errors.As(err, &several)
}

var errNoClone = errors.New("not a git repository: the configuration lies in no clone")

// openTrees reads the commits of the clone that the configuration lies in.
// Its folder is looked for in them under the name that it has here, even if that is
// a link by now.
func openTrees(ctx context.Context, w *workspace) (*git.Trees, error) {
	folder, ok := w.tree.Rel(w.root)
	if !w.tree.Clone || !ok {
		return nil, errNoClone
	}
	return git.OpenTrees(ctx, w.tree.Top(), folder)
}

// thereIs reports whether a name is taken, if only by a link that leads to nothing.
func thereIs(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// publishedBase is what a site says of itself: its report, without the files that
// it was made from.
func (p *program) publishedBase(ctx context.Context, site, name string) (*base, error) {
	r := new(compute.Report)
	if err := p.readSite(ctx, site, reportForm, r); err != nil {
		return nil, exit.Fail(nextOf(err, "name a published site that can be read, or a commit"), fmt.Errorf("--base: %w", err))
	}
	if isAddress(name) {
		name = "the published site"
	}
	return &base{name: name, site: site, report: r}, nil
}

// folderBase is another checkout.
func folderBase(dir, file, name string) (*base, error) {
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, exit.BadInput(baseNext, "--base: %w", err)
	}
	defer root.Close() // read only
	b := &base{name: name, root: filepath.Clean(dir)}
	if err := b.read(root.FS(), ".", file, realOf(root)); err != nil {
		return nil, exit.BadInput(baseNext, "--base %s: %w", name, err)
	}
	if b.empty {
		return nil, exit.BadInput(baseNext, "--base %s: there is no %s in it", name, file)
	}
	return b, nil
}

// commitBase is a commit of the clone that the configuration lies in.
func commitBase(ctx context.Context, w *workspace, ref string) (*base, error) {
	folder, ok := w.tree.Rel(w.root)
	if !w.tree.Clone || !ok {
		return nil, errNoClone
	}
	trees, err := git.OpenTrees(ctx, w.tree.Top(), "") // links may lead to any folder of it
	if err != nil {
		return nil, err
	}
	commit, err := trees.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	b := &base{name: ref, root: w.root, commit: commit.Hash}
	err = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		all := files(commit.Hash, "")
		return b.read(all, folder, filepath.Base(w.file), all.Real)
	})
	return b, err
}

// realOf returns what finds the place of a name below a root, which follows links
// inside by itself.
func realOf(root *os.Root) func(string) (string, error) {
	return func(name string) (string, error) {
		_, err := root.Stat(filepath.FromSlash(name))
		return name, err
	}
}

// read reads configuration and content as they stand in files, where the
// configuration lies in a folder. follow finds the place that links lead to.
func (b *base) read(files fs.FS, folder, file string, follow func(string) (string, error)) error {
	data, err := readRegular(files, path.Join(folder, file), follow)
	if errors.Is(err, fs.ErrNotExist) {
		b.empty, b.config = true, config.Default()
		return nil
	}
	if err != nil {
		return err
	}
	b.data = data
	b.config, _ = config.Parse(file, data) // a newer program may know fewer keys: they are no news
	again := config.Default()
	lines, _ := content.Decode(file, data, &again)
	b.damaged = lines == nil
	if config.LeadsOut(b.config.Content) {
		return fmt.Errorf("its content %q lies outside the folder of its configuration", b.config.Content)
	}
	dir, err := follow(path.Join(folder, filepath.ToSlash(b.config.Content)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil // git keeps no empty folder
	case err != nil:
		return fmt.Errorf("its content folder: %w", err)
	}
	info, err := fs.Stat(files, dir)
	if err == nil && !info.IsDir() {
		err = errors.New("is not a folder of this repository") // or its content would look empty
	}
	if err == nil {
		files, err = fs.Sub(files, dir)
	}
	if err != nil {
		return fmt.Errorf("its content folder: %w", err)
	}
	b.content, b.problems = content.Read(files)
	b.problems = append(b.problems, goalProblems(&b.config, b.content)...)
	return nil
}

// readRegular reads a regular file that people write, and refuses any other: a pipe
// would never end.
func readRegular(files fs.FS, name string, follow func(string) (string, error)) ([]byte, error) {
	name, err := follow(name)
	if err != nil {
		return nil, err
	}
	info, err := fs.Stat(files, name)
	switch {
	case err != nil:
		return nil, err
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("its %s is not a regular file", name)
	case info.Size() > mostWritten:
		return nil, fmt.Errorf("its %s is larger than %d KiB", name, mostWritten>>10)
	}
	return fs.ReadFile(files, name)
}

// side is the base decided on the same numbers as the head.
func (b *base) side(w *workspace, m compute.Measured) diff.Side {
	if b.report != nil {
		return diff.Published(*b.report, m)
	}
	o := content.LintOptions{AsOf: w.asOf, Impact: b.config.RICE.Impact, Confidence: b.config.RICE.Confidence}
	findings := append(content.AsErrors(b.problems), content.Lint(b.content, o)...)
	for i := range findings { // as the head's files are called
		f := &findings[i]
		f.File = filepath.ToSlash(filepath.Join(w.contentRoot(), filepath.FromSlash(f.File)))
	}
	if len(b.data) > 0 {
		_, problems := config.Parse(filepath.ToSlash(w.file), b.data)
		findings = append(findings, content.AsErrors(problems)...)
	}
	return diff.Side{
		Report: compute.Decide(b.config.Options(), b.content, m), Content: b.content,
		Settings: configKeys(shownFile(w.file), b.data, &b.config), Findings: diffFindings(findings), Empty: b.empty,
	}
}
