package impact

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// look is a period at whose end there was enough for a verdict.
type look struct {
	at    int     // period less the panel's first
	spent float64 // share of false claims that may have been made by then
}

const (
	// yearOfLooks is the number of periods of four weeks in a year.
	yearOfLooks = 13
	// laterYears is the alpha that each later year may add, as a share of the year before.
	laterYears = 0.2
)

// spentBy returns the probability of a false claim by the k-th period, from 1, since the first
// team adopted: 5 % within a year, growing with the square of k, because early looks see
// little. Each later year adds a fifth of the one before, in equal parts: 6 % within two years,
// 6.25 % ever.
func spentBy(k int) float64 {
	year, within := k/yearOfLooks, float64(k%yearOfLooks)/yearOfLooks
	if year == 0 {
		return (1 - confidence) * within * within
	}
	added := math.Pow(laterYears, float64(year))
	return (1 - confidence) * ((1-added)/(1-laterYears) + added*within)
}

// listLooks lists the looks so far: the periods since the first adoption at whose
// end the gates were passed, and always the last.
func (p *panel) listLooks(t *tally, labels []int) []look {
	first := math.MaxInt
	for _, g := range p.first {
		if g != 0 {
			first = min(first, g)
		}
	}
	var out []look
	for at := max(first, p.from); at <= p.last(); at++ {
		if at < p.last() {
			if c := t.countUpTo(p, labels, at); !c.isEnough() {
				continue
			}
		}
		out = append(out, look{at - p.from, spentBy(at - first + 1)})
	}
	return out
}

// chance has the estimates of permuted dates at every look, in standard errors:
// [permutation*looks + look], +Inf where nothing could be compared.
type chance struct {
	looks []look
	t     []float64
}

func newChance(looks []look, permutations int) *chance {
	return &chance{looks: looks, t: make([]float64, 0, permutations*len(looks))}
}

// addPermutation notes the looks of one permutation. The effect was fitted to the same
// teams, so what is left of them moves less than they did: a permutation of teams
// with their true effect taken out would show more, as Student's distribution of
// so many degrees of freedom does against the normal.
func (c *chance) addPermutation(l *loads, degrees float64) {
	scale := math.Sqrt((degrees + 1) / degrees)
	for _, k := range c.looks {
		t := math.Inf(1)
		switch {
		case math.IsInf(l.se[k.at], 1):
		case l.se[k.at] > 0:
			t = student(scale*l.simple[k.at]/l.se[k.at], degrees)
		case l.simple[k.at] == 0:
			t = 0
		}
		c.t = append(c.t, t)
	}
}

// valuesAt returns the estimates of all permutations at a look.
func (c *chance) valuesAt(look int) []float64 {
	out := make([]float64, 0, len(c.t)/len(c.looks))
	for i := look; i < len(c.t); i += len(c.looks) {
		out = append(out, c.t[i])
	}
	return out
}

// made counts the permutations that compare something at the last look.
func (c *chance) made() int {
	n := 0
	for _, t := range c.valuesAt(len(c.looks) - 1) {
		if !math.IsInf(t, 0) {
			n++
		}
	}
	return n
}

// judgeLastLook sets the p-value and the interval of the estimate at the last look.
func (c *chance) judgeLastLook(e *Effect, se float64) {
	last := c.valuesAt(len(c.looks) - 1)
	permutations := float64(len(last) + 1)
	t := e.Simple / se
	var beyond, below, above float64
	var finite []float64
	for _, v := range last {
		// A permutation that compares nothing cannot count against chance.
		nothing := math.IsInf(v, 0)
		if nothing || atLeast(math.Abs(v), math.Abs(t)) {
			beyond++
		}
		if nothing || v <= t+slack(t) {
			below++
		}
		if nothing || v >= t-slack(t) {
			above++
		}
		if !nothing {
			finite = append(finite, v)
		}
	}
	// Few noisy teams among many calm ones make permutations too narrow by chance:
	// p-values are at least the normal distribution's.
	e.Nominal = math.Max((1+beyond)/permutations, 2*stat.NormalCDF(-math.Abs(t)))
	e.Less = math.Max((1+below)/permutations, stat.NormalCDF(t))
	e.More = math.Max((1+above)/permutations, stat.NormalCDF(-t))
	e.Level = c.lastLevel()
	e.P = 1
	if e.Level > 0 {
		e.P = math.Min(1, math.Max(e.Nominal, e.Nominal*(1-confidence)/e.Level))
	}
	e.Interval = stat.Interval{Lo: math.Inf(-1), Hi: math.Inf(1)}
	e.SE, e.MDE = math.Inf(1), math.Inf(1)
	if len(finite) > 1 {
		slices.Sort(finite)
		const tail = (1 - confidence) / 2
		least := stat.NormalQuantile(1 - tail)
		e.Interval = stat.Interval{
			Lo: e.Simple - se*math.Max(least, stat.Quantile(finite, 1-tail)),
			Hi: e.Simple - se*math.Min(-least, stat.Quantile(finite, tail)),
		}
		e.SE = se * standardDeviation(finite)
		e.MDE = detectablePerSD * e.SE
	}
}

// lastLevel returns the largest p-value of a claim at the last look. Look by look it finds the
// threshold beyond which as many permutations lie, of those that no earlier look claimed, as
// the share to be spent by then allows.
func (c *chance) lastLevel() float64 {
	permutations := len(c.t) / len(c.looks)
	claimed, used := make([]bool, permutations), 0
	level := 0.0
	for k, l := range c.looks {
		t := c.valuesAt(k)
		allowed := int(math.Floor(l.spent*float64(permutations+1)+1e-9)) - 1
		if allowed < 0 {
			level = 0
			continue
		}
		claims := beyondOf(t, claimed, allowed-used)
		beyond := 0
		for i, v := range t {
			if claims(math.Abs(v)) {
				beyond++
				if !claimed[i] {
					claimed[i] = true
					used++
				}
			}
		}
		level = float64(1+beyond) / float64(permutations+1)
	}
	return level
}

// beyondOf returns the rule that at most n of the unclaimed permutations meet:
// at least as far from 0 as the n-th of them, or farther than all.
func beyondOf(t []float64, claimed []bool, n int) func(float64) bool {
	var open []float64
	for i, v := range t {
		if !claimed[i] {
			open = append(open, math.Abs(v))
		}
	}
	slices.Sort(open)
	slices.Reverse(open)
	// Those that tie with the first that may not claim may not either.
	if n >= len(open) {
		return func(float64) bool { return true }
	}
	limit := open[max(0, n)]
	return func(v float64) bool { return v > limit }
}

// atLeast returns a ≥ b but for rounding: a permutation that moves dates only within a cohort
// must count as equal, in whatever order its terms were added.
func atLeast(a, b float64) bool { return a >= b-slack(b) }

// slack returns the error that rounding may cause in a number.
func slack(b float64) float64 { return 1e-10 * math.Max(1e-300, math.Abs(b)) }
