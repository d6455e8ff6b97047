package compute_test

import (
	"flag"
	"maps"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

var worlds = flag.Int("worlds", 200, "how many random worlds the ablation of evidence is held to")

// ablations take a class of evidence, a column or a source away. What tells of a
// class is a column, or several, or a source.
var ablations = []struct {
	name string
	take func(*fact.Events)
}{
	{"nothing", func(*fact.Events) {}},
	{"the class incident_field", incidents(func(i *fact.Incident) { i.Deployment = "" })},
	{"the class rollback: commits of deployments", deployments(func(d *fact.Deployment) { d.Commit = "" })},
	{"the class revert: reverts and titles", sortChanges(func(c *fact.Change) { c.Reverts, c.Title = "", "" })},
	{"the class hotfix: branches and labels", sortChanges(func(c *fact.Change) { c.HeadBranch, c.Labels = "", nil })},
	{"the class window: the source of incidents", func(e *fact.Events) { e.Incidents = nil; uncover(e, "incidents") }},
	{"when incidents were resolved", incidents(func(i *fact.Incident) { i.Resolved = time.Time{} })},
	{"first commits", sortChanges(func(c *fact.Change) { c.FirstCommit = time.Time{} })},
	{"openings", sortChanges(func(c *fact.Change) { c.Opened = time.Time{} })},
	{"reviews", sortChanges(func(c *fact.Change) { c.FirstReview = time.Time{} })},
	{"commits of changes", sortChanges(func(c *fact.Change) { c.MergeCommit, c.Commits = "", nil })},
	{"the source of changes", func(e *fact.Events) { e.Changes = nil; uncover(e, "changes") }},
	{"the source of commits", func(e *fact.Events) { e.Commits = nil }},
	{"the sources of changes and commits", func(e *fact.Events) { e.Changes, e.Commits = nil, nil; uncover(e, "changes") }},
	{"the source of deployments", func(e *fact.Events) { e.Deployments = nil; uncover(e, "deployments") }},
}

func incidents(edit func(*fact.Incident)) func(*fact.Events) {
	return func(e *fact.Events) {
		for i := range e.Incidents {
			edit(&e.Incidents[i])
		}
	}
}

func deployments(edit func(*fact.Deployment)) func(*fact.Events) {
	return func(e *fact.Events) {
		for i := range e.Deployments {
			edit(&e.Deployments[i])
		}
	}
}

func sortChanges(edit func(*fact.Change)) func(*fact.Events) {
	return func(e *fact.Events) {
		for i := range e.Changes {
			edit(&e.Changes[i])
		}
	}
}

func uncover(e *fact.Events, kind string) {
	e.Coverage = slices.DeleteFunc(e.Coverage, func(c fact.Coverage) bool { return c.Kind == kind })
}

// tally counts how often intervals of a metric were shown, and held the truth.
type tally struct{ shown, held, without int }

// TestEvidenceAblation takes away what numbers rest on, in worlds whose truth is
// known: an interval that is still shown holds the truth as often as it promises,
// or the value is n/a.
func TestEvidenceAblation(t *testing.T) {
	sums := map[[2]string]*tally{}
	for seed := range uint64(*worlds) {
		w := newAblated(seed)
		for _, a := range ablations {
			e := copied(w.events)
			a.take(&e)
			sec := deliveriesOf(t, e)
			for id, truth := range w.truth {
				key := [2]string{a.name, id}
				if sums[key] == nil {
					sums[key] = &tally{}
				}
				sums[key].count(sec.Find(id, metric.Scope{Kind: metric.Organisation}), truth)
			}
		}
	}
	intervals := 0
	for _, key := range slices.SortedFunc(maps.Keys(sums), func(a, b [2]string) int { return strings.Compare(a[0]+a[1], b[0]+b[1]) }) {
		s := sums[key]
		intervals += s.shown
		// Three standard errors of chance, and a percent because the intervals are
		// approximate.
		const p = 0.95
		if float64(s.held) < float64(s.shown)*(p-0.01)-3*math.Sqrt(p*(1-p)*float64(s.shown)) {
			t.Errorf("without %s: %d of %d intervals of %s hold the truth; %d are n/a", key[0], s.held, s.shown, key[1], s.without)
		}
		t.Logf("without %-42s %-26s %4d shown, %5.1f %% hold, %4d n/a", key[0], key[1], s.shown, 100*float64(s.held)/float64(max(s.shown, 1)), s.without)
	}
	if intervals < 500 {
		t.Errorf("only %d intervals were shown", intervals)
	}
}

func (s *tally) count(m *metric.Metric, truth float64) {
	switch {
	case m.State == metric.NotAvailable:
		s.without++
	case m.Lo == nil && m.Hi == nil: // a value of which nothing is promised
	default:
		s.shown++
		if (m.Lo == nil || *m.Lo <= truth) && (m.Hi == nil || truth <= *m.Hi) {
			s.held++
		}
	}
}

// copied is what an ablation may edit.
func copied(e fact.Events) fact.Events {
	e.Changes, e.Deployments, e.Incidents, e.Coverage = slices.Clone(e.Changes), slices.Clone(e.Deployments), slices.Clone(e.Incidents), slices.Clone(e.Coverage)
	return e
}

func deliveriesOf(t *testing.T, e fact.Events) metric.Section {
	t.Helper()
	c := fact.Content{Teams: []fact.Team{{ID: "shop", Developers: 8, Owns: []fact.Ownership{{Repository: shop}}}}}
	organisation, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: byHandAsOf, MaturityDays: 7}}, c, e)
	if err != nil {
		t.Fatal(err)
	}
	r, err := dora.Measure(dora.Defaults(), organisation)
	if err != nil {
		t.Fatal(err)
	}
	return r.Section
}
