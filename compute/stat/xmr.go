package stat

import "math"

// XmR returns the centre and the natural process limits of an individuals chart: the mean ±
// 3/1.128 (2.66) mean moving ranges. x is in order of time. A point outside the limits is worth
// a look, and claims nothing. Without values all results are 0.
func XmR(x []float64) (mean, lo, hi float64) {
	if len(x) == 0 {
		return 0, 0, 0
	}
	mean = sum(x) / float64(len(x))
	if len(x) == 1 {
		return mean, mean, mean
	}
	moving := 0.0
	for i := 1; i < len(x); i++ {
		moving += math.Abs(x[i] - x[i-1])
	}
	// d₂ = 1.128 is the mean range of two normal values in standard deviations.
	half := 3 / 1.128 * moving / float64(len(x)-1)
	return mean, mean - half, mean + half
}
