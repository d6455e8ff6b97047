package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Gauge is a number with its range on a short axis: a dot, a thick line for the likely range,
// upright strokes for thresholds. Numbers that the axis does not reach are drawn at its end.
type Gauge struct {
	metric.Figure
	// Min and Max are the ends of the axis. With Log they must be above zero.
	Min, Max float64
	Log      bool
	// Bounds are what the value would be in the two extreme cases, drawn as a dotted line.
	Bounds metric.Limits
	// Was is the value before, drawn as a ring.
	Was *float64
	// Zone is the range of changes that are too small to matter.
	Zone *metric.Limits
	// Yes is the side of the axis where the answer to a question is yes.
	Yes *metric.Limits
	// Marks are thresholds. Only a tall gauge has their labels.
	Marks []Limit
	// Class is the class of the meaning: "better", "worse", "unknown" or "muted"; "" for a
	// measured value.
	Class string
	// Tall is the size in a node of the decision tree, with labels.
	Tall bool
	// Name describes the picture to people who cannot see it; "" hides it from them, because
	// the text beside it has the numbers.
	Name string
}

// gaugeSize has the measures of a gauge in pixels.
type gaugeSize struct{ height, middle, dot, thick, stroke float64 }

// AppendGauge appends the picture of a gauge. It fills the width of its place.
func AppendGauge(dst []byte, g *Gauge) []byte {
	size := gaugeSize{height: 14, middle: 7, dot: 4.5, thick: 8, stroke: 14}
	if g.Tall {
		size = gaugeSize{height: 44, middle: 12, dot: 6, thick: 16, stroke: 24}
	}
	dst = g.appendOpen(dst, size)
	if g.Yes != nil {
		dst = g.appendBox(dst, "okz", g.Yes, size.middle-size.thick/2, size.thick)
	}
	dst = append(dst, `<line class="base" x2="100%" y1="`...)
	dst = appendNum(dst, size.middle)
	dst = append(dst, `" y2="`...)
	dst = appendNum(dst, size.middle)
	dst = append(dst, closePath...)
	if lo, ok := finiteValue(g.Bounds.Lo); ok && g.Bounds.Hi != nil {
		from, _ := g.at(lo)
		to, _ := g.at(*g.Bounds.Hi)
		dst = appendRule(dst, "note", from, to, size.middle, size.middle)
	}
	if g.Zone != nil {
		dst = g.appendBox(dst, "zone", g.Zone, size.middle-4, 8)
	}
	dst = g.appendRange(dst, size)
	for _, m := range g.Marks {
		dst = g.appendMark(dst, m, size)
	}
	if v, ok := finiteValue(g.Was); ok {
		dst = g.appendCircle(dst, "was", v, size.middle, 4.5)
	}
	if v, ok := finiteValue(g.Value); ok {
		dst = g.appendCircle(dst, "dot", v, size.middle, size.dot)
	}
	return append(dst, `</svg>`...)
}

func (g *Gauge) appendOpen(dst []byte, size gaugeSize) []byte {
	dst = append(dst, `<svg height="`...)
	dst = appendNum(dst, size.height)
	dst = append(dst, '"')
	switch {
	case g.Tall && g.Class != "":
		dst = appendAttr(dst, "class", "gauge "+g.Class)
	case g.Tall:
		dst = append(dst, ` class="gauge"`...)
	case g.Class != "":
		dst = appendAttr(dst, "class", g.Class)
	}
	if g.Name == "" {
		return append(dst, ` aria-hidden="true">`...)
	}
	dst = append(dst, ` role="img"`...)
	dst = appendAttr(dst, "aria-label", g.Name)
	return append(dst, '>')
}

// at returns the position of a value in percent of the width, and reports whether the axis
// reaches it.
func (g *Gauge) at(v float64) (pct float64, within bool) {
	lo, hi := g.Min, g.Max
	if g.Log {
		lo, hi, v = math.Log(lo), math.Log(hi), math.Log(math.Max(v, math.SmallestNonzeroFloat64))
	}
	if !(hi > lo) {
		return 0, false
	}
	share := (v - lo) / (hi - lo)
	return 100 * min(max(share, 0), 1), share >= 0 && share <= 1
}

func (g *Gauge) appendBox(dst []byte, class string, l *metric.Limits, y, height float64) []byte {
	from, to := 0.0, 100.0
	if v, ok := finiteValue(l.Lo); ok {
		from, _ = g.at(v)
	}
	if v, ok := finiteValue(l.Hi); ok {
		to, _ = g.at(v)
	}
	if to <= from {
		return dst
	}
	dst = append(dst, `<rect class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, from)
	dst = append(dst, `%" width="`...)
	dst = appendNum(dst, to-from)
	dst = append(dst, `%" y="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `" height="`...)
	dst = appendNum(dst, height)
	return append(dst, closePath...)
}

// appendRange draws the likely range. An open or cut end has an arrow.
func (g *Gauge) appendRange(dst []byte, size gaugeSize) []byte {
	lo, okLo := finiteValue(g.Lo)
	hi, okHi := finiteValue(g.Hi)
	if !okLo && !okHi {
		return dst
	}
	from, to := 0.0, 100.0
	if okLo {
		from, okLo = g.at(lo)
	}
	if okHi {
		to, okHi = g.at(hi)
	}
	dst = appendRule(dst, "rng", from, to, size.middle, size.middle)
	if !okLo {
		dst = appendGlyph(dst, 0, size.middle, "", "‹")
	}
	if !okHi {
		dst = appendGlyph(dst, 100, size.middle, "end", "›")
	}
	return dst
}

func appendGlyph(dst []byte, x, middle float64, anchor, s string) []byte {
	dst = append(dst, `<text class="v" x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" y="`...)
	dst = appendNum(dst, middle+4)
	if anchor != "" {
		dst = append(dst, `" text-anchor="`...)
		dst = append(dst, anchor...)
	}
	dst = append(dst, `">`...)
	dst = append(dst, s...)
	return append(dst, `</text>`...)
}

// appendRule appends a line between two positions in percent of the width.
func appendRule(dst []byte, class string, x1, x2, y1, y2 float64) []byte {
	dst = append(dst, `<line class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x1="`...)
	dst = appendNum(dst, x1)
	dst = append(dst, `%" x2="`...)
	dst = appendNum(dst, x2)
	dst = append(dst, `%" y1="`...)
	dst = appendNum(dst, y1)
	dst = append(dst, `" y2="`...)
	dst = appendNum(dst, y2)
	return append(dst, closePath...)
}

// labelEdge is the part of the width at either end where a label is anchored to the end.
const labelEdge = 25

func (g *Gauge) appendMark(dst []byte, m Limit, size gaugeSize) []byte {
	x, within := g.at(m.Value)
	if !within {
		return dst
	}
	dst = appendRule(dst, "thr", x, x, 0, size.stroke)
	if !g.Tall || m.Label == "" {
		return dst
	}
	anchor := "middle"
	switch {
	case x < labelEdge:
		anchor = "start"
	case x > 100-labelEdge:
		anchor = "end"
	}
	dst = append(dst, `<text x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" y="40" text-anchor="`...)
	dst = append(dst, anchor...)
	dst = append(dst, `">`...)
	dst = appendText(dst, m.Label)
	return append(dst, `</text>`...)
}

func (g *Gauge) appendCircle(dst []byte, class string, v, y, r float64) []byte {
	x, _ := g.at(v)
	dst = append(dst, `<circle class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" cx="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" cy="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `" r="`...)
	dst = appendNum(dst, r)
	return append(dst, closePath...)
}
