package git_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/git"
)

// written makes a repository with two commits: one file is changed, one is a
// symbolic link, one is too large, and one folder lies below.
func written(t *testing.T) *repo {
	t.Helper()
	r := newRepo(t)
	r.write("site/teams.toml", "one\n")
	r.write("site/roadmap/a.md", "first\n")
	r.write("site/roadmap/b c.md", "with a blank\n")
	r.write("elsewhere.txt", "not read\n")
	r.write("site/large.toml", strings.Repeat("x", 1<<20+1))
	r.flush()
	r.save("one")
	if err := os.Symlink("/etc/passwd", filepath.Join(r.dir, "site", "link.toml")); err != nil {
		t.Fatal(err)
	}
	r.write("site/roadmap/a.md", "second\n")
	r.save("two")
	return r
}

// save commits what is written.
func (r *repo) save(message string) {
	r.t.Helper()
	r.git("add", "-A")
	r.git("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-q", "-m", message)
}

func TestFilesOfACommit(t *testing.T) {
	r := written(t)
	trees, err := git.OpenTrees(t.Context(), r.dir, "site")
	if err != nil {
		t.Fatal(err)
	}
	if trees.Prefix != "site/" || trees.Shallow {
		t.Errorf("prefix %q, shallow %v", trees.Prefix, trees.Shallow)
	}
	one, err := trees.Resolve(t.Context(), "HEAD~1")
	if err != nil {
		t.Fatal(err)
	}
	two, err := trees.Resolve(t.Context(), "main")
	if err != nil {
		t.Fatal(err)
	}
	err = trees.Read(t.Context(), func(files func(commit, folder string) *git.Files) error {
		old, now := files(one.Hash, ""), files(two.Hash, "")
		for name, want := range map[*git.Files]string{old: "first\n", now: "second\n"} {
			if got, err := fs.ReadFile(name, "roadmap/a.md"); err != nil || string(got) != want {
				t.Errorf("%q, %v; want %q", got, err, want)
			}
		}
		if old.ID("roadmap") == now.ID("roadmap") || old.ID("teams.toml") != now.ID("teams.toml") || old.ID("none") != "" {
			t.Error("an ID is of what is in it")
		}
		unreadable(t, now)
		now.Only = []string{"roadmap"}
		if _, err := fs.Stat(now, "teams.toml"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a name that is left out: %v", err)
		}
		below, err := fs.Sub(files(two.Hash, ".."), "site/roadmap")
		if err == nil {
			_, err = fs.ReadFile(below, "a.md")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func unreadable(t *testing.T, files *git.Files) {
	t.Helper()
	if info, err := fs.Lstat(files, "link.toml"); err != nil || info.Mode().IsRegular() {
		t.Errorf("a symbolic link: %v, %v", info, err)
	}
	for _, name := range []string{"link.toml", "large.toml", "../elsewhere.txt", "none.toml", "roadmap", "roadmap/a.md/x"} {
		if data, err := fs.ReadFile(files, name); err == nil {
			t.Errorf("%s gives %q", name, data)
		}
	}
	if info, err := fs.Lstat(files, "large.toml"); err != nil || info.Size() != 1<<20+1 {
		t.Errorf("a large file: %v", err)
	}
	list, err := fs.ReadDir(files, "roadmap")
	if err != nil || !slices.EqualFunc(list, []string{"a.md", "b c.md"}, func(e fs.DirEntry, name string) bool { return e.Name() == name }) {
		t.Errorf("%v, %v", list, err)
	}
	f, err := files.Open("roadmap")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Read(make([]byte, 1)); err == nil {
		t.Error("a folder is read as a file")
	}
}

func TestResolveRefuses(t *testing.T) {
	r := written(t)
	trees, err := git.OpenTrees(t.Context(), r.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"", "none", "--help", "-x", "HEAD\n", "HEAD:site", "\x00"} {
		if c, err := trees.Resolve(t.Context(), ref); err == nil {
			t.Errorf("%q is commit %s", ref, c.Hash)
		}
	}
	if _, err := git.OpenTrees(t.Context(), t.TempDir(), ""); err == nil || !strings.Contains(err.Error(), "not a git repository") {
		t.Errorf("no repository: %v", err)
	}
}

func TestTreesSince(t *testing.T) {
	r := newRepo(t)
	for n := range 5 {
		r.write("a", strings.Repeat("x", n))
		r.commit(n+1, "change")
	}
	r.flush()
	trees, err := git.OpenTrees(t.Context(), r.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	list, err := trees.CommitsSince(t.Context(), day(3))
	if err != nil {
		t.Fatal(err)
	}
	var days []int
	for _, c := range list {
		days = append(days, c.At.Day())
	}
	if !slices.Equal(days, []int{5, 4, 3}) {
		t.Errorf("commits of the days %v", days)
	}
}

func TestReadEndsWithItsContext(t *testing.T) {
	r := written(t)
	trees, err := git.OpenTrees(t.Context(), r.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err = trees.Read(ctx, func(files func(commit, folder string) *git.Files) error {
		cancel()
		_, err := fs.ReadFile(files("HEAD", ""), "site/teams.toml")
		return err
	})
	if err == nil {
		t.Error("it reads on after its context has ended")
	}
}
