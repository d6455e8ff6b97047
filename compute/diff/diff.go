package diff

import (
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Version is the version of Diff as JSON. A reader refuses any other version.
const Version = 2

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
	First bool `json:"first,omitempty"`
	// Summary is the diff in one sentence, for readers of the JSON. Programs make their own.
	Summary string   `json:"summary,omitempty"`
	Changes []Change `json:"changes"` // worst first
	// Tracked means that the files of both sides were compared, so that the changes have Touched.
	Tracked bool `json:"tracked,omitempty"`
	// Old counts the errors of content that the base also has.
	Old int `json:"old,omitempty"`
	// More counts the new errors that Changes leaves out.
	More int `json:"more,omitempty"`
	// Unread are the files that one side could not read. Both sides have the other's version, so
	// what changed in them is not compared.
	Unread []Unread `json:"unread,omitempty"`
	// MoreUnread counts such files that Unread leaves out.
	MoreUnread int `json:"more_unread,omitempty"`
	// Ended is the reason that nothing but errors was compared: one of the texts below.
	Ended string `json:"ended,omitempty"`
}

// Reasons that nothing but errors was compared.
const (
	ConfigurationErrors = "the configuration has errors"
	NoFiles             = "a published site has no files to take in place of those with errors"
)

// Unread is a file that one side could not read.
type Unread struct {
	File   string `json:"file"`              // below the repository's root
	Was    string `json:"was,omitempty"`     // its name at the base, if that is another
	AtBase bool   `json:"at_base,omitempty"` // the base's version has the errors; else the head's
	Errors int    `json:"errors,omitempty"`  // how many were found
}

// IsPartial reports whether not all could be compared.
func (d *Diff) IsPartial() bool {
	return d.Missing != "" || d.First || d.Ended != "" || len(d.Unread) > 0
}

// Kind is the kind of a change.
type Kind string

// Kinds, worst first.
const (
	Broken     Kind = "broken"     // a new error of content or configuration
	Gated      Kind = "gate"       // a phase was left, or is not left any more
	Verdicts   Kind = "verdict"    // a recommendation changed
	Refused    Kind = "refusal"    // a refusal (won't build) was added, removed or reworded
	Overridden Kind = "override"   // a person's rank was added, removed or changed
	Conditions Kind = "criteria"   // criteria of a phase, or their states, changed
	Ranked     Kind = "rank"       // score or rank changed by the initiative's own numbers
	Predicted  Kind = "prediction" // a prediction was changed after it was approved
	Displaced  Kind = "displaced"  // rank changed because of other initiatives
	Progressed Kind = "status"     // the declared status of an initiative changed
	Decided    Kind = "decision"   // a decision of people was added, removed or changed
	Aimed      Kind = "goal"       // a goal with a date was added, removed or changed
	Limited    Kind = "threshold"  // a threshold or scale of the configuration changed
	Dated      Kind = "dates"      // dates or states of phases and activities changed
	Evidenced  Kind = "evidence"   // the state of discovery changed
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
	Failed bool `json:"failed,omitempty"`
	// Warn means that people rely on what is changed, or that a reason is missing: such a change
	// comes first.
	Warn    bool    `json:"warn,omitempty"`
	Subject Subject `json:"subject"`
	File    string  `json:"file,omitempty"` // below the repository's root, with slashes
	Line    int     `json:"line,omitempty"`
	// Touched is a line of File that the request changes: Line if that is one, else the first. It
	// is 0 if the request changes no line of File that is left.
	Touched int `json:"touched,omitempty"`

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
	Criteria   []Judgeable `json:"criteria,omitempty"`
	Status     *Status     `json:"status,omitempty"`
	Evidence   *Evidence   `json:"evidence,omitempty"`
	Dates      []Span      `json:"dates,omitempty"`
	Item       *Item       `json:"item,omitempty"`
	What       string      `json:"what,omitempty"` // for Nightly: the file
	// Input has the numbers that depend on the file of a Nightly change.
	Input *MeasuredInput `json:"input,omitempty"`
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
	Phase string `json:"phase"`
	// Was is the state in the base: "" if the phase was not left, "passed", or "failed" if its
	// check failed. Back means that the phase is not left any more.
	Was     string      `json:"was,omitempty"`
	Back    bool        `json:"back,omitempty"`
	Entered string      `json:"entered,omitempty"` // the phase that began; "" if none has
	Unmet   []Criterion `json:"unmet,omitempty"`   // of the phase that was left
	Reason  string      `json:"reason,omitempty"`  // the reason for leaving it without them
	By      string      `json:"by,omitempty"`      // role of the person
}

// Criterion is a criterion that is not met.
type Criterion struct {
	Text    string `json:"text,omitempty"`
	Measure string `json:"measure,omitempty"` // title of the measure, or ID of the metric
	Feature string `json:"feature,omitempty"` // title of the feature that the metric is about
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

// Prediction is an approved initiative whose numbers, or expected effect, were changed after
// approval. The result is compared with the prediction at approval, whatever is edited later.
type Prediction struct {
	// Approved is the day of the prediction that stays. Now is the day written now, if it is
	// another one: zero with Ended.
	Approved time.Time `json:"approved"`
	Now      time.Time `json:"now,omitzero"`
	Ended    bool      `json:"ended,omitempty"` // the approval, or the initiative, was removed
	Effort   Pair      `json:"effort"`          // in the unit of the plan
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
	Gates   []string  `json:"gates,omitempty"` // phases that were left before, and count no longer
	// Reopened is the new reason or answer of a request that is not refused any more; "" without.
	Reopened string `json:"reopened,omitempty"`
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
	// Redundant is the effect of an override with the rank that the score gives; else nil.
	Redundant *Redundant `json:"redundant,omitempty"`
	// Until is the first day without it; zero: until removed. Expired means that it has come.
	Until   time.Time `json:"until,omitzero"`
	Expired bool      `json:"expired,omitempty"`
}

// Rank is an initiative's score and rank before and after; nil if it had none.
type Rank struct {
	Before  *Place      `json:"before,omitempty"`
	After   *Place      `json:"after,omitempty"`
	Inputs  []Judgement `json:"inputs,omitempty"`  // the numbers whose estimate changed
	Against []Against   `json:"against,omitempty"` // initiatives that it passed, that passed it, or that it ties with
	// Override is the effect of an override that now has the rank that the score gives.
	Override *Redundant `json:"override,omitempty"`
	// Assumed is the factor of the assumed ranges, which follow from research and phases; nil if
	// it stays.
	Assumed *Pair `json:"assumed,omitempty"`
	// Unscored means that an open initiative has no score any more, because a number is missing.
	Unscored bool `json:"unscored,omitempty"`
	// Goes are the neighbours in the published order of an initiative that was not ranked before.
	Goes *Neighbours `json:"goes,omitempty"`
}

// Redundant is the effect of an override whose rank is the same as the rank by score.
type Redundant struct {
	// Without is the published rank without the override; 0 if the whole order stays the same.
	Without int `json:"without,omitempty"`
	// Close are the titles of the neighbours by score whose order is too close to call.
	Close []string `json:"close,omitempty"`
}

// Neighbours are the titles of the initiatives before and after one in the published order; ""
// at an end.
type Neighbours struct {
	After  string `json:"after,omitempty"`
	Before string `json:"before,omitempty"`
	Of     int    `json:"of"` // number of ranked initiatives
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
	Because bool    `json:"because"` // a reason is given
	// Stale means that the number is another one, and the reason the same as before.
	Stale bool `json:"stale,omitempty"`
	Line  int  `json:"line,omitempty"`
	// Scale means that the file has the same word, and the configuration another number for it.
	Scale bool `json:"scale,omitempty"`
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
	Change      string    `json:"change"`  // "added", "removed", "changed"
	Feature     string    `json:"feature"` // title
	Decision    string    `json:"decision"`
	Was         string    `json:"was,omitempty"`         // the decision before, if it is another one
	Recommended string    `json:"recommended,omitempty"` // as written in the file
	Now         string    `json:"now,omitempty"`         // recommendation of the tree, if it differs
	Deadline    time.Time `json:"deadline,omitzero"`
	Reason      string    `json:"reason,omitempty"`
	// Undecided means that the decision announced something, and nothing is announced now.
	Undecided bool `json:"undecided,omitempty"`
	// Moved means that the deadline changed; Before is the earlier one, zero for none.
	Moved  bool      `json:"moved,omitempty"`
	Before time.Time `json:"before,omitzero"`
	// Leaving is the way out of a deprecated feature; nil if its use is unknown.
	Leaving *Leaving `json:"leaving,omitempty"`
}

// Leaving describes the units that still use a deprecated feature.
type Leaving struct {
	Left int    `json:"left"`
	Unit string `json:"unit,omitempty"` // "team"
	// Early and Late are the limits of the day on which nobody is left, by the moves so far: both
	// zero without a forecast, Late alone if it is more than two years ahead.
	Early time.Time            `json:"early,omitzero"`
	Late  time.Time            `json:"late,omitzero"`
	Risk  compute.DeadlineRisk `json:"risk,omitempty"`
}

// Goal is a goal with a date, before and after; nil if it did not exist.
type Goal struct {
	Before *goals.Standing `json:"before,omitempty"`
	After  *goals.Standing `json:"after,omitempty"`
	// Began is the first day of the quarter of the goal's day, if it has come and the goal was
	// removed or made weaker; else zero.
	Began time.Time `json:"began,omitzero"`
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
	Was    string `json:"was,omitempty"` // the name before, if it is another one
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
	// Change is "added", "removed", "renamed", or "drafted" and "undrafted" for an item that
	// became a draft, or is none any more.
	Change string `json:"change"`
	Before string `json:"before,omitempty"` // of a renamed item: its title before, if it is another one
	Status string `json:"status,omitempty"`
	// Lost is the ID before of an item that has another one without "formerly", so that its
	// history ends. Swapped means that the ID now was another item's.
	Lost    string `json:"lost,omitempty"`
	Swapped bool   `json:"swapped,omitempty"`
	// Refers are the items of the base that refer to a removed one.
	Refers []Subject `json:"refers,omitempty"`
	// Of a removed feature: its last recommendation and its use.
	Advice *Advice `json:"advice,omitempty"`
	Active int     `json:"active,omitempty"` // units that use it, out of Of
	Of     int     `json:"of,omitempty"`
	Unit   string  `json:"unit,omitempty"` // "team"
}

// Judgeable is a criterion of a phase before and after; nil if it did not exist. States are
// "met", "not met", "unknown", or "" if no measured data exist.
type Judgeable struct {
	Phase  string     `json:"phase"`
	Begun  bool       `json:"begun,omitempty"` // the phase had begun in the base
	Before *Criterion `json:"before,omitempty"`
	After  *Criterion `json:"after,omitempty"`
	Was    string     `json:"was,omitempty"`
	Now    string     `json:"now,omitempty"`
	// MetBefore and MetAfter are the days on which people judged it met. Future means that the
	// day after is yet to come.
	MetBefore time.Time `json:"met_before,omitzero"`
	MetAfter  time.Time `json:"met_after,omitzero"`
	Future    bool      `json:"future,omitempty"`
}

// Status is the declared status of an initiative before and after.
type Status struct {
	Before string `json:"before"`
	After  string `json:"after"`
}

// Evidence is a change of the evidence of an initiative or, without a subject, of the state of
// discovery.
type Evidence struct {
	// Gained and Lost are steps of the loop: "discovered", "validated", "measured", "iterated".
	Gained []string `json:"gained,omitempty"`
	Lost   []string `json:"lost,omitempty"`
	// Name is what is counted: "interviews per quarter". Before, After and Goal are in Unit.
	Name   string      `json:"name,omitempty"`
	Before *float64    `json:"before,omitempty"`
	After  *float64    `json:"after,omitempty"`
	Goal   *float64    `json:"goal,omitempty"`
	Unit   metric.Unit `json:"unit,omitempty"`
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
