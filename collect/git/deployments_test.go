package git_test

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/git"
)

const autoNote = "  note: there are release tags, so each counts as a deployment: set deployments, or tag_pattern, if that is wrong"

// deploymentCases are repositories and the deployments that they tell.
var deploymentCases = []struct {
	name    string
	options git.Options
	build   func(*repo)
	want    []string // deployments, the import line of deployments, gaps
}{
	{"annotated and lightweight tags", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.tag(3, "v1.0.0")
		r.commit(5, "two")
		r.tag(0, "v1.1.0")
		r.commit(6, "three")
		r.tag(7, "v1.2.0-rc.1")
		r.tag(8, "keep-me")
	}, []string{
		"production v1.0.0 of one on 3",
		"production v1.1.0 of two on 5",
		"deployments read 4 used 2; 1 pre-release tag; 1 tag that does not look like a release",
		"  note: lightweight release tags, which have no date of their own, so that the commit's date is used: 1 of 2",
		autoNote,
	}},
	{"a monorepo's tags", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.tag(2, "billing/v1.0.0")
		r.tag(2, "@acme/web@2.0.0")
		r.tag(2, "release/2024-01-02")
		r.commit(3, "two")
		r.tag(4, "billing/v1.1.0")
	}, []string{
		"production @acme/web@2.0.0 of one on 2 service @acme/web",
		"production billing/v1.0.0 of one on 2 service billing",
		"production release/2024-01-02 of one on 2",
		"production billing/v1.1.0 of two on 4 service billing",
		"deployments read 4 used 4",
		autoNote,
	}},
	{"one dashed component is the project's name", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.tag(2, "shop-v1.0.0")
	}, []string{"production shop-v1.0.0 of one on 2", "deployments read 1 used 1", autoNote}},
	{"two dashed components are services", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.tag(2, "shop-v1.0.0")
		r.tag(3, "cart-v1.0.0")
	}, []string{
		"production shop-v1.0.0 of one on 2 service shop",
		"production cart-v1.0.0 of one on 3 service cart",
		"deployments read 2 used 2", autoNote,
	}},
	{"an older line, a hotfix and a roll-back", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.tag(1, "v1.0.0")
		r.branch("old")
		r.branch("release-1")
		r.to("main")
		r.commit(2, "two")
		r.tag(2, "v2.0.0")
		r.branch("release-2")
		r.commit(3, "hotfix")
		r.tag(3, "v2.0.1")
		r.to("release-1")
		r.commit(4, "backport")
		r.tag(4, "v1.0.1")
		r.tag(4, "v0.1.0") // the same commit under a library's number
		r.to("main")
		r.tag(5, "v1.9.9", "old")
	}, []string{
		"production v1.0.0 of one on 1",
		"production v2.0.0 of two on 2",
		"production v2.0.1 of hotfix on 3",
		"maintenance v0.1.0 of backport on 4",
		"maintenance v1.0.1 of backport on 4",
		"production v1.9.9 of one on 5",
		"deployments read 6 used 6",
		`  note: releases of an older line after a newer one, with the environment "maintenance" instead of "production": 2`,
		autoNote,
	}},
	{"numbering starts again", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.tag(1, "2023.12.1")
		r.commit(2, "two")
		r.tag(2, "v1.0.0")
	}, []string{
		"production 2023.12.1 of one on 1", "production v1.0.0 of two on 2",
		"deployments read 2 used 2", autoNote,
	}},
	{"a pattern of one's own", git.Options{TagPattern: `^(?P<service>\w+)-rc(\d+)$`, Environment: "prod-eu"}, func(r *repo) {
		r.commit(1, "one")
		r.tag(1, "v1.0.0")
		r.tag(2, "cart-rc7")
	}, []string{
		"prod-eu cart-rc7 of one on 2 service cart",
		"deployments read 2 used 1; 1 tag that tag_pattern does not match", autoNote,
	}},
	{"no tags: updates of the branch", git.Options{}, func(r *repo) {
		r.commit(1, "one")
		r.branch("feature")
		r.commit(2, "two")
		r.to("main")
		r.merge(3, "land it", "feature")
		r.commit(3, "together") // within the same minute
	}, []string{
		"production one of one on 1",
		"production together of together on 3",
		"deployments read 3 used 2; 1 pushed together with the next commit of the branch",
		"  note: no tag looks like a release (the clone has none), so every update of the branch counts as a deployment: set deployments, or tag_pattern, if that is wrong",
	}},
	{"a deploy branch", git.Options{Deployments: git.ByBranch, DeployBranch: "live"}, func(r *repo) {
		r.commit(1, "one")
		r.tag(1, "v1.0.0")
		r.branch("live")
		r.commit(2, "two")
		r.to("main")
		r.commit(3, "three")
	}, []string{
		"production one of one on 1", "production two of two on 2",
		"deployments read 2 used 2",
	}},
	{"none", git.Options{Deployments: git.ByNothing}, func(r *repo) {
		r.commit(1, "one")
		r.tag(1, "v1.0.0")
	}, nil},
	{"tags that no rule takes", git.Options{Deployments: git.ByTags}, func(r *repo) {
		r.commit(1, "one")
		r.tag(1, "v2")
		r.tag(1, "v2.0.0-beta1")
	}, []string{
		"deployments read 2 used 0; 1 pre-release tag; 1 tag that does not look like a release",
		`gap 1–366: no tag looks like a release (2 tags; nearest: ["v2.0.0-beta1"], pre-release tag) → set tag_pattern, or deployments = "branch"; fetch the tags (git fetch --tags) if the clone lacks them`,
	}},
	{"odd tags", git.Options{}, func(r *repo) {
		r.commit(2, "one")
		r.tag(1, "v1.0.0") // dated before its commit
		r.git("tag", "v0.9.0", "HEAD^{tree}")
		r.now = window.To
		r.git("tag", "-a", "-m", "later", "v1.1.0")
	}, []string{
		"production v1.0.0 of one on 2",
		"deployments read 3 used 1; 1 tag that does not point at a commit; 1 dated after the end of the window",
		"  note: tags dated before the commit they name, so that the commit's date is used: 1",
		autoNote,
	}},
}

func TestDeployments(t *testing.T) {
	for _, tt := range deploymentCases {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := newRepo(t)
			tt.build(r)
			e := r.collectAll(tt.options)
			s := tell(t, r.dir).deployments(e.Deployments)
			for i := range e.Imports {
				if e.Imports[i].Kind == "deployments" {
					s.imports(e.Imports[i : i+1])
				}
			}
			s.gaps(e.Gaps).is(t, tt.want...)
			reconciled(t, e)
			covered := false
			for _, c := range e.Coverage {
				covered = covered || c.Kind == "deployments"
			}
			if covered != (len(e.Deployments) > 0) {
				t.Errorf("coverage of deployments is %t with %d of them", covered, len(e.Deployments))
			}
		})
	}
}

func TestTagsThatNoBranchHolds(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.branch("release-1.0")
	r.commit(2, "prepare")
	r.tag(3, "v1.0.0")
	r.to("main")
	r.git("branch", "-q", "-D", "release-1.0")
	e := r.collectAll(git.Options{})
	if len(e.Commits) != 2 {
		t.Errorf("%d commits, want 2: the ancestry of a deployed tag is needed", len(e.Commits))
	}
	tell(t, r.dir).changes(e.Changes).deployments(e.Deployments).is(
		t,
		"one first 1 merged 1 commits one by ann@example.com",
		"production v1.0.0 of prepare on 3",
	)
}

func TestReleaseFlag(t *testing.T) {
	t.Parallel()
	r := newRepo(t)
	r.commit(1, "one")
	r.tag(1, "v1.0.0")
	for by, want := range map[string]bool{git.ByTags: true, git.ByBranch: false} {
		t.Run(by, func(t *testing.T) {
			for _, d := range r.collectAll(git.Options{Deployments: by}).Deployments {
				if d.Release != want {
					t.Errorf("deployments by %s: Release is %t", by, d.Release)
				}
			}
		})
	}
}
