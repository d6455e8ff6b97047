package publish

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// remote is a bare repository and a way to ask it.
type remote struct {
	t   *testing.T
	dir string
}

func newRemote(t *testing.T) *remote {
	t.Helper()
	r := &remote{t, filepath.Join(t.TempDir(), "remote.git")}
	t.Setenv("GIT_CONFIG_GLOBAL", os.DevNull)
	t.Setenv("GIT_CONFIG_NOSYSTEM", "1")
	r.git("", "init", "--quiet", "--bare", r.dir)
	return r
}

func (r *remote) git(stdin string, args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", args...)
	cmd.Env = append(os.Environ(), "GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@localhost", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@localhost")
	cmd.Stdin = strings.NewReader(stdin)
	if len(args) > 0 && args[0] != "init" {
		cmd.Dir = r.dir
	}
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %q: %v: %s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// commit puts one file on the branch beside what is there, as a person or another
// run would.
func (r *remote) commit(name, text string) {
	r.t.Helper()
	blob := r.git(text, "hash-object", "-w", "--stdin")
	r.t.Setenv("GIT_INDEX_FILE", filepath.Join(r.t.TempDir(), "index"))
	args := []string{"commit-tree", "", "-m", "other"}
	if out, err := exec.Command("git", "-C", r.dir, "rev-parse", "--verify", "-q", "gh-pages").Output(); err == nil {
		r.git("", "read-tree", "gh-pages")
		args = append(args, "-p", strings.TrimSpace(string(out)))
	}
	r.git("", "update-index", "--add", "--cacheinfo", "100644,"+blob+","+name)
	args[1] = r.git("", "write-tree")
	r.git("", "update-ref", "refs/heads/gh-pages", r.git("", args...))
	os.Unsetenv("GIT_INDEX_FILE")
}

func (r *remote) files() string {
	r.t.Helper()
	return strings.ReplaceAll(r.git("", "ls-tree", "-r", "--name-only", "gh-pages"), "\n", " ")
}

func (r *remote) commits() string { return r.git("", "rev-list", "--count", "gh-pages") }

func (r *remote) branch(t *testing.T, change func(*GitOptions)) *Branch {
	t.Helper()
	o := GitOptions{Remote: "file://" + r.dir, Branch: "gh-pages", Env: os.Environ(), Pause: func(context.Context, int) error { return nil }}
	if change != nil {
		change(&o)
	}
	b, err := NewBranch(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestBranch(t *testing.T) {
	r := newRemote(t)
	b := r.branch(t, nil)
	one := open(t, map[string]string{"index.html": "one", "assets/a.css": "a", "_x/y.html": "y"})
	got, err := b.Publish(t.Context(), one, "", day)
	if err != nil || got.Written != 5 || got.Unchanged != 0 || got.Removed != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	if files := r.files(); files != ".nojekyll _x/y.html assets/a.css data/manifest.json data/run.json index.html" {
		t.Errorf("files %s", files)
	}
	// The same again is no commit.
	if got, err = b.Publish(t.Context(), one, "", day.AddDate(0, 0, 1)); err != nil || got.Written != 0 || got.Unchanged != 5 || r.commits() != "1" {
		t.Errorf("again: %+v, %v, %s commits", got, err, r.commits())
	}
	// Previews, the domain and the marker of the host stay; the rest is replaced.
	if _, err = b.Publish(t.Context(), one, "previews/pr-1", day); err != nil {
		t.Fatal(err)
	}
	r.commit("CNAME", "platform.example.com")
	r.commit("previews/by-hand/index.html", "mine")
	two := open(t, map[string]string{"index.html": "two"})
	if got, err = b.Publish(t.Context(), two, "", day); err != nil || got.Written != 2 || got.Removed != 2 {
		t.Errorf("%+v, %v", got, err)
	}
	want := ".nojekyll CNAME data/manifest.json data/run.json index.html previews/by-hand/index.html previews/pr-1/.ip3dp-published.json previews/pr-1/_x/y.html previews/pr-1/assets/a.css previews/pr-1/data/manifest.json previews/pr-1/data/run.json previews/pr-1/index.html"
	if files := r.files(); files != want {
		t.Errorf("files %s", files)
	}
	if r.git("", "show", "gh-pages:index.html") != "two" || r.git("", "show", "gh-pages:previews/pr-1/index.html") != "one" {
		t.Error("the wrong site stands there")
	}
	if got := r.git("", "log", "-1", "--format=%an %ad %s", "--date=unix", "gh-pages"); got != "ip3dp 1731304800 Publish the site as of 2024-11-11" {
		t.Errorf("commit %q", got)
	}
	// A preview is removed alone; again is nothing.
	if got, err = b.Remove(t.Context(), "previews/pr-1", day); err != nil || got.Removed != 6 || len(got.Previews) != 1 {
		t.Errorf("%+v, %v", got, err)
	}
	if got, err = b.Remove(t.Context(), "previews/pr-1", day); err != nil || got.Removed != 0 || len(got.Previews) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
	if files := r.files(); files != ".nojekyll CNAME data/manifest.json data/run.json index.html previews/by-hand/index.html" {
		t.Errorf("files %s", files)
	}
}

func TestBranchPrunes(t *testing.T) {
	r := newRemote(t)
	b := r.branch(t, nil)
	site := open(t, map[string]string{"index.html": "x"})
	if got, err := b.Prune(t.Context(), day, day); err != nil || len(got.Previews) != 0 {
		t.Fatalf("no branch: %+v, %v", got, err)
	}
	if out, err := exec.Command("git", "-C", r.dir, "rev-parse", "--verify", "-q", "gh-pages").Output(); err == nil {
		t.Fatalf("pruning nothing made a branch: %s", out)
	}
	for prefix, age := range map[string]int{"previews/old": 20, "previews/new": 3, "previews/edge": 14} {
		t.Run(prefix, func(t *testing.T) {
			if _, err := b.Publish(t.Context(), site, prefix, day.AddDate(0, 0, -age)); err != nil {
				t.Fatal(err)
			}
		})
	}
	r.commit("previews/by-hand/index.html", "mine")
	r.commit("previews/forged/.ip3dp-published.json", `{"at":"1999-01-01T00:00:00Z"}`)
	got, err := b.Prune(t.Context(), day.AddDate(0, 0, -14), day)
	if err != nil || strings.Join(got.Previews, " ") != "previews/old" {
		t.Errorf("%+v, %v", got, err)
	}
	for _, stays := range []string{"previews/new/", "previews/edge/", "previews/by-hand/", "previews/forged/"} {
		if !strings.Contains(r.files(), stays) {
			t.Errorf("%s is gone: %s", stays, r.files())
		}
	}
}

// What others push between reading and pushing is kept: the commit is made anew.
func TestBranchRaces(t *testing.T) {
	r := newRemote(t)
	site := open(t, map[string]string{"index.html": "new"})
	if _, err := r.branch(t, nil).Publish(t.Context(), site, "", day); err != nil {
		t.Fatal(err)
	}
	pauses := 0
	b := r.branch(t, func(o *GitOptions) {
		o.Pause = func(context.Context, int) error { pauses++; return nil }
	})
	edits := 0
	_, err := b.commitEdit(t.Context(), "m", day, func(ctx context.Context, c *treeEdit) error {
		if edits++; edits < 3 { // two others are faster
			r.commit("previews/pr-"+string(rune('0'+edits))+"/index.html", "theirs")
		}
		held, err := b.inspectBranch(ctx, c, "previews/mine")
		if err != nil {
			return err
		}
		return c.addSite(ctx, site, "previews/mine", held, day)
	})
	if err != nil || pauses != 2 || edits != 3 {
		t.Fatalf("%v after %d pauses and %d edits", err, pauses, edits)
	}
	for _, want := range []string{"previews/mine/index.html", "previews/pr-1/index.html", "previews/pr-2/index.html"} {
		if !strings.Contains(r.files(), want) {
			t.Errorf("%s was lost: %s", want, r.files())
		}
	}
	// One who always comes second gives up, and leaves what is there.
	before := r.files()
	n := 0
	_, err = b.commitEdit(t.Context(), "m", day, func(_ context.Context, c *treeEdit) error {
		n++
		r.commit("previews/busy/index.html", strings.Repeat("x", n))
		delete(c.entries, "index.html")
		return nil
	})
	if err == nil || n != attempts {
		t.Errorf("%v after %d attempts", err, n)
	}
	if after := r.files(); !strings.Contains(after, " index.html") || len(after) < len(before) {
		t.Errorf("files %s", after)
	}
}

// A push that the other side refuses for good is not tried again, and leaves all.
func TestBranchRefused(t *testing.T) {
	r := newRemote(t)
	hook := filepath.Join(r.dir, "hooks", "pre-receive")
	if err := os.WriteFile(hook, []byte("#!/bin/sh\necho protected >&2\nexit 1\n"), 0o755); err != nil { // a hook runs
		t.Fatal(err)
	}
	b := r.branch(t, func(o *GitOptions) {
		o.Pause = func(context.Context, int) error { t.Error("tried again"); return nil }
	})
	if _, err := b.Publish(t.Context(), open(t, nil), "", day); err == nil || !strings.Contains(err.Error(), "pre-receive hook declined") {
		t.Errorf("got %v", err)
	}
}

func TestBranchOfOneCommit(t *testing.T) {
	r := newRemote(t)
	b := r.branch(t, func(o *GitOptions) { o.Orphan = true })
	for _, text := range []string{"1", "2", "3"} {
		if _, err := b.Publish(t.Context(), open(t, map[string]string{"index.html": text}), "", day); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := b.Publish(t.Context(), open(t, nil), "previews/pr-1", day); err != nil {
		t.Fatal(err)
	}
	if r.commits() != "1" || r.git("", "show", "gh-pages:index.html") != "3" || !strings.Contains(r.files(), "previews/pr-1/data/run.json") {
		t.Errorf("%s commits, %s", r.commits(), r.files())
	}
}

// A branch of code is not replaced by a site.
func TestBranchOfAnother(t *testing.T) {
	r := newRemote(t)
	r.commit("main.go", "package main")
	if _, err := r.branch(t, nil).Publish(t.Context(), open(t, nil), "", day); err == nil || !strings.Contains(err.Error(), "main.go") {
		t.Errorf("got %v", err)
	}
	if r.files() != "main.go" {
		t.Errorf("files %s", r.files())
	}
}

// A clone's branch is its remote's: the clone itself is left alone.
func TestBranchOfClone(t *testing.T) {
	r := newRemote(t)
	r.commit("index.html", "by hand")
	r.git("", "update-ref", "-d", "refs/heads/gh-pages")
	clone := t.TempDir()
	for _, args := range [][]string{{"init", "-q", clone}, {"-C", clone, "remote", "add", "origin", r.dir}, {"-C", clone, "config", "http.https://github.com/.extraheader", "AUTHORIZATION: basic x"}} {
		if out, err := exec.Command("git", args...).CombinedOutput(); err != nil {
			t.Fatalf("%q: %v: %s", args, err, out)
		}
	}
	b := r.branch(t, func(o *GitOptions) { o.Remote, o.Clone = "", clone })
	if _, err := b.Publish(t.Context(), open(t, nil), "", day); err != nil {
		t.Fatal(err)
	}
	if files := r.files(); files != ".nojekyll data/manifest.json data/run.json" {
		t.Errorf("files %s", files)
	}
	if env := strings.Join(b.env, "\n"); !strings.Contains(env, "GIT_CONFIG_VALUE_0=AUTHORIZATION: basic x") {
		t.Error("the clone's credentials are not used")
	}
	if out, err := exec.Command("git", "-C", clone, "for-each-ref").Output(); err != nil || len(out) > 0 {
		t.Errorf("the clone has %q, %v", out, err)
	}
	if _, err := NewBranch(t.Context(), GitOptions{Branch: "gh-pages", Clone: t.TempDir(), Env: os.Environ()}); err == nil {
		t.Error("a folder that is no clone has an origin")
	}
}

// The token goes to its host by the environment, and never into a message.
func TestBranchToken(t *testing.T) {
	const token = "ghp_secretsecretsecret"
	b, err := NewBranch(t.Context(), GitOptions{Remote: "https://git.example.com/a/b.git", Branch: "gh-pages", Token: token, Env: []string{"PATH=" + os.Getenv("PATH"), "GIT_DIR=/x"}})
	if err != nil {
		t.Fatal(err)
	}
	env := strings.Join(b.env, "\n")
	if !strings.Contains(env, "GIT_CONFIG_KEY_1=http.https://git.example.com/.extraheader\nGIT_CONFIG_VALUE_1=Authorization: Basic ") || strings.Contains(env, token) || strings.Contains(env, "GIT_DIR=") {
		t.Errorf("environment %s", env)
	}
	if strings.Contains(b.String(), token) {
		t.Error("the name has the token")
	}
	p := &program{secret: b.secret}
	for _, s := range b.secret {
		if got := p.redact("a " + s + " b"); got != "a *** b" {
			t.Errorf("shown: %q", got)
		}
	}
	for _, remote := range []string{"http://git.example.com/a.git", "https://x:y@git.example.com/a.git", "https://ghp_x@git.example.com/a.git", "--upload-pack=evil"} {
		if _, err := NewBranch(t.Context(), GitOptions{Remote: remote, Branch: "b", Token: token}); err == nil || strings.Contains(err.Error(), token) || strings.Contains(err.Error(), "ghp_x@") {
			t.Errorf("%s: %v", remote, err)
		}
	}
	for _, branch := range []string{"", "-f", "a..b", "a b", "refs/../x", "x.lock", "a//b", "+main", "a:b"} {
		if _, err := NewBranch(t.Context(), GitOptions{Remote: "file:///x", Branch: branch}); err == nil {
			t.Errorf("branch %q is taken", branch)
		}
	}
}

// An end of the run is no race.
func TestBranchEnds(t *testing.T) {
	r := newRemote(t)
	ctx, cancel := context.WithCancel(t.Context())
	b := r.branch(t, nil)
	cancel()
	if _, err := b.Publish(ctx, open(t, nil), "", time.Now()); err == nil || ctx.Err() == nil {
		t.Errorf("got %v", err)
	}
}
