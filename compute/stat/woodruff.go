package stat

import (
	"math"
	"slices"
)

// minClusters is the fewest clusters from whose spread the interval of a median is estimated.
const minClusters = 6

// WoodruffMedian returns the median of durations that come in clusters, and its interval. The
// changes of one deployment share their waiting time, so ten changes in one deployment give
// less information than ten deployments. cluster[i] is the cluster of values[i], any integer.
//
// The interval is Woodruff's (1952). The share of values at or below the median has, over the D
// clusters, the standard error √(D/(D−1)·Σ(a_d − m_d/2)²)/M, with m_d values in cluster d, a_d
// of them at or below the median, and M values in all. The interval ½ ± t_{D−1} standard errors
// is inverted at the ranks ⌊F₋·M⌋ and ⌈F₊·M⌉+1. A rank outside the sample means no limit: Hi =
// +Inf, or Lo = 0. With fewer than 6 clusters ok is false and the interval has no limits.
// Without values the median is NaN.
func WoodruffMedian(values []float64, cluster []int, conf float64) (median float64, iv Interval, ok bool) {
	return DispersedWoodruffMedian(values, cluster, Dispersion{}, conf)
}

// DispersedWoodruffMedian returns WoodruffMedian for clusters that resemble each other within a
// week: the half-width grows by √φ, and t has at most the degrees of freedom of the dispersion.
func DispersedWoodruffMedian(values []float64, cluster []int, week Dispersion, conf float64) (median float64, iv Interval,
	ok bool,
) {
	sorted := slices.Sorted(slices.Values(values))
	median = Quantile(sorted, 0.5)
	if len(values) == 0 {
		return median, Interval{Lo: 0, Hi: math.Inf(1)}, false
	}
	clusters, spread := clusterSpread(values, cluster, median)
	if clusters < minClusters {
		return median, betweenRanks(sorted, 0, len(sorted)+1), false
	}
	m, d := float64(len(values)), float64(clusters)
	df, phi := d-1, 1.0
	if !week.isIndependent() {
		df, phi = math.Min(df, week.DF), week.Phi
	}
	half := twoSidedT(conf, df) * math.Sqrt(phi*d/(d-1)*spread) / m
	// The limits are kept in range before they become integers.
	lo := int(math.Floor(math.Max(0, 0.5-half) * m))
	hi := int(math.Ceil(math.Min(1, 0.5+half)*m)) + 1
	return median, betweenRanks(sorted, lo, hi).include(median), true
}

// clusterSpread counts the clusters and sums (a_d − m_d/2)² over them. The terms are multiples
// of a quarter, so the sum is exact in any order.
func clusterSpread(values []float64, cluster []int, median float64) (clusters int, spread float64) {
	balance := make(map[int]int) // 2a_d − m_d
	for i, v := range values {
		if v <= median {
			balance[cluster[i]]++
		} else {
			balance[cluster[i]]--
		}
	}
	for _, b := range balance {
		spread += float64(b) * float64(b) / 4
	}
	return len(balance), spread
}
