package dora

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// Reasons why a change is in no lead time.
const (
	noFirstCommit  = "no first commit time"
	startsLater    = "begin after their deployment finished, which cannot be: in no lead time"
	excludedByRule = "left out by dora.exclude_label or dora.exclude_title"
)

// measureLead measures a change's way to a deployment that finished at done. first is
// its first commit. Where there is nothing to measure, because the source gave no
// first commit, or an impossible one, why says so.
//
// A first commit long before the request was opened is moved to the limit: then
// the lead time is at least as long as is measured. Without an opening time there
// is no such limit.
func (r *rules) measureLead(c *org.Change, first, done time.Time, room *phaseArena) (l Lead, why string) {
	start, ok := r.findLeadStart(c)
	switch {
	case ok && start.After(done):
		return Lead{Change: c}, startsLater
	case ok:
		return splitPhases(c, start, start, done, room), ""
	case first.IsZero():
		return Lead{Change: c}, noFirstCommit
	case first.After(done):
		return Lead{Change: c}, startsLater
	}
	clamped := false
	if oldest := c.Opened.Add(-r.maxAge); !c.Opened.IsZero() && first.Before(oldest) {
		if oldest.After(done) {
			return Lead{Change: c}, startsLater
		}
		first, clamped = oldest, true
	}
	l = splitPhases(c, time.Time{}, first, done, room)
	l.Clamped = clamped
	return l, ""
}

// findLeadStart is where the lead time of a change begins if not at its first commit.
// Without a request there is nothing but the commit.
func (r *rules) findLeadStart(c *org.Change) (t time.Time, ok bool) {
	switch {
	case r.LeadStart == Merged:
		t = c.Merged
	case c.Opened.IsZero():
	case r.LeadStart == Opened:
		t = c.Opened
	case r.LeadStart == Ready:
		if t = c.Ready; t.IsZero() {
			t = c.Opened
		}
	}
	return t, !t.IsZero()
}

// splitPhases splits the time from first to done into phases, which sum exactly to
// it. Those that were over when a start other than the first commit was reached
// did not happen, nor did those after the deployment. A phase that would end
// before it began is impossible, never 0: it is left out, and its time is in the
// one that contains it.
func splitPhases(c *org.Change, start, first, done time.Time, room *phaseArena) Lead {
	l := Lead{Change: c, Seconds: done.Sub(first).Seconds()}
	ready := c.Ready
	if ready.IsZero() {
		ready = c.Opened
	}
	at, deployed := first, false
	// take ends the phase that is running at t and returns its length. A phase
	// without an end did not happen: its time stays in the one that runs on.
	take := func(t time.Time) *float64 {
		switch {
		case t.IsZero() || deployed || !start.IsZero() && !t.After(start):
			return nil
		case t.Before(at):
			// A review of a draft waited for nobody: there was no pickup.
			if !t.Equal(c.FirstReview) || t.Before(c.Opened) {
				l.Impossible++
			}
			return nil
		case t.After(done):
			t, deployed = done, true // it was deployed while this phase ran
		}
		s := room.store(t.Sub(at).Seconds())
		at = t
		return s
	}
	switch {
	case c.Opened.IsZero(): // a bare commit: written, then deployed
		l.Coding = take(c.Merged)
	case c.FirstReview.IsZero() || c.FirstReview.After(c.Merged) && !c.Merged.IsZero():
		l.Coding, l.Pickup = take(ready), take(c.Merged) // merged without review
	default:
		l.Coding, l.Pickup, l.Review = take(ready), take(c.FirstReview), take(c.Merged)
	}
	if !deployed {
		l.Deploy = room.store(done.Sub(at).Seconds())
	}
	return l
}

// phaseArena holds the lengths of phases, many in one piece of memory.
type phaseArena struct{ values []float64 }

// store returns a pointer that stays good: what is full is left to those who
// point into it, and a new piece begun.
func (p *phaseArena) store(seconds float64) *float64 {
	if len(p.values) == cap(p.values) {
		p.values = make([]float64, 0, 512)
	}
	p.values = append(p.values, seconds)
	return &p.values[len(p.values)-1]
}
