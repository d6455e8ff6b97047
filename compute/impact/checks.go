package impact

import "math"

// checkLevel is the p-value at which a check fails.
const checkLevel = 0.05

// Check is one look at whether the comparison was fair.
type Check struct {
	Name   string
	Value  float64 // the largest deviation, in the units of Y
	P      float64 // by the permutations; 1 if it could not be made
	Passed bool
	Note   string // what was looked at, or why it could not be
}

// Assessment is an effect with the checks that let it be believed.
type Assessment struct {
	Effect Effect
	Checks []Check
	// Sensitivity is the headline by the length of the anticipation assumed, 0, 1
	// and 2 periods, over the cohorts that allow all three.
	Sensitivity map[int]float64
}

// Assess estimates the effect and checks it:
//
//   - pre-period: the differences in the periods up to adoption, the last four
//     of them, are no larger than chance makes them;
//   - placebo date: with adoption dated back to the period before anticipation,
//     and everything after left out, there is no effect;
//   - anticipation: assuming 0, 1 or 2 affected periods before adoption gives
//     the same effect.
//
// Each compares what was seen with permutations of the adoption dates over the
// outcomes less the effect, and fails at p ≤ 0.05: about one fair comparison in
// eight fails one of the three, the price of not crediting an unfair one. A
// check that the panel is too short for passes with a note: the gates of Judge
// see to the length.
func Assess(rows []Row, o Options) (Assessment, error) {
	p, err := newPanel(rows, o)
	if err != nil {
		return Assessment{}, err
	}
	effect, err := p.estimate(o)
	if err != nil {
		return Assessment{}, err
	}
	a := Assessment{Effect: effect}
	p.check(&a, o)
	return a, nil
}

// check makes all checks in one run of permutations.
func (p *panel) check(a *Assessment, o Options) {
	families, cells := p.plan(o.Anticipation)
	d := newDesign(p, o.NotYetTreated, cells)
	observed := newTally(d, p.differences(d, p.y))
	labels := p.labels(d)
	observed.assign(labels)
	tests := make([]*familyTest, len(families))
	for i, f := range families {
		tests[i] = newFamilyTest(observed, f)
	}
	residual := newTally(d, p.differences(d, p.without(a.Effect.Simple)))
	shuffler := newShuffler(o.Seed, labels)
	for range o.permutations() {
		residual.assign(shuffler.next())
		for _, test := range tests {
			test.permuted(residual)
		}
	}
	for _, test := range tests {
		a.Checks = append(a.Checks, test.result())
	}
	a.Sensitivity = make(map[int]float64)
	for anticipation, s := range anticipationSets {
		if att, ok := observed.mean(0, d.in(s)); ok {
			a.Sensitivity[anticipation] = att
		}
	}
}

// familyTest holds several contrasts that must all be 0 and tests them as one:
// by the largest of them in standard deviations of its own permutations.
type familyTest struct {
	family family
	tested []testedContrast
}

type testedContrast struct {
	cells, less []int
	value       float64
	noise       []float64 // by permutation; NaN where nothing could be compared
}

// newFamilyTest leaves out the contrasts that can not be made.
func newFamilyTest(observed *tally, f family) *familyTest {
	test := &familyTest{family: f}
	for _, c := range f.contrasts {
		tested := testedContrast{cells: observed.design.in(c.set), less: observed.design.in(c.less)}
		var ok bool
		if tested.value, ok = tested.in(observed); ok {
			test.tested = append(test.tested, tested)
		}
	}
	return test
}

// in is the contrast under the assignment of a tally.
func (c *testedContrast) in(t *tally) (value float64, ok bool) {
	value, ok = t.mean(0, c.cells)
	if ok && len(c.less) > 0 {
		var other float64
		other, ok = t.mean(0, c.less)
		value -= other
	}
	return value, ok
}

// permuted notes the contrasts under one permutation.
func (f *familyTest) permuted(t *tally) {
	for i := range f.tested {
		value, ok := f.tested[i].in(t)
		if !ok {
			value = math.NaN()
		}
		f.tested[i].noise = append(f.tested[i].noise, value)
	}
}

// result is the check: its p is the share of permutations whose largest
// deviation is at least as large as the one observed.
func (f *familyTest) result() Check {
	check := Check{Name: f.family.name, P: 1, Passed: true, Note: f.family.looksAt}
	if len(f.tested) == 0 {
		check.Note = "not made: too few periods before adoption"
		return check
	}
	permutations := len(f.tested[0].noise)
	largest := make([]float64, permutations)
	observed := 0.0
	for _, c := range f.tested {
		sd := deviationFromZero(c.noise)
		if scaled := math.Abs(c.value) / sd; scaled >= observed {
			observed, check.Value = scaled, c.value
		}
		for i, v := range c.noise {
			if math.IsNaN(v) {
				v = math.Inf(1) // compares nothing: says nothing against chance
			}
			largest[i] = math.Max(largest[i], math.Abs(v)/sd)
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

// deviationFromZero is the root mean square of the numbers among x, and never 0:
// a panel without any noise has deviations of rounding size only.
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
