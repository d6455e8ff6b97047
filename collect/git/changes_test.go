package git_test

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/git"
)

// changeCases are repositories and the changes that they tell.
var changeCases = []struct {
	name  string
	build func(*repo)
	want  []string
}{
	{"merge commit", func(r *repo) {
		r.commit(1, "root")
		r.branch("feature")
		r.author = "Bob <bob@example.com>"
		r.commit(2, "one")
		r.author = "Cid <cid@example.com>"
		r.commit(4, "two")
		r.to("main")
		r.author = "Ann <ann@example.com>"
		r.commit(3, "plain")
		r.merge(5, "Merge pull request #12 from bob/feature\n\nThe title", "feature")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"plain first 3 merged 3 commits plain by ann@example.com",
		"12 first 2 merged 5 commits one,two by bob@example.com,cid@example.com",
	}},
	{"squash merge", func(r *repo) {
		r.commit(1, "root")
		r.commit(2, "work, all of it (#7)")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"7 first 2 merged 2 commits work, by ann@example.com",
	}},
	{"rebase keeps the author's date", func(r *repo) {
		r.commit(1, "root")
		r.branch("feature")
		r.commit(2, "one")
		r.to("main")
		r.commit(3, "plain")
		r.now = day(6)
		r.git("rebase", "-q", "main", "feature")
		r.git("checkout", "-q", "main")
		r.git("merge", "-q", "--ff-only", "feature")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"plain first 3 merged 3 commits plain by ann@example.com",
		"one first 2 merged 6 commits one by ann@example.com",
	}},
	{"fast-forward", func(r *repo) {
		r.commit(1, "root")
		r.branch("feature")
		r.commit(2, "one")
		r.to("main")
		r.git("merge", "-q", "--ff-only", "feature")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"one first 2 merged 2 commits one by ann@example.com",
	}},
	{"octopus", func(r *repo) {
		r.commit(1, "root")
		r.branch("a")
		r.commit(3, "one")
		r.branch("b", "main")
		r.commit(2, "two")
		r.to("main")
		r.merge(4, "octopus", "a", "b")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"octopus first 2 merged 4 commits one,two by ann@example.com",
	}},
	{"two roots", func(r *repo) {
		r.commit(1, "root")
		r.to("other")
		r.commit(2, "island")
		r.to("main")
		r.merge(3, "bridge", "other")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"bridge first 2 merged 3 commits island by ann@example.com",
	}},
	{"a merge of main into the branch is no author's work", func(r *repo) {
		r.commit(1, "root")
		r.branch("feature")
		r.author = "dependabot[bot] <49699333+dependabot[bot]@users.noreply.github.com>"
		r.commit(2, "bump")
		r.to("main")
		r.author = "Ann <ann@example.com>"
		r.commit(3, "plain")
		r.to("feature")
		r.merge(4, "update the branch", "main")
		r.to("main")
		r.merge(5, "Merge pull request #3 from bot/bump", "feature")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"plain first 3 merged 3 commits plain by ann@example.com",
		"3 first 2 merged 5 commits bump,update by dependabot[bot]",
	}},
	{"GitLab, and a revert of a merge request", func(r *repo) {
		r.commit(1, "root")
		r.branch("x")
		r.commit(2, "one")
		r.to("main")
		r.merge(3, "Merge branch 'x' into 'main'\n\nThe title\n\nSee merge request acme/shop!41", "x")
		r.branch("undo")
		r.commit(4, "\"Revert it\"\n\nThis reverts merge request !41")
		r.to("main")
		r.merge(5, "Merge branch 'undo' into 'main'\n\nSee merge request acme/shop!42", "undo")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"41 first 2 merged 3 commits one by ann@example.com",
		"42 first 4 merged 5 commits \"Revert by ann@example.com reverts 41",
	}},
	{"reverts", func(r *repo) {
		r.commit(1, "one")
		one := r.head()
		r.commit(2, "undo\n\nThis reverts commit "+one+".")
		r.commit(3, "two (#9)")
		two := r.head()
		r.commit(4, "again (#10)\n\nReverts acme/shop#9")
		r.commit(5, "short\n\nThis reverts commit "+two[:9]+".")
	}, []string{
		"one first 1 merged 1 commits one by ann@example.com",
		"undo first 2 merged 2 commits undo by ann@example.com reverts one",
		"9 first 3 merged 3 commits two by ann@example.com",
		"10 first 4 merged 4 commits again by ann@example.com reverts 9",
		"short first 5 merged 5 commits short by ann@example.com reverts two",
	}},
	{"a commit undone on its own branch is no revert", func(r *repo) {
		r.commit(1, "root")
		r.branch("feature")
		r.commit(2, "one")
		one := r.head()
		r.commit(3, "undo\n\nThis reverts commit "+one+".")
		r.to("main")
		r.merge(4, "Merge pull request #5 from a/b", "feature")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"5 first 2 merged 4 commits one,undo by ann@example.com",
	}},
	{"a maintenance branch merged forward is opened up", func(r *repo) {
		r.commit(1, "root")
		r.branch("stable")
		r.branch("fix")
		r.commit(2, "one")
		r.to("stable")
		r.merge(3, "Merge pull request #20 from a/fix", "fix")
		r.commit(4, "plain")
		r.to("main")
		r.merge(5, "forward: merge stable", "stable")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"20 first 2 merged 3 commits one by ann@example.com",
		"plain first 4 merged 4 commits plain by ann@example.com",
	}},
	{"a request is not opened up", func(r *repo) {
		r.commit(1, "root")
		r.branch("fork")
		r.branch("topic")
		r.commit(2, "one")
		r.to("fork")
		r.merge(3, "Merge pull request #1 from me/topic", "topic")
		r.to("main")
		r.merge(4, "Merge pull request #77 from me/fork", "fork")
	}, []string{
		"root first 1 merged 1 commits root by ann@example.com",
		"77 first 2 merged 4 commits one,Merge by ann@example.com",
	}},
	{"a number is taken once", func(r *repo) {
		r.commit(1, "one (#4)")
		r.commit(2, "follow-up to it (#4)")
	}, []string{
		"4 first 1 merged 1 commits one by ann@example.com",
		"follow-up first 2 merged 2 commits follow-up by ann@example.com",
	}},
}

func TestChanges(t *testing.T) {
	for _, tt := range changeCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			tt.build(r)
			e := r.collectAll(git.Options{})
			tell(t, r.dir).changes(e.Changes).is(t, tt.want...)
			reconciled(t, e)
		})
	}
}

func TestPaths(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	commit := func(n int, message string) {
		r.now = day(n)
		r.git("add", "-A", "services")
		r.git("commit", "-q", "--allow-empty", "-m", message)
	}
	r.write("services/a/main.go", "a")
	commit(1, "root")
	r.git("checkout", "-q", "-b", "feature")
	r.write("services/b/main.go", "b")
	r.write("services/b/sp ace\nänd line", "b")
	commit(2, "one")
	r.git("mv", "services/a/main.go", "services/a/moved.go")
	commit(3, "two")
	commit(3, "empty")
	r.git("checkout", "-q", "main")
	r.now = day(4)
	r.git("merge", "-q", "--no-ff", "-m", "Merge pull request #2 from a/b", "feature")
	// A submodule is one path; its own history is another repository's.
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",vendored")
	commit(5, "module")

	e := r.collectAll(git.Options{Paths: true})
	tell(t, r.dir).changes(e.Changes).is(
		t,
		"root first 1 merged 1 commits root by ann@example.com paths services/a/main.go",
		"2 first 2 merged 4 commits one,two,empty by ann@example.com paths services/a/main.go,services/a/moved.go,services/b/main.go,services/b/sp ace\nänd line",
		"module first 5 merged 5 commits module by ann@example.com paths vendored",
	)
	for _, c := range e.Commits {
		if c.Paths == nil {
			t.Errorf("commit %s: paths were asked for and are nil", c.SHA)
		}
	}
	for _, c := range r.collectAll(git.Options{}).Commits {
		if c.Paths != nil {
			t.Errorf("commit %s: paths were not asked for: %q", c.SHA, c.Paths)
		}
	}
}
