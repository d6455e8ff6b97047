package stat

import "math"

// decreasingRoot returns the x ≥ 0 at which the decreasing function f has the value target. It
// uses Newton steps (slope is −f′) and falls back to bisection if a step would leave the
// bracket.
func decreasingRoot(f, slope func(float64) float64, target, start float64) float64 {
	lo, hi := 0.0, math.Max(1, 2*start)
	for f(hi) > target {
		lo, hi = hi, 2*hi
	}
	x := math.Min(math.Max(start, lo), hi)
	for range 200 {
		excess := f(x) - target
		if excess > 0 {
			lo = x
		} else {
			hi = x
		}
		next := x + excess/slope(x)
		if !(next > lo && next < hi) {
			next = lo + (hi-lo)/2
		}
		if math.Abs(next-x) <= 1e-15*math.Abs(x) {
			return next
		}
		x = next
	}
	return x
}

// smallestWhere returns the smallest float64 in [lo, hi] at which the condition holds, for a
// condition that stays true once it is true as x grows; hi if it holds at no smaller x. It
// halves the number of float64 values between the two, so it needs at most 64 steps and is
// exact.
func smallestWhere(lo, hi float64, holds func(float64) bool) float64 {
	a, b := orderedBits(lo), orderedBits(hi)
	for a < b {
		middle := a + (b-a)/2
		if holds(fromOrderedBits(middle)) {
			b = middle
		} else {
			a = middle + 1
		}
	}
	return fromOrderedBits(a)
}

const signBit = 1 << 63

// orderedBits maps a float64 to an integer and keeps the order.
func orderedBits(x float64) uint64 {
	bits := math.Float64bits(x)
	if bits&signBit != 0 {
		return ^bits
	}
	return bits | signBit
}

// fromOrderedBits returns the float64 that orderedBits maps to u.
func fromOrderedBits(u uint64) float64 {
	if u&signBit != 0 {
		return math.Float64frombits(u &^ signBit)
	}
	return math.Float64frombits(^u)
}

// largestWhere returns the largest float64 in [lo, hi] at which the condition holds, for a
// condition that stays false once it is false as x grows; lo if it holds at no larger x.
func largestWhere(lo, hi float64, holds func(float64) bool) float64 {
	return -smallestWhere(-hi, -lo, func(x float64) bool { return holds(-x) })
}

// shiftByTest inverts a rank test into an estimate. statistic returns a test statistic and its
// null standard deviation after the second sample was moved by shift; it must not grow with
// shift. The estimate is the middle of the shifts at which the statistic is 0. The interval
// contains the shifts at which it is within z standard deviations; if that still holds at lo or
// hi, that side is unbounded.
func shiftByTest(lo, hi, z float64, statistic func(shift float64) (w, sd float64)) (shift float64, iv Interval) {
	from := smallestWhere(lo, hi, func(s float64) bool { w, _ := statistic(s); return w <= 0 })
	to := largestWhere(lo, hi, func(s float64) bool { w, _ := statistic(s); return w >= 0 })
	shift = from + (to-from)/2

	notAbove := func(s float64) bool { w, sd := statistic(s); return w <= z*sd }
	notBelow := func(s float64) bool { w, sd := statistic(s); return w >= -z*sd }
	iv = unbounded()
	if !notAbove(lo) {
		iv.Lo = smallestWhere(lo, hi, notAbove)
	}
	if !notBelow(hi) {
		iv.Hi = largestWhere(lo, hi, notBelow)
	}
	return shift, iv.include(shift)
}
