package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/format"
)

// beforeAfterWords says what a comparison before and after rests on.
func beforeAfterWords(f *decision.Fact) string {
	if f.N == 0 {
		return "as its initiative reports"
	}
	return format.Things(f.N, "weeks") + " before and after general availability, compared with nobody"
}

// leaningMark is what an effect points to that is not beyond doubt.
func leaningMark(improved *decision.Fact) mark {
	switch {
	case improved.Likely >= 0.95:
		return mark{unclear, "better since, not surely because of it", "unknown"}
	case improved.Likely <= 0.05:
		return mark{unclear, "worse since, not surely because of it", "unknown"}
	}
	return mark{unclear, "cannot tell yet", "unknown"}
}

// outcomeEffect is the effect on an outcome that was compared before and after.
func (s *site) outcomeEffect(feature string, f *decision.Fact) effectView {
	title := s.outcomeTitle(f.Outcome)
	v := effectView{Verdict: leaningMark(f), Text: "It is judged by another outcome than lead time: “" + title + "”."}
	if f.Value == nil {
		v.Verdict = mark{unclear, "not measured yet", "unknown"}
		v.Text += " It takes figures from before general availability and from after it."
		return v
	}
	_, unit, _ := s.measureOf(f.Outcome)
	if f.Before != nil && f.After != nil {
		v.Text += " It went from " + format.Value(*f.Before, unit) + " to " + format.Value(*f.After, unit) + ": " +
			format.RelativeChange(*f.Value)
		if iv := format.RelativeRange(f.Lo, f.Hi); iv != "" {
			v.Text += " (likely " + iv + ")"
		}
		v.Text += ", " + beforeAfterWords(f) + "."
	}
	if words := s.reported(feature, f.Outcome); words != "" && f.N > 0 {
		v.Text += " " + words
	}
	v.Notes = []string{"No team without it was compared, so something else may have changed it: it can lean, but " +
		"is not beyond doubt."}
	return v
}

// reported are the results that a feature's initiatives and cases give for a
// measure, in words.
func (s *site) reported(feature, measure string) string {
	var parts []string
	add := func(where string, results []fact.Result) {
		for i := range results {
			if v := s.resultOf(&results[i]); results[i].Measure == measure && v.Before != "" && v.After != "" {
				parts = append(parts, where+" reports "+v.Before+" → "+v.After+", "+v.Basis+".")
			}
		}
	}
	for _, in := range s.workOn(feature) {
		add("Its initiative “"+in.Title+"”", in.Results)
	}
	for i := range s.content.Cases {
		if c := &s.content.Cases[i]; !c.Draft && slices.Contains(c.Features, feature) {
			add("The case “"+c.Title+"”", c.Results)
		}
	}
	slices.Sort(parts)
	return strings.Join(slices.Compact(parts), " ")
}
