package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"

	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"

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
func (w *workspace) contentRoot() string { return config.Resolve(w.root, w.config.Content) }

// setup returns what sources are made from.
func (w *workspace) setup() *sources.Setup {
	return &sources.Setup{
		Root: w.root, ContentRoot: w.contentRoot(), File: w.file, Store: w.state("store.db"),
		Config: &w.config, Content: &w.content, AsOf: w.asOf,
	}
}

// state is the folder that is kept between runs.
func (w *workspace) state(name string) string { return filepath.Join(w.root, ".ip3dp", name) }

// load reads configuration and content, and reports every problem of both at
// once. The error is about what cannot be read at all.
func (p *program) load() (*workspace, error) {
	w := &workspace{file: p.configFile, root: filepath.Dir(p.configFile)}
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
	if w.asOf, w.fixed, err = p.now(w.config.Platform.AsOf); err != nil {
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
	f, err := rooted.OpenRegular(name)
	if err != nil {
		return nil, err
	}
	defer f.Close() // read only
	return io.ReadAll(io.LimitReader(f, mostWritten))
}

// now is the one time that a run calls now: --now, IP3DP_NOW, platform.as_of, or
// the clock, in that order. fixed says that it is not the clock's.
func (p *program) now(asOf time.Time) (t time.Time, fixed bool, err error) {
	name, text := "--now", p.nowText
	if !p.nowGiven {
		name, text = "IP3DP_NOW", p.env.Get("IP3DP_NOW")
	}
	switch {
	case p.nowGiven || text != "":
		t, err = parseTime(text)
		if err != nil {
			return t, true, exit.BadInput("write a date such as 2024-11-11, or a time such as 2024-11-11T06:00:00Z",
				"%s: %q is no time", name, text)
		}
		if !config.IsPlausible(t) {
			return t, true, exit.BadInput(config.PlausibleNext, "%s: %q is not a time of a platform", name, text)
		}
		return t, true, nil
	case !asOf.IsZero():
		return asOf, true, nil
	}
	return p.clock().UTC().Truncate(time.Second), false, nil
}

// parseTime reads a date, which is its midnight in UTC, or a time with its zone.
func parseTime(text string) (time.Time, error) {
	if t, err := time.Parse(time.DateOnly, text); err == nil {
		return t, nil
	}
	t, err := time.Parse(time.RFC3339, text)
	return t.UTC(), err
}
