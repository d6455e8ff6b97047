package workspace

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/compute"
)

// Workspace has the files that a team writes: its configuration and content.
type Workspace struct {
	Root    string // folder of the configuration
	File    string // the configuration
	Data    []byte // the text of the configuration
	Tree    rooted.Tree
	Config  config.Config
	Content fact.Content
	// Problems are those of configuration and content, with paths from the working directory.
	Problems []content.Problem
	AsOf     time.Time
	Fixed    bool                // asOf was set, and is not the clock's
	Env      func(string) string // variables of the environment, for sources
}

// ContentRoot returns the folder of the content.
func (w *Workspace) ContentRoot() string { return config.Resolve(w.Root, w.Config.Content.Path) }

// ContentFile returns the path of a file of the content, with slashes.
func (w *Workspace) ContentFile(name string) string {
	return filepath.ToSlash(filepath.Join(w.ContentRoot(), filepath.FromSlash(name)))
}

// ConfigProblems returns the problems of the configuration.
func (w *Workspace) ConfigProblems() []content.Problem {
	return slices.DeleteFunc(slices.Clone(w.Problems), func(p content.Problem) bool {
		return p.File != filepath.ToSlash(w.File)
	})
}

// StatePath returns the path of a file in the folder that is kept between runs.
func (w *Workspace) StatePath(name string) string { return filepath.Join(w.Root, ".ip3dp", name) }

// Setup returns the inputs of the sources.
func (w *Workspace) Setup() *sources.Setup {
	return &sources.Setup{
		Root: w.Root, ContentRoot: w.ContentRoot(), File: w.File, Store: w.StatePath("store.db"),
		Config: &w.Config, Content: &w.Content, AsOf: w.AsOf, Env: w.Env,
	}
}

// Locate returns the workspace of a configuration before anything of it is read.
func Locate(file string) (*Workspace, error) {
	w := &Workspace{File: file, Root: filepath.Dir(file)}
	var err error
	if w.Tree, err = rooted.FindTree(w.Root); err != nil {
		return nil, exit.BadInput("", "configuration: %w", err)
	}
	return w, nil
}

// Load reads configuration and content, and reports the problems of both together. The error is
// about files that cannot be read at all; the workspace then has what was found before. now gets
// the as-of time of the configuration; it returns the as-of time of the run, and whether it was
// set rather than read from the clock.
func Load(file string, now func(time.Time) (time.Time, bool, error)) (*Workspace, error) {
	w, err := Locate(file)
	if err != nil {
		return nil, err
	}
	w.Data, err = w.Tree.ReadFile(w.File, MaxWritten)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w, exit.BadInput(`run "ip3dp init" to write one, or name one with --config`, "no configuration at %s",
			w.File)
	case errors.Is(err, rooted.ErrOutside):
		return w, exit.BadInput("put the file itself there, or use a relative link to one inside", "configuration: %s %w",
			w.File, err)
	case err != nil:
		return w, exit.BadInput("", "configuration: %w", err)
	}
	w.Config, w.Problems = config.Parse(filepath.ToSlash(w.File), w.Data)
	if w.AsOf, w.Fixed, err = now(w.Config.Platform.AsOf); err != nil {
		return nil, err
	}
	if config.LeadsOut(w.Config.Content.Path) {
		return w, nil // a problem already
	}
	return w, w.readContent()
}

// readContent reads the content folder, which is part of the repository. Nothing in it can lead
// out of it, not even a symbolic link.
func (w *Workspace) readContent() error {
	dir := w.ContentRoot()
	root, err := w.Tree.Folder(dir)
	if errors.Is(err, rooted.ErrOutside) {
		return exit.BadInput("put the folder itself there, or use a relative link to one inside", "content folder: %s %w",
			dir, err)
	}
	if err != nil {
		return exit.BadInput("set content in "+w.File+" to the folder that holds teams.toml and features/",
			"content folder: %w", err)
	}
	defer root.Close() // read only
	var problems []content.Problem
	w.Content, problems = content.Read(root.FS())
	problems = append(problems, CheckGoals(&w.Config, w.Content)...)
	for _, problem := range problems {
		problem.File = w.ContentFile(problem.File)
		w.Problems = append(w.Problems, problem)
	}
	return nil
}

// Check returns a failure that lists all problems of configuration and content; nil without
// any.
func (w *Workspace) Check() error {
	n := len(w.Problems)
	if n == 0 {
		return nil
	}
	what := "1 problem"
	if n > 1 {
		what = fmt.Sprintf("%d problems", n)
	}
	return &exit.Failure{
		Code: exit.Configuration, Problems: w.Problems,
		Err: fmt.Errorf("%s in configuration and content", what), Next: "nothing was published: mend them and run again",
	}
}

// MaxWritten is the number of bytes that are read of a file that people write by hand: one more
// than content.Decode takes, so that it reports the size.
const MaxWritten = 1<<20 + 1

// ReadSmall reads a file that people write by hand, and not more than could be one.
func ReadSmall(name string) ([]byte, error) {
	f, err := rooted.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return io.ReadAll(io.LimitReader(f, MaxWritten))
}

// Lint returns findings about content that is allowed but worth a look, with files as seen from
// the working directory.
func (w *Workspace) Lint() []content.Finding {
	findings := content.Lint(w.Content, content.LintOptions{
		AsOf: w.AsOf, Impact: w.Config.RICE.Impact, Confidence: w.Config.RICE.Confidence,
	})
	for i := range findings {
		findings[i].File = w.ContentFile(findings[i].File)
	}
	return findings
}

// ListGuarded lists what people wrote and the state: no site replaces any of it.
func (w *Workspace) ListGuarded() []publish.Guarded {
	list := []publish.Guarded{
		{Name: "the configuration", Path: w.File},
		{Name: "the state", Path: w.StatePath(""), Around: true},
		{Name: "the content", Path: w.ContentRoot()},
	}
	for _, name := range ContentFolders {
		if name != "." {
			list = append(list, publish.Guarded{Name: "the content", Path: filepath.Join(w.ContentRoot(), name), Around: true})
		}
	}
	for _, p := range sources.Paths(w.Setup()) {
		list = append(list, publish.Guarded{Name: "the source " + p.Source, Path: trimPattern(p.Path)})
	}
	return list
}

// trimPattern returns the folder of all files of a pattern, and any other path unchanged.
func trimPattern(path string) string {
	at := strings.IndexAny(path, "*?[")
	if at < 0 {
		return path
	}
	return filepath.Dir(path[:at] + "x")
}

// ContentFolders are the folders below the content's root that are read.
var ContentFolders = []string{
	".", "features", "roadmap", "research", "cases", "tickets", "surveys", "decisions",
	"pages",
}

// CheckGoals finds goals that no metric can meet: content alone has no list of metrics. A
// configuration that gives no metrics has problems of its own.
func CheckGoals(c *config.Config, read fact.Content) []content.Problem {
	if len(read.Goals) == 0 {
		return nil
	}
	faults, err := compute.CheckGoals(c.Options(), read)
	if err != nil {
		return nil
	}
	out := make([]content.Problem, len(faults))
	for i, f := range faults {
		out[i] = content.Problem{File: f.Goal.File, Line: f.Goal.LineOf(f.Key), Text: f.Text, Next: f.Next}
	}
	return out
}

// ReadAtMost reads a file that is not larger than a number of bytes.
func ReadAtMost(name string, most int64) ([]byte, error) {
	f, err := rooted.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return ReadAll(f, name, most)
}

// ReadAll reads a stream that is not longer than a number of bytes.
func ReadAll(r io.Reader, name string, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, most>>20)
	}
	return data, nil
}

// WorkingDirectory returns the folder that the program runs in; "." if it is not known.
func WorkingDirectory() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}

// DisplayPath returns a path as comments show it: as seen from the working directory, never a
// path of this machine.
func DisplayPath(name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		name = rooted.PublicName(WorkingDirectory(), name)
	}
	return filepath.ToSlash(filepath.Clean(name))
}

var ErrNoClone = errors.New("not a git repository: the configuration is outside a clone")

// OpenTrees opens the commits of the configuration's clone. Its folder has in them the name
// that it has here, even if that is a link by now.
func OpenTrees(ctx context.Context, w *Workspace) (*git.Trees, error) {
	folder, ok := w.Tree.Rel(w.Root)
	if !w.Tree.Clone || !ok {
		return nil, ErrNoClone
	}
	return git.OpenTrees(ctx, w.Tree.Top(), folder)
}
