package dora

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// A change whose first commit was moved to dora.max_commit_age_days took at least the measured
// time: its value is a lower bound. A quantile is exact while only measured values are at and
// below it, that is below the smallest bound. Above it the same figure is a lower bound of the
// quantile.

// maxBounded is the largest share of lower bounds in a tested sample.
const maxBounded = 0.1

// isBound reports whether the q-quantile of an ascending sample depends on a lower bound. least
// is the smallest bound.
func isBound(sorted []float64, q, least float64) bool {
	if len(sorted) == 0 {
		return false
	}
	at := float64(len(sorted)-1) * q
	return sorted[min(int(math.Ceil(at)), len(sorted)-1)] >= least
}

// withBounds returns the estimate as a lower bound if the q-quantile of values is one. It
// removes an upper limit that is among the bounds.
func (e estimate) withBounds(values []float64, q, least float64) estimate {
	if e.Value == nil || math.IsInf(least, 1) {
		return e
	}
	if isBound(slices.Sorted(slices.Values(values)), q, least) {
		return estimate{atLeast: e.Value}
	}
	if e.Hi != nil && *e.Hi >= least {
		e.Hi = nil
	}
	return e
}

// computeMeanLead returns the mean of the lead times, as a lower bound if more than a tenth of
// them are bounds.
func (s *sample) computeMeanLead() estimate {
	total := 0.0
	for _, l := range s.leads {
		total += l
	}
	mean := metric.Of(total / float64(len(s.leads)))
	if float64(s.clamped) > maxBounded*float64(len(s.leads)) {
		return estimate{atLeast: mean}
	}
	return estimate{Figure: metric.Figure{Value: mean}}
}

// explainBound gives the reason why a metric has no value if its estimate is a lower bound.
func (m *measurer) explainBound(mt *metric.Metric, e estimate, what string, bounded, of int) {
	if e.atLeast == nil {
		return
	}
	mt.Why = fmt.Sprintf("the %s is %s: %d of %d changes began more than %d days before their request was opened, "+
		"and count as at least that long",
		what, formatAtLeast(*e.atLeast), bounded, of, m.MaxCommitAge)
	mt.Next = "raise dora.max_commit_age_days in config.toml to measure them in full"
}

// countBounds counts the changes of people on one side of a comparison, and those of them whose
// lead time is a lower bound.
func (c *comparison) countBounds(of func(*unit) *totals) (bounded, all int) {
	for i := range c.units {
		s := of(&c.units[i])
		bounded, all = bounded+s.bounded, all+s.measured
	}
	return bounded, all
}

// explainUntestable returns the reason why the change of the lead time is not tested: more than
// a tenth of the values of one side are lower bounds, and their ranks are not reliable. It
// returns "" if the change can be tested.
func (c *comparison) explainUntestable() string {
	k1, n1 := c.countBounds(func(u *unit) *totals { return &u.now })
	k2, n2 := c.countBounds(func(u *unit) *totals { return &u.before })
	if float64(k1) <= maxBounded*float64(n1) && float64(k2) <= maxBounded*float64(n2) {
		return ""
	}
	return fmt.Sprintf("the change is not tested, because more than a tenth of the lead times are lower bounds: %d "+
		"of %d, and %d of %d before", k1, n1, k2, n2)
}

// medianLead returns the median lead time of deliveries. It returns false with fewer values
// than needed, or if the median is a lower bound.
func medianLead(leads []float64, least float64, needed int) (float64, bool) {
	if len(leads) < needed {
		return 0, false
	}
	slices.Sort(leads)
	return stat.Quantile(leads, 0.5), !isBound(leads, 0.5, least)
}

// formatAtLeast prints a duration as a lower bound, rounded down to two digits or whole
// units: "at least 14 days".
func formatAtLeast(seconds float64) string {
	for _, u := range [...]struct {
		length float64
		name   string
	}{{day, "days"}, {hour, "hours"}, {minute, "minutes"}, {1, "seconds"}} {
		n := seconds / u.length
		if n < 2 && u.length > 1 {
			continue
		}
		if n >= 10 {
			n = math.Floor(n + 1e-9)
		} else {
			n = math.Floor(n*10+1e-9) / 10
		}
		return "at least " + strconv.FormatFloat(n, 'f', -1, 64) + " " + u.name
	}
	return "at least 0 seconds"
}

// formatPercent prints a share with one decimal, if it has one: "8.5 %".
func formatPercent(share float64) string { return formatPercentNumber(share) + " %" }

func formatPercentNumber(share float64) string {
	return strings.TrimSuffix(strconv.FormatFloat(100*share, 'f', 1, 64), ".0")
}
