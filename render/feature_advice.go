package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// Words for the verdicts of package decision. All of them are advice in the
// imperative: only a recorded decision may be told as something that happens.

// adviceTitle is a recommendation as one sentence without a full stop.
func (s *site) adviceTitle(r *decision.Recommendation) string {
	switch r.Verdict {
	case decision.MakeDefault:
		return "Make " + r.Title + " the default for new services"
	case decision.Deprecate:
		return "Deprecate " + r.Title + inFavourOf(r)
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
	return "Find out: " + s.question(r)
}

// adviceShort is the same where the feature's name stands beside it.
func (s *site) adviceShort(r *decision.Recommendation) string {
	switch r.Verdict {
	case decision.Early:
		return nextWords(r)
	case decision.InsufficientData:
		return s.question(r)
	case decision.Investigate:
		return "investigate: " + s.question(r)
	}
	return leafWords(r.Verdict, r)
}

// isQuestion reports whether there is something to find out before anything else.
func isQuestion(v decision.Verdict) bool {
	return v == decision.Investigate || v == decision.InsufficientData || v == decision.Early
}

// leafWords is a leaf of a feature's tree.
func leafWords(v decision.Verdict, r *decision.Recommendation) string {
	switch v {
	case decision.MakeDefault:
		return "make default for all new services"
	case decision.Deprecate:
		return "deprecate" + inFavourOf(r)
	case decision.Pivot:
		return "pivot or sunset"
	case decision.Invest:
		return "invest: expand adoption"
	case decision.DoubleDown:
		return "double down"
	case decision.Investigate:
		return "investigate"
	case decision.Early:
		return "too early to judge"
	}
	return "find out first"
}

func inFavourOf(r *decision.Recommendation) string {
	switch {
	case r.SuccessorTitle != "":
		return " in favour of " + r.SuccessorTitle
	case r.Successor != "":
		return " in favour of " + r.Successor
	}
	return ""
}

// question is what to find out: the fact that would settle it or, where all is
// known and nothing moves, why.
func (s *site) question(r *decision.Recommendation) string {
	if r.Contradiction {
		return "why do the figures of " + r.Title + " contradict each other?"
	}
	if r.Verdict == decision.Investigate {
		if f := factOf(r, decision.Satisfied); f != nil && f.Truth == decision.False {
			return "what keeps users of " + r.Title + " from being satisfied?"
		}
		return "is " + r.Title + " the wrong solution, or does something keep people from it?"
	}
	for _, list := range [...][]decision.Key{r.Settle, r.Missing} {
		if k, ok := foremost(list); ok {
			return s.factQuestion(k, r)
		}
	}
	return "what does " + r.Title + " do for its users?"
}

// foremost is the fact to ask for first: people can be asked tomorrow.
func foremost(list []decision.Key) (decision.Key, bool) {
	for _, k := range [...]decision.Key{
		decision.Satisfied, decision.AdoptionHigh, decision.AdoptionLow,
		decision.Improved, decision.Worse,
	} {
		for _, have := range list {
			if have == k {
				return k, true
			}
		}
	}
	return 0, false
}

// factQuestion asks for a fact.
func (s *site) factQuestion(k decision.Key, r *decision.Recommendation) string {
	switch k {
	case decision.Satisfied:
		return "are users of " + r.Title + " satisfied?"
	case decision.AdoptionHigh, decision.AdoptionLow:
		return "who uses " + r.Title + "?"
	}
	if f := factOf(r, decision.Improved); f != nil && !isDelivery(f.Outcome) {
		return "is there an effect of " + r.Title + " on “" + s.outcomeTitle(f.Outcome) + "”?"
	}
	return "does " + r.Title + " speed teams up?"
}

// unknownWords names facts that are not known, each once: "its effect on delivery
// and the satisfaction of its users".
func unknownWords(list []decision.Key) string {
	var words []string
	last := ""
	for _, k := range list {
		w := "its successor"
		switch k {
		case decision.Satisfied:
			w = "the satisfaction of its users"
		case decision.AdoptionHigh, decision.AdoptionLow:
			w = "its adoption"
		case decision.Improved, decision.Worse:
			w = "its effect on delivery"
		}
		if w != last {
			words, last = append(words, w), w
		}
	}
	return format.List(words, "and")
}

// possibleWords lists what may come out: "invest: expand adoption or investigate".
func possibleWords(list []decision.Verdict, r *decision.Recommendation) string {
	var words []string
	for _, v := range list {
		words = append(words, leafWords(v, r))
	}
	return format.List(words, "or")
}

// strengthWords heads a recommendation.
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

// isDelivery reports whether an outcome is one of the delivery metrics; lead time
// if none is named.
func isDelivery(outcome string) bool {
	return outcome == "" || strings.HasPrefix(outcome, "dora.")
}

// outcomeTitle names the metric or measure that a feature's effect is one on.
func (s *site) outcomeTitle(id string) string {
	if id == "" || id == dora.LeadTime {
		return "Lead time"
	}
	name, _, _ := s.measureOf(id)
	return name
}

// factOf is the fact with that key that the tree asks for; nil if it does not ask.
func factOf(r *decision.Recommendation, k decision.Key) *decision.Fact {
	if r == nil {
		return nil
	}
	for i := range r.Path {
		for j := range r.Path[i].Facts {
			if f := &r.Path[i].Facts[j]; f.Key == k {
				return f
			}
		}
	}
	return nil
}

// isDecided reports whether the latest of people's decisions is about what is
// recommended now. One without a recommendation is about any.
func isDecided(r *decision.Recommendation) bool {
	d := &r.Decision
	return d.State != decision.NotDecided && d.State != "" && (d.Recommended == "" || d.Recommended == r.Verdict.Leaf())
}

// decidedWords says what people decided about a recommendation: "accepted by the
// product manager on 5 Nov 2024". Roles only, never a name. A decision about
// something else is told beside it.
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
