package chart

import "math"

// RoundAxis returns the ends of an axis that contains lo and hi, at multiples of twenty.
func RoundAxis(lo, hi float64) (from, to float64) {
	const step = 20
	if !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return 0, step
	}
	from, to = math.Floor(lo/step)*step, math.Ceil(hi/step)*step
	if from == to {
		to += step
	}
	return from, to
}

// AppendCount appends a bar that counts towards a whole, with a stroke at the count of the
// survey before; 0 for none. It is hidden from screen readers.
func AppendCount(dst []byte, n, before, whole int) []byte {
	at := func(v int) float64 { return 100 * min(float64(v)/float64(max(whole, n, 1)), 1) }
	dst = append(dst, `<svg height="14" aria-hidden="true"><rect class="track" width="100%" height="14"/><rect class="bar" height="14" width="`...)
	dst = appendNum(dst, at(n))
	dst = append(dst, `%"/>`...)
	if before > 0 {
		dst = appendRule(dst, "thr", at(before), at(before), 0, 14)
	}
	return append(dst, `</svg>`...)
}
