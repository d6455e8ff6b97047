package diff

import (
	"cmp"
	"slices"
	"time"
)

// Periods are the changes of content by calendar quarter, the newest first.
type Periods struct {
	List []Period
	Why  string // the reason that there are none, or that the beginning is missing; "" if all is there
}

// Period is a span of time with the changes of content in it.
type Period struct {
	From, To time.Time // UTC; To is exclusive, or the as-of time
	// Began is the first day that the history has, if it is later than From; else zero.
	Began   time.Time
	Commits int // that changed the content or the configuration
	Diff    Diff
	// Days are the days of the commits that made each change of Diff, the oldest first; empty
	// where none is known.
	Days [][]time.Time
}

// Touch is a commit that changed a file.
type Touch struct {
	At             time.Time
	Added, Removed bool
}

// Touched has the commits that changed files, oldest first, by path below the content folder. The
// configuration has its own name.
type Touched map[string][]Touch

// QuarterOf returns the first day of a time's calendar quarter.
func QuarterOf(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), (at.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)
}

// ComparePeriod adds the changes between the states at the beginning and at the end of a period,
// and their days.
func ComparePeriod(p Period, in Input, touched Touched) Period {
	p.Diff = Compare(in)
	p.Days = make([][]time.Time, len(p.Diff.Changes))
	for i := range p.Diff.Changes {
		x := &p.Diff.Changes[i]
		for _, t := range touched[x.File] {
			if t.At.Before(p.From) || t.At.After(p.To) || x.Item != nil && !x.fits(&t) {
				continue
			}
			day := t.At.UTC().Truncate(24 * time.Hour)
			if n := len(p.Days[i]); n == 0 || !p.Days[i][n-1].Equal(day) {
				p.Days[i] = append(p.Days[i], day)
			}
		}
	}
	return p
}

// fits reports whether a commit can have added, removed or renamed an item.
func (c *Change) fits(t *Touch) bool {
	switch c.Item.Change {
	case "added":
		return t.Added
	case "removed":
		return t.Removed
	}
	return t.Added
}

// Sort orders the commits of each file by time.
func (t Touched) Sort() {
	for _, list := range t {
		slices.SortStableFunc(list, func(a, b Touch) int { return cmp.Compare(a.At.UnixNano(), b.At.UnixNano()) })
	}
}
