package goals

import (
	"fmt"
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

const (
	// shiftWeeks is the largest number of weeks compared on either side of a day, and
	// fewestShiftWeeks the smallest.
	shiftWeeks       = 8
	fewestShiftWeeks = 4
)

// Change is the change of a weekly series, with its 95 % interval. Relative changes are shares
// of the level before.
type Change struct {
	Value float64
	metric.Range
	Before, After int // number of weeks
}

// Shift compares the last weeks before a day with the last weeks up to a look: at most eight on
// either side, at least four. Without enough weeks the text gives the reason.
//
// The change is the difference of the means, on logarithms if it is relative, with Welch's t
// interval (Welch 1947). Weeks resemble their neighbours, so variances are multiplied by c =
// (1+r)/(1−r), with r the pooled lag-one correlation within the sides, corrected for its bias
// by (1+4r)/n and kept within 0 and 0.8. The degrees of freedom are divided by c, and are at
// least 3. The change includes every other cause in the same time: it is a before-and-after
// comparison, not an effect.
func Shift(points []metric.Point, from, look time.Time, relative bool) (*Change, string) {
	var before, after []float64
	for i := range points {
		p := &points[i]
		end := p.At.Add(org.Week)
		if p.Value == nil || p.Provisional || p.Break || p.Unsettled {
			continue
		}
		v := *p.Value
		if relative {
			if v <= 0 {
				return nil, "the outcome is not always above 0, so a percentage means nothing"
			}
			v = math.Log(v)
		}
		switch {
		case !end.After(from):
			before = append(before, v)
		case !p.At.Before(from) && !end.After(look):
			after = append(after, v)
		}
	}
	before, after = before[max(0, len(before)-shiftWeeks):], after[max(0, len(after)-shiftWeeks):]
	switch {
	case len(before) < fewestShiftWeeks:
		return nil, fmt.Sprintf("%d weeks before it have data, and %d are needed", len(before), fewestShiftWeeks)
	case len(after) < fewestShiftWeeks:
		return nil, fmt.Sprintf("%d weeks after it have data, and %d are needed", len(after), fewestShiftWeeks)
	}
	d, se, df := welchDifference(before, after)
	half := stat.StudentQuantile(0.975, df) * se
	c := Change{Value: d, Range: metric.Range{Lo: d - half, Hi: d + half}, Before: len(before), After: len(after)}
	if relative {
		c.Value, c.Lo, c.Hi = math.Expm1(c.Value), math.Expm1(c.Lo), math.Expm1(c.Hi)
	}
	return &c, ""
}

// welchDifference returns the difference after − before, its standard error and degrees of
// freedom: see Shift.
func welchDifference(before, after []float64) (d, se, df float64) {
	b, a := sideOf(before), sideOf(after)
	n := b.n + a.n
	r := 0.0
	if b.squares+a.squares > 0 {
		r = (b.lagged + a.lagged) / (b.squares + a.squares)
	}
	r = min(max(r+(1+4*r)/n, 0), 0.8)
	c := (1 + r) / (1 - r)
	vb, va := b.squares/(b.n-1)/b.n, a.squares/(a.n-1)/a.n
	df = 3
	if v := vb + va; v > 0 {
		df = max(3, v*v/(vb*vb/(b.n-1)+va*va/(a.n-1))/c)
	}
	return a.mean - b.mean, math.Sqrt(c * (vb + va)), df
}

// weekStats has the length of a list, its mean, the sum of squares around the mean, and the sum
// of products of neighbours.
type weekStats struct{ n, mean, squares, lagged float64 }

func sideOf(y []float64) (s weekStats) {
	s.n = float64(len(y))
	for _, v := range y {
		s.mean += v / s.n
	}
	for i, v := range y {
		s.squares += (v - s.mean) * (v - s.mean)
		if i > 0 {
			s.lagged += (v - s.mean) * (y[i-1] - s.mean)
		}
	}
	return s
}
