package survey

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// scales are the usual words for 1 to 5, lowest first.
var scales = [][5][]string{
	{
		{"strongly disagree", "totally disagree", "completely disagree"},
		{"disagree", "somewhat disagree", "rather disagree"},
		{"neither agree nor disagree", "neither", "undecided"},
		{"agree", "somewhat agree", "rather agree"},
		{"strongly agree", "totally agree", "completely agree"},
	},
	{
		{"very dissatisfied", "extremely dissatisfied", "very unsatisfied", "very unhappy"},
		{"dissatisfied", "somewhat dissatisfied", "unsatisfied", "unhappy"},
		{"neutral", "neither satisfied nor dissatisfied", "neither satisfied nor unsatisfied", "ok", "okay"},
		{"satisfied", "somewhat satisfied", "happy"},
		{"very satisfied", "extremely satisfied", "very happy"},
	},
	{{"very poor", "very bad"}, {"poor", "bad"}, {"fair", "average", "acceptable"}, {"good"}, {"very good", "excellent"}},
	{{"not at all"}, {"slightly"}, {"moderately"}, {"very much"}, {"extremely"}},
	{{"never"}, {"rarely"}, {"sometimes"}, {"often"}, {"always"}},
}

// notUsed are answers of people who do not use the thing in question.
var notUsed = map[string]bool{
	"n/a": true, "na": true, "not applicable": true, "does not apply": true, "-": true, "none": true,
	"i don't use it": true, "i do not use it": true, "don't use it": true, "do not use": true,
	"don't use": true, "not used": true, "never used it": true, "don't know": true, "i don't know": true,
	"no opinion": true, "no answer": true, "prefer not to say": true, "prefer not to answer": true,
}

const lowest, middle, highest = 1, 3, 5 // of the usual scale

// parseUsualScale returns 1 to 5 for the usual words and numbers.
func parseUsualScale(cell string) (int, bool) {
	folded := text.Fold(cell)
	for _, scale := range scales {
		for i, words := range scale {
			if slices.Contains(words, folded) {
				return i + lowest, true
			}
		}
	}
	n, ok := parseLabelled(cell)
	return n, ok && n >= lowest && n <= highest
}

// parseOpinion reads an answer about a feature: true, false, or nil for neutral.
func parseOpinion(q *fact.FeatureQuestion, cell string) (positive *bool, known bool) {
	yes, no := true, false
	if len(q.Positive)+len(q.Negative) > 0 {
		is := func(word string) bool { return text.Fold(word) == text.Fold(cell) }
		switch {
		case slices.ContainsFunc(q.Positive, is):
			return &yes, true
		case slices.ContainsFunc(q.Negative, is):
			return &no, true
		}
		return nil, true
	}
	n, ok := parseUsualScale(cell)
	switch {
	case !ok:
		return nil, false
	case n > middle:
		return &yes, true
	case n < middle:
		return &no, true
	}
	return nil, true
}

// parseRating reads an answer on a question's own scale.
func parseRating(item *fact.SurveyItem, cell string) (float64, bool) {
	low, high := float64(item.Min), float64(item.Max)
	if item.Min == 0 && item.Max == 0 {
		low, high = lowest, highest
	}
	within := func(v float64) (float64, bool) { return v, v >= low && v <= high }
	for word, value := range item.Words {
		if text.Fold(word) == text.Fold(cell) {
			return within(value)
		}
	}
	if v, err := strconv.ParseFloat(cell, 64); err == nil {
		return within(v)
	}
	if len(item.Words) == 0 && low == lowest && high == highest {
		if n, ok := parseUsualScale(cell); ok {
			return float64(n), true
		}
	}
	n, ok := parseLabelled(cell)
	if !ok {
		return 0, false
	}
	return within(float64(n))
}

// parseLabelled reads a whole number, alone or with a label before or after it: "9", "9.0", "10
// - Extremely likely", "Not at all likely 0".
func parseLabelled(cell string) (int, bool) {
	if v, err := strconv.ParseFloat(cell, 64); err == nil {
		return int(v), v == float64(int(v))
	}
	words := strings.FieldsFunc(cell, func(r rune) bool { return strings.ContainsRune(" -:=–—()\t\n\u00a0", r) })
	if len(words) < 2 {
		return 0, false
	}
	first, errFirst := strconv.Atoi(words[0])
	last, errLast := strconv.Atoi(words[len(words)-1])
	switch {
	case errFirst == nil && errLast == nil:
		return first, first == last // "7-8" is not a single answer
	case errFirst == nil:
		return first, true
	}
	return last, errLast == nil
}

// faults counts unusable answers in rows that are used.
type faults struct{ list []fact.Rejected }

func (f *faults) add(reason string, line int) {
	i := slices.IndexFunc(f.list, func(r fact.Rejected) bool { return r.Reason == reason })
	if i < 0 {
		i = len(f.list)
		f.list = append(f.list, fact.Rejected{Reason: reason, Line: line, Class: fact.NotUnderstood})
	}
	f.list[i].Count++
}

func (f *faults) listNotes() []string {
	notes := make([]string, 0, len(f.list))
	for _, r := range f.list {
		notes = append(notes, fmt.Sprintf("%d %s (first on line %d)", r.Count, r.Reason, r.Line))
	}
	return notes
}
