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

// maxAge is the largest time from the end of a kept source's data to the as-of time. It detects
// a missed nightly run, and accepts one that began a little later.
const maxAge = 24 * time.Hour

// describeRest returns what is missing if the files of a source are pages of a longer list; "" if
// they are the whole list, or give nothing about it.
func describeRest(imports []fact.Import) string {
	total, read, pages, open := 0, 0, 0, 0
	for _, im := range imports {
		read += im.Read
		if im.Whole == nil {
			continue
		}
		pages++
		total = max(total, im.Whole.Total)
		if im.Whole.More {
			open++
		}
	}
	switch {
	case total > read:
		return fmt.Sprintf("its files are pages with %d of %d rows: export all pages", read, total)
	case pages > 0 && open == pages:
		return fmt.Sprintf("its files are pages with the first %d rows of a longer list: export all pages", read)
	}
	return ""
}

// gradeSources grades every source by its reconciliation lines, its gaps and, if it is kept
// between runs, its age.
func gradeSources(e fact.Events, asOf time.Time) []Quality {
	by := map[string]*Quality{}
	of := func(source string) *Quality {
		if by[source] == nil {
			by[source] = &Quality{Source: source, Grade: Complete}
		}
		return by[source]
	}
	for _, im := range e.Imports {
		of(im.Source).addImport(im)
	}
	imports := map[string][]fact.Import{}
	for _, im := range e.Imports {
		imports[im.Source] = append(imports[im.Source], im)
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
		q.Grade, q.Why = q.grade(declared[source], asOf)
		if rest := describeRest(imports[source]); rest != "" && q.Grade == Complete {
			q.Grade, q.Why = Partial, rest
		}
		q.sortLines()
		out = append(out, *q)
	}
	slices.SortFunc(out, func(a, b Quality) int { return cmp.Compare(a.Source, b.Source) })
	return out
}

// addImport adds a reconciliation line.
func (q *Quality) addImport(im fact.Import) {
	q.Rows.add(&im)
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
func (q *Quality) grade(declared bool, asOf time.Time) (g Grade, why string) {
	kept := q.Sync != nil && !q.Sync.Until.IsZero()
	rows, nobody := &q.Rows, q.Rows.nobodyWords(q.Imports)
	none := rows.Counted+rows.Environments == 0
	named := rows.expected() - rows.Nobody
	switch {
	case none && len(q.Gaps) > 0:
		return Missing, ""
	case kept && asOf.Sub(q.Sync.Until) > maxAge && len(q.Gaps) > 0:
		return Stale, ""
	case kept && asOf.Sub(q.Sync.Until) > maxAge:
		return Stale, "nothing after " + q.Sync.Until.UTC().Format("2006-01-02 15:04") + " UTC is known"
	case none && !kept && (rows.expected() > 0 || !declared):
		return Missing, cmp.Or(nobody, "no row was used")
	case float64(rows.Counted) < minUsedShare*float64(named):
		return Partial, fmt.Sprintf("%d of %d rows were rejected", named-rows.Counted, named)
	case nobody != "":
		return Partial, nobody
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
