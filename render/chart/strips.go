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
const useHeight = 18

// AppendUse appends a share (0 to 1) as a bar on its track. limit is the threshold that would
// change its state, drawn as an upright stroke; 0 for none.
func AppendUse(dst []byte, share, limit float64) []byte {
	dst = append(dst, `<svg height="18" aria-hidden="true">`...)
	dst = appendRect(dst, "track", 0, 100, 3, 12)
	dst = appendRect(dst, "bar", 0, 100*min(max(share, 0), 1), 3, 12)
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
	dst = append(dst, `<svg class="shape" height="18" aria-hidden="true" preserveAspectRatio="none" viewBox="0 0 `...)
	dst = strconv.AppendInt(dst, int64(max(weeks-1, 1)), 10)
	dst = append(dst, ` 18"><path class="area" d="`...)
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
	dst = append(dst, `<svg class="gap" height="50" role="img"`...)
	dst = appendAttr(dst, "aria-label", format.Things(promoters, "promoters")+", "+format.Things(passives, "passives")+
		", "+format.Things(detractors, "detractors"))
	dst = append(dst, '>')
	dst = appendRect(dst, "pos", 0, good, 0, 30)
	dst = appendRect(dst, "track", good, 100-good-bad, 0, 30)
	dst = appendRect(dst, "neg", 100-bad, bad, 0, 30)
	if good >= roomForCount {
		dst = appendWord(dst, "on", 2, 20, atStart, format.Count(promoters))
	}
	if 100-good-bad >= roomForCount {
		dst = appendWord(dst, "v", good+(100-good-bad)/2, 20, atMiddle, format.Count(passives))
	}
	if bad >= roomForCount {
		dst = appendWord(dst, "on", 98, 20, atEnd, format.Count(detractors))
	}
	dst = appendWord(dst, "", 0, 47, atStart, "promoters")
	dst = appendWord(dst, "", min(max(good+(100-good-bad)/2, 38), 62), 47, atMiddle, "passive")
	dst = appendWord(dst, "", 100, 47, atEnd, "detractors")
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

// The measures of the weekly bars in pixels: the plot, and the picture with its labels.
const (
	weeksPlot   = 100
	weeksHeight = 120
)

// AppendWeeks appends counts per week as bars from zero. The windows that the text compares are
// shaded and have their values. desc describes the picture.
func AppendWeeks(dst []byte, desc string, points []metric.Point, windows []metric.Window, labels []string) []byte {
	if len(points) == 0 {
		return dst
	}
	top := 0.0
	for i := range points {
		if v, ok := finiteValue(points[i].Value); ok {
			top = math.Max(top, v)
		}
	}
	if top <= 0 {
		top = 1
	}
	n := float64(len(points))
	place := func(i int) float64 { return 100 * float64(i) / n }
	dst = append(dst, `<svg height="120" role="img"`...)
	dst = appendAttr(dst, "aria-label", desc)
	dst = append(dst, '>')
	for _, w := range windows {
		if from, to := indicesIn(points, w); to > from {
			dst = appendRect(dst, "win", place(from), place(to)-place(from), 0, weeksPlot)
		}
	}
	dst = append(dst, `<svg viewBox="0 0 `...)
	dst = appendNum(dst, 10*n)
	dst = append(dst, ` 100" preserveAspectRatio="none" height="100"><path class="bar" d="`...)
	for i := range points {
		v, ok := finiteValue(points[i].Value)
		if !ok || v <= 0 {
			continue
		}
		dst = appendXY(dst, 'M', float64(10*i+1), weeksPlot)
		dst = append(dst, 'v')
		dst = appendNum(dst, -96*v/top)
		dst = append(dst, "h8V100z"...)
	}
	dst = append(dst, `"/></svg>`...)
	dst = appendRule(dst, "base", 0, 100, weeksPlot, weeksPlot)
	return append(appendWeekLabels(dst, points, place, windows, labels), `</svg>`...)
}

// indicesIn returns the points of a window, as the half-open range of their indices.
func indicesIn(points []metric.Point, w metric.Window) (from, to int) {
	from = -1
	for i := range points {
		if w.Contains(points[i].At) {
			if from < 0 {
				from = i
			}
			to = i + 1
		}
	}
	return max(from, 0), to
}

// appendWeekLabels appends the first month, and the value under each window.
func appendWeekLabels(
	dst []byte, points []metric.Point, place func(int) float64, windows []metric.Window, labels []string,
) []byte {
	dst = appendWord(dst, "", 0, weeksHeight-3, atStart, points[0].At.UTC().Format("Jan"))
	for k, w := range windows {
		from, to := indicesIn(points, w)
		if to <= from || k >= len(labels) {
			continue
		}
		x, at := (place(from)+place(to))/2, atMiddle
		if x > 90 {
			x, at = 100, atEnd
		}
		if x > 12 {
			dst = appendWord(dst, "v", x, weeksHeight-3, at, labels[k])
		}
	}
	return dst
}
