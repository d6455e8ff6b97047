package dora

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// unit holds the weeks of one team in a comparison; without teams, those of one service. The
// comparison of a team has one unit.
type unit struct {
	weeks       []totals // one each, oldest first
	from        int      // index of the first week with data of all its services
	now, before totals   // sums over the weeks of a window that count
}

// totals sums the events of a unit over some weeks.
type totals struct {
	weeks             []float64 // deployments per week
	deployments       int
	failed, reworked  int
	suspected         int          // may have failed: an incident without a reference began near
	lead              logDurations // one per deployment: the median of its changes
	recovery, restore logDurations
	measured, bounded int // changes in lead, and those of them with a lower bound only
}

// add adds the events of more weeks.
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

// logDurations holds logarithms of seconds, some of durations that have not ended.
type logDurations struct {
	logs   []float64
	closed []bool
	open   int
}

// add adds a duration. Less than a second counts as one, because sources round and 0 has no
// logarithm.
func (o *logDurations) add(seconds float64, closed bool) {
	o.logs = append(o.logs, math.Log(math.Max(seconds, 1)))
	o.closed = append(o.closed, closed)
	if !closed {
		o.open++
	}
}

// comparison holds the parts that both windows of a scope have in common: weeks that count, and
// services that were collected and owned throughout. Its weeks are those of the reference,
// which the dispersion is estimated from, then those of the earlier and of the later window.
type comparison struct {
	*measurer
	p           *pool
	now, before metric.Window
	units       []unit
	of          []int  // maps a service to its unit, −1 if it cannot be compared
	skip        []bool // weeks that tests leave out
	nowWeeks    int    // weeks of the later window, with those that are left out
	beforeWeeks int    // weeks of the earlier window, likewise
	seen        int    // first week with data for the tested metric
	strays      int    // unit of the incidents without a service; −1: none
}

// referenceWeeks is the number of weeks before both windows that the dispersion of weeks is
// estimated from.
const referenceWeeks = 52

// newComparison gathers the units of a scope over two windows of that many weeks up to the
// cut-off, not counting weeks of a break. It returns nil without a full earlier window.
func (m *measurer) newComparison(p *pool, weeks int) *comparison {
	if !m.before.From.Before(m.before.To) {
		return nil
	}
	now := m.org.Calendar.Last(m.cut, weeks, p.team())
	before := m.org.Calendar.Last(now.From, weeks, p.team())
	past := metric.Window{From: before.From.Add(-referenceWeeks * org.Week), To: before.From}
	c := &comparison{
		measurer: m, p: p, now: now, before: before, strays: -1,
		nowWeeks: int(now.To.Sub(now.From) / org.Week), beforeWeeks: int(now.From.Sub(before.From) / org.Week),
	}
	c.skip = m.markBreakWeeks(p, metric.Window{From: past.From, To: now.To})
	if countClaimed(c.skippedNow()) == 0 || countClaimed(c.skippedBefore()) == 0 || !c.assignUnits() {
		return nil
	}
	c.addDeliveries(metric.Window{From: past.From, To: now.To})
	c.addIncidents(metric.Window{From: past.From, To: now.To})
	c.sumWindows()
	return c
}

// countPastWeeks returns the number of weeks in the reference.
func (c *comparison) countPastWeeks() int { return len(c.skip) - c.beforeWeeks - c.nowWeeks }

// findWindow returns the window of a week after the reference: 0 for the earlier one, else 1.
func (c *comparison) findWindow(week int) int {
	if week < c.countPastWeeks()+c.beforeWeeks {
		return 0
	}
	return 1
}

// skippedNow and skippedBefore mark the weeks of a window that tests leave out.
func (c *comparison) skippedNow() []bool { return c.skip[len(c.skip)-c.nowWeeks:] }

func (c *comparison) skippedBefore() []bool {
	return c.skip[c.countPastWeeks() : c.countPastWeeks()+c.beforeWeeks]
}

// sumWindows sums the weeks of each window.
func (c *comparison) sumWindows() {
	for i := range c.units {
		u := &c.units[i]
		u.now, u.before = totals{}, totals{}
		for w := range u.weeks {
			switch {
			case w < c.countPastWeeks() || c.skip[w]:
			case c.findWindow(w) == 0:
				u.before.add(&u.weeks[w])
			default:
				u.now.add(&u.weeks[w])
			}
		}
	}
}

// assignUnits assigns a unit to every comparable service. A reorganisation is not a change of
// delivery: a service counts for the same unit in both windows. In the comparison of a team it
// counts only if the team owned it throughout.
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
		case c.p.scope.Kind == metric.Group:
			if key = c.p.findMember(s, last); key == "" || c.p.findMember(s, c.before.From) == "" {
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

// findFirstWeek returns the first week of the comparison after which a service was collected
// without a gap.
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

// findOwner returns the first team, in the order of teams.toml, that owned s at t.
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

// computeLead computes the lead time of a delivery once, for all windows that contain it.
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
