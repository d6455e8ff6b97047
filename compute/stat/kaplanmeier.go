package stat

import (
	"cmp"
	"math"
	"slices"
)

// KaplanMeierMedian returns the median of durations, some of them still open: times[i] is the
// whole duration if closed[i], and otherwise the duration so far. The interval is that of
// Brookmeyer and Crowley (1982) on the log-log scale.
//
// If half of the cases never end, the median is +Inf. Hi = +Inf means no upper limit; Lo is 0
// if the curve gives no lower one. Without open cases it is the ordinary median.
func KaplanMeierMedian(times []float64, closed []bool, conf float64) (median float64, iv Interval) {
	z := twoSidedZ(conf)
	curve := kaplanMeier(times, closed)
	at := make([]float64, len(curve))
	estimate, lower, upper := slices.Clone(at), slices.Clone(at), slices.Clone(at)
	for i, step := range curve {
		at[i] = step.time
		estimate[i] = step.survival
		lower[i], upper[i] = step.logLogLimits(z)
	}
	median = firstAtHalf(at, estimate)
	iv = Interval{Lo: firstAtHalf(at, lower), Hi: firstAtHalf(at, upper)}
	if len(curve) == 0 {
		iv.Lo = 0
	}
	return median, iv.include(median)
}

// survivalStep is a drop of the Kaplan–Meier curve.
type survivalStep struct {
	time, survival float64
	greenwood      float64 // Σ d/(r(r−d)): the relative variance of survival
}

// kaplanMeier returns the product-limit curve, with one step for each time at which a case
// closed. A case that is open at exactly that time is still at risk.
func kaplanMeier(times []float64, closed []bool) []survivalStep {
	order := make([]int, len(times))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(times[a], times[b]) })
	var curve []survivalStep
	survival, greenwood := 1.0, 0.0
	for from := 0; from < len(order); {
		risk := float64(len(order) - from)
		to, ended := from, 0.0
		for to < len(order) && times[order[to]] == times[order[from]] {
			if closed[order[to]] {
				ended++
			}
			to++
		}
		if ended > 0 {
			survival *= (risk - ended) / risk
			greenwood += ended / (risk * (risk - ended)) // +Inf if no case is left
			curve = append(curve, survivalStep{times[order[from]], survival, greenwood})
		}
		from = to
	}
	return curve
}

// logLogLimits returns the limits of the survival at a step, symmetric in log(−log S). If the
// curve has reached 0, the upper limit is 1.
func (s survivalStep) logLogLimits(z float64) (lower, upper float64) {
	if s.survival <= 0 {
		return 0, 1
	}
	l := math.Log(s.survival)
	factor := math.Exp(z * math.Sqrt(s.greenwood) / -l)
	return math.Exp(l * factor), math.Exp(l / factor)
}

// firstAtHalf returns the time at which a curve falls to one half. If the curve is exactly one
// half for some time, it returns the middle of that time, like the median of an even sample.
func firstAtHalf(at, survival []float64) float64 {
	const rounding = 1e-9
	for i, s := range survival {
		if s > 0.5+rounding {
			continue
		}
		if s >= 0.5-rounding && i+1 < len(at) {
			return midpoint(at[i], at[i+1])
		}
		return at[i]
	}
	return math.Inf(1)
}
