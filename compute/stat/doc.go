// Package stat has the statistics of the product: quantiles, intervals and tests on plain
// slices of numbers.
//
// Each function depends only on its arguments and never changes them. The order of the
// observations changes a result by no more than rounding. If a method is exact for small
// samples and approximate for large ones, the function's comment gives the size at which it
// changes.
//
// Conventions for every function, unless its comment differs:
//
//   - conf is a confidence level strictly between 0 and 1, such as 0.95.
//   - Observations are finite; the result for NaN or infinities is undefined.
//   - An interval always contains its point estimate.
//   - A side of an interval that the data cannot bound is infinite: Hi = +Inf
//     means "no upper limit".
//   - p-values are two-sided.
package stat

import "math"

// Interval is a confidence interval, both ends included.
type Interval struct{ Lo, Hi float64 }

// Contains reports whether v is in the interval.
func (iv Interval) Contains(v float64) bool { return iv.Lo <= v && v <= iv.Hi }

// Width returns the length of the interval; +Inf if a side is unbounded.
func (iv Interval) Width() float64 { return iv.Hi - iv.Lo }

// include widens the interval just enough to contain the point. A method that shrinks its
// centre, or rounds, may otherwise exclude it.
func (iv Interval) include(point float64) Interval {
	return Interval{Lo: math.Min(iv.Lo, point), Hi: math.Max(iv.Hi, point)}
}

// clamped returns the part of the interval within the possible values, lo to hi.
func (iv Interval) clamped(lo, hi float64) Interval {
	return Interval{
		Lo: math.Min(math.Max(iv.Lo, lo), hi),
		Hi: math.Max(math.Min(iv.Hi, hi), lo),
	}
}

// unbounded returns the interval without limits.
func unbounded() Interval { return Interval{Lo: math.Inf(-1), Hi: math.Inf(1)} }
