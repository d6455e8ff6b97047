package demo

import (
	"bytes"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
)

// readExample returns the files of the example's content.
func readExample(tb testing.TB) map[string][]byte {
	tb.Helper()
	files := map[string][]byte{}
	site := os.DirFS("../../site")
	err := fs.WalkDir(site, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			files[name], err = fs.ReadFile(site, name)
		}
		return err
	})
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// TestSnapshots holds every state of the example's history to content without an error. It
// fails if a file of the example changed so that an edit does not fit any more.
func TestSnapshots(t *testing.T) {
	files := readExample(t)
	list, err := ListSnapshots(files)
	if err != nil {
		t.Fatalf("%v\nmend the edit in history_commits.go", err)
	}
	if diff := cmp.Diff(files, list[len(list)-1].Files); diff != "" {
		t.Errorf("the last state is not the present one:\n%s", diff)
	}
	var before time.Time
	for _, s := range list {
		if !s.At.After(before) {
			t.Errorf("%s is not after the commit before it", s.At)
		}
		before = s.At
		folder := fstest.MapFS{}
		for name, data := range s.Files {
			folder[name] = &fstest.MapFile{Data: data}
		}
		_, problems := content.Read(folder)
		for _, p := range problems {
			t.Errorf("%s: %s:%d: %s", s.At.Format(time.DateOnly), p.File, p.Line, p.Text)
		}
	}
}

// TestEditsFitOnce damages files so that an edit does not fit, which is an error with the name
// of the file.
func TestEditsFitOnce(t *testing.T) {
	for _, x := range []struct {
		name, want string
		damage     func(map[string][]byte)
	}{
		{"a file is gone", "roadmap/vault-auto-rotation.md: file does not exist", func(f map[string][]byte) {
			delete(f, vault)
		}},
		{"a text changed", `roadmap/vault-auto-rotation.md has the text "effort = 4`, func(f map[string][]byte) {
			f[vault] = bytes.ReplaceAll(f[vault], []byte("effort = 4"), []byte("effort = 5"))
		}},
		{"a text is there twice", "2 times, not once", func(f map[string][]byte) {
			f["features/gitops.md"] = append(f["features/gitops.md"], "shipped = 2024-11-04\n"...)
		}},
		{"an added file is gone", "no file matches research/interview-*.md", func(f map[string][]byte) {
			for name := range f {
				if strings.HasPrefix(name, "research/interview-") {
					delete(f, name)
				}
			}
		}},
		{"a removed file is back", "roadmap/chat-bot.md was removed, but exists today", func(f map[string][]byte) {
			f[bot] = nil
		}},
	} {
		t.Run(x.name, func(t *testing.T) {
			files := readExample(t)
			x.damage(files)
			list, err := ListSnapshots(files)
			if err == nil || !strings.Contains(err.Error(), x.want) {
				t.Errorf("error %v, want %q", err, x.want)
			}
			if n := len(list); n == 0 || cmp.Diff(files, list[n-1].Files) != "" {
				t.Errorf("%d states, and the last is not the present one", n)
			}
		})
	}
}

// TestBundle holds bundles to what git reads in them.
func TestBundle(t *testing.T) {
	list, err := ListSnapshots(readExample(t))
	if err != nil {
		t.Fatal(err)
	}
	var once, again bytes.Buffer
	for _, out := range []*bytes.Buffer{&once, &again} {
		if err := WriteBundle(out, list); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(once.Bytes(), again.Bytes()) {
		t.Error("two bundles of the same states differ")
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "content.bundle")
	if err := os.WriteFile(file, once.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	git := func(args ...string) string {
		cmd := exec.Command("git", append([]string{"-c", "fetch.fsckObjects=true"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("git %s: %v\n%s", args[0], err, out)
		}
		return string(out)
	}
	git("clone", "-q", file, "clone")
	git("-C", "clone", "fsck", "--strict")
	if got := strings.Count(git("-C", "clone", "log", "--format=%H"), "\n"); got != len(list) {
		t.Errorf("%d commits, want %d", got, len(list))
	}
	const want = "Platform team platform@example.com 2024-11-05T09:00:00+00:00 Platform team 2024-11-05T09:00:00+00:00\n"
	if got := git("-C", "clone", "log", "-1", "--format=%an %ae %aI %cn %cI"); got != want {
		t.Errorf("the newest commit is %q, want %q", got, want)
	}
	for _, s := range []Snapshot{list[0], list[len(list)/2], list[len(list)-1]} {
		hash := strings.TrimSpace(git("-C", "clone", "rev-list", "-1", "--before="+s.At.Format(time.RFC3339), "main"))
		git("-C", "clone", "checkout", "-q", hash)
		got := map[string][]byte{}
		clone := os.DirFS(filepath.Join(dir, "clone"))
		err := fs.WalkDir(clone, ".", func(name string, d fs.DirEntry, err error) error {
			if d.Name() == ".git" {
				return fs.SkipDir
			}
			if err == nil && d.Type().IsRegular() {
				got[name], err = fs.ReadFile(clone, name)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(s.Files, got); diff != "" {
			t.Errorf("the files of %s differ:\n%s", s.At, diff)
		}
	}
}
