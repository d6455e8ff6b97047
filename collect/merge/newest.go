package merge

import (
	"cmp"
	"slices"
	"time"
)

// state is how new and how complete a row is.
type state struct {
	updated  time.Time // when its source last changed it; zero if unknown
	sequence int       // its place in its source's log; 0 if unknown
	latest   time.Time // its latest stamp: it cannot have been written before
	terminal bool      // the thing is over: resolved, merged, succeeded, failed
	fields   int       // that are known
}

// newestFirst sorts the rows of one fact, the newest first, and reports whether
// that order comes from update times or sequence numbers. Else the order is:
// latest stamp, a terminal state before an open one, more known fields, the later
// name of a file, the later row. A clone's rows come after all others, because a
// clone guesses what others record; its commits come before.
func (c *collector[T]) newestFirst(rows []row[T]) (told bool) {
	updated, numbered, system := true, true, ""
	for i := range rows {
		s := c.state(rows[i].v)
		if rows[i].part.Origin == Clone {
			continue
		}
		system = cmp.Or(system, rows[i].part.System)
		updated = updated && !s.updated.IsZero()
		numbered = numbered && s.sequence != 0 && rows[i].part.System == system
	}
	slices.SortStableFunc(rows, func(a, b row[T]) int {
		if x, y := c.guess(a.part), c.guess(b.part); x != y {
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
			order = y.known().Compare(x.known())
		}
		order = cmp.Or(order, cmp.Compare(rank(!x.terminal), rank(!y.terminal)), cmp.Compare(y.fields, x.fields),
			cmp.Compare(b.part.file, a.part.file))
		if order == 0 && a.part == b.part {
			return cmp.Compare(b.ref.row, a.ref.row)
		}
		return cmp.Or(order, c.order(b.v, a.v), cmp.Compare(b.ref.part, a.ref.part))
	})
	return updated || numbered
}

// known is a time at which the row was written at the earliest.
func (s *state) known() time.Time {
	if s.updated.After(s.latest) {
		return s.updated
	}
	return s.latest
}

// guess ranks origins: 0 before 1.
func (c *collector[T]) guess(p *part) int { return rank((p.Origin == Clone) != c.clones) }

func rank(last bool) int {
	if last {
		return 1
	}
	return 0
}

// latestOf returns the latest of the times, zero if all are.
func latestOf(times ...time.Time) time.Time {
	var latest time.Time
	for _, t := range times {
		if t.After(latest) {
			latest = t
		}
	}
	return latest
}

// known counts the fields that are not blank.
func known(fields ...bool) int {
	n := 0
	for _, f := range fields {
		n += rank(f)
	}
	return n
}

// fill sets what is still blank.
func fill[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

// fillTime sets a time that is still unknown.
func fillTime(field *time.Time, value time.Time) {
	if field.IsZero() {
		*field = value
	}
}

// fillList sets a list that is still unknown.
func fillList[T any](field *[]T, value []T) {
	if len(*field) == 0 {
		*field = value
	}
}
