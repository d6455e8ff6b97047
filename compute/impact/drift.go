package impact

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// Drift is the movement of adopters, before any effect could have begun, relative to the teams
// that never adopt. It also has the effect that the drift would have given if it had continued.
type Drift struct {
	// Slope is the change per period, over all periods up to the base; P is its two-sided
	// p-value.
	Slope, P float64
	// Extrapolated is the effect that the slope alone would have given.
	Extrapolated float64
	// Periods is the number of periods before adoption behind the slope. Fewer than 3 give no slope.
	Periods int
	// Breakdown is a multiple of the largest step between neighbouring periods before the base.
	// If every later step were that large and in the same direction, the interval would just
	// exclude 0. It is 0 if the interval does not exclude 0, and +Inf without any step (Rambachan and Roth 2023, relative magnitudes).
	Breakdown float64
}

// minSlopePeriods is the fewest periods, with the base, that define a slope.
const minSlopePeriods = 3

// slopeTest is the slope of the differences before the base: a sum of effects in cells, each
// times a weight that the actual dates determine.
type slopeTest struct {
	cells   []int
	weights []float64
	value   float64
	noise   []float64
	periods int
}

// newSlopeTest fits one line per cohort to its differences up to the base, where the difference
// is 0 by definition, and pools the slopes by their precision.
func newSlopeTest(p *panel, observed *tally) *slopeTest {
	s := &slopeTest{}
	cohorts := map[int][]int{}
	for _, i := range observed.design.cellsInSet(beforeBase) {
		if c := observed.design.cells[i]; observed.isEstimable(i) {
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
		if t.isEstimable(i) {
			slope += s.weights[k] * t.cellEffect(i)
		}
	}
	return slope
}

// toDrift returns the result. errorRatio scales the noise of the permutations.
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

// meanExposure returns the average number of periods from the base to an effect, over the
// effects in the headline.
func meanExposure(t *tally) float64 {
	var sum, weights float64
	for _, i := range t.design.cellsInSet(sharedBase) {
		if c := t.design.cells[i]; isEffect(c) && t.isEstimable(i) {
			sum += t.treatedWeight[i] * float64(c.t-c.base)
			weights += t.treatedWeight[i]
		}
	}
	if weights == 0 {
		return 0
	}
	return sum / weights
}

// breakdownFactor returns the value of Drift.Breakdown.
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
