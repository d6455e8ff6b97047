package dora

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// unit is what one team (a service, where no teams are known) did in the weeks of
// a comparison. A team's own comparison has one unit.
type unit struct {
	weeks       []totals // one each, oldest first
	from        int      // first of them from which all its services were collected
	now, before totals   // the weeks of a window together, without those left out
}

// totals is a unit's part of some weeks.
type totals struct {
	weeks             []float64 // deployments per week
	deployments       int
	failed, reworked  int
	suspected         int          // may have failed, as incidents that name none began near
	lead              logDurations // one per deployment: the median of its changes
	recovery, restore logDurations
	measured, bounded int // changes in lead, and those of them that took at least as long as measured
}

// add joins what more weeks hold.
func (s *totals) add(more *totals) {
	s.weeks = append(s.weeks, float64(more.deployments))
	s.deployments += more.deployments
	s.failed += more.failed
	s.reworked += more.reworked
	s.suspected += more.suspected
	s.measured += more.measured
	s.bounded += more.bounded
	s.lead.addAll(&more.lead)
	s.recovery.addAll(&more.recovery)
	s.restore.addAll(&more.restore)
}

// logDurations are logarithms of seconds, some of durations that have not ended.
type logDurations struct {
	logs   []float64
	closed []bool
	open   int
}

// add notes a duration. Those under a second count as one: sources round, and
// nothing has a logarithm.
func (o *logDurations) add(seconds float64, closed bool) {
	o.logs = append(o.logs, math.Log(math.Max(seconds, 1)))
	o.closed = append(o.closed, closed)
	if !closed {
		o.open++
	}
}

// comparison is what a scope's two windows have in common: weeks that belong in
// a claim, and services that were collected and owned throughout. Its weeks are
// those of the reference, from which the dispersion of weeks is estimated, then
// those of the earlier window, then those of the later.
type comparison struct {
	*measurer
	p           *pool
	now, before metric.Window
	units       []unit
	of          []int  // maps a service to its unit, −1 for those that cannot be compared
	skip        []bool // weeks that are left out of claims
	window      int    // weeks of each window
	seen        int    // first week in which what is compared could be seen
	strays      int    // unit of the incidents that name no service; −1: none
}

// referenceWeeks is how many weeks before both windows the dispersion of weeks is
// estimated from, if they were collected.
const referenceWeeks = 52

// newComparison gathers a scope's units over two windows of that many weeks up to the
// cut-off, or returns nil where there is no full earlier window.
func (m *measurer) newComparison(p *pool, weeks int) *comparison {
	if !m.before.From.Before(m.before.To) {
		return nil
	}
	length := time.Duration(weeks) * org.Week
	now := metric.Window{From: m.cut.Add(-length), To: m.cut}
	before := metric.Window{From: now.From.Add(-length), To: now.From}
	past := metric.Window{From: before.From.Add(-referenceWeeks * org.Week), To: before.From}
	c := &comparison{measurer: m, p: p, now: now, before: before, window: weeks, strays: -1}
	c.skip = m.markFrozenWeeks(metric.Window{From: past.From, To: now.To})
	if countClaimed(c.skippedNow()) == 0 || countClaimed(c.skippedBefore()) == 0 || !c.assignUnits() {
		return nil
	}
	c.addDeliveries(metric.Window{From: past.From, To: now.To})
	c.addIncidents(metric.Window{From: past.From, To: now.To})
	c.sumWindows()
	return c
}

// countPastWeeks is how many weeks of reference there are.
func (c *comparison) countPastWeeks() int { return len(c.skip) - 2*c.window }

// skippedNow and weeksBefore report which weeks of a window are left out.
func (c *comparison) skippedNow() []bool { return c.skip[len(c.skip)-c.window:] }

func (c *comparison) skippedBefore() []bool {
	return c.skip[c.countPastWeeks() : c.countPastWeeks()+c.window]
}

// sumWindows sums the weeks of each window.
func (c *comparison) sumWindows() {
	for i := range c.units {
		u := &c.units[i]
		u.now, u.before = totals{}, totals{}
		for w := range u.weeks {
			switch {
			case w < c.countPastWeeks() || c.skip[w]:
			case w < c.countPastWeeks()+c.window:
				u.before.add(&u.weeks[w])
			default:
				u.now.add(&u.weeks[w])
			}
		}
	}
}

// assignUnits gives every comparable service its unit. A reorganisation is no change
// of delivery: a service counts for the same unit in both windows, and for a
// team's own comparison only if it was the team's throughout.
func (c *comparison) assignUnits() bool {
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
			if key = findOwner(s, last); key == "" || !s.Owned(c.before.From) {
				continue
			}
		}
		n, seen := units[key]
		if !seen {
			n = len(units)
			units[key] = n
			c.units = append(c.units, unit{weeks: make([]totals, len(c.skip))})
		}
		c.of[i] = n
		c.units[n].from = max(c.units[n].from, c.findFirstWeek(s))
	}
	if c.p.scope.Kind == metric.Organisation && len(units) > 0 {
		c.strays = len(c.units)
		c.units = append(c.units, unit{weeks: make([]totals, len(c.skip))})
	}
	return len(units) > 0
}

// findFirstWeek is the first week of the comparison from which a service was collected
// up to its windows.
func (c *comparison) findFirstWeek(s *org.Service) int {
	n := 0
	for n < c.countPastWeeks() {
		from := c.before.From.Add(-time.Duration(n+1) * org.Week)
		if !s.CollectedIn(metric.Window{From: from, To: c.now.To}) {
			break
		}
		n++
	}
	return c.countPastWeeks() - n
}

// findOwner is the first team in the order of teams.toml that owned s at t.
func findOwner(s *org.Service, t time.Time) string {
	for _, o := range s.Owners {
		if s.OwnedBy(o.Team, t) {
			return o.Team
		}
	}
	return ""
}

func (c *comparison) addDeliveries(w metric.Window) {
	for _, d := range selectWithin(c.p.deliveries, finishTime, w) {
		if n := c.of[d.Service]; n >= 0 {
			c.units[n].weeks[int(d.Finished.Sub(w.From)/org.Week)].addDelivery(d, c.org.Calendar.AsOf)
		}
	}
}

func (s *totals) addDelivery(d *Delivery, asOf time.Time) {
	s.deployments++
	if l := d.computeLead(); l.measured > 0 {
		s.measured += l.measured
		s.bounded += l.bounded
		s.lead.logs, s.lead.closed = append(s.lead.logs, l.log), append(s.lead.closed, true)
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

func (c *comparison) addIncidents(w metric.Window) {
	for _, in := range selectWithin(c.p.incidents, openingTime, w) {
		n := c.strays
		if in.Service >= 0 {
			n = c.of[in.Service]
		}
		if n < 0 {
			continue
		}
		c.units[n].weeks[int(in.Opened.Sub(w.From)/org.Week)].addIncident(in, c.org.Calendar.AsOf)
	}
}

// computeLead works out the lead time of a delivery once: many windows contain it.
func (d *Delivery) computeLead() *deliveryLead {
	if d.lead != nil {
		return d.lead
	}
	d.lead = &deliveryLead{}
	seconds := make([]float64, 0, len(d.Changes))
	for i := range d.Changes {
		if l := &d.Changes[i]; l.Change.Lane != org.Automation {
			seconds = append(seconds, l.Seconds)
			if l.Clamped {
				d.lead.bounded++
			}
		}
	}
	if d.lead.measured = len(seconds); len(seconds) > 0 {
		slices.Sort(seconds)
		d.lead.log = math.Log(math.Max(stat.Quantile(seconds, 0.5), 1))
	}
	return d.lead
}

func (s *totals) addIncident(in *org.Incident, asOf time.Time) {
	switch {
	case in.Open():
		s.restore.add(asOf.Sub(in.Opened).Seconds(), false)
	case !in.Resolved.Before(in.Opened):
		s.restore.add(in.Resolved.Sub(in.Opened).Seconds(), true)
	}
}
