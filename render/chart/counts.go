package chart

import "github.com/ip3dp/ip3dp/compute/metric"

const (
	// MostCircles is the number of things from which a count is a bar instead of circles.
	MostCircles = 80
	rowCircles  = 20 // in a row
	circleStep  = 14 // from one circle to the next, in pixels
)

// AppendCounted appends one circle for each of the teams that took part. From MostCircles on it
// appends a bar with their share of all. The text beside it has the number.
func AppendCounted(dst []byte, n, all int) []byte {
	if n >= MostCircles {
		return appendCountBar(dst, "tm", float64(n)/float64(max(n, all)), 12)
	}
	rows := (n + rowCircles - 1) / rowCircles
	dst = append(dst, `<svg class="d" height="`...)
	dst = appendNum(dst, float64(rows*circleStep-2))
	dst = append(dst, `" viewBox="0 0 `...)
	dst = appendNum(dst, float64(min(n, rowCircles)*circleStep-2))
	dst = append(dst, ' ')
	dst = appendNum(dst, float64(rows*circleStep-2))
	dst = append(dst, `" aria-hidden="true">`...)
	for i := range n {
		dst = appendRound(dst, "tm", float64(i%rowCircles*circleStep)+6, float64(i/rowCircles*circleStep)+6, 5)
	}
	return append(dst, `</svg>`...)
}

// AppendTickets appends a bar for a number of tickets; top is the largest number on the page.
func AppendTickets(dst []byte, n, top int) []byte {
	return appendCountBar(dst, "tkt", float64(n)/float64(max(n, top, 1)), 12)
}

func appendCountBar(dst []byte, class string, share, height float64) []byte {
	dst = append(dst, `<svg height="`...)
	dst = appendNum(dst, height)
	dst = append(dst, `" aria-hidden="true">`...)
	dst = appendRect(dst, class, 0, 100*share, 1, height-2)
	return append(dst, `</svg>`...)
}

// AppendReached appends all teams as circles, those that were reached filled and first, so that
// the picture names nobody. From MostCircles teams on it is a bar. name describes the picture
// to people who cannot see it.
func AppendReached(dst []byte, reached, all int, name string) []byte {
	if all >= MostCircles {
		dst = append(dst, `<svg height="14" role="img"`...)
		dst = appendAttr(dst, "aria-label", name)
		dst = append(dst, '>')
		dst = appendRect(dst, "track", 0, 100, 1, 12)
		dst = appendRect(dst, "tm", 0, 100*float64(reached)/float64(all), 1, 12)
		return append(dst, `</svg>`...)
	}
	const step = 20
	rows := (all + rowCircles - 1) / rowCircles
	dst = append(dst, `<svg class="reach" viewBox="0 0 `...)
	dst = appendNum(dst, rowCircles*step)
	dst = append(dst, ' ')
	dst = appendNum(dst, float64(rows*step))
	dst = append(dst, `" role="img"`...)
	dst = appendAttr(dst, "aria-label", name)
	dst = append(dst, '>')
	for i := range all {
		class := "tm"
		if i >= reached {
			class = "ht"
		}
		dst = appendRound(dst, class, float64(i%rowCircles*step)+10, float64(i/rowCircles*step)+10, 7)
	}
	return append(dst, `</svg>`...)
}

// AppendGoal appends a value as a bar from zero with a stroke at its goal and the goal's words
// under it. The text beside it has the value.
func AppendGoal(dst []byte, value, goal float64, words string) []byte {
	top := 1.25 * max(value, goal)
	if !(top > 0) {
		top = 1
	}
	x := 100 * goal / top
	dst = append(dst, `<svg height="32" aria-hidden="true">`...)
	dst = appendRect(dst, "track", 0, 100, 0, 12)
	dst = appendRect(dst, "bar", 0, 100*max(value, 0)/top, 0, 12)
	dst = appendRule(dst, "thr", x, x, 0, 16)
	dst = append(dst, `<text y="30" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" text-anchor="`...)
	if x > 100-2*labelEdge {
		dst = append(dst, "end"...)
	} else {
		dst = append(dst, "middle"...)
	}
	dst = append(dst, `">`...)
	dst = appendText(dst, words)
	return append(dst, `</text></svg>`...)
}

// AppendShift appends a number before, as a ring, and now, as a dot, on an axis from 0 to top.
func AppendShift(dst []byte, before, now, top int) []byte {
	was, value := float64(before), float64(now)
	g := Gauge{
		Figure: metric.Figure{Value: &value, Lo: new(min(was, value)), Hi: new(max(was, value))},
		Max:    float64(max(top, 1)), Was: &was,
	}
	return AppendGauge(dst, &g)
}

func appendRound(dst []byte, class string, x, y, r float64) []byte {
	dst = append(dst, `<circle class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" cx="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `" cy="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `" r="`...)
	dst = appendNum(dst, r)
	return append(dst, closePath...)
}
