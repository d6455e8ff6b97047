package comment

import (
	"cmp"
	"fmt"
	"strings"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// adviceWords returns a recommendation in words: "deprecate in favour of Buildpacks".
func adviceWords(a diff.Advice) string {
	text := shortText(a.Verdict.Words())
	if a.Verdict == decision.Deprecate {
		text += (&decision.Words{Successor: shortText(a.Successor)}).InFavour()
	}
	if a.Strength == decision.Leaning {
		return "leaning towards " + text
	}
	if a.Verdict == decision.Early && !a.Next.IsZero() {
		return text + ", looked at again on " + format.Date(a.Next)
	}
	return text
}

func verdictRows(x *diff.Change) []row {
	v := x.Verdict
	var out []row
	for i := range v.Causes {
		out = append(out, *causeRow(&v.Causes[i]))
	}
	if v.After.Verdict == "" {
		return out // there is no path any more
	}
	out = append(out, forkRows(v)...)
	if v.After.Holds {
		out = append(out, *line("Holds whatever the missing data turn out to be."))
	}
	if again := againWords(v); again != "" {
		out = append(out, *line("Changes again: %s.", again))
	}
	if len(v.History) > 1 {
		out = append(out, *line("Adoption, %d weeks: %s %s", len(v.History), drawSpark(v.History),
			formatPercent(v.History[len(v.History)-1])))
	}
	if v.Decided == "" {
		out = append(out, *line("Only a recommendation until a file in ").code("decisions/").text(" is merged."))
	} else {
		out = append(out, *line("People decided before: %s.", shortText(v.Decided)))
	}
	return out
}

func causeRow(c *diff.Cause) *row {
	r := line("Cause: ").code(c.Key)
	switch {
	case c.Before == "":
		r.text(" added, ").strong(valueWords(c.After))
	case c.After == "":
		r.text(" removed, it was ").struck(valueWords(c.Before))
	default:
		r.text(" ").struck(valueWords(c.Before)).text(" → ").strong(valueWords(c.After))
	}
	return r.addPlace(c.File, c.Line)
}

// forkRows returns the path through the tree: each common question, and from the first question
// with another answer on both branches, as a fork.
func forkRows(v *diff.Verdict) []row {
	at := len(v.Steps)
	for i := range v.Steps {
		if s := &v.Steps[i]; s.Before != "" && s.After != "" && s.Before != s.After {
			at = i
			break
		}
	}
	var out []row
	for i := range v.Steps[:at] {
		s := &v.Steps[i]
		r := line("%s %s", questionWords(s), upperFirst(cmp.Or(s.After, s.Before).Answer()))
		if figure := figureWords(s, v); figure != "" {
			r.text(", %s", figure)
		}
		out = append(out, *r.text("."))
	}
	if at == len(v.Steps) {
		return out
	}
	fork := &v.Steps[at]
	question := line("").strong(questionWords(fork))
	if figure := figureWords(fork, v); figure != "" {
		question.text(" %s", upperFirst(figure))
	}
	before := branchWords(v, at, func(s *diff.Step) decision.Truth { return s.Before })
	after := branchWords(v, at, func(s *diff.Step) decision.Truth { return s.After })
	one, other := line("before: ").struck(before+adviceWords(v.Before)), line("now: ").strong(after+adviceWords(v.After))
	one.branch, other.branch = upper, lower
	return append(out, *question, *one, *other)
}

// branchWords returns the answers of one side from the fork on, up to the first unknown one:
// "yes → Did delivery improve? no → ".
func branchWords(v *diff.Verdict, at int, answer func(*diff.Step) decision.Truth) string {
	text := answer(&v.Steps[at]).Answer() + " → "
	known := answer(&v.Steps[at]) != decision.Unknown
	for i := at + 1; i < len(v.Steps) && known; i++ {
		if s := &v.Steps[i]; answer(s) != "" {
			text += questionWords(s) + " " + answer(s).Answer() + " → "
			known = answer(s) != decision.Unknown
		}
	}
	return text
}

// questionWords returns the question of a step with the threshold in force.
func questionWords(s *diff.Step) string {
	limit := s.To
	if limit == nil {
		limit = s.From
	}
	at := ""
	if limit != nil {
		at = format.Share(*limit)
		if s.From != nil && s.To != nil && *s.From != *s.To {
			at += " (was " + format.Share(*s.From) + ")"
		}
	}
	return shortText(treeWords("").LimitedQuestion(s.Ask, at))
}

// figureWords returns the figure that gives an answer.
func figureWords(s *diff.Step, v *diff.Verdict) string {
	if s.Value == nil {
		return ""
	}
	switch s.Ask {
	case decision.AskImproved:
		return format.RelativeChange(*s.Value)
	case decision.AskAdopted, decision.AskFailing:
		if v.Of > 0 {
			return format.Of(v.Active, v.Of) + " " + shortText(v.Unit) + "s (" + formatPercent(*s.Value) + ")"
		}
	}
	return formatPercent(*s.Value)
}

// mostFlips is the largest number of listed changes that would change the verdict again.
const mostFlips = 3

// longestFlips is the largest length of the list of such changes, in bytes.
const longestFlips = 80

// againWords returns the changes that would change the verdict again.
func againWords(v *diff.Verdict) string {
	var parts []string
	length := 0
	for i := range v.Again {
		f := &v.Again[i]
		noUnits := f.Of == decision.AdoptionHigh && (f.Units == nil || *f.Units == 0)
		if f.Here || noUnits || len(parts) == mostFlips || f.HasNearer(v.Again) {
			continue
		}
		part := treeWords(v.Unit).Flip(f) + " (" + shortText(f.Verdict.Words()) + ")"
		if length += len(part); length > longestFlips && len(parts) > 0 {
			break
		}
		parts = append(parts, part)
	}
	return strings.Join(parts, "; ")
}

func (w *words) gateSentence(name string, x *diff.Change) string {
	g := x.Gate
	switch {
	case g.Back:
		return name + " goes back into " + phaseName(g.Phase) + "."
	case g.Was == "failed" && g.Reason != "" && len(g.Unmet) > 0:
		return name + " left " + phaseName(g.Phase) + " without its criteria; now it has a reason."
	case g.Was == "failed":
		return name + " left " + phaseName(g.Phase) + "; now its criteria are met."
	case g.Was != "" && x.Failed:
		return name + " left " + phaseName(g.Phase) + ", and its criteria are not met any more."
	case g.Was != "":
		return name + ": another reason for leaving " + phaseName(g.Phase) + "."
	}
	text := name + " leaves " + phaseName(g.Phase)
	if g.Entered != "" {
		text += " for " + phaseName(g.Entered)
	}
	switch {
	case len(g.Unmet) == 0:
		return text + ", its criteria met."
	case x.Failed:
		return text + " without its criteria and without a reason."
	}
	return text + " without its criteria, with a reason."
}

// phaseName returns the name of a phase as a title.
func phaseName(name string) string {
	if strings.EqualFold(name, "ga") {
		return "GA"
	}
	return shortText(name)
}

func gateRows(x *diff.Change) []row {
	g := x.Gate
	var out []row
	for i := range g.Unmet {
		out = append(out, *unmetRow(&g.Unmet[i]))
	}
	switch {
	case g.Reason != "":
		r := line("Because: %s", shortText(g.Reason))
		if g.By != "" {
			r.text(", %s", shortText(g.By))
		}
		out = append(out, *r.addPlace(x.File, x.Line))
	case x.Failed:
		out = append(out, *line("Meet them, or give a reason: ").code(`override = "…"`).text(" in the phase").addPlace(x.File,
			x.Line))
	}
	return out
}

func unmetRow(c *diff.Criterion) *row {
	r := line("Not met: %s", shortText(c.Text))
	if c.Measure != "" {
		if c.Text != "" {
			r.text(", ")
		}
		r.text("%s", shortText(c.Measure))
		if c.Feature != "" {
			r.text(" of %s", shortText(c.Feature))
		}
		r.text(" %s", limitWords(c))
	}
	switch {
	case c.Value != nil:
		r.text(", now %s", format.Value(*c.Value, c.Unit))
	case c.Why != "":
		r.text("; %s", shortText(c.Why))
	}
	return r
}

// limitWords returns the limits of a criterion: "at least 80 %".
func limitWords(c *diff.Criterion) string {
	var parts []string
	for _, l := range []struct {
		word string
		v    *float64
	}{{"at least", c.AtLeast}, {"at most", c.AtMost}, {"over", c.Over}, {"under", c.Under}} {
		if l.v == nil {
			continue
		}
		unit := c.Unit
		if c.LimitUnit != "" {
			unit = metric.Unit(shortText(c.LimitUnit))
		}
		parts = append(parts, fmt.Sprintf("%s %s", l.word, format.Value(*l.v, unit)))
	}
	return strings.Join(parts, " and ")
}

// treeWords returns the words for the tree of a feature with users of a unit.
func treeWords(unit string) *decision.Words {
	return &decision.Words{
		Units: cmp.Or(shortText(unit), "unit") + "s",
		Share: format.Share, Count: format.Things, Weeks: format.Weeks,
	}
}
