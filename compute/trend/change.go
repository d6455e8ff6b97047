package trend

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// SetChanges sets the change of each metric's value against the earlier value printed beside
// it, with its interval. If a test estimated the same change, the interval is that of the test.
func SetChanges(list []metric.Metric) {
	for i := range list {
		list[i].Change = changeSince(&list[i])
	}
}

// changeSince returns the change of a metric's value against the earlier one; nil if either is
// missing or the earlier one is 0 and has no ratio.
func changeSince(m *metric.Metric) *metric.Change {
	if m.Value == nil || m.Was == nil || m.Was.Value == nil {
		return nil
	}
	now, was := *m.Value, *m.Was.Value
	c := &metric.Change{Value: now - was}
	before, after := intervalFrom(m.Was.Lo, m.Was.Hi), intervalFrom(m.Lo, m.Hi)
	iv := stat.DifferenceOfEstimates(was, now, before, after)
	if m.Unit == metric.Points { // the intervals are for the people asked; a change is not
		iv = stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	}
	if m.Unit != metric.Share && m.Unit != metric.Points && now >= 0 && was >= 0 {
		if was == 0 {
			return nil
		}
		c.Value, c.Relative = now/was-1, true
		iv = stat.RatioOfEstimates(was, now, before, after)
		iv.Lo, iv.Hi = iv.Lo-1, iv.Hi-1
	}
	if t := m.Trend; t != nil && t.Relative == c.Relative && math.Abs(t.Change-c.Value) <= 1e-9*math.Max(1,
		math.Abs(c.Value)) {
		iv = stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
		if t.HasLimits() {
			iv = stat.Interval{Lo: t.Lo, Hi: t.Hi}
		}
	}
	hasLimits := m.Lo != nil || m.Hi != nil || m.Was.Lo != nil || m.Was.Hi != nil
	if hasLimits && !(c.Relative && iv.Lo <= -1 && math.IsInf(iv.Hi, 1)) {
		c.Limits = metric.NewLimits(iv)
	}
	return c
}

// intervalFrom returns an interval; a nil end becomes infinite.
func intervalFrom(lo, hi *float64) stat.Interval {
	iv := stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	if lo != nil {
		iv.Lo = *lo
	}
	if hi != nil {
		iv.Hi = *hi
	}
	return iv
}
