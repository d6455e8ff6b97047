package git_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ip3dp/ip3dp/collect/git"
)

// TestReal: links of a commit lead where those of a checkout would, and nowhere else.
func TestReal(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write("site/teams.toml", "one\n")
	r.write("a/b/c.md", "c\n")
	r.flush()
	for name, to := range map[string]string{
		"link": "site", "a/up": "../site", "a/b/two": "../up", "file": "a/b/c.md", "round": "again", "again": "round",
		"out": "../elsewhere", "a/out": "../../elsewhere", "absolute": "/etc", "dangling": "nothing", "a/through": "../file/x", "dots": "./a/./b/..",
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.Symlink(to, filepath.Join(r.dir, filepath.FromSlash(name))); err != nil {
				t.Fatal(err)
			}
		})
	}
	r.save("links")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+r.head()+",module")
	r.git("-c", "user.name=Ann", "-c", "user.email=ann@example.com", "commit", "-q", "-m", "a submodule")
	trees, err := git.OpenTrees(t.Context(), r.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	head, err := trees.Resolve(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	other := errors.New("any")
	err = trees.Read(t.Context(), func(files func(commit, folder string) *git.Files) error {
		f := files(head.Hash, "")
		for name, want := range map[string]string{
			".": ".", "site": "site", "link": "site", "link/teams.toml": "site/teams.toml", "a/up/teams.toml": "site/teams.toml",
			"a/b/two": "site", "file": "a/b/c.md", "dots": "a", "dots/up": "site", "module": "module",
		} {
			if got, err := f.EvalSymlinks(name); err != nil || got != want {
				t.Errorf("%s leads to %q, %v, want %q", name, got, err, want)
			}
		}
		for name, want := range map[string]error{
			"nothing": fs.ErrNotExist, "dangling": fs.ErrNotExist, "link/nothing": fs.ErrNotExist, "../x": fs.ErrInvalid,
			"round": other, "out": other, "a/out": other, "absolute": other, "a/through": other, "file/x": other, "module/x": other,
		} {
			got, err := f.EvalSymlinks(name)
			if err == nil || want != other && !errors.Is(err, want) || want == other && errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s leads to %q, %v", name, got, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestNamesOfCommits: a hash is that commit, and a name that means several is refused.
func TestNamesOfCommits(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write("a", "one\n")
	r.flush()
	r.save("one")
	one := r.head()
	r.write("a", "two\n")
	r.save("two")
	two := r.head()
	for _, ref := range []string{
		"refs/heads/" + one, "refs/tags/" + one, "refs/heads/" + one[:9], "refs/tags/both", "refs/heads/same", "refs/tags/same",
		"refs/heads/HEAD", "refs/remotes/origin/main", "refs/heads/v1-2-g" + one[:7],
	} {
		r.git("update-ref", ref, two)
	}
	r.git("update-ref", "refs/heads/both", one)
	r.git("update-ref", "refs/heads/feature/x", one)
	trees, err := git.OpenTrees(t.Context(), r.dir, "")
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		one: one, "same": two, "refs/tags/both": two, "refs/heads/both": one, "tags/both": two, one + "~0": one, two + "~1": one, two + "^": one,
		"origin/main": two, "feature/x": one, one[:8]: one, "main~1": one, "HEAD": two, "@": two, "@~1": one, one + "^{commit}": one,
		"other-3-g" + one[:10]: one,
	} {
		t.Run(name, func(t *testing.T) {
			if got, err := trees.Resolve(t.Context(), name); err != nil || got.Hash != want {
				t.Errorf("%s is %s, %v, want %s", name, got.Hash, err, want)
			}
		})
	}
	for _, name := range []string{"both", one[:9], "v1-2-g" + one[:7]} {
		var several *git.AmbiguousError
		if got, err := trees.Resolve(t.Context(), name); !errors.As(err, &several) || len(several.Meanings) != 2 {
			t.Errorf("%s is %s, %v", name, got.Hash, err)
		}
	}
	for _, name := range []string{
		"", "-x", "--all", "a..b", "a b", "feature", "feature/", ":/one", "HEAD^{/one}", "HEAD:x", "a\nb", "*", "nothing", one[:3], "0000000", "HEAD^{tree}", "refs/heads/", "/", ".",
	} {
		if got, err := trees.Resolve(t.Context(), name); err == nil {
			t.Errorf("%q is %s", name, got.Hash)
		}
	}
}
