package dora

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// unit is what one team (a service, where no teams are known) did in the two
// windows of a comparison. A team's own comparison has one unit.
type unit struct{ now, before side }

// side is a unit's part of one window.
type side struct {
	weeks             []float64 // deployments per week
	deployments       int
	failed, reworked  int
	suspected         int      // may have failed, as incidents that name none began near
	lead              observed // one per deployment: the median of its changes
	recovery, restore observed
	measured, bounded int       // changes in lead, and those of them that took at least as long as measured
	changes           []float64 // scratch: lead times of the deployment at hand
}

// observed are logarithms of seconds, some of durations that have not ended.
type observed struct {
	logs   []float64
	closed []bool
	open   int
}

// add notes a duration. Those under a second count as one: sources round, and
// nothing has a logarithm.
func (o *observed) add(seconds float64, closed bool) {
	o.logs = append(o.logs, math.Log(math.Max(seconds, 1)))
	o.closed = append(o.closed, closed)
	if !closed {
		o.open++
	}
}

// comparison is what a scope's two windows have in common: weeks that belong in
// a claim, and services that were collected and owned throughout.
type comparison struct {
	*measurer
	p     *pool
	units []unit
	// of maps a service to its unit, −1 for those that cannot be compared.
	of []int
	// weeks that are left out of claims, by their place in each window.
	skipNow, skipBefore []bool
	strays              int // unit of the incidents that name no service; −1: none
}

// compare gathers a scope's units, or returns nil where there is no full earlier
// window.
func (m *measurer) compare(p *pool) *comparison {
	if !m.before.From.Before(m.before.To) {
		return nil
	}
	c := &comparison{measurer: m, p: p, strays: -1, skipNow: m.frozenWeeks(m.now), skipBefore: m.frozenWeeks(m.before)}
	if !slices.Contains(c.skipNow, false) || !slices.Contains(c.skipBefore, false) {
		return nil
	}
	if !c.assign() {
		return nil
	}
	c.deliveries(m.now, c.skipNow, func(u *unit) *side { return &u.now })
	c.deliveries(m.before, c.skipBefore, func(u *unit) *side { return &u.before })
	c.incidents(m.now, c.skipNow, func(u *unit) *side { return &u.now })
	c.incidents(m.before, c.skipBefore, func(u *unit) *side { return &u.before })
	return c
}

// assign gives every comparable service its unit. A reorganisation is no change
// of delivery: a service counts for the same unit in both windows, and for a
// team's own comparison only if it was the team's throughout.
func (c *comparison) assign() bool {
	c.of = make([]int, len(c.org.Services))
	for i := range c.of {
		c.of[i] = -1
	}
	last := c.now.To.Add(-time.Nanosecond)
	units := map[string]int{}
	for _, i := range c.p.services {
		s := &c.org.Services[i]
		if !s.CollectedIn(c.now) || !s.CollectedIn(c.before) {
			continue
		}
		key := s.ID
		switch {
		case c.p.scope.Kind == metric.Team:
			if key = c.p.scope.ID; !s.OwnedBy(key, c.before.From) || !s.OwnedBy(key, last) {
				continue
			}
		case len(c.org.Teams) > 0:
			if key = ownerAt(s, last); key == "" || !s.Owned(c.before.From) {
				continue
			}
		}
		n, seen := units[key]
		if !seen {
			n = len(units)
			units[key] = n
			c.units = append(c.units, unit{now: c.newSide(c.now), before: c.newSide(c.before)})
		}
		c.of[i] = n
	}
	if c.p.scope.Kind == metric.Organisation && len(units) > 0 {
		c.strays = len(c.units)
		c.units = append(c.units, unit{now: c.newSide(c.now), before: c.newSide(c.before)})
	}
	return len(units) > 0
}

func (c *comparison) newSide(w metric.Window) side {
	return side{weeks: make([]float64, int(w.To.Sub(w.From)/org.Week))}
}

// ownerAt is the first team in the order of teams.toml that owned s at t.
func ownerAt(s *org.Service, t time.Time) string {
	for _, o := range s.Owners {
		if s.OwnedBy(o.Team, t) {
			return o.Team
		}
	}
	return ""
}

func (c *comparison) deliveries(w metric.Window, skip []bool, of func(*unit) *side) {
	for _, d := range within(c.p.deliveries, finishOf, w) {
		week := int(d.Finished.Sub(w.From) / org.Week)
		if n := c.of[d.Service]; n >= 0 && !skip[week] {
			of(&c.units[n]).delivery(d, week, c.org.Calendar.AsOf)
		}
	}
}

func (s *side) delivery(d *Delivery, week int, asOf time.Time) {
	s.deployments++
	s.weeks[week]++
	s.changes = s.changes[:0]
	for i := range d.Changes {
		if l := &d.Changes[i]; l.Change.Lane != org.Automation {
			s.changes = append(s.changes, l.Seconds)
			s.measured++
			if l.Clamped {
				s.bounded++
			}
		}
	}
	if len(s.changes) > 0 {
		slices.Sort(s.changes)
		s.lead.add(stat.Quantile(s.changes, 0.5), true)
	}
	if d.FixOf != "" {
		s.reworked++
	}
	if d.Suspected {
		s.suspected++
	}
	if f := d.Failure; f != nil {
		s.failed++
		switch {
		case f.Bad:
		case f.Restored.IsZero():
			s.recovery.add(asOf.Sub(d.Finished).Seconds(), false)
		default:
			s.recovery.add(f.Restored.Sub(d.Finished).Seconds(), true)
		}
	}
}

func (c *comparison) incidents(w metric.Window, skip []bool, of func(*unit) *side) {
	for _, in := range within(c.p.incidents, openingOf, w) {
		n := c.strays
		if in.Service >= 0 {
			n = c.of[in.Service]
		}
		if n < 0 || skip[int(in.Opened.Sub(w.From)/org.Week)] {
			continue
		}
		switch s := of(&c.units[n]); {
		case in.Open():
			s.restore.add(c.org.Calendar.AsOf.Sub(in.Opened).Seconds(), false)
		case !in.Resolved.Before(in.Opened):
			s.restore.add(in.Resolved.Sub(in.Opened).Seconds(), true)
		}
	}
}
