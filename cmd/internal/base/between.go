package base

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/git"
)

// BetweenUsage is the usage of the flag for two commits.
const BetweenUsage = "compare two commits, as `A` B or A..B; the files at hand are not read"

// betweenNext is the next step for two commits that cannot be read.
const betweenNext = "write --between A B with two branches, tags or hashes of this clone"

// SplitRange returns the two names of --between: "A..B", or "A" with an argument "B".
func SplitRange(value string, args []string) (from, to string, err error) {
	from, to = value, strings.Join(args, " ")
	first, second, dots := strings.Cut(value, "..")
	switch {
	case strings.Contains(value, "..."):
		return "", "", exit.BadInput("write A..B, which compares these two commits", "--between %q: three dots mean "+
			"another comparison", value)
	case dots && len(args) > 0:
		return "", "", exit.BadInput(betweenNext, "--between: %q has two commits already, and %q is another", value, to)
	case dots:
		from, to = first, second
	}
	if from == "" || to == "" || len(args) > 1 {
		return "", "", exit.BadInput(betweenNext, "--between needs exactly two commits")
	}
	for _, name := range []*string{&from, &to} {
		form, rest := cutForm(*name)
		if form == folderForm || form == siteForm {
			return "", "", exit.BadInput("compare other things with --base", "--between %s: only commits", *name)
		}
		*name = rest
	}
	return from, to, nil
}

// ReadBetween reads two commits of the configuration's clone, which may be bare. The second one
// must have a configuration, which the workspace gets: nothing is read from the working tree.
func ReadBetween(ctx context.Context, w *workspace.Workspace, from, to string) (a, b *Base, err error) {
	trees, folder, bare, err := openCommits(ctx, w)
	if err != nil {
		return nil, nil, exit.BadInput("run it in the clone with the configuration, or name that with --config",
			"--between: %w", err)
	}
	fail := func(ref string, err error) error {
		next := betweenNext
		if trees.Shallow {
			next = "this clone has only its newest commits: fetch the others (git fetch --unshallow; fetch-depth: 0 in CI)"
		}
		return exit.BadInput(next, "--between: %s: %w", ref, err)
	}
	if a, err = findCommit(ctx, w, trees, from); err != nil {
		return nil, nil, fail(from, err)
	}
	if b, err = findCommit(ctx, w, trees, to); err != nil {
		return nil, nil, fail(to, err)
	}
	a.Name, b.Name = a.nameCommit(from), b.nameCommit(to)
	a.bare, b.bare = bare, bare
	err = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		all := files(b.commit, "")
		if err := b.readFiles(w, all, folder, all.EvalSymlinks); err != nil {
			return fail(to, err)
		}
		if b.empty {
			return exit.BadInput("name a later commit, or another file with --config",
				"--between: %s has no %s", to, filepath.ToSlash(filepath.Join(folder, filepath.Base(w.File))))
		}
		b.fill(w)
		all = files(a.commit, "")
		if err := a.readFiles(w, all, folder, all.EvalSymlinks); err != nil {
			return fail(from, err)
		}
		if a.isBroken(w) {
			a.readBroken(w, b.files)
		}
		return nil
	})
	if err != nil {
		return nil, nil, err
	}
	return a, b, nil
}

// fill makes a commit the state of a workspace.
func (b *Base) fill(w *workspace.Workspace) {
	w.Data, w.Config, w.Content, w.Problems = b.data, b.Config, b.content, slices.Clone(b.faults)
	for _, p := range b.problems {
		p.File = w.ContentFile(p.File)
		w.Problems = append(w.Problems, p)
	}
}

// shortDigits is the number of digits of a hash that a name of a commit has.
const shortDigits = 7

// nameCommit returns the name of a commit for people: "main (1a2b3c4 of 1 Oct 2024)".
func (b *Base) nameCommit(ref string) string {
	name := fmt.Sprintf("%s of %s", b.commit[:shortDigits], b.At.Format("2 Jan 2006"))
	if len(ref) >= shortDigits && strings.HasPrefix(b.commit, strings.ToLower(ref)) {
		return name
	}
	return fmt.Sprintf("%s (%s)", ref, name)
}

// openCommits opens the clone around the configuration or, outside of any, the bare clone around
// it, whose folder it returns. folder contains the configuration in its commits.
func openCommits(ctx context.Context, w *workspace.Workspace) (trees *git.Trees, folder, bare string, err error) {
	if folder, ok := w.Tree.Rel(w.Root); ok && w.Tree.Clone {
		trees, err = git.OpenTrees(ctx, w.Tree.Top(), "")
		return trees, folder, "", err
	}
	root, err := filepath.Abs(w.Root)
	if err != nil {
		return nil, "", "", err
	}
	for dir := root; ; dir = filepath.Dir(dir) {
		if isBareClone(dir) {
			folder, err = filepath.Rel(dir, root)
			if err == nil {
				trees, err = git.OpenRepository(ctx, dir)
			}
			return trees, filepath.ToSlash(folder), dir, err
		}
		if dir == filepath.Dir(dir) {
			return nil, "", "", workspace.ErrNoClone
		}
	}
}

// isBareClone reports whether a folder looks like a bare clone.
func isBareClone(dir string) bool {
	return !slices.ContainsFunc([]string{"HEAD", "objects", "refs"}, func(name string) bool {
		return !exists(filepath.Join(dir, name))
	})
}
