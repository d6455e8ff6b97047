package measures

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Evaluation is the state of a phase's criterion, with the data behind it.
type Evaluation struct {
	State string `json:"state"` // Met, NotMet or Unknown
	// Value is the latest reading, in Unit; nil if people judged or nothing was measured. Lo
	// and Hi are its 95 % interval: both are nil without an interval, and Hi alone is nil
	// without an upper limit. N is the number of observations; 0: not given.
	Value *float64    `json:"value"`
	Lo    *float64    `json:"lo,omitempty"`
	Hi    *float64    `json:"hi,omitempty"`
	N     int         `json:"n,omitempty"`
	Unit  metric.Unit `json:"unit,omitempty"`
	// Week is the Monday of the last week of the latest reading, and Window its whole span.
	Week   time.Time     `json:"week"`
	Window metric.Window `json:"window,omitzero"`
	// MayBeChance means that the interval of the value also includes values with the other
	// state.
	MayBeChance bool `json:"may_be_chance,omitempty"`
	// FirstMet is the time when the criterion was first met for good: the day on which people
	// judged it or, for a measure, the Monday of the first of two readings in a row that meet
	// it. Since is the Monday of the first reading since when all readings meet it.
	// Both may be zero.
	FirstMet time.Time `json:"first_met"`
	Since    time.Time `json:"since"`
	Judged   bool      `json:"judged,omitempty"` // judged by people, not by a measure
	Why      string    `json:"why,omitempty"`    // the reason that it is unknown, or the reason that people gave
	Next     string    `json:"next,omitempty"`   // the next step
}

// Passed reports whether the criterion allows its phase to end: it is met now, or was met for
// good before.
func (e *Evaluation) Passed() bool { return e.State == Met || !e.FirstMet.IsZero() }

// Found has the data of a metric. The weekly series is used first. A metric without a series is
// read from its latest value and its published values.
type Found struct {
	Series  *metric.Series
	Metric  *metric.Metric
	History []metric.Point // published values in order of time; At is the Monday of the last week
}

// stale is the largest age of the last weekly reading that counts as current, and the largest
// distance of two readings that count as in a row.
const stale = org.Period

// Evaluate compares a criterion with the latest value of its measure. find returns the data of
// a metric ID ("measure.gitops_uptime", "dora.lead_time"), for the organisation or, unless
// feature is "", for that feature.
//
// The value decides, as in the decision tree. If the interval crosses a limit, the state stays,
// and is marked as possible chance. A criterion in words only is met on the day that people
// wrote. People may overrule a measure, with a reason.
func Evaluate(c fact.Criterion, asOf time.Time, find func(metricID, feature string) Found) Evaluation {
	judged := !c.Met.IsZero() && !c.Met.After(asOf)
	switch {
	case judged && (c.Measure == "" || c.MetBecause != ""):
		return Evaluation{State: Met, FirstMet: c.Met, Since: c.Met, Judged: true, Why: c.MetBecause}
	case c.Measure == "":
		return Evaluation{State: NotMet, Judged: true}
	}
	f := find(MetricID(c.Measure), c.Feature)
	if f.Series == nil && f.Metric == nil {
		f = find(c.Measure, c.Feature)
	}
	switch {
	case f.Series != nil && len(f.Series.Points) > 0:
		return evaluateSeries(c, asOf, f.Series)
	case f.Metric != nil:
		return evaluateMetric(c, &f)
	}
	return newUnmeasured(c)
}

func newUnmeasured(c fact.Criterion) Evaluation {
	e := Evaluation{State: Unknown, Why: fmt.Sprintf("nothing was measured of %q", c.Measure)}
	e.Next = "feed a CSV of measure, date, value with rows of " + c.Measure
	if c.Feature != "" {
		e.Why += fmt.Sprintf(" for %q", c.Feature)
		e.Next = `see "ip3dp explain" for the metrics of a feature`
	}
	return e
}

// reading is the value of a window. An unsettled value may be anywhere from lo to hi, and may
// be nil; why then gives the missing evidence.
type reading struct {
	window    metric.Window
	value     *float64
	lo, hi    *float64
	n         int // number of observations; 0: not given
	unsettled bool
	why       string
}

// evaluateSeries evaluates the complete weeks of a series. The current week decides nothing.
func evaluateSeries(c fact.Criterion, asOf time.Time, s *metric.Series) Evaluation {
	var list []reading
	for _, p := range s.Points {
		if (p.Value != nil || p.Unsettled) && !p.At.Add(org.Week).After(asOf) {
			list = append(list, newReading(&p, org.Week))
		}
	}
	if len(list) == 0 {
		return newUnmeasured(c)
	}
	e := evaluateReadings(c, s.Unit, list, stale)
	if e.State != Unknown && asOf.Sub(e.Week) > stale+org.Week {
		e.State, e.Since, e.MayBeChance = Unknown, time.Time{}, false
		e.Why = "the last value is of the week of " + e.Week.Format(time.DateOnly)
		e.Next = "bring newer figures of " + c.Measure
	}
	return e
}

// newReading returns the reading of a point whose value covers a span that ends with its week.
func newReading(p *metric.Point, span time.Duration) reading {
	to := p.At.Add(org.Week)
	return reading{
		window: metric.Window{From: to.Add(-span), To: to}, value: p.Value, lo: p.Lo, hi: p.Hi, n: p.N,
		unsettled: p.Unsettled, why: p.Note,
	}
}

// evaluateMetric evaluates a metric without a weekly series, such as an NPS. Its earlier
// published values give the times FirstMet and Since, however far apart they are.
func evaluateMetric(c fact.Criterion, f *Found) Evaluation {
	m := f.Metric
	var list []reading
	for i := range f.History {
		if p := &f.History[i]; p.Value != nil && p.At.Add(org.Week).Before(m.Window.To) {
			list = append(list, newReading(p, org.Period))
		}
	}
	known := m.State != metric.NotAvailable && m.Value != nil
	if known {
		r := reading{
			window: m.Window, value: m.Value, lo: m.Lo, hi: m.Hi, unsettled: m.Unsettled,
			why: strings.Join(m.Warnings, "; "),
		}
		if len(m.N) > 0 {
			r.n = m.N[0].N
		}
		list = append(list, r)
	}
	if len(list) == 0 {
		e := newUnmeasured(c)
		if m.Why != "" {
			e.Why, e.Next = m.Why, m.Next
		}
		return e
	}
	e := evaluateReadings(c, m.Unit, list, math.MaxInt64)
	if !known && e.State != Unknown {
		e.State, e.Since, e.MayBeChance = Unknown, time.Time{}, false
		e.Why, e.Next = m.Why, m.Next
	}
	return e
}

// evaluateReadings evaluates readings in order of time. Two readings that are further apart
// than gap are not in a row.
func evaluateReadings(c fact.Criterion, unit metric.Unit, list []reading, gap time.Duration) Evaluation {
	last := &list[len(list)-1]
	e := Evaluation{
		State: Unknown, Value: clone(last.value), Lo: clone(last.lo), Hi: clone(last.hi), N: last.n,
		Unit: unit, Window: last.window, Week: org.WeekOf(last.window.To.Add(-time.Nanosecond)),
	}
	limits, ok := LimitsIn(c, unit)
	if !ok {
		e.Why = fmt.Sprintf("the limit is in %q, but %s is measured in %q", c.Unit, c.Measure, unit)
		e.Next = "write the limit in that unit"
		return e
	}
	for i := range list {
		r := &list[i]
		at := org.WeekOf(r.window.To.Add(-time.Nanosecond))
		if i > 0 && r.window.To.Sub(list[i-1].window.To) > gap {
			e.Since = time.Time{} // not in a row
		}
		e.State, e.Why, e.Next = limits.judge(r), "", ""
		if e.State == Unknown {
			e.Why, e.Next = "the evidence leaves it open: "+r.why, "bring what decides it, or write met_because"
		}
		if e.State != Met {
			e.Since = time.Time{}
			continue
		}
		if e.Since.IsZero() {
			e.Since = at
		} else if e.FirstMet.IsZero() {
			e.FirstMet = e.Since
		}
	}
	e.MayBeChance = e.State != Unknown && limits.crossesInterval(last.lo, last.hi, e.State == Met)
	return e
}

// judge compares a reading with the limits and returns the state. The value decides; if it is
// unsettled, its whole range must agree.
func (l *Limits) judge(r *reading) string {
	in := map[bool]string{true: Met, false: NotMet}
	switch {
	case !r.unsettled:
		return in[l.isWithin(*r.value)]
	case !l.crossesInterval(r.lo, r.hi, true):
		return Met
	case !l.crossesInterval(r.lo, r.hi, false):
		return NotMet
	}
	return Unknown
}

// clone returns a copy of a number, so that an Evaluation does not share it with Measured.
func clone(v *float64) *float64 {
	if v == nil {
		return nil
	}
	return metric.Of(*v)
}

// Limits are the limits of a criterion in the unit of its measure; nil means no limit.
type Limits struct{ AtLeast, AtMost, Over, Under *float64 }

// LimitsIn returns a criterion's limits in the unit of the measure; false if they are written
// in a unit that does not fit.
func LimitsIn(c fact.Criterion, unit metric.Unit) (Limits, bool) {
	each, ok := metric.Scale(c.Unit, unit)
	if !ok {
		return Limits{}, false
	}
	scaled := func(v *float64) *float64 {
		if v == nil {
			return nil
		}
		return metric.Of(*v * each)
	}
	return Limits{scaled(c.AtLeast), scaled(c.AtMost), scaled(c.Over), scaled(c.Under)}, true
}

// isWithin reports whether v is within all limits.
func (l *Limits) isWithin(v float64) bool {
	return (l.AtLeast == nil || v >= *l.AtLeast) && (l.AtMost == nil || v <= *l.AtMost) &&
		(l.Over == nil || v > *l.Over) && (l.Under == nil || v < *l.Under)
}

// crossesInterval reports whether an interval includes values with the other state: outside the
// limits if the criterion is met, within them if it is not.
func (l *Limits) crossesInterval(lo, hi *float64, met bool) bool {
	if lo == nil && hi == nil {
		return false
	}
	from, to := math.Inf(-1), math.Inf(1)
	if lo != nil {
		from = *lo
	}
	if hi != nil {
		to = *hi
	}
	if met {
		return !l.isWithin(from) || !l.isWithin(to)
	}
	below := l.AtMost != nil && from > *l.AtMost || l.Under != nil && from >= *l.Under
	above := l.AtLeast != nil && to < *l.AtLeast || l.Over != nil && to <= *l.Over
	return !below && !above
}
