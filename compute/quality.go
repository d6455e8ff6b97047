package compute

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// minUsedShare is the share of rows that must be used for a source to count as
// complete; a few broken rows do not make it partial.
const minUsedShare = 0.99

// leftOut counts records that a rule leaves out: they are no fault of the source.
func leftOut(rejected []fact.Rejected) int {
	n := 0
	for _, r := range rejected {
		if r.ByRule {
			n += r.Count
		}
	}
	return n
}

// quality grades every source by its reconciliation lines and gaps.
func quality(e fact.Events) []Quality {
	by := map[string]*Quality{}
	of := func(source string) *Quality {
		if by[source] == nil {
			by[source] = &Quality{Source: source, Grade: Complete}
		}
		return by[source]
	}
	read, used := map[string]int{}, map[string]int{}
	for _, im := range e.Imports {
		q := of(im.Source)
		q.Imports = append(q.Imports, ImportLine{
			Kind: im.Kind, File: im.File, Read: im.Read, Used: im.Used, Rejected: im.Rejected, Notes: im.Notes,
		})
		read[im.Source] += im.Read - leftOut(im.Rejected)
		used[im.Source] += im.Used
		if !im.First.IsZero() && (q.First.IsZero() || im.First.Before(q.First)) {
			q.First = im.First
		}
		if im.Last.After(q.Last) {
			q.Last = im.Last
		}
	}
	for _, g := range e.Gaps {
		q := of(g.Source)
		q.Gaps = append(q.Gaps, GapLine{Repository: g.Repository, From: g.From, To: g.To, Reason: g.Reason, Next: g.Next})
	}
	var out []Quality
	for source, q := range by {
		q.Grade, q.Why = grade(read[source], used[source], len(q.Gaps))
		slices.SortFunc(q.Imports, func(a, b ImportLine) int { return cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.File, b.File)) })
		slices.SortFunc(q.Gaps, func(a, b GapLine) int {
			return cmp.Or(cmp.Compare(a.Repository, b.Repository), a.From.Compare(b.From), cmp.Compare(a.Reason, b.Reason))
		})
		out = append(out, *q)
	}
	slices.SortFunc(out, func(a, b Quality) int { return cmp.Compare(a.Source, b.Source) })
	return out
}

// grade judges a source by its rows, without those a rule leaves out, and says
// why where no gap does.
func grade(read, used, gaps int) (g Grade, why string) {
	switch {
	case used == 0 && gaps > 0:
		return Missing, ""
	case used == 0:
		return Missing, "no row was used"
	case float64(used) < minUsedShare*float64(read):
		return Partial, fmt.Sprintf("%d of %d rows were rejected", read-used, read)
	case gaps > 0:
		return Partial, ""
	}
	return Complete, ""
}
