package stat

import (
	"cmp"
	"math"
	"slices"
)

// BenjaminiHochberg adjusts p-values for their number. Rejecting at an adjusted value of at
// most q keeps the expected share of false claims among all claims at q (Benjamini and Hochberg
// 1995). The result is in the order of p.
func BenjaminiHochberg(p []float64) []float64 {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	smallest := 1.0
	for rank, i := range slices.Backward(order) {
		smallest = math.Min(smallest, p[i]*(float64(len(p))/float64(rank+1)))
		adjusted[i] = smallest
	}
	return adjusted
}

// Detectable returns the smallest change that an experiment as noisy as this interval would
// have found with 80 % probability: 2.80/1.96 = 1.43 half-widths, on the scale of the interval
// (logarithms for ratios). It is +Inf if a side is unbounded.
func Detectable(iv Interval) float64 { return 1.43 * iv.Width() / 2 }
