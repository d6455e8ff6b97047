package compute

import (
	"math"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Effect is the effect of a feature on lead time: a staggered difference-in-differences over
// teams and periods of four weeks.
type Effect struct {
	Feature string `json:"feature"`
	Outcome string `json:"outcome"` // metric ID
	Verdict string `json:"verdict"` // of package impact
	Reason  string `json:"reason"`
	// Change is relative: −0.25 is a lead time 25 % shorter. It is nil without an estimate.
	Change *float64 `json:"change"`
	metric.Limits
	P float64 `json:"p"`
	Q float64 `json:"q"` // P adjusted for the number of features
	// Meaningful is the smallest relative change of interest, such as 0.2; a change between it and
	// its inverse is too small to matter.
	Meaningful float64 `json:"meaningful,omitempty"`
	// Detectable is the relative change that would have been found with a probability of 80 %.
	Detectable  *float64 `json:"detectable"`
	Adopters    int      `json:"adopters"`
	Comparators int      `json:"comparators"`
	// PerPeriod is the number of teams compared with in at least half of the periods, with
	// teams that adopted later.
	PerPeriod   int     `json:"comparators_per_period"`
	PrePeriods  int     `json:"pre_periods"`
	PostPeriods int     `json:"post_periods"`
	Checks      []Check `json:"checks"`
	// Looks is the number of looks so far with enough data for a verdict. P is corrected for
	// them: Nominal is the p-value of this look alone, and Level the largest Nominal that this
	// look claims.
	Looks   int     `json:"looks"`
	Nominal float64 `json:"p_this_look"`
	Level   float64 `json:"level_this_look"`
	// Shorter and Longer are one-sided p-values of this look alone: the probability of an
	// estimate this far below, or above, if the feature had no effect.
	Shorter float64 `json:"p_shorter"`
	Longer  float64 `json:"p_longer"`
	// NoiseRatio is the standard deviation of an adopter's period divided by that of the teams
	// compared with.
	NoiseRatio float64 `json:"noise_ratio"`
	// Drift is the relative change per period of adopters against the others before the base.
	// Continued is the effect that this drift alone would have given. Both are nil with too few
	// periods.
	Drift     *float64 `json:"drift"`
	DriftP    float64  `json:"drift_p"`
	Continued *float64 `json:"drift_continued"`
	// Breakdown is a multiple of the largest step between two neighbouring periods before the
	// base. If every later step were that large and in one direction, the interval would just
	// exclude 0. It is nil if the interval does not exclude 0.
	Breakdown *float64 `json:"breakdown"`
	// Events are the relative changes by periods since adoption, in order; earlier periods are
	// negative. All have the same base, which is left out.
	Events []EventTime `json:"events"`
	// Next is the earliest day with new information: the end of the next period.
	Next time.Time `json:"next"`
	// Forecast is the time when an answer is expected, if no other team adopts.
	Forecast *Forecast `json:"forecast,omitempty"`
}

// Check is one test of whether the comparison was fair.
type Check struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Note   string `json:"note"`
}

// EventTime is the effect a number of periods after adoption.
type EventTime struct {
	Periods       int     `json:"periods"`
	Change        float64 `json:"change"`
	metric.Limits         // 95 %, of this point alone
	// Teams is the number of adopters observed that long after adoption, and Compared the
	// number of teams that they are compared with.
	Teams    int `json:"teams"`
	Compared int `json:"compared"`
}

// effectAnticipation is the number of periods before adoption that may already be affected:
// teams adopt after a bad month, which must not be the base.
const effectAnticipation = 1

// effectComparators is the fewest teams that a period is compared with: a single team at the
// end of a roll-out would bring all of its noise into that period.
const effectComparators = 2

// effectOptions returns the settings of the estimator over a panel.
func effectOptions(changes []int, seed uint64) impact.Options {
	return impact.Options{
		Anticipation: effectAnticipation, NotYetTreated: true, LeastComparators: effectComparators,
		Changes: changes, Seed: seed,
	}
}

// estimateEffects estimates the effect of every feature that teams adopted, and adjusts the
// p-values for their number.
func estimateEffects(o Options, a *adoption.Result, panel []dora.PanelRow, moves *Panel, cutOff time.Time) []Effect {
	next := org.PeriodStart(org.PeriodOf(cutOff)+1).AddDate(0, 0, o.MaturityDays)
	var used []*adoption.Feature
	for i := range a.Features {
		if f := &a.Features[i]; len(f.FirstUse) > 0 {
			used = append(used, f)
		}
	}
	if len(used) == 0 {
		return nil
	}
	out, assessed, ps := make([]Effect, len(used)), make([]impact.Assessment, len(used)), make([]float64, len(used))
	var wait sync.WaitGroup
	for i, f := range used {
		wait.Go(func() {
			observed, changes := impactRows(panel, f.FirstUse)
			result, err := impact.Assess(observed, effectOptions(changes, impact.SeedOf(f.ID)))
			e := Effect{
				Feature: f.ID, Outcome: dora.LeadTime, P: 1, Q: 1, Next: next, Meaningful: o.ImpactPercent / 100,
			}
			if err != nil {
				e.Verdict, e.Reason = string(impact.Insufficient), err.Error()
			} else {
				e.setAssessment(&result)
			}
			out[i], assessed[i], ps[i] = e, result, e.P
		})
	}
	wait.Wait()
	for i, q := range stat.BenjaminiHochberg(ps) {
		out[i].Q = q
		verdict, reason := assessed[i].Judge(impact.Criteria{
			Q: q, Meaningful: math.Log(1 + o.ImpactPercent/100),
			Better: metric.Down,
		})
		if out[i].Change != nil {
			out[i].Verdict, out[i].Reason = string(verdict), reason
		}
		if verdict == impact.Insufficient {
			out[i].Forecast = moves.forecast(o, panel, a.Find(out[i].Feature).FirstUse)
		}
	}
	return out
}

// impactRows joins the panel with the period when each team adopted the feature, and
// returns the number of changes behind each row. Periods are numbered from 1, because 0 means
// never.
func impactRows(panel []dora.PanelRow, first []adoption.FirstUse) (out []impact.Row, changes []int) {
	adopted := map[string]int{}
	for _, u := range first {
		adopted[u.Team] = org.PeriodOf(u.At)
	}
	base := earliestPeriod(panel)
	for i := range panel {
		p := &panel[i]
		if p.LogLead == nil {
			continue
		}
		r := impact.Row{Unit: p.Team, Period: p.Period - base + 1, Y: *p.LogLead}
		if g, ok := adopted[p.Team]; ok {
			r.FirstUse = max(1, g-base+1)
		}
		out, changes = append(out, r), append(changes, p.Changes)
	}
	return out, changes
}

// setAssessment fills in an estimate on logarithms as relative changes.
func (e *Effect) setAssessment(a *impact.Assessment) {
	x := &a.Effect
	e.Change, e.Lo, e.Hi = relativeChange(x.Simple), relativeChange(x.Interval.Lo), relativeChange(x.Interval.Hi)
	e.P, e.Detectable = x.P, relativeChange(-x.MDE)
	e.Adopters, e.Comparators, e.PrePeriods, e.PostPeriods = x.Adopters, x.Comparators, x.PrePeriods, x.PostPeriods
	e.PerPeriod, e.NoiseRatio = x.PerPeriod, x.NoiseRatio
	e.Looks, e.Nominal, e.Level, e.Shorter, e.Longer = x.Looks, x.Nominal, x.Level, x.Less, x.More
	if e.DriftP = a.Drift.P; a.Drift.Periods > 0 {
		e.Drift, e.Continued = relativeChange(a.Drift.Slope), relativeChange(a.Drift.Extrapolated)
	}
	if b := a.Drift.Breakdown; b > 0 && !math.IsInf(b, 0) {
		e.Breakdown = metric.Of(b)
	}
	for _, c := range a.Checks {
		e.Checks = append(e.Checks, Check{Name: c.Name, Passed: c.Passed, Note: c.Note})
	}
	for _, event := range a.Events {
		if v := relativeChange(event.ATT); v != nil {
			e.Events = append(e.Events, EventTime{
				Periods: event.Periods, Change: *v, Limits: metric.Limits{
					Lo: relativeChange(event.Interval.Lo),
					Hi: relativeChange(event.Interval.Hi),
				},
				Teams: event.Adopters, Compared: event.Comparators,
			})
		}
	}
}

// relativeChange converts a difference of logarithms into a relative change; nil if it is not
// finite.
func relativeChange(d float64) *float64 {
	v := math.Exp(d) - 1
	if math.IsNaN(v) || math.IsInf(v, 0) || math.IsInf(d, 0) {
		return nil
	}
	return metric.Of(v)
}

// Effect returns the effect of the feature with that ID, or nil.
func (m *Measured) Effect(feature string) *Effect {
	for i := range m.Effects {
		if m.Effects[i].Feature == feature {
			return &m.Effects[i]
		}
	}
	return nil
}
