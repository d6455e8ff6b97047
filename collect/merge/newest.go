package merge

import (
	"cmp"
	"slices"
	"time"
)

// state describes the age and the completeness of a row.
type state struct {
	updated  time.Time // last change in its source; zero if unknown
	sequence int       // position in its source's log; 0 if unknown
	latest   time.Time // its latest time: it was not written earlier
	terminal bool      // it has ended: resolved, merged, succeeded, failed
	fields   int       // number of fields with a value
}

// newestFirst sorts the rows of one fact, the newest first. It reports whether the order comes
// from update times or sequence numbers. Otherwise the order is: latest time, an ended state
// before an open one, more fields with a value, the later file name, the later row. A clone's
// rows come last, because a clone guesses what others record; but its commits come first.
func (c *collector[T]) newestFirst(rows []row[T]) (ordered bool) {
	updated, numbered, system := true, true, ""
	for i := range rows {
		s := c.state(rows[i].v)
		if rows[i].source.Origin == Clone {
			continue
		}
		system = cmp.Or(system, rows[i].source.System)
		updated = updated && !s.updated.IsZero()
		numbered = numbered && s.sequence != 0 && rows[i].source.System == system
	}
	slices.SortStableFunc(rows, func(a, b row[T]) int {
		if x, y := c.originRank(a.source), c.originRank(b.source); x != y {
			return cmp.Compare(x, y)
		}
		x, y := c.state(a.v), c.state(b.v)
		order := 0
		switch {
		case updated:
			order = cmp.Or(y.updated.Compare(x.updated), cmp.Compare(y.sequence, x.sequence))
		case numbered:
			order = cmp.Compare(y.sequence, x.sequence)
		default:
			order = y.earliestWrite().Compare(x.earliestWrite())
		}
		order = cmp.Or(order, cmp.Compare(boolRank(!x.terminal), boolRank(!y.terminal)), cmp.Compare(y.fields, x.fields),
			cmp.Compare(b.source.file, a.source.file))
		if order == 0 && a.source == b.source {
			return cmp.Compare(b.ref.row, a.ref.row)
		}
		return cmp.Or(order, c.order(b.v, a.v), cmp.Compare(b.ref.source, a.ref.source))
	})
	return updated || numbered
}

// earliestWrite returns the earliest time when the row can have been written.
func (s *state) earliestWrite() time.Time {
	if s.updated.After(s.latest) {
		return s.updated
	}
	return s.latest
}

// originRank returns the rank of a source by its origin: 0 before 1.
func (c *collector[T]) originRank(p *sourceRows) int {
	return boolRank((p.Origin == Clone) != c.clones)
}

func boolRank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// latestTime returns the latest of the times, zero if all are.
func latestTime(times ...time.Time) time.Time {
	var latest time.Time
	for _, t := range times {
		if t.After(latest) {
			latest = t
		}
	}
	return latest
}

// countKnown counts the fields with a value.
func countKnown(fields ...bool) int {
	n := 0
	for _, f := range fields {
		n += boolRank(f)
	}
	return n
}

// fillTime sets a time without a value.
func fillTime(field *time.Time, value time.Time) {
	if field.IsZero() {
		*field = value
	}
}

// fillList sets a list without a value.
func fillList[T any](field *[]T, value []T) {
	if len(*field) == 0 {
		*field = value
	}
}
