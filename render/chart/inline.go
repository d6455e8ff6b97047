package chart

import (
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// AppendSpark appends the chart of a tile: band, line, the shaded windows with their values,
// two labels of the value axis above their lines, months, and the last dot. The style sheet sets
// its height, so vertical positions are percentages.
func (l *Line) AppendSpark(dst []byte) []byte {
	p := newPlan(l.Points)
	lo, hi := l.bounds()
	p.sparkScale(lo, hi, l.Unit)
	dst = p.appendSparkOpen(dst, l.Title, summarise(l.Desc, p.points, l.Unit, l.Target))
	dst = p.appendShades(dst, l.ID, l.Windows, l.Marks)
	dst = p.appendView(dst)
	dst = p.appendGrid(dst)
	dst = p.appendSparkMarks(dst, l.Marks)
	dst = p.appendLevels(dst, l.Target, l.Limits)
	dst = p.appendData(dst, l.Form)
	dst = append(dst, `</svg>`...)
	dst = p.appendSparkLabels(dst, l.Unit, l.Windows)
	if last := p.lastKnown(); last >= 0 {
		class, v := "dot", *p.points[last].Value
		if p.points[last].Provisional {
			class = "hollow"
		}
		dst = p.appendDot(dst, class, p.x(p.points[last].At), p.y(p.clip(v)))
	}
	return append(dst, `</svg>`...)
}

// sparkScale sets a vertical axis in percent with two or three ticks. It ends a little above the
// values and not at a tick, because a tile is low.
func (p *plan) sparkScale(lo, hi float64, u metric.Unit) {
	for want := 3; want < 9; want++ {
		p.scale = newScaleOf(lo, hi, u, isFromZero(u), want)
		if end := hi + (hi-p.lo)*sparkAir; p.hi > end {
			p.hi = end
		}
		if p.ticks() > 1 {
			break
		}
	}
	p.top, p.bottom, p.height, p.grow, p.percent = 0, 100, 100, 2, true
}

// sparkAir is the part of the axis of a tile above the largest value.
const sparkAir = 0.08

func (p *plan) appendSparkOpen(dst []byte, title, desc string) []byte {
	dst = append(dst, `<svg class="end" role="img" aria-label="`...)
	dst = appendName(dst, title, desc)
	return append(dst, `">`...)
}

// appendSparkMarks draws the marks without their labels, because a tile has no room for them.
func (p *plan) appendSparkMarks(dst []byte, marks []Mark) []byte {
	var at pen
	for _, m := range marks {
		if m.To.IsZero() && p.hasMark(m) {
			dst = appendPath(dst, "note")
			dst = at.move(dst, p.ux(m.At), 0)
			dst = at.line(dst, at[0], 200)
			dst = append(dst, closePath...)
			at = pen{}
		}
	}
	return dst
}

// appendSparkLabels writes the labels of two or three ticks, the months and the values of the windows.
func (p *plan) appendSparkLabels(dst []byte, u metric.Unit, windows []Mark) []byte {
	last := p.lastKnown()
	if last < 0 {
		return appendAbove(dst, "", 50, 55, 0, atMiddle, "no data")
	}
	axis := p.axis(u)
	every := 1
	if p.ticks() > 3 {
		every = 2
	}
	for i := every; i <= p.ticks(); i += every {
		v := p.lo + float64(i)*p.step
		label := axis.Tick(v)
		if i == every {
			label = axis.Label(v)
		}
		dy := -4
		if p.y(v) < 14 { // no room above the line
			dy = 14
		}
		dst = appendAbove(dst, "halo", 0, p.y(v), dy, atStart, label)
	}
	dst = p.appendSparkClipped(dst, u)
	for i, w := range windows {
		if w.Label != "" && p.hasMark(w) {
			dst = p.appendWindowValue(dst, w, i == len(windows)-1)
		}
	}
	from, to := p.points[0].At, p.points[len(p.points)-1].At
	dst = appendAbove(dst, "from", 0, 100, 17, atStart, format.Day(from))
	return appendAbove(dst, "", 100, 100, 17, atEnd, format.Day(to.Add(p.every-1)))
}

// appendSparkClipped writes how far the ranges reach that leave the plot: the farthest at each
// edge.
func (p *plan) appendSparkClipped(dst []byte, u metric.Unit) []byte {
	up, down := -1, -1
	highest, lowest := p.hi, p.lo
	for i := range p.points {
		lo, hi, ok := rangeEnds(&p.points[i])
		if ok && hi > highest {
			up, highest = i, hi
		}
		if ok && lo < lowest {
			down, lowest = i, lo
		}
	}
	if up >= 0 {
		dst = p.appendReach(dst, up, 0, 11, reachText("↑ to ", highest, u))
	}
	if down >= 0 {
		dst = p.appendReach(dst, down, 100, -4, reachText("↓ to ", lowest, u))
	}
	return dst
}

// appendReach writes a text at a point, inside the picture.
func (p *plan) appendReach(dst []byte, i int, y float64, dy int, text string) []byte {
	x, at := p.x(p.points[i].At), atStart
	if x > 50 {
		at = atEnd
	}
	return appendAbove(dst, "halo", x, y, dy, at, text)
}

// appendWindowValue writes the value of a window below its ranges, or above them. Only the lead
// tile has room for the value of the earlier window; the style sheet hides it elsewhere.
func (p *plan) appendWindowValue(dst []byte, w Mark, current bool) []byte {
	lowest, highest := math.Inf(1), math.Inf(-1)
	for i := range p.points {
		pt := &p.points[i]
		if v, ok := finiteValue(pt.Value); ok && !pt.At.Before(w.At) && pt.At.Before(w.To) {
			lowest, highest = min(lowest, v), max(highest, v)
			if lo, hi, ok := rangeEnds(pt); ok {
				lowest, highest = min(lowest, lo), max(highest, hi)
			}
		}
	}
	if highest < lowest {
		return dst
	}
	class, at, x := "halo v prev", atEnd, p.x(w.To.Add(-p.every/2))-1
	if current {
		class, x = "halo v", 100
	}
	y, dy := p.y(p.clip(lowest)), 17
	if y > 72 {
		y, dy = p.y(p.clip(highest)), -6
	}
	return appendAbove(dst, class, x, y, dy, at, w.Label)
}

// appendAbove appends a text at x and y in percent, moved down by dy pixels.
func appendAbove(dst []byte, class string, x, y float64, dy int, at anchor, s string) []byte {
	dst = append(dst, "<text"...)
	if class != "" {
		dst = append(append(append(dst, ` class="`...), class...), '"')
	}
	if x != 0 {
		dst = append(append(appendNum(append(dst, ` x="`...), x), '%'), '"')
	}
	dst = append(append(appendNum(append(dst, ` y="`...), y), '%'), '"')
	if dy != 0 {
		dst = append(appendInt(append(dst, ` dy="`...), dy), '"')
	}
	if at != atStart {
		dst = append(append(append(dst, ` text-anchor="`...), at...), '"')
	}
	dst = append(dst, '>')
	dst = appendText(dst, s)
	return append(dst, "</text>"...)
}

// The size of a small multiple in its own units: a week and the height.
const (
	miniWeek   = 4
	miniHeight = 24
)

// AppendMini appends a small multiple without labels: the line on its own scale from zero, its
// last weeks shaded. It is hidden from screen readers, because the text beside it has the
// figures. A page may have a thousand of them, so it has as few bytes as possible.
func AppendMini(dst []byte, points []metric.Point, shaded int) []byte {
	points = chronological(points)
	top := 0.0
	for i := range points {
		if v, ok := finiteValue(points[i].Value); ok {
			top = max(top, v)
		}
	}
	width := miniWeek * max(len(points)-1, 1)
	dst = append(dst, `<svg class="mini" viewBox="0 0 `...)
	dst = appendInt(dst, width)
	dst = append(dst, ` 24" preserveAspectRatio="none" aria-hidden="true">`...)
	if shaded = min(shaded, len(points)); shaded > 0 {
		dst = append(dst, `<path class="win" d="M`...)
		dst = appendInt(dst, width-miniWeek*(shaded-1)-miniWeek/2)
		dst = append(dst, " 0H"...)
		dst = appendInt(dst, width)
		dst = append(dst, `v24h-`...)
		dst = appendInt(dst, miniWeek*(shaded-1)+miniWeek/2)
		dst = append(dst, `z"/>`...)
	}
	dst = append(dst, `<path class="ln" d="`...)
	var at pen
	pen := false
	for i := range points {
		v, ok := finiteValue(points[i].Value)
		if !ok {
			pen = false
			continue
		}
		y := miniHeight - 1
		if top > 0 {
			y = miniHeight - 1 - int(math.Round(max(v, 0)/top*(miniHeight-2)))
		}
		dst = at.to(dst, !pen, i*miniWeek, y)
		pen = true
	}
	return append(dst, `"/></svg>`...)
}

// AppendShareBar appends a bar with a share (0 to 1) of a whole. It is hidden from screen
// readers, because the text beside it has the figures ("220/250 developers, 88 %"). mark is a
// second share, drawn as a tick, such as a threshold; 0 for none.
func AppendShareBar(dst []byte, share, mark float64) []byte {
	dst = append(dst, `<svg height="16" aria-hidden="true"><rect class="track" width="100%" y="3" height="10"/>`...)
	dst = append(dst, `<rect class="bar" width="`...)
	dst = appendNum(dst, 100*min(max(share, 0), 1))
	dst = append(dst, `%" y="3" height="10"/>`...)
	if mark > 0 && mark <= 1 {
		dst = appendVertical(dst, "thr", 100*mark, 0, 16)
	}
	return append(dst, `</svg>`...)
}

// Share gives all lines the same axis, so that readers can compare them.
func Share(lines ...*Line) {
	var ends []float64
	for _, l := range lines {
		lo, hi := l.bounds()
		ends = append(ends, lo, hi)
	}
	for _, l := range lines {
		l.Bounds = []float64{slices.Min(ends), slices.Max(ends)}
	}
}
