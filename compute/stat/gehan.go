package stat

import (
	"math"
	"slices"
)

// Censored is a sample of durations of which some are still open: Closed[i] says
// that Times[i] ended; otherwise it lasted at least that long.
type Censored struct {
	Times  []float64
	Closed []bool
}

// Gehan tests whether x lies above y where cases may still be open (Gehan 1965,
// with the permutation variance of Mantel 1967): Mann–Whitney over the pairs
// whose order is known. shift is the x − y at which the statistic is 0 and iv
// where it is not rejected: on logarithms, a ratio. Without an order to go by p
// is 1 and nothing is bounded.
func Gehan(x, y Censored, conf float64) (shift, p float64, iv Interval) {
	if len(x.Times) == 0 || len(y.Times) == 0 {
		return 0, 1, everything()
	}
	w, sd := gehanStatistic(x, y, 0)
	if p = 1; sd > 0 {
		p = twoSidedNormalP(w / sd)
	}
	lo := slices.Min(x.Times) - slices.Max(y.Times)
	hi := slices.Max(x.Times) - slices.Min(y.Times)
	// Beyond all differences nothing changes any more; the margin outlasts rounding.
	margin := 1e-9 * (1 + math.Abs(lo) + math.Abs(hi))
	if !slices.Contains(x.Closed, true) && !slices.Contains(y.Closed, true) {
		return 0, 1, everything()
	}
	shift, iv = shiftByTest(lo-margin, hi+margin, twoSidedZ(conf), func(s float64) (float64, float64) {
		return gehanStatistic(x, y, s)
	})
	return shift, p, iv
}

// gehanStatistic is the sum over x of (cases known to be shorter − cases known
// to be longer) with y moved by shift, and its permutation standard deviation.
func gehanStatistic(x, y Censored, shift float64) (w, sd float64) {
	m, n := len(x.Times), len(y.Times)
	times := slices.Clone(x.Times)
	for _, t := range y.Times {
		times = append(times, t+shift)
	}
	closed := slices.Concat(x.Closed, y.Closed)
	var ended, open []float64
	for i, t := range times {
		if closed[i] {
			ended = append(ended, t)
		} else {
			open = append(open, t)
		}
	}
	slices.Sort(ended)
	slices.Sort(open)
	squares := 0.0
	for i, t := range times {
		score := float64(knownOrder(t, closed[i], ended, open))
		squares += score * score
		if i < m {
			w += score
		}
	}
	total := float64(m + n)
	return w, math.Sqrt(float64(m) * float64(n) * squares / (total * (total - 1)))
}

// knownOrder is how many cases are known to be shorter minus how many are known
// to be longer than one of length t. An open case is longer than a closed one of
// the same length.
func knownOrder(t float64, closed bool, ended, open []float64) int {
	before, _ := slices.BinarySearch(ended, t)
	upTo, _ := slices.BinarySearch(ended, math.Nextafter(t, math.Inf(1)))
	if !closed {
		return upTo
	}
	openBefore, _ := slices.BinarySearch(open, t)
	return before - (len(ended) - upTo) - (len(open) - openBefore)
}
