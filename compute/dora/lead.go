package dora

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// lead measures a change's way to a deployment that finished at done. ok is
// false when the source gave no first commit: then there is nothing to measure.
//
// Boundaries (first commit, ready, first review, merged, done) are clamped to be
// monotone, so that the phases that happened sum exactly to the lead time.
func (r *rules) lead(c *org.Change, first, done time.Time) (l Lead, ok bool) {
	if first.IsZero() {
		return Lead{Change: c}, false
	}
	l.Change = c
	opened := c.Opened
	if opened.IsZero() {
		opened = c.Merged
	}
	if oldest := opened.Add(-r.maxAge); !opened.IsZero() && first.Before(oldest) {
		first, l.Clamped = oldest, true
	}
	if first.After(done) {
		first = done
	}
	l.Seconds = done.Sub(first).Seconds()
	ready := c.Ready
	if ready.IsZero() {
		ready = c.Opened
	}
	at := first
	// take ends the phase that is running at t and returns its length. A phase
	// without an end did not happen: its time stays in the one that runs on.
	take := func(t time.Time) *float64 {
		if t.IsZero() {
			return nil
		}
		if t.Before(at) {
			t = at
		}
		if t.After(done) {
			t = done
		}
		s := t.Sub(at).Seconds()
		at = t
		return &s
	}
	switch {
	case c.Opened.IsZero(): // a bare commit: written, then deployed
		l.Coding = take(c.Merged)
	case c.FirstReview.IsZero() || c.FirstReview.After(c.Merged) && !c.Merged.IsZero():
		l.Coding, l.Pickup = take(ready), take(c.Merged) // merged without review
	default:
		l.Coding, l.Pickup, l.Review = take(ready), take(c.FirstReview), take(c.Merged)
	}
	l.Deploy = take(done)
	return l, true
}
