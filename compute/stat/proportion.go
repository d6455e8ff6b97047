package stat

import "math"

// Wilson is the score interval of the proportion k/n (Wilson 1927). Of n = 0 it
// is everything from 0 to 1.
func Wilson(k, n int, conf float64) Interval {
	return wilson(float64(k), float64(n), twoSidedZ(conf))
}

// wilson is Wilson for effective counts, which need not be whole.
func wilson(k, n, z float64) Interval {
	if n <= 0 {
		return Interval{Lo: 0, Hi: 1}
	}
	p := math.Min(math.Max(k/n, 0), 1)
	z2 := z * z
	centre := (p + z2/(2*n)) / (1 + z2/n)
	half := z * math.Sqrt(p*(1-p)/n+z2/(4*n*n)) / (1 + z2/n)
	iv := Interval{Lo: centre - half, Hi: centre + half}
	if p == 0 {
		iv.Lo = 0 // exactly, where rounding would leave a trace
	}
	if p == 1 {
		iv.Hi = 1
	}
	return iv.clamped(0, 1).including(p)
}

// Newcombe is the interval of the difference k1/n1 − k2/n2 of two independent
// proportions (Newcombe 1998, method 10). If either n is 0 it is −1 to 1.
func Newcombe(k1, n1, k2, n2 int, conf float64) Interval {
	return newcombe(float64(k1), float64(n1), float64(k2), float64(n2), twoSidedZ(conf))
}

// newcombe is Newcombe for effective counts, which need not be whole.
func newcombe(k1, n1, k2, n2, z float64) Interval {
	if n1 <= 0 || n2 <= 0 {
		return Interval{Lo: -1, Hi: 1}
	}
	p1, p2 := k1/n1, k2/n2
	w1, w2 := wilson(k1, n1, z), wilson(k2, n2, z)
	return Interval{
		Lo: p1 - p2 - math.Hypot(p1-w1.Lo, w2.Hi-p2),
		Hi: p1 - p2 + math.Hypot(w1.Hi-p1, p2-w2.Lo),
	}.clamped(-1, 1)
}

// manyTeams is from how many teams on their spread is a sample of its own.
const manyTeams = 8

// ProportionChange compares two pooled proportions whose trials come from teams:
// k1[i] of n1[i] and k2[i] of n2[i] are those of team i. It returns the
// difference p1 − p2 of the pooled proportions, the two-sided p of no difference,
// Newcombe's interval and the inflation behind both: how much more the teams
// spread than independent trials would, at least 1, by which every count is
// divided. From 8 teams on the critical value is t's with one degree of freedom
// per team less one; below, the result speaks about these teams. p is where the
// interval just touches 0. Without trials in a window, p is 1.
func ProportionChange(k1, n1, k2, n2 []int, conf float64) (diff, inflation, p float64, iv Interval) {
	a, b := pooled(k1, n1), pooled(k2, n2)
	if a.n == 0 || b.n == 0 {
		return 0, 1, 1, Interval{Lo: -1, Hi: 1}
	}
	diff = a.share() - b.share()
	teams, spread := 0, 0.0
	for i := range n1 {
		if n1[i] == 0 && n2[i] == 0 {
			continue
		}
		teams++
		r := (float64(k1[i])-a.share()*float64(n1[i]))/a.n - (float64(k2[i])-b.share()*float64(n2[i]))/b.n
		spread += r * r
	}
	inflation = 1
	independent := a.share()*(1-a.share())/a.n + b.share()*(1-b.share())/b.n
	if teams > 1 && independent > 0 {
		d := float64(teams)
		inflation = math.Max(1, d/(d-1)*spread/independent)
	}
	ka, na, kb, nb := a.k/inflation, a.n/inflation, b.k/inflation, b.n/inflation
	critical := newcombeTouchesZero(ka, na, kb, nb)
	if teams < manyTeams {
		return diff, inflation, twoSidedNormalP(critical), newcombe(ka, na, kb, nb, twoSidedZ(conf))
	}
	df := float64(teams - 1)
	return diff, inflation, twoSidedStudentP(critical, df), newcombe(ka, na, kb, nb, twoSidedT(conf, df))
}

type trials struct{ k, n float64 }

func (t trials) share() float64 { return t.k / t.n }

func pooled(k, n []int) trials {
	var t trials
	for i := range n {
		t.k += float64(k[i])
		t.n += float64(n[i])
	}
	return t
}

// newcombeTouchesZero is the largest critical value at which Newcombe's interval
// leaves out 0: the wider, the less is certain.
func newcombeTouchesZero(k1, n1, k2, n2 float64) float64 {
	const beyond = 40 // no p-value is left there
	return largestWhere(0, beyond, func(z float64) bool {
		iv := newcombe(k1, n1, k2, n2, z)
		return iv.Lo > 0 || iv.Hi < 0
	})
}
