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
	// mostWeeks is the largest number of past weeks that a line is fitted to: older weeks show
	// little about the next months.
	mostWeeks = 26
	// fewestWeeks is the fewest weeks with a value that a forecast needs.
	fewestWeeks = 8
	// fewestReadings is the fewest different readings that a forecast needs if they are not
	// weekly, as with survey waves.
	fewestReadings = 6
	// readingWeeks is the number of weeks that a headline value pools.
	readingWeeks = 4
	// forecastRange is the coverage of a forecast's range.
	forecastRange = 0.80
)

// forecastFor extrapolates the data to the end of a day. Without a forecast the text gives the
// reason.
func (f *Found) forecastFor(day, asOf time.Time) (*Forecast, string) {
	to := day.AddDate(0, 0, 1)
	if f.Forecast != nil {
		return f.Forecast(to)
	}
	if f.Series != nil {
		var points []metric.Point
		for i := range f.Series.Points {
			if p := &f.Series.Points[i]; p.Value != nil && !p.Provisional && !p.Break && !p.Unsettled && !p.At.Add(org.Week).After(asOf) {
				points = append(points, *p)
			}
		}
		return Linear(points, to, f.Series.Unit, fewestWeeks, readingWeeks)
	}
	unit := metric.Number
	if f.Metric != nil {
		unit = f.Metric.Unit
	}
	return Linear(dropOverlaps(f.Published), to, unit, fewestReadings, 1)
}

// dropOverlaps drops readings that repeat the one before: history has a row every week, even if
// no new survey was answered.
func dropOverlaps(points []metric.Point) []metric.Point {
	var out []metric.Point
	for i := range points {
		p := &points[i]
		if p.Value == nil {
			continue
		}
		if n := len(out); n > 0 && *out[n-1].Value == *p.Value && out[n-1].N == p.N {
			continue
		}
		out = append(out, *p)
	}
	return out
}

// Linear extrapolates readings, in order of time, to a day by a line through those of the last
// 26 weeks; on logarithms for times and rates that are all positive. need is the fewest
// readings, and pooled the number of weeks that a reading pools. Without a forecast the text
// gives the reason.
//
// The line starts at the mean of the last 8 readings. Its slope is the least-squares slope b of
// all readings or of the later half, whichever is nearer to 0; it is 0 if they differ in sign.
// It is shrunk by the factor 1 − 3·Var(b)/b², at least 0.
//
// e are the residuals around the least-squares line, and s² = Σe²/(n−2). r is their lag-one
// correlation, corrected for its bias by (1+4r)/n and kept within 0 and 0.8. c = (1+r)/(1−r) is
// the factor by which correlated weeks increase variances. Var(b) = c·s²/Sxx, and the
// forecast's variance is the larger of
//
//	Var(b)·(t−t̄)² + s²·(min(1, c/8) + min(1, c/pooled)), t̄ the mean time of the last 8,
//	the mean square by which pooled values moved over as many weeks: see meanSquareMove.
//
// The 80 % range has n/c − 2 degrees of freedom, at least 3. A day is not forecast if it is further ahead than the readings reach back.
func Linear(points []metric.Point, to time.Time, unit metric.Unit, need, pooled int) (*Forecast, string) {
	var t, y []float64
	logs := unit != metric.Share && unit != metric.Points && unit != metric.Number
	for i := range points {
		p := &points[i]
		if p.Value == nil || len(points) > 0 && points[len(points)-1].At.Sub(p.At) >= mostWeeks*org.Week && pooled > 1 {
			continue
		}
		t, y = append(t, float64(p.At.Add(org.Week).Sub(points[0].At))/float64(org.Week)), append(y, *p.Value)
		logs = logs && *p.Value > 0
	}
	n := len(t)
	if n < need {
		return nil, fmt.Sprintf("a forecast needs %d readings and has %d", need, n)
	}
	if logs {
		for i := range y {
			y[i] = math.Log(y[i])
		}
	}
	at := float64(to.Sub(points[0].At)) / float64(org.Week)
	if ahead, back := at-t[n-1], t[n-1]-t[0]; ahead > back+1 {
		return nil, fmt.Sprintf("its day is %.0f weeks ahead, and the readings cover only %.0f weeks", math.Ceil(ahead), back)
	}
	value, se, df := extrapolateLine(t, y, at, pooled)
	half := stat.StudentQuantile((1+forecastRange)/2, df) * se
	f := Forecast{
		At: to.AddDate(0, 0, -1), Value: value, Range: metric.Range{Lo: value - half, Hi: value + half},
		Weeks: int(math.Round(t[n-1]-t[0])) + 1,
	}
	if logs {
		f.Value, f.Lo, f.Hi = math.Exp(f.Value), math.Exp(f.Lo), math.Exp(f.Hi)
	}
	f.Value, f.Lo, f.Hi = clampToUnit(f.Value, unit), clampToUnit(f.Lo, unit), clampToUnit(f.Hi, unit)
	return &f, ""
}

// clampToUnit returns a forecast within the possible values of its unit.
func clampToUnit(v float64, u metric.Unit) float64 {
	switch u {
	case metric.Share:
		return min(max(v, 0), 1)
	case metric.Points:
		return min(max(v, -100), 100)
	}
	return v
}

// extrapolateLine returns the value of the line at a time, the standard error of a pooled value
// around it, and its degrees of freedom: see Linear.
func extrapolateLine(t, y []float64, at float64, pooled int) (value, se, df float64) {
	whole := fitLine(t, y)
	half := len(t) / 2
	later := fitLine(t[half:], y[half:])
	slope := whole.slope
	switch {
	case slope*later.slope <= 0:
		slope = 0
	case math.Abs(later.slope) < math.Abs(slope):
		slope = later.slope
	}
	n := float64(len(t))
	r := min(max(whole.lag+(1+4*whole.lag)/n, 0), 0.8)
	c := (1 + r) / (1 - r)
	error2 := c * whole.s2 / whole.sxx // variance of the slope
	if slope != 0 {
		slope *= max(0, 1-slopeShrinkage*error2/(slope*slope))
	}
	recent := t[max(0, len(t)-recentWeeks):]
	level, mt := 0.0, 0.0
	for i := range recent {
		level += y[len(y)-len(recent)+i] / float64(len(recent))
		mt += recent[i] / float64(len(recent))
	}
	variance := error2*(at-mt)*(at-mt) + whole.s2*(min(1, c/float64(len(recent)))+min(1, c/float64(pooled)))
	variance = max(variance, meanSquareMove(t, y, slope, at-t[len(t)-1], pooled))
	return level + slope*(at-mt), math.Sqrt(variance), max(n/c-2, 3)
}

// meanSquareMove returns the mean square by which pooled values moved, beyond the slope, over a
// span as long as the forecast. At most half of the data is used for the span; beyond it, the
// square grows in proportion to the weeks, as for a random walk.
func meanSquareMove(t, y []float64, slope, ahead float64, pooled int) float64 {
	span := max(1, min(int(math.Round(ahead)), len(y)/2))
	mean := func(end int) (v, at float64) {
		for i := end - pooled + 1; i <= end; i++ {
			v, at = v+y[i]/float64(pooled), at+t[i]/float64(pooled)
		}
		return v, at
	}
	var sum float64
	count := 0
	for i := pooled - 1; i+span < len(y); i++ {
		a, ta := mean(i)
		b, tb := mean(i + span)
		d := b - a - slope*(tb-ta)
		sum, count = sum+d*d, count+1
	}
	if count == 0 {
		return 0
	}
	return sum / float64(count) * max(1, ahead/float64(span))
}

const (
	// recentWeeks is the number of readings whose mean a forecast starts from.
	recentWeeks = 8
	// slopeShrinkage is the multiple of a slope's variance that is subtracted from its square.
	slopeShrinkage = 3.0
)

// line is a least-squares line: its slope, Σ(t−t̄)², residual variance and lag-one correlation.
type line struct{ slope, sxx, s2, lag float64 }

func fitLine(t, y []float64) (l line) {
	n := float64(len(t))
	var mt, my float64
	for i := range t {
		mt, my = mt+t[i]/n, my+y[i]/n
	}
	var sxy float64
	for i := range t {
		l.sxx, sxy = l.sxx+(t[i]-mt)*(t[i]-mt), sxy+(t[i]-mt)*(y[i]-my)
	}
	l.slope = sxy / l.sxx
	var sse, lag float64
	before := 0.0
	for i := range t {
		e := y[i] - my - l.slope*(t[i]-mt)
		sse += e * e
		if i > 0 {
			lag += e * before
		}
		before = e
	}
	if sse > 0 {
		l.lag = lag / sse
	}
	l.s2 = sse / (n - 2)
	return l
}
