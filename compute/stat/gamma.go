package stat

import "math"

// maxTerms bounds the terms of series and continued fractions. Both converge far earlier for
// every sample that fits in memory.
const maxTerms = 1 << 20

// gammaUpper returns Q(a, x), the probability that a gamma variable of shape a > 0 and scale 1
// exceeds x ≥ 0. It uses a series below the mean and a continued fraction (Lentz) above it,
// each where it converges fast.
func gammaUpper(a, x float64) float64 {
	if x <= 0 {
		return 1
	}
	if x < a+1 {
		return 1 - gammaSeries(a, x)
	}
	return gammaFraction(a, x)
}

// gammaFactor returns x^a e^−x / Γ(a), computed through logarithms to avoid overflow.
func gammaFactor(a, x float64) float64 {
	lg, _ := math.Lgamma(a)
	return math.Exp(a*math.Log(x) - x - lg)
}

func gammaSeries(a, x float64) float64 {
	term := 1 / a
	sum := term
	for i := 1; i < maxTerms && term > sum*1e-17; i++ {
		term *= x / (a + float64(i))
		sum += term
	}
	return sum * gammaFactor(a, x)
}

func gammaFraction(a, x float64) float64 {
	const tiny = 1e-300
	b := x + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for i := 1; i < maxTerms; i++ {
		numerator := -float64(i) * (float64(i) - a)
		b += 2
		d = 1 / nonZero(numerator*d+b, tiny)
		c = nonZero(b+numerator/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < 1e-16 {
			break
		}
	}
	return h * gammaFactor(a, x)
}

// nonZero returns x, or tiny if x is 0, so that Lentz's method does not divide by zero.
func nonZero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

// gammaQuantile returns the x that a gamma variable of shape a exceeds with probability upper.
// The search starts from the Wilson–Hilferty approximation.
func gammaQuantile(a, upper float64) float64 {
	z := NormalQuantile(1 - upper)
	root := 1 - 1/(9*a) + z/(3*math.Sqrt(a))
	start := math.Max(a*root*root*root, 1e-3*a)
	tail := func(x float64) float64 { return gammaUpper(a, x) }
	density := func(x float64) float64 { return gammaFactor(a, x) / x }
	return decreasingRoot(tail, density, upper, start)
}
