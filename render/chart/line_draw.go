package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// appendOpen opens the picture. Its name is an attribute, because a title element would open a
// tooltip beside the cursor. The cursor reads the rows of the figure's table: data-cur has the
// position of each point, or nothing if all have the same distance.
func (p *plan) appendOpen(dst []byte, title, desc string) []byte {
	dst = append(dst, `<svg class="ch" height="`...)
	dst = appendNum(dst, p.height)
	dst = append(dst, `" role="img" aria-label="`...)
	dst = appendName(dst, title, desc)
	if len(p.points) > 1 {
		dst = append(dst, `" data-cur="`...)
		if !p.isEven() {
			for i := range p.points {
				dst = appendNum(dst, p.x(p.points[i].At))
				dst = append(dst, ' ')
			}
			dst = dst[:len(dst)-1]
		}
	}
	return append(dst, `">`...)
}

// appendView opens the nested viewport.
func (p *plan) appendView(dst []byte) []byte {
	dst = append(dst, `<svg viewBox="0 0 `...)
	dst = appendInt(dst, int(p.width))
	dst = append(dst, ' ')
	dst = appendInt(dst, int(math.Round(p.height*p.grow)))
	dst = append(dst, `" preserveAspectRatio="none`...)
	if !p.percent {
		dst = append(dst, `" height="`...)
		dst = appendNum(dst, p.height)
	}
	return append(dst, `">`...)
}

// appendShades shades the windows and the marked weeks, and hatches the time without data.
func (p *plan) appendShades(dst []byte, id string, windows, marks []Mark) []byte {
	for _, w := range windows {
		dst = p.appendSpan(dst, `class="win`, w)
	}
	for _, m := range marks {
		if !m.To.IsZero() {
			dst = p.appendSpan(dst, `class="hol`, m)
		}
	}
	return p.appendGaps(dst, id)
}

// appendSpan shades the weeks of a span. A point stands for the week from its time on, so the
// shade begins half a step before it.
func (p *plan) appendSpan(dst []byte, fill string, m Mark) []byte {
	if !m.To.After(p.from) || m.At.After(p.to) || len(p.points) == 0 {
		return dst
	}
	x0, x1 := p.x(m.At.Add(-p.every/2)), p.x(m.To.Add(-p.every/2))
	if x1 <= x0 {
		return dst
	}
	dst = append(dst, `<rect `...)
	dst = append(dst, fill...)
	return p.appendColumn(append(dst, '"'), x0, x1)
}

// appendColumn appends the position of a rectangle as high as the plot, and closes it.
func (p *plan) appendColumn(dst []byte, x0, x1 float64) []byte {
	dst = append(dst, ` x="`...)
	dst = append(appendNum(dst, x0), `%" width="`...)
	dst = append(appendNum(dst, x1-x0), '%')
	if p.top > 0 {
		dst = append(dst, `" y="`...)
		dst = p.appendY(dst, p.top)
	}
	dst = append(dst, `" height="`...)
	dst = p.appendY(dst, p.bottom-p.top)
	return append(dst, closePath...)
}

// appendY appends a vertical position: pixels, or percent in a picture without a fixed height.
func (p *plan) appendY(dst []byte, y float64) []byte {
	dst = appendNum(dst, y)
	if p.percent {
		dst = append(dst, '%')
	}
	return dst
}

// appendGaps hatches the time without data, from half a step after the last point with a value
// to half a step before the next.
func (p *plan) appendGaps(dst []byte, id string) []byte {
	open := false
	for i := 0; i < len(p.points); i++ {
		if _, ok := finiteValue(p.points[i].Value); ok {
			continue
		}
		start := i
		for i+1 < len(p.points) {
			if _, ok := finiteValue(p.points[i+1].Value); ok {
				break
			}
			i++
		}
		if !open {
			dst = append(dst, `<pattern id="`...)
			dst = appendText(dst, id)
			dst = append(dst, `-gap" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">`+
				`<path class="hat" d="M0 0V6"/></pattern>`...)
			open = true
		}
		dst = append(dst, `<rect fill="url(#`...)
		dst = appendText(dst, id)
		dst = append(dst, `-gap)"`...)
		dst = p.appendColumn(dst, p.x(p.points[start].At.Add(-p.every/2)), p.x(p.points[i].At.Add(p.every/2)))
	}
	return dst
}

// fewest is the smallest number of events for an interval in the picture. Intervals of fewer
// events are so wide that they hide everything else. The table has all intervals.
const fewest = 6

// tooFew reports whether a point has too few events for an interval. If N is 0 and the value is
// not, the events were not counted.
func tooFew(pt *metric.Point) bool {
	v, _ := finiteValue(pt.Value)
	return pt.N < fewest && (pt.N > 0 || v == 0)
}

// rangeEnds returns the interval of a point. An interval without an upper limit is infinite.
func rangeEnds(pt *metric.Point) (lo, hi float64, ok bool) {
	if _, known := finiteValue(pt.Value); !known || tooFew(pt) {
		return 0, 0, false
	}
	lo, ok = finiteValue(pt.Lo)
	if !ok {
		return 0, 0, false
	}
	if hi, ok = finiteValue(pt.Hi); !ok {
		hi = math.Inf(1)
	}
	return lo, max(lo, hi), true
}

// isJoined reports whether the line runs from point i−1 to point i.
func (p *plan) isJoined(i int) bool {
	if i <= 0 || i >= len(p.points) {
		return false
	}
	_, a := finiteValue(p.points[i-1].Value)
	_, b := finiteValue(p.points[i].Value)
	return a && b && p.points[i].At.Sub(p.points[i-1].At) <= p.gap()
}

// appendData draws the ranges and the values.
func (p *plan) appendData(dst []byte, form Form) []byte {
	switch form {
	case Steps:
		dst = p.appendStepArea(dst)
		dst = p.appendBand(dst)
		dst = p.appendCurve(dst, true, Steps)
		return p.appendCurve(dst, false, Curve)
	case Waves:
		return dst
	}
	dst = p.appendBand(dst)
	dst = p.appendCurve(dst, true, Curve)
	return p.appendCurve(dst, false, Curve)
}

// appendBand draws the intervals: an area over consecutive points with an interval, a stroke
// for a single point.
func (p *plan) appendBand(dst []byte) []byte {
	for i := 0; i < len(p.points); i++ {
		lo, hi, ok := rangeEnds(&p.points[i])
		if !ok {
			continue
		}
		end := i + 1
		for end < len(p.points) && p.isJoined(end) {
			if _, _, ok := rangeEnds(&p.points[end]); !ok {
				break
			}
			end++
		}
		var at pen
		if end == i+1 {
			dst = appendPath(dst, "edge")
			dst = at.move(dst, p.ux(p.points[i].At), p.uy(lo))
			dst = at.line(dst, at[0], p.uy(hi))
		} else {
			dst = appendPath(dst, "band")
			dst = p.appendArea(dst, &at, p.points[i:end])
		}
		dst = append(dst, closePath...)
		i = end - 1
	}
	return dst
}

// appendArea appends the outline of consecutive intervals: the upper ends forwards, the lower
// ends back.
func (p *plan) appendArea(dst []byte, at *pen, run []metric.Point) []byte {
	for i := range run {
		_, hi, _ := rangeEnds(&run[i])
		dst = at.to(dst, i == 0, p.ux(run[i].At), p.uy(hi))
	}
	for i := len(run) - 1; i >= 0; i-- {
		lo, _, _ := rangeEnds(&run[i])
		dst = at.line(dst, p.ux(run[i].At), p.uy(lo))
	}
	return append(dst, 'z')
}

// appendCurve draws the line between final points, or dashed to and from provisional points.
// Steps keep their value until the next point.
func (p *plan) appendCurve(dst []byte, firm bool, form Form) []byte {
	var at pen
	open := false
	last := -1 // the index of the point at the pen
	for i := range p.points {
		if !p.isJoined(i) || firm == (p.points[i].Provisional || p.points[i-1].Provisional) {
			continue
		}
		if !open {
			class := "ln"
			if !firm {
				class = "ln un"
			}
			dst, open = appendPath(dst, class), true
		}
		if last != i-1 {
			v, _ := finiteValue(p.points[i-1].Value)
			dst = at.move(dst, p.ux(p.points[i-1].At), p.uy(v))
		}
		v, _ := finiteValue(p.points[i].Value)
		x, y := p.ux(p.points[i].At), p.uy(v)
		if form == Steps {
			dst = at.line(dst, x, at[1])
		}
		if form != Steps || y != at[1] {
			dst = at.line(dst, x, y)
		}
		last = i
	}
	if open {
		dst = append(dst, closePath...)
	}
	return dst
}

// appendStepArea fills the area below the steps of final points.
func (p *plan) appendStepArea(dst []byte) []byte {
	bottom := int(math.Round(p.bottom * p.grow))
	for i := 0; i < len(p.points); i++ {
		v, ok := finiteValue(p.points[i].Value)
		if !ok || p.points[i].Provisional || !p.isJoined(i+1) {
			continue
		}
		var at pen
		dst = appendPath(dst, "area")
		dst = at.move(dst, p.ux(p.points[i].At), bottom)
		dst = at.line(dst, at[0], p.uy(v))
		for ; p.isJoined(i+1) && !p.points[i+1].Provisional; i++ {
			v, _ := finiteValue(p.points[i+1].Value)
			dst = at.line(dst, p.ux(p.points[i+1].At), at[1])
			if y := p.uy(v); y != at[1] {
				dst = at.line(dst, at[0], y)
			}
		}
		dst = at.line(dst, at[0], bottom)
		dst = append(dst, 'z')
		dst = append(dst, closePath...)
	}
	return dst
}

// appendRanges draws the interval of each wave as a thick stroke.
func (p *plan) appendRanges(dst []byte) []byte {
	for i := range p.points {
		if lo, hi, ok := rangeEnds(&p.points[i]); ok {
			dst = appendVertical(dst, "rng", p.x(p.points[i].At), p.y(p.clip(hi)), p.y(p.clip(lo)))
		}
	}
	return dst
}

// appendDots draws a dot at the last point, at points outside the line, and at provisional
// points; the latter are hollow. Waves have a dot at each point.
func (p *plan) appendDots(dst []byte, form Form) []byte {
	last := p.lastKnown()
	for i := range p.points {
		v, ok := finiteValue(p.points[i].Value)
		if !ok {
			continue
		}
		alone := !p.isJoined(i) && !p.isJoined(i+1)
		switch {
		case p.points[i].Provisional && (i == last || alone || form == Waves || !p.isForecast()):
			dst = p.appendDot(dst, "hollow", p.x(p.points[i].At), p.y(p.clip(v)))
		case i == last || alone || form == Waves:
			dst = p.appendDot(dst, "dot", p.x(p.points[i].At), p.y(p.clip(v)))
		}
	}
	return dst
}

// isForecast reports whether so many points are provisional that a dot for each would be a
// chain.
func (p *plan) isForecast() bool {
	n := 0
	for i := range p.points {
		if p.points[i].Provisional {
			n++
		}
	}
	return n > 8
}

func (p *plan) appendDot(dst []byte, class string, x, y float64) []byte {
	dst = append(dst, `<circle class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" r="4" cx="`...)
	dst = append(appendNum(dst, x), `%" cy="`...)
	dst = p.appendY(dst, y)
	return append(dst, closePath...)
}

// lastKnown returns the index of the last point with a value, −1 if there is none.
func (p *plan) lastKnown() int { return lastKnown(p.points) }

func lastKnown(points []metric.Point) int {
	for i := len(points) - 1; i >= 0; i-- {
		if _, ok := finiteValue(points[i].Value); ok {
			return i
		}
	}
	return -1
}
