package impact

import (
	"errors"
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// ErrNoMotion means that a panel is too small to measure the movement of teams.
var ErrNoMotion = errors.New("no two teams with two periods each, or no movement between them: collect more history")

// RollOut is a planned or past sequence of the teams that adopt a feature.
type RollOut struct {
	Pre         int   // periods before the first team adopts
	Begin       []int // number of teams that adopt, by period from the first
	Comparators int   // number of teams that never adopt
}

// countAdopters returns the number of teams that adopt by the k-th period, from 0.
func (r *RollOut) countAdopters(k int) int {
	n := 0
	for i := 0; i < len(r.Begin) && i <= k; i++ {
		n += r.Begin[i]
	}
	return n
}

// Outlook is the expected result of a look at the end of one period of a roll-out.
type Outlook struct {
	Periods int     // since the first team adopted, with this one
	SE      float64 // of the headline; +Inf without a comparison
	Level   float64 // the largest p-value of an effect claimed then
	Power   float64 // probability that the effect of the plan is claimed and the checks pass
	// Smallest is the effect that is claimed with a probability of 80 %; +Inf if there is none.
	Smallest float64
}

// Found is the probability of a claim that a plan requires.
const Found = 0.80

const (
	// fairPasses is the share of fair comparisons that pass the checks: by design 10 % fail the
	// check of the slope, and about 1 % fail another one.
	fairPasses = 0.89
	// reach is the half-width of the integration grid in standard errors, and grid its number
	// of points on each side.
	reach = 8
	grid  = 120
)

// Plan forecasts the looks of a roll-out: the probability that an effect, in units of the
// outcome, is claimed, by period since the first team adopted. It assumes the variances of the
// panel, normal outcomes, and adopters that are neither noisier nor drifting. Because the
// number of permutations is finite, on average one and a half of those that alpha allows are
// not claimed.
func (m *Motion) Plan(r RollOut, effect float64, o Options, periods int) []Outlook {
	out := make([]Outlook, 0, periods)
	var information []float64
	var spent []float64
	var at []int
	for k := range periods {
		se := m.standardError(&r, o, k)
		out = append(out, Outlook{Periods: k + 1, SE: se, Smallest: math.Inf(1)})
		if c := r.countsAt(o, k); !math.IsInf(se, 1) && c.isEnough() {
			information, at = append(information, 1/(se*se)), append(at, k)
			spent = append(spent, math.Max(0, spentBy(k+1)-1.5/float64(o.permutationCount()+1)))
		}
	}
	degrees := float64(r.countAdopters(periods) + r.Comparators - 2)
	for i, z := range lookBoundaries(information, spent) {
		look := &out[at[i]]
		look.Level = 2 * stat.NormalCDF(-z)
		threshold := scaleToStudent(z, degrees)
		doubt := math.Sqrt(1 + z*z/(2*math.Max(1, degrees))) // uncertainty of the standard error itself
		slope, exposure := m.slopeError(&r, o, at[i])
		found := func(effect float64) float64 {
			return computePassChance(effect, slope*exposure) * stat.NormalCDF((effect/look.SE-threshold)/doubt)
		}
		look.Power, look.Smallest = found(math.Abs(effect)), findSmallestEffect(found, 20*look.SE)
	}
	return out
}

// findSmallestEffect returns the smallest effect that is claimed with a probability of 80 %, up
// to a limit.
func findSmallestEffect(found func(float64) float64, limit float64) float64 {
	lo, hi := 0.0, limit
	for range 50 {
		if mid := (lo + hi) / 2; found(mid) < Found {
			lo = mid
		} else {
			hi = mid
		}
	}
	return hi
}

// computePassChance returns the probability that a fair comparison with an effect passes the checks:
// those with a fixed level, and the check of the extrapolated drift. continued is the standard
// error of that drift.
func computePassChance(effect, continued float64) float64 {
	if continued == 0 {
		return 1
	}
	return fairPasses - stat.NormalCDF(-effect/continued)
}

// scaleToStudent returns the quantile of Student's distribution at the probability of the
// normal z (the first term of Cornish and Fisher).
func scaleToStudent(z, degrees float64) float64 {
	return z * (1 + (z*z+1)/(4*math.Max(1, degrees)))
}

// lookBoundaries returns the standardised thresholds of looks with the given information. They
// are such that an estimate without effect exceeds one of them by the k-th look with the
// probability spent[k]: the integration of Armitage, McPherson and Rowe over the sum's
// independent steps.
func lookBoundaries(information, spent []float64) []float64 {
	out := make([]float64, len(information))
	const points = 2*grid + 1
	density := make([]float64, points) // density of the sum so far, within the earlier thresholds
	density[grid] = 1
	var scale, before, last float64
	for k, total := range information {
		total = math.Max(total, last*(1+1e-6)) // information never decreases
		step := math.Sqrt(total - last)
		next, nextScale := make([]float64, points), reach*math.Sqrt(total)/grid
		for j := range next {
			x := float64(j-grid) * nextScale
			for i, d := range density {
				if from := x - float64(i-grid)*scale; d > 0 && math.Abs(from) < reach*step+nextScale {
					next[j] += d * (stat.NormalCDF((from+nextScale/2)/step) - stat.NormalCDF((from-nextScale/2)/step))
				}
			}
		}
		limit := tailLimit(next, spent[k]-before)
		out[k] = limit * nextScale / math.Sqrt(total)
		for j := range next {
			switch away := math.Abs(float64(j-grid)) - limit; {
			case away > 0.5:
				next[j] = 0
			case away > -0.5: // the threshold is within the interval of this point
				next[j] *= 0.5 - away
			}
		}
		density, scale, last, before = next, nextScale, total, spent[k]
	}
	return out
}

// tailLimit returns the distance from the middle, in points, such that the mass outside
// equals beyond.
func tailLimit(mass []float64, beyond float64) float64 {
	sum := 0.0
	for away := grid; away > 0; away-- {
		both := mass[grid+away] + mass[grid-away]
		if sum+both > beyond {
			return float64(away) + 0.5 - (beyond-sum)/both
		}
		sum += both
	}
	return 0
}
