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
	dated, spans := -1, 0
	for i, g := range w.groups {
		doc.blocks = append(doc.blocks, w.block(g))
		for _, x := range g.changes {
			if len(x.Dates) > 0 {
				dated = i
				spans += len(x.Dates)
			}
		}
	}
	if dated >= 0 && spans > 1 { // words suffice for one
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
	common := commonCauses(d)
	isListed := func(x *diff.Change) bool { return isListed(x) || common[causeKey(x)] > 1 }
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
		if isListed(x) && (x.Kind != diff.Listed && x.Kind != diff.Displaced || !moved[g.subject]) {
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

// causeKey returns what changes of one cause in the configuration share: recommendations that
// the same keys changed, and scores that a scale changed. It returns "" for any other change.
func causeKey(x *diff.Change) string {
	switch {
	case x.Verdict != nil && !x.Warn && len(x.Verdict.Causes) > 0:
		key := "verdict"
		for i := range x.Verdict.Causes {
			c := &x.Verdict.Causes[i]
			if c.File == x.File {
				return "" // the feature's own file
			}
			key += "\x00" + c.Key
		}
		return key
	case x.Kind == diff.Ranked && x.Rank != nil && len(x.Rank.Inputs) > 0:
		if slices.ContainsFunc(x.Rank.Inputs, func(in diff.Judgement) bool { return !in.Scale }) {
			return ""
		}
		return "rank"
	}
	return ""
}

// commonCauses returns the number of changes of each cause in the configuration.
func commonCauses(d *diff.Diff) map[string]int {
	out := map[string]int{}
	for i := range d.Changes {
		if key := causeKey(&d.Changes[i]); key != "" {
			out[key]++
		}
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
	case diff.Broken, diff.Found, diff.Mended, diff.Nightly, diff.Displaced:
		return true
	case diff.Listed:
		return !x.Warn
	}
	return x.Subject.ID == ""
}

// graveInputs is the key of the group of inputs that are gone, or whose numbers are lost.
const graveInputs = "grave inputs"

// listTitles are the titles of the lists of changes without a subject.
var listTitles = map[diff.Kind]string{
	diff.Broken:    "Errors",
	diff.Verdicts:  "Recommendations that another threshold changes",
	diff.Ranked:    "Scores that another scale changes",
	diff.Evidenced: "Discovery",
	diff.Displaced: "Moved by others",
	diff.Limited:   "Thresholds and scales",
	diff.Listed:    "Added, removed, renamed",
	diff.Found:     "Worth a look",
	diff.Mended:    "Mended",
	diff.Nightly:   "Takes effect with the next nightly run",
}

func (w *words) block(g *group) block {
	if g.subject.ID == "" && g.kind == diff.Broken {
		return w.errorBlock(g.changes)
	}
	if g.subject.ID == "" {
		b := block{title: *line("").strong(cmp.Or(listTitles[g.kind], "Other changes"))}
		if isGrave(g.changes[0]) {
			b.title = *line("").strong("Numbers that the next nightly run replaces")
		}
		b.rows = writePlaces(w.listRows(g))
		return b
	}
	b := block{title: *line("").strong(w.groupSentence(g))}
	b.title.changes = 1
	for i, x := range g.changes {
		rows := w.changeRows(x)
		if len(rows) > 0 && i > 0 {
			rows[0].changes = 1
		}
		b.rows = append(b.rows, rows...)
	}
	b.rows = writePlaces(b.rows)
	return b
}

// listRows returns the rows of changes without a block of their own.
func (w *words) listRows(g *group) []row {
	if g.kind == diff.Displaced {
		return displacedRows(g.changes)
	}
	var out []row
	for i, x := range g.changes {
		var rows []row
		switch {
		case x.Verdict != nil:
			if i == 0 {
				for k := range x.Verdict.Causes {
					out = append(out, *causeRow(&x.Verdict.Causes[k]))
				}
			}
			rows = []row{*line("").strong(subjectTitle(x.Subject)).text(": %s → ", adviceWords(x.Verdict.Before)).
				strong(adviceWords(x.Verdict.After))}
		case x.Kind == diff.Ranked:
			rows = []row{*line("").strong(subjectTitle(x.Subject)).text(": %s", w.rankSentence(x.Rank))}
		default:
			rows = w.changeRows(x)
		}
		for k := range rows {
			rows[k].changes = 0
		}
		if len(rows) > 0 {
			rows[0].changes = 1
		}
		out = append(out, rows...)
	}
	return out
}

// groupSentence returns the title of a block: the first change, except that a score is more than
// the prediction that stays in spite of it.
func (w *words) groupSentence(g *group) string {
	first := g.changes[0]
	if p := first.Prediction; p != nil && !p.Ended && p.Change == nil {
		for _, x := range g.changes {
			if x.Kind == diff.Ranked && x.Rank != nil {
				first = x
			}
		}
	}
	return w.sentence(first)
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
	case x.Prediction != nil:
		return name + ": " + predictionSentence(x.Prediction)
	case x.Refusal != nil:
		return name + ": " + refusalWords(x) + "."
	case x.Override != nil:
		return name + ": " + overrideWords(x.Override) + "."
	case x.Kind == diff.Displaced && x.Rank != nil:
		return name + ": rank " + movedWords(x.Rank) + "."
	case x.Rank != nil:
		return name + ": " + w.rankSentence(x.Rank)
	case x.Decision != nil:
		return name + ": " + decisionSentence(x.Decision)
	case x.Goal != nil:
		return name + ": " + goalSentence(x.Goal)
	case x.Setting != nil:
		return name + ": " + settingSentence(x.Setting)
	case len(x.Criteria) > 0:
		return name + ": " + criteriaSentence(x.Criteria)
	case x.Status != nil:
		return name + ": " + shortText(x.Status.Before) + " → " + shortText(x.Status.After) + "."
	case x.Evidence != nil:
		return name + ": the evidence changed."
	case len(x.Dates) > 0:
		return name + ": " + datesSentence(x) + "."
	case x.Input != nil:
		return inputSentence(x)
	case x.Item != nil:
		return name + " " + itemWords(x.Item) + "."
	}
	return name + " moved."
}

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
	parts := w.countParts(nil)
	if len(parts) == 0 {
		return line("%s", w.quietLead())
	}
	return line("%s.", upperFirst(sentenceList(parts)))
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
		if without != nil {
			for _, x := range without.changes {
				if x.Kind == k.kind {
					n--
				}
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

// footRow returns the kinds without changes, the parts without a comparison, and the age of the
// data.
func (w *words) footRow() *row {
	var parts, still []string
	for _, k := range []struct {
		name  string
		data  bool // it needs measured data
		moves func(x *diff.Change) bool
	}{
		{"ranks", false, func(x *diff.Change) bool { return x.Rank != nil }},
		{"recommendations", true, func(x *diff.Change) bool {
			return x.Verdict != nil || x.Item != nil && x.Subject.Kind == "feature" && x.Item.Change != "renamed"
		}},
		{"gates", false, func(x *diff.Change) bool { return x.Gate != nil || len(x.Criteria) > 0 }},
		{"won’t-build", false, func(x *diff.Change) bool { return x.Refusal != nil }},
	} {
		moves := false
		for i := range w.d.Changes {
			moves = moves || k.moves(&w.d.Changes[i])
		}
		if !moves && !w.d.First && w.d.Ended == "" && (!k.data || w.d.Missing == "") {
			still = append(still, k.name)
		}
	}
	if len(still) > 0 {
		parts = append(parts, upperFirst(strings.Join(still, ", "))+": nothing moves.")
	}
	if w.d.Missing != "" && w.d.Ended == "" {
		parts = append(parts, "Recommendations could not be compared: "+shortText(w.d.Missing)+".")
	}
	if w.d.Old > 0 {
		verb := " were"
		if w.d.Old == 1 {
			verb = " was"
		}
		parts = append(parts, format.Things(w.d.Old, "errors")+verb+" there before.")
	}
	r := line("%s", strings.Join(parts, " "))
	w.addUnread(r)
	if !w.d.CutOff.IsZero() && w.d.Ended == "" {
		r.text(" · Data to " + format.Date(w.d.CutOff.Add(-time.Nanosecond)))
	}
	switch {
	case w.d.Head != "": // as code, in which a hash stays whole
		r.text(" · From ").code(shortText(w.d.Base)).text(" to ").code(shortText(w.d.Head))
	case w.d.Base != "":
		r.text(" · Against %s", shortText(w.d.Base))
	}
	return r
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
