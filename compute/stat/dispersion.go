package stat

import (
	"math"
	"slices"
)

// Dispersion describes how much more the sums of periods, such as weeks, vary than those of
// independent observations: Phi is the ratio of the variances, at least 1, estimated with DF
// degrees of freedom. The zero value means independent observations.
type Dispersion struct{ Phi, DF float64 }

// isIndependent reports whether the periods vary no more than independent observations.
func (d Dispersion) isIndependent() bool { return d.Phi <= 1 || d.DF < 1 }

// widening returns the factor by which an interval of the normal distribution becomes wider.
func (d Dispersion) widening(conf float64) float64 {
	if d.isIndependent() {
		return 1
	}
	return math.Sqrt(d.Phi) * twoSidedT(conf, d.DF) / twoSidedZ(conf)
}

// Widen corrects p and the interval of an estimate for the dispersion. The z that belongs to p
// is divided by √φ, and the new p is that of Student's t. The interval grows around the point
// by √φ·t/z on either side. p never falls.
func (d Dispersion) Widen(point, p float64, iv Interval, conf float64) (float64, Interval) {
	if d.isIndependent() {
		return p, iv
	}
	const beyond = 1e-300
	z := NormalQuantile(1 - math.Max(p, 1e-15)/2)
	if p < 1e-15 { // Erfcinv(2 − x) has no digits left below this
		z = -NormalQuantile(math.Max(p, beyond) / 2)
	}
	f := d.widening(conf)
	return math.Max(p, twoSidedStudentP(z/math.Sqrt(d.Phi), d.DF)),
		Interval{Lo: point - f*(point-iv.Lo), Hi: point + f*(iv.Hi-point)}
}

// Stretch widens the interval of a duration around its point on the logarithmic scale, by
// √φ·t/z on either side. An unbounded side stays unbounded.
func (d Dispersion) Stretch(point float64, iv Interval, conf float64) Interval {
	if f := d.widening(conf); f > 1 && point > 0 {
		if iv.Lo > 0 {
			iv.Lo = point * math.Pow(iv.Lo/point, f)
		}
		if !math.IsInf(iv.Hi, 1) {
			iv.Hi = point * math.Pow(iv.Hi/point, f)
		}
	}
	return iv
}

// larger returns the larger of two dispersions.
func (d Dispersion) larger(e Dispersion) Dispersion {
	if e.isIndependent() || d.Phi >= e.Phi {
		return d
	}
	return e
}

// MaxDispersion returns the largest of several dispersions.
func MaxDispersion(of ...Dispersion) Dispersion {
	var largest Dispersion
	for _, d := range of {
		largest = largest.larger(d)
	}
	return largest
}

// RankDispersion estimates the dispersion of durations from periods: strata[s][g] are the
// observations of stratum s (a team) in period g. Each stratum's observations are replaced by
// their midranks over all of its periods, divided by their number plus one, and centred. If
// observations are independent, the variance of a period's sum over strata follows, with a
// finite-population correction because the sum of ranks is fixed. φ is the mean ratio of the
// squared sums to those variances, after a steady drift is removed. lost is the number of
// levels of the strata: 1, or 2 for strata of two windows.
//
// A week that is slow for one team raises φ, and a week that is slow for all teams raises it
// more.
func RankDispersion(strata [][][]float64, lost int) Dispersion {
	var sums, variances []float64
	for _, periods := range strata {
		all := slices.Concat(periods...)
		n := float64(len(all))
		if n < 2 {
			continue
		}
		doubled, _ := midranks(all)
		squares := 0.0
		for _, r := range doubled {
			squares += square(float64(r)/(2*(n+1)) - 0.5)
		}
		variance, at := squares/(n-1), 0
		for g, values := range periods {
			for len(sums) <= g {
				sums, variances = append(sums, 0), append(variances, 0)
			}
			k := float64(len(values))
			for range values {
				sums[g] += float64(doubled[at])/(2*(n+1)) - 0.5
				at++
			}
			variances[g] += k * (1 - k/n) * variance
		}
	}
	return estimateDispersion(sums, variances, lost)
}

// ShareDispersion estimates the dispersion of proportions: k[s][g] of the n[s][g] trials of
// stratum s in period g are positive. See RankDispersion for lost.
func ShareDispersion(k, n [][]float64, lost int) Dispersion {
	var sums, variances []float64
	for s := range k {
		trials := sum(n[s])
		if trials < 2 {
			continue
		}
		share := sum(k[s]) / trials
		variance := share * (1 - share) * trials / (trials - 1)
		for g := range k[s] {
			for len(sums) <= g {
				sums, variances = append(sums, 0), append(variances, 0)
			}
			sums[g] += k[s][g] - share*n[s][g]
			variances[g] += n[s][g] * (1 - n[s][g]/trials) * variance
		}
	}
	return estimateDispersion(sums, variances, lost)
}

// minDriftPeriods is the fewest periods of one level that a line is fitted to and removed from: a steady drift then does not count as dispersion.
const minDriftPeriods = 6

// estimateDispersion returns the mean ratio of squared sums to their variances, over the
// periods with a variance. lost is the number of levels that the periods are centred on. The
// drift of a single level is removed if there are at least minDriftPeriods.
func estimateDispersion(sums, variances []float64, lost int) Dispersion {
	total, periods := 0.0, 0
	var weight, weighted float64
	for g, v := range variances {
		if v > minVariance {
			total += square(sums[g]) / v
			weight, weighted = weight+v, weighted+v*float64(g)
			periods++
		}
	}
	n, df := float64(periods), float64(periods-lost)
	if df < 1 {
		return Dispersion{}
	}
	if lost == 1 && periods >= minDriftPeriods {
		var slope, spread float64
		for g, v := range variances {
			if v > minVariance {
				x := float64(g) - weighted/weight
				slope, spread = slope+x*sums[g], spread+x*x*v
			}
		}
		total -= square(slope) / spread
		n, df = n-1, df-1
	}
	return Dispersion{Phi: math.Max(1, total/n), DF: df}
}

// minVariance is the smallest variance of a period with observations; below it is rounding.
const minVariance = 1e-12

// sumSquaredResiduals returns the sum of squares of values around their mean or, with enough of
// them, around a line, and the remaining degrees of freedom.
func sumSquaredResiduals(values []float64, lost int) (squares, df float64) {
	n := float64(len(values))
	mean := sum(values) / n
	var slope, spread float64
	for i, v := range values {
		x := float64(i) - (n-1)/2
		slope, spread = slope+x*v, spread+x*x
		squares += square(v - mean)
	}
	if df = n - float64(lost); lost == 1 && len(values) >= minDriftPeriods {
		return squares - square(slope)/spread, df - 1
	}
	return squares, df
}

func square(x float64) float64 { return x * x }

// CommonVariance estimates the variance that the teams of a period have in common, for example
// from an outage: levels[s][g] is the difference of stratum s in period g from its usual level,
// NaN without observations. The level of a period is the Hodges–Lehmann estimate over strata.
// The common variance is the variance of these levels minus the part that the spread of the
// strata explains. It has as many degrees of freedom as periods, less lost; with none it is 0.
func CommonVariance(levels [][]float64, lost int) (variance, df float64) {
	if len(levels) == 0 {
		return 0, 0
	}
	var centres []float64
	own := 0.0
	row := make([]float64, 0, len(levels))
	for g := range levels[0] {
		row = row[:0]
		for s := range levels {
			if v := levels[s][g]; !math.IsNaN(v) {
				row = append(row, v)
			}
		}
		if len(row) < 6 { // fewer observations give no interval
			continue
		}
		centre, iv := PseudoMedian(row, 0.95)
		centres = append(centres, centre)
		own += square(iv.Width() / 2 / twoSidedZ(0.95))
	}
	if len(centres) <= lost {
		return 0, 0
	}
	squares, df := sumSquaredResiduals(centres, lost)
	if df < 1 {
		return 0, 0
	}
	return math.Max(0, squares/df-own/float64(len(centres))), df
}

// WidenByCommon corrects p and the interval of an estimate over teams for a variance that all
// of them have in common: the half-widths are joined as √(h² + t²·v), and p is at least that of
// Student's t with the joined standard error.
func WidenByCommon(point, p float64, iv Interval, variance, df, conf float64) (float64, Interval) {
	if variance <= 0 || df < 1 || math.IsInf(iv.Width(), 1) {
		return p, iv
	}
	t := twoSidedT(conf, df)
	se := math.Hypot(iv.Width()/2/twoSidedZ(conf), math.Sqrt(variance))
	joined := Interval{
		Lo: point - math.Hypot(point-iv.Lo, t*math.Sqrt(variance)),
		Hi: point + math.Hypot(iv.Hi-point, t*math.Sqrt(variance)),
	}
	return math.Max(p, twoSidedStudentP(point/se, df)), joined
}
