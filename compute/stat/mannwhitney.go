package stat

import (
	"math"
	"slices"
)

// MannWhitney tests whether two independent samples come from one distribution. u is the number
// of pairs where x exceeds y, with ties counted half. p is exact, by permutation of the
// midranks, for up to 60 observations in all; beyond that it is the normal approximation
// corrected for ties and continuity. If a sample is empty or all values are equal, p is 1.
func MannWhitney(x, y []float64) (u, p float64) {
	m, n := len(x), len(y)
	if m == 0 || n == 0 {
		return 0, 1
	}
	doubled, ties := midranks(slices.Concat(x, y))
	rankSum := 0
	for _, r := range doubled[:m] {
		rankSum += r
	}
	u = float64(rankSum-m*(m+1)) / 2
	if m+n > exactUpTo {
		return u, mannWhitneyNormal(u, m, n, ties)
	}
	if n < m { // the smaller sample has the smaller distribution, and the same p
		m, rankSum = n, (m+n)*(m+n+1)-rankSum
	}
	return u, permutationP(sumsOfSubsets(doubled, m), m*(len(doubled)+1), rankSum)
}

// MannWhitneyLeastP returns the smallest p that samples of m and n can give: twice the
// probability of one of the (m+n choose m) orderings.
func MannWhitneyLeastP(m, n int) float64 {
	p := 2.0
	for i := 1; i <= min(m, n); i++ {
		p *= float64(i) / float64(max(m, n)+i)
	}
	return math.Min(1, p)
}

// mannWhitneyNormal returns the two-sided p of U by the normal approximation.
func mannWhitneyNormal(u float64, m, n int, ties float64) float64 {
	variance := rankSumVariance(m, n, ties)
	if variance <= 0 {
		return 1
	}
	far := math.Max(0, math.Abs(u-float64(m)*float64(n)/2)-0.5)
	return twoSidedNormalP(far / math.Sqrt(variance))
}

// rankSumVariance returns the null variance of U with ties.
func rankSumVariance(m, n int, ties float64) float64 {
	total := float64(m + n)
	if total < 2 {
		return 0
	}
	return float64(m) * float64(n) / 12 * (total + 1 - ties/(total*(total-1)))
}

// HodgesLehmann estimates the shift from y to x: the median of all m·n differences x − y. The
// interval is between two of their order statistics, exact for up to 60 observations and by the
// normal approximation beyond. On logarithms the shift is a ratio. If a sample is too small for
// the confidence, both sides are unbounded; with an empty sample the shift is 0.
//
// The differences are never stored: each order statistic takes at most 64 passes over the two
// sorted samples.
func HodgesLehmann(x, y []float64, conf float64) (shift float64, iv Interval) {
	m, n := len(x), len(y)
	if m == 0 || n == 0 {
		return 0, unbounded()
	}
	x, y = slices.Sorted(slices.Values(x)), slices.Sorted(slices.Values(y))
	pairs := m * n
	kth := func(k int) float64 { return kthDifference(x, y, k) }
	shift = midpoint(kth((pairs+1)/2), kth(pairs/2+1))
	var rank int
	if m+n <= exactUpTo {
		rank = lowerRank(mannWhitneyCounts(m, n), (1-conf)/2)
	} else {
		sd := math.Sqrt(rankSumVariance(m, n, 0))
		rank = lowerRankNormal(float64(pairs)/2, sd, conf)
	}
	if rank == 0 {
		return shift, unbounded()
	}
	return shift, Interval{Lo: kth(rank), Hi: kth(pairs + 1 - rank)}.include(shift)
}

// mannWhitneyCounts returns the null distribution of U without ties, from U = 0.
func mannWhitneyCounts(m, n int) []float64 {
	small := min(m, n)
	counts := sumsOfSubsets(untiedRanks(m+n), small)
	return counts[small*(small+1)/2:] // the smallest rank sum is U = 0
}

// kthDifference returns the k-th smallest (1-based) of all differences between two ascending
// samples.
func kthDifference(x, y []float64, k int) float64 {
	lo, hi := x[0]-y[len(y)-1], x[len(x)-1]-y[0]
	return smallestWhere(lo, hi, func(v float64) bool {
		atMost, first := 0, 0
		for _, a := range x {
			for first < len(y) && a-y[first] > v {
				first++
			}
			atMost += len(y) - first
		}
		return atMost >= k
	})
}

// midpoint returns the mean of two order statistics.
func midpoint(a, b float64) float64 { return a + (b-a)/2 }
