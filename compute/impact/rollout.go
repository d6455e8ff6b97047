package impact

import (
	"errors"
	"math"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// ErrNoMotion means that a panel is too small to see how teams move.
var ErrNoMotion = errors.New("no two teams with two periods each, or no movement between them: collect more history")

// RollOut is how a feature will come, or came, to teams.
type RollOut struct {
	Pre         int   // periods before the first team begins
	Begin       []int // teams that begin, by period from the first
	Comparators int   // teams that never do
}

// countAdopters returns the number of teams that begin by the k-th period, from 0.
func (r *RollOut) countAdopters(k int) int {
	n := 0
	for i := 0; i < len(r.Begin) && i <= k; i++ {
		n += r.Begin[i]
	}
	return n
}

// Outlook is the possible answer at the end of one period of a roll-out.
type Outlook struct {
	Periods int     // since the first team began, that one included
	SE      float64 // of the headline; +Inf where nothing can be compared
	Level   float64 // the largest p-value of a claimed effect then
	Power   float64 // chance that the effect of the plan is claimed, checks passed
	// Smallest is the effect that is claimed in four of five cases; +Inf if none.
	Smallest float64
}

// Found is the chance that a plan asks for.
const Found = 0.80

const (
	// fairPasses is the share of fair comparisons that pass the checks: 10 % fail
	// that of the slope by design, and about 1 % one of the others.
	fairPasses = 0.89
	// reach is the grid of the boundary's integration in standard errors, and grid
	// its number of points on each side.
	reach = 8
	grid  = 120
)

// Plan foresees the looks of a roll-out: how sure an answer would be of an effect,
// in units of the outcome, by period since the first team began. It rests on the
// variances that the panel shows, on normal outcomes, and on adopters that are
// neither noisier nor drifting. Permutations are few: on average one and a half of
// them of what may be spent are not.
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
		threshold := student(z, degrees)
		doubt := math.Sqrt(1 + z*z/(2*math.Max(1, degrees))) // of the standard error itself
		slope, exposure := m.slopeError(&r, o, at[i])
		found := func(effect float64) float64 {
			return passes(effect, slope*exposure) * stat.NormalCDF((effect/look.SE-threshold)/doubt)
		}
		look.Power, look.Smallest = found(math.Abs(effect)), smallest(found, 20*look.SE)
	}
	return out
}

// smallest finds the effect that is claimed in four of five cases, up to a limit.
func smallest(found func(float64) float64, limit float64) float64 {
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

// passes returns the chance that a fair comparison with an effect passes the checks: those with
// a fixed level, and that of the drift continued, whose standard error is given.
func passes(effect, continued float64) float64 {
	if continued == 0 {
		return 1
	}
	return fairPasses - stat.NormalCDF(-effect/continued)
}

// student returns the quantile of Student's distribution that belongs to the normal z (Cornish
// and Fisher's first term).
func student(z, degrees float64) float64 {
	return z * (1 + (z*z+1)/(4*math.Max(1, degrees)))
}

// lookBoundaries returns the standardised thresholds of looks with the given information, such
// that a mean without effect is beyond one of them by the k-th look with the probability
// spent[k]: Armitage, McPherson and Rowe's integration over the sum's independent steps.
func lookBoundaries(information, spent []float64) []float64 {
	out := make([]float64, len(information))
	const points = 2*grid + 1
	density := make([]float64, points) // of the sum so far, not yet beyond
	density[grid] = 1
	var scale, before, last float64
	for k, total := range information {
		total = math.Max(total, last*(1+1e-6)) // information does not get lost
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
			case away > -0.5: // the boundary cuts through the point's own part
				next[j] *= 0.5 - away
			}
		}
		density, scale, last, before = next, nextScale, total, spent[k]
	}
	return out
}

// tailLimit returns the distance from the middle, in points, beyond which the mass is as given.
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
