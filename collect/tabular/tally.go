package tabular

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// maxReasons limits the number of different reasons, in case they quote a file.
const maxReasons = 50

// tally counts the unused rows.
type tally struct {
	fact.Import
	index map[rejection]int // a column has no part in it
	keep  bool              // the line of each row is kept
}

func (t *tally) countRejected(r *rejection, line int) {
	if t.keep && len(t.Lines) < fact.MaxLines {
		t.Lines = append(t.Lines, fact.RejectedLine{Line: line, Reason: r.reason, Class: r.class, Column: r.column})
	}
	if t.index == nil {
		t.index = map[rejection]int{}
	}
	key := rejection{reason: r.reason, class: r.class}
	i, known := t.index[key]
	if !known && len(t.index) >= maxReasons {
		key.reason = "other reasons"
		i, known = t.index[key]
	}
	if !known {
		i = len(t.Rejected)
		t.index[key] = i
		t.Rejected = append(t.Rejected, fact.Rejected{Reason: key.reason, Line: line, Class: key.class})
	}
	t.Rejected[i].Count++
}

// ExtendSpan extends the span of an import to the date of a record.
func ExtendSpan(im *fact.Import, at time.Time) {
	if at.IsZero() {
		return
	}
	if im.First.IsZero() || at.Before(im.First) {
		im.First = at
	}
	if at.After(im.Last) {
		im.Last = at
	}
}
