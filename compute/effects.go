package compute

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Effect is what a feature did to lead time, as far as it can be told: a staggered
// difference-in-differences over teams and periods of four weeks.
type Effect struct {
	Feature string `json:"feature"`
	Outcome string `json:"outcome"` // metric ID
	Verdict string `json:"verdict"` // of package impact
	Reason  string `json:"reason"`
	// Change is relative: −0.25 is a lead time 25 % shorter. Nil when nothing could
	// be estimated.
	Change *float64 `json:"change"`
	Lo     *float64 `json:"lo"`
	Hi     *float64 `json:"hi"`
	P      float64  `json:"p"`
	Q      float64  `json:"q"` // P adjusted over all features
	// Detectable is the relative change that would have been found four times in five.
	Detectable  *float64 `json:"detectable"`
	Adopters    int      `json:"adopters"`
	Comparators int      `json:"comparators"`
	PrePeriods  int      `json:"pre_periods"`
	PostPeriods int      `json:"post_periods"`
	Checks      []Check  `json:"checks"`
	// Events are the relative changes by periods since adoption, in order; negative
	// periods lie before it.
	Events []EventTime `json:"events"`
	// Next is the earliest day on which more can be told: the end of the next period.
	Next time.Time `json:"next"`
}

// Check is one look at whether the comparison was fair.
type Check struct {
	Name   string `json:"name"`
	Passed bool   `json:"passed"`
	Note   string `json:"note"`
}

// EventTime is the estimate some periods since adoption.
type EventTime struct {
	Periods int     `json:"periods"`
	Change  float64 `json:"change"`
}

// effectAnticipation is how many periods before adoption may already be affected:
// teams adopt after a bad month, which must not be the base.
const effectAnticipation = 1

// effects estimates every feature that teams took up, and adjusts for having
// looked at several.
func effects(o Options, a *adoption.Result, panel []dora.PanelRow, cutOff time.Time) []Effect {
	var out []Effect
	var assessed []impact.Assessment
	var ps []float64
	next := org.PeriodStart(org.PeriodOf(cutOff)+1).AddDate(0, 0, o.MaturityDays)
	for i := range a.Features {
		f := &a.Features[i]
		if len(f.FirstUse) == 0 {
			continue
		}
		result, err := impact.Assess(rows(panel, f.FirstUse), impact.Options{
			Anticipation: effectAnticipation, NotYetTreated: true, Seed: impact.SeedOf(f.ID),
		})
		e := Effect{Feature: f.ID, Outcome: dora.LeadTime, P: 1, Q: 1, Next: next}
		if err != nil {
			e.Verdict, e.Reason = string(impact.Insufficient), err.Error()
		} else {
			e.fill(&result)
		}
		out, assessed, ps = append(out, e), append(assessed, result), append(ps, e.P)
	}
	for i, q := range stat.BenjaminiHochberg(ps) {
		out[i].Q = q
		verdict, reason := assessed[i].Judge(impact.Criteria{Q: q, Meaningful: math.Log(1 + o.ImpactPercent/100), Better: metric.Down})
		if out[i].Change != nil {
			out[i].Verdict, out[i].Reason = string(verdict), reason
		}
	}
	return out
}

// rows joins the panel with the period in which each team took the feature up.
// Periods are numbered from 1, because 0 stands for never.
func rows(panel []dora.PanelRow, first []adoption.FirstUse) []impact.Row {
	adopted := map[string]int{}
	for _, u := range first {
		adopted[u.Team] = org.PeriodOf(u.At)
	}
	base := math.MaxInt
	for i := range panel {
		base = min(base, panel[i].Period)
	}
	var out []impact.Row
	for i := range panel {
		p := &panel[i]
		if p.LogLead == nil {
			continue
		}
		r := impact.Row{Unit: p.Team, Period: p.Period - base + 1, Y: *p.LogLead}
		if g, ok := adopted[p.Team]; ok {
			r.FirstUse = max(1, g-base+1)
		}
		out = append(out, r)
	}
	return out
}

// fill takes over an estimate on logarithms as relative changes.
func (e *Effect) fill(a *impact.Assessment) {
	x := &a.Effect
	e.Change, e.Lo, e.Hi = relative(x.Simple), relative(x.Interval.Lo), relative(x.Interval.Hi)
	e.P, e.Detectable = x.P, relative(-x.MDE)
	e.Adopters, e.Comparators, e.PrePeriods, e.PostPeriods = x.Adopters, x.Comparators, x.PrePeriods, x.PostPeriods
	for _, c := range a.Checks {
		e.Checks = append(e.Checks, Check{Name: c.Name, Passed: c.Passed, Note: c.Note})
	}
	for _, k := range slices.SortedFunc(maps.Keys(x.Dynamic), cmp.Compare) {
		if v := relative(x.Dynamic[k]); v != nil {
			e.Events = append(e.Events, EventTime{Periods: k, Change: *v})
		}
	}
}

// relative turns a difference of logarithms into a relative change; nil if it is
// no finite number.
func relative(d float64) *float64 {
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
