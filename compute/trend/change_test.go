package trend

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// metricOf is a value after an earlier one, each with its interval; NaN is none.
func metricOf(u metric.Unit, was, wasLo, wasHi, now, lo, hi float64) metric.Metric {
	return metric.Metric{
		Unit: u, Figure: metric.NewFigure(now, stat.Interval{Lo: lo, Hi: hi}),
		Was: &metric.Was{Figure: metric.NewFigure(was, stat.Interval{Lo: wasLo, Hi: wasHi})},
	}
}

// The change printed beside two values is theirs, and so is its interval.
func TestPrinted(t *testing.T) {
	none := math.NaN()
	for _, c := range []struct {
		name     string
		m        metric.Metric
		trend    *metric.Trend
		want     float64 // NaN: no change
		lo, hi   float64 // NaN: no limit
		relative bool
	}{
		// ln 1.3 ± √(ln² 1.1 + ln² 1.05), by hand.
		{"a rate", metricOf(metric.PerDay, 4, 4/1.05, 4*1.05, 5.2, 5.2/1.1, 5.2*1.1), nil, .3, 1.3*math.Exp(-.10706556) - 1, 1.3*math.Exp(.10706556) - 1, true},
		// Newcombe's own example II of method 10 with 5/56 and 0/29: −.0381 to .1926.
		{"shares: Newcombe 1998", metricOf(metric.Share, 0, 0, .11697156, 5./56, .03874, .19258), nil, .0892857, -.0381, .1926, false},
		{"nothing before", metricOf(metric.PerDay, 0, 0, 1, 2, 1, 3), nil, none, none, none, false},
		{"nothing now", metricOf(metric.PerDay, 2, 1, 4, 0, 0, .5), nil, -1, -1, -.5, true},
		{"no interval on either", metricOf(metric.Number, 4, none, none, 5, none, none), nil, .25, none, none, true},
		{"no upper limit now", metricOf(metric.Seconds, 100, 50, 200, 100, 50, none), nil, 0, math.Exp(-math.Ln2*math.Sqrt2) - 1, none, true},
		{"below zero: a difference", metricOf(metric.Number, -2, none, none, 3, none, none), nil, 5, none, none, false},
		{"points: their intervals are of a level", metricOf(metric.Points, 34, 20, 48, 42, 30, 54), nil, 8, none, none, false},
		{"the test's interval where it is the same estimate", metricOf(metric.Points, 34, 20, 48, 42, 30, 54), &metric.Trend{Change: 8, Range: metric.Range{Lo: -3, Hi: 19}}, 8, -3, 19, false},
		{"another estimate keeps its interval", metricOf(metric.Number, 4, none, none, 5, none, none), &metric.Trend{Change: .31, Range: metric.Range{Lo: .28, Hi: .33}, Relative: true}, .25, none, none, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.m.Trend = c.trend
			list := []metric.Metric{c.m}
			SetChanges(list)
			got := list[0].Change
			if got == nil {
				if !math.IsNaN(c.want) {
					t.Errorf("%s: no change, want %g", c.name, c.want)
				}
				return
			}
			if math.Abs(got.Value-c.want) > 1e-6 || got.Relative != c.relative || !isNear(got.Lo, c.lo) || !isNear(got.Hi, c.hi) {
				t.Errorf("%s: %g (relative %v), %v to %v; want %g, %g to %g", c.name, got.Value, got.Relative, value(got.Lo), value(got.Hi), c.want, c.lo, c.hi)
			}
		})
	}
}

func value(v *float64) float64 {
	if v == nil {
		return math.NaN()
	}
	return *v
}

func isNear(got *float64, want float64) bool {
	if got == nil || math.IsNaN(want) {
		return got == nil && math.IsNaN(want)
	}
	return math.Abs(*got-want) < 1e-4
}

// The interval covers the true change of two weekly rates in bursts.
func TestPrintedCovers(t *testing.T) {
	const seeds = 400
	for _, truth := range []float64{1, 1.3, .5} {
		covered := 0
		for seed := range uint64(seeds) {
			r := rand.New(rand.NewPCG(seed, 9))
			weeks := func(mean float64) []float64 {
				out := make([]float64, 8)
				for i := range out {
					out[i] = float64(poisson(r, mean*math.Exp(.3*r.NormFloat64()-.045)))
				}
				return out
			}
			b, _, bi := stat.QuasiPoissonRate(weeks(20), .95)
			a, _, ai := stat.QuasiPoissonRate(weeks(20*truth), .95)
			list := []metric.Metric{metricOf(metric.PerWeek, b, bi.Lo, bi.Hi, a, ai.Lo, ai.Hi)}
			SetChanges(list)
			if c := list[0].Change; *c.Lo <= truth-1 && truth-1 <= *c.Hi {
				covered++
			}
		}
		if share := float64(covered) / seeds; share < .93 {
			t.Errorf("a ratio of %g: covered in %.3f of %d", truth, share, seeds)
		}
	}
}

// poisson draws a count by Knuth's product of uniforms.
func poisson(r *rand.Rand, mean float64) int {
	limit, product, n := math.Exp(-mean), r.Float64(), 0
	for product > limit {
		product *= r.Float64()
		n++
	}
	return n
}
