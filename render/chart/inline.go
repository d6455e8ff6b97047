package chart

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
)

const sparkHeight = 30

// AppendSpark appends a line without axes, 30 px high: the shape of the last weeks beside a
// number. title describes it to people who cannot see it; a summary of the numbers follows.
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

// AppendShareBar appends a bar with a share (0 to 1) of a whole. It is hidden from screen
// readers, because the text beside it has the figures ("220/250 developers, 88 %"). mark is a
// second share, drawn as a tick, such as a threshold; 0 for none.
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
