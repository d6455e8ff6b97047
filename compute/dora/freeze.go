package dora

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// findFreeze is the title of the first freeze that overlaps a window; "" if none.
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

// markFrozenWeeks says of each week of a window whether a freeze overlaps it: such a
// week is shown, but it is in no claim of change.
func (m *measurer) markFrozenWeeks(w metric.Window) []bool {
	frozen := make([]bool, int(w.To.Sub(w.From)/org.Week))
	for i := range frozen {
		from := w.From.Add(time.Duration(i) * org.Week)
		frozen[i] = m.findFreeze(metric.Window{From: from, To: from.Add(org.Week)}) != ""
	}
	return frozen
}

// listFreezeNotes tell the reader which declared freezes lie in the windows compared.
func (m *measurer) listFreezeNotes() []string {
	var notes []string
	for _, f := range m.Freezes {
		if f.overlaps(metric.Window{From: m.before.From, To: m.now.To}) {
			notes = append(notes, fmt.Sprintf("%s from %s until %s: its weeks are shown, and left out of what is said "+
				"about change",
				f.displayTitle(), f.From.Format(time.DateOnly), f.Until.Format(time.DateOnly)))
		}
	}
	return notes
}
