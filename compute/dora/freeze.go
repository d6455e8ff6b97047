package dora

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// findFreeze returns the title of the first freeze that overlaps a window, or "".
func (m *measurer) findFreeze(w metric.Window) string {
	for _, f := range m.Freezes {
		if f.overlaps(w) {
			return f.displayTitle()
		}
	}
	return ""
}

func (f Freeze) displayTitle() string {
	if f.Title == "" {
		return "freeze"
	}
	return f.Title
}

// markFrozenWeeks marks the weeks of a window that a freeze overlaps. Pages show these weeks,
// but tests of change leave them out.
func (m *measurer) markFrozenWeeks(w metric.Window) []bool {
	frozen := make([]bool, int(w.To.Sub(w.From)/org.Week))
	for i := range frozen {
		from := w.From.Add(time.Duration(i) * org.Week)
		frozen[i] = m.findFreeze(metric.Window{From: from, To: from.Add(org.Week)}) != ""
	}
	return frozen
}

// listFreezeNotes describes the declared freezes that overlap the compared windows.
func (m *measurer) listFreezeNotes() []string {
	var notes []string
	for _, f := range m.Freezes {
		if f.overlaps(metric.Window{From: m.before.From, To: m.now.To}) {
			notes = append(notes, fmt.Sprintf("%s from %s until %s: its weeks are shown, and tests of change leave them out",
				f.displayTitle(), f.From.Format(time.DateOnly), f.Until.Format(time.DateOnly)))
		}
	}
	return notes
}
