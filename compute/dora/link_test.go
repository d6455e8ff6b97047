package dora

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// day is a moment of the hand-made histories: at(1, 10) is Tuesday of the first
// week at ten o'clock.
func at(day, hour int, minutes ...int) time.Time {
	t := time.Date(2024, 9, 9+day, hour, 0, 0, 0, time.UTC)
	for _, m := range minutes {
		t = t.Add(time.Duration(m) * time.Minute)
	}
	return t
}

const repo = "acme/shop"

// history builds the facts of one small repository.
type history struct {
	fact.Events
	teams []fact.Team
}

func newHistory() *history {
	h := &history{teams: []fact.Team{{ID: "shop", Developers: 5, Owns: []fact.Ownership{{Repository: repo}}}}}
	h.Coverage = []fact.Coverage{
		{Source: "test", Repository: repo, Kind: "deployments", From: at(-365, 0), To: at(365, 0)},
		{Source: "test", Repository: repo, Kind: "incidents", From: at(-365, 0), To: at(365, 0)},
	}
	return h
}

// commit adds a commit written at t with the given parents.
func (h *history) commit(sha string, t time.Time, parents ...string) *history {
	h.Commits = append(h.Commits, fact.Commit{
		Repository: repo, SHA: sha, Parents: parents, Author: "ann@acme.example", AuthorTime: t, CommitTime: t,
	})
	return h
}

func (h *history) change(c fact.Change) *history {
	c.Repository = repo
	h.Changes = append(h.Changes, c)
	return h
}

// deploy adds a production deployment that began at t and took five minutes.
func (h *history) deploy(id, commit string, t time.Time, edit ...func(*fact.Deployment)) *history {
	d := fact.Deployment{
		Source: "test", Repository: repo, ID: id, Environment: "production", Commit: commit, Created: t,
		Statuses: []fact.Status{{State: fact.Pending, At: t}, {State: fact.Success, At: t.Add(5 * time.Minute)}},
	}
	for _, e := range edit {
		e(&d)
	}
	h.Deployments = append(h.Deployments, d)
	return h
}

func (h *history) incident(i fact.Incident) *history {
	i.Repository = repo
	h.Incidents = append(h.Incidents, i)
	return h
}

// organisation resolves the facts. Teams are as large as they declare to be: where
// one of them is small, co-authors make up the number of the others.
func (h *history) organisation(t *testing.T) *org.Organisation {
	t.Helper()
	e := h.Events
	e.Changes = slices.Clone(h.Changes)
	small := false
	for _, team := range h.teams {
		small = small || team.Developers < org.MinPeople
		for i := range e.Changes {
			if c := &e.Changes[i]; len(team.Owns) > 0 && team.Owns[0].Repository == c.Repository {
				c.CoAuthors = nil
				for n := range team.Developers - 1 {
					c.CoAuthors = append(c.CoAuthors, fmt.Sprintf("%s-%d", team.ID, n))
				}
			}
		}
	}
	options := org.Options{Calendar: org.Calendar{AsOf: at(63, 0), MaturityDays: 7}, ShowFew: !small}
	o, err := org.Resolve(options, fact.Content{Teams: h.teams}, e)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// link resolves and links the one service.
func (h *history) link(t *testing.T) Linked {
	t.Helper()
	return h.linkService(t, repo)
}

func (h *history) linkService(t *testing.T, id string) Linked {
	t.Helper()
	o := h.organisation(t)
	r, err := Defaults().compile()
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range r.linkAll(o) {
		if o.Services[l.Service].ID == id {
			return l
		}
	}
	t.Fatalf("no service %q", id)
	return Linked{}
}

// shipped lists "deployment: change change" for each delivery.
func shipped(l Linked) []string {
	var out []string
	for i := range l.Deliveries {
		d := &l.Deliveries[i]
		s := d.ID + ":"
		for _, c := range d.Changes {
			s += " " + c.Change.ID
		}
		out = append(out, s)
	}
	return out
}

func leftOut(l Linked, reason string) int {
	for _, lo := range l.LeftOut {
		if lo.Reason == reason {
			return lo.N
		}
	}
	return 0
}

func want(t *testing.T, what string, got, want any) {
	t.Helper()
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		t.Errorf("%s: got %s, want %s", what, g, w)
	}
}

func merged(id, sha string, t time.Time, more ...func(*fact.Change)) fact.Change {
	c := fact.Change{ID: id, FirstCommit: t.Add(-2 * time.Hour), Opened: t.Add(-time.Hour), Merged: t, MergeCommit: sha, Author: "ann@acme.example"}
	for _, m := range more {
		m(&c)
	}
	return c
}

// A change belongs to the first production deployment that contains it, however
// it reached the branch.
func TestChangesReachProductionByAncestry(t *testing.T) {
	tests := []struct {
		name string
		make func(*history)
		want []string
	}{
		{"merge commit", func(h *history) {
			h.commit("a", at(0, 9)).commit("f1", at(0, 10), "a").commit("f2", at(0, 11), "f1").commit("m", at(0, 12), "a", "f2")
			h.change(merged("1", "m", at(0, 12), func(c *fact.Change) { c.Commits, c.Head = []string{"f1", "f2"}, "f2" }))
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "m", at(0, 13))
		}, []string{"d0:", "d1: 1"}},
		{"squash: the branch's commits are not in history", func(h *history) {
			h.commit("a", at(0, 9)).commit("s", at(0, 12), "a")
			h.change(merged("1", "s", at(0, 12), func(c *fact.Change) { c.Commits, c.Head = []string{"f1", "f2"}, "f2" }))
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "s", at(0, 13))
		}, []string{"d0:", "d1: 1"}},
		{"rebase: new commits, the last is the merge", func(h *history) {
			h.commit("a", at(0, 9)).commit("r1", at(0, 10), "a").commit("r2", at(0, 11), "r1")
			h.change(merged("1", "r2", at(0, 12), func(c *fact.Change) { c.Commits = []string{"r1", "r2"} }))
			h.deploy("d0", "a", at(0, 9)).deploy("half", "r1", at(0, 12, 10)).deploy("d1", "r2", at(0, 13))
		}, []string{"d0:", "half:", "d1: 1"}},
		{"fast-forward: the head is the merge", func(h *history) {
			h.commit("a", at(0, 9)).commit("f1", at(0, 10), "a")
			h.change(merged("1", "f1", at(0, 12), func(c *fact.Change) { c.Commits, c.Head = []string{"f1"}, "f1" }))
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "f1", at(0, 13))
		}, []string{"d0:", "d1: 1"}},
		{"trunk commits without a request", func(h *history) {
			h.commit("a", at(0, 9)).commit("b", at(0, 10), "a").commit("c", at(0, 11), "b")
			for _, sha := range []string{"a", "b", "c"} {
				h.change(fact.Change{ID: sha, MergeCommit: sha, Commits: []string{sha}, FirstCommit: at(0, 9), Merged: at(0, 11)})
			}
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "c", at(0, 13))
		}, []string{"d0:", "d1: b c"}},
		{"deployed before it was merged", func(h *history) {
			h.commit("a", at(0, 9)).commit("f1", at(0, 10), "a").commit("m", at(0, 15), "a", "f1")
			h.change(merged("1", "m", at(0, 15), func(c *fact.Change) { c.Commits, c.Head = []string{"f1"}, "f1" }))
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "f1", at(0, 13)).deploy("d2", "m", at(0, 16))
		}, []string{"d0:", "d1: 1", "d2:"}},
		{"merged but never in a deployed commit", func(h *history) {
			h.commit("a", at(0, 9)).commit("b", at(0, 10), "a").commit("x", at(0, 10), "a")
			h.change(merged("1", "b", at(0, 12))).change(merged("2", "x", at(0, 12)))
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "b", at(0, 13))
		}, []string{"d0:", "d1: 1"}},
		{"a second region is a deployment of its own, and brings nothing new", func(h *history) {
			h.commit("a", at(0, 9)).commit("b", at(0, 10), "a")
			h.change(merged("1", "b", at(0, 12)))
			h.deploy("d0", "a", at(0, 9)).deploy("d1", "b", at(0, 13))
			h.deploy("d2", "b", at(0, 14), func(d *fact.Deployment) { d.Environment = "prod-eu" })
		}, []string{"d0:", "d1: 1", "d2:"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			tt.make(h)
			l := h.link(t)
			want(t, "shipped", shipped(l), tt.want)
			for i := range l.Deliveries {
				want(t, "method", l.Deliveries[i].Method, Ancestry)
			}
		})
	}
}

// Without commits, what a deployment contains is known from the source's own
// list, from the order of merges, or — flagged — from times.
func TestChangesReachProductionWithoutCommits(t *testing.T) {
	tests := []struct {
		name   string
		make   func(*history)
		want   []string
		method Method
	}{
		{"the source lists them", func(h *history) {
			h.change(merged("1", "m1", at(0, 12))).change(merged("2", "m2", at(0, 13)))
			h.deploy("d1", "zz", at(0, 14), func(d *fact.Deployment) { d.Changes = []string{"2", "unheard-of"} })
		}, []string{"d1: 2"}, Listed},
		{"the deployed commit is a merge: all merges before it", func(h *history) {
			h.change(merged("0", "m0", at(0, 8))).change(merged("1", "m1", at(0, 12))).change(merged("2", "m2", at(0, 13))).change(merged("3", "m3", at(0, 14)))
			h.deploy("d0", "m0", at(0, 9)).deploy("d1", "m2", at(0, 15)).deploy("d2", "m3", at(0, 16))
		}, []string{"d0:", "d1: 1 2", "d2: 3"}, Mainline},
		{"merges to another branch stay out", func(h *history) {
			h.change(merged("0", "m0", at(0, 8))).change(merged("1", "m1", at(0, 12), func(c *fact.Change) { c.Branch = "v1" })).change(merged("2", "m2", at(0, 13)))
			h.deploy("d0", "m0", at(0, 9)).deploy("d1", "m2", at(0, 15))
		}, []string{"d0:", "d1: 2"}, Mainline},
		{"nothing known of the commit: by time", func(h *history) {
			h.change(merged("1", "m1", at(0, 12))).change(merged("2", "m2", at(0, 14)))
			h.deploy("d0", "x", at(0, 9)).deploy("d1", "y", at(0, 13)).deploy("d2", "z", at(0, 15))
		}, []string{"d0:", "d1: 1", "d2: 2"}, ByTime},
		{"a configuration repository without a mapping: not known", func(h *history) {
			h.change(merged("1", "m1", at(0, 12)))
			h.deploy("d1", "cfg", at(0, 13), func(d *fact.Deployment) { d.Unmapped = true })
		}, []string{"d1:"}, Unknown},
		{"a request that was never merged has a merge commit too", func(h *history) {
			h.change(merged("0", "m0", at(0, 8))).change(fact.Change{ID: "9", MergeCommit: "m9", Opened: at(0, 8), FirstCommit: at(0, 8)}).change(merged("1", "m1", at(0, 12)))
			h.deploy("d0", "m0", at(0, 9)).deploy("d1", "m1", at(0, 13))
		}, []string{"d0:", "d1: 1"}, Mainline},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			h := newHistory()
			tt.make(h)
			l := h.link(t)
			want(t, "shipped", shipped(l), tt.want)
			want(t, "method", l.Deliveries[len(l.Deliveries)-1].Method, tt.method)
		})
	}
}

// What the first known deployment contains is a baseline: attributed to nothing,
// and counted.
func TestFirstKnownDeploymentIsABaseline(t *testing.T) {
	h := newHistory()
	h.commit("a", at(-90, 9)).commit("b", at(-60, 9), "a").commit("c", at(1, 9), "b")
	for _, c := range []struct {
		sha string
		t   time.Time
	}{{"a", at(-90, 9)}, {"b", at(-60, 9)}, {"c", at(1, 9)}} {
		t.Run(c.sha, func(t *testing.T) {
			h.change(fact.Change{ID: c.sha, MergeCommit: c.sha, FirstCommit: c.t, Merged: c.t})
		})
	}
	h.deploy("d0", "b", at(0, 9)).deploy("d1", "c", at(2, 9))
	l := h.link(t)
	want(t, "shipped", shipped(l), []string{"d0:", "d1: c"})
	want(t, "baseline", []bool{l.Deliveries[0].Baseline, l.Deliveries[1].Baseline}, []bool{true, false})
	want(t, "left out", leftOut(l, "merged before the first known deployment"), 2)
}

func TestWaitingChangesAreKept(t *testing.T) {
	h := newHistory()
	h.change(merged("0", "m0", at(0, 8))).change(merged("1", "m1", at(0, 12)))
	h.deploy("d0", "m0", at(0, 9))
	l := h.link(t)
	if len(l.Waiting) != 1 || l.Waiting[0].ID != "1" {
		t.Errorf("waiting: got %v, want change 1", l.Waiting)
	}
}

func TestPathScopes(t *testing.T) {
	h := newHistory()
	h.teams = []fact.Team{
		{ID: "a", Developers: 5, Owns: []fact.Ownership{{Repository: repo, Paths: []string{"services/a/**"}, Service: "a"}}},
		{ID: "b", Developers: 5, Owns: []fact.Ownership{{Repository: repo, Paths: []string{"services/b/**", "lib/b*.go"}, Service: "b"}}},
	}
	touch := func(paths ...string) func(*fact.Change) { return func(c *fact.Change) { c.Paths = paths } }
	of := func(service string) func(*fact.Deployment) { return func(d *fact.Deployment) { d.Service = service } }
	h.change(merged("0", "m0", at(0, 7), touch("services/a/x", "services/b/x")))
	h.change(merged("1", "m1", at(0, 12), touch("services/a/main.go")))
	h.change(merged("2", "m2", at(0, 13), touch("services/b/main.go", "README.md")))
	h.change(merged("3", "m3", at(0, 14), touch("services/a/x.go", "lib/bee.go")))
	h.change(merged("4", "m4", at(0, 14, 5), touch("docs/index.md")))
	h.change(merged("5", "m5", at(0, 14, 6)))
	h.deploy("a0", "m0", at(0, 8), of("a")).deploy("b0", "m0", at(0, 8), of("b"))
	h.deploy("a1", "m3", at(0, 15), of("a")).deploy("b1", "m2", at(0, 15), of("b"))
	// A tag that begins with the service's name, and a roll-out of the whole repository.
	h.deploy("b2", "m3", at(0, 16), func(d *fact.Deployment) { d.Ref = "b/v1.2.0" })
	h.deploy("all", "m3", at(0, 17))
	want(t, "service a", shipped(h.linkService(t, "a")), []string{"a0:", "a1: 1 3", "all:"})
	want(t, "service b", shipped(h.linkService(t, "b")), []string{"b0:", "b1: 2", "b2: 3", "all:"})
	o := h.organisation(t)
	want(t, "left out", o.LeftOut, []metric.LeftOut{
		{What: "changes", Reason: "paths unknown in a repository that is owned by paths", N: 1},
		{What: "changes", Reason: "touch no owned path", N: 1},
	})
}
