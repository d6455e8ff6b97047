package merge

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// ticketKind describes the rows of tickets with an ID that several rows have.
func ticketKind() *rowKind[fact.Ticket] {
	return &rowKind[fact.Ticket]{
		name: "tickets", noun: "tickets", log: true,
		list:       func(e *fact.Events) []fact.Ticket { return e.Tickets[:countWithID(e.Tickets)] },
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
				cmp.Compare(a.Ending, b.Ending), cmp.Compare(a.Unsolved, b.Unsolved), cmp.Compare(a.Reopened, b.Reopened),
				cmp.Compare(a.Rows, b.Rows),
				cmp.Compare(strings.Join(a.Labels, "\x00"), strings.Join(b.Labels, "\x00")))
		},
	}
}

// countWithID returns the number of rows with an ID, which come before the other tickets.
func countWithID(list []fact.Ticket) int {
	n := slices.IndexFunc(list, func(t fact.Ticket) bool { return t.Rows > 0 })
	if n < 0 {
		return len(list)
	}
	return n
}

// appendCounted appends the tickets of all sources that have no ID, because no other row has it,
// to the merged ones. It copies no list where one source has all.
func (m *merger) appendCounted(merged []fact.Ticket) []fact.Ticket {
	kind, own := ticketKind(), false
	for i := range m.sources {
		list := m.sources[i].Events.Tickets
		if list = list[countWithID(list):]; len(list) == 0 {
			continue
		}
		if len(merged) == 0 {
			merged, own = slices.Clip(list), m.sources[i].Spent
			continue
		}
		merged, own = append(slices.Clip(merged), list...), true
	}
	if !own && !isSorted(merged, kind.sortTime, kind.order) {
		merged = slices.Clone(merged)
	}
	sortFacts(merged, kind.sortTime, kind.order)
	return merged
}
