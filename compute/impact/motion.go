package impact

import "math"

// Motion is how the outcomes of teams move against each other without a cause:
// the material of a plan.
type Motion struct {
	Teams   int `json:"teams"`   // with at least one outcome
	Periods int `json:"periods"` // of the panel
	// Counted is the weight of a team's outcome, on average over teams and periods:
	// 1 for very many changes, 0 for a period without an outcome.
	Counted float64 `json:"counted"`
	// Apart is half the variance of the difference of two outcomes of one team of
	// weight 1, by the number of periods between them, less 1.
	Apart []float64 `json:"apart"`
}

// Noise returns the standard deviation of a team's period of full weight.
func (m *Motion) Noise() float64 {
	if len(m.Apart) == 0 {
		return math.NaN()
	}
	return math.Sqrt(m.halfVariance(len(m.Apart)))
}

// halfVariance returns half the variance of a difference over so many periods; beyond those
// that the panel has it is that of the farthest.
func (m *Motion) halfVariance(periods int) float64 {
	if periods == 0 {
		return 0
	}
	return m.Apart[min(periods, len(m.Apart))-1]
}

// MotionOf measures a panel. Where teams have adopted already, the mean effect by
// periods since adoption is taken out first. It fails where Estimate fails on
// contradictory rows, and with ErrNoMotion on a panel too small to measure.
func MotionOf(rows []Row, o Options) (Motion, error) {
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
		sum, n := p.movement(lag)
		sums, degrees = append(sums, sum), append(degrees, n)
	}
	p.each(func(_, _, i int) { m.Counted += 1 / p.scatter[i] })
	m.Counted /= float64(len(p.units) * p.periods)
	// The farthest few distances rest on few periods: from half the panel on they
	// are one.
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

// withoutEvents returns y less the mean effect by periods since adoption.
func (p *panel) withoutEvents(effect *Effect) []float64 {
	y := make([]float64, len(p.y))
	copy(y, p.y)
	p.each(func(u, t, i int) {
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

// movement adds up the squared differences over lag periods, less what all teams
// share, and their degrees of freedom.
func (p *panel) movement(lag int) (squares, degrees float64) {
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
