package stat

import "math"

// RiskDifference compares two proportions within strata: k1[s] of n1[s] and k2[s] of n2[s]
// trials of stratum s are failures. diff is the pooled difference p1 − p2 of Mantel and
// Haenszel, weighted by n1·n2/(n1+n2), so that a change of the mix of strata does not move it.
// The variance is Sato's (1989), which holds for few large and for many small strata. The
// interval inverts it (Klingenberg 2014), and p tests a difference of 0. Both are corrected for
// the dispersion d of the trials.
//
// A single stratum, and strata without a failure, use Newcombe's interval with every count
// divided by φ, and the p at which that interval touches 0. Strata without trials in one of the
// windows are left out; if none remains, p is 1 and the interval is −1 to 1.
func RiskDifference(k1, n1, k2, n2 []int, d Dispersion, conf float64) (diff, p float64, iv Interval) {
	var w, up, q float64
	strata := 0
	var used [4]float64
	for s := range n1 {
		a, b := float64(n1[s]), float64(n2[s])
		if a == 0 || b == 0 {
			continue
		}
		strata++
		x, y, n := float64(k1[s]), float64(k2[s]), a+b
		used[0], used[1], used[2], used[3] = used[0]+x, used[1]+a, used[2]+y, used[3]+b
		w += a * b / n
		diff += (x*b - y*a) / n
		up += (a*a*y - b*b*x + a*b*(b-a)/2) / (n * n)
		q += (x*(b-y) + y*(a-x)) / (2 * n)
	}
	if w == 0 {
		return 0, 1, Interval{Lo: -1, Hi: 1}
	}
	diff /= w
	d = MaxDispersion(d, strataDispersion(k1, n1, k2, n2, diff, q))
	phi, critical := 1.0, twoSidedZ(conf)
	pOf := twoSidedNormalP
	if !d.isIndependent() {
		phi, critical = d.Phi, twoSidedT(conf, d.DF)
		pOf = func(z float64) float64 { return twoSidedStudentP(z, d.DF) }
	}
	if strata == 1 || q == 0 {
		x, a, y, b := used[0]/phi, used[1]/phi, used[2]/phi, used[3]/phi
		return diff, pOf(newcombeTouchesZero(x, a, y, b)), newcombeInterval(x, a, y, b, critical).include(diff)
	}
	c2 := phi * critical * critical / (w * w)
	middle := diff + c2*up/2
	half := math.Sqrt(math.Max(0, middle*middle-diff*diff+c2*q))
	return diff, pOf(diff * w / math.Sqrt(phi*q)), Interval{Lo: middle - half, Hi: middle + half}.clamped(-1,
		1).include(diff)
}

// minSpreadStrata is the fewest strata whose spread is used as an estimate of the dispersion.
const minSpreadStrata = 8

// strataDispersion returns how much more the differences of the strata vary than those of
// independent trials, with at least 8 strata. With fewer, the result holds for these strata
// only. q is Sato's variance of the weighted difference.
func strataDispersion(k1, n1, k2, n2 []int, diff, q float64) Dispersion {
	strata, spread := 0.0, 0.0
	for s := range n1 {
		a, b := float64(n1[s]), float64(n2[s])
		if a == 0 || b == 0 {
			continue
		}
		strata++
		spread += square((float64(k1[s])*b-float64(k2[s])*a)/(a+b) - diff*a*b/(a+b))
	}
	if strata < minSpreadStrata || q <= 0 {
		return Dispersion{}
	}
	return Dispersion{Phi: strata / (strata - 1) * spread / q, DF: strata - 1}
}

// newcombeTouchesZero returns the largest critical value at which Newcombe's interval excludes
// 0: the larger it is, the surer the difference.
func newcombeTouchesZero(k1, n1, k2, n2 float64) float64 {
	const beyond = 40 // p is 0 beyond this critical value
	return largestWhere(0, beyond, func(z float64) bool {
		iv := newcombeInterval(k1, n1, k2, n2, z)
		return iv.Lo > 0 || iv.Hi < 0
	})
}

// PooledDifference returns the difference of the totals, k1/n1 − k2/n2; 0 without trials.
func PooledDifference(k1, n1, k2, n2 []int) float64 {
	a, b := poolTrials(k1, n1), poolTrials(k2, n2)
	if a.n == 0 || b.n == 0 {
		return 0
	}
	return a.share() - b.share()
}

// RiskLeastP returns the smallest p that a comparison with these totals could give: all
// failures are in the window with the smaller share of the trials.
func RiskLeastP(k1, n1, k2, n2 []int) float64 {
	a, b := poolTrials(k1, n1), poolTrials(k2, n2)
	if a.n == 0 || b.n == 0 {
		return 1
	}
	return math.Min(1, 2*math.Pow(math.Min(a.n, b.n)/(a.n+b.n), a.k+b.k))
}
