package rice

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// rangeConfidence is the probability that an estimated range from lo to hi contains the value.
const rangeConfidence = 0.90

// Two items tie if the probability that one beats the other is between these limits: neither
// order has a better reason.
const (
	tieFrom = 0.25
	tieTo   = 0.75
)

// rangeZ returns the half-width of a range in standard deviations, 1.645: the σ of lo..hi is
// (ln hi − ln lo)/3.290.
func rangeZ() float64 { return stat.NormalQuantile((1 + rangeConfidence) / 2) }

// Scored is the score of an item as a log-normal: its median, and the σ of its logarithm. Items
// are ranked by Median, the product of the points; Sigma is only its uncertainty, 0 for none.
type Scored struct{ Median, Sigma float64 }

// Factor is one of the estimated numbers, greater than 0: a point and its range, the 90 %
// interval of a log-normal.
type Factor struct{ Point, Lo, Hi float64 }

// FactorBetween returns a factor with a range only: its point is the middle of the range on the
// logarithmic scale.
func FactorBetween(lo, hi float64) Factor { return Factor{Point: math.Sqrt(lo * hi), Lo: lo, Hi: hi} }

// FactorAround returns the factor with the range from point ÷ times to point × times.
func FactorAround(point, times float64) Factor {
	return Factor{Point: point, Lo: point / times, Hi: point * times}
}

// sigma returns the standard deviation of the factor's logarithm; 0 without a valid range.
func (f Factor) sigma() float64 {
	if !(f.Lo > 0 && f.Hi > f.Lo) {
		return 0
	}
	return (math.Log(f.Hi) - math.Log(f.Lo)) / (2 * rangeZ())
}

// Factors are the four numbers of one initiative. Confidence is a share, 0 to 1, without a
// range.
type Factors struct {
	Reach, Impact, Effort Factor
	Confidence            float64
}

// centrePoints returns the factors with each point moved to the middle of its range on the
// logarithmic scale. Items are ranked by their points, but the interval of a score comes from
// the ranges alone.
func (f Factors) centrePoints() Factors {
	for _, x := range []*Factor{&f.Reach, &f.Impact, &f.Effort} {
		if x.Lo > 0 && x.Hi >= x.Lo {
			*x = FactorBetween(x.Lo, x.Hi)
		}
	}
	return f
}

// Score returns reach × impact × confidence ÷ effort of the points, with the uncertainty of the
// ranges: variances of the logarithms of independent log-normals add up. Without effort it is
// 0; callers check the input before.
func (f Factors) Score() Scored {
	var s Scored
	if f.Effort.Point > 0 {
		s.Median = f.Reach.Point * f.Impact.Point * f.Confidence / f.Effort.Point
	}
	s.Sigma = math.Sqrt(f.variance())
	return s
}

func (f Factors) variance() float64 {
	r, i, e := f.Reach.sigma(), f.Impact.sigma(), f.Effort.sigma()
	return r*r + i*i + e*e
}

// Shares are the parts of a score's variance that come from each range; the largest is the
// range to narrow first. They add up to 1, or are all 0 without variance.
type Shares struct{ Reach, Impact, Effort float64 }

// VarianceShares returns the share of each range in the variance of the score's logarithm.
func (f Factors) VarianceShares() Shares {
	total := f.variance()
	if total == 0 {
		return Shares{}
	}
	share := func(sigma float64) float64 { return sigma * sigma / total }
	return Shares{share(f.Reach.sigma()), share(f.Impact.sigma()), share(f.Effort.sigma())}
}

// Interval returns the 90 % interval of the score.
func (s Scored) Interval() stat.Interval {
	factor := math.Exp(rangeZ() * s.Sigma)
	return stat.Interval{Lo: s.Median / factor, Hi: s.Median * factor}
}

// Beats returns the probability that s scores higher than other.
func (s Scored) Beats(other Scored) float64 {
	a, sa := s.logMoments()
	b, sb := other.logMoments()
	return stat.NormalCDF((a - b) / math.Hypot(sa, sb))
}

// Ties reports whether the order of two items is too close to call: the probability that either
// beats the other is between 25 % and 75 %.
func (s Scored) Ties(other Scored) bool {
	p := s.Beats(other)
	return tieFrom < p && p < tieTo
}

// FlipFactor returns the factor by which the score of s would have to change to equal other's:
// below 1 if s scores higher. It is +Inf for a score of 0.
func (s Scored) FlipFactor(other Scored) float64 {
	if s.Median <= 0 {
		return math.Inf(1)
	}
	return other.Median / s.Median
}

// logMoments returns the mean and standard deviation of the score's logarithm, with limits that
// keep them from −∞ and 0.
func (s Scored) logMoments() (mu, sigma float64) {
	return math.Log(math.Max(s.Median, smallestMedian)), math.Max(s.Sigma, smallestSigma)
}
