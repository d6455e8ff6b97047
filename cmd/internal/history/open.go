package history

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/git"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Place is the place of a history.
type Place struct {
	// Repository is the path of a clone, a bare repository or a bundle; "": the clone of the
	// configuration.
	Repository string
	// Tip is the newest commit that counts; "": the default branch, HEAD.
	Tip string
}

// PlaceOf returns the place that a configuration names. It must not be that of a pull request.
func PlaceOf(c *config.Config, root string) Place {
	if c.Content.History == "" {
		return Place{}
	}
	return Place{Repository: config.Resolve(root, c.Content.History)}
}

// Check reports a repository that does not exist, with the next step. Other failures are reasons
// for a missing past.
func (p Place) Check() error {
	if p.Repository == "" {
		return nil
	}
	if _, err := os.Stat(p.Repository); errors.Is(err, fs.ErrNotExist) {
		return exit.BadInput(nextForMissing(p.Repository), "%s does not exist", p.shown())
	}
	return nil
}

// shown returns the name of the repository in messages.
func (p Place) shown() string {
	return "content.history " + text.Quote(workspace.DisplayPath(p.Repository))
}

// History has the commits of the content, along first parents.
type History struct {
	// Commits are those up to the as-of time, the oldest first.
	Commits []Commit
	// Why is the reason that the beginning, or all of it, is missing; "" if it is whole.
	Why string

	asOf   time.Time
	trees  *git.Trees
	layout layout
	config config.Config // the present one, for commits without a configuration
	read   configs       // of all commits
	remove func()
}

// Commit is a state of configuration and content.
type Commit struct {
	git.Commit
	config    string // hash of the configuration; "" without one
	content   string // path of the content in the repository
	roadmap   string // hash of the folder; "" without one
	decisions string
	tree      string // hash of the content's folder
}

// layout has the places of configuration and content in the repository.
type layout struct {
	folder string // of the configuration
	file   string // the configuration; "": the repository has only content
}

// Open reads the commits of the workspace's content. The caller closes the history.
func Open(ctx context.Context, w *workspace.Workspace, place Place) (*History, error) {
	h := &History{asOf: w.AsOf, config: w.Config, remove: func() {}}
	tip, candidates, err := h.openRepository(ctx, w, place)
	if err != nil {
		h.Close()
		return nil, err
	}
	if err := h.listCommits(ctx, w, tip, candidates); err != nil {
		h.Close()
		return nil, err
	}
	return h, nil
}

// Close removes what was unpacked.
func (h *History) Close() { h.remove() }

// openRepository opens the repository, and returns its newest commit and the layouts that it may
// have.
func (h *History) openRepository(ctx context.Context, w *workspace.Workspace, place Place) (tip string,
	candidates []layout, err error,
) {
	tip = place.Tip
	folder, inTree := w.Tree.Rel(w.Root)
	file := filepath.Base(w.File)
	if place.Repository == "" {
		if !w.Tree.Clone || !inTree {
			return "", nil, workspace.ErrNoClone
		}
		h.trees, err = git.OpenTrees(ctx, w.Tree.Top(), "")
		candidates = []layout{{folder, file}}
	} else {
		var newest string
		newest, err = h.openNamed(ctx, place)
		tip = cmp.Or(tip, newest)
		inContent, _ := w.Tree.Rel(w.ContentRoot())
		candidates = []layout{
			{folder, file}, {".", file}, {inContent, ""}, {path.Clean(filepath.ToSlash(w.Config.Content.Path)), ""}, {".", ""},
		}
	}
	if err != nil {
		return "", nil, err
	}
	if tip == "" {
		head, err := h.trees.Resolve(ctx, "HEAD")
		if err != nil {
			return "", nil, fmt.Errorf("%w; commit the content once", err)
		}
		tip = head.Hash
	}
	return tip, candidates, nil
}

// openNamed opens a repository or a bundle that the configuration names.
func (h *History) openNamed(ctx context.Context, place Place) (tip string, err error) {
	info, err := os.Stat(place.Repository)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("%s does not exist: %s", place.shown(), nextForMissing(place.Repository))
	case err != nil:
		err = errors.New("cannot be read: check its permissions")
	case info.IsDir():
		h.trees, err = git.OpenRepository(ctx, place.Repository)
	default:
		tip, err = h.unpack(ctx, place.Repository)
	}
	if err != nil {
		err = fmt.Errorf("%s: %w", place.shown(), err)
	}
	return tip, err
}

// nextForMissing returns the next step for a history that is not there.
func nextForMissing(name string) string {
	if strings.Contains(filepath.ToSlash(name), ".ip3dp/demo/") {
		return `run "ip3dp demo"`
	}
	return `clone the repository there with "git clone --bare ADDRESS FOLDER", or remove the key`
}

// unpack unpacks a bundle into a folder that Close removes.
func (h *History) unpack(ctx context.Context, file string) (tip string, err error) {
	dir, err := os.MkdirTemp("", "ip3dp-history-*")
	if err != nil {
		return "", err
	}
	h.remove = func() { os.RemoveAll(dir) } // a temporary folder
	h.trees, tip, err = git.OpenBundle(ctx, file, dir)
	return tip, err
}

// listCommits reads the commits up to the as-of time, with the hashes of their folders.
func (h *History) listCommits(ctx context.Context, w *workspace.Workspace, tip string, candidates []layout) error {
	list, whole, err := h.trees.FirstParents(ctx, tip)
	if err != nil {
		return err
	}
	if len(list) == 0 {
		return errors.New("its newest commit cannot be read: clone it again")
	}
	h.layout, err = h.findLayout(ctx, tip, candidates)
	if err != nil {
		return err
	}
	for _, c := range orderTimes(list, h.asOf) {
		if !c.At.After(h.asOf) {
			h.Commits = append(h.Commits, Commit{Commit: c})
		}
	}
	switch {
	case len(h.Commits) == 0:
		h.Why = "nothing was written before " + w.AsOf.Format("2 January 2006")
	case !whole:
		h.Why = "the clone holds only its newest commits: check out with fetch-depth 0"
	}
	return h.identify(ctx)
}

// manyOlder is the number of older commits in a row that show a wrong clock before them.
const manyOlder = 10

// orderTimes returns commits the oldest first, with times that never go back: nobody can date a
// commit before the one that it follows. A commit with a wrong clock has the time of the one before
// it: one after asOf that a commit before asOf follows, or one that many older commits follow.
func orderTimes(newestFirst []git.Commit, asOf time.Time) []git.Commit {
	out := slices.Clone(newestFirst)
	slices.Reverse(out)
	past := slices.IndexFunc(newestFirst, func(c git.Commit) bool { return !c.At.After(asOf) })
	followed := len(out) - 1 - past // the last commit before asOf
	var last time.Time
	for i := range out {
		c := &out[i]
		next := out[i+1 : min(i+1+manyOlder, len(out))]
		wrong := past >= 0 && c.At.After(asOf) && i < followed ||
			len(next) == manyOlder && !slices.ContainsFunc(next, func(n git.Commit) bool { return !n.At.Before(c.At) })
		if wrong || c.At.Before(last) {
			c.At = last
		}
		last = c.At
	}
	return out
}

// findLayout returns the layout of the repository: the first that its newest commit has.
func (h *History) findLayout(ctx context.Context, tip string, candidates []layout) (layout, error) {
	if len(candidates) == 1 {
		return candidates[0], nil
	}
	var names []string
	for _, l := range candidates {
		name := path.Join(l.folder, l.file)
		if l.file == "" {
			name = path.Join(l.folder, "roadmap")
		}
		names = append(names, nameIn(tip, name))
	}
	found, err := h.trees.Identify(ctx, names)
	if err != nil {
		return layout{}, err
	}
	for i := range found {
		if found[i] != "" {
			return candidates[i], nil
		}
	}
	return layout{}, errors.New("it has neither the configuration nor a folder roadmap: " +
		"name the repository of the content")
}

// nameIn returns the name of a path at a commit. A path that git cannot be asked for leads
// nowhere.
func nameIn(commit, name string) string {
	if name == "." {
		return commit + ":"
	}
	if !fs.ValidPath(name) || strings.ContainsAny(name, "\x00\n\r") {
		return commit + ":.git" // no commit has that name
	}
	return commit + ":" + name
}

// identify finds the configuration and the folders of each commit.
func (h *History) identify(ctx context.Context) error {
	names := make([]string, len(h.Commits))
	if h.layout.file != "" {
		for i, c := range h.Commits {
			names[i] = nameIn(c.Hash, path.Join(h.layout.folder, h.layout.file))
		}
		found, err := h.trees.Identify(ctx, names)
		if err != nil {
			return err
		}
		for i := range found {
			h.Commits[i].config = found[i]
		}
	}
	if err := h.readConfigs(ctx); err != nil {
		return err
	}
	folders := make([]string, 0, 3*len(h.Commits))
	for i := range h.Commits {
		c := &h.Commits[i]
		c.content = h.layout.folder
		if h.layout.file != "" {
			where := h.configOf(c).Content.Path
			if config.LeadsOut(where) {
				where = "."
			}
			c.content = path.Join(h.layout.folder, filepath.ToSlash(where))
		}
		for _, name := range []string{"roadmap", "decisions", "."} {
			folders = append(folders, nameIn(c.Hash, path.Join(c.content, name)))
		}
	}
	found, err := h.trees.Identify(ctx, folders)
	if err != nil {
		return err
	}
	for i := range h.Commits {
		c := &h.Commits[i]
		c.roadmap, c.decisions, c.tree = found[3*i], found[3*i+1], found[3*i+2]
	}
	return nil
}

// configs are configurations by the hash of their file.
type configs map[string]*config.Config

// configOf returns the configuration of a commit; the present one if it had none.
func (h *History) configOf(c *Commit) *config.Config {
	if found := h.read[c.config]; found != nil {
		return found
	}
	return &h.config
}

// readConfigs reads every configuration once.
func (h *History) readConfigs(ctx context.Context) error {
	var hashes []string
	h.read = configs{}
	for i := range h.Commits {
		hash := h.Commits[i].config
		if _, ok := h.read[hash]; !ok && hash != "" {
			h.read[hash] = nil
			hashes = append(hashes, hash)
		}
	}
	return h.trees.ReadBlobs(ctx, hashes, func(i int, data []byte) error {
		if data != nil {
			// Problems of a past configuration cannot be mended.
			c, _ := config.Parse(h.layout.file, data)
			h.read[hashes[i]] = &c
		}
		return nil
	})
}
