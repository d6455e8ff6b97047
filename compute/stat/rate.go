package stat

import "math"

// PoissonInterval returns the exact interval of a rate from k events in an exposure, such as
// weeks (Garwood 1936). Without exposure it is 0 to +Inf.
func PoissonInterval(k int, exposure, conf float64) Interval {
	if exposure <= 0 {
		return Interval{Lo: 0, Hi: math.Inf(1)}
	}
	tail := (1 - conf) / 2
	var iv Interval
	if k > 0 {
		iv.Lo = gammaQuantile(float64(k), 1-tail) / exposure
	}
	iv.Hi = gammaQuantile(float64(max(k, 0))+1, tail) / exposure
	return iv
}

// QuasiPoissonRate returns the mean of counts in equal bins (weeks), its interval and the
// dispersion φ = max(1, X²/df), because weeks vary more than a Poisson process. The interval is
// symmetric in the logarithm, ± t_df·√(φ/Σ). Without events, or with a single bin, which gives
// no dispersion, it is Garwood's. Without bins the rate is 0 and the interval 0 to +Inf.
func QuasiPoissonRate(counts []float64, conf float64) (rate, phi float64, iv Interval) {
	total := sum(counts)
	n := float64(len(counts))
	if total <= 0 || n < 2 {
		if n > 0 {
			rate = total / n
		}
		return rate, 1, PoissonInterval(int(math.Round(total)), n, conf).include(rate)
	}
	rate = total / n
	phi = math.Max(1, pearsonStatistic(counts, rate)/(n-1))
	factor := math.Exp(twoSidedT(conf, n-1) * math.Sqrt(phi/total))
	return rate, phi, Interval{Lo: rate / factor, Hi: rate * factor}
}

// burstBins is the number of bins that are also counted together, because a burst may be longer
// than a single bin: four weeks.
const burstBins = 4

// BurstDispersion returns φ = max(1, X²/df) of counts in equal bins (weeks), the larger of the
// values for single bins and for four bins together, and the degrees of freedom of the single
// bins. Without events, or with fewer than two bins, φ is 1.
func BurstDispersion(counts []float64) (phi, df float64) {
	df = math.Max(1, float64(len(counts)-1))
	phi = 1
	for _, width := range [...]int{1, burstBins} {
		var bins []float64
		for end := len(counts); end >= width; end -= width {
			bins = append(bins, sum(counts[end-width:end]))
		}
		if n := float64(len(bins)); n >= 2 {
			phi = math.Max(phi, pearsonStatistic(bins, sum(bins)/n)/(n-1))
		}
	}
	return phi, df
}

// DispersedRate returns the interval of the mean of counts in equal bins (weeks) with a
// dispersion that was estimated from more bins: symmetric in the logarithm, ± t_df·√(φ/Σ).
// Without events it is Garwood's interval of Σ/φ; without bins it is 0 to +Inf.
func DispersedRate(counts []float64, phi, df, conf float64) Interval {
	total, n := sum(counts), float64(len(counts))
	if total <= 0 || n == 0 {
		iv := PoissonInterval(0, n, conf)
		return Interval{Lo: 0, Hi: iv.Hi * phi}
	}
	factor := math.Exp(twoSidedT(conf, df) * math.Sqrt(phi/total))
	return Interval{Lo: total / n / factor, Hi: total / n * factor}
}

// QuasiPoissonRatio compares the mean counts of two windows of equal bins (weeks): ratio =
// mean(after)/mean(before), the common dispersion φ = max(1, X²/df), the two-sided p of ratio =
// 1 and the interval of the ratio, both by t with df = n − 2.
//
// A window without events has no logarithm. Then the exact conditional binomial is used with
// the counts divided by φ, and the ratio is 0 or +Inf. Without any event, or with fewer than
// three bins, nothing can be concluded: p is 1, the interval 0 to +Inf, and the ratio 1 if both
// windows are empty.
func QuasiPoissonRatio(before, after []float64, conf float64) (ratio, phi, p float64, iv Interval) {
	a, b := sum(before), sum(after)
	na, nb := float64(len(before)), float64(len(after))
	df := na + nb - 2
	unknown := Interval{Lo: 0, Hi: math.Inf(1)}
	if na == 0 || nb == 0 || a <= 0 && b <= 0 {
		return 1, 1, 1, unknown
	}
	ratio = math.Inf(1)
	if a > 0 {
		ratio = (b / nb) / (a / na)
	}
	if df < 1 {
		return ratio, 1, 1, unknown
	}
	phi = math.Max(1, (pearsonStatistic(before, a/na)+pearsonStatistic(after, b/nb))/df)
	ratio, p, iv = RateRatio(before, after, Dispersion{Phi: phi, DF: df}, conf)
	return ratio, phi, p, iv
}

// RateRatio returns the result of QuasiPoissonRatio for a dispersion that is given. With less
// than one degree of freedom p is 1 and the interval is unbounded.
func RateRatio(before, after []float64, d Dispersion, conf float64) (ratio, p float64, iv Interval) {
	return ExposedRatio(sum(before), sum(after), float64(len(before)), float64(len(after)), d, conf)
}

// ExposedRatio is RateRatio for a events in an exposure na (such as the weeks of all developers)
// before, and b in nb after.
func ExposedRatio(a, b, na, nb float64, d Dispersion, conf float64) (ratio, p float64, iv Interval) {
	iv = Interval{Lo: 0, Hi: math.Inf(1)}
	if na <= 0 || nb <= 0 || a <= 0 && b <= 0 {
		return 1, 1, iv
	}
	ratio = math.Inf(1)
	if a > 0 {
		ratio = (b / nb) / (a / na)
	}
	if d.DF < 1 {
		return ratio, 1, iv
	}
	phi := math.Max(1, d.Phi)
	if a <= 0 || b <= 0 {
		p, iv = oneSidedCounts(a/phi, b/phi, na, nb, conf)
		return ratio, p, iv
	}
	se := math.Sqrt(phi * (1/a + 1/b))
	factor := math.Exp(twoSidedT(conf, d.DF) * se)
	return ratio, twoSidedStudentP(math.Log(ratio)/se, d.DF), Interval{Lo: ratio / factor, Hi: ratio * factor}
}

// CountDispersion returns the dispersion of counts in bins of several spans: Pearson's X² over
// its degrees of freedom, at least 1. The bins of a span have one length and their own mean;
// with six bins or more, their own line.
func CountDispersion(spans ...[]float64) Dispersion {
	x2, df := 0.0, 0.0
	for _, counts := range spans {
		if total := sum(counts); total > 0 {
			squares, free := sumSquaredResiduals(counts, 1)
			x2 += squares / (total / float64(len(counts)))
			df += free
		}
	}
	if df < 1 {
		return Dispersion{}
	}
	return Dispersion{Phi: math.Max(1, x2/df), DF: df}
}

// oneSidedCounts compares two rates if one of them has no event: all k = a+b events are in one
// window, which has the share s of the exposure. Both the p-value 2·s^k and the Clopper–Pearson
// limit then have a closed form.
func oneSidedCounts(a, b, na, nb, conf float64) (p float64, iv Interval) {
	k := a + b
	share := na / (na + nb)
	if b > 0 {
		share = 1 - share
	}
	p = math.Min(1, 2*math.Pow(share, k))
	rest := math.Pow((1-conf)/2, 1/k) // lower limit of that window's share of the events
	if b > 0 {
		return p, Interval{Lo: rest / (1 - rest) * na / nb, Hi: math.Inf(1)}
	}
	return p, Interval{Lo: 0, Hi: (1 - rest) / rest * na / nb}
}

// pearsonStatistic returns X² of counts around their mean.
func pearsonStatistic(counts []float64, mean float64) float64 {
	if mean <= 0 {
		return 0
	}
	x2 := 0.0
	for _, k := range counts {
		x2 += (k - mean) * (k - mean) / mean
	}
	return x2
}

func sum(x []float64) float64 {
	total := 0.0
	for _, v := range x {
		total += v
	}
	return total
}
