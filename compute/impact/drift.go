package impact

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// Drift is how adopters moved against those that never adopt before anything could have
// begun, and what it would have made of the effect had it gone on.
type Drift struct {
	// Slope is the change per period, over all periods up to the base; P is its
	// two-sided p-value.
	Slope, P float64
	// Extrapolated is the effect that the slope alone would have given.
	Extrapolated float64
	// Periods is how many periods before adoption it rests on; fewer than 3, and no slope
	// exists.
	Periods int
	// Breakdown is how many times the largest step between neighbouring periods
	// before the base the steps after it, all in the same direction, could have
	// been and the interval still exclude 0; 0 if it does not exclude it, +Inf if
	// there was no step (Rambachan and Roth 2023, relative magnitudes).
	Breakdown float64
}

// minSlopePeriods is the fewest periods, with the base, that make a slope.
const minSlopePeriods = 3

// slopeTest is the slope of the differences before the base: a sum of effects in
// cells, each times a weight that is fixed by the dates as they are.
type slopeTest struct {
	cells   []int
	weights []float64
	value   float64
	noise   []float64
	periods int
}

// newSlopeTest fits one line per cohort to its differences up to the base, where
// the difference is 0 by definition, and pools the slopes by their precision.
func newSlopeTest(p *panel, observed *tally) *slopeTest {
	s := &slopeTest{}
	cohorts := map[int][]int{}
	for _, i := range observed.design.cellsOf(beforeBase) {
		if c := observed.design.cells[i]; observed.estimable(i) {
			cohorts[c.g] = append(cohorts[c.g], i)
		}
	}
	squares := 0.0
	for _, g := range p.listCohorts() {
		cells := cohorts[g]
		if len(cells)+1 < minSlopePeriods {
			continue
		}
		s.periods = max(s.periods, len(cells)+1)
		mean, teams := float64(observed.design.cells[cells[0]].base), 0.0
		for _, i := range cells {
			mean += float64(observed.design.cells[i].t)
			teams += observed.treatedWeight[i] / float64(len(cells))
		}
		mean /= float64(len(cells) + 1)
		squares += teams * square(float64(observed.design.cells[cells[0]].base)-mean)
		for _, i := range cells {
			away := float64(observed.design.cells[i].t) - mean
			squares += teams * away * away
			s.cells, s.weights = append(s.cells, i), append(s.weights, teams*away)
		}
	}
	for i := range s.weights {
		s.weights[i] /= squares
	}
	s.value = s.slopeUnder(observed)
	return s
}

func square(x float64) float64 { return x * x }

// slopeUnder returns the slope under the assignment of a tally.
func (s *slopeTest) slopeUnder(t *tally) float64 {
	slope := 0.0
	for k, i := range s.cells {
		if t.estimable(i) {
			slope += s.weights[k] * t.cellEffect(i)
		}
	}
	return slope
}

// toDrift returns the result, with noise of permutations scaled by unlike.
func (s *slopeTest) toDrift(observed *tally, unlike float64) Drift {
	d := Drift{Slope: s.value, P: 1, Periods: s.periods}
	if len(s.cells) == 0 {
		return d
	}
	beyond := 0
	for _, v := range s.noise {
		if atLeast(unlike*math.Abs(v), math.Abs(s.value)) {
			beyond++
		}
	}
	d.P = float64(1+beyond) / float64(1+len(s.noise))
	d.Extrapolated = s.value * meanExposure(observed)
	return d
}

// meanExposure returns how many periods after their base the effects are seen, on average over
// the effects in the headline.
func meanExposure(t *tally) float64 {
	var sum, weights float64
	for _, i := range t.design.cellsOf(sharedBase) {
		if c := t.design.cells[i]; isEffect(c) && t.estimable(i) {
			sum += t.treatedWeight[i] * float64(c.t-c.base)
			weights += t.treatedWeight[i]
		}
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}

// breakdownFactor returns Drift.Breakdown.
func breakdownFactor(events []Event, interval stat.Interval, exposure float64, base int) float64 {
	margin := math.Max(interval.Lo, -interval.Hi)
	if margin <= 0 {
		return 0
	}
	steepest, before, have := 0.0, 0.0, false
	last := math.MinInt
	step := func(at int, value float64) {
		if have && at == last+1 {
			steepest = math.Max(steepest, math.Abs(value-before))
		}
		before, last, have = value, at, true
	}
	for _, e := range events {
		if e.Periods < base {
			step(e.Periods, e.ATT)
		}
	}
	step(base, 0)
	return margin / (steepest * exposure)
}
