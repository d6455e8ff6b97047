package render

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/view"
)

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
