package chart

import (
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// isJoined reports whether the line runs from point i−1 to point i.
func (p *plan) isJoined(points []metric.Point, i int) bool {
	if i <= 0 || i >= len(points) {
		return false
	}
	_, a := finiteValue(points[i-1].Value)
	_, b := finiteValue(points[i].Value)
	return a && b && points[i].At.Sub(points[i-1].At) <= p.gap
}

// appendGaps shades the time without data, from half a step after the last point with a value
// to half a step before the next.
func (p *plan) appendGaps(dst []byte, points []metric.Point) []byte {
	open := false
	half := 0.0
	if len(points) > 1 {
		half = (p.x(p.from.Add(p.gap)) - p.left) / 3
	}
	for i := 0; i < len(points); i++ {
		if _, ok := finiteValue(points[i].Value); ok {
			continue
		}
		start := i
		for i+1 < len(points) {
			if _, ok := finiteValue(points[i+1].Value); ok {
				break
			}
			i++
		}
		if !open {
			dst = appendPath(dst, "x")
			open = true
		}
		dst = appendBox(dst, p.x(points[start].At)-half, p.top, p.x(points[i].At)+half, p.bottom)
	}
	if open {
		dst = append(dst, closePath...)
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

// rangeEnds returns the interval of a point. An interval without an upper limit ends at the top
// of the axis.
func (p *plan) rangeEnds(pt *metric.Point) (lo, hi float64, ok bool) {
	if _, known := finiteValue(pt.Value); !known || tooFew(pt) {
		return 0, 0, false
	}
	lo, ok = finiteValue(pt.Lo)
	if !ok {
		return 0, 0, false
	}
	if hi, ok = finiteValue(pt.Hi); !ok {
		hi = p.hi
	}
	return lo, max(lo, hi), true
}

// appendBand draws the intervals: an area over consecutive points with an interval, a stroke
// for a single point.
func (p *plan) appendBand(dst []byte, points []metric.Point) []byte {
	for i := 0; i < len(points); i++ {
		lo, hi, ok := p.rangeEnds(&points[i])
		if !ok {
			continue
		}
		end := i + 1
		for end < len(points) && p.isJoined(points, end) {
			if _, _, ok := p.rangeEnds(&points[end]); !ok {
				break
			}
			end++
		}
		if end == i+1 {
			dst = appendPath(dst, "il")
			dst = appendXY(dst, 'M', p.x(points[i].At), p.y(lo))
			dst = append(dst, 'V')
			dst = appendNum(dst, p.y(hi))
		} else {
			dst = appendPath(dst, "i")
			dst = p.appendArea(dst, points[i:end])
		}
		dst = append(dst, closePath...)
		i = end - 1
	}
	return dst
}

// appendArea appends the outline of consecutive intervals: the upper ends forwards, the lower
// ends back.
func (p *plan) appendArea(dst []byte, run []metric.Point) []byte {
	cmd := byte('M')
	for i := range run {
		_, hi, _ := p.rangeEnds(&run[i])
		dst = appendXY(dst, cmd, p.x(run[i].At), p.y(hi))
		cmd = 'L'
	}
	for i := len(run) - 1; i >= 0; i-- {
		lo, _, _ := p.rangeEnds(&run[i])
		dst = appendXY(dst, 'L', p.x(run[i].At), p.y(lo))
	}
	return append(dst, 'Z')
}

// appendCurve draws the line: solid between two final points, dotted if one of them is
// provisional.
func (p *plan) appendCurve(dst []byte, points []metric.Point) []byte {
	for _, firm := range [2]bool{true, false} {
		open := false
		pen := -1 // the index of the point at the pen
		for i := range points {
			if !p.isJoined(points, i) || firm == (points[i].Provisional || points[i-1].Provisional) {
				continue
			}
			if !open {
				class := "l"
				if !firm {
					class = "l d"
				}
				dst, open = appendPath(dst, class), true
			}
			if pen != i-1 {
				v, _ := finiteValue(points[i-1].Value)
				dst = appendXY(dst, 'M', p.x(points[i-1].At), p.y(v))
			}
			v, _ := finiteValue(points[i].Value)
			dst = appendXY(dst, 'L', p.x(points[i].At), p.y(v))
			pen = i
		}
		if open {
			dst = append(dst, closePath...)
		}
	}
	return dst
}

// appendDots draws a dot at the last point, at points outside the line, and at provisional
// points; the latter are hollow.
func (p *plan) appendDots(dst []byte, points []metric.Point) []byte {
	last := lastKnown(points)
	for i := range points {
		v, ok := finiteValue(points[i].Value)
		if !ok {
			continue
		}
		alone := !p.isJoined(points, i) && !p.isJoined(points, i+1)
		switch {
		case points[i].Provisional:
			dst = appendDot(dst, "p h", p.x(points[i].At), p.y(v))
		case i == last || alone:
			dst = appendDot(dst, "p", p.x(points[i].At), p.y(v))
		}
	}
	return dst
}

// appendMarkLines draws a line down from each mark's label.
func (p *plan) appendMarkLines(dst []byte, marks []Mark) []byte {
	if len(marks) == 0 {
		return dst
	}
	dst = appendPath(dst, "m")
	for i, m := range marks {
		if m.At.Before(p.from) || m.At.After(p.to) {
			continue
		}
		dst = appendXY(dst, 'M', p.x(m.At), float64(p.rows[i]*markHeight)+4)
		dst = append(dst, 'V')
		dst = appendNum(dst, p.bottom)
	}
	return append(dst, closePath...)
}

// appendMarkLabels writes the labels of the marks, to the right of their lines or, near the
// edge, to the left.
func (p *plan) appendMarkLabels(dst []byte, marks []Mark) []byte {
	for i, m := range marks {
		if m.At.Before(p.from) || m.At.After(p.to) {
			continue
		}
		x, at := p.x(m.At)+8, atStart
		if x+labelWidth(m.Label) > viewWidth {
			x, at = x-16, atEnd
		}
		dst = appendLabel(dst, "t", x, float64(p.rows[i]*markHeight)+12, at, m.Label)
	}
	return dst
}

func (p *plan) appendTargetLine(dst []byte, t *metric.Target) []byte {
	if t == nil {
		return dst
	}
	dst = appendPath(dst, "y")
	dst = appendXY(dst, 'M', p.left, p.y(t.Value))
	dst = append(dst, "H1000"...)
	return append(dst, closePath...)
}

// appendAxes writes the labels of the values and of the time. Without any value it writes a
// note instead.
func (p *plan) appendAxes(dst []byte, u metric.Unit) []byte {
	if lastKnown(p.points) < 0 {
		dst = appendLabel(dst, "t", viewWidth/2, (p.top+p.bottom)/2+4, atMiddle, "no data")
	} else {
		dst = p.appendValueAxis(dst, p.axis(u))
	}
	if len(p.points) == 0 {
		return dst
	}
	ticks := timeTicks(p.points[0].At.UTC(), p.points[len(p.points)-1].At.UTC())
	kept := lastYear(ticks) % 2
	for i, t := range ticks {
		x, at := p.x(t.At), atMiddle
		if x+labelWidth(t.Label)/2 > viewWidth {
			x, at = viewWidth, atEnd
		}
		class := "t"
		if i%2 != kept {
			class = "t n" // hidden on a narrow screen
		}
		dst = appendLabel(dst, class, x, p.bottom+15, at, t.Label)
	}
	return dst
}

// lastYear returns the index of the last label with a year. A narrow screen hides every second
// label, but must show this one.
func lastYear(ticks []Mark) int {
	last := 0
	for i, t := range ticks {
		if strings.ContainsAny(t.Label, "0123456789") && len(t.Label) > len("Jan") {
			last = i
		}
	}
	return last
}

func (p *plan) appendLimits(dst []byte, limits []Limit) []byte {
	for _, l := range limits {
		dst = appendPath(dst, "m")
		dst = appendXY(dst, 'M', p.left, p.y(l.Value))
		dst = append(dst, "H1000"...)
		dst = append(dst, closePath...)
	}
	return dst
}

// appendLimitLabels writes the names of the limits at the start of their lines.
func (p *plan) appendLimitLabels(dst []byte, limits []Limit) []byte {
	for _, l := range limits {
		dst = appendLabel(dst, "t", p.left+4, p.y(l.Value)-4, atStart, l.Label)
	}
	return dst
}
