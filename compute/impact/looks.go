package impact

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// look is a period that ended with enough data for a verdict.
type look struct {
	at    int     // period minus the panel's first
	spent float64 // cumulative probability of a false claim, up to this look
}

const (
	// periodsPerYear is the number of periods of four weeks in a year.
	periodsPerYear = 13
	// laterYearShare is the alpha of each later year, as a share of the year before.
	laterYearShare = 0.2
)

// spentBy returns the cumulative probability of a false claim up to the k-th period, from 1,
// since the first team adopted. It is 5 % within a year and grows with the square of k, because
// early looks have little data. Each later year adds a fifth of the year before, in equal
// parts: 6 % within two years, 6.25 % in the limit.
func spentBy(k int) float64 {
	year, within := k/periodsPerYear, float64(k%periodsPerYear)/periodsPerYear
	if year == 0 {
		return (1 - confidence) * within * within
	}
	added := math.Pow(laterYearShare, float64(year))
	return (1 - confidence) * ((1-added)/(1-laterYearShare) + added*within)
}

// listLooks lists the looks so far: the periods since the first adoption that ended with all
// gates passed, and always the last period.
func (p *panel) listLooks(t *tally, labels []int) []look {
	first := math.MaxInt
	for _, g := range p.first {
		if g != 0 {
			first = min(first, g)
		}
	}
	var out []look
	for at := max(first, p.from); at <= p.lastPeriod(); at++ {
		if at < p.lastPeriod() {
			if c := t.countUpTo(p, labels, at); !c.isEnough() {
				continue
			}
		}
		out = append(out, look{at - p.from, spentBy(at - first + 1)})
	}
	return out
}

// chance has the estimates of permuted dates at every look, in standard errors:
// [permutation*looks + look], +Inf if nothing could be compared.
type chance struct {
	looks []look
	t     []float64
}

func newChance(looks []look, permutations int) *chance {
	return &chance{looks: looks, t: make([]float64, 0, permutations*len(looks))}
}

// addPermutation records the looks of one permutation. The effect was fitted to the same teams,
// so their residuals vary less than their true noise. The estimates are therefore widened as
// Student's distribution with that many degrees of freedom is wider than the normal.
func (c *chance) addPermutation(l *lookErrors, degrees float64) {
	scale := math.Sqrt((degrees + 1) / degrees)
	for _, k := range c.looks {
		t := math.Inf(1)
		switch {
		case math.IsInf(l.se[k.at], 1):
		case l.se[k.at] > 0:
			t = scaleToStudent(scale*l.simple[k.at]/l.se[k.at], degrees)
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

// countComparable counts the permutations with a comparison at the last look.
func (c *chance) countComparable() int {
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
		// A permutation without a comparison counts as extreme, which is cautious.
		nothing := math.IsInf(v, 0)
		if nothing || atLeast(math.Abs(v), math.Abs(t)) {
			beyond++
		}
		if nothing || v <= t+roundingError(t) {
			below++
		}
		if nothing || v >= t-roundingError(t) {
			above++
		}
		if !nothing {
			finite = append(finite, v)
		}
	}
	// With few noisy teams among many calm ones, permutations may be too narrow by chance. So
	// p-values are at least those of the normal distribution.
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

// lastLevel returns the largest p-value of a claim at the last look. For each look it finds the
// threshold that claims the permitted share of the permutations, without those that an earlier
// look claimed.
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
		claims := newClaimRule(t, claimed, allowed-used)
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

// newClaimRule returns a rule that at most n of the unclaimed permutations meet: their distance
// from 0 exceeds that of the permutation after the n-th. All meet it if there are no more than
// n.
func newClaimRule(t []float64, claimed []bool, n int) func(float64) bool {
	var open []float64
	for i, v := range t {
		if !claimed[i] {
			open = append(open, math.Abs(v))
		}
	}
	slices.Sort(open)
	slices.Reverse(open)
	// Permutations that tie with the first one beyond n are not claimed either.
	if n >= len(open) {
		return func(float64) bool { return true }
	}
	limit := open[max(0, n)]
	return func(v float64) bool { return v > limit }
}

// atLeast reports whether a ≥ b, up to rounding. A permutation that moves dates only within a
// cohort must count as equal, in whatever order its terms were added.
func atLeast(a, b float64) bool { return a >= b-roundingError(b) }

// roundingError returns the largest difference from b that counts as rounding.
func roundingError(b float64) float64 { return 1e-10 * math.Max(1e-300, math.Abs(b)) }
