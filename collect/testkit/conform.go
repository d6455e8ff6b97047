package testkit

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// Conform tests a forge with the Story: collected from scratch at the end, night by night, and
// now and then, its facts must be those of World.Facts. serve starts a fake server of the world
// and returns its base URL and a function that moves its Now; it stops the server by t.Cleanup.
// open makes the forge as a new process would, with the settings of rules.
func Conform(
	t *testing.T, name string, rules Rules,
	serve func(t *testing.T, w *World) (baseURL string, setNow func(time.Time)),
	open func(t *testing.T, baseURL string) collect.Forge,
) {
	t.Helper()
	w := Story()
	nightly := listNights(w, 24*time.Hour)
	plans := []struct {
		name  string
		syncs []time.Time
		full  bool // a full run at the end must change nothing
	}{
		{"from scratch", []time.Time{w.To}, false},
		{"night by night", nightly, true},
		{"every fifth night", listNights(w, 5*24*time.Hour), false},
	}
	for _, plan := range plans {
		t.Run(name+" "+plan.name, func(t *testing.T) {
			baseURL, setNow := serve(t, w)
			var m Memory
			var source string
			for _, now := range plan.syncs {
				setNow(now)
				source = syncOnce(t, w, &m, open(t, baseURL), now, false)
			}
			compareFacts(t, w, rules, &m, source, plan.syncs)
			if !plan.full {
				return
			}
			syncOnce(t, w, &m, open(t, baseURL), w.To, true)
			compareFacts(t, w, rules, &m, source, append(slices.Clone(plan.syncs), w.To))
		})
	}
}

// listNights returns the times of syncs from the first night to the end of the story: three in
// the morning, as for jobs, except for the last.
func listNights(w *World, every time.Duration) []time.Time {
	var syncs []time.Time
	for at := w.From.Add(3*time.Hour + 24*time.Hour); at.Before(w.To); at = at.Add(every) {
		syncs = append(syncs, at)
	}
	return append(syncs, w.To)
}

// syncOnce synchronises and checks the report: gaps may only concern repositories that no
// longer exist, and everything must be read up to now.
func syncOnce(t *testing.T, w *World, m *Memory, f collect.Forge, now time.Time, full bool) (source string) {
	t.Helper()
	report, err := f.Sync(t.Context(), m, collect.SyncOptions{Window: collect.Window{From: w.From, To: now}, Full: full})
	if err != nil {
		t.Fatalf("%s: %v", now.Format(time.RFC3339), err)
	}
	for _, g := range report.Gaps {
		if r, _ := w.Find(g.Repository, now); r != nil || g.Repository == "" {
			t.Errorf("%s: gap that should not be: %s: %s", now.Format(time.RFC3339), g.Repository, g.Reason)
		}
	}
	if !report.Until.Equal(now) {
		t.Errorf("%s: known until %s", now.Format(time.RFC3339), report.Until.Format(time.RFC3339))
	}
	if report.Requests == 0 {
		t.Errorf("%s: no requests counted", now.Format(time.RFC3339))
	}
	return f.Name()
}

// compareFacts holds what a store has to the truth.
func compareFacts(t *testing.T, w *World, rules Rules, m *Memory, source string, syncs []time.Time) {
	t.Helper()
	now := syncs[len(syncs)-1]
	want := w.Normalise(w.Facts(source, w.From, syncs, rules))
	found := m.Events(source, collect.Window{From: w.From, To: now})
	if !rules.Pipelines {
		for i := range found.Repositories {
			found.Repositories[i].Pipelines = nil
		}
	}
	if !rules.Teams {
		found.Teams = nil
	}
	got := w.Normalise(found)
	reportDiff(t, "repositories", want.Repositories, got.Repositories)
	reportDiff(t, "teams", want.Teams, got.Teams)
	reportDiff(t, "commits", want.Commits, got.Commits)
	reportDiff(t, "changes", want.Changes, got.Changes)
	reportDiff(t, "deployments", want.Deployments, got.Deployments)
	reportDiff(t, "incidents", want.Incidents, got.Incidents)
	checkCoverage(t, w, now, want.Deployments, found.Coverage)
}

func reportDiff[T any](t *testing.T, kind string, want, got []T) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-truth +collected):\n%s", kind, diff)
	}
}

// checkCoverage expects coverage of the whole window wherever there were deployments.
func checkCoverage(t *testing.T, w *World, now time.Time, deployments []fact.Deployment, coverage []fact.Coverage) {
	t.Helper()
	done := map[string]bool{}
	for _, d := range deployments {
		r, _ := w.Find(d.Repository, now)
		if r == nil || done[d.Repository] {
			continue
		}
		done[d.Repository] = true
		if !slices.ContainsFunc(coverage, func(c fact.Coverage) bool {
			return c.Repository == d.Repository && c.Kind == string(collect.Deployments) && !c.From.After(w.From) &&
				!c.To.Before(now)
		}) {
			t.Errorf("%s: deployments are not covered from %s to %s", d.Repository, w.From, now)
		}
	}
}
