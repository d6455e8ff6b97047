// Package trend decides which claims a tested change allows.
//
// A family of metrics tests a change with package stat and passes the estimate, its interval
// and p to Ratio or Difference. When all tests of a page exist, Settle corrects them for their
// number and sets their outcomes. The four outcomes and their thresholds are the same for every
// number on the site:
//
//   - changed: beyond chance over a year of weekly looks, and at least the smallest
//     effect of interest. Only this outcome draws an arrow.
//   - about the same: the whole interval is within ± that effect
//   - worth watching: q ≤ 5 % at this look alone
//   - not enough data: none of these
package trend

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Level is the accepted share of false claims among all claims of a family of cells.
const Level = 0.05

// Sesoi has the smallest effects of interest. A change that is surely smaller is "about the
// same", and a change whose estimate is smaller draws no arrow.
type Sesoi struct {
	Ratio  float64 // sesoi.default_percent, for changes compared as a ratio: 0.1 is 10 %
	Share  float64 // sesoi.failure_rate_points, for shares: 0.02 is two points
	Points float64 // sesoi.nps_points, in points of the NPS
}

// Defaults returns the smallest effects that apply without a setting.
func Defaults() Sesoi { return Sesoi{Ratio: 0.10, Share: 0.02, Points: 5} }

// Ratio returns the tested change of a value compared as a ratio, after ÷ before; iv is the
// interval of that ratio. It returns nil if no ratio exists, because the value before is 0.
// Until Settle runs, q is p.
func Ratio(point float64, iv stat.Interval, p, sesoi float64, better metric.Direction) *metric.Trend {
	if point < 0 || math.IsInf(point, 0) || math.IsNaN(point) {
		return nil
	}
	t := &metric.Trend{Change: point - 1, Relative: true, Sesoi: sesoi, Better: better, P: p, Q: p}
	logs := stat.Interval{Lo: math.Log(iv.Lo), Hi: math.Log(iv.Hi)}
	if iv.Lo >= 0 && !math.IsInf(iv.Hi, 1) {
		t.Lo, t.Hi, t.Bounded = iv.Lo-1, iv.Hi-1, true
		if d := stat.Detectable(logs); !math.IsInf(d, 1) {
			t.Detectable = math.Expm1(d)
		}
	}
	t.Outcome = classify(t)
	return t
}

// LogRatio returns Ratio for an estimate and an interval on the logarithmic scale, the result
// of tests of durations.
func LogRatio(shift float64, iv stat.Interval, p, sesoi float64, better metric.Direction) *metric.Trend {
	return Ratio(math.Exp(shift), stat.Interval{Lo: math.Exp(iv.Lo), Hi: math.Exp(iv.Hi)}, p, sesoi, better)
}

// Difference returns the tested change of a value compared by subtraction, after − before:
// shares (0.01 is a point) or points of the NPS. It returns nil if the estimate is not a
// number. Until Settle runs, q is p.
func Difference(point float64, iv stat.Interval, p, sesoi float64, better metric.Direction) *metric.Trend {
	if math.IsInf(point, 0) || math.IsNaN(point) {
		return nil
	}
	t := &metric.Trend{Change: point, Sesoi: sesoi, Better: better, P: p, Q: p}
	if d := stat.Detectable(iv); !math.IsInf(d, 1) {
		t.Lo, t.Hi, t.Bounded, t.Detectable = iv.Lo, iv.Hi, true, d
	}
	t.Outcome = classify(t)
	return t
}

// NoClaim returns a change of that ratio without a claim, because there are too few cases for
// its test. It returns nil if no ratio exists.
func NoClaim(point, sesoi float64, better metric.Direction) *metric.Trend {
	return Ratio(point, stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}, 1, sesoi, better)
}

// classify returns the outcome by this look alone.
func classify(t *metric.Trend) metric.Outcome {
	switch {
	case t.HasLimits() && t.Lo >= -t.Sesoi && t.Hi <= t.Sesoi:
		return metric.AboutTheSame
	case t.Q <= Level:
		return metric.WorthWatching
	}
	return metric.NotEnoughData
}
