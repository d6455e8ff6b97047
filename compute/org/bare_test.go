package org

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// tree is a small history: "c b,d" is commit c with the parents b and d. Commits are
// an hour apart.
func tree(lines ...string) []fact.Commit {
	var all []fact.Commit
	for i, line := range lines {
		sha, parents, _ := strings.Cut(line, " ")
		at := date(2024, 10, 1).Add(time.Duration(i) * time.Hour)
		c := fact.Commit{Repository: "acme/a", SHA: sha, Author: "ann", AuthorTime: at, CommitTime: at}
		if parents != "" {
			c.Parents = strings.Split(parents, ",")
		}
		all = append(all, c)
	}
	return all
}

func request(id, base, head, merge, commits string) fact.Change {
	c := fact.Change{Repository: "acme/a", ID: id, Branch: base, HeadBranch: head, MergeCommit: merge, Merged: date(2024, 10, 20)}
	if commits != "" {
		c.Commits = strings.Split(commits, ",")
	}
	return c
}

// told lists the changes that count, with their commits.
func told(t *testing.T, e fact.Events) []string {
	t.Helper()
	e.Repositories = []fact.Repository{{Name: "acme/a"}}
	o, err := Resolve(Options{LongLived: DefaultLongLived}, fact.Content{}, e)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range o.Services[0].Changes {
		if c := &o.Services[0].Changes[i]; !c.Carrier {
			got = append(got, fmt.Sprintf("%s: %s", c.ID, strings.Join(c.Commits, ",")))
		}
	}
	slices.Sort(got)
	return got
}

func TestCommitsOfExportsThatBelongToNoRequest(t *testing.T) {
	covers := func(source, kind string) fact.Coverage {
		return fact.Coverage{Source: source, Repository: "acme/a", Kind: kind, From: date(2024, 10, 1), To: date(2024, 11, 1)}
	}
	exports := fact.Events{Coverage: []fact.Coverage{covers("commits", "commits"), covers("changes", "changes")}}
	deploy := func(sha string) fact.Deployment {
		return fact.Deployment{Repository: "acme/a", ID: sha, Commit: sha, Statuses: []fact.Status{{State: fact.Success, At: date(2024, 10, 21)}}}
	}
	for _, tt := range []struct {
		name        string
		commits     []fact.Commit
		changes     []fact.Change
		deployments []fact.Deployment
		want        string
	}{
		{"trunk-based", tree("a", "b a", "c b", "d c"), nil, []fact.Deployment{deploy("b")}, "a: a; b: b; c: c; d: d"},
		{"a squash merge is its request", tree("a", "b a", "c b"), []fact.Change{request("1", "", "f", "b", "x,y")}, nil, "1: x,y; a: a; c: c"},
		{"a merge commit is its request", tree("a", "x a", "m a,x", "c m"), []fact.Change{request("1", "main", "f", "m", "x")}, nil, "1: x; a: a; c: c"},
		{"a merge without a request is one change", tree("a", "x a", "y x", "m a,y"), nil, nil, "a: a; m: x,y"},
		{
			"a branch that was never merged", tree("a", "b a", "x a", "c b"), nil,
			[]fact.Deployment{deploy("a"), deploy("b"), deploy("c")},
			"a: a; b: b; c: c",
		},
		{
			"a release branch that went its own way", tree("a", "b a", "r a", "c b", "s r"),
			[]fact.Change{request("1", "", "f", "c", "c")},
			[]fact.Deployment{deploy("a"), deploy("b"), deploy("s")},
			"1: c; a: a; b: b",
		},
		{
			"git-flow: what develop alone holds", tree("a", "f a", "m a,f", "d m", "r a,d"),
			[]fact.Change{request("1", "develop", "f", "m", "f"), request("2", "main", "develop", "r", "f,m,d")},
			nil, "1: f; a: a; d: d",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			e := exports
			e.Commits, e.Changes, e.Deployments = tt.commits, tt.changes, tt.deployments
			if got := strings.Join(told(t, e), "; "); got != tt.want {
				t.Errorf("changes %s, want %s", got, tt.want)
			}
			slices.Reverse(e.Commits)
			if got := strings.Join(told(t, e), "; "); got != tt.want {
				t.Errorf("in another order: %s, want %s", got, tt.want)
			}
		})
	}

	t.Run("a rebase-merge", func(t *testing.T) {
		e := exports
		e.Commits = tree("a", "b a", "c b", "d c")
		for i := range e.Commits[1:3] { // b and c were written by one merge
			e.Commits[i+1].CommitTime = date(2024, 10, 2).Add(time.Duration(i) * time.Second)
		}
		e.Changes = []fact.Change{request("1", "", "f", "c", "x,y")}
		if got := strings.Join(told(t, e), "; "); got != "1: x,y; a: a; d: d" {
			t.Errorf("changes %s", got)
		}
	})
	t.Run("a source that tells its own", func(t *testing.T) {
		e := fact.Events{
			Commits: tree("a", "b a"), Coverage: []fact.Coverage{covers("clone", "commits"), covers("clone", "changes"), covers("commits", "commits")},
			Changes: []fact.Change{request("b", "", "", "b", "b")},
			Imports: []fact.Import{{Source: "clone", Kind: "commits", File: "acme/a"}, {Source: "clone", Kind: "changes", File: "acme/a"}},
		}
		if got := strings.Join(told(t, e), "; "); got != "b: b" {
			t.Errorf("changes %s: those of the clone are all there are", got)
		}
		e = fact.Events{Commits: e.Commits, Coverage: []fact.Coverage{covers("forge", "commits")}, Changes: e.Changes, Syncs: []fact.Sync{{Source: "forge"}}}
		if got := strings.Join(told(t, e), "; "); got != "b: b" {
			t.Errorf("changes %s: those of the forge are all there are", got)
		}
	})
}
