package chart

import (
	"math"
	"strconv"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// These are the small pictures of the first page. They have no table of their own, because the
// text beside them has their numbers. All fill the width of their place.

// useHeight is the height of a bar of use, and of the shape beside it.
const useHeight = 28

// AppendUse appends a share (0 to 1) as a bar on its track. limit is the threshold that would
// change its state, drawn as an upright stroke; 0 for none.
func AppendUse(dst []byte, share, limit float64) []byte {
	dst = append(dst, `<svg height="28" aria-hidden="true">`...)
	dst = appendRect(dst, "track", 0, 100, 6, 16)
	dst = appendRect(dst, "bar", 0, 100*min(max(share, 0), 1), 6, 16)
	if limit > 0 && limit <= 1 {
		dst = appendRule(dst, "thr", 100*limit, 100*limit, 0, useHeight)
	}
	return append(dst, `</svg>`...)
}

// AppendShape appends the shares of the last weeks as an area on an axis from 0 to 1. Missing
// weeks at the start are left empty.
func AppendShape(dst []byte, points []metric.Point, weeks int) []byte {
	points = points[max(0, len(points)-weeks):]
	first := weeks - len(points)
	dst = append(dst, `<svg class="shape" height="28" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 `...)
	dst = strconv.AppendInt(dst, int64(max(weeks-1, 1)), 10)
	dst = append(dst, ` 28"><path class="area" d="`...)
	open := false
	for i := range points {
		v, ok := finiteValue(points[i].Value)
		if !ok {
			continue
		}
		if !open {
			dst = appendXY(dst, 'M', float64(first+i), useHeight)
			open = true
		}
		dst = appendXY(dst, 'L', float64(first+i), (useHeight-1)*(1-min(max(v, 0), 1))+1)
	}
	if open {
		dst = appendXY(dst, 'L', float64(weeks-1), useHeight)
	}
	return append(dst, `"/></svg>`...)
}

// appendRect appends a rectangle; x and width are percentages, y and height pixels.
func appendRect(dst []byte, class string, x, width, y, height float64) []byte {
	dst = append(dst, `<rect class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" width="`...)
	dst = appendNum(dst, width)
	dst = append(dst, `%" y="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `" height="`...)
	dst = appendNum(dst, height)
	return append(dst, closePath...)
}

// appendWord appends a text at a percentage of the width.
func appendWord(dst []byte, class string, x, y float64, at anchor, s string) []byte {
	dst = append(dst, `<text`...)
	if class != "" {
		dst = appendAttr(dst, "class", class)
	}
	dst = append(dst, ` x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" y="`...)
	dst = appendNum(dst, y)
	if at != atStart {
		dst = append(dst, `" text-anchor="`...)
		dst = append(dst, at...)
	}
	dst = append(dst, `">`...)
	dst = appendText(dst, s)
	return append(dst, `</text>`...)
}

// AppendPromoters appends the promoters, passives and detractors of a survey as one bar with
// their counts.
func AppendPromoters(dst []byte, promoters, passives, detractors int) []byte {
	all := float64(promoters + passives + detractors)
	if all <= 0 {
		return dst
	}
	good, bad := 100*float64(promoters)/all, 100*float64(detractors)/all
	dst = append(dst, `<svg class="gap" height="56" role="img"`...)
	dst = appendAttr(dst, "aria-label", format.Things(promoters, "promoters")+", "+format.Things(passives, "passives")+
		", "+format.Things(detractors, "detractors"))
	dst = append(dst, '>')
	dst = appendRect(dst, "pos", 0, good, 0, 36)
	dst = appendRect(dst, "track", good, 100-good-bad, 0, 36)
	dst = appendRect(dst, "neg", 100-bad, bad, 0, 36)
	if good >= roomForCount {
		dst = appendWord(dst, "on", 2, 23, atStart, format.Count(promoters))
	}
	if 100-good-bad >= roomForCount {
		dst = appendWord(dst, "v", good+(100-good-bad)/2, 23, atMiddle, format.Count(passives))
	}
	if bad >= roomForCount {
		dst = appendWord(dst, "on", 98, 23, atEnd, format.Count(detractors))
	}
	dst = appendWord(dst, "", 0, 53, atStart, "promoters")
	dst = appendWord(dst, "", min(max(good+(100-good-bad)/2, 38), 62), 53, atMiddle, "passive")
	dst = appendWord(dst, "", 100, 53, atEnd, "detractors")
	return append(dst, `</svg>`...)
}

// AppendScale appends the labels of an axis of points, for the ranges above it.
func AppendScale(dst []byte, lo, hi, step float64) []byte {
	dst = append(dst, `<svg height="16" aria-hidden="true">`...)
	axis := format.NewAxis(math.Max(math.Abs(lo), math.Abs(hi)), step, metric.Points)
	for v := lo; v <= hi+step/2 && step > 0 && hi > lo; v += step {
		at := atMiddle
		switch {
		case v == lo:
			at = atStart
		case v > hi-step/2:
			at = atEnd
		}
		dst = appendWord(dst, "", 100*(v-lo)/(hi-lo), 12, at, axis.Label(v))
	}
	return append(dst, `</svg>`...)
}
