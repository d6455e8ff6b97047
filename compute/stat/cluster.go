package stat

import "math"

// ClusteredShare returns the pooled proportion of trials that come in clusters, such as answers
// by team, and its interval: positive[i] of the n[i] trials of cluster i are positive. The
// interval is Wilson's with an effective number of trials (Korn and Graubard 1998, Dean and
// Pagano 2015): the number of trials divided by the design effect, and by the square of the
// ratio of two critical values, Student's t with one degree of freedom per cluster less one and
// the normal's. The design effect is 1 + (m − 1)·ρ, with m the mean size of a trial's cluster
// and ρ the intraclass correlation of the analysis of variance (Ridout, Demétrio and Firth
// 1999). It is at least 1 and rounded to the nearest quarter: an exact one would reveal how the
// answers are spread over the clusters. A single cluster gives no information about others: its
// interval is 0 to 1.
func ClusteredShare(positive, n []int, conf float64) (effect float64, iv Interval) {
	var k, all, squares float64
	clusters := 0
	for i := range n {
		if n[i] > 0 {
			clusters++
			k, all, squares = k+float64(positive[i]), all+float64(n[i]), squares+float64(n[i])*float64(n[i])
		}
	}
	if clusters < 2 {
		return 1, Interval{Lo: 0, Hi: 1}
	}
	effect = math.Max(1, math.Round(4*(1+(squares/all-1)*intraclassCorrelation(positive, n)))/4)
	z := twoSidedZ(conf)
	factor := effect * math.Pow(twoSidedT(conf, float64(clusters-1))/z, 2)
	return effect, wilsonInterval(k/factor, all/factor, z)
}

// intraclassCorrelation returns the correlation of two trials of one cluster by the analysis of
// variance, at most 1. It is 0 if nothing varies or no cluster has two trials.
func intraclassCorrelation(positive, n []int) float64 {
	var k, all, squares float64
	clusters := 0
	for i := range n {
		if n[i] > 0 {
			clusters++
			k, all, squares = k+float64(positive[i]), all+float64(n[i]), squares+float64(n[i])*float64(n[i])
		}
	}
	within, between := 0.0, 0.0
	p := k / all
	for i := range n {
		if n[i] > 0 {
			pi, ni := float64(positive[i])/float64(n[i]), float64(n[i])
			within += ni * pi * (1 - pi)
			between += ni * (pi - p) * (pi - p)
		}
	}
	if all == float64(clusters) {
		return 0
	}
	within /= all - float64(clusters)
	between /= float64(clusters - 1)
	size := (all - squares/all) / float64(clusters-1)
	total := between + (size-1)*within
	if total <= 0 {
		return 0
	}
	return math.Min(1, (between-within)/total)
}
