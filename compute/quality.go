package compute

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// minUsedShare is the share of rows that must be used for a source to count as
// complete; a few broken rows do not make it partial.
const minUsedShare = 0.99

// leftOut counts records that a rule leaves out: they are not a fault of the source.
func leftOut(rejected []fact.Rejected) int {
	n := 0
	for _, r := range rejected {
		if r.ByRule {
			n += r.Count
		}
	}
	return n
}

// fresh is how far a kept source may end before the as-of time: a nightly run
// that was missed is noticed, one that began a little later is not.
const fresh = 24 * time.Hour

// tally counts the rows of a source, without those a rule leaves out.
type tally struct{ read, used int }

// gradeSources grades every source by its reconciliation lines, gaps and, if it is
// kept between runs, its age.
func gradeSources(e fact.Events, asOf time.Time) []Quality {
	by, rows := map[string]*Quality{}, map[string]tally{}
	of := func(source string) *Quality {
		if by[source] == nil {
			by[source] = &Quality{Source: source, Grade: Complete}
		}
		return by[source]
	}
	for _, im := range e.Imports {
		of(im.Source).take(im)
		t := rows[im.Source]
		rows[im.Source] = tally{t.read + im.Read - leftOut(im.Rejected), t.used + im.Used}
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
		q.sort()
		out = append(out, *q)
	}
	slices.SortFunc(out, func(a, b Quality) int { return cmp.Compare(a.Source, b.Source) })
	return out
}

// take adds a reconciliation line.
func (q *Quality) take(im fact.Import) {
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

// sort puts lines into an order that does not depend on that of the sources.
func (q *Quality) sort() {
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

// NewCheckLine returns a check without its source, as it is published.
func NewCheckLine(c fact.Check) CheckLine {
	return CheckLine{
		What: c.What, From: c.From, To: c.To, Theirs: c.Theirs, Ours: c.Ours, Unit: c.Unit, TheirsOnly: c.TheirsOnly,
		Comparable: c.Comparable, Note: c.Note,
	}
}

// NewSyncLine returns how a source was brought up to date, as it is published.
func NewSyncLine(s fact.Sync) *SyncLine {
	return &SyncLine{
		At: s.At, Until: s.Until, Requests: s.Requests, Retries: s.Retries, Pages: s.Pages, Items: s.Items,
		Limit: s.Limit, Left: s.Left, Notes: s.Notes,
	}
}

// grade judges a source by its rows, its gaps and its age, and gives the reason that where no
// gap does. A source that is kept between runs may have nothing to give: that is certain as
// soon as it was read once. So may a file that people declare complete.
func (q *Quality) grade(rows tally, declared bool, asOf time.Time) (g Grade, why string) {
	kept := q.Sync != nil && !q.Sync.Until.IsZero()
	switch {
	case rows.used == 0 && len(q.Gaps) > 0:
		return Missing, ""
	case kept && asOf.Sub(q.Sync.Until) > fresh && len(q.Gaps) > 0:
		return Stale, ""
	case kept && asOf.Sub(q.Sync.Until) > fresh:
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

// Agree reports whether the two figures are the same, up to rounding.
func (c *CheckLine) Agree() bool {
	return math.Abs(c.Theirs-c.Ours) <= 1e-6*math.Max(math.Abs(c.Theirs), math.Abs(c.Ours))
}
