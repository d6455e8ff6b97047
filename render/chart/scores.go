package chart

import (
	"math"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Scores are the scores of several surveys: a dot with its range each, on a common axis. There
// is no line between them, because nobody was asked in between.
type Scores struct {
	ID     string // prefix of the IDs inside; unique on its page
	Title  string
	Unit   metric.Unit
	Points []metric.Point // oldest first
	// Class is the class of the last one: "better", "worse", "unknown" or "muted"; "" for a
	// measured value.
	Class string
	// Overlap marks the values that both of the last two ranges contain. Set it only if the
	// test has no clear result.
	Overlap bool
}

// The measures of the picture in pixels.
const (
	scoresHeight = 174
	scoresTop    = 22
	scoresBottom = 150
)

// maxScores is the number of surveys that the picture has room for. The table has all.
const maxScores = 12

// fewScores is the number of surveys that have room for a value each on a phone.
const fewScores = 6

// Axis returns the ends of an axis for scores, at multiples of twenty.
func (w *Scores) axis() (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for i := range w.Points {
		for _, p := range []*float64{w.Points[i].Lo, w.Points[i].Value, w.Points[i].Hi} {
			if v, ok := finiteValue(p); ok {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	return RoundAxis(lo, hi)
}

// RoundAxis returns the ends of an axis that contains lo and hi, at multiples of twenty.
func RoundAxis(lo, hi float64) (from, to float64) {
	const step = 20
	if !(lo <= hi) || math.IsInf(lo, 0) || math.IsInf(hi, 0) {
		return 0, step
	}
	from, to = math.Floor(lo/step)*step, math.Ceil(hi/step)*step
	if from == to {
		to += step
	}
	return from, to
}

// AppendSVG appends the picture.
func (w *Scores) AppendSVG(dst []byte) []byte {
	points := w.Points[max(0, len(w.Points)-maxScores):]
	lo, hi := w.axis()
	y := func(v float64) float64 { return scoresBottom - (scoresBottom-scoresTop)*(v-lo)/(hi-lo) }
	dst = appendOpen(dst, w.ID, scoresHeight, w.Title, w.describe(points))
	if w.Overlap && len(points) > 1 {
		dst = appendOverlap(dst, &points[len(points)-2].Figure, &points[len(points)-1].Figure, y)
	}
	for _, v := range []float64{lo, hi} {
		class := "grid"
		if v == lo {
			class = "base"
		}
		dst = appendRule(dst, class, 0, 100, y(v), y(v))
		dst = appendLabel(dst, "t", 0, y(v)-4, atStart, format.Value(v, w.Unit))
	}
	for i := range points {
		x := 100 * (float64(i) + 0.5) / float64(len(points))
		last := i == len(points)-1
		class := "muted"
		if last {
			class = w.Class
		}
		dst = appendScore(dst, &points[i].Figure, class, x, y)
		if v, ok := finiteValue(points[i].Value); ok && (last || len(points) <= fewScores) {
			dst = appendBeside(dst, x, y(v)+5, last && len(points) > fewScores, format.Value(v, w.Unit))
		}
		if last || len(points) <= fewScores || i == 0 {
			dst = appendLabel(dst, "t", 10*x, scoresHeight-6, atMiddle, format.Day(points[i].At))
		}
	}
	return append(dst, `</svg>`...)
}

// appendOverlap shades the values that both ranges contain.
func appendOverlap(dst []byte, a, b *metric.Figure, y func(float64) float64) []byte {
	if a.Lo == nil || a.Hi == nil || b.Lo == nil || b.Hi == nil {
		return dst
	}
	lo, hi := max(*a.Lo, *b.Lo), min(*a.Hi, *b.Hi)
	if !(lo < hi) {
		return dst
	}
	dst = append(dst, `<rect class="dz" width="100%" y="`...)
	dst = appendNum(dst, y(hi))
	dst = append(dst, `" height="`...)
	dst = appendNum(dst, y(lo)-y(hi))
	return append(dst, closePath...)
}

// appendScore draws a score and its range. An open end runs to the edge of the plot.
func appendScore(dst []byte, p *metric.Figure, class string, x float64, y func(float64) float64) []byte {
	v, ok := finiteValue(p.Value)
	if !ok {
		return dst
	}
	dst = append(dst, `<g`...)
	if class != "" {
		dst = appendAttr(dst, "class", class)
	}
	dst = append(dst, '>')
	lo, okLo := finiteValue(p.Lo)
	hi, okHi := finiteValue(p.Hi)
	if okLo || okHi {
		from, to := float64(scoresBottom), float64(scoresTop)
		if okLo {
			from = y(lo)
		}
		if okHi {
			to = y(hi)
		}
		dst = appendRule(dst, "rng", x, x, from, to)
	}
	dst = append(dst, `<circle class="dot" r="6" cx="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" cy="`...)
	dst = appendNum(dst, y(v))
	dst = append(dst, closePath...)
	return append(dst, `</g>`...)
}

// appendBeside appends a value right of its dot, or left of it.
func appendBeside(dst []byte, x, y float64, left bool, text string) []byte {
	dst = append(dst, `<text class="v halo" x="`...)
	dst = appendNum(dst, x)
	if left {
		dst = append(dst, `%" dx="-12" text-anchor="end" y="`...)
	} else {
		dst = append(dst, `%" dx="12" y="`...)
	}
	dst = appendNum(dst, y)
	dst = append(dst, `">`...)
	dst = appendText(dst, text)
	return append(dst, `</text>`...)
}

// describe returns the numbers in words.
func (w *Scores) describe(points []metric.Point) string {
	parts := make([]string, 0, len(points))
	for i := range points {
		p := &points[i]
		text := format.Date(p.At) + ": " + format.Maybe(p.Value, w.Unit)
		if iv := format.Interval(p.Lo, p.Hi, w.Unit); iv != "" {
			text += ", likely " + iv
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, "; ")
}

// AppendCount appends a bar that counts towards a whole, with a stroke at the count of the
// survey before; 0 for none. It is hidden from screen readers.
func AppendCount(dst []byte, n, before, whole int) []byte {
	at := func(v int) float64 { return 100 * min(float64(v)/float64(max(whole, n, 1)), 1) }
	dst = append(dst, `<svg height="14" aria-hidden="true"><rect class="track" width="100%" height="14"/><rect class="bar" height="14" width="`...)
	dst = appendNum(dst, at(n))
	dst = append(dst, `%"/>`...)
	if before > 0 {
		dst = appendRule(dst, "thr", at(before), at(before), 0, 14)
	}
	return append(dst, `</svg>`...)
}
