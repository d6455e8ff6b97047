package decision

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Input has the data for a recommendation about one feature.
type Input struct {
	Feature string // ID
	Title   string
	// Satisfaction is the share, 0 to 1, of positive answers of the feature's own users, with N
	// answers.
	Satisfaction Estimate
	// SatisfactionNext is the day of the next wave; zero without a date.
	SatisfactionNext time.Time
	Answers          Answers
	Available        Availability
	Adoption         Adoption
	Delivery         Effect
	// Others are effects on other outcomes: one that is worse makes delivery worse.
	Others         []Effect
	Successor      string // feature ID for its users to move to; "" if there is none
	SuccessorTitle string
	Thresholds     Thresholds
	Reasons        []Reason        // coded reasons of its users, most frequent first
	Decisions      []fact.Decision // of any feature, in any order
	AsOf           time.Time       // later decisions do not count
}

// Adoption is the use of the feature.
type Adoption struct {
	Known    bool   // false: no figures of its use
	Unit     string // "developer", "team" or "service"
	Active   int
	Eligible int
	// Given is "default" or "mandated" if users did not choose the feature, else "".
	Given string
	// Week is the end of the window of Active.
	Week time.Time
	// History is the adoption at the end of earlier weeks, with the same definition.
	History []Week
}

// isKnown reports whether there is a share.
func (a *Adoption) isKnown() bool { return a.Known && a.Eligible > 0 && a.Active >= 0 }

// share returns active ÷ eligible, at most 1; 0 if unknown.
func (a *Adoption) share() float64 {
	if !a.isKnown() {
		return 0
	}
	return min(1, float64(a.Active)/float64(a.Eligible))
}

// The verdicts of an Effect, in the words of package impact. Any other text counts as
// EffectInsufficient.
const (
	EffectImproved        = "improved"
	EffectWorse           = "worse"
	EffectNone            = "no meaningful effect"
	EffectCannotAttribute = "cannot attribute"
	EffectInsufficient    = "insufficient"
)

// Effect is the effect of the feature on an outcome, by default on lead time.
type Effect struct {
	Outcome string // metric or measure ID, such as "dora.lead_time"
	Verdict string // EffectImproved …; "" without an estimate
	// Change is the estimated effect, such as −0.25 for a lead time, with N teams.
	Change Estimate
	Better metric.Direction
	// ChecksFailed marks a comparison that failed a check: its estimate has no leaning.
	ChecksFailed bool
	// Down and Up are the one-sided chances of a change this far down, or up, without any
	// effect. If they are nil, they follow from the interval of Change.
	Down, Up *float64
	// Comparators is the number of comparison teams in each period. Below MinComparators the
	// estimate has no leaning.
	Comparators int
	// BeforeAfter marks an outcome that was compared only with its own past. It may have
	// another cause, so it may have a leaning but is never certain.
	BeforeAfter bool
	// Before and After are the compared values, in the unit of the outcome.
	Before, After *float64
	Next          time.Time // the earliest day with more data; zero without a date
}

// verdict returns the certain verdict.
func (e *Effect) verdict() string {
	if e.BeforeAfter {
		return EffectInsufficient
	}
	return e.Verdict
}

// Reason is a coded reason of the feature's users, such as "too complex".
type Reason struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // of the answers about the feature
	N     int     `json:"n"`
}
