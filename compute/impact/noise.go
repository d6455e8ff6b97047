package impact

import (
	"math"
	"slices"
)

// noise is the variance of each team's outcomes that no common cause explains: [unit*periods +
// period] is the variance of an outcome.
type noise struct {
	team     []float64 // variance of each team, for an outcome of many changes
	variance []float64
}

const (
	// demeaningRounds is the number of rounds that remove the means of teams and of periods in turn. In a panel with gaps, so many rounds make them agree to many digits.
	demeaningRounds = 12
	// borrowedPeriods is the number of periods with the average team's noise that are added to
	// a team's own, because a team with one period has no variance. A larger number would make
	// teams alike.
	borrowedPeriods = 0.2
)

// estimateNoise estimates the noise of every team: its outcomes without the level of the team,
// the movement that all teams share, and the mean effect by periods since adoption.
func (p *panel) estimateNoise(effect *Effect) noise {
	residual, degrees := p.computeResiduals(effect)
	n := noise{team: make([]float64, len(p.units)), variance: make([]float64, len(p.y))}
	squares := make([]float64, len(p.units))
	var total, all float64
	for u := range p.units {
		for i := u * p.periods; i < (u+1)*p.periods; i++ {
			if p.have[i] {
				squares[u] += residual[i] * residual[i] / p.scatter[i]
			}
		}
		total, all = total+squares[u], all+degrees[u]
	}
	average := 0.0
	if all > 0 {
		average = total / all
	}
	for u := range p.units {
		n.team[u] = (squares[u] + borrowedPeriods*average) / (degrees[u] + borrowedPeriods)
		if !(average > 0) {
			n.team[u] = 1 // no team has noise, so all have the same
		}
		for i := u * p.periods; i < (u+1)*p.periods; i++ {
			n.variance[i] = n.team[u] * p.scatter[i]
		}
	}
	return n
}

// computeResiduals returns y without the effect and the means of teams and of periods, and the
// remaining degrees of freedom of each team.
func (p *panel) computeResiduals(effect *Effect) (residual, degrees []float64) {
	residual = slices.Clone(p.y)
	degrees = make([]float64, len(p.units))
	observed, periods := 0.0, make([]bool, p.periods)
	since := make(map[int]float64) // periods since adoption → number of teams
	p.visitOutcomes(func(u, t, _ int) {
		if e := p.from + t - p.first[u]; p.first[u] != 0 && e >= 0 {
			since[e]++
		}
		periods[t], observed = true, observed+1
		degrees[u]++
	})
	p.visitOutcomes(func(u, t, i int) {
		e := p.from + t - p.first[u]
		if p.first[u] == 0 || e < 0 {
			return
		}
		mean, ok := effect.Dynamic[e]
		if !ok {
			mean = effect.Simple
		}
		residual[i] -= mean
		degrees[u] -= 1 / since[e] // its part of the mean
	})
	for range demeaningRounds {
		for u := range p.units {
			p.subtractMeans(residual, u*p.periods, 1, p.periods)
		}
		for t := range p.periods {
			p.subtractMeans(residual, t, p.periods, len(p.units))
		}
	}
	shared := -1.0
	for _, some := range periods {
		if some {
			shared++
		}
	}
	for u := range degrees {
		// A team loses one degree of freedom to its own mean, and its part to the means of the
		// periods.
		degrees[u] = math.Max(0, (degrees[u]-1)*(1-shared/math.Max(1, observed-float64(len(p.units)))))
	}
	return residual, degrees
}

// visitOutcomes calls visit for every outcome, with its team, its period minus the first, and
// its position in y.
func (p *panel) visitOutcomes(visit func(u, t, i int)) {
	for u := range p.units {
		for t := range p.periods {
			if i := u*p.periods + t; p.have[i] {
				visit(u, t, i)
			}
		}
	}
}

// subtractMeans subtracts the mean, weighted by precision, from n outcomes that are step
// positions apart, from first on.
func (p *panel) subtractMeans(y []float64, first, step, n int) {
	var sum, weights float64
	for k, i := 0, first; k < n; k, i = k+1, i+step {
		if p.have[i] {
			sum, weights = sum+y[i]/p.scatter[i], weights+1/p.scatter[i]
		}
	}
	if weights == 0 {
		return
	}
	mean := sum / weights
	for k, i := 0, first; k < n; k, i = k+1, i+step {
		if p.have[i] {
			y[i] -= mean
		}
	}
}

// noiseRatio returns the noise of the adopters' outcomes divided by the noise of the outcomes
// that they are compared with. Each team counts as often as it takes part in an effect.
func (n *noise) noiseRatio(p *panel, t *tally, labels []int) float64 {
	var adopters, adopted, others, compared float64
	for u, label := range labels {
		for _, i := range t.design.treated[label] {
			if t.hasEffect(u, i, p.lastPeriod()) {
				adopters, adopted = adopters+n.team[u], adopted+1
			}
		}
		for _, s := range t.design.compare[label] {
			for i := s.from; i < s.to; i++ {
				if t.hasEffect(u, i, p.lastPeriod()) {
					others, compared = others+n.team[u], compared+1
				}
			}
		}
	}
	if adopted == 0 || compared == 0 || others == 0 {
		return 1
	}
	return math.Sqrt(adopters / adopted / (others / compared))
}

// lookErrors computes, for one assignment, the headline and its standard error at every look.
// The variance is the sum, over teams, of the team's variance times the squares of the weights
// of its periods. It allocates nothing when it is used again.
type lookErrors struct {
	p        *panel
	noise    noise
	ends     []int     // look (period minus the first) → number of cells up to then
	ratio    []float64 // cell → weight of the adopters per weight of the teams compared with
	entering []float64 // period → its weight in the headline, for one team
	squares  []float64 // look → variance times the square of the sum of weights
	se       []float64 // look → standard error; +Inf without a comparison
	simple   []float64 // look → headline
}

// newLookErrors returns buffers for a design. All its cells must be effects, so that they are
// by period.
func newLookErrors(p *panel, d *design, n noise) *lookErrors {
	l := &lookErrors{
		p: p, noise: n, ends: make([]int, p.periods), ratio: make([]float64, len(d.cells)),
		entering: make([]float64, p.periods), squares: make([]float64, p.periods),
		se: make([]float64, p.periods), simple: make([]float64, p.periods),
	}
	for i, c := range d.cells {
		for look := c.t - p.from; look < p.periods; look++ {
			l.ends[look] = i + 1
		}
	}
	return l
}

// fillLooks fills in the headline and its standard error at every look.
func (l *lookErrors) fillLooks(t *tally, labels []int) {
	clear(l.squares)
	for c := range l.ratio {
		l.ratio[c] = 0
		if t.isEstimable(c) {
			l.ratio[c] = t.treatedWeight[c] / t.comparedWith[c]
		}
	}
	for u, label := range labels {
		l.addTeam(t, u, label)
	}
	var sum, weights float64
	from := 0
	for look := range l.se {
		for c := from; c < l.ends[look]; c++ {
			if l.ratio[c] > 0 {
				sum += t.treatedWeight[c] * t.cellEffect(c)
				weights += t.treatedWeight[c]
			}
		}
		from = l.ends[look]
		l.simple[look], l.se[look] = 0, math.Inf(1)
		if weights > 0 {
			l.simple[look], l.se[look] = sum/weights, math.Sqrt(l.squares[look])/weights
		}
	}
}

// addTeam adds the part of one team. The team is a comparison in the first cells and an adopter
// in later ones, so one pass by period covers both.
func (l *lookErrors) addTeam(t *tally, u, label int) {
	cells := len(t.design.cells)
	weight := t.outcome.weight[u*cells : (u+1)*cells]
	variance := l.noise.variance[u*l.p.periods : (u+1)*l.p.periods]
	clear(l.entering)
	own, spans := t.design.treated[label], t.design.compare[label]
	sum := 0.0
	enter := func(c int, x float64) {
		at, base := t.design.cells[c].t-l.p.from, t.design.cells[c].base-l.p.from
		sum += variance[at]*x*(2*l.entering[at]+x) - variance[base]*x*(2*l.entering[base]-x)
		l.entering[at] += x
		l.entering[base] -= x
	}
	next := 0 // index of the next cell
	for look, end := range l.ends {
		for len(spans) > 0 && max(next, spans[0].from) < end {
			for next = max(next, spans[0].from); next < min(spans[0].to, end); next++ {
				if x := weight[next] * l.ratio[next]; x != 0 {
					enter(next, -x)
				}
			}
			if next < spans[0].to {
				break
			}
			spans = spans[1:]
		}
		for len(own) > 0 && own[0] < end {
			if l.ratio[own[0]] > 0 && weight[own[0]] > 0 {
				enter(own[0], weight[own[0]])
			}
			own = own[1:]
		}
		l.squares[look] += sum
	}
}
