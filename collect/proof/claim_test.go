package proof_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/testkit"
)

// broken says what is missing or wrong inside of the coverage that events claim:
// the promise that a figure is right or visibly is not. syncs are the times of the
// runs so far, whether they ended well or not.
//
// Of every repository and kind, the facts up to the end of its coverage must be
// there as they were at that end or at a later run, which may have written them
// without being able to claim more; and none may be there that no such run could
// have seen.
func broken(w *testkit.World, e fact.Events, syncs []time.Time, rules testkit.Rules) []string {
	var problems []string
	truths := map[time.Time]map[claim]map[string]any{}
	got := byClaim(w.Normalise(e))
	for _, c := range e.Coverage {
		key := claim{c.Repository, collect.Kind(c.Kind)}
		var possible []map[string]any // what a run could have seen, the first at the end of the coverage
		for i, at := range syncs {
			if at.Before(c.To) {
				continue
			}
			if truths[at] == nil {
				truths[at] = byClaim(w.Normalise(w.Facts(source, c.From, syncs[:i+1], rules)))
			}
			possible = append(possible, truths[at][key])
		}
		if len(possible) == 0 {
			problems = append(problems, fmt.Sprintf("%s %s: covered until %s, when nothing ran", key.repository, key.kind, c.To.Format(time.RFC3339)))
			continue
		}
		problems = append(problems, key.compare(possible, got[key])...)
	}
	return problems
}

// claim is what coverage is claimed for.
type claim struct {
	repository string
	kind       collect.Kind
}

// compare finds each fact of the first of several truths among those that were
// collected, and each that was collected in one of the truths.
func (c claim) compare(possible []map[string]any, got map[string]any) []string {
	var problems []string
	for id, want := range possible[0] {
		ok := false
		diff := ""
		for _, truth := range possible {
			now, still := truth[id]
			have, there := got[id]
			if there == still && (!still || cmp.Equal(now, have)) {
				ok = true
			}
		}
		if !ok {
			if have, there := got[id]; there {
				diff = cmp.Diff(want, have)
			}
			problems = append(problems, fmt.Sprintf("%s: %s %s is missing or wrong inside of the coverage: %s", c.repository, c.kind, id, diff))
		}
	}
	for id, have := range got {
		if !slices.ContainsFunc(possible, func(truth map[string]any) bool { return cmp.Equal(truth[id], have) }) {
			problems = append(problems, fmt.Sprintf("%s: %s %s was never so", c.repository, c.kind, id))
		}
	}
	slices.Sort(problems)
	return problems
}

// byClaim sorts normalised facts by what coverage there may be of them and by ID.
func byClaim(e fact.Events) map[claim]map[string]any {
	all := map[claim]map[string]any{}
	put := func(repository string, kind collect.Kind, id string, f any) {
		c := claim{repository, kind}
		if all[c] == nil {
			all[c] = map[string]any{}
		}
		all[c][id] = f
	}
	for _, f := range e.Commits {
		put(f.Repository, collect.Commits, f.SHA, f)
	}
	for _, f := range e.Changes {
		put(f.Repository, collect.Changes, f.ID, f)
	}
	for _, f := range e.Deployments {
		put(f.Repository, collect.Deployments, f.ID, f)
	}
	for _, f := range e.Incidents {
		put(f.Repository, collect.Incidents, f.ID, f)
	}
	return all
}

// differing are the repositories that are not as after a clean run, or whose facts
// are not; "" if there are others, or other teams.
func differing(clean, got fact.Events) []string {
	found := map[string]bool{}
	if !cmp.Equal(clean.Teams, got.Teams) || len(clean.Repositories) != len(got.Repositories) {
		found[""] = true
	}
	for i := range min(len(clean.Repositories), len(got.Repositories)) {
		if r := clean.Repositories[i]; !cmp.Equal(r, got.Repositories[i]) {
			found[r.Name] = true
		}
	}
	a, b := byClaim(clean), byClaim(got)
	for c := range a {
		if !cmp.Equal(a[c], b[c]) {
			found[c.repository] = true
		}
	}
	for c := range b {
		if !cmp.Equal(a[c], b[c]) {
			found[c.repository] = true
		}
	}
	var names []string
	for name := range found {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// TestBroken shows that broken sees what it is there to see.
func TestBroken(t *testing.T) {
	w := smallWorld()
	rules := testkit.StoryRules()
	yesterday := w.To.AddDate(0, 0, -1)
	syncs := []time.Time{yesterday, w.To}
	whole := func() fact.Events {
		e := w.Facts(source, w.From, syncs, rules)
		for _, r := range e.Repositories {
			for _, kind := range []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents} {
				e.Coverage = append(e.Coverage, fact.Coverage{Source: source, Repository: r.Name, Kind: string(kind), From: w.From, To: w.To})
			}
		}
		return e
	}
	if problems := broken(w, whole(), syncs, rules); len(problems) > 0 {
		t.Errorf("the truth is refused:\n%s", strings.Join(problems, "\n"))
	}
	for name, spoil := range map[string]func(*fact.Events){
		"a deployment is missing":     func(e *fact.Events) { e.Deployments = e.Deployments[1:] },
		"a commit is missing":         func(e *fact.Events) { e.Commits = e.Commits[:len(e.Commits)-1] },
		"a change was never merged":   func(e *fact.Events) { e.Changes[0].Merged = time.Time{} },
		"an incident has other times": func(e *fact.Events) { e.Incidents[0].Resolved = w.To },
		"a deployment is invented":    func(e *fact.Events) { e.Deployments[0].ID = "999999" },
		"it is covered for tomorrow":  func(e *fact.Events) { e.Coverage[0].To = w.To.Add(time.Hour) },
	} {
		t.Run(name, func(t *testing.T) {
			e := whole()
			spoil(&e)
			if len(broken(w, e, syncs, rules)) == 0 {
				t.Errorf("%s, and nobody notices", name)
			}
		})
	}
	// What is not claimed need not be there, and may be there.
	e := whole()
	for i := range e.Coverage {
		e.Coverage[i].To = yesterday
	}
	e.Commits = slices.DeleteFunc(e.Commits, func(c fact.Commit) bool { return c.CommitTime.After(yesterday.Add(2 * time.Hour)) })
	if problems := broken(w, e, syncs, rules); len(problems) > 0 {
		t.Errorf("half of what is not claimed is refused:\n%s", strings.Join(problems, "\n"))
	}
}
