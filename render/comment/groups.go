package comment

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/format"
)

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
	common, gone := commonCauses(d), removedItems(d)
	isListed := func(x *diff.Change) bool {
		if _, named := gone[x.Subject.Kind+" "+x.Subject.ID]; named && x.Item != nil {
			return false
		}
		return isListed(x) || common[causeKey(x)] > 1
	}
	moved := map[diff.Subject]bool{}
	for i := range d.Changes {
		if x := &d.Changes[i]; !isListed(x) {
			moved[subjectKey(x)] = true
		}
	}
	var out []*group
	at := map[any]int{} // by subject, else by kind
	causes := listCauses(d)
	for i := range d.Changes {
		x := &d.Changes[i]
		g := group{subject: subjectKey(x), kind: x.Kind}
		dangles, ok := gone[danglingID(x)]
		if ok {
			g.subject = dangles
		}
		if n := common[causeKey(x)]; n > 1 {
			if g.kind = diff.Ranked; x.Verdict != nil {
				g.kind = diff.Verdicts
			}
		}
		if x.Setting != nil && g.subject.ID == "" && causes[x.Setting.Key] {
			continue
		}
		if !ok && isListed(x) && (x.Kind != diff.Listed && x.Kind != diff.Displaced || !moved[g.subject]) {
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
	case x.Setting != nil && x.Setting.Key == diff.ScoreKey:
		return "rank"
	case x.Kind == diff.Ranked && x.Rank != nil && len(x.Rank.Inputs) > 0:
		if slices.ContainsFunc(x.Rank.Inputs, func(in diff.Judgement) bool { return !in.Scale }) {
			return ""
		}
		return "rank"
	}
	return ""
}

// listCauses returns the keys that recommendations name as their cause. Their changes have no
// line of their own.
func listCauses(d *diff.Diff) map[string]bool {
	out := map[string]bool{}
	for i := range d.Changes {
		if v := d.Changes[i].Verdict; v != nil {
			for k := range v.Causes {
				out[v.Causes[k].Key] = true
			}
		}
	}
	return out
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

// danglingID returns the ID that an error calls unknown, with its kind; "" for any other change.
func danglingID(x *diff.Change) string {
	if x.Kind != diff.Broken || x.Finding == nil {
		return ""
	}
	rest, ok := strings.CutPrefix(x.Finding.Text, "unknown ")
	if !ok {
		return ""
	}
	kind, rest, _ := strings.Cut(rest, " \"")
	id, _, found := strings.Cut(rest, "\"")
	if !found {
		return ""
	}
	return kind + " " + id
}

// removedItems returns the subjects of the removed items that errors still name, by danglingID.
func removedItems(d *diff.Diff) map[string]diff.Subject {
	named := map[string]bool{}
	for i := range d.Changes {
		if key := danglingID(&d.Changes[i]); key != "" {
			named[key] = true
		}
	}
	out := map[string]diff.Subject{}
	for i := range d.Changes {
		x := &d.Changes[i]
		if key := x.Subject.Kind + " " + x.Subject.ID; x.Item != nil && x.Item.Change == "removed" && named[key] {
			out[key] = subjectKey(x)
		}
	}
	return out
}

// subjectKey returns the subject without its title, because changes of one subject may have
// different titles.
func subjectKey(x *diff.Change) diff.Subject {
	return diff.Subject{Kind: x.Subject.Kind, ID: x.Subject.ID}
}

// graveInputs is the key of the group of inputs that are gone, or whose numbers are lost.
const graveInputs = "grave inputs"

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
	if places := danglingRow(g); places != nil {
		b.rows = append(b.rows, *places)
	}
	for i, x := range g.changes {
		if x.Finding != nil || isWorded(g, x) {
			continue
		}
		rows := w.changeRows(x)
		if len(x.Criteria) > 0 {
			rows = slices.DeleteFunc(rows, func(r row) bool { return isUnmet(g, &r) })
		}
		if len(rows) > 0 && i > 0 {
			rows[0].changes = 1
		}
		b.rows = append(b.rows, rows...)
	}
	b.rows = writePlaces(b.rows)
	return b
}

// isWorded reports whether the title of a block, or its rank, contains all of a change: that an
// initiative is new, or is gone.
func isWorded(g *group, x *diff.Change) bool {
	return x.Item != nil && !x.Warn && x.Item.Lost == "" && len(x.Item.Refers) == 0 &&
		slices.ContainsFunc(g.changes, func(r *diff.Change) bool {
			return r.Finding != nil || r.Kind == diff.Ranked && r.Rank != nil && (r.Rank.Before == nil) != (r.Rank.After == nil)
		})
}

// mostPlaces is the largest number of listed places that still name a removed item.
const mostPlaces = 3

// danglingRow returns the places that still name a removed item; nil without one.
func danglingRow(g *group) *row {
	r := line("")
	n := 0
	for _, x := range g.changes {
		if x.Finding == nil {
			continue
		}
		if n++; n > mostPlaces {
			continue
		}
		if n > 1 {
			r.text(", ")
		}
		r.code(placeOf(x.Finding))
	}
	if n == 0 {
		return nil
	}
	if n > mostPlaces {
		r.text(" and %d more", n-mostPlaces)
	}
	r.changes = n
	r.spans = append(line("%s it: ", stillName(n)).spans, r.spans...)
	return r
}

// stillName returns the number of places that still name something: "2 places still name".
func stillName(n int) string {
	if n == 1 {
		return "1 place still names"
	}
	return format.Things(n, "places") + " still name"
}

// isUnmet reports whether a row is about a criterion that the block already lists as not met.
func isUnmet(g *group, r *row) bool {
	for _, x := range g.changes {
		if x.Gate == nil {
			continue
		}
		for i := range x.Gate.Unmet {
			if strings.HasPrefix(r.String(), criterionWords(&x.Gate.Unmet[i])+": ") {
				return true
			}
		}
	}
	return false
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
					out[k].changes = 1
				}
			}
			rows = []row{*line("").strong(subjectTitle(x.Subject)).text(": %s → ", adviceWords(x.Verdict.Before)).
				strong(adviceWords(x.Verdict.After))}
		case x.Setting != nil && x.Setting.Key == diff.ScoreKey:
			rows = []row{*line("").strong(subjectTitle(x.Subject)).text(": %s", settingSentence(x.Setting))}
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

// groupSentence returns the title of a block: that of its first change, except that a score is
// more than the prediction that stays in spite of it, and that something which is gone or new
// has one title for all that follows from it.
func (w *words) groupSentence(g *group) string {
	var item, rank *diff.Change
	first, broken := g.changes[0], 0
	for _, x := range g.changes {
		switch {
		case x.Finding != nil:
			broken++
			continue
		case first.Finding != nil:
			first = x
		}
		if x.Item != nil {
			item = x
		}
		if x.Kind == diff.Ranked && x.Rank != nil {
			rank = x
		}
	}
	name := subjectTitle(first.Subject)
	switch {
	case item != nil && broken > 0:
		text := fmt.Sprintf("%s %s, and %s it", name, itemWords(item.Item), stillName(broken))
		if rank != nil && rank.Rank.Before != nil {
			text += fmt.Sprintf("; it was ranked %d", rank.Rank.Before.Published)
		}
		return text + "."
	case item != nil && rank != nil && rank.Rank.Before != nil && rank.Rank.After == nil:
		return fmt.Sprintf("%s %s; it was ranked %d.", name, itemWords(item.Item), rank.Rank.Before.Published)
	case item != nil && rank != nil && rank.Rank.After != nil && item.Item.Change == "added" && item.Item.Status != "":
		return fmt.Sprintf("%s (new, %s): %s", name, shortText(item.Item.Status), w.rankSentence(rank.Rank))
	case rank != nil && first.Prediction != nil && first.Prediction.Change == nil, rank != nil && first == rank:
		return w.rankTitle(g, rank)
	}
	return w.sentence(first)
}

// rankTitle returns the title of a block about a score, with the status that ends it.
func (w *words) rankTitle(g *group, rank *diff.Change) string {
	r := rank.Rank
	i := slices.IndexFunc(g.changes, func(x *diff.Change) bool { return x.Status != nil })
	if i >= 0 && r.Before != nil && r.After == nil {
		s := g.changes[i].Status
		return fmt.Sprintf("%s: %s → %s, not ranked any more (was %d).", subjectTitle(rank.Subject), shortText(s.Before),
			shortText(s.After), r.Before.Published)
	}
	return w.sentence(rank)
}
