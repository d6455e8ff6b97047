package stat

import (
	"math"
	"slices"
)

// Quantile returns the q-quantile of an ascending sample by R's type 7: linear between the
// order statistics around rank 1 + (n−1)q. For an empty sample it is NaN.
func Quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := float64(len(sorted)-1) * math.Min(math.Max(q, 0), 1)
	below := int(at)
	if below+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[below] + (at-float64(below))*(sorted[below+1]-sorted[below])
}

// QuantileRanks returns the 1-based ranks of the two order statistics between which the
// q-quantile of an independent sample of n is with at least the confidence conf, and the exact
// probability of that: lo = min{k: P(B ≤ k) > α/2} and hi = min{k: P(B ≥ k) ≤ α/2}, B ~ Bin(n,
// q).
//
// lo = 0 means no lower limit, hi = n+1 no upper limit: the sample is too small for that side.
func QuantileRanks(n int, q, conf float64) (lo, hi int, coverage float64) {
	if n <= 0 || q <= 0 || q >= 1 {
		return 0, n + 1, 1
	}
	first, mass := binomialMass(n, q)
	tail := (1 - conf) / 2

	below := 0.0
	lo = first
	for _, m := range mass {
		if below += m; below > tail {
			break
		}
		lo++
	}
	above := 0.0
	hi = first + len(mass)
	for _, m := range slices.Backward(mass) {
		if above += m; above > tail {
			break
		}
		hi--
	}
	for k := max(lo, first); k < hi && k-first < len(mass); k++ {
		coverage += mass[k-first]
	}
	return lo, hi, math.Min(coverage, 1)
}

// QuantileInterval returns the q-quantile of an ascending sample of independent durations and
// its order-statistic interval. Without an upper limit (at 95 %: n < 6 for the median, 13 for
// the 75th and 36 for the 90th percentile) Hi is +Inf. Without a lower limit Lo is 0, the
// smallest possible duration.
func QuantileInterval(sorted []float64, q, conf float64) (float64, Interval) {
	lo, hi, _ := QuantileRanks(len(sorted), q, conf)
	point := Quantile(sorted, q)
	if len(sorted) == 0 {
		return point, Interval{Lo: 0, Hi: math.Inf(1)}
	}
	return point, betweenRanks(sorted, lo, hi).include(point)
}

// betweenRanks returns the interval from the lo-th to the hi-th smallest duration, 1-based. A
// rank outside the sample means no limit.
func betweenRanks(sorted []float64, lo, hi int) Interval {
	iv := Interval{Lo: math.Min(0, sorted[0]), Hi: math.Inf(1)}
	if lo >= 1 {
		iv.Lo = sorted[min(lo, len(sorted))-1]
	}
	if hi <= len(sorted) {
		iv.Hi = sorted[max(hi, 1)-1]
	}
	return iv
}

// binomialMass returns the distribution of Bin(n, q), 0 < q < 1: mass[i] is the probability of
// first+i. Values more than 40 standard deviations (plus 40) from the mode are left out: their
// mass is too small for a float64 sum. The function multiplies outwards from the mode and
// normalises, so it needs no factorials.
func binomialMass(n int, q float64) (first int, mass []float64) {
	mode := min(int(float64(n+1)*q), n)
	reach := 40 + 40*math.Sqrt(float64(n)*q*(1-q))
	first = max(0, mode-int(reach))
	last := min(n, mode+int(reach))
	mass = make([]float64, last-first+1)
	odds := q / (1 - q)

	mass[mode-first] = 1
	sum := 1.0
	for k := mode; k < last; k++ {
		mass[k+1-first] = mass[k-first] * odds * float64(n-k) / float64(k+1)
		sum += mass[k+1-first]
	}
	for k := mode; k > first; k-- {
		mass[k-1-first] = mass[k-first] / odds * float64(k) / float64(n-k+1)
		sum += mass[k-1-first]
	}
	for i := range mass {
		mass[i] /= sum
	}
	return first, mass
}
