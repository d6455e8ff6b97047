package rooted_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/rooted"
)

// layout makes folders and files, which hold their own name, and links ("a -> b").
func layout(t *testing.T, dir string, files []string, links map[string]string) {
	t.Helper()
	for _, name := range files {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(name), 0o755), os.WriteFile(name, []byte("text"), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	for name, to := range links {
		if err := os.Symlink(to, filepath.Join(dir, filepath.FromSlash(name))); err != nil {
			t.Fatal(err)
		}
	}
}

func TestTree(t *testing.T) {
	base := t.TempDir()
	outside := filepath.Join(base, "outside")
	layout(t, outside, []string{"config.toml", ".git/HEAD", "sub/config.toml"}, nil)
	repo := filepath.Join(base, "repo")
	layout(t, repo, []string{".git/config", "config.toml", "platform/config.toml", "platform/real.toml", "common/config.toml", "folder/x/y"}, map[string]string{
		"out": "../outside", "absolute": outside, "into-git": ".git", "file-out.toml": "../outside/config.toml",
		"platform/inside.toml": "real.toml", "platform/common.toml": "../common/config.toml", "platform/git.toml": "../.git/config",
		"linked": "common", "folder/x/up": "../../..", "round": "round", "dangling": "nothing", "absolute-inside": filepath.Join(repo, "common"),
	})
	for _, test := range []struct {
		name string
		want error // nil: it is read
	}{
		{"config.toml", nil},
		{"platform/config.toml", nil},
		{"platform/inside.toml", nil},
		{"platform/common.toml", nil},
		{"linked/config.toml", nil},
		{"platform/../common/config.toml", nil},
		{"out/config.toml", rooted.ErrOutside},
		{"out/sub/config.toml", rooted.ErrOutside},
		{"absolute/config.toml", rooted.ErrOutside},
		{"absolute-inside/config.toml", rooted.ErrOutside},
		{"into-git/config", rooted.ErrOutside},
		{".git/config", rooted.ErrOutside},
		{"platform/git.toml", rooted.ErrOutside},
		{"file-out.toml", rooted.ErrOutside},
		{"folder/x/up/outside/config.toml", rooted.ErrOutside},
		{"nothing.toml", fs.ErrNotExist},
		{"dangling", fs.ErrNotExist},
	} {
		t.Run(test.name, func(t *testing.T) {
			name := filepath.Join(repo, filepath.FromSlash(test.name))
			tree, err := rooted.FindTree(filepath.Dir(name))
			if err != nil {
				t.Fatal(err)
			}
			if !tree.Clone || tree.Top() != repo {
				t.Errorf("%s: the top is %s", test.name, tree.Top())
			}
			data, err := tree.ReadFile(name, 100)
			if test.want == nil && (err != nil || string(data) != "text") || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("%s: %q, %v, want %v", test.name, data, err, test.want)
			}
			folder, err := tree.Folder(filepath.Dir(name))
			if test.want == nil && err != nil {
				t.Errorf("folder of %s: %v", test.name, err)
			}
			if err == nil {
				folder.Close() // read only
			}
		})
	}
	tree, err := rooted.FindTree(repo)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{"common": true, "linked": true, "out": false, "absolute": false, "into-git": false, "round": false, "config.toml": false, "nothing": false} {
		t.Run(name, func(t *testing.T) {
			folder, err := tree.Folder(filepath.Join(repo, name))
			if err == nil {
				folder.Close() // read only
			}
			if got := tree.IsFolder(filepath.Join(repo, name)); got != want || (err == nil) != want {
				t.Errorf("folder %s: %v, %v", name, got, err)
			}
		})
	}
	if _, err := tree.ReadFile(repo, 100); err == nil {
		t.Error("a folder is read as a file")
	}
	for name, want := range map[string]string{"common": "common", "common/../platform": "platform", "": "."} {
		t.Run(name, func(t *testing.T) {
			if got, ok := tree.Rel(filepath.Join(repo, name)); !ok || got != want {
				t.Errorf("%q is %q, %v", name, got, ok)
			}
		})
	}
	if _, ok := tree.Rel(outside); ok {
		t.Error("a folder outside is inside")
	}
}

// TestWithoutAClone: the folder itself is the tree, also under a name that is a link.
func TestWithoutAClone(t *testing.T) {
	base := t.TempDir()
	layout(t, base, []string{"folder/config.toml", "secret.toml"}, map[string]string{"link": "folder", "folder/out.toml": "../secret.toml"})
	t.Chdir(base)
	for _, dir := range []string{"folder", "link", filepath.Join(base, "link")} {
		tree, err := rooted.FindTree(dir)
		if err != nil {
			t.Fatal(err)
		}
		if data, err := tree.ReadFile(filepath.Join(dir, "config.toml"), 2); err != nil || tree.Clone || string(data) != "te" {
			t.Errorf("%s: %q, %v, clone %v", dir, data, err, tree.Clone)
		}
		if _, err := tree.ReadFile(filepath.Join(dir, "out.toml"), 100); !errors.Is(err, rooted.ErrOutside) {
			t.Errorf("%s: a link out: %v", dir, err)
		}
	}
}
