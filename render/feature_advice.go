package render

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// These are the words for the verdicts of package decision. All of them give advice. Only a
// recorded decision may be announced as a future event.

// adviceTitle returns a recommendation as one sentence without a full stop.
func (s *site) adviceTitle(r *decision.Recommendation) string {
	switch r.Verdict {
	case decision.MakeDefault:
		return "Make " + r.Title + " the default for new services"
	case decision.Deprecate:
		return "Deprecate " + r.Title + s.treeWords(r).InFavour()
	case decision.Pivot:
		return "Pivot or sunset " + r.Title
	case decision.Invest:
		return "Invest in " + r.Title + ": expand adoption"
	case decision.DoubleDown:
		return "Double down on " + r.Title
	}
	if r.Strength == decision.TooEarly {
		return "Too early to judge " + r.Title + ": " + nextWords(r)
	}
	return "Find out: " + s.treeWords(r).FindOut(r)
}

// adviceShort returns the recommendation for a place that shows the feature's name.
func (s *site) adviceShort(r *decision.Recommendation) string {
	switch r.Verdict {
	case decision.Early:
		return nextWords(r)
	case decision.InsufficientData:
		return s.treeWords(r).FindOut(r)
	case decision.Investigate:
		return "investigate: " + s.treeWords(r).FindOut(r)
	}
	return s.treeWords(r).Leaf(r.Verdict)
}

// isQuestion reports whether a verdict asks the team to find something out first.
func isQuestion(v decision.Verdict) bool {
	return v == decision.Investigate || v == decision.InsufficientData || v == decision.Early
}

// strengthWords returns the heading of a recommendation by its strength.
func strengthWords(s decision.Strength) string {
	switch s {
	case decision.Recommended:
		return "Recommended"
	case decision.Leaning:
		return "Leaning towards"
	case decision.TooEarly:
		return "Too early"
	}
	return "Find out"
}

// outcomeTitle returns the title of the metric or measure that a feature should improve.
func (s *site) outcomeTitle(id string) string {
	name, _, _ := s.measureOf(cmp.Or(id, dora.LeadTime))
	return name
}

// isDecided reports whether the latest decision is about the present recommendation. A decision
// that names no recommendation counts for any.
func isDecided(r *decision.Recommendation) bool {
	d := &r.Decision
	return d.State != decision.NotDecided && d.State != "" && (d.Recommended == "" || d.Recommended == r.Verdict.Leaf())
}

// decidedWords returns the decision about a recommendation: "accepted by the product manager on
// 5 Nov 2024". It has roles and no names. It mentions that a decision was about another
// recommendation.
func decidedWords(r *decision.Recommendation) string {
	d := &r.Decision
	if d.State == decision.NotDecided || d.State == "" {
		return string(decision.NotDecided)
	}
	text := string(d.State)
	if d.Role != "" {
		text += " by the " + d.Role
	}
	if !d.On.IsZero() {
		text += " on " + format.Date(d.On)
	}
	if isDecided(r) {
		return text
	}
	return string(decision.NotDecided) + "; earlier, “" + d.Recommended + "” was " + text
}

// gateWords describes a gate that is not passed: "12 weeks since general availability are
// needed, 2 have passed: from 27 Jan 2025".
func gateWords(g *decision.Gate, r *decision.Recommendation, unit string) string {
	text := ""
	switch g.Name {
	case decision.GateAvailable:
		return "The day of general availability is unknown: set shipped in features/" + r.Feature + ".md"
	case decision.GateAge:
		since := "general availability"
		if r.Available.By == decision.ByUse {
			since = "a tenth of those who could first used it"
		}
		text = "Nothing counts against it before " + format.Weeks(g.Need) + " since " + since + " (" +
			format.Date(r.Available.At) + ")"
	case decision.GateWave:
		text = "Answers count from a survey sent at least " + format.Weeks(g.Need) + " after general availability"
	case decision.GateEligible:
		return "At least " + format.Things(g.Need, view.UnitPlural(unit)) +
			" that could use it are needed to judge adoption, there " + format.Is(g.Have) + " " + format.Count(g.Have)
	case decision.GateAnswers:
		text = "At least " + format.Things(g.Need, "answers") + " are needed, there " + format.Is(g.Have) + " " +
			format.Count(g.Have)
	case decision.GateTeams:
		text = "Answers of at least " + format.Things(g.Need, "teams") + " are needed, they name fewer"
		if g.Have == 0 {
			text += "; give the survey a column for the team"
		}
	}
	if !g.At.IsZero() {
		text += ": possible from " + format.Date(g.At)
	}
	return text
}

// gateSentences returns the gates that a recommendation does not pass, one sentence each.
func (s *site) gateSentences(r *decision.Recommendation) []string {
	var out []string
	for i := range r.Gates {
		out = append(out, s.gateSentence(&r.Gates[i], r))
	}
	return out
}

func (s *site) gateSentence(g *decision.Gate, r *decision.Recommendation) string {
	unit := ""
	if a := s.report.Adoption.Find(r.Feature); a != nil {
		unit = a.Unit
	}
	return gateWords(g, r, unit) + "."
}

// hasGate reports whether a gate blocks one of the facts.
func hasGate(r *decision.Recommendation, keys ...decision.Key) bool {
	return r != nil && slices.ContainsFunc(r.Gates, func(g decision.Gate) bool {
		return slices.ContainsFunc(g.Facts, func(k decision.Key) bool { return slices.Contains(keys, k) })
	})
}

// nextWords returns the next day on which the recommendation may change.
func nextWords(r *decision.Recommendation) string {
	if r.Strength == decision.TooEarly && hasDate(r.Gates) {
		return "first possible on " + format.Date(r.Next)
	}
	return "looked at again on " + format.Date(r.Next)
}

func hasDate(gates []decision.Gate) bool {
	for i := range gates {
		if !gates[i].At.IsZero() {
			return true
		}
	}
	return false
}
