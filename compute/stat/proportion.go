package stat

import "math"

// Wilson returns the score interval of the proportion k/n (Wilson 1927). For n = 0 it is 0 to
// 1.
func Wilson(k, n int, conf float64) Interval {
	return wilsonInterval(float64(k), float64(n), twoSidedZ(conf))
}

// DispersedWilson returns the Wilson interval for trials that resemble each other within a
// week: counts are divided by φ, and the critical value is that of Student's t.
func DispersedWilson(k, n int, week Dispersion, conf float64) Interval {
	if week.isIndependent() {
		return Wilson(k, n, conf)
	}
	return wilsonInterval(float64(k)/week.Phi, float64(n)/week.Phi, twoSidedT(conf, week.DF))
}

// wilsonInterval returns the Wilson interval for effective counts, which need not be whole
// numbers.
func wilsonInterval(k, n, z float64) Interval {
	if n <= 0 {
		return Interval{Lo: 0, Hi: 1}
	}
	p := math.Min(math.Max(k/n, 0), 1)
	z2 := z * z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	iv := Interval{Lo: centre - half, Hi: centre + half}
	if p == 0 {
		iv.Lo = 0 // set exactly, against rounding
	}
	if p == 1 {
		iv.Hi = 1
	}
	return iv.clamped(0, 1).include(p)
}

// Newcombe returns the interval of the difference k1/n1 − k2/n2 of two independent proportions
// (Newcombe 1998, method 10). If n1 or n2 is 0, it is −1 to 1.
func Newcombe(k1, n1, k2, n2 int, conf float64) Interval {
	return newcombeInterval(float64(k1), float64(n1), float64(k2), float64(n2), twoSidedZ(conf))
}

// newcombeInterval returns Newcombe's interval for effective counts, which need not be whole
// numbers.
func newcombeInterval(k1, n1, k2, n2, z float64) Interval {
	if n1 <= 0 || n2 <= 0 {
		return Interval{Lo: -1, Hi: 1}
	}
	p1, p2 := k1/n1, k2/n2
	w1, w2 := wilsonInterval(k1, n1, z), wilsonInterval(k2, n2, z)
	return Interval{
		Lo: p1 - p2 - math.Hypot(p1-w1.Lo, w2.Hi-p2),
		Hi: p1 - p2 + math.Hypot(w1.Hi-p1, p2-w2.Lo),
	}.clamped(-1, 1)
}

type trials struct{ k, n float64 }

func (t trials) share() float64 { return t.k / t.n }

func poolTrials(k, n []int) trials {
	var t trials
	for i := range n {
		t.k += float64(k[i])
		t.n += float64(n[i])
	}
	return t
}
