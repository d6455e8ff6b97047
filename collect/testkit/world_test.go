package testkit

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// sound checks what the fake servers rely on.
func sound(t *testing.T, w *World) {
	t.Helper()
	ids := map[int64]bool{}
	once := func(what string, id int64) {
		if id <= 0 || ids[id] || id > 1<<31-1 {
			t.Errorf("%s: id %d is taken or does not fit GitHub's Int", what, id)
		}
		ids[id] = true
	}
	for _, r := range w.Repositories {
		name := r.Names[0].Full
		for i := range r.Heads {
			if r.Commit(r.Heads[i].SHA) == nil || i > 0 && r.Heads[i].At.Before(r.Heads[i-1].At) {
				t.Errorf("%s: head %d is unknown or goes back in time", name, i)
			}
		}
		before := map[string]bool{}
		for i := range r.Commits {
			c := &r.Commits[i]
			for _, p := range c.Parents {
				if !before[p] {
					t.Errorf("%s: commit %s comes before its parent", name, c.SHA)
				}
			}
			if before[c.SHA] || len(c.SHA) != 40 || w.Person(c.Author) == nil {
				t.Errorf("%s: commit %s by %s", name, c.SHA, c.Author)
			}
			before[c.SHA] = true
		}
		numbers := map[int]bool{}
		for i := range r.Requests {
			q := &r.Requests[i]
			once("request", q.ID)
			if numbers[q.Number] || len(q.Commits) == 0 || !q.Merged.IsZero() && r.Commit(q.MergeCommit) == nil {
				t.Errorf("%s: request %d", name, q.Number)
			}
			numbers[q.Number] = true
		}
		for i := range r.Issues {
			once("issue", r.Issues[i].ID)
			if numbers[r.Issues[i].Number] {
				t.Errorf("%s: issue %d has the number of another", name, r.Issues[i].Number)
			}
			numbers[r.Issues[i].Number] = true
		}
		if !slices.IsSortedFunc(r.Deployments, func(a, b Deployment) int { return a.Created.Compare(b.Created) }) {
			t.Errorf("%s: deployments are not sorted", name)
		}
		for i := range r.Deployments {
			d := &r.Deployments[i]
			once("deployment", d.ID)
			if r.Commit(d.SHA) == nil || !slices.IsSortedFunc(d.Statuses, func(a, b Status) int { return a.At.Compare(b.At) }) {
				t.Errorf("%s: deployment %d", name, d.ID)
			}
		}
		for i := range r.Runs {
			once("run", r.Runs[i].ID)
		}
	}
}

func TestStorySound(t *testing.T) { sound(t, Story()) }

func TestStoryFacts(t *testing.T) {
	w := Story()
	e := w.Facts("forge", w.From, []time.Time{w.To}, StoryRules())
	change := func(id string) fact.Change {
		i := slices.IndexFunc(e.Changes, func(c fact.Change) bool { return c.Repository == "acme/checkout" && c.ID == id })
		if i < 0 {
			t.Fatalf("no change %s", id)
		}
		return e.Changes[i]
	}
	// The carried request: first commit two days before the window, review by the
	// first human who is not its author.
	c := change("2")
	if !c.FirstCommit.Equal(storyTime(-4, 15, 0)) || !c.FirstReview.Equal(storyTime(1, 10, 0)) || !c.Merged.Equal(storyTime(2, 11, 0)) || len(c.Commits) != 3 {
		t.Errorf("carried request: %+v", c)
	}
	c = change("3")
	if !c.Ready.Equal(storyTime(4, 12, 0)) || !c.FirstReview.Equal(storyTime(4, 14, 0)) || !slices.Equal(c.Labels, []string{"performance", "release-note"}) || c.Draft {
		t.Errorf("draft that was squashed: %+v", c)
	}
	if c = change("5"); c.Reverts != "3" {
		t.Errorf("the revert reverts %q", c.Reverts)
	}
	if slices.ContainsFunc(e.Changes, func(c fact.Change) bool { return c.Title == "Old news" }) {
		t.Error("a request that was last updated before the window is in it")
	}
	titles := func(part string) (n int) {
		for _, c := range e.Changes {
			if strings.Contains(c.Title, part) {
				n++
			}
		}
		return n
	}
	if titles("Mistake") != 0 || titles("without the password") != 1 || titles("Hotfix") != 1 {
		t.Error("a commit that was pushed away counts, or one on the branch does not")
	}
	names := []string{}
	for _, r := range e.Repositories {
		names = append(names, r.Name)
	}
	slices.Sort(names)
	if want := []string{"acme/checkout", "acme/config", "acme/empty", "acme/ledger", "acme/library", "acme/storefront", "acme/webshop"}; !slices.Equal(names, want) {
		t.Errorf("repositories %q, want %q", names, want)
	}
	incidents := []string{}
	for _, i := range e.Incidents {
		incidents = append(incidents, i.Title)
	}
	slices.Sort(incidents)
	if want := []string{"Basket loses items", "Refunds stuck", "Slow on Mondays"}; !slices.Equal(incidents, want) {
		t.Errorf("incidents %q, want %q", incidents, want)
	}
}

// TestStoryNights: what nights know differs from a run at the end only in what is
// there no longer and in former names.
func TestStoryNights(t *testing.T) {
	w := Story()
	rules := StoryRules()
	end := w.Normalise(w.Facts("forge", w.From, []time.Time{w.To}, rules))
	all := w.Normalise(w.Facts("forge", w.From, listNights(w, 24*time.Hour), rules))
	gone := map[string]bool{}
	all.Repositories = slices.DeleteFunc(all.Repositories, func(r fact.Repository) bool {
		if !r.Gone.IsZero() {
			gone[r.Name] = true
		}
		return !r.Gone.IsZero()
	})
	if len(gone) != 2 {
		t.Errorf("gone: %v, want acme/legacy and acme/secret", gone)
	}
	for i := range all.Repositories {
		if r := &all.Repositories[i]; r.Name == "acme/storefront" && !slices.Equal(r.Former, []string{"acme/webshop"}) {
			t.Errorf("former names %q", r.Former)
		}
		all.Repositories[i].Former = nil
	}
	before := len(all.Deployments)
	all.Commits = slices.DeleteFunc(all.Commits, func(c fact.Commit) bool { return gone[c.Repository] })
	all.Changes = slices.DeleteFunc(all.Changes, func(c fact.Change) bool { return gone[c.Repository] })
	all.Deployments = slices.DeleteFunc(all.Deployments, func(d fact.Deployment) bool { return gone[d.Repository] })
	all.Incidents = slices.DeleteFunc(all.Incidents, func(i fact.Incident) bool { return gone[i.Repository] })
	if before-len(all.Deployments) != 5 {
		t.Errorf("%d deployments of repositories that are gone, want 5", before-len(all.Deployments))
	}
	if diff := cmp.Diff(end, all); diff != "" {
		t.Errorf("(-end +nights):\n%s", diff)
	}
}

func TestAsOf(t *testing.T) {
	w := Story()
	checkout := w.Repository(1)
	basket := &checkout.Requests[2]
	for _, tt := range []struct {
		now                   time.Time
		draft, merged, closed bool
		labels, commits       int
		updated               time.Time
	}{
		{storyTime(3, 10, 0), true, false, false, 2, 1, storyTime(3, 9, 1)},
		{storyTime(4, 13, 0), false, false, false, 1, 2, storyTime(4, 12, 1)},
		{storyTime(5, 0, 0), false, true, true, 1, 2, storyTime(4, 15, 0)},
		{storyTime(21, 0, 0), false, true, true, 2, 2, storyTime(20, 9, 0)},
	} {
		t.Run(tt.now.Format(time.DateTime), func(t *testing.T) {
			if basket.IsDraft(tt.now) != tt.draft || basket.IsMerged(tt.now) != tt.merged || basket.IsClosed(tt.now) != tt.closed ||
				len(LabelsAt(basket.Labels, tt.now)) != tt.labels || len(basket.CommitsAt(tt.now)) != tt.commits || !basket.Updated(tt.now).Equal(tt.updated) {
				t.Errorf("at %s: draft %v, merged %v, closed %v, labels %v, commits %d, updated %s", tt.now, basket.IsDraft(tt.now), basket.IsMerged(tt.now),
					basket.IsClosed(tt.now), LabelsAt(basket.Labels, tt.now), len(basket.CommitsAt(tt.now)), basket.Updated(tt.now))
			}
		})
	}
	incident := &checkout.Issues[0]
	for now, closed := range map[time.Time]bool{storyTime(5, 10, 0): false, storyTime(5, 13, 0): true, storyTime(7, 0, 0): false, storyTime(10, 0, 0): true} {
		if incident.ClosedAt(now).IsZero() == closed {
			t.Errorf("incident at %s: closed %v", now, !closed)
		}
	}
	for full, now := range map[string]time.Time{"acme/webshop": storyTime(2, 0, 0), "acme/storefront": storyTime(13, 0, 0)} {
		t.Run(full, func(t *testing.T) {
			if r, moved := w.Find(full, now); r == nil || r.ID != 2 || moved {
				t.Errorf("%s at %s: %v, moved %v", full, now, r, moved)
			}
		})
	}
	if r, moved := w.Find("acme/webshop", storyTime(14, 0, 0)); r == nil || r.ID != 2 || !moved {
		t.Error("the old name does not lead to the renamed repository")
	}
	if r, moved := w.Find("acme/webshop", storyTime(21, 0, 0)); r == nil || r.ID == 2 || moved {
		t.Error("the old name leads to the renamed repository although another has it")
	}
}

func TestMemory(t *testing.T) {
	var m Memory
	at := storyTime(3, 9, 0)
	err := m.Put(t.Context(), "forge", collect.Batch{
		Repositories: []collect.Repository{{ID: 7, Repository: fact.Repository{Name: "acme/seven"}}},
		Deployments: []collect.Kept[fact.Deployment]{
			{Repository: 7, ID: "1", At: at, Open: true, Fact: fact.Deployment{ID: "1"}},
			{Repository: 7, ID: "2", At: at.Add(time.Hour), Fact: fact.Deployment{ID: "2"}},
			{Repository: 7, ID: "3", At: at.Add(2 * time.Hour), Fact: fact.Deployment{ID: "3"}},
		},
		Cursors: []collect.Cursor{{Repository: 7, Kind: collect.Deployments, From: at, To: at.Add(3 * time.Hour)}},
	})
	if err != nil {
		t.Fatal(err)
	}
	refs, _ := m.Open(t.Context(), "forge", collect.Deployments, at)
	if len(refs) != 1 || refs[0].ID != "1" {
		t.Errorf("open: %v", refs)
	}
	// A drop goes before what is written, and spares what is kept and the end.
	err = m.Put(t.Context(), "forge", collect.Batch{
		Drops:       []collect.Drop{{Repository: 7, Kind: collect.Deployments, From: at, To: at.Add(2 * time.Hour), Keep: []string{"2"}}},
		Deployments: []collect.Kept[fact.Deployment]{{Repository: 7, ID: "4", At: at, Fact: fact.Deployment{ID: "4"}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, d := range m.Events("forge", collect.Window{From: at, To: storyTime(4, 0, 0)}).Deployments {
		ids = append(ids, d.ID)
		if d.Source != "forge" || d.Repository != "acme/seven" {
			t.Errorf("deployment %+v", d)
		}
	}
	if !slices.Equal(ids, []string{"2", "3", "4"}) {
		t.Errorf("kept %q, want 2, 3 and 4", ids)
	}
}
