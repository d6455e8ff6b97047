package chart

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Gantt is a plan over time: the finished, the active and the planned work, and the difference
// between plan and result. It has no interactive form, because each bar is a link that the
// keyboard reaches.
type Gantt struct {
	ID       string // prefix of the IDs inside; unique on its page
	Title    string
	Desc     string
	Today    time.Time
	Sections []GanttSection
}

// GanttSection is a track: discovery, delivery, measurement.
type GanttSection struct {
	Title string
	Bars  []GanttBar
}

// State is the declared state of a bar. Dates only warn.
type State string

// The states.
const (
	Done    State = "done"
	Active  State = "active"
	Planned State = "planned"
)

// GanttBar is one activity or phase. From is inclusive, To exclusive.
type GanttBar struct {
	Title    string
	URL      string // relative, of its page; "" for none
	From, To time.Time
	State    State
	// Ended is the actual end of a finished bar; zero: the end was as planned.
	Ended time.Time
	Note  string // "7 days late"
}

// Sizes in pixels. The name of a bar is above it, so that names fit a narrow screen.
const (
	ganttHead    = 20
	ganttSection = 24
	ganttRow     = 34
	ganttText    = 13
	ganttBar     = 18
	ganttThick   = 10
)

// Name implements Chart.
func (g *Gantt) Name() (id, title, desc string) { return g.ID, g.Title, g.Desc }

// Height implements Chart.
func (g *Gantt) Height() float64 {
	h := ganttHead + lineFoot
	for i := range g.Sections {
		h += ganttSection + len(g.Sections[i].Bars)*ganttRow
	}
	return float64(h)
}

// window returns the time that the picture covers, today included.
func (g *Gantt) window() metric.Window {
	var from, to time.Time
	grow := func(t time.Time) {
		if t.IsZero() {
			return
		}
		if from.IsZero() || t.Before(from) {
			from = t
		}
		if t.After(to) {
			to = t
		}
	}
	for i := range g.Sections {
		for _, b := range g.Sections[i].Bars {
			grow(b.From)
			grow(b.endTime())
			grow(b.To)
		}
	}
	if !from.IsZero() {
		grow(g.Today)
	}
	return metric.Window{From: from.UTC(), To: to.UTC()}
}

// endTime returns the end of a bar, or its start without an end.
func (b *GanttBar) endTime() time.Time {
	if b.State == Done && !b.Ended.IsZero() {
		return b.Ended
	}
	return b.To
}

// timeX returns the place of a time in the nested viewport, which shows the window w.
func timeX(w metric.Window, t time.Time) float64 {
	if !w.To.After(w.From) {
		return 0
	}
	return viewWidth * min(max(float64(t.Sub(w.From))/float64(w.To.Sub(w.From)), 0), 1)
}

// AppendSVG implements Chart.
func (g *Gantt) AppendSVG(dst []byte) []byte {
	w := g.window()
	bottom := g.Height() - lineFoot
	dst = appendGroupOpen(dst, g.ID, g.Height(), g.Title, g.Desc)
	ticks := timeTicks(w.From, w.To)
	dst = appendView(dst, g.Height())
	dst = appendPath(dst, "g")
	for _, t := range ticks {
		dst = appendXY(dst, 'M', timeX(w, t.At), ganttHead)
		dst = append(dst, 'V')
		dst = appendNum(dst, bottom)
	}
	dst = append(dst, closePath...)
	dst = append(dst, `</svg>`...)
	dst = g.appendToday(dst, w, bottom) // below the bars and their names
	y := float64(ganttHead)
	for i := range g.Sections {
		dst = appendLabel(dst, "v", 0, y+15, atStart, g.Sections[i].Title)
		y += ganttSection
		for j := range g.Sections[i].Bars {
			dst = g.appendBar(dst, w, &g.Sections[i].Bars[j], y)
			y += ganttRow
		}
	}
	for _, t := range ticks {
		x, at := timeX(w, t.At), atMiddle
		switch {
		case x-labelWidth(t.Label)/2 < 0:
			x, at = 0, atStart
		case x+labelWidth(t.Label)/2 > viewWidth:
			x, at = viewWidth, atEnd
		}
		dst = appendLabel(dst, "t", x, bottom+15, at, t.Label)
	}
	return append(dst, `</svg>`...)
}

// appendToday draws the line of the page's day.
func (g *Gantt) appendToday(dst []byte, w metric.Window, bottom float64) []byte {
	if g.Today.IsZero() || w.From.IsZero() {
		return dst
	}
	x := timeX(w, g.Today)
	dst = appendView(dst, g.Height())
	dst = appendPath(dst, "y")
	dst = appendXY(dst, 'M', x, ganttHead)
	dst = append(dst, 'V')
	dst = appendNum(dst, bottom)
	dst = append(dst, closePath...)
	dst = append(dst, `</svg>`...)
	at := atMiddle
	if x > viewWidth-150 {
		at = atEnd
	}
	return appendLabel(dst, "t yt", x, 12, at, "today, "+format.Day(g.Today))
}

// appendBar draws one bar as a link: its name and state, what was planned as an
// outline, what is done filled, what is late beyond the plan in the colour of worse.
func (g *Gantt) appendBar(dst []byte, w metric.Window, b *GanttBar, y float64) []byte {
	if b.URL != "" {
		dst = append(dst, `<a`...)
		dst = appendAttr(dst, "href", b.URL)
		dst = append(dst, '>')
	}
	dst = g.appendName(dst, w, b, y+ganttText)
	dst = appendView(dst, g.Height())
	top, bottom := y+ganttBar, y+ganttBar+ganttThick
	done := g.filledEnd(b)
	if done.Before(b.To) {
		dst = appendPath(dst, "b h")
		dst = appendBox(dst, timeX(w, b.From), top, timeX(w, b.To), bottom)
		dst = append(dst, closePath...)
	}
	if done.After(b.From) {
		dst = appendPath(dst, "b")
		dst = appendBox(dst, timeX(w, b.From), top, timeX(w, minTime(done, b.To)), bottom)
		dst = append(dst, closePath...)
		if done.After(b.To) && !b.To.IsZero() {
			dst = appendPath(dst, "k1")
			dst = appendBox(dst, timeX(w, b.To), top, timeX(w, done), bottom)
			dst = append(dst, closePath...)
		}
	}
	dst = append(dst, `</svg>`...)
	if b.URL != "" {
		dst = append(dst, `</a>`...)
	}
	return dst
}

// wideWidth is the smallest width of a plot for names at the start of their bars.
const wideWidth = 720

// appendName writes a bar's name over its start or, without room for it, so that it ends with
// the bar. Where only a wide screen has room, it writes both, and the style sheet shows one.
func (g *Gantt) appendName(dst []byte, w metric.Window, b *GanttBar, y float64) []byte {
	label := b.label()
	width := labelWidth(label)
	start, end := timeX(w, b.From), max(timeX(w, b.endTime()), min(width, viewWidth))
	switch {
	case start+width <= viewWidth:
		return appendLabel(dst, "n", start, y, atStart, label)
	case start+width*narrowWidth/wideWidth <= viewWidth:
		dst = appendLabel(dst, "n narrow", end, y, atEnd, label)
		return appendLabel(dst, "n wide", start, y, atStart, label)
	}
	return appendLabel(dst, "n", end, y, atEnd, label)
}

// filledEnd returns the end of the filled part of a bar: its own end if done, today if active,
// else zero.
func (g *Gantt) filledEnd(b *GanttBar) time.Time {
	switch b.State {
	case Done:
		return b.endTime()
	case Active:
		return g.Today
	}
	return time.Time{}
}

func minTime(a, b time.Time) time.Time {
	if b.IsZero() || a.Before(b) {
		return a
	}
	return b
}

func (b *GanttBar) label() string {
	s := b.Title + " · " + string(b.State)
	if b.Note != "" {
		s += ", " + b.Note
	}
	return s
}

// Table implements Chart.
func (g *Gantt) Table() Table {
	t := Table{Head: []Column{
		{"What", false},
		{"Track", false},
		{"State", false},
		{"Planned", false},
		{"Ended", false},
		{"Note", false},
	}}
	for i := range g.Sections {
		for j := range g.Sections[i].Bars {
			b := &g.Sections[i].Bars[j]
			ended := ""
			if !b.Ended.IsZero() {
				ended = format.Date(b.Ended)
			}
			t.Rows = append(t.Rows, Row{Cells: []string{
				b.Title, g.Sections[i].Title, string(b.State), format.Span(b.From, b.To), ended, b.Note,
			}})
		}
	}
	return t
}

// Records implements Chart.
func (g *Gantt) Records() [][]string {
	out := [][]string{{"what", "track", "state", "from", "to", "ended", "note"}}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return format.ISO(t)
	}
	for i := range g.Sections {
		for _, b := range g.Sections[i].Bars {
			out = append(out, []string{
				b.Title, g.Sections[i].Title, string(b.State), day(b.From), day(b.To), day(b.Ended),
				b.Note,
			})
		}
	}
	return out
}

// AppendOption implements Chart. It appends nothing: the chart is not interactive.
func (g *Gantt) AppendOption(dst []byte) []byte { return dst }
