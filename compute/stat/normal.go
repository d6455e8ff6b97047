package stat

import "math"

// NormalCDF returns the probability that a standard normal variable is at most z.
func NormalCDF(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }

// NormalQuantile returns the z that a standard normal variable does not exceed with probability
// p, 0 < p < 1.
func NormalQuantile(p float64) float64 { return -math.Sqrt2 * math.Erfcinv(2*p) }

// twoSidedZ returns the critical value of a two-sided normal interval.
func twoSidedZ(conf float64) float64 { return NormalQuantile((1 + conf) / 2) }

// twoSidedNormalP returns the probability that a standard normal variable is at least as far
// from 0 as z.
func twoSidedNormalP(z float64) float64 { return math.Erfc(math.Abs(z) / math.Sqrt2) }
