package dora

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// Reasons why a change has no lead time.
const (
	noFirstCommit  = "no first commit time"
	startsLater    = "begin after their deployment finished, which cannot be: in no lead time"
	excludedByRule = "left out by dora.exclude_label or dora.exclude_title"
)

// measureLead measures the way of a change from its first commit to a deployment that finished
// at done. If the source gave no first commit, or an impossible one, why is the reason.
//
// A first commit long before the opening of the request is moved to the limit: the lead time is
// then a lower bound. Without an opening time no limit applies.
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

// findLeadStart returns the configured start of the lead time of a change; false means the
// first commit. A change without a request has only the commit.
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

// splitPhases splits the time from first to done into phases that add up exactly to it. Phases
// that ended before the configured start, and phases after the deployment, did not take place.
// A phase that would end before it began is impossible and never 0: it is left out, and its
// time is in the phase that contains it.
func splitPhases(c *org.Change, start, first, done time.Time, room *phaseArena) Lead {
	l := Lead{Change: c, Seconds: done.Sub(first).Seconds()}
	ready := c.Ready
	if ready.IsZero() {
		ready = c.Opened
	}
	at, deployed := first, false
	// end closes the running phase at t and returns its length. A phase without an end did not
	// take place: its time stays in the running phase.
	end := func(t time.Time) *float64 {
		switch {
		case t.IsZero() || deployed || !start.IsZero() && !t.After(start):
			return nil
		case t.Before(at):
			// A review during the draft: the pickup phase did not take place.
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
		l.Coding = end(c.Merged)
	case c.FirstReview.IsZero() || c.FirstReview.After(c.Merged) && !c.Merged.IsZero():
		l.Coding, l.Pickup = end(ready), end(c.Merged) // merged without review
	default:
		l.Coding, l.Pickup, l.Review = end(ready), end(c.FirstReview), end(c.Merged)
	}
	if !deployed {
		l.Deploy = room.store(done.Sub(at).Seconds())
	}
	return l
}

// phaseArena allocates the lengths of phases in blocks.
type phaseArena struct{ values []float64 }

// store returns a pointer that stays valid: a full block is kept, and a new one begins.
func (p *phaseArena) store(seconds float64) *float64 {
	if len(p.values) == cap(p.values) {
		p.values = make([]float64, 0, 512)
	}
	p.values = append(p.values, seconds)
	return &p.values[len(p.values)-1]
}
