package base

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
)

// Base is the other side of a comparison: another state of configuration and content, or a
// published site.
type Base struct {
	Name string // as people call it
	// Of configuration and content:
	Root     string    // the folder that its paths are relative to
	commit   string    // its hash; "" of a folder
	At       time.Time // when it was committed; zero of a folder
	bare     string    // the bare clone with the commit; "" for the clone of the configuration
	data     []byte    // the configuration
	Config   config.Config
	content  fact.Content
	problems []content.Problem // of content, with files below its root
	empty    bool              // without a configuration
	faults   []content.Problem // of the configuration
	files    fs.FS             // its content, while it is read
	// broken has the content of both sides if either has errors; else nil.
	broken *content.Both
	exports map[string]dataFile // of its files that sources read, by path
	// Of a published site:
	site   string // its address or folder
	report *compute.Report
	// Unnamed marks the default base, which may be the request's own commit.
	Unnamed bool
}

// Forms of a base, and the one that is taken if none is named.
const (
	commitForm, folderForm, siteForm = "commit:", "folder:", "site:"
	DefaultBase                      = commitForm + "HEAD"
)

// Usage of the flags that diff and preview share.
const (
	BaseUsage = "the base to compare with: commit:`REF`, folder:PATH with a configuration, or site:ADDRESS or " +
		"site:PATH of a published site"
	MeasuredUsage = "the `place` of the numbers: a measured.json, a folder, branch:NAME, s3://BUCKET/FOLDER, artifact, or " +
		"an address (default: the base if it is a site; else history.from, site.out, the artifact of the job's " +
		"repository and site.base_url of the base's configuration, as docs/reading-back.md orders them)"
)

// baseNext is the next step for a base that cannot be read.
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

// Read reads the base that a name means. A name without a form is looked up in all three forms
// and must have one meaning: a request could add a file of that name.
func Read(ctx context.Context, r *state.Reader, w *workspace.Workspace, name string) (*Base, error) {
	form, rest := cutForm(name)
	if rest == "" {
		return nil, exit.BadInput(baseNext, "--base %q names nothing", name)
	}
	if form == "" && state.IsAddress(name) {
		form = siteForm
	}
	if form == "" {
		var err error
		if form, rest, err = findForm(ctx, w, name); err != nil {
			return nil, err
		}
	}
	switch form {
	case siteForm:
		return ReadSiteBase(ctx, r, rest, rest)
	case folderForm:
		return readFolder(w, rest)
	}
	b, err := readCommit(ctx, w, rest)
	if err != nil {
		return nil, exit.BadInput(baseNext, "--base %s: %w", name, err)
	}
	return b, nil
}

// findForm finds the one form of a name without a form, and its path unless it is a commit.
func findForm(ctx context.Context, w *workspace.Workspace, name string) (form, rest string, err error) {
	var forms, rests, seen []string
	add := func(form, rest string) { forms, rests = append(forms, form), append(rests, rest) }
	var git error
	if trees, err := workspace.OpenTrees(ctx, w); err != nil {
		git = err
	} else if _, err = trees.Resolve(ctx, name); err == nil || isAmbiguous(err) {
		add(commitForm, name)
	} else {
		git = err
	}
	for _, dir := range []string{filepath.Clean(name), config.Resolve(w.Root, name)} {
		full, err := filepath.Abs(dir)
		if err != nil || len(seen) > 0 && seen[0] == full {
			continue
		}
		seen = append(seen, full)
		if exists(filepath.Join(dir, filepath.Base(w.File))) {
			add(folderForm, dir)
		}
		if exists(filepath.Join(dir, "data", "report.json")) {
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

// exists reports whether a name is taken, if only by a link that leads to nothing.
func exists(name string) bool {
	_, err := os.Lstat(name)
	return err == nil
}

// ReadSiteBase reads the report of a published site.
func ReadSiteBase(ctx context.Context, r *state.Reader, site, name string) (*Base, error) {
	report := new(compute.Report)
	if err := r.ReadSite(ctx, site, state.ReportForm, report); err != nil {
		return nil, exit.Fail(state.NextStep(err, "name a published site that can be read, or a commit"),
			fmt.Errorf("--base: %w", err))
	}
	if state.IsAddress(name) {
		name = "the published site"
	}
	return &Base{Name: name, site: site, report: report}, nil
}

// readFolder reads another checkout.
func readFolder(w *workspace.Workspace, dir string) (*Base, error) {
	file := filepath.Base(w.File)
	root, err := os.OpenRoot(filepath.Clean(dir))
	if err != nil {
		return nil, exit.BadInput(baseNext, "--base: %w", err)
	}
	defer root.Close() // read only
	b := &Base{Name: dir, Root: filepath.Clean(dir)}
	if err := b.readFiles(w, root.FS(), ".", newResolver(root)); err != nil {
		return nil, exit.BadInput(baseNext, "--base %s: %w", dir, err)
	}
	if b.empty {
		return nil, exit.BadInput(baseNext, "--base %s: there is no %s in it", dir, file)
	}
	b.readWorkTree(w)
	return b, nil
}

// readCommit reads a commit of the configuration's clone.
func readCommit(ctx context.Context, w *workspace.Workspace, ref string) (*Base, error) {
	folder, ok := w.Tree.Rel(w.Root)
	if !w.Tree.Clone || !ok {
		return nil, workspace.ErrNoClone
	}
	trees, err := git.OpenTrees(ctx, w.Tree.Top(), "") // links may lead to any folder of it
	if err != nil {
		return nil, err
	}
	return readTree(ctx, w, trees, folder, ref)
}

// readTree reads a commit of a clone; folder has the configuration.
func readTree(ctx context.Context, w *workspace.Workspace, trees *git.Trees, folder, ref string) (*Base, error) {
	b, err := findCommit(ctx, w, trees, ref)
	if err != nil {
		return nil, err
	}
	err = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		all := files(b.commit, "")
		if err := b.readFiles(w, all, folder, all.EvalSymlinks); err != nil {
			return err
		}
		b.readWorkTree(w)
		return nil
	})
	return b, err
}

// findCommit returns a commit before anything of it is read.
func findCommit(ctx context.Context, w *workspace.Workspace, trees *git.Trees, ref string) (*Base, error) {
	commit, err := trees.Resolve(ctx, ref)
	if err != nil {
		return nil, err
	}
	return &Base{Name: ref, Root: w.Root, commit: commit.Hash, At: commit.At}, nil
}

// newResolver returns a function that checks a name below a root. The root itself follows links
// inside it.
func newResolver(root *os.Root) func(string) (string, error) {
	return func(name string) (string, error) {
		_, err := root.Stat(filepath.FromSlash(name))
		return name, err
	}
}

// readFiles reads configuration and content from files; folder contains the configuration.
// follow resolves links.
func (b *Base) readFiles(w *workspace.Workspace, files fs.FS, folder string,
	follow func(string) (string, error),
) error {
	b.files = embed.FS{} // git keeps no empty folder
	file := filepath.Base(w.File)
	data, err := readRegular(files, path.Join(folder, file), follow)
	if errors.Is(err, fs.ErrNotExist) {
		b.empty, b.Config = true, config.Default()
		return nil
	}
	if err != nil {
		return err
	}
	b.data = data
	b.Config, b.faults = config.Parse(filepath.ToSlash(w.File), data)
	if b.isConfigUnread(w) {
		b.Config = w.Config
	}
	if config.LeadsOut(b.Config.Content.Path) {
		return fmt.Errorf("its content %q lies outside the folder of its configuration", b.Config.Content.Path)
	}
	dir, err := follow(path.Join(folder, filepath.ToSlash(b.Config.Content.Path)))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return fmt.Errorf("its content folder: %w", err)
	}
	var sub fs.FS
	info, err := fs.Stat(files, dir)
	if err == nil && !info.IsDir() {
		err = errors.New("is not a folder of this repository") // or its content would look empty
	}
	if err == nil {
		sub, err = fs.Sub(files, dir)
	}
	if err != nil {
		return fmt.Errorf("its content folder: %w", err)
	}
	b.files = sub
	b.content, b.problems = content.Read(sub)
	b.problems = append(b.problems, workspace.CheckGoals(&b.Config, b.content)...)
	b.exports = map[string]dataFile{}
	for name, d := range listData(files, folder, listPatterns(&b.Config, b.content)) {
		b.exports[relativeTo(folder, name)] = d
	}
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
	case info.Size() > workspace.MaxWritten:
		return nil, fmt.Errorf("its %s is larger than %d KiB", name, workspace.MaxWritten>>10)
	}
	return fs.ReadFile(files, name)
}

// diffFindings returns findings in the form of a diff, with files as comments show them.
func diffFindings(list []content.Finding) []diff.Finding {
	out := make([]diff.Finding, len(list))
	for i, f := range list {
		out[i] = diff.Finding{
			File: workspace.DisplayPath(f.File), Line: f.Line, Level: string(f.Level), Rule: f.Rule, Text: f.Text,
			Next: f.Next,
		}
	}
	return out
}
