package impact

import (
	"fmt"
	"math"
)

const (
	// checkLevel is the largest p-value of a failed check of the last periods, and slopeLevel
	// the largest of a failed check of the drift over all periods.
	checkLevel = 0.005
	slopeLevel = 0.10
	// maxNoiseRatio is the ratio of noise above which no effect is attributed.
	maxNoiseRatio = 2.0
	notMade       = "not made: too few periods before adoption"
)

// Check is one test of whether the comparison was fair.
type Check struct {
	Name   string
	Value  float64 // the largest deviation, in the units of Y; for noise, the ratio
	P      float64 // by permutations; 1 if the check could not be made or has no p-value
	Passed bool
	Note   string // the comparison that was checked, or the reason for no check
}

// Assessment is an effect with the checks of its comparison.
type Assessment struct {
	Effect Effect
	Checks []Check
	// Events are the effects by periods since adoption, in order. All have the same base, which
	// is left out.
	Events []Event
	Drift  Drift
	// Sensitivity is the headline by the assumed length of anticipation, 0, 1 and 2 periods,
	// over the cohorts that allow all three.
	Sensitivity map[int]float64
}

// Assess estimates the effect and checks it:
//
//   - noise: adopters and the teams compared with are about equally noisy, within a
//     factor of two;
//   - slope: over all periods up to the base, adopters did not drift away from
//     the others, p > 0.10;
//   - extrapolation: the effect is larger than the effect that this drift alone would
//     have given, whatever its p-value;
//   - pre-period: the differences in the last four periods up to adoption are not
//     larger than chance allows;
//   - placebo date: with adoption dated back to the period before anticipation,
//     and all later periods left out, no effect is found;
//   - anticipation: with 0, 1 or 2 affected periods assumed before adoption, the
//     effect is the same.
//
// Each check compares the observed value with permutations of the adoption dates over the
// outcomes minus the effect. The last three fail at p ≤ 0.005: they detect adoption after a bad
// month, which is a large deviation, and so they refuse few fair comparisons. If the panel is
// too short for a check, it passes with a note: the gates of Judge require enough periods.
func Assess(rows []Row, o Options) (Assessment, error) {
	p, err := newPanel(rows, o)
	if err != nil {
		return Assessment{}, err
	}
	i, err := p.newInference(o)
	if err != nil {
		return Assessment{}, err
	}
	a := Assessment{Effect: i.effect}
	p.runChecks(&a, &i, o)
	return a, nil
}

// runChecks makes all checks and events in one run of permutations.
func (p *panel) runChecks(a *Assessment, i *inference, o Options) {
	families, cells := p.planFamilies(o.Anticipation)
	d := newDesign(p, o.NotYetTreated, p.keepComparable(o, cells))
	observed := newTally(d, p.newObservations(d, p.y))
	labels := p.labelTeams(d)
	observed.assign(labels)
	tests := make([]*familyTest, len(families))
	for k, f := range families {
		tests[k] = newFamilyTest(observed, f)
	}
	slope, events := newSlopeTest(p, observed), newEventTests(observed, labels)
	residual := newTally(d, p.newObservations(d, i.residual))
	shuffler := newShuffler(o.Seed, labels)
	for range o.permutationCount() {
		residual.assign(shuffler.next())
		for _, test := range tests {
			test.addPermutation(residual)
		}
		slope.noise = append(slope.noise, slope.slopeUnder(residual))
		for _, e := range events {
			e.addPermutation(residual)
		}
	}
	for _, e := range events {
		a.Events = append(a.Events, e.toEvent(i.errorRatio))
	}
	a.Drift = slope.toDrift(observed, i.errorRatio)
	a.Drift.Breakdown = breakdownFactor(a.Events, i.effect.Interval, meanExposure(observed), -1-o.Anticipation)
	a.Checks = append(a.Checks, noiseCheck(i.effect.NoiseRatio), slopeCheck(&a.Drift),
		extrapolationCheck(&a.Drift, i.effect.Simple))
	for _, test := range tests {
		a.Checks = append(a.Checks, test.toCheck(i.errorRatio))
	}
	a.Sensitivity = make(map[int]float64)
	for anticipation, s := range anticipationSets {
		if att, ok := observed.meanEffect(d.cellsInSet(s)); ok {
			a.Sensitivity[anticipation] = att
		}
	}
}

// The names of the checks.
const (
	NoiseCheck         = "noise"
	SlopeCheck         = "slope"
	ExtrapolationCheck = "extrapolation"
	PrePeriodCheck     = "pre-period"
	PlaceboCheck       = "placebo date"
	AnticipationCheck  = "anticipation"
)

// noiseCheck fails if adopters and the others are not equally noisy.
func noiseCheck(ratio float64) Check {
	c := Check{Name: NoiseCheck, Value: ratio, P: 1, Passed: ratio <= maxNoiseRatio && ratio >= 1/maxNoiseRatio}
	who, times := "adopters’ weeks are", ratio
	if ratio < 1 {
		who, times = "the weeks of the teams compared with are", 1/ratio
	}
	c.Note = fmt.Sprintf("%s %.1f times as noisy", who, times)
	return c
}

// slopeCheck fails if adopters drifted before adoption.
func slopeCheck(d *Drift) Check {
	if d.Periods == 0 {
		return Check{Name: SlopeCheck, P: 1, Passed: true, Note: notMade}
	}
	return Check{
		Name: SlopeCheck, Value: d.Slope, P: d.P, Passed: d.P > slopeLevel,
		Note: "the drift of adopters against the others before adoption",
	}
}

// extrapolationCheck fails if the drift alone would have given the effect.
func extrapolationCheck(d *Drift, effect float64) Check {
	if d.Periods == 0 {
		return Check{Name: ExtrapolationCheck, P: 1, Passed: true, Note: notMade}
	}
	return Check{
		Name: ExtrapolationCheck, Value: d.Extrapolated, P: 1,
		Passed: d.Extrapolated*effect <= 0 || math.Abs(effect) > math.Abs(d.Extrapolated),
		Note:   "the drift before adoption, continued, is as large as the effect",
	}
}

// familyTest tests several contrasts, all 0 in a fair comparison, as one: by the largest of
// them in standard deviations of its own permutations.
type familyTest struct {
	family family
	tested []testedContrast
}

type testedContrast struct {
	cells, less []int
	value       float64
	noise       []float64 // by permutation; NaN if nothing could be compared
}

// newFamilyTest returns the test of a family, without the contrasts that cannot be computed.
func newFamilyTest(observed *tally, f family) *familyTest {
	test := &familyTest{family: f}
	for _, c := range f.contrasts {
		tested := testedContrast{cells: observed.design.cellsInSet(c.set), less: observed.design.cellsInSet(c.minus)}
		var ok bool
		if tested.value, ok = tested.contrastUnder(observed); ok {
			test.tested = append(test.tested, tested)
		}
	}
	return test
}

// contrastUnder returns the contrast under the assignment of a tally; ok is false if it cannot
// be computed.
func (c *testedContrast) contrastUnder(t *tally) (value float64, ok bool) {
	value, ok = t.meanEffect(c.cells)
	if ok && len(c.less) > 0 {
		var other float64
		other, ok = t.meanEffect(c.less)
		value -= other
	}
	return value, ok
}

// addPermutation records the contrasts under one permutation.
func (f *familyTest) addPermutation(t *tally) {
	for i := range f.tested {
		value, ok := f.tested[i].contrastUnder(t)
		if !ok {
			value = math.NaN()
		}
		f.tested[i].noise = append(f.tested[i].noise, value)
	}
}

// toCheck returns the check. Its p is the share of permutations whose largest deviation is at
// least as large as the observed one.
func (f *familyTest) toCheck(unlike float64) Check {
	check := Check{Name: f.family.name, P: 1, Passed: true, Note: f.family.looksAt}
	if len(f.tested) == 0 {
		check.Note = notMade
		return check
	}
	permutations := len(f.tested[0].noise)
	largest := make([]float64, permutations)
	observed := 0.0
	for _, c := range f.tested {
		sd := unlike * deviationFromZero(c.noise)
		if scaled := math.Abs(c.value) / sd; scaled >= observed {
			observed, check.Value = scaled, c.value
		}
		for i, v := range c.noise {
			if math.IsNaN(v) {
				v = math.Inf(1) // a permutation without a comparison counts as extreme, which is cautious
			}
			largest[i] = math.Max(largest[i], unlike*math.Abs(v)/sd)
		}
	}
	beyond := 0
	for _, v := range largest {
		if atLeast(v, observed) {
			beyond++
		}
	}
	check.P = float64(1+beyond) / float64(1+permutations)
	check.Passed = check.P > checkLevel
	return check
}

// deviationFromZero returns the root mean square of the numbers in x, without NaN. It is never
// 0: in a panel without noise, deviations are as small as rounding.
func deviationFromZero(x []float64) float64 {
	squares, n := 0.0, 0
	for _, v := range x {
		if !math.IsNaN(v) {
			squares += v * v
			n++
		}
	}
	return math.Max(1e-9, math.Sqrt(squares/float64(max(1, n))))
}
