package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/format"
)

// newDocument returns the content of the comment for a diff.
func newDocument(d *diff.Diff) *document {
	w := newWords(d)
	doc := &document{}
	dated := -1
	for i, g := range w.groups {
		doc.blocks = append(doc.blocks, w.block(g))
		if slices.ContainsFunc(g.changes, func(x *diff.Change) bool { return len(x.Dates) > 0 }) {
			dated = i
		}
	}
	if dated >= 0 {
		doc.blocks[dated].gantt = drawGantt(d)
	}
	doc.lead, doc.foot = *w.leadRow(), *w.footRow()
	if len(doc.blocks) > 0 && doc.blocks[0].title.String() == doc.lead.String() {
		doc.blocks[0].title.spans = nil // the first line contains it
	}
	return doc
}

// words has the diff and its groups.
type words struct {
	d      *diff.Diff
	groups []*group
	stays  bool // no published rank moved
}

func newWords(d *diff.Diff) *words {
	w := &words{d: d, groups: groupChanges(d), stays: true}
	for i := range d.Changes {
		if r := d.Changes[i].Rank; r != nil && (r.Before == nil || r.After == nil || r.Before.Published != r.After.Published) {
			w.stays = false
		}
	}
	return w
}

// group has the changes of one subject or, without a subject, of one kind.
type group struct {
	subject diff.Subject
	kind    diff.Kind
	changes []*diff.Change
}

// groupChanges groups the changes by subject. A group has the position of its most severe
// change. Additions, removals and findings about items without other changes are grouped by
// kind.
func groupChanges(d *diff.Diff) []*group {
	moved := map[diff.Subject]bool{}
	for i := range d.Changes {
		if x := &d.Changes[i]; !isListed(x) {
			moved[subjectKey(x)] = true
		}
	}
	var out []*group
	at := map[any]int{} // by subject, else by kind
	for i := range d.Changes {
		x := &d.Changes[i]
		g := group{subject: subjectKey(x), kind: x.Kind}
		if isListed(x) && (x.Kind != diff.Listed || !moved[g.subject]) {
			g.subject = diff.Subject{}
		}
		var key any = g.subject
		if g.subject.ID == "" {
			key = g.kind
		}
		if isGrave(x) {
			key = graveInputs
		}
		k, ok := at[key]
		if !ok {
			k = len(out)
			at[key] = k
			out = append(out, &g)
		}
		out[k].changes = append(out[k].changes, x)
	}
	return out
}

// subjectKey returns the subject without its title, because changes of one subject may have
// different titles.
func subjectKey(x *diff.Change) diff.Subject {
	return diff.Subject{Kind: x.Subject.Kind, ID: x.Subject.ID}
}

// isListed reports whether a change is only a line of a list.
func isListed(x *diff.Change) bool {
	switch x.Kind {
	case diff.Broken, diff.Found, diff.Mended, diff.Nightly, diff.Listed, diff.Displaced:
		return true
	}
	return x.Subject.ID == ""
}

// graveInputs is the key of the group of inputs that are gone, or whose numbers are lost.
const graveInputs = "grave inputs"

// listTitles are the titles of the lists of changes without a subject.
var listTitles = map[diff.Kind]string{
	diff.Broken:    "Errors",
	diff.Displaced: "Moved by others",
	diff.Limited:   "Thresholds and scales",
	diff.Listed:    "Added, removed, renamed",
	diff.Found:     "Worth a look",
	diff.Mended:    "Mended",
	diff.Nightly:   "Takes effect with the next nightly run",
}

func (w *words) block(g *group) block {
	if g.subject.ID == "" {
		b := block{title: *line("").strong(cmp.Or(listTitles[g.kind], "Other changes"))}
		if isGrave(g.changes[0]) {
			b.title = *line("").strong("Numbers that the next nightly run replaces")
		}
		for _, x := range g.changes {
			for i, r := range w.changeRows(x) {
				r.first = i == 0
				b.rows = append(b.rows, r)
			}
		}
		return b
	}
	first := g.changes[0]
	b := block{title: line("").strong(w.sentence(first)).asFirst()}
	for i, x := range g.changes {
		rows := w.changeRows(x)
		for k := range rows {
			rows[k].first = k == 0 && i > 0
		}
		b.rows = append(b.rows, rows...)
	}
	return b
}

// subjectTitle returns the name of a subject.
func subjectTitle(s diff.Subject) string { return shortText(cmp.Or(s.Title, s.ID, "Configuration")) }

// sentence returns a change in one sentence, the title of its block.
func (w *words) sentence(x *diff.Change) string {
	name := subjectTitle(x.Subject)
	switch {
	case x.Gate != nil:
		return w.gateSentence(name, x)
	case x.Verdict != nil:
		return name + ": " + adviceWords(x.Verdict.Before) + " → " + adviceWords(x.Verdict.After) + "."
	case x.Prediction != nil && x.Prediction.Change != nil:
		return name + ": the expected effect was changed after it was written down."
	case x.Prediction != nil:
		return name + ": the prediction was changed after it was approved."
	case x.Refusal != nil:
		return name + ": " + refusalWords(x.Refusal) + "."
	case x.Override != nil:
		return name + ": " + overrideWords(x.Override) + "."
	case x.Rank != nil:
		return name + ": " + w.rankSentence(x.Rank)
	case x.Decision != nil:
		return name + ": decision " + shortText(x.Decision.Change) + "."
	case x.Goal != nil:
		return name + ": " + goalSentence(x.Goal)
	case x.Setting != nil:
		return name + ": another threshold."
	case len(x.Dates) > 0:
		return name + ": dates or states moved."
	case x.Input != nil:
		return inputSentence(x)
	case x.Item != nil:
		return name + " was " + shortText(x.Item.Change) + "."
	}
	return name + " moved."
}

// leadRow returns the diff in one sentence.
func (w *words) leadRow() *row {
	d := w.d
	switch {
	case d.First:
		return line("The first content: there is nothing to compare it with%s.", w.errorsBeside())
	case len(d.Changes) == 0:
		if w.d.Missing != "" {
			return line("Not all could be compared; nothing moves in the rest.")
		}
		return line("Nothing moves.")
	}
	own := slices.DeleteFunc(slices.Clone(w.groups), func(g *group) bool { return g.subject.ID == "" })
	if len(own) == 1 && w.groups[0] == own[0] {
		return line("%s", w.sentence(own[0].changes[0]))
	}
	var parts []string
	for _, k := range []struct {
		kind diff.Kind
		one  string
		many string
	}{
		{diff.Broken, "1 new error", "%d new errors"},
		{diff.Gated, "1 phase is left", "%d phases are left"},
		{diff.Verdicts, "1 recommendation changes", "%d recommendations change"},
		{diff.Refused, "1 won’t-build changes", "%d won’t-builds change"},
		{diff.Ranked, "1 initiative is scored differently", "%d initiatives are scored differently"},
		{diff.Overridden, "1 override changes", "%d overrides change"},
		{diff.Decided, "1 decision changes", "%d decisions change"},
		{diff.Aimed, "1 goal changes", "%d goals change"},
		{diff.Limited, "1 threshold changes", "%d thresholds change"},
		{diff.Dated, "1 plan moves", "%d plans move"},
		{diff.Found, "1 new finding", "%d new findings"},
	} {
		n, failed := w.count(k.kind)
		text := k.one
		if n > 1 {
			text = fmt.Sprintf(k.many, n)
		}
		if k.kind == diff.Gated && failed > 0 {
			text += fmt.Sprintf(" (%d without meeting the criteria)", failed)
		}
		if n > 0 && len(parts) < mostParts {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return line("%s", w.quietLead())
	}
	return line("%s.", upperFirst(sentenceList(parts)))
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

// footRow returns the kinds without changes, the parts without a comparison, and the age of the
// data.
func (w *words) footRow() *row {
	var parts, still []string
	for _, k := range []struct {
		kind diff.Kind
		name string
		data bool // it needs measured data
	}{{diff.Ranked, "ranks", false}, {diff.Verdicts, "recommendations", true}, {
		diff.Gated, "gates",
		false,
	}, {diff.Refused, "won’t-build", false}} {
		if n, _ := w.count(k.kind); n == 0 && !w.d.First && (!k.data || w.d.Missing == "") {
			still = append(still, k.name)
		}
	}
	if len(still) > 0 {
		parts = append(parts, upperFirst(strings.Join(still, ", "))+": nothing moves.")
	}
	if w.d.Missing != "" {
		parts = append(parts, "Recommendations could not be compared: "+shortText(w.d.Missing)+".")
	}
	if w.d.Old > 0 {
		parts = append(parts, format.Things(w.d.Old, "errors")+" were there before.")
	}
	var data string
	if !w.d.CutOff.IsZero() {
		data = " · Data to " + format.Date(w.d.CutOff.Add(-time.Nanosecond))
	}
	if w.d.Base != "" {
		data += " · Against " + shortText(w.d.Base)
	}
	return line("%s%s", strings.Join(parts, " "), data)
}

// sentenceList joins parts: "a, b and c".
func sentenceList(parts []string) string {
	if len(parts) < 2 {
		return strings.Join(parts, "")
	}
	return strings.Join(parts[:len(parts)-1], ", ") + " and " + parts[len(parts)-1]
}

func upperFirst(s string) string {
	for i, r := range s {
		return strings.ToUpper(string(r)) + s[i+len(string(r)):]
	}
	return s
}
