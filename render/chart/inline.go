package chart

import (
	"github.com/ip3dp/ip3dp/compute/metric"
)

const sparkHeight = 30

// AppendSpark appends a line without axes, as wide as its place and 30 px high: the shape of
// the last weeks beside a number. title names it for people who cannot see it; the numbers are
// read out after it.
func AppendSpark(dst []byte, title string, points []metric.Point, u metric.Unit) []byte {
	p := newPlan(points, viewWidth-plotRight)
	s := tallyPoints(p.points)
	p.lo, p.hi, p.top, p.bottom = s.low, s.high, 4, sparkHeight-4
	if p.hi <= p.lo {
		p.lo, p.hi = p.lo-1, p.hi+1
	}
	dst = append(dst, `<svg class="c spark" width="100%" height="30" role="img"`...)
	dst = appendAttr(dst, "aria-label", title+". "+summarise("", p.points, u, nil))
	dst = append(dst, '>')
	dst = appendView(dst, sparkHeight)
	dst = p.appendCurve(dst, p.points)
	dst = append(dst, `</svg>`...)
	dst = p.appendDots(dst, p.points)
	return append(dst, `</svg>`...)
}

// AppendShareBar appends a bar that shows share (0 to 1) of a whole. It is hidden from screen
// readers: the text beside it has the figures ("220/250 developers, 88 %"). mark is a second
// share shown as a tick, such as a threshold; 0 for none.
func AppendShareBar(dst []byte, share, mark float64) []byte {
	dst = append(dst, `<svg class="c" width="100%" height="10" aria-hidden="true" viewBox="0 0 1000 10" preserveAspectRatio="none">`...)
	dst = appendPath(dst, "o")
	dst = appendBox(dst, 0, 1, viewWidth, 9)
	dst = append(dst, closePath...)
	dst = appendPath(dst, "b")
	dst = appendBox(dst, 0, 1, viewWidth*min(max(share, 0), 1), 9)
	dst = append(dst, closePath...)
	if mark > 0 && mark <= 1 {
		dst = appendPath(dst, "w")
		dst = appendXY(dst, 'M', viewWidth*mark, 0)
		dst = append(dst, "V10"...)
		dst = append(dst, closePath...)
	}
	return append(dst, `</svg>`...)
}

// Share gives lines the same axis, so that small multiples compare by eye.
func Share(lines ...*Line) {
	var b Bounds
	for i, l := range lines {
		lo, hi := l.bounds()
		if i == 0 {
			b = Bounds{lo, hi}
		}
		b = Bounds{min(b.Lo, lo), max(b.Hi, hi)}
	}
	for _, l := range lines {
		l.Bounds = &b
	}
}
