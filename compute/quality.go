package compute

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// minUsedShare is the smallest share of used rows for a source to count as complete, so that a
// few broken rows do not make it partial.
const minUsedShare = 0.99

// countLeftOut counts the records that a rule leaves out, which is not a fault of the source.
func countLeftOut(rejected []fact.Rejected) int {
	n := 0
	for _, r := range rejected {
		if r.Class.IsExpected() {
			n += r.Count
		}
	}
	return n
}

// maxAge is the largest time from the end of a kept source's data to the as-of time. It detects
// a missed nightly run, and accepts one that began a little later.
const maxAge = 24 * time.Hour

// tally counts the rows of a source, without those that a rule leaves out.
type tally struct{ read, used int }

// gradeSources grades every source by its reconciliation lines, its gaps and, if it is kept
// between runs, its age.
func gradeSources(e fact.Events, asOf time.Time) []Quality {
	by, rows := map[string]*Quality{}, map[string]tally{}
	of := func(source string) *Quality {
		if by[source] == nil {
			by[source] = &Quality{Source: source, Grade: Complete}
		}
		return by[source]
	}
	for _, im := range e.Imports {
		of(im.Source).addImport(im)
		t := rows[im.Source]
		rows[im.Source] = tally{t.read + im.Read - countLeftOut(im.Rejected), t.used + im.Used}
	}
	declared := map[string]bool{}
	for _, c := range e.Coverage {
		declared[c.Source] = declared[c.Source] || c.Declared
	}
	for _, g := range e.Gaps {
		q := of(g.Source)
		q.Gaps = append(q.Gaps, GapLine{Repository: g.Repository, From: g.From, To: g.To, Reason: g.Reason, Next: g.Next})
	}
	for _, c := range e.Checks {
		q := of(c.Source)
		q.Checks = append(q.Checks, NewCheckLine(c))
	}
	for _, s := range e.Syncs {
		of(s.Source).Sync = NewSyncLine(s)
	}
	out := make([]Quality, 0, len(by))
	for source, q := range by {
		q.Grade, q.Why = q.grade(rows[source], declared[source], asOf)
		q.sortLines()
		out = append(out, *q)
	}
	slices.SortFunc(out, func(a, b Quality) int { return cmp.Compare(a.Source, b.Source) })
	return out
}

// addImport adds a reconciliation line.
func (q *Quality) addImport(im fact.Import) {
	q.Imports = append(q.Imports, ImportLine{
		Kind: im.Kind, File: im.File, Read: im.Read, Used: im.Used, Rejected: im.Rejected, Notes: im.Notes, Removed: im.Removed,
	})
	if !im.First.IsZero() && (q.First.IsZero() || im.First.Before(q.First)) {
		q.First = im.First
	}
	if im.Last.After(q.Last) {
		q.Last = im.Last
	}
}

// sortLines sorts the lines, so that their order does not depend on the order of the sources.
func (q *Quality) sortLines() {
	slices.SortFunc(q.Imports, func(a, b ImportLine) int {
		return cmp.Or(cmp.Compare(a.Kind, b.Kind),
			cmp.Compare(a.File, b.File))
	})
	slices.SortFunc(q.Gaps, func(a, b GapLine) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), a.From.Compare(b.From), cmp.Compare(a.Reason, b.Reason))
	})
	slices.SortFunc(q.Checks, func(a, b CheckLine) int {
		return cmp.Or(cmp.Compare(a.What, b.What),
			a.From.Compare(b.From))
	})
}

// NewCheckLine returns the published form of a check, without its source.
func NewCheckLine(c fact.Check) CheckLine {
	return CheckLine{
		What: c.What, From: c.From, To: c.To, Theirs: c.Theirs, Ours: c.Ours, Unit: c.Unit, TheirsOnly: c.TheirsOnly,
		Comparable: c.Comparable, Note: c.Note,
	}
}

// NewSyncLine returns the published form of a source's last update.
func NewSyncLine(s fact.Sync) *SyncLine {
	return &SyncLine{
		At: s.At, Until: s.Until, Requests: s.Requests, Retries: s.Retries, Pages: s.Pages, Items: s.Items,
		Limit: s.Limit, Left: s.Left, Notes: s.Notes,
	}
}

// grade returns the grade of a source by its rows, gaps and age, and the reason if no gap gives
// it. A source that is kept between runs may be empty without a fault, once it was read. So may
// a file that people declare complete.
func (q *Quality) grade(rows tally, declared bool, asOf time.Time) (g Grade, why string) {
	kept := q.Sync != nil && !q.Sync.Until.IsZero()
	switch {
	case rows.used == 0 && len(q.Gaps) > 0:
		return Missing, ""
	case kept && asOf.Sub(q.Sync.Until) > maxAge && len(q.Gaps) > 0:
		return Stale, ""
	case kept && asOf.Sub(q.Sync.Until) > maxAge:
		return Stale, "nothing after " + q.Sync.Until.UTC().Format("2006-01-02 15:04") + " UTC is known"
	case rows.used == 0 && !kept && (rows.read > 0 || !declared):
		return Missing, "no row was used"
	case float64(rows.used) < minUsedShare*float64(rows.read):
		return Partial, fmt.Sprintf("%d of %d rows were rejected", rows.read-rows.used, rows.read)
	case len(q.Gaps) > 0:
		return Partial, ""
	}
	for _, c := range q.Checks {
		if c.Comparable && !c.Agree() {
			return Partial, "its own count differs: " + c.What
		}
	}
	return Complete, ""
}

// Agree reports whether the two figures are equal, up to rounding.
func (c *CheckLine) Agree() bool {
	return math.Abs(c.Theirs-c.Ours) <= 1e-6*math.Max(math.Abs(c.Theirs), math.Abs(c.Ours))
}
