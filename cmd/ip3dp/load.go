package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/compute"

	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// workspace is what a team wrote: its configuration and content.
type workspace struct {
	root    string // folder of the configuration
	file    string // the configuration
	data    []byte // what stands in it
	tree    rooted.Tree
	config  config.Config
	content fact.Content
	// problems are those of both, with files as seen from the working directory.
	problems []content.Problem
	asOf     time.Time
	fixed    bool // asOf was set, and is not the clock's
}

// contentRoot is the folder that content is read from.
func (w *workspace) contentRoot() string { return under(w.root, w.config.Content) }

// state is the folder that is kept between runs.
func (w *workspace) state(name string) string { return filepath.Join(w.root, ".ip3dp", name) }

// under is a path of the configuration, relative to its folder.
func under(root, name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(root, name)
}

// loadWorkspace reads configuration and content, and reports every problem of both at
// once. The error is about files that cannot be read at all. now returns the as-of time,
// given that of the configuration, and whether it was set.
func loadWorkspace(file string, now func(time.Time) (time.Time, bool, error)) (*workspace, error) {
	w := &workspace{file: file, root: filepath.Dir(file)}
	var err error
	if w.tree, err = rooted.Around(w.root); err != nil {
		return nil, exit.BadInput("", "configuration: %w", err)
	}
	w.data, err = w.tree.ReadFile(w.file, mostWritten)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, exit.BadInput(`run "ip3dp init" to write one, or name one with --config`, "no configuration at %s", w.file)
	case errors.Is(err, rooted.ErrOutside):
		return nil, exit.BadInput("put the file itself there, or use a relative link to one inside", "configuration: %s %w",
			w.file, err)
	case err != nil:
		return nil, exit.BadInput("", "configuration: %w", err)
	}
	w.config, w.problems = config.Parse(filepath.ToSlash(w.file), w.data)
	if w.asOf, w.fixed, err = now(w.config.Platform.AsOf); err != nil {
		return nil, err
	}
	if config.LeadsOut(w.config.Content) {
		return w, nil // a problem already
	}
	return w, w.readContent()
}

// readContent reads the content folder, which lies in the repository. Nothing in it
// can lead out of it, not even a symbolic link.
func (w *workspace) readContent() error {
	dir := w.contentRoot()
	root, err := w.tree.Folder(dir)
	if errors.Is(err, rooted.ErrOutside) {
		return exit.BadInput("put the folder itself there, or use a relative link to one inside", "content folder: %s %w", dir, err)
	}
	if err != nil {
		return exit.BadInput("set content in "+w.file+" to the folder that holds teams.toml and features/", "content folder: %w", err)
	}
	defer root.Close() // read only
	var problems []content.Problem
	w.content, problems = content.Read(root.FS())
	problems = append(problems, goalProblems(&w.config, w.content)...)
	for _, problem := range problems {
		problem.File = filepath.ToSlash(filepath.Join(dir, filepath.FromSlash(problem.File)))
		w.problems = append(w.problems, problem)
	}
	return nil
}

// clean is nil if nothing is wrong with what the team wrote, else the failure
// that lists all of it.
func (w *workspace) clean() error {
	n := len(w.problems)
	if n == 0 {
		return nil
	}
	what := "1 problem"
	if n > 1 {
		what = fmt.Sprintf("%d problems", n)
	}
	return &exit.Failure{
		Code: exit.Configuration, Problems: w.problems,
		Err: fmt.Errorf("%s in configuration and content", what), Next: "nothing was published: mend them and run again",
	}
}

// mostWritten is how many bytes are read of a file that people write by hand: one
// more than content.Decode takes, so that it says so.
const mostWritten = 1<<20 + 1

// readSmall reads a file that people write by hand, and not more than could be one.
func readSmall(name string) ([]byte, error) {
	f, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return io.ReadAll(io.LimitReader(f, mostWritten))
}

// lint is what is allowed but worth a look, with files as seen from the working
// directory.
func (w *workspace) lint() []content.Finding {
	findings := content.Lint(w.content, content.LintOptions{
		AsOf: w.asOf, Impact: w.config.RICE.Impact, Confidence: w.config.RICE.Confidence,
	})
	for i := range findings {
		f := &findings[i]
		f.File = filepath.ToSlash(filepath.Join(w.contentRoot(), filepath.FromSlash(f.File)))
	}
	return findings
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
	add := func(source, root, file string) {
		if file == "" {
			return
		}
		list = append(list, publish.Guarded{What: "the source " + source, Path: withoutPattern(under(root, file))})
	}
	for i := range w.config.Git {
		add(w.config.Git[i].Name, w.root, w.config.Git[i].Path)
	}
	for i := range w.config.Events {
		add(w.config.Events[i].Name, w.root, w.config.Events[i].File)
	}
	for _, x := range w.config.Exports() {
		add(x.Name, w.root, x.File)
	}
	surveys := filepath.Join(w.contentRoot(), "surveys")
	if folder := w.config.Surveys.Folder; folder != "" {
		surveys = under(w.root, folder)
		add("surveys", w.root, folder)
	}
	for i := range w.content.Surveys {
		add(w.content.Surveys[i].ID, surveys, w.content.Surveys[i].File)
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

// contentFolders are the folders below the content's root that are read.
var contentFolders = []string{
	".", "features", "roadmap", "research", "cases", "tickets", "surveys", "decisions",
	"pages",
}

// goalProblems finds goals that no metric can meet: content alone does not know which
// metrics there are. A configuration that gives no metrics has problems of its own.
func goalProblems(c *config.Config, read fact.Content) []content.Problem {
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

// storeFile is where forge facts are kept between runs.
func (w *workspace) storeFile() string { return w.state("store.db") }

// openRegular opens a file, and refuses what is none: reading a pipe or a device
// could go on forever.
func openRegular(name string) (io.ReadCloser, error) {
	info, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("is not a regular file")}
	}
	return os.Open(name)
}

// publicName is how pages call a file: its path below the configuration's
// folder, or only its name if it lies elsewhere, because paths of this machine
// are nobody's business.
func publicName(root, name string) string {
	rel, err := filepath.Rel(root, name)
	if err != nil || rel == ".." || strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
		return filepath.Base(name)
	}
	return filepath.ToSlash(rel)
}

// readAtMost reads a file that is not larger than a number of bytes.
func readAtMost(name string, most int64) ([]byte, error) {
	f, err := openRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return allOf(f, name, most)
}

// allOf reads a stream that is not longer than a number of bytes.
func allOf(r io.Reader, name string, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if int64(len(data)) > most {
		return nil, fmt.Errorf("%s is larger than %d MiB", name, most>>20)
	}
	return data, nil
}

// workingDirectory is where the program runs; "." if that cannot be told.
func workingDirectory() string {
	dir, err := os.Getwd()
	if err != nil {
		return "."
	}
	return dir
}

// shownFile is a file as a comment names it: as seen from the working directory,
// never by a path of this machine.
func shownFile(name string) string {
	name = filepath.FromSlash(name)
	if filepath.IsAbs(name) {
		name = publicName(workingDirectory(), name)
	}
	return filepath.ToSlash(filepath.Clean(name))
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
