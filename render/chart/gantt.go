package chart

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Gantt is a plan over time: the finished, the active and the planned work, and the difference
// between plan and result. It is drawn as pictures for the rows of a table, which has the names
// and the links, so that long names and the keyboard need no picture.
type Gantt struct {
	Today    time.Time
	Sections []GanttSection
	// Besides is a time that the pictures cover besides that of the bars.
	Besides metric.Window
}

// GanttSection is a track: discovery, delivery, measurement.
type GanttSection struct {
	Title string
	Rows  []GanttRow
}

// GanttRow has the bars of one initiative or activity.
type GanttRow struct {
	ID, Title string // of the initiative; the ID is "" for an activity
	Bars      []GanttBar
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
	Title string // in the data: with the name of the initiative
	// Labels are texts for the bar, the longest first; the first with room is drawn.
	Labels   []string
	From, To time.Time
	State    State
	// Ended is the actual end of a finished bar; zero: the end was as planned.
	Ended time.Time
	Late  string // "7 days late"
	Note  string // other notes: "no end set"
}

// Sizes in pixels. A row may be higher than its bar: the picture fills its cell.
const (
	ganttTop   = 8
	ganttThick = 20
	ganttText  = ganttTop + 15
	ganttPad   = 5   // distance of a label from the end of its place
	ganttChar  = 7.2 // estimate of the width of a bold 14 px character
)

// ganttWidths are the smallest widths of a plot on a phone, on a small and on a wide screen, and
// the class of a label that needs that width.
var ganttWidths = [...]struct {
	px    float64
	class string
}{{310, ""}, {430, " wd"}, {670, " far"}}

// Window returns the time that the pictures cover, today included.
func (g *Gantt) Window() metric.Window {
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
	for _, b := range g.bars() {
		grow(b.From)
		grow(b.endTime())
		grow(b.To)
	}
	if !from.IsZero() {
		grow(g.Today)
		grow(g.Besides.From)
		grow(g.Besides.To)
	}
	return metric.Window{From: from.UTC(), To: to.UTC()}
}

// bars returns all bars, section by section.
func (g *Gantt) bars() []GanttBar {
	var out []GanttBar
	for i := range g.Sections {
		for k := range g.Sections[i].Rows {
			out = append(out, g.Sections[i].Rows[k].Bars...)
		}
	}
	return out
}

// endTime returns the end of a bar, or the zero time without an end.
func (b *GanttBar) endTime() time.Time {
	if b.State == Done && !b.Ended.IsZero() {
		return b.Ended
	}
	return b.To
}

// timePct returns the place of a time in the window, in percent of the width.
func timePct(w metric.Window, t time.Time) float64 {
	if !w.To.After(w.From) {
		return 0
	}
	return 100 * min(max(float64(t.Sub(w.From))/float64(w.To.Sub(w.From)), 0), 1)
}

// AppendAxis appends the picture above the rows: the months and today.
func (g *Gantt) AppendAxis(dst []byte) []byte {
	w := g.Window()
	dst = append(dst, `<svg height="22" aria-hidden="true">`...)
	if w.From.IsZero() {
		return append(dst, `</svg>`...)
	}
	today := "today, " + format.Day(g.Today)
	at, x := atMiddle, timePct(w, g.Today)
	switch {
	case x < labelEdge:
		at = atStart
	case x > 100-labelEdge:
		at = atEnd
	}
	half := textPx(today) / 2
	var end [len(ganttWidths)]float64 // of the last label, in pixels, for each width
	for _, t := range timeTicks(w.From, w.To) {
		tx := timePct(w, t.At)
		fits := func(k int) bool {
			px := ganttWidths[k].px
			from, middle := tx*px/100, x*px/100
			to := from + textPx(t.Label)
			switch at {
			case atStart:
				middle += half
			case atEnd:
				middle -= half
			case atMiddle:
			}
			return from >= end[k] && to <= px && (to < middle-half-ganttPad || from > middle+half+ganttPad)
		}
		class, ok := classOfFit(fits)
		if !ok {
			continue
		}
		for k := range ganttWidths {
			if fits(k) {
				end[k] = tx*ganttWidths[k].px/100 + textPx(t.Label) + ganttPad
			}
		}
		dst = appendBarText(dst, class, tx, 3, 15, atStart, t.Label)
	}
	dst = appendBarText(dst, "tdy", x, 0, 15, at, today)
	return append(dst, `</svg>`...)
}

// textPx returns an upper estimate of the width of a label in pixels.
func textPx(s string) float64 { return ganttChar * float64(len([]rune(s))) }

// classOfFit returns the class of a label that fits from some width on. ok is false if it fits
// on no screen.
func classOfFit(fits func(width int) bool) (class string, ok bool) {
	for k := range ganttWidths {
		if fits(k) {
			return ganttWidths[k].class, true
		}
	}
	return "", false
}

// appendBarText appends a text at x percent and dx pixels.
func appendBarText(dst []byte, class string, x, dx, y float64, at anchor, s string) []byte {
	dst = append(dst, `<text`...)
	if class != "" {
		dst = appendAttr(dst, "class", class)
	}
	dst = append(dst, ` x="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" dx="`...)
	dst = appendNum(dst, dx)
	dst = append(dst, `" y="`...)
	dst = appendNum(dst, y)
	if at != atStart {
		dst = append(dst, `" text-anchor="`...)
		dst = append(dst, at...)
	}
	dst = append(dst, `">`...)
	dst = appendText(dst, s)
	return append(dst, `</text>`...)
}

// AppendRow appends the picture of one row: what was planned as an outline, what is done filled,
// what is late in the colour of worse with its words, over the lines of the months and below
// the line of today. The words beside it have all of it, so it is hidden from screen readers.
func (g *Gantt) AppendRow(dst []byte, row *GanttRow) []byte {
	w := g.Window()
	dst = append(dst, `<svg aria-hidden="true">`...)
	for _, t := range timeTicks(w.From, w.To) {
		dst = appendUpright(dst, "grid", timePct(w, t.At))
	}
	for i := range row.Bars {
		room := 100.0
		if i+1 < len(row.Bars) {
			room = timePct(w, row.Bars[i+1].From)
		}
		dst = g.appendBar(dst, w, &row.Bars[i], room)
	}
	if !w.From.IsZero() {
		dst = appendUpright(dst, "today", timePct(w, g.Today))
	}
	return append(dst, `</svg>`...)
}

// appendUpright appends an upright line over the whole height.
func appendUpright(dst []byte, class string, x float64) []byte {
	dst = append(dst, `<line class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x1="`...)
	dst = appendNum(dst, x)
	dst = append(dst, `%" x2="`...)
	dst = appendNum(dst, x)
	return append(dst, `%" y2="100%"/>`...)
}

// appendBar draws one bar with its labels; room is the start of the next bar.
func (g *Gantt) appendBar(dst []byte, w metric.Window, b *GanttBar, room float64) []byte {
	from, to, today := timePct(w, b.From), timePct(w, b.endTime()), timePct(w, g.Today)
	open := b.endTime().IsZero()
	if open {
		to = max(from, today)
	}
	done := from // end of the filled part
	switch b.State {
	case Done:
		done = to
	case Active:
		done = max(from, min(today, to))
	case Planned:
	}
	planned := to
	if !b.To.IsZero() {
		planned = max(planned, timePct(w, b.To))
	}
	if planned > done {
		dst = appendPctBox(dst, "plan", from, planned)
	}
	if done > from {
		dst = appendPctBox(dst, "bar", from, done)
	}
	end := planned
	if b.Late != "" && b.State == Active && today > to {
		dst = appendPctBox(dst, "late", to, today)
		before := len(dst)
		if dst = appendFitting(dst, "on", to, today, b.Late); len(dst) == before {
			dst = appendFitting(dst, "halo v", today, room, b.Late)
		}
		end, room = today, min(room, today) // the words of the delay stand there
	}
	if b.Late != "" && b.State == Planned && today > from {
		dst = appendPctBox(dst, "late", from, min(today, planned))
		before := len(dst)
		if dst = appendFitting(dst, "halo v", today, planned, b.Late); len(dst) == before {
			dst = appendFitting(dst, "halo v", max(today, planned), room, b.Late)
		}
		return dst
	}
	for _, place := range [...]struct {
		class    string
		from, to float64
	}{{"on", from, done}, {"halo v", done, planned}, {"halo v", end, room}} {
		before := len(dst)
		if dst = appendFitting(dst, place.class, place.from, place.to, b.Labels...); len(dst) > before {
			break
		}
	}
	return dst
}

// appendFitting appends the first of the labels that has room between two positions in percent
// of the width, on the screens where it has; none without room. Longer labels come first.
func appendFitting(dst []byte, class string, from, to float64, labels ...string) []byte {
	for _, label := range labels {
		size, ok := classOfFit(func(k int) bool {
			return (to-from)*ganttWidths[k].px/100 >= textPx(label)+2*ganttPad
		})
		if ok && label != "" {
			return appendBarText(dst, class+size, from, ganttPad, ganttText, atStart, label)
		}
	}
	return dst
}

// appendPctBox appends a bar from and to a percentage of the width. It is a little shorter, so
// that a bar ends before the next begins.
func appendPctBox(dst []byte, class string, from, to float64) []byte {
	if to-from > 0.6 {
		to -= 0.2
	}
	dst = append(dst, `<rect class="`...)
	dst = append(dst, class...)
	dst = append(dst, `" x="`...)
	dst = appendNum(dst, from)
	dst = append(dst, `%" width="`...)
	dst = appendNum(dst, to-from)
	dst = append(dst, `%" y="`...)
	dst = appendNum(dst, ganttTop)
	dst = append(dst, `" height="`...)
	dst = appendNum(dst, ganttThick)
	return append(dst, closePath...)
}

// words returns the notes on a bar: "no end set, 7 days late".
func (b *GanttBar) words() string {
	if b.Note != "" && b.Late != "" {
		return b.Note + ", " + b.Late
	}
	return b.Note + b.Late
}

// inOrder calls f for all bars of each section, in the order of their start.
func (g *Gantt) inOrder(f func(track string, b *GanttBar)) {
	for i := range g.Sections {
		one := Gantt{Sections: g.Sections[i : i+1]}
		bars := one.bars()
		slices.SortStableFunc(bars, func(a, b GanttBar) int {
			return a.From.Compare(b.From)
		})
		for k := range bars {
			f(g.Sections[i].Title, &bars[k])
		}
	}
}

// Table returns the numbers of the pictures: a row for each bar.
func (g *Gantt) Table() Table {
	t := Table{Head: []Column{
		{"What", false},
		{"Track", false},
		{"State", false},
		{"Planned", false},
		{"Ended", false},
		{"Note", false},
	}}
	g.inOrder(func(track string, b *GanttBar) {
		ended := ""
		if !b.Ended.IsZero() {
			ended = format.Date(b.Ended)
		}
		t.Rows = append(t.Rows, Row{Cells: []string{
			b.Title, track, string(b.State), format.Span(b.From, b.To), ended, b.words(),
		}})
	})
	return t
}

// Records returns the bars for a CSV file, after a row of names.
func (g *Gantt) Records() [][]string {
	out := [][]string{{"what", "track", "state", "from", "to", "ended", "note"}}
	day := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return format.ISO(t)
	}
	g.inOrder(func(track string, b *GanttBar) {
		out = append(out, []string{
			b.Title, track, string(b.State), day(b.From), day(b.To), day(b.Ended), b.words(),
		})
	})
	return out
}
