package compute

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Forecast is the expected time of an answer about a feature's effect on lead time.
type Forecast struct {
	// Effect is the relative change in question: the smallest effect of interest.
	Effect float64 `json:"effect"`
	// Next is the day of the next look, and Chance the probability that it claims such an
	// effect.
	Next   time.Time `json:"next"`
	Chance float64   `json:"chance"`
	// At is the first day on which such an effect is claimed with a probability of 80 %; zero
	// if there is none within two years.
	At time.Time `json:"at"`
	// Smallest is the relative change that is claimed within two years with a probability of 80
	// %; nil if there is none.
	Smallest *float64 `json:"smallest"`
}

// forecastPeriods is the number of periods that a forecast covers: two years.
const forecastPeriods = 26

// Panel describes how the teams' lead times move. Plans of roll-outs are computed from it.
type Panel struct {
	impact.Motion
	// Ends is the number of the first period after the panel, which is the current one.
	Ends int `json:"ends"`
	// MaturityDays is the number of days from the end of a period until it counts.
	MaturityDays int `json:"maturity_days"`
}

// newPanel measures the panel without any adoption; nil if it is too small.
func newPanel(o Options, panel []dora.PanelRow, cutOff time.Time) *Panel {
	observed, changes := impactRows(panel, nil)
	m, err := impact.MeasureMotion(observed, effectOptions(changes, 0))
	if err != nil {
		return nil
	}
	return &Panel{Motion: m, Ends: org.PeriodOf(cutOff), MaturityDays: o.MaturityDays}
}

// PlannedLook is one look of a planned roll-out.
type PlannedLook struct {
	At      time.Time `json:"at"`      // the first day on which it is possible
	Periods int       `json:"periods"` // periods of four weeks since the first team adopted
	Chance  float64   `json:"chance"`  // probability that the effect in question is claimed
	// Smallest is the relative change that is claimed with a probability of 80 %; nil if there
	// is none.
	Smallest *float64 `json:"smallest"`
}

// Plan forecasts the looks of a roll-out that begins in a period. begin has the number of teams
// that adopt in each following period; others never adopt. effect is a relative change.
func (p *Panel) Plan(period int, begin []int, others int, effect float64, periods int) []PlannedLook {
	r := impact.RollOut{Pre: p.Periods + period - p.Ends, Begin: begin, Comparators: others}
	return p.plannedLooks(&p.Motion, r, period, math.Log1p(effect), periods)
}

func (p *Panel) plannedLooks(m *impact.Motion, r impact.RollOut, first int, effect float64, periods int) []PlannedLook {
	var out []PlannedLook
	for _, l := range m.Plan(r, effect, effectOptions(nil, 0), periods) {
		at := org.PeriodStart(first+l.Periods).AddDate(0, 0, p.MaturityDays)
		out = append(out, PlannedLook{At: at, Periods: l.Periods, Chance: l.Power, Smallest: relativeChange(-l.Smallest)})
	}
	return out
}

// forecast returns the time when a feature's effect can be concluded, if no other team adopts;
// nil if the panel is too small or no team with an earlier period has adopted.
func (p *Panel) forecast(o Options, panel []dora.PanelRow, first []adoption.FirstUse) *Forecast {
	if p == nil {
		return nil
	}
	observed, changes := impactRows(panel, first)
	m, err := impact.MeasureMotion(observed, effectOptions(changes, 0))
	if err != nil {
		return nil
	}
	r, begins := newRollOut(observed)
	if len(r.Begin) == 0 {
		return nil
	}
	begins += earliestPeriod(panel) - 1
	now := p.Ends - begins // periods since the first team adopted
	f := &Forecast{Effect: -o.ImpactPercent / 100}
	looks := p.plannedLooks(&m, r, begins, math.Log1p(f.Effect), max(0, now)+forecastPeriods)
	for i := range looks {
		l := &looks[i]
		switch {
		case l.Periods <= now:
			continue
		case f.Next.IsZero():
			f.Next, f.Chance = l.At, l.Chance
		}
		if f.At.IsZero() && l.Chance >= impact.Found {
			f.At = l.At
		}
		f.Smallest = l.Smallest
	}
	return f
}

// newRollOut returns the observed roll-out, and its first period as numbered in rows.
func newRollOut(observed []impact.Row) (r impact.RollOut, first int) {
	begun := map[string]int{}
	first, last := math.MaxInt, 0
	for _, row := range observed {
		begun[row.Unit] = row.FirstUse
	}
	for _, g := range begun {
		// A team that adopted with the first period of the panel has no earlier period to
		// compare with.
		if g > 1+effectAnticipation {
			first, last = min(first, g), max(last, g)
		}
	}
	if last == 0 {
		return impact.RollOut{}, 0
	}
	r = impact.RollOut{Pre: first - 1, Begin: make([]int, last-first+1)}
	for _, g := range begun {
		switch {
		case g == 0:
			r.Comparators++
		case g > 1+effectAnticipation:
			r.Begin[g-first]++
		}
	}
	return r, first
}

// earliestPeriod returns the panel's first period.
func earliestPeriod(panel []dora.PanelRow) int {
	first := math.MaxInt
	for i := range panel {
		first = min(first, panel[i].Period)
	}
	return first
}
