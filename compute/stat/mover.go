package stat

import "math"

// RatioOfEstimates returns the interval of after ÷ before, two independent positive estimates,
// from their own intervals b and a: MOVER on logarithms (Zou and Donner 2008). An end that is 0
// or infinite leaves the ratio without that limit. If after is 0, the upper limit is the ratio
// of the ends, which is cautious.
func RatioOfEstimates(before, after float64, b, a Interval) Interval {
	if before <= 0 || after < 0 {
		return Interval{Lo: 0, Hi: math.Inf(1)}
	}
	if after == 0 {
		return Interval{Lo: 0, Hi: a.Hi / math.Max(b.Lo, 0)}
	}
	below := math.Hypot(math.Log(after/math.Max(a.Lo, 0)), math.Log(b.Hi/before))
	above := math.Hypot(math.Log(a.Hi/after), math.Log(before/math.Max(b.Lo, 0)))
	return Interval{Lo: after / before * math.Exp(-below), Hi: after / before * math.Exp(above)}
}

// DifferenceOfEstimates returns the interval of after − before, two independent estimates, from
// their own intervals b and a: MOVER (Zou and Donner 2008). With Wilson's intervals of two
// proportions it is Newcombe's.
func DifferenceOfEstimates(before, after float64, b, a Interval) Interval {
	return Interval{
		Lo: after - before - math.Hypot(after-a.Lo, b.Hi-before),
		Hi: after - before + math.Hypot(a.Hi-after, before-b.Lo),
	}
}
