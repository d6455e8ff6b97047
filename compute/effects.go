package compute

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
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

const (
	// minChangesPerPeriod is how many changes a team's median of a period needs.
	minChangesPerPeriod = 5
	// effectAnticipation is how many periods before adoption may already be affected:
	// teams adopt after a bad month, which must not be the base.
	effectAnticipation = 1
)

// teamPeriods are the logarithms of median lead times, by team and period.
type teamPeriods map[string]map[int]float64

// panel takes every team's periods that ended by the cut-off, from people's
// changes, by who owned the service when it was deployed.
func panel(o *org.Organisation, linked []dora.Linked) teamPeriods {
	leads := map[string]map[int][]float64{}
	last := org.PeriodOf(o.Calendar.CutOff()) // not over yet
	for i := range linked {
		s := &o.Services[linked[i].Service]
		for k := range linked[i].Deliveries {
			d := &linked[i].Deliveries[k]
			p := org.PeriodOf(d.Finished)
			if p >= last || d.Lane != org.Human {
				continue
			}
			for _, team := range s.OwnersAt(d.Finished) {
				if leads[team] == nil {
					leads[team] = map[int][]float64{}
				}
				for c := range d.Changes {
					if d.Changes[c].Change.Lane == org.Human {
						leads[team][p] = append(leads[team][p], d.Changes[c].Seconds)
					}
				}
			}
		}
	}
	out := teamPeriods{}
	for team, periods := range leads {
		out[team] = map[int]float64{}
		for p, seconds := range periods {
			if len(seconds) >= minChangesPerPeriod {
				slices.Sort(seconds)
				out[team][p] = math.Log(math.Max(1, stat.Quantile(seconds, 0.5)))
			}
		}
	}
	return out
}

// effects estimates every feature that teams took up, and adjusts for having
// looked at several.
func effects(o Options, c fact.Content, a *adoption.Result, panel teamPeriods, cutOff time.Time) []Effect {
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
func rows(panel teamPeriods, first []adoption.FirstUse) []impact.Row {
	adopted := map[string]int{}
	for _, u := range first {
		adopted[u.Team] = org.PeriodOf(u.At)
	}
	base := math.MaxInt
	for _, periods := range panel {
		for p := range periods {
			base = min(base, p)
		}
	}
	var out []impact.Row
	for _, team := range slices.Sorted(maps.Keys(panel)) {
		for _, p := range slices.Sorted(maps.Keys(panel[team])) {
			r := impact.Row{Unit: team, Period: p - base + 1, Y: panel[team][p]}
			if g, ok := adopted[team]; ok {
				r.FirstUse = max(1, g-base+1)
			}
			out = append(out, r)
		}
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
