package comment

import (
	"cmp"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/render/format"
)

// changeRows returns the lines under a change's sentence.
func (w *words) changeRows(x *diff.Change) []row {
	switch {
	case x.Finding != nil:
		return []row{*findingRow(x)}
	case x.Gate != nil:
		return gateRows(x)
	case x.Verdict != nil:
		return verdictRows(x)
	case x.Prediction != nil:
		return []row{*predictionRow(x)}
	case x.Refusal != nil:
		return refusalRows(x)
	case x.Override != nil:
		return overrideRows(x)
	case x.Kind == diff.Displaced && x.Rank != nil:
		r := line("Published rank %s.", movedWords(x.Rank))
		if x.Rank.Override != nil {
			return []row{*r, *redundantRow(x.Rank.Override)}
		}
		return []row{*r}
	case x.Rank != nil:
		return w.rankRows(x)
	case x.Decision != nil:
		return decisionRows(x)
	case x.Goal != nil:
		return goalRows(x)
	case x.Setting != nil:
		return settingRows(x)
	case len(x.Criteria) > 0:
		return criteriaRows(x)
	case x.Status != nil:
		return []row{*line("Status %s → ", shortText(x.Status.Before)).strong(shortText(x.Status.After)).addPlace(x.File,
			x.Line)}
	case x.Evidence != nil:
		return []row{*evidenceRow(x)}
	case len(x.Dates) > 0:
		return dateRows(x)
	case x.Item != nil:
		return w.itemRows(x)
	case x.What != "":
		return w.inputRows(x)
	}
	return nil
}

func findingRow(x *diff.Change) *row {
	f := x.Finding
	r := line("").code(placeOf(f)).text(" %s", shortText(f.Text))
	if f.Next != "" && x.Kind != diff.Mended {
		r.text("; %s", shortText(f.Next))
	}
	return r
}

// placeOf returns the file of a finding with its line.
func placeOf(f *diff.Finding) string {
	if f.Line > 0 {
		return fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	return f.File
}

func refusalWords(x *diff.Change) string {
	const wontBuild = "wont-build"
	switch f := x.Refusal; {
	case f.Before == wontBuild && f.After == wontBuild:
		return "still won’t build, for another reason or until another day"
	case f.After == wontBuild:
		return "won’t build"
	case f.After == "":
		return "the refusal is gone with its file"
	case x.Warn:
		return "won’t build → " + shortText(f.After) + ", without a reason"
	default:
		return "won’t build → " + shortText(f.After)
	}
}

func refusalRows(x *diff.Change) []row {
	f := x.Refusal
	word := "Because: "
	if f.After != "wont-build" {
		word = "It was refused because: "
	}
	out := []row{*line("%s%s", word, cmp.Or(shortText(f.Reason), "no reason is written")).addPlace(x.File, x.Line)}
	if f.Instead != "" {
		out = append(out, *line("Instead: %s", shortText(f.Instead)))
	}
	if !f.Revisit.IsZero() {
		out = append(out, *line("To be looked at again on %s", format.Date(f.Revisit)))
	}
	if len(f.Gates) > 0 {
		out = append(out, *line("Its gates no longer count: %s", shortText(strings.Join(f.Gates, ", "))))
	}
	switch {
	case f.Reopened != "":
		out = append(out, *line("Now because: %s", shortText(f.Reopened)))
	case x.Warn && f.After != "":
		out = append(out, *line("Write why now: ").code("reason").text(", ").code("answer").text(" or new ").code("research"))
	}
	return out
}

func overrideWords(o *diff.Override) string {
	b, a := o.Before, o.After
	switch {
	case a == nil:
		return "the override is gone, the score decides"
	case a.Reason == "":
		return fmt.Sprintf("an override to rank %d without a reason, which does not count", a.Priority)
	case a.Expired:
		return "its override has expired: the score decides"
	case b == nil:
		return fmt.Sprintf("put at rank %d by a person", a.Priority)
	case b.Expired:
		return fmt.Sprintf("its override to rank %d counts again", a.Priority)
	case b.Priority != a.Priority:
		return fmt.Sprintf("override changed, rank %d → %d", b.Priority, a.Priority)
	case !b.Until.Equal(a.Until):
		return "its override ends on another day"
	}
	return "its override has another reason"
}

func overrideRows(x *diff.Change) []row {
	o := x.Override
	now := o.After
	if now == nil {
		return []row{*line("It was rank %d: %s", o.Before.Priority,
			cmp.Or(shortText(o.Before.Reason), "no reason was written")).addPlace(x.File, x.Line)}
	}
	r := line("Rank %d", now.Priority)
	if !now.Until.IsZero() {
		r.text(" until %s", format.Date(now.Until.AddDate(0, 0, -1)))
	} else if o.Before != nil && !o.Before.Until.IsZero() {
		r.text(" without an end")
	}
	if o.Before != nil && !o.Before.Until.IsZero() && !o.Before.Until.Equal(now.Until) {
		r.text(" (was %s)", format.Date(o.Before.Until.AddDate(0, 0, -1)))
	}
	if now.Reason != "" {
		r.text(": %s", shortText(now.Reason))
	}
	if now.By != "" {
		r.text(", %s", shortText(now.By))
	}
	out := []row{*r.addPlace(x.File, x.Line)}
	switch {
	case now.Reason == "":
		out = append(out, *line("Write a reason, or the score decides."))
	case now.Expired:
		out = append(out, *line("Renew it with a reason, or remove it."))
	case now.Redundant != nil:
		out = append(out, *redundantRow(now.Redundant))
	case now.TieBreak:
		out = append(out, *line("A tie-break: the scores it decides between are too close to call."))
	default:
		out = append(out, *line("Against the score: it goes past initiatives that are clearly apart."))
	}
	return out
}

// decidedWords are the words of decisions.
var decidedWords = map[string]string{"accept": "accepted", "reject": "rejected", "postpone": "postponed"}

func decided(word string) string {
	return cmp.Or(decidedWords[word], shortText(word), "not decided")
}

func decisionSentence(d *diff.Decision) string {
	switch {
	case d.Change == "added":
		return "a new decision."
	case d.Change == "removed":
		return "the decision was removed."
	case d.Was != "":
		return decided(d.Was) + " → " + decided(d.Decision) + "."
	case d.Moved && d.Before.IsZero():
		return "a deadline on " + format.Date(d.Deadline) + "."
	case d.Moved && d.Deadline.IsZero():
		return "no deadline any more (was " + format.Date(d.Before) + ")."
	case d.Moved:
		return "deadline " + format.Date(d.Before) + " → " + format.Date(d.Deadline) + ", " + daysMoved(d.Before,
			d.Deadline) + "."
	}
	return "the decision was changed."
}

// daysMoved returns the distance of two days: "14 days later".
func daysMoved(from, to time.Time) string {
	if n := int(math.Round(to.Sub(from).Hours() / 24)); n < 0 {
		return format.Things(-n, "days") + " sooner"
	} else {
		return format.Things(n, "days") + " later"
	}
}

func decisionRows(x *diff.Change) []row {
	d := x.Decision
	r := line("").strong(cmp.Or(shortText(d.Feature), "No feature")).text(": %s", decided(d.Decision))
	if d.Recommended != "" {
		r.text(" “%s”", shortText(d.Recommended))
	}
	if !d.Deadline.IsZero() && !d.Moved { // the title has a moved one
		r.text(" by %s", format.Date(d.Deadline))
	}
	if d.Reason != "" {
		r.text(", because %s", shortText(d.Reason))
	}
	out := []row{*r.addPlace(x.File, x.Line)}
	if d.Undecided {
		out = append(out, *line("Nothing is announced about it any more."))
	}
	if l := d.Leaving; l != nil && d.Change != "removed" {
		out = append(out, *leavingRow(l))
	}
	if d.Now != "" {
		out = append(out, *line("The tree now recommends “%s”.", shortText(d.Now)))
	}
	return out
}

// leavingRow returns the units that still use a deprecated feature, and the forecast of the last.
func leavingRow(l *diff.Leaving) *row {
	unit := cmp.Or(shortText(l.Unit), "unit")
	if l.Left == 0 {
		return line("No %s uses it any more.", unit)
	}
	verb := " still use it"
	if l.Left == 1 {
		verb = " still uses it"
	}
	r := line("%s%s", format.Things(l.Left, unit+"s"), verb)
	switch {
	case l.Early.IsZero():
		return r.text("; too few have moved for a forecast.")
	case l.Late.IsZero():
		r.text("; by the moves so far the last leaves after %s", format.Date(l.Early))
	default:
		r.text("; by the moves so far the last leaves %s", format.Span(l.Early, l.Late.AddDate(0, 0, 1)))
	}
	switch l.Risk {
	case compute.EndBefore:
		r.text(": before the deadline")
	case compute.EndMaybe:
		r.text(": maybe after the deadline")
	case compute.EndAfter:
		r.text(": after the deadline")
	}
	return r.text(".")
}

func settingRows(x *diff.Change) []row {
	s := x.Setting
	r := line("").code(s.Key).text(": ")
	if s.Before != "" {
		r.struck(valueWords(s.Before)).text(" → ")
	}
	none := "not set"
	if s.Key == diff.SourceKey {
		none = "an empty list"
	}
	out := []row{*r.strong(cmp.Or(valueWords(s.After), none)).addPlace(x.File, x.Line)}
	switch {
	case s.Key == diff.ScoreKey:
		return []row{*line("Score ").struck(valueWords(s.Before)).text(" → ").strong(valueWords(s.After)).
			addPlace(x.File, x.Line)}
	case s.Key != diff.SourceKey:
	case s.After == "":
		out = append(out, *line("From the next night no unit counts as a user."))
	case s.After == "usage":
		out = append(out, *line("From the next night only exports of usage count: without rows its use is unknown."))
	default:
		out = append(out, *line("From the next night only this source counts."))
	}
	return out
}

func settingSentence(s *diff.Setting) string {
	switch {
	case s.Key == diff.SourceKey && s.After == "":
		return "nothing shows its use."
	case s.Key == diff.SourceKey:
		return "another source of its use."
	case s.Key == diff.ScoreKey:
		return "score " + valueWords(s.Before) + " → " + valueWords(s.After) + "."
	}
	return shortText(s.Key) + " " + cmp.Or(valueWords(s.Before), "not set") + " → " + cmp.Or(valueWords(s.After), "not set") + "."
}

// valueWords returns a value of a file for people: a day as a date.
func valueWords(v string) string {
	if t, err := time.Parse(time.DateOnly, v); err == nil {
		return format.Date(t)
	}
	return shortText(v)
}

// criteriaSentence returns the changes of criteria in one sentence.
func criteriaSentence(list []diff.Judgeable) string {
	j := &list[0]
	begun, all := "", true
	for i := range list {
		if list[i].Begun {
			begun = " after it began"
		}
		all = all && list[i].After != nil && list[i].Now == "met" && list[i].Was != "met"
	}
	switch n := len(list); {
	case all && n == 1:
		return "a criterion of " + phaseName(j.Phase) + " is met now."
	case all:
		return format.Things(n, "criteria") + " of " + phaseName(j.Phase) + " are met now."
	case j.MetAfter != j.MetBefore && n == 1 && !j.Future && j.After != nil && j.Now != "met":
		return "a criterion of " + phaseName(j.Phase) + " is not met any more."
	case j.Future && n == 1:
		return "a criterion of " + phaseName(j.Phase) + " is marked as met in the future."
	}
	return "criteria of " + phaseName(j.Phase) + " changed" + begun + "."
}

func criteriaRows(x *diff.Change) []row {
	out := make([]row, 0, len(x.Criteria))
	for i := range x.Criteria {
		j := &x.Criteria[i]
		r := line("")
		b, a := j.Before, j.After
		switch {
		case b == nil && a == nil:
			continue
		case a == nil:
			r.text("Removed: ").struck(criterionWords(b))
		case b == nil:
			r.text("New: ").strong(criterionWords(a))
		case criterionWords(b) != criterionWords(a):
			r.struck(criterionWords(b)).text(" → ").strong(criterionWords(a))
		default:
			r.text("%s", criterionWords(a))
		}
		switch {
		case a == nil:
		case j.Future:
			r.text(": met on %s, which is yet to come: it does not count", format.Date(j.MetAfter))
		case b != nil && !j.MetBefore.IsZero() && j.MetAfter.IsZero():
			r.text(": not met, it was on %s", format.Date(j.MetBefore))
		case j.Was != j.Now && b != nil && j.Was != "" && j.Now != "":
			r.text(": %s → ", shortText(j.Was)).strong(shortText(j.Now))
		case j.Now != "":
			r.text(": %s", shortText(j.Now))
		}
		out = append(out, *r.addPlace(x.File, x.Line))
	}
	return out
}

// criterionWords returns a criterion with its limits.
func criterionWords(c *diff.Criterion) string {
	text := shortText(c.Text)
	if c.Measure == "" {
		return text
	}
	if text != "" {
		text += ", "
	}
	text += shortText(c.Measure)
	if c.Feature != "" {
		text += " of " + shortText(c.Feature)
	}
	return text + " " + limitWords(c)
}

func evidenceRow(x *diff.Change) *row {
	e := x.Evidence
	if e.Name == "" {
		r := line("")
		if len(e.Gained) > 0 {
			r.text("Now %s.", shortText(format.List(e.Gained, "and")))
		}
		if len(e.Lost) > 0 {
			if len(e.Gained) > 0 {
				r.text(" ")
			}
			r.text("Not %s any more.", shortText(format.List(e.Lost, "and")))
		}
		return r.addPlace(x.File, x.Line)
	}
	r := line("%s %s → ", upperFirst(shortText(e.Name)), format.Maybe(e.Before, e.Unit)).strong(format.Maybe(e.After, e.Unit))
	if e.Goal != nil {
		r.text(" (goal %s)", format.Value(*e.Goal, e.Unit))
	}
	return r
}

// mostRefers is the largest number of listed items that refer to a removed one.
const mostRefers = 3

func (w *words) itemRows(x *diff.Change) []row {
	it := x.Item
	var out []row
	if !x.Warn {
		r := line("%s ", upperFirst(shortText(x.Subject.Kind))).strong(subjectTitle(x.Subject)).text(" %s", itemWords(it))
		if it.Status != "" {
			r.text(" (%s)", shortText(it.Status))
		}
		if x.Subject.Kind == "feature" && it.Change == "added" {
			r.text("; its use is counted from the next night")
		}
		out = append(out, *r)
	}
	switch {
	case it.Swapped:
		out = append(out, *line("Its numbers and its history are kept under ").code(it.Lost).text(": give it that ID again."))
	case it.Lost != "":
		out = append(out, *line("Its history ends: write ").code(fmt.Sprintf("formerly = [%q]", it.Lost)))
	}
	if it.Advice != nil {
		out = append(out, *line("It was recommended: %s.", adviceWords(*it.Advice)))
	}
	if it.Of > 0 {
		out = append(out, *line("%s %ss used it.", format.Of(it.Active, it.Of), cmp.Or(shortText(it.Unit), "unit")))
	}
	if len(it.Refers) > 0 {
		refers := line("Linked from ")
		for i, s := range it.Refers[:min(len(it.Refers), mostRefers)] {
			if i > 0 {
				refers.text(", ")
			}
			refers.strong(subjectTitle(s)).text(" (%s)", shortText(s.Kind))
		}
		if n := len(it.Refers) - mostRefers; n > 0 {
			refers.text(" and %d more", n)
		}
		out = append(out, *refers.text("."))
	}
	if len(out) == 0 {
		out = append(out, *line("It had no recommendation, and nothing refers to it."))
	}
	out[0].addPlace(x.File, 0)
	return out
}

// itemWords returns what happened to an item.
func itemWords(it *diff.Item) string {
	switch it.Change {
	case "drafted":
		return "is a draft now: it counts nowhere"
	case "undrafted":
		return "is not a draft any more"
	case "renamed":
		switch {
		case it.Before != "":
			return "was called " + shortText(it.Before)
		case it.Lost != "":
			return "has another ID"
		}
		return "has another ID; its history follows"
	}
	return "was " + shortText(it.Change)
}

// formatPercent returns a share as a whole percentage.
func formatPercent(v float64) string { return format.Share(math.Round(v*100) / 100) }
