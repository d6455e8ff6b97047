package step

import (
	"cmp"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

const week = 7 * 24 * time.Hour

// sample holds the weeks of a series that count, on a scale on which their noise is alike.
type sample struct {
	series      *metric.Series
	at          []time.Time
	values      []float64 // on the scale
	raw         []float64 // in the unit of the series
	rho         float64   // correlation of neighbouring weeks
	innovations []float64 // what is new in each week

	index    []int     // week on the page → index, −1 for a week that is missing
	observed []float64 // contrast of each candidate week; the first is week least
	null     []float64 // the same of each permutation
	spread   []float64 // standard deviation of each candidate's contrast without a step
	wider    float64   // how much more the contrasts of usual weeks spread
	again    []float64 // a rebuilt series
	sums     []float64 // its running sums
}

// newSample returns the weeks of a series that count; nil if they are too few or all alike.
func newSample(s *metric.Series) *sample {
	x := &sample{series: s}
	points := s.Points[max(0, len(s.Points)-maxWeeks):]
	for i := range points {
		p := &points[i]
		if p.Value == nil || p.Provisional || p.Break || p.Unsettled {
			continue
		}
		x.at, x.raw = append(x.at, p.At), append(x.raw, *p.Value)
		x.values = append(x.values, steady(*p.Value, s.Unit))
	}
	if len(x.values) < minWeeks {
		return nil
	}
	x.estimate()
	if x.innovations == nil {
		return nil
	}
	candidates := len(x.values) - 2*least + 1
	x.again, x.sums = make([]float64, len(x.values)), make([]float64, len(x.values)+1)
	x.observed = make([]float64, candidates)
	x.null = make([]float64, candidates*permutations)
	x.contrast(x.values, x.observed)
	return x
}

// steady returns a value on a scale on which its noise depends little on its level.
func steady(v float64, u metric.Unit) float64 {
	switch u {
	case metric.Seconds:
		return math.Log(math.Max(v, 1))
	case metric.Share:
		return math.Asin(math.Sqrt(math.Min(math.Max(v, 0), 1)))
	case metric.PerDay, metric.PerDayPer, metric.PerWeek, metric.Per100:
		return math.Sqrt(math.Max(v, 0))
	}
	return v
}

// newStep returns the step before the week at; nil if the level did not stay, or if a steady
// slope describes the weeks around it as well.
func (x *sample) newStep(at int) *metric.Step {
	from, to := max(0, at-reach), min(len(x.values), at+reach)
	before, after := middle(x.values[from:at]), middle(x.values[at:to])
	if !stays(x.values[from:at], before, after) || !stays(x.values[at:to], after, before) {
		return nil
	}
	if slope, level := x.squaresAround(from, at, to); slope <= level {
		return nil
	}
	return &metric.Step{Week: x.at[at], Before: middle(x.raw[from:at]), After: middle(x.raw[at:to])}
}

// middle returns the median.
func middle(values []float64) float64 {
	return stat.Quantile(slices.Sorted(slices.Values(values)), 0.5)
}

// stays reports whether three of four values, and all of the fewest possible, are nearer to
// their own level than to the other. A short dip is not a level.
func stays(values []float64, own, other float64) bool {
	n := 0
	for _, v := range values {
		if math.Abs(v-own) < math.Abs(v-other) {
			n++
		}
	}
	return own != other && (n == len(values) || 4*n >= 3*len(values) && len(values) > least)
}

// squaresAround returns the squares that remain around a line through the weeks from from to
// to, and around two levels that meet at a week.
func (x *sample) squaresAround(from, at, to int) (slope, level float64) {
	v := x.values[from:to]
	n := float64(len(v))
	var st, sy, stt, sty float64
	for t, y := range v {
		t := float64(t)
		st, sy, stt, sty = st+t, sy+y, stt+t*t, sty+t*y
	}
	b := (sty - st*sy/n) / (stt - st*st/n)
	a := (sy - b*st) / n
	for t, y := range v {
		d := y - a - b*float64(t)
		slope += d * d
	}
	return slope, squares(v[:at-from]) + squares(v[at-from:])
}

// squares returns the sum of the squared differences from the mean.
func squares(values []float64) float64 {
	mean, sum := 0.0, 0.0
	for _, v := range values {
		mean += v / float64(len(values))
	}
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return sum
}

func sortSteps(steps []metric.Step) {
	slices.SortFunc(steps, func(a, b metric.Step) int { return cmp.Compare(a.Week.Unix(), b.Week.Unix()) })
}
