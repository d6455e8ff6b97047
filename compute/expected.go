package compute

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// Methods by which an expected effect was measured.
const (
	// Compared is the effect of the initiative's feature on the teams that use it, compared
	// with teams that do not.
	Compared = "compared with teams without it"
	// BeforeAfter is the change of the organisation's outcome, whatever its cause.
	BeforeAfter = "before and after"
)

// checkExpectations compares the expected effects of initiatives with the changes up to the
// last look that has passed. Before the first look no effect is computed.
func checkExpectations(o Options, c fact.Content, m *Measured) []rice.Expectation {
	out := o.RICE.Expectations(c, m.AsOf)
	l := newLookup(o, c, m)
	for i := range out {
		x := &out[i]
		x.Outcome = goals.MetricID(x.Outcome)
		f := l.findAimed(x.Outcome, metric.Scope{Kind: metric.Organisation})
		if f.Metric != nil {
			x.Unit = f.Metric.Unit
		} else if f.Series != nil {
			x.Unit = f.Series.Unit
		}
		if !x.Relative && x.Unit == metric.Share {
			x.Change, x.Lo, x.Hi = x.Change/100, x.Lo/100, x.Hi/100
		}
		for k := range x.Since {
			e := &x.Since[k]
			e.Outcome = goals.MetricID(e.Outcome)
			if !e.Relative && x.Unit == metric.Share {
				e.Change, e.Lo, e.Hi = e.Change/100, e.Lo/100, e.Hi/100
			}
		}
		switch {
		case x.Look.IsZero():
			x.Why = "no look has come yet"
		case fillComparedEffect(x, c, m):
		case x.From.IsZero():
			x.Why = "it has no first day: write from, or the start of a phase"
		case f.Series == nil:
			x.Why = fmt.Sprintf("%s has no weekly values", x.Outcome)
		default:
			compareWeeks(x, f.Series)
		}
	}
	return out
}

// fillComparedEffect fills in the effect of the initiative's one feature, if the impact on that
// outcome could be estimated and the look is after the first use. It reports whether it did.
func fillComparedEffect(x *rice.Expectation, c fact.Content, m *Measured) bool {
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		if in.ID != x.ID || len(in.Features) != 1 || !x.Relative {
			continue
		}
		e := m.Effect(in.Features[0])
		if e == nil || e.Outcome != x.Outcome || e.Change == nil || e.Lo == nil || e.Hi == nil {
			return false
		}
		x.Got, x.GotLo, x.GotHi = metric.Of(*e.Change), metric.Of(*e.Lo), metric.Of(*e.Hi)
		x.Method = Compared
		return true
	}
	return false
}

// compareWeeks fills in the change between the weeks before and after.
func compareWeeks(x *rice.Expectation, s *metric.Series) {
	change, why := goals.Shift(s.Points, startOfDay(x.From), startOfDay(x.Look).AddDate(0, 0, 1), x.Relative)
	if change == nil {
		x.Why = why
		return
	}
	x.Got, x.GotLo, x.GotHi = metric.Of(change.Value), metric.Of(change.Lo), metric.Of(change.Hi)
	x.Method = fmt.Sprintf("%s: %d against %d weeks", BeforeAfter, change.After, change.Before)
}

// startOfDay returns the midnight in UTC at which a day begins.
func startOfDay(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
