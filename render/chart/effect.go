package chart

import (
	"math"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Effect is an event-time plot: the effect in each period before and after the start of each
// team, with its interval, the number of teams, and a line at zero.
type Effect struct {
	ID      string // prefix of the IDs inside; unique on its page
	Title   string
	Desc    string
	Unit    metric.Unit // Share for relative changes
	Event   string      // the event at zero: "adopted"
	Periods []Period    // in order of time
	// Total is the effect of all periods of the verdict from the event on: a band behind them,
	// with TotalWords. The zero value is none.
	Total      metric.Figure
	TotalWords string
	// Step is the length of a period for the labels of the axis, in weeks; 0 labels periods.
	Step int
}

// Period is one period relative to the event: −1 is the last before it. A period without a
// Value is a gap.
type Period struct {
	At int
	metric.Figure
	N        int  // teams with data in the period
	Compared int  // teams in the comparison group
	Outside  bool // not among the periods of the verdict: hollow
}

// Heights in an effect chart, in pixels.
const (
	effectBody  = 190
	effectTeams = 56 // the bars of the numbers of teams with their label
)

// Name implements Chart.
func (e *Effect) Name() (id, title, desc string) { return e.ID, e.Title, e.Desc }

// Height implements Chart.
func (e *Effect) Height() float64 { return e.top() + effectBody + effectTeams + lineFoot }

// top returns the upper end of the plot: below the event, and the words of the total.
func (e *Effect) top() float64 {
	if e.TotalWords != "" {
		return 2*lineHead + 18
	}
	return 2 * lineHead
}

// valueScale returns the axis: it covers all values, zero and the band of the total. A single
// period with a wide interval may widen it only twice; appendIntervals writes how far a longer
// one reaches.
func (e *Effect) valueScale() scale {
	lo, hi := 0.0, 0.0
	grow := func(low, high float64, ps ...*float64) {
		for _, p := range ps {
			if v, ok := finiteValue(p); ok {
				lo, hi = math.Min(lo, max(v, low)), math.Max(hi, min(v, high))
			}
		}
	}
	inf := math.Inf(1)
	for i := range e.Periods {
		grow(-inf, inf, e.Periods[i].Value)
	}
	grow(-inf, inf, e.Total.Lo, e.Total.Hi)
	reach := hi - lo
	low, high := lo-reach, hi+reach
	for i := range e.Periods {
		grow(low, high, e.Periods[i].Lo, e.Periods[i].Hi)
	}
	s := newScale(lo, hi, e.Unit, true)
	s.top, s.bottom = e.top(), e.top()+effectBody
	return s
}

// x returns the position of the middle of a period in percent; the event is between −1 and 0.
func (e *Effect) x(at float64) float64 {
	if len(e.Periods) == 0 {
		return 50
	}
	first, last := float64(e.Periods[0].At)-0.5, float64(e.Periods[len(e.Periods)-1].At)+0.5
	if last <= first {
		return 50
	}
	return min(max(100*(at-first)/(last-first), 0), 100)
}

// AppendSVG implements Chart.
func (e *Effect) AppendSVG(dst []byte) []byte {
	s := e.valueScale()
	dst = append(dst, `<svg class="ch" height="`...)
	dst = append(appendNum(dst, e.Height()), `" role="img" aria-label="`...)
	dst = append(appendName(dst, e.Title, e.describe()), '"')
	if len(e.Periods) > 1 {
		dst = append(dst, ` data-cur=""`...)
	}
	dst = append(dst, '>')
	dst = e.appendTotal(dst, &s)
	for i := 0; i <= s.ticks(); i++ {
		v := s.lo + float64(i)*s.step
		class := "grid"
		if math.Abs(v) < s.step/2 {
			class = "base"
		}
		dst = appendLevelLine(dst, class, s.y(v))
	}
	dst = appendVertical(dst, "note", e.x(-0.5), 4, s.bottom)
	dst = s.appendValueAxis(dst, s.axis(e.Unit).Signed(), e.Unit)
	dst = e.appendIntervals(dst, &s)
	dst = e.appendPoints(dst, &s)
	dst = e.appendWords(dst)
	dst = e.appendTeams(dst, s.bottom)
	dst = e.appendPeriods(dst, s.bottom+effectTeams+18)
	return append(dst, `</svg>`...)
}

// appendLevelLine appends a line across the picture.
func appendLevelLine(dst []byte, class string, y float64) []byte {
	dst = append(append(append(dst, `<line class="`...), class...), `" x2="100%" y1="`...)
	dst = append(appendNum(dst, y), `" y2="`...)
	return append(appendNum(dst, y), closePath...)
}

// appendTotal draws the band of all periods of the verdict after the event.
func (e *Effect) appendTotal(dst []byte, s *scale) []byte {
	lo, okLo := finiteValue(e.Total.Lo)
	hi, okHi := finiteValue(e.Total.Hi)
	last := e.lastUsed()
	if !okLo || !okHi || hi < lo || last < 0 {
		return dst
	}
	x0, x1 := e.x(-0.5), e.x(float64(last)+0.5)
	dst = append(appendNum(append(dst, `<rect class="band" x="`...), x0), `%" width="`...)
	dst = append(appendNum(dst, x1-x0), `%" y="`...)
	dst = append(appendNum(dst, s.y(hi)), `" height="`...)
	return append(appendNum(dst, s.y(lo)-s.y(hi)), closePath...)
}

// lastUsed returns the last period of the verdict, −1 if there is none after the event.
func (e *Effect) lastUsed() int {
	last := -1
	for i := range e.Periods {
		if p := &e.Periods[i]; !p.Outside && p.Value != nil {
			last = max(last, p.At)
		}
	}
	return last
}

// appendIntervals draws the intervals as strokes. An interval that leaves the plot ends at its
// edge with its value.
func (e *Effect) appendIntervals(dst []byte, s *scale) []byte {
	var up, down float64
	xUp, xDown := -1.0, -1.0
	for i := range e.Periods {
		p := &e.Periods[i]
		lo, okLo := finiteValue(p.Lo)
		hi, okHi := finiteValue(p.Hi)
		if _, ok := finiteValue(p.Value); !ok || !okLo || !okHi {
			continue
		}
		x := e.x(float64(p.At))
		dst = appendVertical(dst, "edge", x, s.y(s.clip(hi)), s.y(s.clip(lo)))
		if hi > s.hi && hi > up {
			up, xUp = hi, x
		}
		if lo < s.lo && lo < down {
			down, xDown = lo, x
		}
	}
	for _, edge := range [...]struct {
		x, v, y float64
		sign    string
	}{{xUp, up, s.top + 12, "↑ to "}, {xDown, down, s.bottom - 4, "↓ to "}} {
		if edge.x >= 0 {
			label := edge.sign + format.Signed(math.Round(edge.v*100)) + "\u202f%"
			if e.Unit != metric.Share {
				label = edge.sign + format.Value(edge.v, e.Unit)
			}
			half := labelShare(label) / 2
			dst = appendWords(dst, "halo", min(max(edge.x, half), 100-half), edge.y, 0, atMiddle, label)
		}
	}
	return dst
}

// appendPoints draws the values: hollow outside the periods of the verdict.
func (e *Effect) appendPoints(dst []byte, s *scale) []byte {
	for i := range e.Periods {
		p := &e.Periods[i]
		v, ok := finiteValue(p.Value)
		if !ok {
			continue
		}
		class := "dot"
		if p.Outside {
			class = "hollow"
		}
		dst = append(append(append(dst, `<circle class="`...), class...), `" r="4.5" cx="`...)
		dst = append(appendNum(dst, e.x(float64(p.At))), `%" cy="`...)
		dst = append(appendNum(dst, s.y(v)), closePath...)
	}
	return dst
}

// appendWords writes the event beside its line, and the words of the total.
func (e *Effect) appendWords(dst []byte) []byte {
	event, total := fit(e.Event), fit(e.TotalWords)
	x, at, dx := e.x(-0.5), atStart, 6
	if x+labelShare(event) > 100+marginWidth {
		at, dx = atEnd, -6
	}
	dst = appendWords(dst, "halo v", x, 14, dx, at, event)
	if e.TotalWords == "" {
		return dst
	}
	x, at, dx = e.x(-0.5), atStart, 6
	if x+labelShare(total) > 100+marginWidth {
		x, at, dx = 100, atEnd, sideMargin-2
	}
	return appendWords(dst, "halo v", x, 32, dx, at, total)
}

// appendTeams draws the number of teams of each period as a bar, with the largest and the
// number at both ends.
func (e *Effect) appendTeams(dst []byte, top float64) []byte {
	most := 0
	for i := range e.Periods {
		most = max(most, e.Periods[i].N)
	}
	if most == 0 {
		return dst
	}
	const full = 20.0
	bottom := top + effectTeams
	half := (e.x(0.4) - e.x(-0.4)) / 2
	for i := range e.Periods {
		p := &e.Periods[i]
		if p.Value == nil || p.N == 0 {
			continue
		}
		h := max(full*float64(p.N)/float64(most), 1)
		dst = append(appendNum(append(dst, `<rect class="track" x="`...), e.x(float64(p.At))-half), `%" width="`...)
		dst = append(appendNum(dst, 2*half), `%" y="`...)
		dst = append(appendNum(dst, bottom-h), `" height="`...)
		dst = append(appendNum(dst, h), closePath...)
	}
	dst = appendWords(dst, "", 0, bottom-4, -8, atEnd, format.Count(most))
	return appendWords(dst, "", 0, bottom-full-6, -sideMargin, atStart, "teams compared in each period")
}

// appendPeriods labels the time axis: the first and the last period, the others where there is
// room.
func (e *Effect) appendPeriods(dst []byte, y float64) []byte {
	if len(e.Periods) == 0 {
		return dst
	}
	if e.Step > 0 {
		first, last := e.Periods[0].At, e.Periods[len(e.Periods)-1].At+1
		dst = appendWords(dst, "", 0, y, 0, atStart, format.Things(-first*e.Step, "weeks")+" before")
		return appendWords(dst, "", 100, y, 0, atEnd, format.Count(last*e.Step)+" after")
	}
	every := 1
	for float64(len(e.Periods)/every)*(labelShare("−12")+3) > 100 {
		every++
	}
	for i := range e.Periods {
		if at := e.Periods[i].At; at%every == 0 {
			dst = appendWords(dst, "", e.x(float64(at)), y, 0, atMiddle, format.Signed(float64(at)))
		}
	}
	return dst
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
	outside := false
	for i := range e.Periods {
		outside = outside || e.Periods[i].Outside
	}
	t := Table{Head: []Column{
		{"Period", false},
		{e.Title, true},
		{"Interval", true},
		{"Teams", true},
		{"Compared with", true},
	}}
	if outside {
		t.Head = append(t.Head, Column{"In the verdict", false})
	}
	for i := range e.Periods {
		p := &e.Periods[i]
		cells := []string{
			format.Signed(float64(p.At)), maybeValue(p.Value, e.Unit), format.Interval(p.Lo, p.Hi, e.Unit),
			"", "",
		}
		if p.Value != nil {
			cells[3], cells[4] = format.Count(p.N), format.Count(p.Compared)
		}
		if outside {
			cells = append(cells, yesNo(!p.Outside))
		}
		t.Rows = append(t.Rows, Row{Cells: cells, Gap: p.Value == nil})
	}
	return t
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
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
