package trend

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Simultaneous returns the range of each change, widened for the number of changes that have
// limits: if nothing changed, all of these ranges contain "no change" at once in 95 of 100
// cases (Bonferroni). Ratios are widened on the logarithmic scale, and each side by the ratio of
// the normal quantiles. An element is nil for a change without limits.
func Simultaneous(trends []*metric.Trend) []*metric.Range {
	looks := 0
	for _, t := range trends {
		if t != nil && t.HasLimits() {
			looks++
		}
	}
	out := make([]*metric.Range, len(trends))
	if looks == 0 {
		return out
	}
	k := stat.NormalQuantile(1-Level/2/float64(looks)) / stat.NormalQuantile(1-Level/2)
	for i, t := range trends {
		if t != nil && t.HasLimits() {
			out[i] = widen(t, k)
		}
	}
	return out
}

// widen multiplies the distance of both limits from the estimate by k.
func widen(t *metric.Trend, k float64) *metric.Range {
	if !t.Relative {
		return &metric.Range{
			Lo: math.Max(-1, t.Change-k*(t.Change-t.Lo)),
			Hi: math.Min(1, t.Change+k*(t.Hi-t.Change)),
		}
	}
	at, lo, hi := math.Log1p(t.Change), math.Log1p(t.Lo), math.Log1p(t.Hi)
	if math.IsInf(at, -1) { // nothing is left: the ratio has no lower side
		return &metric.Range{Lo: -1, Hi: math.Expm1(k * hi)}
	}
	return &metric.Range{Lo: math.Expm1(at - k*(at-lo)), Hi: math.Expm1(at + k*(hi-at))}
}
