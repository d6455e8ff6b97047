package compute

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Forecast is the time when an answer about a feature's effect on lead time is expected.
type Forecast struct {
	// Effect is the relative change that is asked about: the smallest of interest.
	Effect float64 `json:"effect"`
	// Next is the day of the next look, and Chance the chance that it claims such an
	// effect.
	Next   time.Time `json:"next"`
	Chance float64   `json:"chance"`
	// At is the first day when such an effect is claimed in four of five cases; zero if there
	// is none within two years.
	At time.Time `json:"at"`
	// Smallest is the relative change that is claimed in four of five cases in two
	// years; nil if none is.
	Smallest *float64 `json:"smallest"`
}

// foreseen is how many periods a forecast looks ahead: two years.
const foreseen = 26

// Panel is the basis of a plan of a roll-out: how the teams' lead times move.
type Panel struct {
	impact.Motion
	// Ends is the number of the first period after the panel: the one that is under
	// way.
	Ends int `json:"ends"`
	// MaturityDays is how long after a period's end it can be counted.
	MaturityDays int `json:"maturity_days"`
}

// panelOf measures the panel without any adoption; nil if it is too small.
func panelOf(o Options, panel []dora.PanelRow, cutOff time.Time) *Panel {
	observed, changes := impactRows(panel, nil)
	m, err := impact.MotionOf(observed, effectOptions(changes, 0))
	if err != nil {
		return nil
	}
	return &Panel{Motion: m, Ends: org.PeriodOf(cutOff), MaturityDays: o.MaturityDays}
}

// PlannedLook is one look of a planned roll-out.
type PlannedLook struct {
	At      time.Time `json:"at"`      // the first day when it can be made
	Periods int       `json:"periods"` // of four weeks since the first team began
	Chance  float64   `json:"chance"`  // that the effect asked about is claimed
	// Smallest is the relative change that is claimed in four of five cases; nil if
	// none is.
	Smallest *float64 `json:"smallest"`
}

// Plan foresees a roll-out that begins in a period: begin teams in each of the
// following periods, and others that never do. Effect is a relative change.
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

// forecast returns when a feature's effect can be concluded, if no further team begins; nil
// where the panel is too small or no team with an earlier period has begun.
func (p *Panel) forecast(o Options, panel []dora.PanelRow, first []adoption.FirstUse) *Forecast {
	if p == nil {
		return nil
	}
	observed, changes := impactRows(panel, first)
	m, err := impact.MotionOf(observed, effectOptions(changes, 0))
	if err != nil {
		return nil
	}
	r, begins := rollOut(observed)
	if len(r.Begin) == 0 {
		return nil
	}
	begins += earliestPeriod(panel) - 1
	now := p.Ends - begins // periods seen since the first team began
	f := &Forecast{Effect: -o.ImpactPercent / 100}
	looks := p.plannedLooks(&m, r, begins, math.Log1p(f.Effect), max(0, now)+foreseen)
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

// rollOut returns how teams began, and the first period of it by the numbers of rows.
func rollOut(observed []impact.Row) (r impact.RollOut, first int) {
	begun := map[string]int{}
	first, last := math.MaxInt, 0
	for _, row := range observed {
		begun[row.Unit] = row.FirstUse
	}
	for _, g := range begun {
		// A team that began with the panel has nothing to compare itself with.
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
