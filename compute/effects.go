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
	// Change is relative: −0.25 is a lead time 25 % shorter. Nil when nothing could
	// be estimated.
	Change *float64 `json:"change"`
	metric.Limits
	P float64 `json:"p"`
	Q float64 `json:"q"` // P adjusted over all features
	// Detectable is the relative change that would have been found four times in five.
	Detectable  *float64 `json:"detectable"`
	Adopters    int      `json:"adopters"`
	Comparators int      `json:"comparators"`
	// PerPeriod is how many teams an effect compares with in at least half of its
	// periods, teams that began later included.
	PerPeriod   int     `json:"comparators_per_period"`
	PrePeriods  int     `json:"pre_periods"`
	PostPeriods int     `json:"post_periods"`
	Checks      []Check `json:"checks"`
	// Looks is how many times there has been enough for a verdict. P pays for them:
	// Nominal is the p-value of this look alone, and Level the largest one that
	// this look still claims.
	Looks   int     `json:"looks"`
	Nominal float64 `json:"p_this_look"`
	Level   float64 `json:"level_this_look"`
	// Shorter and Longer are one-sided and of this look alone: the chance of an
	// estimate this far below, or above, if the feature did nothing.
	Shorter float64 `json:"p_shorter"`
	Longer  float64 `json:"p_longer"`
	// NoiseRatio is how many times as noisy an adopter's period is as one of the
	// teams compared with.
	NoiseRatio float64 `json:"noise_ratio"`
	// Drift is the relative change per period of adopters against the others before
	// the base, and Continued what the effect would be if it had gone on; nil where
	// there are too few periods.
	Drift     *float64 `json:"drift"`
	DriftP    float64  `json:"drift_p"`
	Continued *float64 `json:"drift_continued"`
	// Breakdown is how many times the largest step between two neighbouring periods
	// before the base each later step, all in one direction, could have been for
	// the interval still to exclude no change; nil if it does not.
	Breakdown *float64 `json:"breakdown"`
	// Events are the relative changes by periods since adoption, in order; negative periods
	// precede it. All are against one base, which is left out.
	Events []EventTime `json:"events"`
	// Next is the earliest day on which more can be concluded: the end of the next period.
	Next time.Time `json:"next"`
	// Forecast is when there will be an answer, if no further team begins.
	Forecast *Forecast `json:"forecast,omitempty"`
}

// Check is one look at whether the comparison was fair.
type Check struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Note   string `json:"note"`
}

// EventTime is the estimate some periods since adoption.
type EventTime struct {
	Periods       int     `json:"periods"`
	Change        float64 `json:"change"`
	metric.Limits         // 95 %, of this point alone
	// Teams is how many adopters are seen that long since they began, and Compared
	// how many they are compared with.
	Teams    int `json:"teams"`
	Compared int `json:"compared"`
}

// effectAnticipation is how many periods before adoption may already be affected:
// teams adopt after a bad month, which must not be the base.
const effectAnticipation = 1

// effectComparators is the fewest teams that a period is compared with: the one
// team left at the end of a roll-out would carry all the noise of that period.
const effectComparators = 2

// effectOptions returns the settings of the estimator over a panel.
func effectOptions(changes []int, seed uint64) impact.Options {
	return impact.Options{
		Anticipation: effectAnticipation, NotYetTreated: true, LeastComparators: effectComparators,
		Changes: changes, Seed: seed,
	}
}

// estimateEffects estimates every feature that teams took up, and adjusts for having
// looked at several.
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
			e := Effect{Feature: f.ID, Outcome: dora.LeadTime, P: 1, Q: 1, Next: next}
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

// impactRows joins the panel with the period where each team took the feature up, and returns
// the number of changes behind each row. Periods are numbered from 1, because 0 means never.
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

// setAssessment takes over an estimate on logarithms as relative changes.
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

// relativeChange turns a difference of logarithms into a relative change; nil if it is
// no finite number.
func relativeChange(d float64) *float64 {
	v := math.Exp(d) - 1
	if math.IsNaN(v) || math.IsInf(v, 0) || math.IsInf(d, 0) {
		return nil
	}
	return metric.Of(v)
}

// Effect returns the effect of a feature, or nil.
func (m *Measured) Effect(feature string) *Effect {
	for i := range m.Effects {
		if m.Effects[i].Feature == feature {
			return &m.Effects[i]
		}
	}
	return nil
}
