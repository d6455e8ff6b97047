package fact

import (
	"strings"
	"time"
)

// Answer is one respondent's answers to one survey wave. It has no identity. It is read on
// every build and never stored.
type Answer struct {
	Wave string
	// Response is a hash of the survey tool's ID of the response, with a new key in every run;
	// "" if the tool has no ID. Only collect/merge uses it.
	Response string `json:"-"`
	Team     string // team or group in the export; "" if not asked
	At       time.Time
	Score    *int   // 0–10 to the NPS question; nil if blank
	Reason   string // private free text; only counts of coded mentions are published
	Loved    []string
	Hated    []string // features named as frustrating
	Features []FeatureAnswer
	Items    map[string]float64 // Likert items by question ID; absent if blank
	// Unclear are the questions with an answer that was not understood. Such an answer is not
	// blank: it could be any.
	Unclear []Unclear `json:",omitempty"`
}

// Unclear is one answer that was given and not understood.
type Unclear struct {
	Measure string // NPSMeasure, or the result of ItemMeasure or FeatureMeasure
	Line    int    // in its file
	// Between means that it is a number between two points of the scale, such as 8.5.
	Between bool `json:",omitempty"`
	// Cell is a hash of the answer with the key of the run, to compare rows; "" without a key.
	// Only collect/merge uses it.
	Cell string `json:"-"`
	Next string // the way to make it understood
}

// AnswerCount counts the answers to one question that were given, and those of them that were
// not understood.
type AnswerCount struct {
	Measure string // as Unclear.Measure
	Given   int
	Unclear int    `json:",omitempty"`
	Line    int    `json:",omitempty"` // of the first that was not understood
	Next    string `json:",omitempty"` // the way to make it understood
}

// Limits of the answers that may be left out of a result: at least two, and more than this share
// of the given answers, and the others may be biased.
const (
	fewestBiased = 2
	biasedShare  = 0.01
)

// IsBiased reports whether the answers that were understood are too few for a result: two or
// more were not, and these are more than 1 % of the given ones.
func IsBiased(given, unclear int) bool {
	return unclear >= fewestBiased && float64(unclear) > biasedShare*float64(given)
}

// NPSMeasure is the measure of the question from 0 to 10.
const NPSMeasure = "nps"

const (
	itemPrefix    = "item "
	featurePrefix = "feature "
)

// ItemMeasure returns the measure of a question on a scale.
func ItemMeasure(id string) string { return itemPrefix + id }

// FeatureMeasure returns the measure of the opinions about a feature.
func FeatureMeasure(id string) string { return featurePrefix + id }

// DescribeMeasure returns the words for a measure after "answers to".
func DescribeMeasure(measure string) string {
	if id, ok := strings.CutPrefix(measure, featurePrefix); ok {
		return "the question about " + id
	}
	if id, ok := strings.CutPrefix(measure, itemPrefix); ok {
		return "the question " + id
	}
	return "the NPS question"
}

// FeatureAnswer is the answer of a user of a feature about it.
type FeatureAnswer struct {
	Feature string
	// Positive is true, false, or nil for a neutral answer, which still counts as an answer.
	Positive *bool
	Reasons  []string // coded reasons, such as "too complex"
}
