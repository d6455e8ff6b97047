package compute_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/dora"
)

// ablated is a world of known truth: chance alone decides what happens in it, and
// every metric has the value that chance was given.
type ablated struct {
	r      *rand.Rand
	events fact.Events
	truth  map[string]float64 // by metric

	perDay         float64 // planned roll-outs
	risk           float64 // that one of them fails
	coding, repair float64 // medians of lognormal times, in hours
	named          bool    // incidents name the deployment
	remedy         string  // how failures are mended: "", "rollback", "revert" or "hotfix"
	seen           bool    // incidents are recorded
	changes, count int
	last           string // commit in production
}

// newAblated draws a world and what happened in it over seven weeks.
func newAblated(seed uint64) *ablated {
	r := rand.New(rand.NewPCG(seed, 9))
	w := &ablated{
		r: r, perDay: 0.3 + 0.3*r.Float64(), risk: 0.03 + 0.27*r.Float64(), coding: 2 + 20*r.Float64(), repair: 0.2 + r.Float64(),
		named: r.IntN(2) == 0, remedy: []string{"", "rollback", "revert", "hotfix"}[r.IntN(4)], seen: r.IntN(4) > 0,
	}
	if w.remedy == "" {
		w.seen = true // else nothing in the world tells of a failure
	}
	if r.IntN(2) == 0 {
		w.perDay = 2 + 2*r.Float64() // an incident always has a deployment near
	}
	begin := byHandAsOf.AddDate(0, 0, -49)
	for _, kind := range []string{"deployments", "changes", "incidents"} {
		if kind != "incidents" || w.seen {
			w.events.Coverage = append(w.events.Coverage, fact.Coverage{Source: "test", Repository: shop, Kind: kind, From: begin, To: byHandAsOf})
		}
	}
	for free := begin; free.Before(byHandAsOf.AddDate(0, 0, -2)); {
		free = w.rollOut(free, free.Add(hours(r.ExpFloat64()*24/w.perDay)))
	}
	w.settleTruth()
	return w
}

// rollOutTime is how long every roll-out takes.
const rollOutTime = 2 * time.Minute

func hours(h float64) time.Duration { return time.Duration(h * float64(time.Hour)) }

// spread draws a lognormal time with that median, in hours.
func (w *ablated) spread(median float64) time.Duration { return hours(w.drawn(median)) }

func (w *ablated) drawn(median float64) float64 { return median * math.Exp(0.6*w.r.NormFloat64()) }

// newRollOut deploys the one to three changes that were merged since the last was
// over, fails by chance, and returns when all of it was over.
func (w *ablated) rollOut(free, at time.Time) time.Time {
	before := w.last
	var merged string
	finished := at.Add(rollOutTime)
	waits := make([]float64, 1+w.r.IntN(3))
	for i := range waits {
		waits[i] = w.r.Float64()
	}
	slices.Sort(waits)
	for _, share := range slices.Backward(waits) {
		merged = w.change(at.Add(-time.Duration(share*float64(at.Sub(free)))), w.spread(w.coding), fact.Change{})
	}
	shipped := w.events.Changes[len(w.events.Changes)-1].ID
	id := w.deploy(merged, at, finished)
	if w.r.Float64() >= w.risk {
		return finished
	}
	opened := finished.Add(time.Minute)
	mended := opened.Add(w.spread(w.repair))
	if w.seen {
		in := fact.Incident{Source: "test", ID: "i" + id, Repository: shop, Opened: opened, Resolved: mended}
		if w.named {
			in.Deployment = id
		}
		w.events.Incidents = append(w.events.Incidents, in)
	}
	begun := mended.Add(-rollOutTime)
	switch w.remedy {
	case "rollback":
		if before == "" {
			return mended
		}
		w.deploy(before, begun, mended)
	case "revert":
		w.deploy(w.change(begun, time.Minute, fact.Change{Reverts: shipped}), begun, mended)
	case "hotfix":
		w.deploy(w.change(begun, time.Minute, fact.Change{HeadBranch: "hotfix/x"}), begun, mended)
	}
	return mended
}

// change adds a change merged at a time after so much work, and returns its merge
// commit.
func (w *ablated) change(merged time.Time, work time.Duration, c fact.Change) string {
	w.changes++
	c.Source, c.Repository, c.ID, c.Author = "test", shop, fmt.Sprint("c", w.changes), fmt.Sprint("dev", w.changes%8)
	c.MergeCommit = fmt.Sprintf("%040x", w.changes)
	c.Commits = []string{c.MergeCommit}
	c.Title, c.HeadBranch = "Another step", cmp.Or(c.HeadBranch, "topic")
	c.FirstCommit, c.Opened, c.FirstReview, c.Merged = merged.Add(-work), merged.Add(-work/2), merged.Add(-work/4), merged
	w.events.Changes = append(w.events.Changes, c)
	commit := fact.Commit{Repository: shop, SHA: c.MergeCommit, Author: c.Author, AuthorTime: c.FirstCommit, CommitTime: merged}
	if n := len(w.events.Commits); n > 0 {
		commit.Parents = []string{w.events.Commits[n-1].SHA}
	}
	w.events.Commits = append(w.events.Commits, commit)
	return c.MergeCommit
}

func (w *ablated) deploy(commit string, created, finished time.Time) string {
	w.count++
	w.last = commit
	w.events.Deployments = append(w.events.Deployments, fact.Deployment{
		Source: "test", Repository: shop, ID: fmt.Sprint("d", w.count), Environment: "production", Commit: commit, Created: created,
		Statuses: []fact.Status{{State: fact.Pending, At: created}, {State: fact.Success, At: finished}},
	})
	return fmt.Sprint("d", w.count)
}

// settleTruth works out what chance was given: rates in closed form, medians of
// sums by drawing them many times.
func (w *ablated) settleTruth() {
	const draws = 4001
	leads, recoveries := make([]float64, draws), make([]float64, draws)
	for i := range draws {
		leads[i] = (w.drawn(w.coding)+w.r.Float64()*w.r.ExpFloat64()*24/w.perDay)*3600 + 120
		recoveries[i] = w.drawn(w.repair)*3600 + 60
	}
	fixes := 0.0
	if w.remedy != "" {
		fixes = w.risk
	}
	w.truth = map[string]float64{
		dora.FailRate: w.risk / (1 + fixes), dora.Rework: fixes / (1 + fixes), dora.RestoreTime: w.repair * 3600,
		dora.RecoveryTime: median(recoveries),
		// The next planned roll-out comes after what this one took on average.
		dora.Frequency: (1 + fixes) / (1/w.perDay + 2./60/24 + w.risk*(w.repair*math.Exp(0.18)+1./60)/24),
		dora.LeadTime:  median(leads),
	}
	if w.remedy == "revert" || w.remedy == "hotfix" {
		delete(w.truth, dora.LeadTime) // fixes are changes of another kind: their mixture has no median in closed form
	}
}

func median(values []float64) float64 {
	slices.Sort(values)
	return values[len(values)/2]
}
