package adoption

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// Outlook forecasts the share of eligible units that use a feature: a weighted set of curves
// that agree with the past weeks. Forecast makes one.
//
// The curves are logistics and lines towards eleven ceilings, falling lines, and levels that
// were constant for a while. All pass through the last week's share. The weight of a curve is
// its normal likelihood over the last 26 weeks, with the residual of the best curve as the
// noise (a grid for Bayesian model averaging: Hoeting et al. 1999; the logistic is Rogers' and
// Bass' without innovators). Each curve then continues, stops or jumps, with fixed
// probabilities.
type Outlook struct {
	paths []path
	noise float64 // standard deviation of a week's share around its curve
	last  float64 // share of the last week with data
	steps [][]float64
}

// path is one possible future of a share, with its weight.
type path struct {
	weight float64
	shape  curveShape
}

// curveShape is a curve through the last week's share: a logistic towards ceiling, or a line up
// to ceiling.
type curveShape struct {
	logistic bool
	ceiling  float64 // share at which the curve ends
	rate     float64 // rate of the logistic, or slope of the line, per week
	rest     float64 // weeks without change before the last week, for a line
	stop     float64 // weeks ahead at which it becomes constant; 0: never
	jumpAt   float64 // weeks ahead at which it jumps to jumpTo; 0: never
	jumpTo   float64
}

const (
	// FewestWeeks is the fewest weeks with use that a forecast needs.
	FewestWeeks = 8
	// FewestUnits is the fewest eligible units that a forecast needs: one unit of five is 20
	// points.
	FewestUnits = 5
	// Horizon is the number of weeks that a forecast covers.
	Horizon = 52
	// fitWeeks is the number of past weeks that curves are fitted to.
	fitWeeks = 26
)

var (
	ceilings = []float64{.05, .15, .25, .35, .45, .55, .65, .75, .85, .95, 1}
	rates    = []float64{.03, .05, .08, .12, .18, .27, .4}
	slopes   = []float64{.002, .004, .008, .015, .025, .04, .07}
	rests    = []float64{1, 2, 4, 8, 13, 26}
	// stops are the weeks ahead at which growth may end without a sign in the past, and jumps
	// the weeks at which a group of units may join at once.
	stops = []float64{2, 5, 9, 14, 21, 32}
	jumps = []float64{2, 6, 12, 20, 32}
	leaps = []float64{.1, .25, .5}
)

// negligible is the weight, relative to the best curve, below which a curve is left out.
const negligible = 1e-3

// Probabilities, chosen by simulation: see docs/methods.md.
const (
	chanceStop = .25
	chanceJump = .2
)

// Forecast weights curves by their agreement with the shares of past weeks, oldest first; a
// share is active ÷ eligible units. It returns nil for fewer than FewestWeeks shares or
// FewestUnits units, or if no unit uses the feature yet.
func Forecast(shares []float64, eligible int) *Outlook {
	first := slices.IndexFunc(shares, func(v float64) bool { return v > 0 })
	if first < 0 || eligible < FewestUnits {
		return nil
	}
	shares = shares[first:]
	if len(shares) < FewestWeeks {
		return nil
	}
	shares = shares[max(0, len(shares)-fitWeeks):]
	o := &Outlook{last: shares[len(shares)-1]}
	shapes := candidateCurves(o.last)
	errors := make([]float64, len(shapes))
	for i := range shapes {
		for k, v := range shares {
			d := v - shapes[i].shareAt(o.last, float64(k-len(shares)+1))
			errors[i] += d * d
		}
	}
	n := float64(len(shares))
	unit := math.Sqrt(max(o.last*(1-o.last), .05)/float64(eligible)) / 2
	o.noise = max(math.Sqrt(slices.Min(errors)/n), unit, .01)
	best := slices.Min(errors)
	for i := range shapes {
		weight := math.Exp((best - errors[i]) / (2 * o.noise * o.noise))
		if weight > negligible {
			o.addContinuations(shapes[i], weight)
		}
	}
	o.steps = make([][]float64, Horizon+1)
	return o
}

// candidateCurves returns the curves through the last share.
func candidateCurves(last float64) []curveShape {
	out := []curveShape{}
	for _, u := range ceilings {
		top := last + (1-last)*u
		if top <= last {
			break
		}
		for _, r := range rates {
			out = append(out, curveShape{logistic: true, ceiling: top, rate: r})
		}
		for _, b := range slopes {
			out = append(out, curveShape{ceiling: top, rate: b})
		}
	}
	for _, b := range slopes {
		for _, u := range []float64{0, .5} {
			out = append(out, curveShape{ceiling: last * u, rate: -b})
		}
		for _, rest := range rests {
			out = append(out, curveShape{ceiling: last, rate: b, rest: rest}, curveShape{ceiling: last, rate: -b, rest: rest})
		}
	}
	for _, rest := range rests { // a step, then no change
		out = append(out, curveShape{ceiling: last, rate: 1, rest: rest})
	}
	return append(out, curveShape{ceiling: last})
}

// addContinuations adds the paths on which a curve may continue: unchanged, stopped, or with a
// jump.
func (o *Outlook) addContinuations(c curveShape, weight float64) {
	moves := c.ceiling != o.last
	calm := 1 - chanceJump
	for _, at := range jumps {
		for _, leap := range leaps {
			j := c
			j.jumpAt, j.jumpTo = at, leap
			o.paths = append(o.paths, path{weight * chanceJump / float64(len(jumps)*len(leaps)), j})
		}
	}
	if !moves {
		o.paths = append(o.paths, path{weight * calm, c})
		return
	}
	o.paths = append(o.paths, path{weight * calm * (1 - chanceStop), c})
	for _, at := range stops {
		s := c
		s.stop = at
		o.paths = append(o.paths, path{weight * calm * chanceStop / float64(len(stops)), s})
	}
}

// shareAt returns the share t weeks after the last week with data; t is negative for weeks
// before.
func (c *curveShape) shareAt(last, t float64) float64 {
	if t > 0 && c.stop > 0 {
		t = min(t, c.stop)
	}
	v := c.grownShare(last, t)
	if c.jumpAt > 0 && t >= c.jumpAt {
		v += (1 - v) * c.jumpTo
	}
	return v
}

func (c *curveShape) grownShare(last, t float64) float64 {
	switch {
	case c.logistic:
		now := min(max(last, .01*c.ceiling), .99*c.ceiling)
		odds := math.Log(now/(c.ceiling-now)) + c.rate*t
		return c.ceiling / (1 + math.Exp(-odds))
	case c.rest > 0 && t > -c.rest || c.rate == 0:
		return last
	case c.rest > 0:
		return min(max(last+c.rate*(t+c.rest), 0), 1)
	case t > 0 && c.rate > 0:
		return min(c.ceiling, last+c.rate*t)
	case t > 0:
		return max(c.ceiling, last+c.rate*t)
	}
	return min(max(last+c.rate*t, 0), 1)
}

// valuesInWeek returns the shares of all paths that many weeks ahead.
func (o *Outlook) valuesInWeek(week int) []float64 {
	if o.steps[week] == nil {
		o.steps[week] = make([]float64, len(o.paths))
		for i := range o.paths {
			o.steps[week][i] = o.paths[i].shape.shareAt(o.last, float64(week))
		}
	}
	return o.steps[week]
}

// certain is the number of standard deviations beyond which a normal probability is 0 or 1 in
// floating point.
const certain = 8.5

// Below returns the probability that the share is at most v that many weeks ahead, from 1 to
// Horizon.
func (o *Outlook) Below(v float64, week int) float64 {
	values := o.valuesInWeek(week)
	var below, total float64
	for i := range o.paths {
		w := o.paths[i].weight
		total += w
		switch z := (v - values[i]) / o.noise; {
		case z >= certain:
			below += w
		case z > -certain:
			below += w * stat.NormalCDF(z)
		}
	}
	return below / total
}

// Quantile returns the p-quantile, 0 to 1, of the share that many weeks ahead: the middle of the
// cell that bisection of the shares into 2^30 cells ends in.
func (o *Outlook) Quantile(p float64, week int) float64 {
	const cells = 1 << 30
	lo, hi := 0, cells // less than p is below lo, and not less below hi
	atLo, atHi := o.Below(0, week)-p, o.Below(1, week)-p
	switch {
	case atLo >= 0:
		hi = 1
	case atHi < 0:
		lo = cells - 1
	}
	// A line through both ends leads to the next share (regula falsi). The end that stays counts
	// half (Illinois), and every fourth share is the middle.
	for turn, side := 1, 0; hi-lo > 1; turn++ {
		mid := lo + int(float64(hi-lo)*atLo/(atLo-atHi))
		if turn%4 == 0 {
			mid = (lo + hi) / 2
		}
		mid = min(max(mid, lo+1), hi-1)
		if at := o.Below(float64(mid)/cells, week) - p; at < 0 {
			lo, atLo = mid, at
			if side < 0 {
				atHi /= 2
			}
			side = -1
		} else {
			hi, atHi = mid, at
			if side > 0 {
				atLo /= 2
			}
			side = 1
		}
	}
	return (float64(lo) + 0.5) / cells
}

// Reach is the time at which a share is reached, in weeks after the last week with data. With a
// probability of 10 %, 50 % and 90 % it is reached by Early, Mid and Late. 0 means not within
// Horizon.
type Reach struct{ Early, Mid, Late int }

// Reaches returns when a share above 0 is reached.
func (o *Outlook) Reaches(share float64) Reach {
	var r Reach
	for week := 1; week <= Horizon; week++ {
		p := 1 - o.Below(share, week)
		for _, x := range []struct {
			at   *int
			from float64
		}{{&r.Early, .1}, {&r.Mid, .5}, {&r.Late, .9}} {
			if *x.at == 0 && p >= x.from {
				*x.at = week
			}
		}
	}
	return r
}
