package diff

import (
	"time"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Version is the version of Diff as JSON. A reader refuses any other version.
const Version = 1

// Diff lists the changes between two states of content and configuration.
type Diff struct {
	Version int    `json:"version"`
	Base    string `json:"base"` // name of the state compared with: "main"
	// Head is the name of the other state if it is a commit; "" for the files at hand.
	Head string    `json:"head,omitempty"`
	AsOf time.Time `json:"as_of"`
	// CutOff is the end of the data that both sides were decided on; zero without data.
	CutOff time.Time `json:"cut_off,omitzero"`
	// Missing is the reason that no measured data exist, so that recommendations and measured
	// criteria could not be compared; "" if data exist.
	Missing string `json:"missing,omitempty"`
	// First means that the base has no content at all.
	First   bool     `json:"first,omitempty"`
	Changes []Change `json:"changes"` // worst first
	// Old counts the errors of content that the base also has.
	Old int `json:"old,omitempty"`
}

// Kind is the kind of a change.
type Kind string

// Kinds, worst first.
const (
	Broken     Kind = "broken"     // a new error of content or configuration
	Gated      Kind = "gate"       // a phase was left
	Verdicts   Kind = "verdict"    // a recommendation changed
	Refused    Kind = "refusal"    // a refusal (won't build) was added, removed or reworded
	Overridden Kind = "override"   // a person's rank was added, removed or changed
	Ranked     Kind = "rank"       // score or rank changed by the initiative's own numbers
	Predicted  Kind = "prediction" // a prediction was changed after it was approved
	Displaced  Kind = "displaced"  // rank changed because of other initiatives
	Decided    Kind = "decision"   // a decision of people was added, removed or changed
	Aimed      Kind = "goal"       // a goal with a date was added, removed or changed
	Limited    Kind = "threshold"  // a threshold or scale of the configuration changed
	Dated      Kind = "dates"      // dates or states of phases and activities changed
	Listed     Kind = "item"       // something was added, removed or renamed
	Found      Kind = "finding"    // a new warning or note
	Mended     Kind = "mended"     // an old finding was fixed
	Nightly    Kind = "nightly"    // the change takes effect with the next run
)

// Change is one change. Exactly one of its pointers is set, that of its Kind.
type Change struct {
	Kind Kind `json:"kind"`
	// Failed means that a check failed: content has an error, or a phase was left with unmet
	// criteria and without a reason.
	Failed  bool    `json:"failed,omitempty"`
	Subject Subject `json:"subject"`
	File    string  `json:"file,omitempty"` // below the repository's root, with slashes
	Line    int     `json:"line,omitempty"`

	Finding    *Finding    `json:"finding,omitempty"`
	Gate       *Gate       `json:"gate,omitempty"`
	Verdict    *Verdict    `json:"verdict,omitempty"`
	Prediction *Prediction `json:"prediction,omitempty"`
	Refusal    *Refusal    `json:"refusal,omitempty"`
	Override   *Override   `json:"override,omitempty"`
	Rank       *Rank       `json:"rank,omitempty"`
	Decision   *Decision   `json:"decision,omitempty"`
	Goal       *Goal       `json:"goal,omitempty"`
	Setting    *Setting    `json:"setting,omitempty"`
	Dates      []Span      `json:"dates,omitempty"`
	Item       *Item       `json:"item,omitempty"`
	What       string      `json:"what,omitempty"` // for Nightly: "teams", "[dora] window_hours"
}

// Subject is the thing that a change concerns; empty for the configuration.
type Subject struct {
	Kind  string `json:"kind,omitempty"` // "initiative", "feature", "activity", …
	ID    string `json:"id,omitempty"`
	Title string `json:"title,omitempty"`
}

// Finding is an error, warning or note about a place in a file.
type Finding struct {
	File  string `json:"file"`
	Line  int    `json:"line,omitempty"`
	Level string `json:"level"` // "error", "warning", "note"
	Rule  string `json:"rule,omitempty"`
	Text  string `json:"text"`
	Next  string `json:"next,omitempty"`
}

// Gate is a phase that was left.
type Gate struct {
	Phase   string      `json:"phase"`
	Entered string      `json:"entered,omitempty"` // the phase that began; "" if none has
	Unmet   []Criterion `json:"unmet,omitempty"`   // of the phase that was left
	Reason  string      `json:"reason,omitempty"`  // the reason for leaving it without them
	By      string      `json:"by,omitempty"`      // role of the person
}

// Criterion is a criterion that is not met.
type Criterion struct {
	Text    string `json:"text,omitempty"`
	Measure string `json:"measure,omitempty"`
	Feature string `json:"feature,omitempty"` // the feature that the metric is about
	// LimitUnit is the unit of the limits; "" if it is Unit.
	LimitUnit string      `json:"limit_unit,omitempty"`
	AtLeast   *float64    `json:"at_least,omitempty"`
	AtMost    *float64    `json:"at_most,omitempty"`
	Over      *float64    `json:"over,omitempty"`
	Under     *float64    `json:"under,omitempty"`
	Value     *float64    `json:"value,omitempty"` // the latest weekly value, in Unit
	Unit      metric.Unit `json:"unit,omitempty"`
	Why       string      `json:"why,omitempty"` // the reason that it is unknown
}

// Verdict is a changed recommendation.
type Verdict struct {
	Before Advice  `json:"before"`
	After  Advice  `json:"after"`
	Steps  []Step  `json:"steps"` // the questions on either path through the tree, from the root
	Causes []Cause `json:"causes"`
	// Again lists the single changes that would change the verdict again.
	Again   []decision.Flip `json:"again,omitempty"`
	Active  int             `json:"active,omitempty"` // units that use it, out of Eligible
	Of      int             `json:"of,omitempty"`
	Unit    string          `json:"unit,omitempty"`    // "team"
	History []float64       `json:"history,omitempty"` // share of units that use it, by week, oldest first
	Decided string          `json:"decided,omitempty"` // the decision of people: "accepted"
}

// Advice is a recommendation; Verdict is "" if there was none.
type Advice struct {
	Verdict   decision.Verdict  `json:"verdict,omitempty"`
	Strength  decision.Strength `json:"strength,omitempty"`
	Holds     bool              `json:"holds,omitempty"`     // the verdict holds whatever the missing facts are
	Successor string            `json:"successor,omitempty"` // title of the feature that replaces it
	// Next is the first day on which a verdict is possible, or is tried again, if it is too
	// early now.
	Next time.Time `json:"next,omitzero"`
}

// Step is a question of the tree with its answer on either side; "" if it was not asked.
type Step struct {
	Ask    decision.Question `json:"ask"`
	Before decision.Truth    `json:"before,omitempty"`
	After  decision.Truth    `json:"after,omitempty"`
	// The figure behind the answer, a share or a relative change, with its thresholds.
	Value *float64 `json:"value,omitempty"`
	From  *float64 `json:"from,omitempty"`
	To    *float64 `json:"to,omitempty"`
}

// Cause is a key whose value changed.
type Cause struct {
	Key    string `json:"key"`
	Before string `json:"before,omitempty"`
	After  string `json:"after,omitempty"`
	File   string `json:"file,omitempty"`
	Line   int    `json:"line,omitempty"`
}

// Prediction is an approved effort or score, or an expected effect, that was changed after
// approval.
type Prediction struct {
	Approved time.Time `json:"approved"`
	Effort   Pair      `json:"effort"` // in the unit of the plan
	Score    Pair      `json:"score"`
	Unit     string    `json:"unit,omitempty"` // of the effort: "weeks"
	// Change is the expected effect, if that was changed; else nil. It is a share of the level
	// before if Relative.
	Change   *Pair `json:"change,omitempty"`
	Relative bool  `json:"relative,omitempty"`
}

// Pair is a number before and after.
type Pair struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
}

// Refusal is a refusal to build; Before or After is "" if it did not exist.
type Refusal struct {
	Before  string    `json:"before,omitempty"` // status
	After   string    `json:"after,omitempty"`
	Reason  string    `json:"reason,omitempty"` // of the refusal; the new reason if there is one
	Instead string    `json:"instead,omitempty"`
	Revisit time.Time `json:"revisit,omitzero"`
}

// Override is a person's rank before and after; nil if it did not exist.
type Override struct {
	Before *Ruling `json:"before,omitempty"`
	After  *Ruling `json:"after,omitempty"`
}

// Ruling is one override.
type Ruling struct {
	Priority int    `json:"priority"`
	Reason   string `json:"reason,omitempty"` // an override without a reason does not count
	By       string `json:"by,omitempty"`
	TieBreak bool   `json:"tie_break,omitempty"`
	Agrees   bool   `json:"agrees,omitempty"` // the score gives the same rank
}

// Rank is an initiative's score and rank before and after; nil if it had none.
type Rank struct {
	Before  *Place      `json:"before,omitempty"`
	After   *Place      `json:"after,omitempty"`
	Inputs  []Judgement `json:"inputs,omitempty"`  // the numbers whose estimate changed
	Against []Against   `json:"against,omitempty"` // initiatives that it passed, that passed it, or that it ties with
	// Agrees means that the score now gives the rank of an override.
	Agrees bool `json:"agrees,omitempty"`
}

// Place is a score, its 90 % range, and its ranks. Ranks count from 1.
type Place struct {
	Score float64 `json:"score"`
	metric.Range
	Computed  int `json:"computed"`
	Published int `json:"published"`
}

// Judgement is one of the four estimated numbers, before and after; nil if it was not written.
type Judgement struct {
	Name    string  `json:"name"`
	Before  *Judged `json:"before,omitempty"`
	After   *Judged `json:"after,omitempty"`
	Unit    string  `json:"unit,omitempty"`
	Because bool    `json:"because"` // a reason is given for the new number
	Line    int     `json:"line,omitempty"`
}

// Judged is an estimated number with its range.
type Judged struct {
	Value float64 `json:"value"` // in percent for confidence
	metric.Range
	Word    string `json:"word,omitempty"`
	Assumed bool   `json:"assumed,omitempty"` // the range was assumed, not given
}

// Against is another initiative, with the probability that this one scores higher.
type Against struct {
	ID     string   `json:"id"`
	Title  string   `json:"title"`
	Before *float64 `json:"before,omitempty"`
	After  *float64 `json:"after,omitempty"`
	Passed bool     `json:"passed,omitempty"` // their order by score changed
	Close  bool     `json:"close,omitempty"`  // too close to call now
}

// Decision is the decision of people about a feature.
type Decision struct {
	Change      string    `json:"change"` // "added", "removed", "changed"
	Feature     string    `json:"feature"`
	Decision    string    `json:"decision"`
	Recommended string    `json:"recommended,omitempty"` // as written in the file
	Now         string    `json:"now,omitempty"`         // recommendation of the tree, if it differs
	Deadline    time.Time `json:"deadline,omitzero"`
	Reason      string    `json:"reason,omitempty"`
}

// Goal is a goal with a date, before and after; nil if it did not exist.
type Goal struct {
	Before *goals.Standing `json:"before,omitempty"`
	After  *goals.Standing `json:"after,omitempty"`
}

// Setting is a key of the configuration, or of a feature's own thresholds.
type Setting struct {
	Key    string `json:"key"`
	Before string `json:"before,omitempty"` // as TOML; "" if it was not set
	After  string `json:"after,omitempty"`
}

// Span is a phase or activity before and after; zero times if it was not planned.
type Span struct {
	Name   string `json:"name"`
	Before Dates  `json:"before"`
	After  Dates  `json:"after"`
}

// Moved reports whether the dates changed, not only the state.
func (s Span) Moved() bool {
	return !s.Before.From.Equal(s.After.From) || !s.Before.To.Equal(s.After.To) || s.Before.Gone != s.After.Gone
}

// Dates are the first day (inclusive) and the end (exclusive), with the declared state.
type Dates struct {
	From  time.Time `json:"from,omitzero"`
	To    time.Time `json:"to,omitzero"`
	State string    `json:"state,omitempty"`
	Gone  bool      `json:"gone,omitempty"` // the phase or activity does not exist on this side
}

// Item is a thing that was added, removed or renamed.
type Item struct {
	Change string `json:"change"`           // "added", "removed", "renamed"
	Before string `json:"before,omitempty"` // the ID before
	Status string `json:"status,omitempty"`
}

// Failed returns the changes that fail a check.
func (d *Diff) Failed() []Change {
	var out []Change
	for i := range d.Changes {
		if d.Changes[i].Failed {
			out = append(out, d.Changes[i])
		}
	}
	return out
}

// Has reports whether the diff has a change of that kind.
func (d *Diff) Has(k Kind) bool {
	for i := range d.Changes {
		if d.Changes[i].Kind == k {
			return true
		}
	}
	return false
}
