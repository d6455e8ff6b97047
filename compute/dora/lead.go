package dora

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// lead measures a change's way to a deployment that finished at done. first is
// its first commit; ok is false when the source gave none and the lead time
// begins there: then there is nothing to measure.
//
// Boundaries (first commit, ready, first review, merged, done) are clamped to be
// monotone, so that the phases that happened sum exactly to the lead time.
func (r *rules) lead(c *org.Change, first, done time.Time, room *phaseRoom) (l Lead, ok bool) {
	if start, ok := r.start(c); ok {
		return leadFrom(c, start, start, done, room), true
	}
	if first.IsZero() {
		return Lead{Change: c}, false
	}
	opened := c.Opened
	if opened.IsZero() {
		opened = c.Merged
	}
	clamped := false
	if oldest := opened.Add(-r.maxAge); !opened.IsZero() && first.Before(oldest) {
		first, clamped = oldest, true
	}
	l = leadFrom(c, time.Time{}, first, done, room)
	l.Clamped = clamped
	return l, true
}

// start is where the lead time of a change begins if not at its first commit.
// Without a request there is nothing but the commit.
func (r *rules) start(c *org.Change) (t time.Time, ok bool) {
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

// leadFrom splits the time from first to done into phases. Those that were over
// when a start other than the first commit was reached did not happen.
func leadFrom(c *org.Change, start, first, done time.Time, room *phaseRoom) Lead {
	if first.After(done) {
		first = done
	}
	l := Lead{Change: c, Seconds: done.Sub(first).Seconds()}
	ready := c.Ready
	if ready.IsZero() {
		ready = c.Opened
	}
	at := first
	// take ends the phase that is running at t and returns its length. A phase
	// without an end did not happen: its time stays in the one that runs on.
	take := func(t time.Time) *float64 {
		if t.IsZero() || !start.IsZero() && !t.After(start) {
			return nil
		}
		if t.Before(at) {
			t = at
		}
		if t.After(done) {
			t = done
		}
		s := room.keep(t.Sub(at).Seconds())
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
	l.Deploy = room.keep(done.Sub(at).Seconds())
	return l
}

// phaseRoom holds the lengths of phases, many in one piece of memory.
type phaseRoom struct{ values []float64 }

// keep returns a pointer that stays good: what is full is left to those who
// point into it, and a new piece begun.
func (p *phaseRoom) keep(seconds float64) *float64 {
	if len(p.values) == cap(p.values) {
		p.values = make([]float64, 0, 512)
	}
	p.values = append(p.values, seconds)
	return &p.values[len(p.values)-1]
}
