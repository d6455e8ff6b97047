package render

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/format"
)

// gateWords says what a verdict waits for: "12 weeks since general availability are
// needed, 2 have passed: from 27 Jan 2025".
func gateWords(g *decision.Gate, r *decision.Recommendation, unit string) string {
	text := ""
	switch g.Name {
	case decision.GateAvailable:
		return "Nothing says since when everybody can use it: set shipped in features/" + r.Feature + ".md"
	case decision.GateAge:
		since := "general availability"
		if r.Available.By == decision.ByUse {
			since = "a tenth of those who could first used it"
		}
		text = "Nothing counts against it before " + weeks(g.Need) + " since " + since + " (" +
			format.Date(r.Available.At) + ")"
	case decision.GateWave:
		text = "Answers count from a survey sent at least " + weeks(g.Need) + " after general availability"
	case decision.GateEligible:
		return "At least " + format.Things(g.Need, unitPlural(unit)) +
			" that could use it are needed to judge adoption, there " + isAre(g.Have) + " " + format.Count(g.Have)
	case decision.GateAnswers:
		text = "At least " + format.Things(g.Need, "answers") + " are needed, there " + isAre(g.Have) + " " +
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

// gates are the gates that a recommendation does not pass, in words.
func (s *site) gates(r *decision.Recommendation) []string {
	unit := ""
	if a := s.report.Adoption.Find(r.Feature); a != nil {
		unit = a.Unit
	}
	var out []string
	for i := range r.Gates {
		out = append(out, gateWords(&r.Gates[i], r, unit)+".")
	}
	return out
}

// gated reports whether a gate is in front of one of the facts.
func gated(r *decision.Recommendation, keys ...decision.Key) bool {
	return r != nil && slices.ContainsFunc(r.Gates, func(g decision.Gate) bool {
		return slices.ContainsFunc(g.Facts, func(k decision.Key) bool { return slices.Contains(keys, k) })
	})
}

// nextWords is the next day on which the recommendation may become another.
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
