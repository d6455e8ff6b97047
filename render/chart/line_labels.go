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

// mostChars is the largest number of characters of a label that fits a narrow screen with both
// margins, and levelChars of one that fits the plot.
const (
	mostChars  = (narrowPlot + 2*sideMargin - 10) * 10 / 75 // of charWidth
	levelChars = (narrowPlot - 10) * 10 / 75
)

// fit returns a label that fits a narrow screen; the table has the whole text.
func fit(label string) string { return cutLabel(label, mostChars) }

// cutLabel returns a label with at most n characters.
func cutLabel(label string, n int) string {
	if r := []rune(label); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return label
}

// markRows returns the row of each mark's label: the first row with room on a narrow screen. A
// mark outside the axis has no row.
func (p *plan) markRows(marks []Mark) (rows []int, count int) {
	if len(marks) == 0 {
		return nil, 0
	}
	rows = make([]int, len(marks))
	var taken [mostRows][]float64 // start and end of each label
	for i, m := range marks {
		rows[i], m.Label = -1, fit(m.Label)
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
		if m.Label = fit(m.Label); p.rows[i] >= 0 {
			x, dx, at := p.markLabel(m)
			dst = p.appendLabel(dst, "halo v", x, float64(p.rows[i]*markHeight)+14, dx, at, m.Label)
		}
	}
	return dst
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
		if sign == "↓ to " {
			v = -v
		}
		return reachText(sign, v, u)
	}
	// place returns the middle of the i-th label and half its width, in percent of a narrow plot.
	place := func(i int) (x, half float64) {
		half = labelShare(text(far[i])) / 2
		return min(max(at[i], labelStart+half), 100+marginWidth-half), half
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
		at, far = append(at, p.x(p.points[i].At)), append(far, v)
		for n := len(at) - 1; n > 0; n-- {
			x0, half0 := place(n - 1)
			x1, half1 := place(n)
			if x1-half1 >= x0+half0+3 {
				break
			}
			if far[n] > far[n-1] {
				at[n-1], far[n-1] = at[n], far[n]
			}
			at, far = at[:n], far[:n]
		}
	}
	for i := range at {
		x, half := place(i)
		if x+half > 100 {
			dst = p.appendLabel(dst, "halo", 100, y, int(math.Round((x+half-100)*narrowPlot/100)), atEnd, text(far[i]))
		} else {
			dst = p.appendLabel(dst, "halo", x, y, 0, atMiddle, text(far[i]))
		}
	}
	return dst
}

// reachText returns the words of a range that leaves the plot.
func reachText(sign string, v float64, u metric.Unit) string {
	if math.IsInf(v, 0) {
		return "↑ no upper limit"
	}
	return sign + format.Value(v, u)
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
		x, at := p.windowLabel(windows, i)
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
