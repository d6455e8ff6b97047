package decision

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Input is all that a recommendation about one feature rests on.
type Input struct {
	Feature string // ID
	Title   string
	// Satisfaction is the share, 0 to 1, of positive answers among the feature's own
	// users, with N answers.
	Satisfaction Estimate
	// SatisfactionNext is the day of the next wave; zero without a date.
	SatisfactionNext time.Time
	Answers          Answers
	Available        Availability
	Adoption         Adoption
	Delivery         Effect
	// Others are effects on other outcomes: one that is worse makes delivery worse.
	Others         []Effect
	Successor      string // feature ID its users should move to; "" if there is none
	SuccessorTitle string
	Thresholds     Thresholds
	Reasons        []Reason        // coded reasons of its users, most frequent first
	Decisions      []fact.Decision // of any feature, in any order
	AsOf           time.Time       // later decisions do not count yet
}

// Adoption is who uses the feature.
type Adoption struct {
	Known    bool   // false: without figures of its use
	Unit     string // "developer", "team" or "service"
	Active   int
	Eligible int
	// Given is "default" or "mandated" if nobody chose to use it, else "".
	Given string
	// Week is the end of the window that Active was counted in.
	Week time.Time
	// History is adoption at the end of earlier weeks, under the same definition.
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

// What an Effect's Verdict may be, in the words of the impact family; anything
// else counts as EffectInsufficient.
const (
	EffectImproved        = "improved"
	EffectWorse           = "worse"
	EffectNone            = "no meaningful effect"
	EffectCannotAttribute = "cannot attribute"
	EffectInsufficient    = "insufficient"
)

// Effect is the change of an outcome because of the feature, by default of lead time.
type Effect struct {
	Outcome string // metric or measure ID, such as "dora.lead_time"
	Verdict string // EffectImproved …; "" if it was not estimated
	// Change is the estimated effect, such as −0.25 of a lead time, with N teams.
	Change Estimate
	Better metric.Direction
	// ChecksFailed marks a comparison that failed a check: the estimate may then not even lean.
	ChecksFailed bool
	// Down and Up are the one-sided chances of a change this far down, or up, without
	// any effect; nil: they follow from the interval of Change.
	Down, Up *float64
	// Comparators is how many teams each period is compared with; below
	// MinComparators the estimate may not lean.
	Comparators int
	// BeforeAfter marks an outcome that was compared with its own past only: something else may
	// be the cause. It may lean, and is never beyond doubt.
	BeforeAfter bool
	// Before and After are the values behind Change, in the outcome's own unit.
	Before, After *float64
	Next          time.Time // the earliest day with more data; zero without a date
}

// verdict returns the verdict that is beyond doubt.
func (e *Effect) verdict() string {
	if e.BeforeAfter {
		return EffectInsufficient
	}
	return e.Verdict
}

// Reason is a coded reason that users of the feature gave, such as "too complex".
type Reason struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"` // of those who answered about the feature
	N     int     `json:"n"`
}
