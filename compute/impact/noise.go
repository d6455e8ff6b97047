package impact

import (
	"math"
	"slices"
)

// noise is how much each team's outcomes move without a cause that teams share:
// [unit*periods + period] the variance of an outcome.
type noise struct {
	team     []float64 // variance of each team, of an outcome of many changes
	variance []float64
}

const (
	// demeanings are enough for the means of teams and of periods to agree to
	// many digits in a panel with gaps.
	demeanings = 12
	// borrowed is how many periods of the average team's noise are added to a
	// team's own: a team with one period has none. More would make teams alike.
	borrowed = 0.2
)

// noise estimates the noise of every team: what is left when the level of each
// team, the ups and downs that all teams share and the mean effect by periods
// since adoption are taken out.
func (p *panel) noise(effect *Effect) noise {
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
		n.team[u] = (squares[u] + borrowed*average) / (degrees[u] + borrowed)
		if !(average > 0) {
			n.team[u] = 1 // no noise at all: nothing that differs between teams
		}
		for i := u * p.periods; i < (u+1)*p.periods; i++ {
			n.variance[i] = n.team[u] * p.scatter[i]
		}
	}
	return n
}

// computeResiduals returns y less the effect and the means of teams and of periods, and the
// degrees of freedom that each team keeps.
func (p *panel) computeResiduals(effect *Effect) (residual, degrees []float64) {
	residual = slices.Clone(p.y)
	degrees = make([]float64, len(p.units))
	observed, periods := 0.0, make([]bool, p.periods)
	since := make(map[int]float64) // periods since adoption → teams
	p.each(func(u, t, _ int) {
		if e := p.from + t - p.first[u]; p.first[u] != 0 && e >= 0 {
			since[e]++
		}
		periods[t], observed = true, observed+1
		degrees[u]++
	})
	p.each(func(u, t, i int) {
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
	for range demeanings {
		for u := range p.units {
			p.center(residual, u*p.periods, 1, p.periods)
		}
		for t := range p.periods {
			p.center(residual, t, p.periods, len(p.units))
		}
	}
	shared := -1.0
	for _, some := range periods {
		if some {
			shared++
		}
	}
	for u := range degrees {
		// A team gives one to its own mean, and its part to those of the periods.
		degrees[u] = math.Max(0, (degrees[u]-1)*(1-shared/math.Max(1, observed-float64(len(p.units)))))
	}
	return residual, degrees
}

// each visits every outcome: its team, its period less the first, its position.
func (p *panel) each(visit func(u, t, i int)) {
	for u := range p.units {
		for t := range p.periods {
			if i := u*p.periods + t; p.have[i] {
				visit(u, t, i)
			}
		}
	}
}

// center takes the mean, weighted by precision, out of n outcomes that are step
// apart from the first.
func (p *panel) center(y []float64, first, step, n int) {
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

// noiseRatio returns the noise of the adopters' outcomes by that of the outcomes that they are
// compared with, each team counted as often as it takes part in an effect.
func (n *noise) noiseRatio(p *panel, t *tally, labels []int) float64 {
	var adopters, adopted, others, compared float64
	for u, label := range labels {
		for _, i := range t.design.treated[label] {
			if t.hasEffect(u, i, p.last()) {
				adopters, adopted = adopters+n.team[u], adopted+1
			}
		}
		for _, s := range t.design.compare[label] {
			for i := s.from; i < s.to; i++ {
				if t.hasEffect(u, i, p.last()) {
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

// loads adds up, for one assignment, the variance of the headline by the look at
// which it is made: every team's variance times the square of the weight with
// which each of its periods enters. It allocates nothing when used again.
type loads struct {
	p        *panel
	noise    noise
	ends     []int     // look (period less the first) → cells seen by then
	ratio    []float64 // cell → adopters' weight per weight compared with
	entering []float64 // period → weight with which it enters, of one team
	squares  []float64 // look → variance times the square of the weights' sum
	se       []float64 // look → standard error; +Inf where nothing is seen
	simple   []float64 // look → headline
}

// newLoads takes a design whose cells are all effects, so by period.
func newLoads(p *panel, d *design, n noise) *loads {
	l := &loads{
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

// look fills in the headline and its standard error at every look.
func (l *loads) look(t *tally, labels []int) {
	clear(l.squares)
	for c := range l.ratio {
		l.ratio[c] = 0
		if t.estimable(c) {
			l.ratio[c] = t.treatedWeight[c] / t.comparedWith[c]
		}
	}
	for u, label := range labels {
		l.team(t, u, label)
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

// team adds one team's part. It is compared in the first cells and treated in
// later ones, so one pass by period sees both.
func (l *loads) team(t *tally, u, label int) {
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
	next := 0 // cell
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
