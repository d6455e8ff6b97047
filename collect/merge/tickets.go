package merge

import (
	"cmp"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// ticketKind describes tickets.
func ticketKind() *rowKind[fact.Ticket] {
	return &rowKind[fact.Ticket]{
		name: "tickets", noun: "tickets", log: true,
		list:       func(e *fact.Events) []fact.Ticket { return e.Tickets },
		repository: func(*fact.Ticket) string { return "" },
		id:         func(_ *sourceRows, t *fact.Ticket) string { return t.ID },
		opened:     func(t *fact.Ticket) time.Time { return t.Opened },
		state: func(t *fact.Ticket) state {
			return state{
				updated: t.Updated, sequence: t.Sequence, latest: latestTime(t.Opened, t.Resolved),
				terminal: !t.Resolved.IsZero() || t.Ending == fact.Undated,
				fields: countKnown(t.Theme != 0, t.Team != "", t.Feature != "", len(t.Labels) > 0, !t.Resolved.IsZero(),
					t.Reopened > 0, t.Unsolved != ""),
			}
		},
		join: func(rows []row[fact.Ticket], _ bool) fact.Ticket {
			t := *rows[0].v
			closed := false
			for i := range rows[1:] {
				r := rows[i+1].v
				closed = closed || !r.Resolved.IsZero() || r.Ending == fact.Undated
				if t.Ending != fact.ByDate && !r.Resolved.IsZero() && t.Resolved.IsZero() {
					t.Resolved, t.Ending = r.Resolved, fact.ByDate // the newest row has no time of its end
				}
				t.Theme = cmp.Or(t.Theme, r.Theme)
				t.Team = cmp.Or(t.Team, r.Team)
				t.Feature = cmp.Or(t.Feature, r.Feature)
				if t.Resolved.Equal(r.Resolved) {
					t.Unsolved = cmp.Or(t.Unsolved, r.Unsolved)
				}
				fillList(&t.Labels, r.Labels)
				t.Reopened = max(t.Reopened, r.Reopened)
				t.Updated, t.Sequence = latestTime(t.Updated, r.Updated), max(t.Sequence, r.Sequence)
				if r.Opened.Before(t.Opened) {
					t.Opened = r.Opened
				}
			}
			if closed && t.IsOpen() {
				t.Reopened = max(t.Reopened, 1) // an earlier row had it closed
			}
			return t
		},
		sortTime: func(t *fact.Ticket) time.Time { return t.Opened },
		order: func(a, b *fact.Ticket) int {
			return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Team, b.Team),
				cmp.Compare(a.Feature, b.Feature),
				a.Resolved.Compare(b.Resolved), cmp.Compare(a.Source, b.Source), cmp.Compare(a.Theme, b.Theme),
				cmp.Compare(a.Ending, b.Ending),
				cmp.Compare(strings.Join(a.Labels, "\x00"), strings.Join(b.Labels, "\x00")))
		},
	}
}
