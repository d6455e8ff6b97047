package impact

import (
	"fmt"
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Verdict is the claim about a feature's effect.
type Verdict string

// The five verdicts.
const (
	Improved           Verdict = "improved"
	Worse              Verdict = "worse"
	NoMeaningfulEffect Verdict = "no meaningful effect"
	CannotAttribute    Verdict = "cannot attribute" // a check failed: the comparison is not fair
	Insufficient       Verdict = "insufficient"     // too little data for any claim
)

// The gates: the least data for a verdict.
const (
	MinAdopters    = 8
	MinComparators = 4
	MinPrePeriods  = 4
	MinPostPeriods = 2
)

// claimLevel is the largest q-value of a claimed effect.
const claimLevel = 0.05

// Criteria are the inputs of Judge besides the assessment.
type Criteria struct {
	Q float64 // the effect's P, adjusted over all features
	// Meaningful is the smallest effect of interest, positive and in the units of Y: ln 1.2 for
	// 20 % of a duration on logarithms.
	Meaningful float64
	Better     metric.Direction // Down if less of the outcome is better
}

// Judge returns the verdict and its reason in words. The first rule that matches decides:
//
//  1. a gate fails: insufficient
//  2. a check fails: cannot attribute
//  3. the interval excludes 0 and q ≤ 0.05: improved or worse
//  4. the interval is within ± the meaningful effect: no meaningful effect
//  5. otherwise: insufficient, because only an effect of Effect.MDE or more would have
//     been found
//
// The zero Assessment, of a panel without an estimate, is insufficient.
func (a Assessment) Judge(c Criteria) (Verdict, string) {
	if reason := a.Effect.findFailedGate(); reason != "" {
		return Insufficient, reason
	}
	for _, check := range a.Checks {
		if !check.Passed {
			return CannotAttribute, check.failureReason()
		}
	}
	iv := a.Effect.Interval
	switch {
	case !iv.Contains(0) && c.Q <= claimLevel:
		if (a.Effect.Simple > 0) == (c.Better == metric.Up) {
			return Improved, "the interval excludes no effect"
		}
		return Worse, "the interval excludes no effect"
	case math.Max(-iv.Lo, iv.Hi) <= c.Meaningful:
		return NoMeaningfulEffect, "the whole interval is smaller than the smallest effect of interest"
	}
	return Insufficient, "the interval holds both no effect and a meaningful one"
}

// failureReason returns the reason for the failure of a check.
func (c *Check) failureReason() string {
	switch c.Name {
	case NoiseCheck, ExtrapolationCheck:
		return c.Note
	case SlopeCheck:
		return fmt.Sprintf("%s is more than chance makes (p = %.3f)", c.Note, c.P)
	}
	return fmt.Sprintf("the %s check failed: %s differ from what chance makes (p = %.3f)", c.Name, c.Note, c.P)
}

// findFailedGate names the first gate that fails; "" if all are passed.
func (e Effect) findFailedGate() string {
	for _, gate := range []struct {
		what        string
		have, least int
	}{
		{"teams that adopted", e.Adopters, MinAdopters},
		{"teams to compare with", e.Comparators, MinComparators},
		{"periods before adoption", e.PrePeriods, MinPrePeriods},
		{"periods since adoption", e.PostPeriods, MinPostPeriods},
	} {
		if gate.have < gate.least {
			return fmt.Sprintf("%d %s, at least %d needed", gate.have, gate.what, gate.least)
		}
	}
	return ""
}
