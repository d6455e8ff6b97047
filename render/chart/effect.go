package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Effect is an event-time plot: the effect in each period before and after the start of each
// team, with its interval and a line at zero.
type Effect struct {
	ID      string // prefix of the IDs inside; unique on its page
	Title   string
	Desc    string
	Unit    metric.Unit // Share for relative changes
	Event   string      // the event at zero: "adopted"
	Periods []Period    // in order of time
}

// Period is one period relative to the event: −1 is the last before it. A period without a
// Value is a gap.
type Period struct {
	At int
	metric.Figure
	N        int // teams with data in the period
	Compared int // teams in the comparison group
}

// Name implements Chart.
func (e *Effect) Name() (id, title, desc string) { return e.ID, e.Title, e.Desc }

// Height implements Chart.
func (e *Effect) Height() float64 { return lineHead + lineBody + lineFoot }

func (e *Effect) valueScale() scale {
	var lo, hi float64
	for i := range e.Periods {
		p := &e.Periods[i]
		for _, v := range [...]*float64{p.Value, p.Lo, p.Hi} {
			if v, ok := finiteValue(v); ok {
				lo, hi = math.Min(lo, v), math.Max(hi, v)
			}
		}
	}
	s := newScale(lo, hi, e.Unit, true)
	s.top, s.bottom = lineHead, lineHead+lineBody
	return s
}

// x returns the position of the middle of a period; the event is between −1 and 0.
func (e *Effect) x(at float64) float64 {
	if len(e.Periods) == 0 {
		return viewWidth / 2
	}
	first, last := float64(e.Periods[0].At)-0.5, float64(e.Periods[len(e.Periods)-1].At)+0.5
	if last <= first {
		return viewWidth / 2
	}
	return plotLeft + (plotRight-plotLeft)*(at-first)/(last-first)
}

// AppendSVG implements Chart.
func (e *Effect) AppendSVG(dst []byte) []byte {
	s := e.valueScale()
	dst = appendOpen(dst, e.ID, e.Height(), e.Title, e.describe())
	dst = appendView(dst, e.Height())
	dst = s.appendGrid(dst)
	dst = appendPath(dst, "m")
	dst = appendXY(dst, 'M', e.x(-0.5), 4)
	dst = append(dst, 'V')
	dst = appendNum(dst, s.bottom)
	dst = append(dst, closePath...)
	dst = e.appendIntervals(dst, &s)
	dst = append(dst, `</svg>`...)
	dst = s.appendValueAxis(dst, s.axis(e.Unit).Signed())
	x, at := e.x(-0.5)+8, atStart
	if x+labelWidth(e.Event) > viewWidth {
		x, at = x-16, atEnd
	}
	dst = appendLabel(dst, "t", x, 12, at, e.Event)
	for i := range e.Periods {
		p := &e.Periods[i]
		if v, ok := finiteValue(p.Value); ok {
			dst = appendDot(dst, "p", e.x(float64(p.At)), s.y(v))
		}
		if len(e.Periods) <= 14 || p.At%2 == 0 {
			dst = appendLabel(dst, "t", e.x(float64(p.At)), s.bottom+15, atMiddle, format.Signed(float64(p.At)))
		}
	}
	return append(dst, `</svg>`...)
}

func (e *Effect) appendIntervals(dst []byte, s *scale) []byte {
	dst = appendPath(dst, "il")
	for i := range e.Periods {
		p := &e.Periods[i]
		lo, okLo := finiteValue(p.Lo)
		hi, okHi := finiteValue(p.Hi)
		if _, ok := finiteValue(p.Value); !ok || !okLo || !okHi {
			continue
		}
		dst = appendXY(dst, 'M', e.x(float64(p.At)), s.y(lo))
		dst = append(dst, 'V')
		dst = appendNum(dst, s.y(hi))
	}
	return append(dst, closePath...)
}

// describe returns the values of the periods in words.
func (e *Effect) describe() string {
	var b strings.Builder
	b.WriteString(e.Desc)
	for i := range e.Periods {
		p := &e.Periods[i]
		if b.Len() > 0 {
			b.WriteByte(' ')
		}
		b.WriteString("Period " + format.Signed(float64(p.At)) + ": " + maybeValue(p.Value, e.Unit) + ".")
	}
	return b.String()
}

// Table implements Chart.
func (e *Effect) Table() Table {
	t := Table{Head: []Column{
		{"Period", false},
		{e.Title, true},
		{"Interval", true},
		{"Teams", true},
		{"Compared with", true},
	}}
	for i := range e.Periods {
		p := &e.Periods[i]
		cells := []string{
			format.Signed(float64(p.At)), maybeValue(p.Value, e.Unit), format.Interval(p.Lo, p.Hi, e.Unit),
			"", "",
		}
		if p.Value != nil {
			cells[3], cells[4] = format.Count(p.N), format.Count(p.Compared)
		}
		t.Rows = append(t.Rows, Row{Cells: cells, Gap: p.Value == nil})
	}
	return t
}

// Records implements Chart.
func (e *Effect) Records() [][]string {
	out := [][]string{{"period", "value", "low", "high", "teams", "compared", "unit"}}
	for i := range e.Periods {
		p := &e.Periods[i]
		teams, compared := "", ""
		if p.Value != nil {
			teams, compared = strconv.Itoa(p.N), strconv.Itoa(p.Compared)
		}
		out = append(out, []string{
			strconv.Itoa(p.At), rawNumber(p.Value), rawNumber(p.Lo), rawNumber(p.Hi), teams,
			compared, string(e.Unit),
		})
	}
	return out
}

// AppendOption implements Chart. It appends nothing: ECharts draws intervals only with
// functions, and the options in a page must not contain functions.
func (e *Effect) AppendOption(dst []byte) []byte { return dst }
