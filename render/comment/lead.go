package comment

import (
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/format"
)

// leadRow returns the diff in one sentence.
func (w *words) leadRow() *row {
	d := w.d
	switch {
	case d.Ended != "":
		return line("%s", w.endedLead())
	case d.First:
		return line("The first content: there is nothing to compare it with%s.", w.errorsBeside())
	case len(d.Changes) == 0:
		if d.IsPartial() {
			return line("Not all could be compared; nothing moves in the rest.")
		}
		return line("Nothing moves.")
	}
	own := slices.DeleteFunc(slices.Clone(w.groups), func(g *group) bool { return g.subject.ID == "" })
	if len(own) == 1 && w.groups[0] == own[0] {
		return line("%s", w.groupSentence(own[0]))
	}
	if lead := w.unreadLead(); lead != nil {
		return lead
	}
	if g := w.groups[0]; len(own) > 0 && g == own[0] && (g.changes[0].Failed || g.changes[0].Warn) {
		text := w.groupSentence(g)
		if parts := w.countParts(g); len(parts) > 0 {
			text += " Also: " + sentenceList(parts) + "."
		}
		return line("%s", text)
	}
	if x := w.onlyChange(); x != nil {
		return line("%s", w.sentence(x))
	}
	parts := w.countParts(nil)
	if len(parts) == 0 {
		return line("%s", w.quietLead())
	}
	return line("%s.", upperFirst(sentenceList(parts)))
}

// onlyChange returns the one change of what people wrote; nil if there are several, or none.
// Findings, the evidence and changes of the next run are not counted.
func (w *words) onlyChange() *diff.Change {
	var only *diff.Change
	for i := range w.d.Changes {
		switch x := &w.d.Changes[i]; x.Kind {
		case diff.Found, diff.Mended, diff.Nightly, diff.Evidenced:
		case diff.Listed, diff.Limited:
			if only != nil {
				return nil
			}
			only = x
		default:
			return nil
		}
	}
	return only
}

// countParts returns the numbers of changes by kind, the most severe first, without those of one
// group.
func (w *words) countParts(without *group) []string {
	parts := w.errorParts()
	for _, k := range []struct {
		kind diff.Kind
		one  string
		many string
	}{
		{diff.Gated, "1 phase is left", "%d phases are left"},
		{diff.Verdicts, "1 recommendation changes", "%d recommendations change"},
		{diff.Refused, "1 won’t-build changes", "%d won’t-builds change"},
		{diff.Ranked, "1 initiative is scored differently", "%d initiatives are scored differently"},
		{diff.Overridden, "1 override changes", "%d overrides change"},
		{diff.Conditions, "criteria of 1 initiative change", "criteria of %d initiatives change"},
		{diff.Decided, "1 decision changes", "%d decisions change"},
		{diff.Aimed, "1 goal changes", "%d goals change"},
		{diff.Limited, "1 threshold changes", "%d thresholds change"},
		{diff.Dated, "1 plan moves", "%d plans move"},
		{diff.Progressed, "1 status changes", "%d statuses change"},
		{diff.Listed, "", ""},
		{diff.Evidenced, "the evidence changes", "the evidence changes"},
		{diff.Found, "1 new finding", "%d new findings"},
	} {
		if k.kind == diff.Listed {
			parts = append(parts, w.countItems(without)...)
			continue
		}
		n, failed := w.count(k.kind)
		for i := range w.d.Changes {
			x := &w.d.Changes[i]
			mine := without != nil && slices.Contains(without.changes, x)
			if x.Kind == k.kind && (mine || x.Setting != nil && x.Setting.Key == diff.ScoreKey) {
				n--
			}
		}
		text := k.one
		if n > 1 && strings.Contains(k.many, "%d") {
			text = fmt.Sprintf(k.many, n)
		}
		if k.kind == diff.Gated && failed > 0 && without == nil {
			text += fmt.Sprintf(" (%d without meeting the criteria)", failed)
		}
		if n > 0 && len(parts) < mostParts {
			parts = append(parts, text)
		}
	}
	return parts[:min(len(parts), mostParts)]
}

// countItems returns the numbers of items that were added, removed and changed otherwise, without
// those of one group.
func (w *words) countItems(without *group) []string {
	var added, removed, other int
	for i := range w.d.Changes {
		x := &w.d.Changes[i]
		if x.Item == nil || without != nil && slices.Contains(without.changes, x) {
			continue
		}
		switch x.Item.Change {
		case "added", "undrafted":
			added++
		case "removed", "drafted":
			removed++
		default:
			other++
		}
	}
	var parts []string
	for _, k := range []struct {
		n    int
		what string
	}{{added, "new"}, {removed, "removed"}, {other, "renamed"}} {
		if k.n > 0 {
			parts = append(parts, fmt.Sprintf("%s %s %s", format.Things(k.n, "items"), format.Is(k.n), k.what))
		}
	}
	return parts
}

// mostParts is the largest number of kinds of change in the first sentence.
const mostParts = 4

// errorsBeside returns a clause with the number of errors in the first content; "" if there are
// none.
func (w *words) errorsBeside() string {
	if n, _ := w.count(diff.Broken); n > 0 {
		return ", but it has " + format.Things(n, "errors")
	}
	return ""
}

// quietLead returns the first sentence of a diff without a change of computed values.
func (w *words) quietLead() string {
	for i := range w.d.Changes {
		if x := &w.d.Changes[i]; isGrave(x) {
			return inputSentence(x)
		}
	}
	if n, _ := w.count(diff.Nightly); n > 0 {
		return "Nothing moves now: it takes effect with the next nightly run."
	}
	return "No rank, recommendation or gate moves."
}

// count returns the number of changes of a kind, and the number of those that failed.
func (w *words) count(k diff.Kind) (n, failed int) {
	for i := range w.d.Changes {
		if x := &w.d.Changes[i]; x.Kind == k {
			n++
			if x.Failed {
				failed++
			}
		}
	}
	return n, failed
}
