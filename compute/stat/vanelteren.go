package stat

import (
	"math"
	"slices"
)

// Stratum has the two samples of one team. A stratified test compares within teams only, so
// that a change in who deploys most does not count as a change.
type Stratum struct{ X, Y []float64 }

// VanElteren tests whether X tends to be larger than Y within strata (van Elteren 1960): the
// sum of each stratum's Mann–Whitney U, weighted by 1/(m+n+1), by the normal approximation
// corrected for ties. shift is the common difference x − y at which the statistic is 0
// (Hodges–Lehmann, stratified), and iv contains the differences that the test does not reject.
// Strata with an empty sample are left out; if none remains, p is 1 and iv is unbounded.
func VanElteren(strata []Stratum, conf float64) (shift, p float64, iv Interval) {
	used := make([]Stratum, 0, len(strata))
	for _, s := range strata {
		if len(s.X) > 0 && len(s.Y) > 0 {
			used = append(used, Stratum{
				X: slices.Sorted(slices.Values(s.X)),
				Y: slices.Sorted(slices.Values(s.Y)),
			})
		}
	}
	if len(used) == 0 {
		return 0, 1, unbounded()
	}
	variance, untied := 0.0, 0.0
	lo, hi := math.Inf(1), math.Inf(-1)
	for _, s := range used {
		m, n := len(s.X), len(s.Y)
		_, ties := midranks(slices.Concat(s.X, s.Y))
		w := stratumWeight(s)
		variance += w * w * rankSumVariance(m, n, ties)
		untied += w * w * rankSumVariance(m, n, 0)
		lo = math.Min(lo, s.X[0]-s.Y[n-1])
		hi = math.Max(hi, s.X[m-1]-s.Y[0])
	}
	p = 1
	if variance > 0 {
		p = twoSidedNormalP(vanElterenStatistic(used, 0) / math.Sqrt(variance))
	}
	// Just outside all differences the statistic has its extremes.
	lo, hi = math.Nextafter(lo, math.Inf(-1)), math.Nextafter(hi, math.Inf(1))
	sd := math.Sqrt(untied)
	shift, iv = shiftByTest(lo, hi, twoSidedZ(conf), func(s float64) (float64, float64) {
		return vanElterenStatistic(used, s), sd
	})
	return shift, p, iv
}

func stratumWeight(s Stratum) float64 { return 1 / float64(len(s.X)+len(s.Y)+1) }

// vanElterenStatistic returns the weighted sum of U − mn/2 with Y moved by shift.
func vanElterenStatistic(strata []Stratum, shift float64) float64 {
	total := 0.0
	for _, s := range strata {
		total += stratumWeight(s) * float64(countDominance(s.X, s.Y, shift)) / 2
	}
	return total
}

// countDominance returns 2U − mn: over all pairs of two ascending samples, the number where x −
// y exceeds shift minus the number where it is less than shift.
func countDominance(x, y []float64, shift float64) int {
	balance, below, notAbove := 0, 0, 0
	for _, a := range x {
		// As x grows, more y are clearly below it.
		for below < len(y) && a-y[below] > shift {
			below++
		}
		for notAbove < len(y) && a-y[notAbove] >= shift {
			notAbove++
		}
		balance += below - (len(y) - notAbove)
	}
	return balance
}
