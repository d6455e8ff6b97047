package chart

import (
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// Leaving is the number of units that still use something, week by week, with the deadline and
// the likely range of the end. The axis begins at zero.
type Leaving struct {
	ID, Title, Desc string
	Units           string         // the plural
	Points          []metric.Point // N is the number of units at the end of the week
	Deadline        time.Time      // zero without a deadline
	// Early and Late are the limits of the end. Without Early no range is drawn; without Late it
	// is open.
	Early, Late time.Time
	Words       string // the range in words, for its label
}

// Sizes of the picture in pixels. The labels of the deadline, of the time axis and of the range
// have a line each, so that none covers another.
const (
	leavingTop    = 36
	leavingBase   = 136
	leavingHeight = 178
	leavingPhone  = 300 // the smallest width of the picture
)

// Name returns the ID, the title and the description.
func (l *Leaving) Name() (id, title, desc string) { return l.ID, l.Title, l.Desc }

// Height returns the height of the picture in pixels.
func (l *Leaving) Height() float64 { return leavingHeight }

// weekEnd returns the last day of the week of a point.
func weekEnd(p *metric.Point) time.Time { return p.At.AddDate(0, 0, 6) }

// window returns the time that the picture covers.
func (l *Leaving) window() metric.Window {
	w := metric.Window{From: weekEnd(&l.Points[0]), To: weekEnd(&l.Points[len(l.Points)-1])}
	for _, t := range []time.Time{l.Deadline, l.Early, l.Late} {
		if t.After(w.To) {
			w.To = t
		}
	}
	room := w.To.Sub(w.From) / 50
	if !l.Early.IsZero() && l.Late.IsZero() {
		room = w.To.Sub(w.From) / 4
	}
	w.To = w.To.Add(room)
	return w
}

// top returns the largest number of units.
func (l *Leaving) top() int {
	top := 1
	for i := range l.Points {
		top = max(top, l.Points[i].N)
	}
	return top
}

// levelOf returns the height of a number of units in pixels from the top.
func (l *Leaving) levelOf(n int) float64 {
	return leavingBase - (leavingBase-leavingTop)*float64(n)/float64(l.top())
}

// AppendSVG appends the picture; nothing without points.
func (l *Leaving) AppendSVG(dst []byte) []byte {
	if len(l.Points) == 0 {
		return dst
	}
	w, last := l.window(), &l.Points[len(l.Points)-1]
	now, y := timePct(w, weekEnd(last)), l.levelOf(last.N)
	dst = append(dst, `<svg class="gap" height="178" role="img" aria-label="`...)
	dst = appendName(dst, l.Title, l.Desc)
	dst = append(dst, `">`...)
	if !l.Early.IsZero() {
		from, to := timePct(w, l.Early), 100.0
		if !l.Late.IsZero() {
			to = timePct(w, l.Late)
		}
		dst = appendRect(dst, "band", from, max(to-from, 0.5), leavingTop, leavingBase-leavingTop)
		dst = appendFitted(dst, "v", from+(to-from)/2, leavingHeight-6, l.Words)
	}
	dst = l.appendSteps(dst, w)
	dst = appendRule(dst, "base", 0, 100, leavingBase, leavingBase)
	dst = l.appendDeadline(dst, w)
	dst = append(dst, `<circle class="dot" cx="`...)
	dst = appendNum(dst, now)
	dst = append(dst, `%" cy="`...)
	dst = appendNum(dst, y)
	dst = append(dst, `" r="5"/>`...)
	dst = l.appendLevels(dst, now, y)
	dst = l.appendDays(dst, w, now)
	return append(dst, `</svg>`...)
}

// appendSteps appends the levels as steps over an area.
func (l *Leaving) appendSteps(dst []byte, w metric.Window) []byte {
	var line []byte
	for i := range l.Points {
		p := &l.Points[i]
		x, y := timePct(w, weekEnd(p))*viewWidth/100, l.levelOf(p.N)
		switch {
		case i == 0:
			line = appendXY(line, 'M', x, y)
			continue
		case p.N == l.Points[i-1].N && i < len(l.Points)-1:
			continue
		}
		line = appendNum(append(line, 'H'), x)
		line = appendNum(append(line, 'V'), y)
	}
	dst = append(dst, `<svg viewBox="0 0 1000 178" height="178" preserveAspectRatio="none"><path class="track" d="`...)
	dst = append(append(dst, line...), "V136H0z"...)
	dst = append(dst, `"/><path class="ln" d="`...)
	dst = append(dst, line...)
	return append(dst, `"/></svg>`...)
}

// appendDeadline appends an upright stroke with its date, on the side that has more room.
func (l *Leaving) appendDeadline(dst []byte, w metric.Window) []byte {
	if l.Deadline.IsZero() || l.Deadline.Before(w.From) {
		return dst
	}
	x := timePct(w, l.Deadline)
	dst = appendRule(dst, "thr", x, x, 2, leavingBase+4)
	label := "deadline " + format.Date(l.Deadline)
	if x > 50 {
		return appendBarText(dst, "v", x, -6, 13, atEnd, label)
	}
	return appendBarText(dst, "v", x, 6, 13, atStart, label)
}

// appendLevels appends the number of units at the start and now. The first is left out where
// it would lie on the second.
func (l *Leaving) appendLevels(dst []byte, now, y float64) []byte {
	text := format.Count(l.Points[len(l.Points)-1].N) + " left"
	first := l.levelOf(l.Points[0].N)
	if now*leavingPhone/100 > 30 || y-first > 6 || first-y > 26 {
		dst = appendBarText(dst, "v halo", 0, 2, first-5, atStart, format.Count(l.Points[0].N))
	}
	if now > 70 {
		return appendBarText(dst, "v halo", now, -8, y-9, atEnd, text)
	}
	return appendBarText(dst, "v halo", now, 9, min(y+5, leavingBase-6), atStart, text)
}

// appendDays appends the first and the last day of the axis, and the day of the last number where
// it has room.
func (l *Leaving) appendDays(dst []byte, w metric.Window, now float64) []byte {
	first, last := format.Date(w.From), format.Date(w.To)
	at := format.Day(weekEnd(&l.Points[len(l.Points)-1]))
	middle, half := now*leavingPhone/100, textPx(at)/2
	dst = appendWord(dst, "", 0, leavingBase+17, atStart, first)
	dst = appendWord(dst, "", 100, leavingBase+17, atEnd, last)
	if middle-half > textPx(first) && middle+half < leavingPhone-textPx(last) {
		dst = appendWord(dst, "v", now, leavingBase+17, atMiddle, at)
	}
	return dst
}

// appendFitted appends a text with its middle at a percentage of the width, or at the edge that
// it would cross on a narrow screen.
func appendFitted(dst []byte, class string, x, y float64, s string) []byte {
	half := 100 * textPx(s) / 2 / leavingPhone
	switch {
	case x-half < 0:
		return appendWord(dst, class, 0, y, atStart, s)
	case x+half > 100:
		return appendWord(dst, class, 100, y, atEnd, s)
	}
	return appendWord(dst, class, x, y, atMiddle, s)
}

// Table returns the units left by week.
func (l *Leaving) Table() Table {
	t := Table{Head: []Column{{Title: "Four weeks to"}, {Title: format.UpperFirst(l.Units) + " left", Numeric: true}}}
	for i := range l.Points {
		t.Rows = append(t.Rows, Row{Cells: []string{format.Date(weekEnd(&l.Points[i])), format.Count(l.Points[i].N)}})
	}
	return t
}

// Records returns the units left by week for files.
func (l *Leaving) Records() [][]string {
	out := [][]string{{"four_weeks_to", "left"}}
	for i := range l.Points {
		out = append(out, []string{format.ISO(weekEnd(&l.Points[i])), strconv.Itoa(l.Points[i].N)})
	}
	return out
}

// AppendOption appends nothing: the picture is not interactive.
func (l *Leaving) AppendOption(dst []byte) []byte { return dst }
