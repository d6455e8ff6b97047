package render

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

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
	return v.IsQuestion()
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
	return r.IsDecided()
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

// whatIf is the control with the limits of the tree, and the recommendation for each of them.
type whatIf struct {
	Limits []view.Figure // name, value, and the ends of its slider in Aim and Range
	Data   string        // the table for the script, as JSON
	Script string
	Rows   []view.List[view.Labelled] // for each limit alone: the spans, and what they give
}

// limitNames are the limits in the order of the table.
var limitNames = [3]string{"Users are satisfied from", "Adoption is high from", "Adoption is low below"}

// newWhatIf returns the control of a feature; nil if the limits in force are not in its table.
func (s *site) newWhatIf(root string, r *decision.Recommendation) *whatIf {
	var w *decision.WhatIf
	for i := range s.report.WhatIfs {
		if s.report.WhatIfs[i].Feature == r.Feature {
			w = &s.report.WhatIfs[i]
		}
	}
	if w == nil || !w.Covers() {
		return nil
	}
	now := [3]int{int(w.Now.Satisfied), int(w.Now.AdoptionHigh), int(w.Now.AdoptionLow)}
	v := &whatIf{Data: s.whatIfData(w, r)}
	if at, ok := s.assets["whatif.js"]; ok {
		v.Script = root + at
	}
	for i, spans := range [3][]int{w.Satisfied, w.High, w.Low} {
		v.Limits = append(v.Limits, view.Figure{
			ID: "limit-" + strconv.Itoa(i), Name: view.Link{Title: limitNames[i]}, Value: strconv.Itoa(now[i]),
			Aim: strconv.Itoa(spans[0]), Range: "100",
		})
		v.Rows = append(v.Rows, view.List[view.Labelled]{Title: limitNames[i], Rows: s.spanRows(w, r, i, now)})
	}
	return v
}

// spanRows returns the recommendation for each span of one limit; the others are those in force.
func (s *site) spanRows(w *decision.WhatIf, r *decision.Recommendation, axis int, now [3]int) []view.Labelled {
	spans, end := [3][]int{w.Satisfied, w.High, w.Low}[axis], 100
	if axis == 2 { // low adoption must stay below high adoption
		end = now[1] - int(2*w.Gap)
	}
	var out []view.Labelled
	first := 0
	for i, from := range spans {
		if axis == 1 && i+1 < len(spans) && !w.Allows(spans[i+1]-1, now[2]) || from > end {
			continue
		}
		at := now
		at[axis] = from
		if axis == 1 && !w.Allows(from, now[2]) {
			at[axis] = now[2] + int(2*w.Gap)
		}
		words := s.answerWords(w.Find(at[0], at[1], at[2]), r)
		to := end
		if i+1 < len(spans) {
			to = min(end, spans[i+1]-1)
		}
		if n := len(out); n > 0 && out[n-1].Value == words {
			out[n-1].Label = spanWords(first, to)
			continue
		}
		first = at[axis]
		out = append(out, view.Labelled{Label: spanWords(first, to), Value: words})
	}
	return out
}

func spanWords(from, to int) string {
	if from == to {
		return strconv.Itoa(from) + " %"
	}
	return fmt.Sprintf("%d–%d %%", from, to)
}

// answerWords returns a recommendation for other limits.
func (s *site) answerWords(a decision.Answer, r *decision.Recommendation) string {
	switch a.Verdict {
	case decision.Early, decision.InsufficientData:
		return strengthWords(a.Strength)
	}
	return strengthWords(a.Strength) + ": " + s.treeWords(r).Leaf(a.Verdict)
}

// whatIfData returns the table for the script.
func (s *site) whatIfData(w *decision.WhatIf, r *decision.Recommendation) string {
	data := struct {
		Spans   [3][]int `json:"spans"`
		Gap     float64  `json:"gap"`
		Words   []string `json:"words"`
		Cells   []int    `json:"cells"`
		Refused string   `json:"refused"`
	}{Spans: [3][]int{w.Satisfied, w.High, w.Low}, Gap: 2 * w.Gap}
	data.Refused = fmt.Sprintf("Low adoption must be at least %g points below high adoption.", data.Gap)
	index := map[string]int{}
	for _, a := range w.Answers {
		words := s.answerWords(a, r)
		if _, ok := index[words]; !ok {
			index[words], data.Words = len(data.Words), append(data.Words, words)
		}
		data.Cells = append(data.Cells, index[words])
	}
	text, err := json.Marshal(data)
	if err != nil {
		return "" // texts and numbers always encode
	}
	return string(text)
}
