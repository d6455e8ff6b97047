package stat

import (
	"math"
	"slices"
)

// Censored is a sample of durations, some of them still open: Times[i] is the whole duration if
// Closed[i], and otherwise the duration so far.
type Censored struct {
	Times  []float64
	Closed []bool
}

// Gehan tests whether x tends to be larger than y if cases may still be open (Gehan 1965, with
// the permutation variance of Mantel 1967): Mann–Whitney over the pairs whose order is certain.
// shift is the difference x − y at which the statistic is 0, and iv contains the differences
// that the test does not reject; on logarithms they are ratios. If no pair has a certain order,
// p is 1 and iv is unbounded.
func Gehan(x, y Censored, conf float64) (shift, p float64, iv Interval) {
	if len(x.Times) == 0 || len(y.Times) == 0 {
		return 0, 1, unbounded()
	}
	comparison := newGehan(x, y)
	w, sd := comparison.statistic(0)
	if p = 1; sd > 0 {
		p = twoSidedNormalP(w / sd)
	}
	if len(comparison.ended) == 0 {
		return 0, p, unbounded()
	}
	lo := slices.Min(x.Times) - slices.Max(y.Times)
	hi := slices.Max(x.Times) - slices.Min(y.Times)
	// Beyond all differences the statistic is constant; the margin is larger than rounding.
	margin := 1e-9 * (1 + math.Abs(lo) + math.Abs(hi))
	shift, iv = shiftByTest(lo-margin, hi+margin, twoSidedZ(conf), comparison.statistic)
	return shift, p, iv
}

// gehan has the two samples, closed and open cases apart and ascending, and buffers for their
// merger, so that another shift allocates nothing.
type gehan struct {
	xEnded, xOpen, yEnded, yOpen []float64
	ended, open                  []float64
}

func newGehan(x, y Censored) *gehan {
	var g gehan
	g.xEnded, g.xOpen = x.split()
	g.yEnded, g.yOpen = y.split()
	g.ended = make([]float64, len(g.xEnded)+len(g.yEnded))
	g.open = make([]float64, len(g.xOpen)+len(g.yOpen))
	return &g
}

// split returns the closed and the open times, each ascending.
func (c Censored) split() (ended, open []float64) {
	for i, t := range c.Times {
		if c.Closed[i] {
			ended = append(ended, t)
		} else {
			open = append(open, t)
		}
	}
	slices.Sort(ended)
	slices.Sort(open)
	return ended, open
}

// statistic returns the sum over x of (cases that are certainly shorter − cases that are
// certainly longer) with y moved by shift, and its permutation standard deviation.
func (g *gehan) statistic(shift float64) (w, sd float64) {
	mergeShifted(g.ended, g.xEnded, g.yEnded, shift)
	mergeShifted(g.open, g.xOpen, g.yOpen, shift)
	w1, s1 := g.scores(g.xEnded, true, 0)
	w2, s2 := g.scores(g.xOpen, false, 0)
	_, s3 := g.scores(g.yEnded, true, shift)
	_, s4 := g.scores(g.yOpen, false, shift)

	m, n := float64(len(g.xEnded)+len(g.xOpen)), float64(len(g.yEnded)+len(g.yOpen))
	return w1 + w2, math.Sqrt(m * n * (s1 + s2 + s3 + s4) / ((m + n) * (m + n - 1)))
}

// mergeShifted fills into with the ascending x and the ascending y moved by shift.
func mergeShifted(into, x, y []float64, shift float64) {
	i, j := 0, 0
	for k := range into {
		if j == len(y) || i < len(x) && x[i] <= y[j]+shift {
			into[k] = x[i]
			i++
		} else {
			into[k] = y[j] + shift
			j++
		}
	}
}

// scores sums, over ascending cases moved by shift, the number of cases that are certainly
// shorter minus the number that are certainly longer; squares sums the squares of these
// differences. An open case is longer than a closed one of the same length.
func (g *gehan) scores(cases []float64, closed bool, shift float64) (total, squares float64) {
	shorter, upTo, openShorter := 0, 0, 0
	for _, t := range cases {
		t += shift
		for upTo < len(g.ended) && g.ended[upTo] <= t {
			upTo++
		}
		for shorter < upTo && g.ended[shorter] < t {
			shorter++
		}
		for openShorter < len(g.open) && g.open[openShorter] < t {
			openShorter++
		}
		score := upTo
		if closed {
			score = shorter - (len(g.ended) - upTo) - (len(g.open) - openShorter)
		}
		total += float64(score)
		squares += float64(score) * float64(score)
	}
	return total, squares
}
