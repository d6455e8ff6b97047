package chart

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Line is a value over time, usually one point a week. A point without a value is a gap: the
// line has a break and the gap is hatched.
type Line struct {
	ID     string // prefix of the IDs inside; unique on its page
	Title  string
	Desc   string // for people who cannot see the chart; a summary of the numbers follows it
	Unit   metric.Unit
	Better metric.Direction
	Form   Form
	Points []metric.Point // chronological, a gap is a Point without a Value
	Target *metric.Target
	// Limits are further levels, such as thresholds that are not targets.
	Limits []Limit
	Marks  []Mark
	// Windows are the windows compared, each with its value as the label: the earlier one, then
	// the current one. They are shaded.
	Windows []Mark
	// Bounds are values that the axis covers at least, so that readers can compare charts.
	Bounds []float64
	// Body is the height of the plot in pixels; 0 is the usual height.
	Body float64
}

// Form is the form of a line.
type Form int

// The forms of a line. Steps keep a value until the next one and fill the area below: adoption.
// Waves are surveys: dots with ranges that no line joins.
const (
	Curve Form = iota
	Steps
	Waves
	bars // of a Bars
)

// Limit is a level with its name, drawn across the chart, or around At if that is set: a
// prediction for a day.
type Limit struct {
	Value float64 // in the stored unit
	Label string
	At    time.Time
}

// Mark is an event: a phase began, or a definition changed. With To it is a span from At until
// To, which is excluded: holidays, a freeze, a window. Its weeks are shaded.
type Mark struct {
	At    time.Time
	Label string
	To    time.Time
}

// NewLine returns the chart of a series. id is unique on the page.
func NewLine(id string, s *metric.Series) *Line {
	return &Line{ID: id, Title: s.Title, Unit: s.Shown(s.Unit), Better: s.Better, Points: s.Points}
}

// Heights in a chart, in pixels.
const (
	lineBody   = 130 // of the plot
	lineFoot   = 24  // the time axis
	lineHead   = 22  // the topmost label, and the values of ranges that leave the plot
	markHeight = 18  // one row of mark labels
)

// weekUnits is the distance of two points in the nested viewport.
const weekUnits = 10

// plan is the geometry of one chart over time.
type plan struct {
	scale
	points   []metric.Point // chronological
	from, to time.Time      // the ends of the axis: half a step outside the outermost points
	every    time.Duration  // the smallest distance of two points
	width    float64        // of the nested viewport
	height   float64        // of the picture in pixels
	rows     []int          // the row of each mark's label; −1 without room
	grow     float64        // units of the nested viewport per pixel, or per percent of y
	percent  bool           // y is in percent, because the style sheet sets the height
}

// gap is the longest distance of two points that the line joins.
func (p *plan) gap() time.Duration { return p.every + p.every/2 }

// x returns the position of a time as a percentage of the width.
func (p *plan) x(t time.Time) float64 {
	if !p.to.After(p.from) {
		return 50
	}
	return 100 * min(max(float64(t.Sub(p.from))/float64(p.to.Sub(p.from)), 0), 1)
}

// ux returns the position of a time in the nested viewport.
func (p *plan) ux(t time.Time) int { return int(math.Round(p.x(t) * p.width / 100)) }

// uy returns the position of a value in the nested viewport. Values outside the axis are at its
// ends, because nothing may be drawn outside the plot.
func (p *plan) uy(v float64) int { return int(math.Round(p.y(p.clip(v)) * p.grow)) }

// clip returns v, or the end of the axis that it is beyond.
func (s *scale) clip(v float64) float64 { return min(max(v, s.lo), s.hi) }

func (l *Line) plan() plan {
	p := newPlan(l.Points)
	lo, hi := l.bounds()
	p.scale = newScale(lo, hi, l.Unit, isFromZero(l.Unit))
	rowCount := 0
	p.rows, rowCount = p.markRows(l.Marks)
	p.setHeight(rowCount, l.Body)
	return p
}

// isFromZero reports whether an axis of the unit begins at zero, whatever its values are:
// counts and durations.
func isFromZero(u metric.Unit) bool { return u != metric.Share && u != metric.Points }

// setHeight places the plot under the rows of labels.
func (p *plan) setHeight(rows int, body float64) {
	if body == 0 {
		body = lineBody
	}
	p.top = lineHead + float64(rows*markHeight)
	p.bottom = p.top + body
	p.height = p.bottom + lineFoot
	p.grow = 2
}

// newPlan returns the geometry of the time axis. It has half a step more at both ends, so that
// the shaded weeks of the outermost points are whole.
func newPlan(points []metric.Point) plan {
	p := plan{points: chronological(points)}
	if len(points) == 0 {
		return p
	}
	p.every = smallestStep(p.points)
	p.from = p.points[0].At.Add(-p.every / 2)
	p.to = p.points[len(p.points)-1].At.Add(p.every / 2)
	p.width = min(math.Round(weekUnits*float64(p.to.Sub(p.from))/float64(p.every)), 4000)
	return p
}

// chronological returns the points in order of time. It copies them only if it must sort them.
func chronological(points []metric.Point) []metric.Point {
	byTime := func(a, b metric.Point) int { return a.At.Compare(b.At) }
	if slices.IsSortedFunc(points, byTime) {
		return points
	}
	points = slices.Clone(points)
	slices.SortStableFunc(points, byTime)
	return points
}

// smallestStep returns the smallest distance of two points: a week if there is none.
func smallestStep(points []metric.Point) time.Duration {
	step := time.Duration(math.MaxInt64)
	for i := 1; i < len(points); i++ {
		if d := points[i].At.Sub(points[i-1].At); d > 0 {
			step = min(step, d)
		}
	}
	if step == math.MaxInt64 {
		return 7 * 24 * time.Hour
	}
	return step
}

// isEven reports whether all points have the same distance, so that the i-th is at its share of
// the width.
func (p *plan) isEven() bool {
	for i := 1; i < len(p.points); i++ {
		if p.points[i].At.Sub(p.points[i-1].At) != p.every {
			return false
		}
	}
	return true
}

// bounds returns the range that the axis must cover. Intervals may widen it only to a limit,
// because one uncertain week must not flatten all others. The chart cuts longer intervals at
// the edge and writes how far they reach.
func (l *Line) bounds() (lo, hi float64) {
	first := true
	grow := func(v float64) {
		if first {
			lo, hi, first = v, v, false
		}
		lo, hi = math.Min(lo, v), math.Max(hi, v)
	}
	for i := range l.Points {
		if v, ok := finiteValue(l.Points[i].Value); ok {
			grow(v)
		}
	}
	if l.Target != nil {
		grow(l.Target.Value)
	}
	for i := range l.Limits {
		grow(l.Limits[i].Value)
	}
	for _, v := range l.Bounds {
		grow(v)
	}
	if len(l.Bounds) == 2 {
		return lo, hi
	}
	reach := math.Max(hi-lo, math.Max(math.Abs(hi), math.Abs(lo)))
	low, high := lo-reach, hi+reach
	for i := range l.Points {
		if tooFew(&l.Points[i]) {
			continue
		}
		if v, ok := finiteValue(l.Points[i].Lo); ok && !first {
			lo = math.Min(lo, math.Max(v, low))
		}
		if v, ok := finiteValue(l.Points[i].Hi); ok && !first {
			hi = math.Max(hi, math.Min(v, high))
		}
	}
	return lo, hi
}

// Height implements Chart.
func (l *Line) Height() float64 { p := l.plan(); return p.height }

// Name implements Chart.
func (l *Line) Name() (id, title, desc string) { return l.ID, l.Title, l.Desc }

// Table implements Chart.
func (l *Line) Table() Table { return pointTable(l.Title, l.Points, l.Unit, l.Marks) }

// Records implements Chart.
func (l *Line) Records() [][]string { return pointRecords(l.Points, l.Unit) }

// AppendSVG implements Chart.
func (l *Line) AppendSVG(dst []byte) []byte {
	p := l.plan()
	dst = p.appendOpen(dst, l.Title, summarise(l.Desc, p.points, l.Unit, l.Target))
	dst = p.appendShades(dst, l.ID, l.Windows, l.Marks)
	dst = p.appendView(dst)
	dst = p.appendGrid(dst)
	dst = p.appendMarkLines(dst, l.Marks)
	dst = p.appendLevels(dst, l.Target, l.Limits)
	dst = p.appendData(dst, l.Form)
	dst = append(dst, `</svg>`...)
	if l.Form == Waves {
		dst = p.appendRanges(dst)
	}
	dst = p.appendAxes(dst, l.Unit)
	dst = p.appendClipped(dst, l.Unit)
	dst = p.appendMarkLabels(dst, l.Marks)
	dst = p.appendLevelLabels(dst, l.Target, l.Limits, l.Unit, l.Windows)
	dst = p.appendDots(dst, l.Form)
	dst = p.appendValues(dst, l.Form, l.Unit, l.Windows)
	return append(dst, `</svg>`...)
}
