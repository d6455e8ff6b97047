//go:build !race

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// shadowed is a clone in which a request moves something, and what diff says of it.
type shadowed struct {
	dir, base string // the clone and the commit that the request is compared with
	want      string // the diff
}

func newShadowed(t *testing.T) *shadowed {
	t.Helper()
	s := &shadowed{dir: t.TempDir()}
	put(t, filepath.Join(s.dir, "platform", "config.toml"), "[platform]\nname = \"Shop\"\n")
	put(t, filepath.Join(s.dir, "platform", "roadmap", "search.md"), planFile("Search", "4", "planned"))
	gitIn(t, s.dir, "init", "-q", "-b", "main")
	gitIn(t, s.dir, "add", "-A")
	gitIn(t, s.dir, "commit", "-q", "-m", "base")
	s.base = s.git(t, "rev-parse", "HEAD")
	put(t, filepath.Join(s.dir, "platform", "roadmap", "search.md"), planFile("Search", "2", "planned"))
	gitIn(t, s.dir, "commit", "-q", "-a", "-m", "request")
	code, text := s.diff(t, "commit:"+s.base)
	if code != exit.Partial || !strings.Contains(text, `"score"`) && !strings.Contains(text, "effort") {
		t.Fatalf("the request moves nothing: %d\n%s", code, text)
	}
	s.want = text
	return s
}

// copied is the same clone in another folder.
func (s *shadowed) copied(t *testing.T) *shadowed {
	t.Helper()
	to := &shadowed{dir: t.TempDir(), base: s.base, want: s.want}
	if err := os.CopyFS(to.dir, os.DirFS(s.dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

func (s *shadowed) git(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", s.dir}, args...)...)
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %v: %v", args, err)
	}
	return strings.TrimSpace(string(out))
}

// diff compares with a base, and returns what it says without the base's name.
func (s *shadowed) diff(t *testing.T, base string) (exit.Code, string) {
	t.Helper()
	var out, log bytes.Buffer
	p := newProgram([]string{"IP3DP_NOW=2025-04-01"}, nil, &out, &log)
	code := p.execute(t.Context(), []string{"diff", "--config", filepath.Join(s.dir, "platform", "config.toml"), "--base", base, "--format", "json"})
	text := out.String()
	for line := range strings.Lines(text) {
		if strings.Contains(line, `"base":`) {
			text = strings.Replace(text, line, "", 1)
			break
		}
	}
	return code, text
}

// tree writes a folder that is as good a base as any.
func (s *shadowed) tree(t *testing.T, name string) {
	t.Helper()
	for _, at := range []string{s.dir, filepath.Join(s.dir, "platform")} {
		for file, text := range map[string]string{
			"config.toml": "[platform]\nname = \"Shop\"\n", "roadmap/search.md": planFile("Search", "2", "planned"),
			"data/report.json": `{"version": 1}`, "platform/config.toml": "[platform]\nname = \"Shop\"\n", "platform/roadmap/search.md": planFile("Search", "2", "planned"),
		} {
			put(t, filepath.Join(at, filepath.FromSlash(name), filepath.FromSlash(file)), text)
		}
	}
}

// link makes a symbolic link, also below the configuration's folder.
func (s *shadowed) link(t *testing.T, to, name string) {
	t.Helper()
	for _, at := range []string{s.dir, filepath.Join(s.dir, "platform")} {
		if err := os.Symlink(to, filepath.Join(at, name)); err != nil {
			t.Fatal(err)
		}
	}
}

// bare makes the configuration's folder a bare clone too, in which the base is the
// request.
func (s *shadowed) bare(t *testing.T) {
	t.Helper()
	clone := filepath.Join(s.dir, "platform")
	gitIn(t, s.dir, "init", "-q", "--bare", clone)
	objects := filepath.Join(clone, "objects")
	if err := os.RemoveAll(objects); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(objects, os.DirFS(filepath.Join(s.dir, ".git", "objects"))); err != nil {
		t.Fatal(err)
	}
	head := s.git(t, "rev-parse", "HEAD")
	data, err := os.ReadFile(filepath.Join(objects, head[:2], head[2:]))
	if err != nil {
		t.Fatal(err)
	}
	name := filepath.Join(objects, s.base[:2], s.base[2:])
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	put(t, name, string(data))
	put(t, filepath.Join(clone, "refs", "heads", "main"), head+"\n")
}

// TestNothingShadowsABase: whatever a request, or whoever may push a branch or tag,
// calls like the base, a base with its form is the commit, and one without is the
// commit or refused.
func TestNothingShadowsABase(t *testing.T) {
	t.Parallel()
	ways := map[string]func(*shadowed, string){
		"a folder":                      func(s *shadowed, name string) { s.tree(t, name) },
		"a folder in another case":      func(s *shadowed, name string) { s.tree(t, strings.ToUpper(name)) },
		"a folder called like the form": func(s *shadowed, name string) { s.tree(t, "commit:"+name) },
		"a file":                        func(s *shadowed, name string) { put(t, filepath.Join(s.dir, name), "x") },
		"a link to the configuration":   func(s *shadowed, name string) { s.link(t, ".", name) },
		"a link to a site": func(s *shadowed, name string) {
			s.tree(t, "decoy")
			s.link(t, "decoy", name)
		},
		"a link to nothing":  func(s *shadowed, name string) { s.link(t, "nothing", name) },
		"a branch":           func(s *shadowed, name string) { gitIn(t, s.dir, "update-ref", "refs/heads/"+name, "HEAD") },
		"a tag":              func(s *shadowed, name string) { gitIn(t, s.dir, "update-ref", "refs/tags/"+name, "HEAD") },
		"an annotated tag":   func(s *shadowed, name string) { gitIn(t, s.dir, "tag", "-a", "-m", "x", name, "HEAD") },
		"a remote's branch":  func(s *shadowed, name string) { gitIn(t, s.dir, "update-ref", "refs/remotes/"+name+"/HEAD", "HEAD") },
		"a ref":              func(s *shadowed, name string) { gitIn(t, s.dir, "update-ref", "refs/"+name, "HEAD") },
		"a branch of a form": func(s *shadowed, name string) { gitIn(t, s.dir, "update-ref", "refs/heads/refs/heads/"+name, "HEAD") },
		"a replacement":      func(s *shadowed, _ string) { gitIn(t, s.dir, "replace", s.base, "HEAD") },
		"a graft": func(s *shadowed, _ string) {
			put(t, filepath.Join(s.dir, ".git", "info", "grafts"), s.base+" "+s.git(t, "rev-parse", "HEAD")+"\n")
		},
		"attributes": func(s *shadowed, _ string) {
			put(t, filepath.Join(s.dir, ".gitattributes"), "* export-subst ident working-tree-encoding=UTF-16\n")
		},
		"a submodule": func(s *shadowed, name string) {
			gitIn(t, s.dir, "update-index", "--add", "--cacheinfo", "160000,"+s.git(t, "rev-parse", "HEAD")+","+name)
			s.tree(t, name)
		},
		"a bare clone": func(s *shadowed, _ string) { s.bare(t) },
		"files of git": func(s *shadowed, name string) {
			for _, file := range []string{"HEAD", "config", "refs/heads/" + name, "packed-refs", "platform/HEAD", "platform/refs/heads/" + name} {
				put(t, filepath.Join(s.dir, filepath.FromSlash(file)), s.git(t, "rev-parse", "HEAD")+"\n")
			}
		},
		"the folder moved behind a link": func(s *shadowed, _ string) {
			for _, err := range []error{os.Rename(filepath.Join(s.dir, "platform"), filepath.Join(s.dir, "moved")), os.Symlink("moved", filepath.Join(s.dir, "platform"))} {
				if err != nil {
					t.Fatal(err)
				}
			}
		},
	}
	original, tried := newShadowed(t), 0
	for way, shadow := range ways {
		t.Run(way, func(t *testing.T) {
			for _, length := range []int{40, 7} {
				s := original.copied(t)
				name := s.base[:length]
				shadow(s, name)
				for _, base := range []string{"commit:" + name, name, "commit:" + strings.ToUpper(name) + "^{commit}~0"} {
					tried++
					code, text := s.diff(t, base)
					if text == s.want && code == exit.Partial || code == exit.Configuration && text == "" && (length < 40 || !strings.HasPrefix(base, "commit:")) {
						continue
					}
					t.Errorf("%s called %s, base %s: ends with %d, and says\n%s", way, fmt.Sprint(length, " digits"), base, code, text)
				}
			}
		})
	}
	if tried < 50 {
		t.Errorf("%d ways were tried", tried)
	}
}
