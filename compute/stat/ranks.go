package stat

import (
	"cmp"
	"math"
	"slices"
)

// exactUpTo is the largest total sample size with exact rank tests.
const exactUpTo = 60

// midranks returns twice the rank of every value, so that the mean rank of ties is a whole
// number. ties is Σ(t³ − t) over groups of t equal values.
func midranks(x []float64) (doubled []int, ties float64) {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	doubled = make([]int, len(x))
	for from := 0; from < len(order); {
		to := from + 1
		for to < len(order) && x[order[to]] == x[order[from]] {
			to++
		}
		for _, i := range order[from:to] {
			doubled[i] = from + 1 + to // ranks from+1 … to: twice their mean
		}
		t := float64(to - from)
		ties += t*t*t - t
		from = to
	}
	return doubled, ties
}

// sumsOfSubsets counts, for every total s, the subsets of exactly m of the
// non-negative scores that add up to s: the permutation distribution of a rank
// sum. Counts are float64: the largest, 60 choose 30, has 18 digits.
func sumsOfSubsets(scores []int, m int) []float64 {
	ascending := slices.Sorted(slices.Values(scores))
	largest := make([]int, m+1) // largest total of k of the scores seen so far
	top := 0
	for _, s := range ascending[len(ascending)-m:] {
		top += s
	}
	counts := make([][]float64, m+1)
	for k := range counts {
		counts[k] = make([]float64, top+1)
	}
	counts[0][0] = 1
	for seen, score := range ascending {
		for k := min(m, seen+1); k >= 1; k-- {
			largest[k] = largest[k-1] + score
			for s := largest[k]; s >= score; s-- {
				counts[k][s] += counts[k-1][s-score]
			}
		}
	}
	return counts[m]
}

// sumsOfSigns counts, for every total s, the subsets of any size of the non-negative scores
// that add up to s: the distribution of a signed rank sum.
func sumsOfSigns(scores []int) []float64 {
	top := 0
	for _, s := range scores {
		top += s
	}
	counts := make([]float64, top+1)
	counts[0] = 1
	for _, score := range scores {
		for s := top; s >= score; s-- {
			counts[s] += counts[s-score]
		}
	}
	return counts
}

// permutationP returns the share of a permutation distribution that is at least as far from the
// mean as the total observed.
func permutationP(counts []float64, mean, observed int) float64 {
	far := max(observed-mean, mean-observed)
	all, beyond := 0.0, 0.0
	for s, c := range counts {
		all += c
		if s-mean >= far || mean-s >= far {
			beyond += c
		}
	}
	return math.Min(1, beyond/all)
}

// lowerRank returns the largest k with P(S ≤ k−1) ≤ tail, for a null distribution that starts
// at counts[0]. The k-th smallest difference is then the lower limit of a shift. 0 means that
// the sample is too small for a limit.
func lowerRank(counts []float64, tail float64) int {
	all := sum(counts)
	below := 0.0
	for k, c := range counts {
		if below += c / all; below > tail {
			return k
		}
	}
	return len(counts)
}

// lowerRankNormal returns the rank of lowerRank for a large sample, by the normal approximation
// with continuity correction.
func lowerRankNormal(mean, sd, conf float64) int {
	return max(0, int(math.Floor(mean+0.5-twoSidedZ(conf)*sd)))
}

// untiedRanks returns 1, 2, … n: the ranks of a sample without ties.
func untiedRanks(n int) []int {
	ranks := make([]int, n)
	for i := range ranks {
		ranks[i] = i + 1
	}
	return ranks
}
