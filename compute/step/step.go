package step

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

const (
	// Level is the share of pages without any step on which a week may be named.
	Level = 0.05
	// permutations is the number of permutations of a page.
	permutations = 999
	// reach is the largest number of weeks on each side of a step that are compared, and least
	// the smallest.
	reach, least = 8, 4
	// minWeeks is the number of weeks that a test needs, maxWeeks the number that a chart shows.
	minWeeks, maxWeeks = 26, 104
)

// Find sets the steps of the series of one page. seed makes the permutations of a page the same
// in every run. Weeks without a value, weeks that may still change and weeks of the calendar
// are left out.
func Find(seed string, page []*metric.Series) {
	var tested []*sample
	var first, last time.Time
	for _, s := range page {
		s.Steps = nil
		x := newSample(s)
		if x == nil {
			continue
		}
		tested = append(tested, x)
		if from := x.at[0]; first.IsZero() || from.Before(first) {
			first = from
		}
		if to := x.at[len(x.at)-1]; to.After(last) {
			last = to
		}
	}
	if len(tested) == 0 {
		return
	}
	limit := permute(newRand(seed), tested, int(last.Sub(first)/week)+1, first)
	for _, x := range tested {
		x.series.Steps = x.listSteps(limit)
	}
}

// newRand returns the generator of a page.
func newRand(seed string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(seed))
	return rand.New(rand.NewPCG(h.Sum64(), 13))
}

// permute returns, for each permutation, the largest contrast of all weeks of all series. The
// weeks are permuted alike in all series, so that weeks that are unusual in several of them stay
// together (Westfall and Young 1993).
func permute(r *rand.Rand, tested []*sample, weeks int, first time.Time) []float64 {
	for _, x := range tested {
		x.place(weeks, first)
	}
	order := make([]int, weeks)
	for i := range order {
		order[i] = i
	}
	for b := range permutations {
		r.Shuffle(weeks, func(i, k int) { order[i], order[k] = order[k], order[i] })
		for _, x := range tested {
			x.rebuild(b, order)
		}
	}
	largest := make([]float64, permutations)
	for _, x := range tested {
		x.standardise()
		for b := range largest {
			for k := range x.spread {
				largest[b] = math.Max(largest[b], math.Abs(x.null[b*len(x.spread)+k])/x.spread[k])
			}
		}
	}
	return largest
}

// listSteps returns the weeks of a sample with a step, oldest first. Of neighbouring weeks only
// that with the largest contrast is one.
func (x *sample) listSteps(largest []float64) []metric.Step {
	var steps []metric.Step
	used := make([]bool, len(x.values))
	for {
		best, at := 0.0, -1
		for k := range x.spread {
			t := math.Abs(x.observed[k]) / (x.spread[k] * x.wider)
			if i := k + least; !used[i] && t > best {
				best, at = t, i
			}
		}
		if at < 0 {
			break
		}
		p := adjustedP(best, largest)
		if p > Level {
			break
		}
		for i := max(0, at-least+1); i < min(len(used), at+least); i++ {
			used[i] = true
		}
		if s := x.newStep(at); s != nil {
			s.P = p
			steps = append(steps, *s)
		}
	}
	sortSteps(steps)
	return steps
}

// adjustedP returns the share of permutations with a contrast as large as t.
func adjustedP(t float64, largest []float64) float64 {
	n := 1
	for _, v := range largest {
		if v >= t {
			n++
		}
	}
	return float64(n) / float64(len(largest)+1)
}
