package comment

import (
	"cmp"
	"fmt"
	"math"
	"strings"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
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
		return []row{*line("").strong(subjectTitle(x.Subject)).text(": %s.", movedWords(x.Rank))}
	case x.Rank != nil:
		return w.rankRows(x)
	case x.Decision != nil:
		return decisionRows(x)
	case x.Goal != nil:
		return goalRows(x)
	case x.Setting != nil:
		return []row{*settingRow(x)}
	case len(x.Dates) > 0:
		return dateRows(x)
	case x.Item != nil:
		return []row{*itemRow(x)}
	case x.What != "":
		return w.inputRows(x)
	}
	return nil
}

func findingRow(x *diff.Change) *row {
	f := x.Finding
	place := f.File
	if f.Line > 0 {
		place = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	r := line("").code(place).text(" %s", shortText(f.Text))
	if f.Next != "" && x.Kind != diff.Mended {
		r.text("; %s", shortText(f.Next))
	}
	return r
}

// rankSentence returns the change of a score.
func (w *words) rankSentence(r *diff.Rank) string {
	switch {
	case r.Before == nil && r.After == nil:
		return "no score."
	case r.Before == nil:
		return fmt.Sprintf("ranked %d with a score of %s.", r.After.Published, formatScore(r.After.Score))
	case r.After == nil:
		return fmt.Sprintf("not ranked any more (was %d).", r.Before.Published)
	}
	text := fmt.Sprintf("score %s → %s.", formatScore(r.Before.Score), formatScore(r.After.Score))
	if r.Before.Score == r.After.Score {
		text = fmt.Sprintf("score stays %s.", formatScore(r.After.Score))
	}
	if r.Before.Published != r.After.Published {
		return text + fmt.Sprintf(" Published rank %d → %d.", r.Before.Published, r.After.Published)
	}
	if w.stays {
		return text + " Published order unchanged."
	}
	return text + fmt.Sprintf(" Published rank stays %d.", r.After.Published)
}

func formatScore(v float64) string { return format.Value(v, metric.Score) }

func (w *words) rankRows(x *diff.Change) []row {
	r := x.Rank
	var out []row
	for i := range r.Inputs {
		out = append(out, *inputRow(x.File, &r.Inputs[i]))
	}
	if r.Before != nil && r.After != nil && r.Before.Computed != r.After.Computed {
		out = append(out, *line("Rank by score %d → %d.", r.Before.Computed, r.After.Computed))
	}
	for i := range r.Against {
		out = append(out, *againstRow(&r.Against[i]))
	}
	if r.Agrees {
		out = append(out, *line("The override agrees with the score now: remove it?"))
	}
	for i := range r.Inputs {
		if !r.Inputs[i].Because {
			out = append(out, *line("No ").code(r.Inputs[i].Name + "_because").text(": what did you learn?"))
		}
	}
	return out
}

func inputRow(file string, in *diff.Judgement) *row {
	r := line("%s ", upperFirst(shortText(in.Name)))
	b, a := in.Before, in.After
	switch {
	case b == nil || a == nil:
		r.text("added or removed")
	case b.Value == a.Value:
		r.text("stays %s", formatJudged(a, in.Unit))
	default:
		r.text("%s → %s", formatJudged(b, ""), formatJudged(a, in.Unit))
	}
	if a != nil && a.Hi > a.Lo {
		words := ", range "
		if a.Assumed {
			words = ", range assumed "
		}
		r.text("%s%s", words, rangeWords(a))
		if b != nil && (b.Lo != a.Lo || b.Hi != a.Hi) && b.Hi > b.Lo {
			r.text(" (was %s)", rangeWords(b))
		}
	}
	return r.addPlace(file, in.Line)
}

func formatJudged(j *diff.Judged, unit string) string {
	text := format.Number(j.Value)
	if j.Word != "" {
		text = shortText(j.Word) + " (" + text + ")"
	}
	if unit != "" {
		text += " " + shortText(unit)
	}
	return text
}

func rangeWords(j *diff.Judged) string { return format.Interval(&j.Lo, &j.Hi, metric.Number) }

// clearFrom is the smallest chance that makes an order clear.
const clearFrom = "75 %"

func againstRow(a *diff.Against) *row {
	r := line("Chance of scoring higher than ").strong(shortText(cmp.Or(a.Title, a.ID))).text(": ")
	switch {
	case a.Before != nil && a.After != nil:
		r.text("%s → %s.", format.Share(*a.Before), format.Share(*a.After))
	case a.After != nil:
		r.text("%s.", format.Share(*a.After))
	}
	before := a.Before != nil && *a.Before > 0.25 && *a.Before < 0.75
	switch {
	case a.Close && before:
		r.text(" Still a close call (clear from %s).", clearFrom)
	case a.Close:
		r.text(" A close call (clear from %s).", clearFrom)
	case before:
		r.text(" Not a close call any more.")
	}
	return r
}

// movedWords returns the ranks before and after, of an initiative that moved because of others.
func movedWords(r *diff.Rank) string {
	var parts []string
	if r.Before != nil && r.After != nil {
		if r.Before.Published != r.After.Published {
			parts = append(parts, fmt.Sprintf("published rank %d → %d", r.Before.Published, r.After.Published))
		}
		if r.Before.Computed != r.After.Computed {
			parts = append(parts, fmt.Sprintf("rank by score %d → %d", r.Before.Computed, r.After.Computed))
		}
	}
	return cmp.Or(strings.Join(parts, ", "), "its numbers stay")
}

func predictionRow(x *diff.Change) *row {
	p := x.Prediction
	if p.Change != nil {
		return expectedRow(x)
	}
	r := line("Approved on %s ", format.Date(p.Approved))
	if p.Effort.Before != p.Effort.After {
		unit := shortText(p.Unit)
		r.text("with %s %s: the result would be compared with %s %s.", format.Number(p.Effort.Before), unit,
			format.Number(p.Effort.After), unit)
	} else {
		r.text("with a score of %s: the result would be compared with %s.", formatScore(p.Score.Before),
			formatScore(p.Score.After))
	}
	return r.text(" If it was approved again, move ").code("approved").text(".").addPlace(x.File, x.Line)
}

// expectedRow returns a row about an expected effect that was changed later.
func expectedRow(x *diff.Change) *row {
	p := x.Prediction
	size := format.Number
	if p.Relative {
		size = format.Share
	}
	r := line("Written down on %s ", format.Date(p.Approved))
	if p.Change.Before != p.Change.After {
		r.text("as %s: the result would be compared with %s.", size(p.Change.Before), size(p.Change.After))
	} else {
		r.text("with another range, outcome or other looks.")
	}
	return r.text(" If it is predicted again, write the day into ").code("expected.on").text(".").addPlace(x.File, x.Line)
}

func refusalWords(f *diff.Refusal) string {
	const wontBuild = "wont-build"
	switch {
	case f.Before == wontBuild && f.After == wontBuild:
		return "still won’t build, for another reason or until another day"
	case f.After == wontBuild:
		return "won’t build"
	case f.After == "":
		return "the refusal is gone with its file"
	}
	return "won’t build → " + shortText(f.After)
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
	return out
}

func overrideWords(o *diff.Override) string {
	switch {
	case o.After == nil:
		return "the override is gone, the score decides"
	case o.After.Reason == "":
		return fmt.Sprintf("an override to rank %d without a reason, which does not count", o.After.Priority)
	case o.Before == nil:
		return fmt.Sprintf("put at rank %d by a person", o.After.Priority)
	}
	return fmt.Sprintf("override changed, rank %d → %d", o.Before.Priority, o.After.Priority)
}

func overrideRows(x *diff.Change) []row {
	o := x.Override
	now := o.After
	if now == nil {
		return []row{*line("It was rank %d: %s", o.Before.Priority,
			cmp.Or(shortText(o.Before.Reason), "no reason was written")).addPlace(x.File, x.Line)}
	}
	r := line("Rank %d", now.Priority)
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
	case now.Agrees:
		out = append(out, *line("The score gives the same rank: it is not needed."))
	case now.TieBreak:
		out = append(out, *line("A tie-break: the scores it decides between are too close to call."))
	default:
		out = append(out, *line("Against the score: it goes past initiatives that are clearly apart."))
	}
	return out
}

func decisionRows(x *diff.Change) []row {
	d := x.Decision
	r := line("%s: %s", cmp.Or(shortText(d.Feature), "no feature"), cmp.Or(shortText(d.Decision), "no decision"))
	if d.Recommended != "" {
		r.text(" of “%s”", shortText(d.Recommended))
	}
	if !d.Deadline.IsZero() {
		r.text(", until %s", format.Date(d.Deadline))
	}
	if d.Reason != "" {
		r.text(", because %s", shortText(d.Reason))
	}
	out := []row{*r.addPlace(x.File, x.Line)}
	if d.Now != "" {
		out = append(out, *line("The tree now recommends “%s”.", shortText(d.Now)))
	}
	return out
}

func settingRow(x *diff.Change) *row {
	s := x.Setting
	r := line("").code(s.Key).text(": ")
	if s.Before != "" {
		r.struck(shortText(s.Before)).text(" → ")
	}
	return r.strong(cmp.Or(shortText(s.After), "not set")).addPlace(x.File, x.Line)
}

func itemRow(x *diff.Change) *row {
	r := line("%s ", upperFirst(shortText(x.Subject.Kind))).strong(subjectTitle(x.Subject)).text(" was %s",
		shortText(x.Item.Change))
	if x.Item.Before != "" {
		r.text(", it was called ").code(x.Item.Before)
	}
	if x.Item.Status != "" {
		r.text(" (%s)", shortText(x.Item.Status))
	}
	return r.addPlace(x.File, 0)
}

// formatPercent returns a share as a whole percentage.
func formatPercent(v float64) string { return format.Share(math.Round(v*100) / 100) }
