package stat

import (
	"math"
	"slices"
)

// SignedRank applies Wilcoxon's test to paired differences: v is the sum of the ranks of |d|
// over the positive ones, with zeros left out. p is exact, by permutation of the signs of the
// midranks, for up to 60 differences; beyond that it is the normal approximation corrected for
// ties and continuity. Without a difference p is 1.
func SignedRank(d []float64) (v, p float64) {
	var size []float64
	var positive []bool
	for _, x := range d {
		if x != 0 {
			size = append(size, math.Abs(x))
			positive = append(positive, x > 0)
		}
	}
	n := len(size)
	if n == 0 {
		return 0, 1
	}
	doubled, ties := midranks(size)
	observed := 0
	for i, r := range doubled {
		if positive[i] {
			observed += r
		}
	}
	v = float64(observed) / 2
	if n <= exactUpTo {
		// Twice the doubled total makes its mean a whole number.
		for i := range doubled {
			doubled[i] *= 2
		}
		return v, permutationP(sumsOfSigns(doubled), n*(n+1), 2*observed)
	}
	variance := signedRankVariance(n) - ties/48
	far := math.Max(0, math.Abs(v-signedRankMean(n))-0.5)
	return v, twoSidedNormalP(far / math.Sqrt(variance))
}

// SignedRankLeastP returns the smallest p that n differences can give: all have one sign.
func SignedRankLeastP(n int) float64 { return math.Min(1, math.Pow(2, float64(1-n))) }

func signedRankMean(n int) float64 { return float64(n) * float64(n+1) / 4 }

// signedRankVariance returns the null variance of V without ties.
func signedRankVariance(n int) float64 {
	return float64(n) * float64(n+1) * float64(2*n+1) / 24
}

// PseudoMedian returns the Hodges–Lehmann estimate that belongs to the signed rank test: the
// median of the means of all pairs d[i], d[j], i ≤ j. The interval is between two of their
// order statistics, exact for up to 60 differences and by the normal approximation beyond. If
// the sample is too small for the confidence, both sides are unbounded; without differences the
// estimate is 0.
func PseudoMedian(d []float64, conf float64) (center float64, iv Interval) {
	n := len(d)
	if n == 0 {
		return 0, unbounded()
	}
	sorted := slices.Sorted(slices.Values(d))
	pairs := n * (n + 1) / 2
	kth := func(k int) float64 { return kthPairMean(sorted, k) }
	center = midpoint(kth((pairs+1)/2), kth(pairs/2+1))
	var rank int
	if n <= exactUpTo {
		rank = lowerRank(sumsOfSigns(untiedRanks(n)), (1-conf)/2)
	} else {
		rank = lowerRankNormal(signedRankMean(n), math.Sqrt(signedRankVariance(n)), conf)
	}
	if rank == 0 {
		return center, unbounded()
	}
	return center, Interval{Lo: kth(rank), Hi: kth(pairs + 1 - rank)}.include(center)
}

// kthPairMean returns the k-th smallest (1-based) mean of two elements of an ascending sample;
// a pair may be one element twice.
func kthPairMean(sorted []float64, k int) float64 {
	last := len(sorted) - 1
	return smallestWhere(sorted[0], sorted[last], func(v float64) bool {
		atMost, end := 0, last
		for i, a := range sorted {
			for end >= i && midpoint(a, sorted[end]) > v {
				end--
			}
			if end < i {
				break
			}
			atMost += end - i + 1
		}
		return atMost >= k
	})
}
