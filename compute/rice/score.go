package rice

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// rangeConfidence is the confidence of an estimated range from lo to hi.
const rangeConfidence = 0.90

// A pair of items ties while the chance that one beats the other is between
// these: neither order is better founded.
const (
	tieFrom = 0.25
	tieTo   = 0.75
)

// rangeZ returns the half-width of a range in standard deviations, 1.645: the σ of lo..hi is
// (ln hi − ln lo)/3.290.
func rangeZ() float64 { return stat.NormalQuantile((1 + rangeConfidence) / 2) }

// Scored is the score of an item as a log-normal: its median, and σ of its
// logarithm. Points rank: Median is the product of the points; Sigma is only
// the doubt about it, 0 for none.
type Scored struct{ Median, Sigma float64 }

// Factor is one of the judged numbers, greater than 0: a point and its range, the
// 90 % interval of a log-normal.
type Factor struct{ Point, Lo, Hi float64 }

// Between returns a factor that has a range only: its point is the middle of that on the
// logarithmic scale.
func Between(lo, hi float64) Factor { return Factor{Point: math.Sqrt(lo * hi), Lo: lo, Hi: hi} }

// Around returns the factor that may be off by so many times either way.
func Around(point, times float64) Factor {
	return Factor{Point: point, Lo: point / times, Hi: point * times}
}

// sigma returns the standard deviation of the factor's logarithm; a range that is none adds no
// doubt.
func (f Factor) sigma() float64 {
	if !(f.Lo > 0 && f.Hi > f.Lo) {
		return 0
	}
	return (math.Log(f.Hi) - math.Log(f.Lo)) / (2 * rangeZ())
}

// Factors are the four numbers of one initiative. Confidence is a share, a
// multiplier without a range.
type Factors struct {
	Reach, Impact, Effort Factor
	Confidence            float64
}

// centre returns the factors with each point in the middle of its range on the logarithmic
// scale: points rank, but the doubt about a score is that of the ranges alone.
func (f Factors) centre() Factors {
	for _, x := range []*Factor{&f.Reach, &f.Impact, &f.Effort} {
		if x.Lo > 0 && x.Hi >= x.Lo {
			*x = Between(x.Lo, x.Hi)
		}
	}
	return f
}

// Score returns reach × impact × confidence ÷ effort of the points with the doubt of the
// ranges: logarithms of independent log-normals add up. Without effort it is 0: check the input
// before.
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

// Shares shows how much of the doubt about a score each range brings: the one to narrow first.
// They add up to 1, or are all 0 without doubt.
type Shares struct{ Reach, Impact, Effort float64 }

// VarianceShares splits the variance of the score's logarithm.
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
	a, sa := s.logarithm()
	b, sb := other.logarithm()
	return stat.NormalCDF((a - b) / math.Hypot(sa, sb))
}

// Ties reports whether the order of two items is too close to call: either beats
// the other with a probability between 25 % and 75 %.
func (s Scored) Ties(other Scored) bool {
	p := s.Beats(other)
	return tieFrom < p && p < tieTo
}

// FlipFactor returns the factor by which the score of s would have to change to equal other's:
// below 1 if s is ahead. It is +Inf for a score of 0.
func (s Scored) FlipFactor(other Scored) float64 {
	if s.Median <= 0 {
		return math.Inf(1)
	}
	return other.Median / s.Median
}

// logarithm returns the mean and standard deviation of the score's logarithm, kept away from −∞
// and 0.
func (s Scored) logarithm() (mu, sigma float64) {
	return math.Log(math.Max(s.Median, smallestMedian)), math.Max(s.Sigma, smallestSigma)
}
