package chart

import (
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Rows compare items in the given order: as bars from zero or, with Dots set, as dots with
// their intervals (a forest plot) and a line at zero.
type Rows struct {
	ID    string // prefix of the IDs inside; unique on its page
	Title string
	Desc  string
	What  string // header of the first column: "Feature"
	Unit  metric.Unit
	Items []Item
	Dots  bool
	Max   float64 // right end of the bars: 1 for shares of a whole; 0 fits the data
}

// Item is one row. A nil Value means "no data".
type Item struct {
	Label string
	metric.Figure
	Note string // next to the value: "220/250 developers"
}

// Sizes of a row in pixels. The label is above its bar, so that long names fit a narrow screen.
const (
	barTop    = 3 // distance of the bar from its label
	barHeight = 9
	rowGap    = 8
)

// Name implements Chart.
func (r *Rows) Name() (id, title, desc string) { return r.ID, r.Title, r.Desc }

// Height implements Chart.
func (r *Rows) Height() float64 {
	h := r.bottom()
	if r.Dots {
		h += lineFoot
	}
	return h
}

// bottom returns the lower end of the rows.
func (r *Rows) bottom() float64 {
	h := 0.0
	for i := range r.Items {
		h += r.rowHeight(i)
	}
	return h
}

// barAt returns the top of the bar of row i, if the row begins at y.
func (r *Rows) barAt(i int, y float64) float64 {
	return y + headingHeight(r.Items[i].Label, r.valueText(i)) + barTop
}

func (r *Rows) rowHeight(i int) float64 {
	return r.barAt(i, 0) + barHeight + rowGap
}

// x returns the horizontal scale.
func (r *Rows) x() scale {
	lo, hi := 0.0, r.Max
	for i := range r.Items {
		it := &r.Items[i]
		for _, p := range [...]*float64{it.Value, it.Lo, it.Hi} {
			if v, ok := finiteValue(p); ok {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	s := newScale(lo, hi, r.Unit, true)
	if r.Max > 0 && hi <= r.Max {
		s.hi = r.Max
	}
	s.bottom, s.top = 0, viewWidth
	if r.Dots {
		s.bottom, s.top = 20, viewWidth-20
	}
	return s
}

// AppendSVG implements Chart.
func (r *Rows) AppendSVG(dst []byte) []byte {
	s := r.x()
	height := r.Height()
	dst = appendOpen(dst, r.ID, height, r.Title, r.describe())
	dst = appendView(dst, height)
	if r.Dots {
		dst = r.appendTicks(dst, &s)
	}
	y := 0.0
	for i := range r.Items {
		dst = r.appendRow(dst, &s, i, r.barAt(i, y))
		y += r.rowHeight(i)
	}
	dst = append(dst, `</svg>`...)
	y = 0
	for i := range r.Items {
		dst = appendHeadingText(dst, y, r.Items[i].Label, r.valueText(i))
		if v, ok := finiteValue(r.Items[i].Value); ok && r.Dots {
			dst = appendDot(dst, "p", s.y(v), r.barAt(i, y)+barHeight/2)
		}
		y += r.rowHeight(i)
	}
	if r.Dots {
		dst = r.appendTickLabels(dst, &s)
	}
	return append(dst, `</svg>`...)
}

// describe returns the values of the rows in words.
func (r *Rows) describe() string {
	out := r.Desc
	for i := range r.Items {
		if out != "" {
			out += " "
		}
		out += r.Items[i].Label + ": " + r.valueText(i) + "."
	}
	return out
}

func (r *Rows) valueText(i int) string {
	it := &r.Items[i]
	text := maybeValue(it.Value, r.Unit)
	if r.Dots && it.Value != nil {
		text = format.Delta(*it.Value, r.Unit)
		if r.Unit == metric.Share {
			text = format.RelativeChange(*it.Value)
		}
	}
	if it.Note != "" {
		text += " · " + it.Note
	}
	return text
}

func (r *Rows) appendTicks(dst []byte, s *scale) []byte {
	bottom := r.bottom()
	dst = appendPath(dst, "g")
	for i := 0; i <= s.ticks(); i++ {
		dst = appendXY(dst, 'M', s.y(s.lo+float64(i)*s.step), 0)
		dst = append(dst, 'V')
		dst = appendNum(dst, bottom)
	}
	dst = append(dst, closePath...)
	dst = appendPath(dst, "a")
	dst = appendXY(dst, 'M', s.y(0), 0)
	dst = append(dst, 'V')
	dst = appendNum(dst, bottom)
	return append(dst, closePath...)
}

func (r *Rows) appendTickLabels(dst []byte, s *scale) []byte {
	axis := s.axis(r.Unit).Signed()
	for i := 0; i <= s.ticks(); i++ {
		v := s.lo + float64(i)*s.step
		at := atMiddle
		switch i {
		case 0:
			at = atStart
		case s.ticks():
			at = atEnd
		}
		dst = appendLabel(dst, "t", s.y(v), r.bottom()+15, at, axis.Label(v))
	}
	return dst
}

// appendRow draws the bar on its background, or the interval of the dot.
func (r *Rows) appendRow(dst []byte, s *scale, i int, top float64) []byte {
	it := &r.Items[i]
	v, ok := finiteValue(it.Value)
	if r.Dots {
		lo, okLo := finiteValue(it.Lo)
		hi, okHi := finiteValue(it.Hi)
		if !ok || !okLo || !okHi {
			return dst
		}
		dst = appendPath(dst, "il")
		dst = appendXY(dst, 'M', s.y(lo), top+barHeight/2)
		dst = append(dst, 'H')
		dst = appendNum(dst, s.y(hi))
		return append(dst, closePath...)
	}
	dst = appendPath(dst, "o")
	dst = appendBox(dst, 0, top, viewWidth, top+barHeight)
	dst = append(dst, closePath...)
	if !ok {
		return dst
	}
	dst = appendPath(dst, "b")
	dst = appendBox(dst, s.y(0), top, s.y(v), top+barHeight)
	return append(dst, closePath...)
}

// Table implements Chart.
func (r *Rows) Table() Table {
	t := Table{Head: []Column{{r.What, false}, {r.Title, true}, {"Interval", true}, {"Note", false}}}
	for i := range r.Items {
		it := &r.Items[i]
		t.Rows = append(t.Rows, Row{
			Cells: []string{it.Label, maybeValue(it.Value, r.Unit), format.Interval(it.Lo, it.Hi, r.Unit), it.Note},
			Gap:   it.Value == nil,
		})
	}
	return t
}

// Records implements Chart.
func (r *Rows) Records() [][]string {
	out := [][]string{{r.What, "value", "low", "high", "unit", "note"}}
	for i := range r.Items {
		it := &r.Items[i]
		out = append(out, []string{
			it.Label, rawNumber(it.Value), rawNumber(it.Lo), rawNumber(it.Hi), string(r.Unit),
			it.Note,
		})
	}
	return out
}

// AppendOption implements Chart. It appends nothing: the picture has every number.
func (r *Rows) AppendOption(dst []byte) []byte { return dst }
