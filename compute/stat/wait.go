package stat

import "math"

// PoissonWait returns the range of the time until n more events of a process of which k events
// were seen in a time w. The rate has Jeffreys' prior, so that its posterior is Gamma(k + ½, w),
// and the time is w times a beta prime variable with the parameters n and k + ½. w must be
// positive and n at least 1.
func PoissonWait(k, n int, w, conf float64) Interval {
	tail := (1 - conf) / 2
	return Interval{Lo: w * betaPrimeQuantile(tail, n, k), Hi: w * betaPrimeQuantile(1-tail, n, k)}
}

// betaPrimeQuantile returns the p-quantile of the ratio of a Gamma(n) to a Gamma(k + ½) variable.
// The second one's part of the sum of both is beta distributed, and falls with the ratio.
func betaPrimeQuantile(p float64, n, k int) float64 {
	a, b := float64(k)+0.5, float64(n)
	part := smallestWhere(0, 1, func(x float64) bool { return betaLower(a, b, x) >= 1-p })
	if part <= 0 {
		return math.Inf(1)
	}
	return (1 - part) / part
}
