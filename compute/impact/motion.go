package impact

import "math"

// Motion describes how the outcomes of teams vary against each other without a cause. A plan of
// a roll-out is computed from it.
type Motion struct {
	Teams   int `json:"teams"`   // number of teams with an outcome
	Periods int `json:"periods"` // number of periods in the panel
	// Counted is the average weight of a team's outcome over teams and periods: 1 for very many
	// changes, 0 for a period without an outcome.
	Counted float64 `json:"counted"`
	// Apart is half the variance of the difference of two outcomes of one team with weight 1.
	// Its index is the number of periods between them minus 1.
	Apart []float64 `json:"apart"`
}

// Noise returns the standard deviation of a team's outcome with weight 1 in one period.
func (m *Motion) Noise() float64 {
	if len(m.Apart) == 0 {
		return math.NaN()
	}
	return math.Sqrt(m.halfVariance(len(m.Apart)))
}

// halfVariance returns half the variance of a difference over that many periods; beyond the
// length of the panel, the value for the longest distance.
func (m *Motion) halfVariance(periods int) float64 {
	if periods == 0 {
		return 0
	}
	return m.Apart[min(periods, len(m.Apart))-1]
}

// MeasureMotion measures a panel. If teams have adopted already, the mean effect by periods
// since adoption is removed first. It returns an error for contradictory rows, as Estimate
// does, and ErrNoMotion for a panel that is too small.
func MeasureMotion(rows []Row, o Options) (Motion, error) {
	p, err := newPanel(rows, o)
	if err != nil {
		return Motion{}, err
	}
	if i, err := p.newInference(Options{Anticipation: o.Anticipation, NotYetTreated: true, Permutations: 1}); err == nil {
		p.y = p.withoutEvents(&i.effect)
	}
	m := Motion{Teams: len(p.units), Periods: p.periods}
	var sums, degrees []float64
	for lag := 1; lag < p.periods; lag++ {
		sum, n := p.sumMovement(lag)
		sums, degrees = append(sums, sum), append(degrees, n)
	}
	p.visitOutcomes(func(_, _, i int) { m.Counted += 1 / p.scatter[i] })
	m.Counted /= float64(len(p.units) * p.periods)
	// The longest distances have few pairs of periods: from half the panel on they are pooled.
	for lag := range sums {
		sum, n := sums[lag], degrees[lag]
		if far := (p.periods - 1) / 2; lag >= far {
			sum, n = 0, 0
			for k := far; k < len(sums); k++ {
				sum, n = sum+sums[k], n+degrees[k]
			}
		}
		if n < 1 {
			break
		}
		m.Apart = append(m.Apart, sum/n/2)
	}
	if len(m.Apart) == 0 || !(m.halfVariance(len(m.Apart)) > 0) {
		return Motion{}, ErrNoMotion
	}
	return m, nil
}

// withoutEvents returns y minus the mean effect by periods since adoption.
func (p *panel) withoutEvents(effect *Effect) []float64 {
	y := make([]float64, len(p.y))
	copy(y, p.y)
	p.visitOutcomes(func(u, t, i int) {
		if e := p.from + t - p.first[u]; p.first[u] != 0 && e >= 0 {
			mean, ok := effect.Dynamic[e]
			if !ok {
				mean = effect.Simple
			}
			y[i] -= mean
		}
	})
	return y
}

// sumMovement adds up the squared differences over lag periods, without the movement that all
// teams share, and their degrees of freedom.
func (p *panel) sumMovement(lag int) (squares, degrees float64) {
	for t := 0; t+lag < p.periods; t++ {
		var n, weights, sum, sumOfSquares float64
		for u := range p.units {
			a, b := u*p.periods+t, u*p.periods+t+lag
			if p.have[a] && p.have[b] {
				d, w := p.y[b]-p.y[a], p.weight(a, b)
				n, weights, sum, sumOfSquares = n+1, weights+w, sum+w*d, sumOfSquares+w*d*d
			}
		}
		if n > 1 {
			squares += math.Max(0, sumOfSquares-sum*sum/weights)
			degrees += n - 1
		}
	}
	return squares, degrees
}
