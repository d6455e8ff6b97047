package stat

import "math"

// studentTail returns the probability that Student's t with df degrees of freedom exceeds t ≥
// 0.
func studentTail(t, df float64) float64 {
	if math.IsInf(t, 1) {
		return 0
	}
	return betaLower(df/2, 0.5, df/(df+t*t)) / 2
}

// twoSidedStudentP returns the probability that Student's t is at least as far from 0 as t.
func twoSidedStudentP(t, df float64) float64 { return 2 * studentTail(math.Abs(t), df) }

// twoSidedT returns the critical value of a two-sided t interval.
func twoSidedT(conf, df float64) float64 {
	upper := (1 - conf) / 2
	a, _ := math.Lgamma((df + 1) / 2)
	b, _ := math.Lgamma(df / 2)
	scale := math.Exp(a-b) / math.Sqrt(df*math.Pi)
	tail := func(t float64) float64 { return studentTail(t, df) }
	density := func(t float64) float64 { return scale * math.Pow(1+t*t/df, -(df+1)/2) }
	return decreasingRoot(tail, density, upper, twoSidedZ(conf))
}

// betaLower returns the regularised incomplete beta function I_x(a, b), by the continued
// fraction on the side where it converges.
func betaLower(a, b, x float64) float64 {
	if x <= 0 {
		return 0
	}
	if x >= 1 {
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - betaFraction(b, a, 1-x)
	}
	return betaFraction(a, b, x)
}

func betaFraction(a, b, x float64) float64 {
	const tiny = 1e-300
	c, d := 1.0, 1/nonZero(1-(a+b)*x/(a+1), tiny)
	h := d
	for i := 1; i < maxTerms; i++ {
		m := float64(i)
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d = 1 / nonZero(1+even*d, tiny)
		c = nonZero(1+even/c, tiny)
		h *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d = 1 / nonZero(1+odd*d, tiny)
		c = nonZero(1+odd/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < 1e-16 {
			break
		}
	}
	la, _ := math.Lgamma(a)
	lb, _ := math.Lgamma(b)
	lab, _ := math.Lgamma(a + b)
	return h * math.Exp(lab-la-lb+a*math.Log(x)+b*math.Log1p(-x)) / a
}

// StudentQuantile returns the p-quantile of Student's t distribution, 0 < p < 1. The degrees of
// freedom df need not be a whole number.
func StudentQuantile(p, df float64) float64 {
	if p < 0.5 {
		return -StudentQuantile(1-p, df)
	}
	return twoSidedT(2*p-1, df)
}
