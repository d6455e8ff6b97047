package git_test

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
)

func TestRepository(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write(".github/workflows/ci.yml", "on: push\n")
	r.write(".github/workflows/nested/x.yml", "")
	r.write("Jenkinsfile", "node {}\n")
	r.git("remote", "add", "origin", "https://bob:s3cret@github.com/acme/shop.git")
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "one (#1)")
	r.git("tag", "v1.0.0")
	e, err := git.New("local", git.Options{Path: r.dir}).Collect(context.Background(), window)
	if err != nil {
		t.Fatal(err)
	}
	want := fact.Repository{
		Name: "acme/shop", DefaultBranch: "main", URL: "https://github.com/acme/shop",
		Pipelines: map[string]string{
			".github/workflows/ci.yml": "", "Jenkinsfile": "", // filled in below
		},
	}
	for path := range want.Pipelines {
		want.Pipelines[path] = r.git("rev-parse", "HEAD:"+path)
	}
	if got := e.Repositories; len(got) != 1 || !reflect.DeepEqual(got[0], want) {
		t.Errorf("got %+v\nwant %+v", got, want)
	}
	if got := e.Changes[0].URL + " " + e.Deployments[0].URL; got != "https://github.com/acme/shop/pull/1 https://github.com/acme/shop/releases/tag/v1.0.0" {
		t.Errorf("pages: %s", got)
	}
	if got := e.Imports[0]; got.Source != "local" || got.File != "acme/shop" || !got.First.Equal(day(1)) || !got.Last.Equal(day(1)) {
		t.Errorf("import line: %+v", got)
	}
	for _, c := range e.Coverage {
		if !c.From.Equal(day(1)) || !c.To.Equal(window.To) {
			t.Errorf("coverage: %+v", c)
		}
	}
}

func TestNameOfALocalRepository(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	bare := filepath.Join(t.TempDir(), "shop.git")
	r.git("clone", "-q", "--bare", r.dir, bare)
	for path, want := range map[string]string{r.dir: filepath.Base(r.dir), bare: "shop", bare + "/": "shop"} {
		t.Run(path, func(t *testing.T) {
			e, err := git.New("local", git.Options{Path: path}).Collect(context.Background(), window)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.Repositories[0]; got.Name != want || got.URL != "" {
				t.Errorf("%s: %+v", path, got)
			}
		})
	}
}

func TestBranch(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "root")
	r.branch("-n") // must not become an option
	r.commit(2, "dash")
	r.to("main")
	r.commit(3, "local")
	r.git("update-ref", "refs/remotes/origin/main", "refs/heads/-n")
	tests := []struct {
		name, branch, wantBranch, wantNewest string
		prepare                              []string
	}{
		{"HEAD", "", "main", "local", nil},
		{"named like an option", "-n", "-n", "dash", nil},
		{"origin's goes before the local one", "main", "main", "dash", nil},
		{"full name", "refs/heads/main", "refs/heads/main", "local", nil},
		{"origin's default", "", "main", "dash", []string{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"}},
		{"origin's default is gone", "", "main", "local", []string{"symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/gone"}},
		{"detached", "", "", "local", []string{"checkout", "-q", "--detach", "main"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.prepare != nil {
				r.git(tt.prepare...)
			}
			e := r.collectAll(git.Options{Branch: tt.branch})
			newest := tell(t, r.dir).name(e.Changes[len(e.Changes)-1].ID)
			if got := e.Repositories[0].DefaultBranch; got != tt.wantBranch || newest != tt.wantNewest {
				t.Errorf("%s: branch %q with newest commit %s", tt.name, got, newest)
			}
			noted := strings.Contains(strings.Join(e.Imports[1].Notes, " "), "detached")
			if noted != (tt.name == "detached") {
				t.Errorf("%s: notes %q", tt.name, e.Imports[1].Notes)
			}
		})
	}
}

// damagedRepo has refs but none of its objects.
func damagedRepo(t *testing.T) string {
	t.Helper()
	r := newRepo(t)
	r.commit(1, "one")
	r.flush()
	for _, pattern := range []string{"pack/*", "??/*"} {
		objects, err := filepath.Glob(filepath.Join(r.dir, ".git/objects", pattern))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range objects {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r.dir
}

func TestUnreadable(t *testing.T) {
	r := newRepo(t)
	r.commit(1, "one")
	r.git("branch", "other")
	sub := filepath.Join(r.dir, "sub")
	if err := os.Mkdir(sub, 0o755); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(r.dir, "file")
	if err := os.WriteFile(file, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	wrongHead := newRepo(t)
	wrongHead.commit(1, "one")
	wrongHead.git("symbolic-ref", "HEAD", "refs/heads/gone")
	tests := []struct {
		name    string
		options git.Options
		reason  string
	}{
		{"no repository", git.Options{Path: t.TempDir()}, "not a git repository"},
		{"no folder", git.Options{Path: filepath.Join(r.dir, "missing")}, "the clone's folder cannot be opened"},
		{"a folder inside", git.Options{Path: sub}, `the path is the folder "sub/" inside a clone`},
		{"no such branch", git.Options{Path: r.dir, Branch: "nope"}, `the clone has no branch "nope"`},
		{"no such deploy branch", git.Options{Path: r.dir, DeployBranch: "--all"}, `the clone has no branch "--all"`},
		{"HEAD names no branch", git.Options{Path: wrongHead.dir}, `the clone has no branch "gone"`},
		{"damaged", git.Options{Path: damagedRepo(t)}, "objects are missing from the clone"},
		{"a file", git.Options{Path: file}, "the clone could not be read"},
		{"no path", git.Options{}, "the clone could not be read"},
		{"bad pattern", git.Options{Path: r.dir, TagPattern: "("}, "the clone could not be read"},
		{"bad mode", git.Options{Path: r.dir, Deployments: "guess"}, "the clone could not be read"},
		{"line break", git.Options{Path: r.dir, Branch: "a\nb"}, "the clone could not be read"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			tt.options.Repository = "acme/shop"
			e, err := git.New("local", tt.options).Collect(context.Background(), window)
			if err == nil {
				t.Errorf("%s: no error", tt.name)
			}
			if len(e.Gaps) != 1 || e.Gaps[0].Reason != tt.reason || e.Gaps[0].Next == "" || e.Gaps[0].Repository != "acme/shop" {
				t.Errorf("%s: %v\ngaps %+v", tt.name, err, e.Gaps)
			}
			if len(e.Coverage) != 0 {
				t.Errorf("%s: covers %+v", tt.name, e.Coverage)
			}
		})
	}
	t.Setenv("PATH", t.TempDir())
	e, err := git.New("local", git.Options{Path: r.dir}).Collect(context.Background(), window)
	if err == nil || len(e.Gaps) != 1 || !strings.Contains(e.Gaps[0].Reason, "not installed") {
		t.Errorf("without git: %v, gaps %+v", err, e.Gaps)
	}
}

func TestEmptyRepository(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	e := r.collectAll(git.Options{})
	if len(e.Repositories) != 1 || len(e.Coverage) != 0 {
		t.Errorf("got %+v", e)
	}
	tell(t, r.dir).gaps(e.Gaps).is(t, `gap 1–366: branch "main" has no commits yet → push a first commit, or set branch to the one that is used`)
}

func TestShallow(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	for n := 1; n <= 6; n++ {
		r.commit(n, []string{"", "one", "two", "three", "four", "five", "six"}[n])
	}
	r.branch("feature")
	r.commit(7, "seven")
	r.to("main")
	r.merge(8, "Merge pull request #5 from a/b", "feature")
	r.tag(9, "v1.0.0")
	r.flush()
	clone := filepath.Join(t.TempDir(), "clone")
	r.git("clone", "-q", "--depth", "4", "file://"+r.dir, clone)
	e := r.collectAll(git.Options{Path: clone, Paths: true})
	if !e.Repositories[0].Shallow {
		t.Error("not seen to be shallow")
	}
	tell(t, r.dir).changes(e.Changes).deployments(e.Deployments).gaps(e.Gaps).imports(e.Imports[:1]).is(
		t,
		"five first 5 merged 5 commits five by ann@example.com paths ",
		"six first 6 merged 6 commits six by ann@example.com paths ",
		"5 first 7 merged 8 commits seven by ann@example.com paths ",
		"production v1.0.0 of Merge on 9",
		"gap 1–4: shallow clone: history before 2024-01-04 is missing → run `git fetch --unshallow` (GitHub Actions: actions/checkout with fetch-depth: 0)",
		"changes read 4 used 3; 1 its history reaches the cut of a shallow clone",
		"  note: a clone has no labels, drafts, reviews and opening times of requests: rules about them need the forge or an export, too",
	)
	for _, c := range e.Coverage {
		if !c.From.Equal(day(4)) {
			t.Errorf("coverage: %+v", c)
		}
	}
	for _, c := range e.Commits {
		if cut := len(c.Parents) == 0; cut != (c.Paths == nil) {
			t.Errorf("commit %s at the cut %t: paths %q", c.SHA, cut, c.Paths)
		}
	}
}

func TestSquashMergesAreNoted(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.commit(2, "two (#1)")
	r.commit(3, "three (#2)")
	e := r.collectAll(git.Options{})
	tell(t, r.dir).imports(e.Imports[:1]).is(
		t,
		"changes read 3 used 3",
		"  note: squash merges dated by the merge, so that their lead time begins there and not at the first commit, which only the forge has: 2 of 3 changes",
		"  note: a clone has no labels, drafts, reviews and opening times of requests: rules about them need the forge or an export, too",
	)
}

func TestStaleClone(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(2, "one")
	r.flush()
	fetchHead := filepath.Join(r.dir, ".git", "FETCH_HEAD")
	if err := os.WriteFile(fetchHead, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const gap = " → run `git fetch --tags` before this"
	tests := []struct {
		name    string
		fetched time.Time
		until   time.Time
		gaps    []string
	}{
		{"long ago", day(9), day(9), []string{"gap 9–366: the clone was last fetched on 2024-01-09" + gap}},
		{"before its newest commit", day(1), day(2), []string{"gap 2–366: the clone was last fetched on 2024-01-01" + gap}},
		{"for this run", window.To.Add(-time.Hour), window.To, nil},
		{"after the window", window.To.Add(time.Hour), window.To, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.Chtimes(fetchHead, tt.fetched, tt.fetched); err != nil {
				t.Fatal(err)
			}
			e := r.collectAll(git.Options{})
			tell(t, r.dir).gaps(e.Gaps).is(t, tt.gaps...)
			for _, c := range e.Coverage {
				if !c.To.Equal(tt.until) {
					t.Errorf("%s: coverage %+v", tt.name, c)
				}
			}
		})
	}
}

func TestImpossibleDates(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.branch("side")
	r.commit(2, "side")
	r.to("main")
	r.commit(3, "two")
	r.merge(500, "future", "side") // 2025-05
	r.commit(4, "three")
	r.git("tag", "v1.0.0")
	e := r.collectAll(git.Options{})
	s := tell(t, r.dir).changes(e.Changes).imports(e.Imports)
	for _, c := range e.Commits {
		s.lines = append(s.lines, s.name(c.SHA)+" after "+s.list(c.Parents))
	}
	s.is(
		t,
		"one first 1 merged 1 commits one by ann@example.com",
		"two first 3 merged 3 commits two by ann@example.com",
		"three first 4 merged 4 commits three by ann@example.com",
		"changes read 4 used 3; 1 dated after the end of the window",
		"commits read 5 used 4; 1 dated after the end of the window",
		"deployments read 1 used 1",
		"  note: lightweight release tags, which have no date of their own, so that the commit's date is used: 1 of 1",
		autoNote,
		"three after two,side",
		"side after one",
		"two after one",
		"one after ",
	)
	reconciled(t, e)
}

// rawCommit writes a commit object byte by byte, as no git command would.
func (r *repo) rawCommit(text string, parents ...string) string {
	r.t.Helper()
	tree := r.run("", "write-tree")
	header := "tree " + tree + "\n"
	for _, p := range parents {
		header += "parent " + p + "\n"
	}
	return r.run(header+text, "hash-object", "-t", "commit", "-w", "--stdin", "--literally")
}

func TestOddCommits(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	const committer = "committer Com <com@example.com> 1704110400 +0000\n"
	old := r.rawCommit("author A <a@x> 0 +0000\n" + committer + "\nsub\x00ject (#3)\n")
	late := r.rawCommit("author \xff\xfe <> 4300000000 +0000\n"+committer+"\n\xff\x01\x1e\n", old)
	none := r.rawCommit("author A <a@x> 99999999999999999999999 +0000\ncommitter A <a@x> 18446744073709551614 +0000\n\nnone\n", late)
	last := r.rawCommit("author \nfoo\n"+committer+"encoding latin-7\n\nlast\n", none)
	r.run("", "update-ref", "refs/heads/main", last)
	e := r.collectAll(git.Options{})
	reconciled(t, e)
	tell(t, r.dir).imports(e.Imports[1:2]).is(
		t,
		"commits read 4 used 3; 1 its date cannot be read",
		"  note: author dates after the window, so that the commit's date is used: 1",
	)
	got := map[string]fact.Commit{}
	for _, c := range e.Commits {
		got[c.SHA] = c
	}
	if c := got[old]; c.AuthorTime.Unix() != 0 || c.Author != "a@x" {
		t.Errorf("author date of 1970: %+v", c)
	}
	if c := got[late]; !c.AuthorTime.Equal(c.CommitTime) || c.Author != "\uFFFD" {
		t.Errorf("author date of 2106: %+v", c)
	}
}

func TestMailmapAndEncoding(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.write(".mailmap", "Ann <ann@example.com> <ann@old.example.com>\n")
	r.author = "Ann <ann@old.example.com>"
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "one")
	if got := r.collectAll(git.Options{}).Commits[0].Author; got != "ann@example.com" {
		t.Errorf("mailmap is not used: %s", got)
	}
}

func TestSHA256(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.dir = t.TempDir()
	r.git("init", "-q", "-b", "main", "--object-format=sha256", ".")
	r.commit(1, "one")
	r.branch("feature")
	r.commit(2, "two")
	r.to("main")
	r.merge(3, "land", "feature")
	e := r.collectAll(git.Options{})
	tell(t, r.dir).changes(e.Changes).is(
		t,
		"one first 1 merged 1 commits one by ann@example.com",
		"land first 2 merged 3 commits two by ann@example.com",
	)
}

func TestSince(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.tag(1, "v1.0.0")
	r.branch("feature")
	r.commit(2, "two")
	r.to("main")
	r.commit(3, "three")
	r.merge(5, "land", "feature")
	r.tag(6, "v1.1.0")
	e := r.collectAll(git.Options{Since: day(4)})
	reconciled(t, e)
	s := tell(t, r.dir).changes(e.Changes).deployments(e.Deployments)
	for _, c := range e.Commits {
		s.lines = append(s.lines, s.name(c.SHA))
	}
	// The commit of day 2 belongs to a change that counts.
	s.is(t, "land first 2 merged 5 commits two by ann@example.com", "production v1.1.0 of land on 6", "land", "two")
	for _, c := range e.Coverage {
		if !c.From.Equal(day(4)) {
			t.Errorf("coverage: %+v", c)
		}
	}
}

func TestOpenWindow(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.commit(3, "two")
	r.flush()
	e, err := git.New("local", git.Options{Path: r.dir}).Collect(context.Background(), collect.Window{})
	if err != nil || len(e.Commits) != 2 || len(e.Coverage) != 3 || !e.Coverage[0].To.Equal(day(3)) {
		t.Errorf("%d commits, coverage %+v, %v", len(e.Commits), e.Coverage, err)
	}
}

func TestSameBytes(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "root")
	for _, b := range []string{"a", "b", "c"} {
		r.branch(b, "main")
		r.commit(2, b)
	}
	r.to("main")
	r.merge(2, "all", "a", "b", "c")
	r.tag(2, "v1.0.0")
	if first, second := r.collectAll(git.Options{}), r.collectAll(git.Options{}); !reflect.DeepEqual(first, second) {
		t.Error("two runs differ")
	}
}
