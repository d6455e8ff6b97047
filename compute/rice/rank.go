package rice

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

const (
	// rankPoints is the number of points of the integral over an item's score.
	rankPoints = 4001
	// rankReach is the half-width of the integral in standard deviations of the logarithm. The
	// probability beyond 8 is less than 1e-15.
	rankReach = 8.0
	// These replace a median of 0 and a σ of 0, so that both have a logarithm to integrate
	// over. Equal items then share their ranks evenly.
	smallestMedian = 1e-300
	smallestSigma  = 1e-9
)

// RankProbabilities returns, for every item (row), the probability of every rank (column; the
// first is the highest score), if scores are independent log-normals: P(rank of i = k) = ∫
// f_i(s)·PB(k−1; {P(S_j > s), j ≠ i}) ds, with PB the Poisson binomial, the distribution of the
// number of others that score higher. Every row adds up to 1. The error is below 1e-6 unless
// one item's σ is less than a hundredth of another's.
func RankProbabilities(items []Scored) [][]float64 {
	mu, sigma := make([]float64, len(items)), make([]float64, len(items))
	for i, s := range items {
		mu[i], sigma[i] = s.logMoments()
	}
	ranks := make([][]float64, len(items))
	above := make([]float64, len(items)) // P(exactly k others score higher)
	for i := range items {
		ranks[i] = make([]float64, len(items))
		total := 0.0
		for point := range rankPoints {
			z := rankReach * (2*float64(point)/(rankPoints-1) - 1)
			weight := math.Exp(-z * z / 2)
			total += weight
			countAbove(above, mu, sigma, i, mu[i]+sigma[i]*z)
			for k, p := range above {
				ranks[i][k] += weight * p
			}
		}
		for k := range ranks[i] {
			ranks[i][k] /= total
		}
	}
	return ranks
}

// countAbove fills in the Poisson binomial: the probability that exactly k items other than
// self score more than exp(x).
func countAbove(above, mu, sigma []float64, self int, x float64) {
	const certain = 1e-14
	clear(above)
	above[0] = 1
	from, to := 0, 0 // where above is not 0
	for j := range mu {
		if j == self {
			continue
		}
		p := stat.NormalCDF((mu[j] - x) / sigma[j])
		switch {
		case p < certain: // scores far below: no change
		case p > 1-certain: // scores far above: one more with certainty
			copy(above[from+1:to+2], above[from:to+1])
			above[from] = 0
			from, to = from+1, to+1
		default:
			to++
			for k := to; k > from; k-- {
				above[k] = above[k]*(1-p) + above[k-1]*p
			}
			above[from] *= 1 - p
		}
	}
}
