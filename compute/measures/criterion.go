package measures

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Evaluation says whether a criterion of a phase is met.
type Evaluation struct {
	State string `json:"state"` // Met, NotMet or Unknown
	// Value is the latest weekly value, in the unit of the series, and Week the
	// Monday of its week; nil where people judged.
	Value *float64    `json:"value"`
	Unit  metric.Unit `json:"unit,omitempty"`
	Week  time.Time   `json:"week"`
	// FirstMet is when it was first met for good: by people, the day; by a measure,
	// the Monday of the first of two readings in a row that meet it. Since is the
	// Monday of the first of the readings that have met it without a break until
	// now. Both may be zero.
	FirstMet time.Time `json:"first_met"`
	Since    time.Time `json:"since"`
	Judged   bool      `json:"judged,omitempty"` // people said so, not a measure
	Why      string    `json:"why,omitempty"`    // why it is unknown, or why people say so
}

// stale is how old the last reading may be, and how far two of them apart, to
// speak about now and to be in a row.
const stale = org.Period

// Evaluate holds a criterion against the latest weekly value of its measure. find
// returns the organisation's series of a metric ID ("measure.gitops_uptime",
// "dora.lead_time"), or nil. Limits are in the unit of the series.
//
// A criterion of words only is met on the day that people wrote. Beside a measure
// people overrule it if they say why.
func Evaluate(c fact.Criterion, asOf time.Time, find func(metricID string) *metric.Series) Evaluation {
	judged := !c.Met.IsZero() && !c.Met.After(asOf)
	switch {
	case judged && (c.Measure == "" || c.MetBecause != ""):
		return Evaluation{State: Met, FirstMet: c.Met, Since: c.Met, Judged: true, Why: c.MetBecause}
	case c.Measure == "":
		return Evaluation{State: NotMet, Judged: true}
	}
	s := find(MetricID(c.Measure))
	if s == nil {
		s = find(c.Measure)
	}
	if s == nil {
		return Evaluation{State: Unknown, Why: fmt.Sprintf("nothing was measured of %q", c.Measure)}
	}
	return evaluate(c, asOf, s)
}

func evaluate(c fact.Criterion, asOf time.Time, s *metric.Series) Evaluation {
	e := Evaluation{State: Unknown, Unit: s.Unit}
	for _, p := range s.Points {
		if p.Value == nil || p.At.Add(org.Week).After(asOf) {
			continue
		}
		if e.Value != nil && p.At.Sub(e.Week) > stale {
			e.Since = time.Time{} // not in a row
		}
		e.Value, e.Week = p.Value, p.At
		if !holds(c, *p.Value) {
			e.State, e.Since = NotMet, time.Time{}
			continue
		}
		e.State = Met
		if e.Since.IsZero() {
			e.Since = p.At
		} else if e.FirstMet.IsZero() {
			e.FirstMet = e.Since
		}
	}
	switch {
	case e.Value == nil:
		e.Why = fmt.Sprintf("nothing was measured of %q", c.Measure)
	case asOf.Sub(e.Week) > stale+org.Week:
		e.State, e.Since = Unknown, time.Time{}
		e.Why = "the last value is of the week of " + e.Week.Format(time.DateOnly)
	}
	return e
}

// holds reports whether v is within all limits of the criterion.
func holds(c fact.Criterion, v float64) bool {
	return (c.AtLeast == nil || v >= *c.AtLeast) && (c.AtMost == nil || v <= *c.AtMost) &&
		(c.Over == nil || v > *c.Over) && (c.Under == nil || v < *c.Under)
}
