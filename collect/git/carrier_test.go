package git_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/git"
)

// whence tells changes with the branches that they come from and went to.
func (s *story) whence(all []fact.Change) *story {
	for _, c := range all {
		line := fmt.Sprintf("%s: %s", s.name(c.ID), s.list(c.Commits))
		if c.HeadBranch != "" {
			line += " from " + c.HeadBranch
		}
		if c.HeadRepository != "" {
			line += " of " + c.HeadRepository
		}
		if c.Branch != "" {
			line += " into " + c.Branch
		}
		s.lines = append(s.lines, line+" first "+date(c.FirstCommit))
	}
	return s
}

// feature merges a branch of one commit into the current one, by a request.
func (r *repo) feature(day, request int, owner, name string) {
	base := r.current
	r.branch(name)
	r.commit(day, name)
	r.to(base)
	r.merge(day+1, fmt.Sprintf("Merge pull request #%d from %s/%s\n\nTitle", request, owner, name), name)
}

var carrierCases = []struct {
	name  string
	build func(*repo)
	want  []string
}{
	{"git-flow: requests into develop, and one that carries them", func(r *repo) {
		r.commit(1, "root")
		r.branch("develop")
		r.feature(2, 10, "acme", "f1")
		r.feature(4, 11, "bob", "f2")
		r.commit(6, "direct")
		r.commit(7, "squashed (#12)")
		r.to("main")
		r.merge(8, "Merge pull request #20 from acme/develop\n\nRelease", "develop")
	}, []string{
		"root: root first 1",
		"10: f1 from f1 of acme/shop into develop first 2",
		"11: f2 from f2 of bob/shop into develop first 4",
		"12: squashed into develop first 7",
		"20: f1,Merge,f2,Merge,direct,squashed from develop of acme/shop first 6",
	}},
	{"stacked requests", func(r *repo) {
		r.commit(1, "root")
		r.branch("base")
		r.commit(2, "below (#3)") // an issue
		r.feature(3, 11, "acme", "above")
		r.to("main")
		r.merge(5, "Merge pull request #12 from acme/base", "base")
	}, []string{
		"root: root first 1",
		"11: above from above of acme/shop into base first 3",
		"12: below,above,Merge from base of acme/shop first 2",
	}},
	{"a back-merge takes nothing", func(r *repo) {
		r.commit(1, "root")
		r.branch("develop")
		r.feature(2, 10, "acme", "f1")
		r.to("main")
		r.commit(4, "plain")
		r.feature(5, 11, "acme", "hotfix/x")
		r.to("develop")
		r.merge(7, "Merge branch 'main' into develop", "main")
		r.feature(8, 12, "acme", "f2")
		r.to("main")
		r.merge(10, "Merge pull request #20 from acme/develop", "develop")
	}, []string{
		"root: root first 1",
		"plain: plain first 4",
		"11: hotfix/x from hotfix/x of acme/shop first 5",
		"10: f1 from f1 of acme/shop into develop first 2",
		"12: f2 from f2 of acme/shop into develop first 8",
		"20: f1,Merge,Merge,f2,Merge from develop of acme/shop first 2",
	}},
	{"GitLab's words, and merges of releases without a request", func(r *repo) {
		r.commit(1, "root")
		r.branch("develop")
		r.branch("f1")
		r.commit(2, "one")
		r.to("develop")
		r.merge(3, "Merge branch 'f1' into 'develop'\n\nTitle\n\nSee merge request acme/shop!10", "f1")
		r.branch("release/1.0")
		r.commit(4, "version")
		r.to("main")
		r.merge(5, "Merge branch 'release/1.0'", "release/1.0")
	}, []string{
		"root: root first 1",
		"10: one from f1 first 2",
		"version: version first 4",
	}},
	{"a release branch without any request is opened up, too", func(r *repo) {
		r.commit(1, "root")
		r.branch("develop")
		r.branch("f1")
		r.commit(2, "one")
		r.commit(3, "two")
		r.to("develop")
		r.merge(4, "Merge branch 'f1' into develop", "f1")
		r.commit(5, "three")
		r.to("main")
		r.merge(6, "Merge branch 'develop'", "develop")
	}, []string{
		"root: root first 1",
		"Merge: one,two from f1 first 2",
		"three: three first 5",
	}},
	{"a branch that took over another project's history", func(r *repo) {
		r.commit(1, "root")
		r.commit(1, "before (#7)")
		r.branch("upstream")
		for n := range 5 {
			r.feature(2, 100+n, "them", fmt.Sprint("u", n))
		}
		r.to("main")
		r.merge(4, "Merge pull request #8 from acme/sync", "upstream")
	}, []string{
		"root: root first 1",
		"7: before first 1",
		"8: u0,Merge,u1,Merge,u2,Merge,u3,Merge,u4,Merge from sync of acme/shop first 2",
	}},
	{"a rollup of bors comes from a fork and holds requests of this repository", func(r *repo) {
		r.commit(1, "root")
		r.branch("one")
		r.commit(2, "one")
		r.branch("rollup", "main")
		r.merge(3, "Rollup merge of #5 - bob:one, r=ann\n\nTitle", "one")
		r.to("main")
		r.merge(4, "Auto merge of #6 - cid:rollup, r=cid\n\nRollup of 1 pull request", "rollup")
	}, []string{
		"root: root first 1",
		"5: one from one of bob/shop into rollup first 2",
		"6: one,Rollup from rollup of cid/shop first 2",
	}},
}

func TestCarriers(t *testing.T) {
	for _, tt := range carrierCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			tt.build(r)
			e := r.collectAll(git.Options{})
			tell(t, r.dir).whence(e.Changes).is(t, tt.want...)
			reconciled(t, e)
		})
	}
}

// A request that was merged into a branch which only a tag holds is a change; a
// commit that a build tagged is not a change.
func TestRequestsThatOnlyTagsHold(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "root (#1)")
	r.tag(1, "v1.0.0")
	r.branch("release/1.0")
	r.commit(2, "bump")
	r.feature(3, 4, "acme", "fix")
	r.tag(5, "v1.0.1")
	r.to("main")
	r.commit(6, "next (#5)")
	e := r.collectAll(git.Options{})
	tell(t, r.dir).whence(e.Changes).is(
		t,
		"1: root first 1",
		"5: next first 6",
		"4: fix from fix of acme/shop into release/1.0 first 3",
	)
	if notes := strings.Join(e.Imports[0].Notes, "\n"); !strings.Contains(notes, "belong to no request and are no changes: 1") {
		t.Errorf("the commit that only a tag holds is not counted: %s", notes)
	}
	reconciled(t, e)
}

// A copy of a commit names it, and every commit has a hash of its subject.
func TestCopiesOfCommits(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "root")
	r.commit(2, "Fix the cart\n\nbody")
	fix := r.head()
	r.commit(3, "Fix the cart\n\nother body\n\n(cherry picked from commit "+fix[:12]+")")
	e := r.collectAll(git.Options{})
	if got := e.Commits[0].PickedFrom; got != fix {
		t.Errorf("picked from %q, want %q", got, fix)
	}
	if want := fact.HashSubject("Fix the cart"); e.Commits[0].Subject != want || e.Commits[1].Subject != want {
		t.Errorf("subjects %d and %d, want %d", e.Commits[0].Subject, e.Commits[1].Subject, want)
	}
}
