package chart

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Line is a value over time, usually one point a week. A point without a value is a gap: the
// line has a break and the gap is shaded.
type Line struct {
	ID     string // prefix of the IDs inside; unique on its page
	Title  string
	Desc   string // for people who cannot see the chart; a summary of the numbers follows it
	Unit   metric.Unit
	Better metric.Direction
	Points []metric.Point // chronological, a gap is a Point without a Value
	Target *metric.Target
	// Limits are further levels, such as thresholds that are not targets.
	Limits []Limit
	Marks  []Mark
	// Bounds fixes both ends of the axis, so that readers can compare charts. Empty bounds fit
	// the data.
	Bounds []float64
}

// Limit is a level with its name, drawn across the chart.
type Limit struct {
	Value float64 // in the stored unit
	Label string
}

// Mark is an event: a phase began, or a definition changed.
type Mark struct {
	At    time.Time
	Label string
}

// NewLine returns the chart of a series. id is unique on the page.
func NewLine(id string, s *metric.Series) *Line {
	return &Line{ID: id, Title: s.Title, Unit: s.Shown(s.Unit), Better: s.Better, Points: s.Points}
}

// Heights in a line chart, in pixels.
const (
	lineBody   = 150 // of the plot
	lineFoot   = 22  // the time axis
	lineHead   = 16  // room for the topmost label
	markHeight = 15  // one row of mark labels
)

// The left and the right end of the plot. The labels of the value axis are left of it.
const (
	plotLeft  = 110
	plotRight = 975
)

// plan is the geometry of one line chart.
type plan struct {
	scale
	points   []metric.Point // chronological
	from, to time.Time
	left     float64       // position of the first point
	perTime  float64       // units of x per nanosecond; 0 if all points have the same time
	gap      time.Duration // the line does not join points with a longer time between them
	height   float64
	rows     []int // the row of each mark's label
}

func (p *plan) x(t time.Time) float64 {
	if p.perTime == 0 {
		return (p.left + plotRight) / 2
	}
	return p.left + p.perTime*float64(t.Sub(p.from))
}

func (l *Line) linePlan() plan {
	p := newPlan(l.Points, plotLeft)
	rowCount := 0
	p.rows, rowCount = l.markRows(&p)
	lo, hi := l.bounds()
	p.scale = newScale(lo, hi, l.Unit, false)
	p.top = lineHead + float64(rowCount*markHeight)
	p.bottom = p.top + lineBody
	p.height = p.bottom + lineFoot
	return p
}

// newPlan returns the geometry of the time axis, from left to the right end of the plot.
func newPlan(points []metric.Point, left float64) plan {
	p := plan{points: chronological(points), left: left}
	p.from, p.to, p.gap = timeSpan(p.points)
	p.stretch()
	return p
}

// stretch sets the scale of the time axis, so that from to to fill the width.
func (p *plan) stretch() {
	p.perTime = 0
	if p.to.After(p.from) {
		p.perTime = (plotRight - p.left) / float64(p.to.Sub(p.from))
	}
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

// timeSpan returns the times of the first and the last point, and one and a half of the
// smallest step between two points.
func timeSpan(points []metric.Point) (from, to time.Time, gap time.Duration) {
	if len(points) == 0 {
		return
	}
	step := time.Duration(math.MaxInt64)
	for i := 1; i < len(points); i++ {
		if d := points[i].At.Sub(points[i-1].At); d > 0 {
			step = min(step, d)
		}
	}
	if step == math.MaxInt64 {
		step = 7 * 24 * time.Hour
	}
	return points[0].At, points[len(points)-1].At, step + step/2
}

// bounds returns the range that the axis must cover. Intervals may widen it only to a limit,
// because one uncertain week must not flatten all others. The chart cuts longer intervals at
// the edge; the table has their ends.
func (l *Line) bounds() (lo, hi float64) {
	if len(l.Bounds) == 2 {
		return l.Bounds[0], l.Bounds[1]
	}
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
	for _, limit := range l.Limits {
		grow(limit.Value)
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

// markRows returns the row of each mark's label: the first row with room after the label
// before, on a narrow screen.
func (l *Line) markRows(p *plan) (rows []int, count int) {
	if len(l.Marks) == 0 {
		return nil, 0
	}
	rows = make([]int, len(l.Marks))
	var ends []float64 // the end of the last label in each row
	for i, m := range l.Marks {
		x, width := p.x(m.At), labelWidth(m.Label)
		if x+width > viewWidth {
			x -= width
		}
		row := 0
		for row < len(ends) && ends[row] > x {
			row++
		}
		if row == len(ends) {
			ends = append(ends, 0)
		}
		ends[row] = x + width + 12
		rows[i] = row
	}
	return rows, len(ends)
}

// labelWidth returns the width of a label on a narrow screen, in viewport units.
func labelWidth(s string) float64 {
	return float64(len([]rune(s))) * textWidth / narrowWidth * viewWidth
}

// Height implements Chart.
func (l *Line) Height() float64 { p := l.linePlan(); return p.height }

// AppendSVG implements Chart.
func (l *Line) AppendSVG(dst []byte) []byte {
	p := l.linePlan()
	dst = appendOpen(dst, l.ID, p.height, l.Title, summarise(l.Desc, p.points, l.Unit, l.Target))
	dst = appendView(dst, p.height)
	dst = p.appendGrid(dst)
	dst = p.appendGaps(dst, p.points)
	dst = p.appendBand(dst, p.points)
	dst = p.appendMarkLines(dst, l.Marks)
	dst = p.appendTargetLine(dst, l.Target)
	dst = p.appendLimits(dst, l.Limits)
	dst = p.appendCurve(dst, p.points)
	dst = append(dst, `</svg>`...)
	dst = p.appendAxes(dst, l.Unit)
	dst = p.appendMarkLabels(dst, l.Marks)
	dst = p.appendLimitLabels(dst, l.Limits)
	dst = p.appendDots(dst, p.points)
	dst = appendValueLabels(dst, &p, l.Unit, l.Target)
	return append(dst, `</svg>`...)
}

// appendValueLabels writes the target above its line, and the last value above the end of the
// curve. If they would touch, the value moves up.
func appendValueLabels(dst []byte, p *plan, u metric.Unit, target *metric.Target) []byte {
	targetY := math.Inf(1)
	if target != nil {
		targetY = p.y(target.Value) - 4
		dst = appendLabel(dst, "t yt", plotRight, targetY, atEnd, "target "+format.Target(target, u))
	}
	last := lastKnown(p.points)
	if last < 0 {
		return dst
	}
	text := format.Maybe(p.points[last].Value, u)
	at, x := atEnd, p.x(p.points[last].At)+8
	if x < 3*plotLeft {
		at = atMiddle
	}
	y := p.clearOf(last, labelWidth(text)) - 8
	if math.Abs(y-targetY) < 14 {
		y = targetY - 14
	}
	return appendLabel(dst, "v", x, y, at, text)
}

// clearOf returns the highest position of the line within width before the point last, so that
// a label above it covers nothing.
func (p *plan) clearOf(last int, width float64) float64 {
	end, y := p.x(p.points[last].At), math.Inf(1)
	for i := last; i >= 0 && p.x(p.points[i].At) > end-width; i-- {
		if v, ok := finiteValue(p.points[i].Value); ok {
			y = math.Min(y, p.y(v))
		}
	}
	return y
}

// lastKnown returns the index of the last point with a value, −1 if there is none.
func lastKnown(points []metric.Point) int {
	for i := len(points) - 1; i >= 0; i-- {
		if _, ok := finiteValue(points[i].Value); ok {
			return i
		}
	}
	return -1
}
