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
	index map[string]int
}

func (t *tally) countRejected(r *rejection, line int) {
	more := newRefusal("other reasons")
	if t.index == nil {
		t.index = map[string]int{}
	}
	i, known := t.index[r.reason]
	if !known {
		if len(t.index) >= maxReasons && *r != *more {
			t.countRejected(more, line)
			return
		}
		i = len(t.Rejected)
		t.index[r.reason] = i
		t.Rejected = append(t.Rejected, fact.Rejected{Reason: r.reason, Line: line, Class: r.class})
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
