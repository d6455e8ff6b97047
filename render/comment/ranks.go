package comment

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

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
	if formatScore(r.Before.Score) == formatScore(r.After.Score) {
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

// mostAgainst is the largest number of listed opponents.
const mostAgainst = 3

func (w *words) rankRows(x *diff.Change) []row {
	r := x.Rank
	var out []row
	for i := range r.Inputs {
		out = append(out, *inputRow(x.File, &r.Inputs[i]))
	}
	if r.Assumed != nil {
		out = append(out, *line("Assumed ranges: a factor of %s → %s, from its research and phases.",
			format.Number(r.Assumed.Before), format.Number(r.Assumed.After)).addPlace(x.File, x.Line))
	}
	if text := halfEdited(r); text != "" {
		out = append(out, *line("%s", text))
	}
	if r.Unscored {
		out = append(out, *line("Without one of its four numbers it has no score.").addPlace(x.File, x.Line))
	}
	if r.Goes != nil {
		out = append(out, *goesRow(r.Goes).addPlace(x.File, x.Line))
	}
	if b, a := r.Before, r.After; b != nil && a != nil && b.Computed != a.Computed &&
		(b.Computed != b.Published || a.Computed != a.Published) {
		out = append(out, *line("Rank by score %d → %d.", b.Computed, a.Computed))
	}
	for i := range r.Against[:min(len(r.Against), mostAgainst)] {
		out = append(out, *againstRow(&r.Against[i]))
	}
	if n := len(r.Against) - mostAgainst; n > 0 {
		out = append(out, *line("And against %s: see the roadmap.", format.Things(n, "others")))
	}
	if r.Override != nil {
		out = append(out, *redundantRow(r.Override))
	}
	return append(out, becauseRows(r)...)
}

// halfEdited returns the effect of a number that was edited without its range, or of a range
// that was edited without its number; "" if they go together.
func halfEdited(r *diff.Rank) string {
	points, ranges := false, false
	var outside []string
	for i := range r.Inputs {
		in := &r.Inputs[i]
		b, a := in.Before, in.After
		if b == nil || a == nil || a.Assumed || b.Assumed || !(a.Hi > a.Lo) {
			continue
		}
		same := b.Lo == a.Lo && b.Hi == a.Hi
		points = points || same && b.Value != a.Value
		ranges = ranges || !same && b.Value == a.Value
		if a.Value < a.Lo || a.Value > a.Hi {
			outside = append(outside, shortText(in.Name))
		}
	}
	switch {
	case len(outside) > 0:
		return "Outside its range: " + format.List(outside, "and") + ". The score follows the number, chances the range."
	case points && ranges:
		return "The score follows the numbers, chances follow the ranges."
	case points:
		return "The score follows the number; chances follow the range, and stay."
	case ranges:
		return "Chances follow the range; the score follows the number, and stays."
	}
	return ""
}

// goesRow returns the place of an initiative that was not ranked before.
func goesRow(g *diff.Neighbours) *row {
	r := line("")
	switch {
	case g.After != "" && g.Before != "":
		r.text("After ").strong(shortText(g.After)).text(", before ").strong(shortText(g.Before))
	case g.After != "":
		r.text("Last, after ").strong(shortText(g.After))
	case g.Before != "":
		r.text("First, before ").strong(shortText(g.Before))
	default:
		return r.text("The only ranked initiative.")
	}
	return r.text("; %s in all.", format.Things(g.Of, "initiatives"))
}

// redundantRow returns the effect of an override that has the rank of the score.
func redundantRow(o *diff.Redundant) *row {
	switch {
	case o.Without > 0:
		return line("The override agrees with the score; without it, other overrides would make it rank %d.", o.Without)
	case len(o.Close) > 0:
		titles := make([]string, len(o.Close))
		for i := range o.Close {
			titles[i] = shortText(o.Close[i])
		}
		return line("The override agrees with the score now, but ").strong(format.List(titles, "and")).text(" %s a close call.",
			format.Is(len(titles)))
	}
	return line("The override agrees with the score and the chances: remove it?")
}

// becauseRows returns the numbers without a reason of their own.
func becauseRows(r *diff.Rank) []row {
	var out []row
	none, stale := line("No "), line("")
	missing, old := 0, 0
	for i := range r.Inputs {
		in := &r.Inputs[i]
		key := in.Name + "_because"
		switch {
		case in.Scale:
		case !in.Because:
			if missing++; missing > 1 {
				none.text(", ")
			}
			none.code(key)
		case in.Stale:
			if old++; old > 1 {
				stale.text(", ")
			}
			stale.code(key)
		}
	}
	if missing > 0 {
		out = append(out, *none.text(": what did you learn?"))
	}
	if old > 0 {
		out = append(out, *stale.text(" %s of the number before: what did you learn?", map[bool]string{
			true: "is the reason", false: "are the reasons",
		}[old == 1]))
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
		same := b != nil && b.Lo == a.Lo && b.Hi == a.Hi
		words := ", range "
		switch {
		case a.Assumed:
			words = ", range assumed "
		case same:
			words = ", range stays "
		}
		r.text("%s%s", words, rangeWords(a))
		if !same && b != nil && b.Hi > b.Lo {
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
	return joinUnit(text, j.Value, unit)
}

// joinUnit adds a unit, in the singular for one.
func joinUnit(text string, v float64, unit string) string {
	switch {
	case unit == "":
		return text
	case v == 1 && unit != "%":
		return text + strings.TrimPrefix(format.Things(1, shortText(unit)), "1")
	}
	return text + format.Space + shortText(unit)
}

func rangeWords(j *diff.Judged) string { return format.Interval(&j.Lo, &j.Hi, metric.Number) }

// clearFrom is the smallest chance that makes an order clear.
const clearFrom = "75 %"

func againstRow(a *diff.Against) *row {
	r := line("Chance of beating ").strong(shortText(cmp.Or(a.Title, a.ID)))
	switch {
	case a.Before != nil && a.After != nil && format.Share(*a.Before) == format.Share(*a.After):
		r.text(" stays %s", format.Share(*a.After))
	case a.Before != nil && a.After != nil:
		r.text(": %s → %s", format.Share(*a.Before), format.Share(*a.After))
	case a.After != nil:
		r.text(": %s", format.Share(*a.After))
	}
	before := a.Before != nil && *a.Before > 0.25 && *a.Before < 0.75
	switch {
	case a.Close && before:
		r.text(", still close (clear from %s)", clearFrom)
	case a.Close:
		r.text(", a close call (clear from %s)", clearFrom)
	case before:
		r.text(", not a close call any more")
	}
	return r.text(".")
}

// movedWords returns the ranks before and after, of an initiative that moved because of others.
func movedWords(r *diff.Rank) string {
	switch {
	case r.Before == nil || r.After == nil:
		return "its numbers stay"
	case r.Before.Published != r.After.Published:
		return fmt.Sprintf("%d → %d", r.Before.Published, r.After.Published)
	case r.Before.Computed != r.After.Computed:
		return fmt.Sprintf("%d → %d by score, published %d", r.Before.Computed, r.After.Computed, r.After.Published)
	}
	return fmt.Sprintf("stays %d", r.After.Published)
}

// mostMoved is the largest number of initiatives in the row of those that others moved.
const mostMoved = 6

// displacedRows returns the initiatives that moved because of others, in one row, and their
// overrides that agree with the score now.
func displacedRows(list []*diff.Change) []row {
	all := line("Rank ")
	all.changes = len(list)
	var out []row
	for i, x := range list {
		switch {
		case i < mostMoved:
			if i > 0 {
				all.text(", ")
			}
			all.strong(subjectTitle(x.Subject)).text(" %s", movedWords(x.Rank))
		case i == mostMoved:
			all.text(" and %d more", len(list)-mostMoved)
		}
		if x.Rank.Override != nil {
			r := line("").strong(subjectTitle(x.Subject)).text(": ")
			r.spans = append(r.spans, redundantRow(x.Rank.Override).spans...)
			out = append(out, *r)
		}
	}
	return append([]row{*all.text(".")}, out...)
}

// predictionSentence returns the change of an approved initiative.
func predictionSentence(p *diff.Prediction) string {
	switch {
	case p.Ended:
		return "its approved prediction ends."
	case p.Change != nil:
		return "the expected effect was changed after it was written down."
	}
	return "numbers changed after approval; the prediction stays."
}

func predictionRow(x *diff.Change) *row {
	p := x.Prediction
	if p.Change != nil {
		return expectedRow(x)
	}
	what := fmt.Sprintf("(%s, %s)", joinUnit(format.Number(p.Effort.Before), p.Effort.Before, shortText(p.Unit)),
		format.Date(p.Approved))
	switch {
	case p.Ended:
		return line("The approved prediction %s ends: no result is compared with it.", what).addPlace(x.File, x.Line)
	case p.Now.IsZero():
		return line("The approved prediction %s stays: the result is compared with it.", what).addPlace(x.File, x.Line)
	}
	return line("The approved prediction %s stays, although ", what).code("approved").text(" is %s now.",
		format.Date(p.Now)).addPlace(x.File, x.Line)
}

// expectedRow returns a row about an expected effect that was changed later.
func expectedRow(x *diff.Change) *row {
	p := x.Prediction
	size := format.Number
	if p.Relative {
		size = format.Share
	}
	what := fmt.Sprintf("(%s, %s)", size(p.Change.Before), format.Date(p.Approved))
	if p.Now.IsZero() {
		return line("The expected effect %s stays: the result is compared with it.", what).addPlace(x.File, x.Line)
	}
	return line("The expected effect %s stays, although ", what).code("expected.on").text(" is %s now.",
		format.Date(p.Now)).addPlace(x.File, x.Line)
}
