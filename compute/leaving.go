package compute

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Leaving is the way of the units out of a feature that people decided to deprecate. A unit
// counts as left until it has not used the feature for four weeks.
type Leaving struct {
	Feature, Unit string
	// Decided is the day of the decision, and Deadline the last day to move; zero: none is set.
	Decided, Deadline time.Time
	Expired           bool // the deadline has passed
	// At is the number of units in the last whole week before the decision, Left the number now.
	// Moved is the decrease; an increase is no move. Weeks is the time between the two weeks.
	// Without a whole week since the decision, At, Moved and Weeks are 0.
	At, Left, Moved, Weeks int
	// Joined is the sum of the weekly increases since the decision.
	Joined int
	// Points are the units left by week, from the last whole week before the decision on. N is
	// their number.
	Points []metric.Point
	// Early and Late are the limits of the last day of the week after which nobody is left, by
	// the moves so far: 95 % of the ends are between them. Late is zero if it is more than two
	// years ahead, and both are zero if the earliest end is.
	Early, Late time.Time
	// Doubt is the reason why units may only seem to have moved: the usage data are not complete.
	// Then there is no forecast.
	Doubt string
	// Forecast reports whether there is a forecast: a unit has moved, and a unit is left.
	Forecast bool
}

// leavingHorizon is the longest time ahead that has a date in a forecast of an end, in weeks.
const leavingHorizon = 104

// leavingConfidence is the probability that an end is within its range.
const leavingConfidence = 0.95

// newLeavings returns the way out of every feature with an accepted deprecation and known use.
func newLeavings(c fact.Content, m *Measured, list []decision.Recommendation) []Leaving {
	var out []Leaving
	exported := map[string]bool{}
	for i := range c.Features {
		source := c.Features[i].Adoption.Source
		exported[c.Features[i].ID] = source != "rule" && source != "list"
	}
	for i := range list {
		r, a := &list[i], m.Adoption.Find(list[i].Feature)
		if r.Announced != decision.Deprecate.Leaf() || a == nil || !a.Known {
			continue
		}
		l := Leaving{
			Feature: r.Feature, Unit: a.Unit, Decided: r.Decision.On, Deadline: r.Decision.Deadline,
			Expired: r.Decision.Expired, Left: a.Active,
		}
		if exported[r.Feature] {
			l.Doubt = m.usageDoubt()
		}
		s := m.Section("adoption").FindSeries(adoption.Share, metric.Scope{Kind: metric.Feature, ID: r.Feature})
		l.follow(s, m.CutOff)
		out = append(out, l)
	}
	return out
}

// usageDoubt returns the reason why exports of usage may miss uses of the last weeks; "" without
// one.
func (m *Measured) usageDoubt() string {
	var last time.Time
	for i := range m.Quality {
		q := &m.Quality[i]
		if !slices.ContainsFunc(q.Imports, func(im ImportLine) bool { return im.Kind == "usage" }) {
			continue
		}
		switch {
		case q.Grade == Complete:
		case q.Why != "":
			return q.Source + ": " + q.Why
		case len(q.Gaps) > 0:
			return q.Source + ": " + q.Gaps[0].Reason
		}
		if q.Last.After(last) {
			last = q.Last
		}
	}
	if !last.IsZero() && last.Before(m.CutOff.Add(-org.Week)) {
		return "the usage data end on " + last.UTC().Format("2 Jan 2006")
	}
	return ""
}

// follow fills in the weeks since the decision, and the forecast.
func (l *Leaving) follow(s *metric.Series, cut time.Time) {
	if s == nil || l.Decided.IsZero() {
		return
	}
	base := -1
	for i := range s.Points {
		if !s.Points[i].At.Add(org.Week).After(l.Decided) {
			base = i
		}
	}
	if base < 0 || len(s.Points)-base < 2 {
		return
	}
	l.Points = s.Points[base:]
	l.At, l.Weeks = l.Points[0].N, len(l.Points)-1
	l.Moved = max(0, l.At-l.Left)
	for i := 1; i < len(l.Points); i++ {
		l.Joined += max(0, l.Points[i].N-l.Points[i-1].N)
	}
	if l.Forecast = l.Moved > 0 && l.Left > 0 && l.Doubt == ""; !l.Forecast {
		return
	}
	wait := stat.PoissonWait(l.Moved, l.Left, float64(l.Weeks), leavingConfidence)
	l.Early, l.Late = endOfWeek(cut, wait.Lo), endOfWeek(cut, wait.Hi)
}

// endOfWeek returns the last day of the week that some weeks after the cut-off are in; zero
// beyond the horizon.
func endOfWeek(cut time.Time, weeks float64) time.Time {
	if n := math.Ceil(weeks); n <= leavingHorizon {
		return cut.AddDate(0, 0, 7*max(1, int(n))-1)
	}
	return time.Time{}
}

// DeadlineRisk is the place of the forecast of an end relative to the deadline.
type DeadlineRisk string

// The places. A unit that stopped before the deadline counts for four weeks more, so the end is
// after it only if it is also without these weeks.
const (
	EndUnknown DeadlineRisk = "" // without a forecast or a deadline
	EndBefore  DeadlineRisk = "before"
	EndMaybe   DeadlineRisk = "maybe"
	EndAfter   DeadlineRisk = "after"
)

// Risk returns the place of the forecast relative to the deadline.
func (l *Leaving) Risk() DeadlineRisk {
	if !l.Forecast || l.Deadline.IsZero() {
		return EndUnknown
	}
	switch stop := l.Early.Add(-org.Period); {
	case !l.Late.IsZero() && !l.Late.After(l.Deadline):
		return EndBefore
	case l.Early.IsZero(), stop.After(l.Deadline):
		return EndAfter
	}
	return EndMaybe
}
