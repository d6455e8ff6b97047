package decision

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Thresholds are the limits of the tree, in percent.
type Thresholds struct {
	Satisfied     float64 `json:"satisfied"`      // share of positive answers from which users count as satisfied
	AdoptionHigh  float64 `json:"adoption_high"`  // share of eligible units from which adoption becomes high
	AdoptionLeave float64 `json:"adoption_leave"` // below it adoption stops being high
	AdoptionLow   float64 `json:"adoption_low"`   // below it adoption becomes low
}

// Defaults returns the limits of a platform without configuration.
func Defaults() Thresholds {
	return Thresholds{Satisfied: 60, AdoptionHigh: 70, AdoptionLeave: 60, AdoptionLow: 20}
}

// For returns the limits of a feature, which may set its own. The distance of AdoptionLeave
// from AdoptionHigh stays that of the platform, unless AdoptionLeave would be below
// AdoptionLow.
func (t Thresholds) For(own fact.Thresholds) Thresholds {
	gap := t.AdoptionHigh - t.AdoptionLeave
	if own.Satisfied != nil {
		t.Satisfied = *own.Satisfied
	}
	if own.AdoptionLow != nil {
		t.AdoptionLow = *own.AdoptionLow
	}
	if own.AdoptionHigh != nil {
		t.AdoptionHigh = *own.AdoptionHigh
		t.AdoptionLeave = max(t.AdoptionHigh-gap, min(t.AdoptionLow, t.AdoptionHigh))
	}
	return t
}

// Check returns an error if a limit is not a percentage, or if the limits are in the wrong
// order.
func (t Thresholds) Check() error {
	if !(t.Satisfied > 0 && t.Satisfied <= 100) {
		return fmt.Errorf("decision.satisfied is %g: want a percentage above 0", t.Satisfied)
	}
	if !(t.AdoptionLow >= 0 && t.AdoptionLow <= t.AdoptionLeave && t.AdoptionLeave <= t.AdoptionHigh &&
		t.AdoptionHigh <= 100) {
		return fmt.Errorf("decision.adoption_low %g, adoption_leave %g and adoption_high %g: want percentages in that order",
			t.AdoptionLow, t.AdoptionLeave, t.AdoptionHigh)
	}
	return nil
}
