package proof_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// troubled is an organisation in which, by chance, everything happens that moves the
// past: deployments finish days late or are written over, runs are run again, labels
// are edited, incidents reopened, branches pushed by force, repositories renamed,
// archived and deleted.
func troubled(seed uint64) *testkit.World {
	w := testkit.Organisation(testkit.Size{
		Seed: seed, Repositories: 5, Teams: 2, People: 9, Requests: 30, Deployments: 40, Staging: 5, Incidents: 12, Days: 26,
		To: time.Date(2025, 4, 1, 3, 0, 0, 0, time.UTC),
	})
	g := rand.New(rand.NewPCG(seed, 99))
	later := func(at time.Time, most time.Duration) time.Time {
		return at.Add(time.Duration(g.Int64N(int64(most/time.Second))) * time.Second)
	}
	const day = 24 * time.Hour
	for _, r := range w.Repositories {
		for i := range r.Deployments {
			d := &r.Deployments[i]
			last := &d.Statuses[len(d.Statuses)-1]
			switch g.IntN(6) {
			case 0:
				last.At = later(last.At, 5*day)
			case 1:
				d.Statuses = append(d.Statuses, testkit.Status{State: "inactive", At: later(last.At, 9*day).Add(time.Second)})
			}
		}
		for i := range r.Requests {
			q := &r.Requests[i]
			if g.IntN(3) == 0 {
				added := later(q.Opened, 12*day)
				q.Labels = append(q.Labels, testkit.Label{Name: "edited", Added: added, Removed: later(added, 4*day).Add(time.Second)})
			}
			if g.IntN(5) == 0 {
				q.Touched = append(q.Touched, later(q.Opened, 15*day))
			}
		}
		for i := range r.Issues {
			x := &r.Issues[i]
			switch n := len(x.Events); {
			case g.IntN(3) == 0:
				x.Labels[0].Removed = later(x.Opened, 9*day).Add(time.Second)
			case n > 0 && g.IntN(2) == 0:
				again := later(x.Events[n-1].At, 6*day).Add(time.Second)
				x.Events = append(x.Events, testkit.IssueEvent{Kind: testkit.Reopened, At: again},
					testkit.IssueEvent{Kind: testkit.Closed, At: later(again, 3*day).Add(time.Second)})
			}
		}
		if n := len(r.Heads); n > 3 && g.IntN(2) == 0 {
			at := r.Heads[n-1].At.Add(time.Hour)
			sha := fmt.Sprintf("f0%036x%02x", seed, r.ID)
			r.Commits = append(r.Commits, testkit.Commit{
				SHA: sha, Parents: []string{r.Heads[n-2].SHA}, Author: w.People[1].Login, AuthorTime: at, CommitTime: at, Message: "Instead of the last one",
			})
			r.Heads = append(r.Heads, testkit.Head{SHA: sha, At: at})
		}
	}
	rerun(g, w, w.Repositories[0])
	r := w.Repositories[1+g.IntN(2)]
	r.Names = append(r.Names, testkit.Name{Full: "acme/renamed", From: later(w.From.Add(3*day), 15*day)})
	w.Repositories[3].Deleted = later(w.From.Add(5*day), 15*day)
	return w
}

// rerun gives a repository runs that are deployments, some of which are run again.
func rerun(g *rand.Rand, w *testkit.World, r *testkit.Repository) {
	r.Workflows = append(r.Workflows, testkit.Workflow{ID: 7000, Path: deployWorkflow, Name: "deploy", Content: "name: deploy\n"})
	for i := range 20 {
		at := w.From.Add(time.Duration(24+27*i) * time.Hour)
		if !at.Before(w.To) || r.Head(at) == "" {
			continue
		}
		run := testkit.Run{
			ID: int64(8000 + i), Workflow: deployWorkflow, Event: "push", SHA: r.Head(at), Branch: "main", Actor: w.People[0].Login, Created: at,
			Attempts: []testkit.Attempt{{Started: at, Finished: at.Add(time.Minute), Conclusion: "failure"}},
		}
		for n := 0; n < g.IntN(3); n++ {
			at = at.Add(time.Duration(1+g.IntN(60)) * time.Hour)
			run.Attempts = append(run.Attempts, testkit.Attempt{Started: at, Finished: at.Add(time.Minute), Conclusion: "success"})
		}
		r.Runs = append(r.Runs, run)
	}
}

// TestNights collects troubled organisations night after night, with nights left
// out, and compares what is stored with what a run from scratch would find. Some
// nights are compared, and the last.
func TestNights(t *testing.T) {
	seeds := []uint64{1}
	if *every {
		seeds = []uint64{1, 2, 3, 4, 5, 6, 7, 8}
	}
	for _, k := range forges() {
		for _, seed := range seeds {
			t.Run(fmt.Sprintf("%s, seed %d", k.name, seed), func(t *testing.T) {
				w := troubled(seed)
				g := rand.New(rand.NewPCG(seed, 7))
				var m testkit.Memory
				var syncs []time.Time
				for now := w.From.Add(51 * time.Hour); !now.After(w.To); now = now.Add(24 * time.Hour) {
					if g.IntN(8) == 0 && now.Before(w.To) {
						continue // nobody collected
					}
					syncs = append(syncs, now)
					k.night(t, w, &m, syncs, now.Equal(w.To) || len(syncs)%6 == 0)
				}
				t.Logf("%d nights", len(syncs))
			})
		}
	}
}

// night collects once more.
func (k *kindOfForge) night(t *testing.T, w *testkit.World, m *testkit.Memory, syncs []time.Time, compare bool) {
	t.Helper()
	now := syncs[len(syncs)-1]
	report, err := k.sync(t, m, w, now, nil, 0)
	if err != nil || len(report.Gaps) > 0 {
		t.Fatalf("%s: %v, gaps %+v", now.Format(time.DateOnly), err, report.Gaps)
	}
	if !compare {
		return
	}
	got := w.Normalise(m.Events(source, window(w, now)))
	if !k.rules.Pipelines {
		for i := range got.Repositories {
			got.Repositories[i].Pipelines = nil
		}
	}
	want := w.Normalise(w.Facts(source, w.From, syncs, k.rules))
	if got.Teams == nil {
		want.Teams = nil
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s, after %d nights (-from scratch +night by night):\n%s", now.Format(time.DateOnly), len(syncs), first(diff))
	}
}
