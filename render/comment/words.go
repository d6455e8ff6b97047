package comment

import (
	"cmp"
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
	case x.Setting != nil && x.Subject.ID == "":
		return settingSentence(x.Setting)
	case x.Setting != nil:
		return name + ": " + settingSentence(x.Setting)
	case len(x.Criteria) > 0:
		return name + ": " + criteriaSentence(x.Criteria)
	case x.Status != nil:
		return name + ": " + shortText(x.Status.Before) + " → " + shortText(x.Status.After) + "."
	case x.Evidence != nil:
		return name + ": " + format.LowerFirst(evidenceRow(x).String())
	case len(x.Dates) > 0:
		return name + ": " + datesSentence(x) + "."
	case x.Input != nil:
		return inputSentence(x)
	case x.Item != nil:
		return name + " " + itemWords(x.Item) + "."
	}
	return name + " moved."
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
		{"gates", false, func(x *diff.Change) bool { return x.Gate != nil || len(x.Criteria) > 0 || x.Refusal != nil }},
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
