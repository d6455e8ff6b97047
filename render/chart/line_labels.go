package chart

import (
	"math"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Upper estimates in pixels: the width of a character of 14 px, the width of a plot on a 360 px
// screen without its margins, and the margin at each side. They decide which labels fit.
const (
	charWidth  = 7.5
	narrowPlot = 216
	sideMargin = 40
)

// labelShare returns the width of a label as a percentage of a narrow plot.
func labelShare(s string) float64 {
	return float64(len([]rune(s))) * charWidth / narrowPlot * 100
}

// marginWidth is the width of the margin as a percentage of a narrow plot.
const marginWidth = sideMargin * 100.0 / narrowPlot

// labelStart is the start of the row above the plot after the label of the highest tick, as a
// percentage of a narrow plot.
const labelStart = 12

// mostRows is the largest number of rows of mark labels. The table has the labels of all marks.
const mostRows = 4

// markRows returns the row of each mark's label: the first row with room on a narrow screen. A
// mark outside the axis has no row.
func (p *plan) markRows(marks []Mark) (rows []int, count int) {
	if len(marks) == 0 {
		return nil, 0
	}
	rows = make([]int, len(marks))
	var taken [mostRows][]float64 // start and end of each label
	for i, m := range marks {
		rows[i] = -1
		if !p.hasMark(m) || m.Label == "" {
			continue
		}
		x, dx, at := p.markLabel(m)
		x += float64(dx) * 100 / narrowPlot
		if at == atEnd {
			x -= labelShare(m.Label)
		}
		end := x + labelShare(m.Label) + 4
		for row := range taken {
			if isFree(taken[row], x-4, end) {
				taken[row] = append(taken[row], x, end)
				rows[i], count = row, max(count, row+1)
				break
			}
		}
	}
	return rows, count
}

// isFree reports whether no span of taken (start and end of each) meets the span.
func isFree(taken []float64, from, to float64) bool {
	for i := 0; i < len(taken); i += 2 {
		if from < taken[i+1] && to > taken[i] {
			return false
		}
	}
	return true
}

// hasMark reports whether a mark is within the axis.
func (p *plan) hasMark(m Mark) bool {
	if m.To.IsZero() {
		return !m.At.Before(p.from) && !m.At.After(p.to)
	}
	return m.To.After(p.from) && !m.At.After(p.to)
}

// markLabel returns the position of a mark's label: to the right of its line or, near the edge,
// to the left. A label that fits nowhere beside its line begins in the margin.
func (p *plan) markLabel(m Mark) (x float64, dx int, at anchor) {
	x = p.x(m.At)
	if !m.To.IsZero() {
		x = p.x(m.At.Add(-p.every / 2))
	}
	width := labelShare(m.Label)
	if x+width+2 <= 100+marginWidth {
		return x, 5, atStart
	}
	if x-width-2 >= -marginWidth {
		return x, -5, atEnd
	}
	return 0, 2 - sideMargin, atStart
}

// appendMarkLines draws a dotted line down from each mark's label.
func (p *plan) appendMarkLines(dst []byte, marks []Mark) []byte {
	var at pen
	open := false
	for i, m := range marks {
		if !m.To.IsZero() || !p.hasMark(m) {
			continue
		}
		if !open {
			dst, open = appendPath(dst, "note"), true
		}
		top := p.top
		if p.rows[i] >= 0 {
			top = float64(p.rows[i]*markHeight) + 4
		}
		dst = at.move(dst, p.ux(m.At), int(top*p.grow))
		dst = at.line(dst, at[0], int(p.bottom*p.grow))
	}
	if open {
		dst = append(dst, closePath...)
	}
	return dst
}

// appendMarkLabels writes the labels of the marks in their rows.
func (p *plan) appendMarkLabels(dst []byte, marks []Mark) []byte {
	for i, m := range marks {
		if p.rows[i] >= 0 {
			x, dx, at := p.markLabel(m)
			dst = p.appendLabel(dst, "halo v", x, float64(p.rows[i]*markHeight)+14, dx, at, m.Label)
		}
	}
	return dst
}

// appendLevels draws the target and the limits. A limit without a name is the edge of the usual
// weeks.
func (p *plan) appendLevels(dst []byte, target *metric.Target, limits []Limit) []byte {
	if target != nil {
		dst = p.appendLevel(dst, "lim aim", target.Value)
	}
	for i := range limits {
		l := &limits[i]
		switch {
		case !l.At.IsZero():
			if !l.At.Before(p.from) && !l.At.After(p.to) {
				x, half := p.ux(l.At), int(p.width/25)
				var at pen
				dst = appendPath(dst, "thr")
				dst = at.move(dst, max(x-half, 0), p.uy(l.Value))
				dst = at.line(dst, min(x+half, int(p.width)), at[1])
				dst = append(dst, closePath...)
			}
		case l.Label == "":
			dst = p.appendLevel(dst, "lim xmr", l.Value)
		default:
			dst = p.appendLevel(dst, "lim", l.Value)
		}
	}
	return dst
}

func (p *plan) appendLevel(dst []byte, class string, v float64) []byte {
	dst = appendPath(dst, class)
	dst = append(dst, "M0 "...)
	dst = appendInt(dst, p.uy(v))
	dst = append(dst, 'h')
	dst = appendInt(dst, int(p.width))
	return append(dst, closePath...)
}

// appendLevelLabels writes the words of the limits at the start of their lines, and of the
// target at its end. Words that would touch move apart.
func (p *plan) appendLevelLabels(dst []byte, target *metric.Target, limits []Limit, u metric.Unit) []byte {
	var taken []float64
	place := func(v float64) float64 {
		y := p.y(p.clip(v)) - 5
		if y < p.top+10 { // no room above the line
			y = p.y(p.clip(v)) + 15
		}
		for !isFree(taken, y-8, y+8) {
			y += 4
		}
		taken = append(taken, y-8, y+8)
		return y
	}
	if target != nil {
		dst = p.appendLabel(dst, "halo aimed", 0, place(target.Value), 4, atStart, "target "+format.Target(target, u))
	}
	named := false
	for i := range limits {
		l := &limits[i]
		switch {
		case !l.At.IsZero():
			dst = p.appendPrediction(dst, l)
		case l.Label != "":
			dst = p.appendLabel(dst, "halo", 0, place(l.Value), 4, atStart, l.Label)
		case !named:
			dst = p.appendLabel(dst, "halo", 0, place(l.Value), 4, atStart, "most weeks")
			named = true
		}
	}
	return dst
}

// appendPrediction writes the words of a prediction below its stroke, beside the day.
func (p *plan) appendPrediction(dst []byte, l *Limit) []byte {
	if l.At.Before(p.from) || l.At.After(p.to) {
		return dst
	}
	x, dx, at := p.x(l.At), 0, atMiddle
	switch half := labelShare(l.Label) / 2; {
	case x-half < 0:
		x, at = 0, atStart
	case x+half > 100+marginWidth:
		x, dx, at = 100, sideMargin-2, atEnd
	}
	y := p.y(p.clip(l.Value)) + 18
	if y > p.bottom-2 {
		y = p.y(p.clip(l.Value)) - 8
	}
	return p.appendLabel(dst, "halo v", x, y, dx, at, l.Label)
}

// appendAxes writes the labels of the values and of the time. Without any value it writes a
// note instead.
func (p *plan) appendAxes(dst []byte, u metric.Unit) []byte {
	if p.lastKnown() < 0 {
		return p.appendLabel(dst, "", 50, (p.top+p.bottom)/2+4, 0, atMiddle, "no data")
	}
	dst = p.appendValueAxis(dst, p.axis(u), u)
	return p.appendTimeAxis(dst, p.bottom+18)
}

// appendTimeAxis writes the labels of the time axis. A narrow screen hides those without room.
func (p *plan) appendTimeAxis(dst []byte, y float64) []byte {
	ticks := timeTicks(p.points[0].At.UTC(), p.points[len(p.points)-1].At.UTC())
	end := 100 + marginWidth
	shown := make([]bool, len(ticks))
	for i := len(ticks) - 1; i >= 0; i-- { // the last one counts most
		x, half := p.x(ticks[i].At), labelShare(ticks[i].Label)/2
		if shown[i] = x+half <= end && x-half > -marginWidth; shown[i] {
			end = x - half - 3
		}
	}
	if !slices.Contains(shown, true) && len(ticks) > 0 {
		shown[0] = true
	}
	for i, t := range ticks {
		class := ""
		if !shown[i] {
			class = "wd"
		}
		dst = p.appendLabel(dst, class, p.x(t.At), y, 0, atMiddle, t.Label)
	}
	return dst
}

// appendClipped writes how far the ranges reach that leave the plot, above their place. Labels
// that would touch become one with the larger value.
func (p *plan) appendClipped(dst []byte, u metric.Unit) []byte {
	dst = p.appendEdge(dst, u, p.top-6, "↑ to ", func(lo, hi float64) (float64, bool) { return hi, hi > p.hi })
	return p.appendEdge(dst, u, p.bottom-5, "↓ to ", func(lo, hi float64) (float64, bool) { return -lo, lo < p.lo })
}

// appendEdge writes the labels at one edge. The function beyond returns how far a range is
// beyond the edge, larger values farther out.
func (p *plan) appendEdge(dst []byte, u metric.Unit, y float64, sign string,
	beyond func(lo, hi float64) (float64, bool),
) []byte {
	var at, far []float64
	text := func(v float64) string {
		if math.IsInf(v, 0) {
			return "↑ no upper limit"
		}
		return sign + format.Value(math.Abs(v), u)
	}
	for i := range p.points {
		lo, hi, ok := rangeEnds(&p.points[i])
		if !ok {
			continue
		}
		v, out := beyond(lo, hi)
		if !out {
			continue
		}
		x := p.x(p.points[i].At)
		if n := len(at); n > 0 && x-at[n-1] < (labelShare(text(v))+labelShare(text(far[n-1])))/2+4 {
			if v > far[n-1] {
				far[n-1] = v
			}
			continue
		}
		at, far = append(at, x), append(far, v)
	}
	for i := range at {
		label := text(far[i])
		half := labelShare(label) / 2
		switch x := max(at[i], labelStart+half); {
		case x+half > 100+marginWidth:
			dst = p.appendLabel(dst, "halo", 100, y, sideMargin-2, atEnd, label)
		default:
			dst = p.appendLabel(dst, "halo", x, y, 0, atMiddle, label)
		}
	}
	return dst
}

// appendValues writes the value of each window, and the last value beside its dot. The label of
// the earlier window ends with it and the label of the current one begins with it, so that they
// never touch.
func (p *plan) appendValues(dst []byte, form Form, u metric.Unit, windows []Mark) []byte {
	if form == Waves {
		return p.appendWaveValues(dst, u)
	}
	place := p.besideBand
	if form == bars {
		place = p.aboveBars
	}
	for i, w := range windows {
		if w.Label == "" || !p.hasMark(w) {
			continue
		}
		x, at := p.x(w.To.Add(-p.every/2))-1, atEnd
		if i == len(windows)-1 {
			x, at = p.x(w.At.Add(-p.every/2))+1, atStart
		}
		y, ok := place(w)
		if ok {
			dst = p.appendLabel(dst, "halo v", x, y, 0, at, w.Label)
		}
	}
	last := p.lastKnown()
	if last < 0 {
		return dst
	}
	v, _ := finiteValue(p.points[last].Value)
	return p.appendLabel(dst, "v", 100, p.y(p.clip(v))+5, 4, atStart, shortValue(v, u))
}

// shortValue returns a value without its unit if both do not fit the margin.
func shortValue(v float64, u metric.Unit) string {
	text := format.Value(v, u)
	if float64(len([]rune(text)))*charWidth > sideMargin+8 {
		text, _ = format.Parts(v, u)
	}
	return text
}

// besideBand returns the position of a label below the ranges of a window, or above them if
// there is no room below.
func (p *plan) besideBand(w Mark) (float64, bool) {
	top, bottom := math.Inf(1), math.Inf(-1)
	for i := range p.points {
		pt := &p.points[i]
		v, ok := finiteValue(pt.Value)
		if !ok || pt.At.Before(w.At) || !pt.At.Before(w.To) {
			continue
		}
		top, bottom = min(top, p.y(p.clip(v))), max(bottom, p.y(p.clip(v)))
		if lo, hi, ok := rangeEnds(pt); ok {
			top, bottom = min(top, p.y(p.clip(hi))), max(bottom, p.y(p.clip(lo)))
		}
	}
	if bottom < top {
		return 0, false
	}
	if bottom+22 <= p.bottom {
		return bottom + 19, true
	}
	return max(top-8, p.top+10), true
}

// aboveBars returns the position of a label above the bars of a window.
func (p *plan) aboveBars(w Mark) (float64, bool) {
	top := p.bottom
	known := false
	for i := range p.points {
		pt := &p.points[i]
		if v, ok := finiteValue(pt.Value); ok && !pt.At.Before(w.At) && pt.At.Before(w.To) {
			top, known = min(top, p.y(p.clip(v))), true
		}
	}
	return max(top-6, p.top+10), known
}

// appendWaveValues writes the value of each wave above its range. A narrow screen hides those
// without room.
func (p *plan) appendWaveValues(dst []byte, u metric.Unit) []byte {
	end := 1000.0
	for i := len(p.points) - 1; i >= 0; i-- {
		v, ok := finiteValue(p.points[i].Value)
		if !ok {
			continue
		}
		label := format.Value(v, u)
		x, half := p.x(p.points[i].At), labelShare(label)/2
		class := "halo v"
		if x+half > end {
			class = "halo v wd"
		} else {
			end = x - half - 2
		}
		y := p.y(p.clip(v))
		if _, hi, ok := rangeEnds(&p.points[i]); ok {
			y = min(y, p.y(p.clip(hi)))
		}
		dst = p.appendLabel(dst, class, x, max(y-8, 12), 0, atMiddle, label)
	}
	return dst
}

// appendLabel appends a text at x (percent of the width) and y, moved by dx pixels.
func (p *plan) appendLabel(dst []byte, class string, x, y float64, dx int, at anchor, s string) []byte {
	return appendWords(dst, strings.TrimSpace(class), x, y, dx, at, s)
}
