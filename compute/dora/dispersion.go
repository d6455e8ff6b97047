package dora

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Weeks differ: what slows one deployment of a week slows others, too. How much is
// estimated from the fortnights before both windows. Where fewer than six were
// collected, it is estimated from the weeks of the windows, each around the level
// of its own window.

const (
	fortnight = 2 // weeks
	// minPeriods is from how many fortnights on the past is a reference.
	minPeriods = 6
)

// period is some weeks whose observations are summed.
type period struct {
	weeks []int // places in comparison.skip
	level int   // periods of one level are compared with each other: 0, or 0 and 1
}

// leastDF is how many degrees of freedom the reference needs: those of six fortnights
// with something in them, less a level and a drift.
const leastDF = minPeriods - 2

// reference lists the fortnights before both windows.
func (c *comparison) reference() []period {
	earliest := c.past()
	for i := range c.units {
		if c.knows(i) {
			earliest = min(earliest, c.units[i].from)
		}
	}
	var list []period
	for to := c.past(); to-fortnight >= max(earliest, c.seen); to -= fortnight {
		if !slices.Contains(c.skip[to-fortnight:to], true) {
			list = append(list, period{weeks: []int{to - 2, to - 1}})
		}
	}
	return list
}

// windows lists the weeks of both windows, each at the level of its window.
func (c *comparison) windows() []period {
	var list []period
	for w := c.past(); w < len(c.skip); w++ {
		if !c.skip[w] {
			list = append(list, period{weeks: []int{w}, level: (w - c.past()) / c.window})
		}
	}
	return list
}

// disperse estimates a dispersion from the reference or, where that has too little,
// from the weeks of the windows. lost is the number of levels.
func (c *comparison) disperse(estimate func(list []period, lost int) stat.Dispersion) stat.Dispersion {
	if list := c.reference(); len(list) >= minPeriods {
		if d := estimate(list, 1); d.DF >= leastDF {
			return d
		}
	}
	return estimate(c.windows(), 2)
}

// knows reports whether a unit has services of its own.
func (c *comparison) knows(unit int) bool { return unit != c.strays }

// countLevels returns how many levels the periods of a comparison have.
func countLevels(list []period) int { return list[len(list)-1].level + 1 }

// strata arranges what every unit has in every period for an estimate of
// dispersion: a stratum is a unit at one level.
func strata[T any](c *comparison, list []period, of func(u *unit, p period) T) [][]T {
	n := countLevels(list)
	out := make([][]T, len(c.units)*n)
	for i := range c.units {
		u := &c.units[i]
		for level := range n {
			row := make([]T, len(list))
			for g, p := range list {
				if p.level == level && p.weeks[0] >= u.from {
					row[g] = of(u, p)
				}
			}
			out[i*n+level] = row
		}
	}
	return out
}

// timesDispersion is how much more weeks differ in durations than independent ones
// would.
func (c *comparison) timesDispersion(of func(*side) *observed) stat.Dispersion {
	return c.disperse(func(list []period, lost int) stat.Dispersion {
		return stat.RankDispersion(strata(c, list, func(u *unit, p period) []float64 { return u.logs(of, p) }), lost)
	})
}

// logs are a unit's durations in a period.
func (u *unit) logs(of func(*side) *observed, p period) []float64 {
	if len(p.weeks) == 1 {
		return of(&u.weeks[p.weeks[0]]).logs
	}
	var out []float64
	for _, w := range p.weeks {
		out = append(out, of(&u.weeks[w]).logs...)
	}
	return out
}

// total sums a count of a unit over a period.
func (u *unit) total(count func(*side) int, p period) float64 {
	n := 0
	for _, w := range p.weeks {
		n += count(&u.weeks[w])
	}
	return float64(n)
}

func deployed(s *side) int   { return s.deployments }
func failedOf(s *side) int   { return s.failed }
func reworkedOf(s *side) int { return s.reworked }

func leadOf(s *side) *observed     { return &s.lead }
func recoveryOf(s *side) *observed { return &s.recovery }
func restoreOf(s *side) *observed  { return &s.restore }

// shareDispersion is how much more weeks differ in a share of the deployments than
// independent ones would: all units of a period together in the reference, and
// each unit's weeks in the windows.
func (c *comparison) shareDispersion(count func(*side) int) stat.Dispersion {
	return c.disperse(func(list []period, lost int) stat.Dispersion {
		k := strata(c, list, func(u *unit, p period) float64 { return u.total(count, p) })
		n := strata(c, list, func(u *unit, p period) float64 { return u.total(deployed, p) })
		return stat.ShareDispersion(k, n, lost)
	})
}

// rateDispersion is how much more the deployments of weeks vary than a steady pace
// would make them, of the fortnights of the reference and the weeks of the windows
// together.
func (c *comparison) rateDispersion(now, before []float64) stat.Dispersion {
	bins := [][]float64{now, before}
	if list := c.reference(); len(list) >= minPeriods {
		known := 0
		for i := range c.units {
			if c.knows(i) {
				known = max(known, c.units[i].from)
			}
		}
		var past []float64
		for _, p := range list {
			total := 0.0
			for i := range c.units {
				total += c.units[i].total(deployed, p)
			}
			if p.weeks[0] >= known {
				past = append(past, total)
			}
		}
		bins = append(bins, past)
	}
	return stat.CountDispersion(bins...)
}

// common is the variance that the shift of all units has in common, because some
// weeks are slow for all of them at once, with its degrees of freedom. level is how
// a unit's period compares with the unit's usual level; NaN if it has nothing.
func (c *comparison) common(level func(u *unit, usual, p period) float64) (variance, df float64) {
	if list := c.reference(); len(list) >= minPeriods {
		if variance, df = c.commonOf(list, 1, level); df >= leastDF {
			return variance, df
		}
	}
	return c.commonOf(c.windows(), 2, level)
}

func (c *comparison) commonOf(list []period, lost int, level func(u *unit, usual, p period) float64) (variance,
	df float64,
) {
	usual := make([]period, countLevels(list))
	for _, p := range list {
		usual[p.level].weeks = append(usual[p.level].weeks, p.weeks...)
	}
	rows := make([][]float64, 0, len(c.units))
	for i := range c.units {
		u := &c.units[i]
		if !c.knows(i) {
			continue
		}
		row := make([]float64, len(list))
		for g, p := range list {
			row[g] = math.NaN()
			if p.weeks[0] >= u.from {
				row[g] = level(u, u.known(usual[p.level]), p)
			}
		}
		rows = append(rows, row)
	}
	variance, df = stat.Common(rows, lost)
	now, before := float64(claimed(c.weeksNow())), float64(claimed(c.weeksBefore()))
	return variance * float64(len(list[0].weeks)) * (1/now + 1/before), df
}

// known drops the weeks of a period in which not all of a unit's services were
// collected.
func (u *unit) known(p period) period {
	p.weeks = slices.DeleteFunc(slices.Clone(p.weeks), func(w int) bool { return w < u.from })
	return p
}

// timesLevel returns the level of durations for common.
func timesLevel(of func(*side) *observed) func(u *unit, usual, p period) float64 {
	centres := map[*unit]map[int]float64{}
	return func(u *unit, usual, p period) float64 {
		logs := u.logs(of, p)
		if len(logs) == 0 {
			return math.NaN()
		}
		if centres[u] == nil {
			centres[u] = map[int]float64{}
		}
		centre, seen := centres[u][p.level]
		if !seen {
			centre = stat.Quantile(slices.Sorted(slices.Values(u.logs(of, usual))), 0.5)
			centres[u][p.level] = centre
		}
		at, _ := stat.PseudoMedian(logs, confidence)
		return at - centre
	}
}

// rateLevel is the level of the pace for common.
func rateLevel(u *unit, usual, p period) float64 {
	per := func(p period) float64 {
		return math.Log((u.total(deployed, p) + 0.5) / float64(len(p.weeks)))
	}
	return per(p) - per(usual)
}

// weekDispersion is how much the weeks before a window differ in what a pool is
// measured by.
type weekDispersion struct {
	lead, recovery, restore, failed, reworked stat.Dispersion
}

// dispersionBefore estimates the dispersion of weeks from up to 26 fortnights
// before a window, as far back as all services of the pool were collected.
// Fewer than six fortnights leave the weeks of the window itself.
func (m *measurer) dispersionBefore(p *pool, w metric.Window) weekDispersion {
	_, services := p.collected(m.org, w)
	deployments := m.spansBefore(p, w, func(past metric.Window) bool {
		_, n := p.collected(m.org, past)
		return n >= services && n > 0
	})
	incidents := m.spansBefore(p, w, func(past metric.Window) bool {
		_, n := p.collected(m.org, past)
		return n >= services && n > 0 && (len(m.org.Incidents) == 0 || m.org.IncidentsKnownIn(past))
	})
	times := func(spans spans, of func(*side) *observed) stat.Dispersion {
		return spans.disperse(func(list []*side) stat.Dispersion {
			row := make([][]float64, len(list))
			for i := range list {
				row[i] = of(list[i]).logs
			}
			return stat.RankDispersion([][][]float64{row}, 1)
		})
	}
	share := func(spans spans, count func(*side) int) stat.Dispersion {
		return spans.disperse(func(list []*side) stat.Dispersion {
			k, n := make([]float64, len(list)), make([]float64, len(list))
			for i := range list {
				k[i], n[i] = float64(count(list[i])), float64(list[i].deployments)
			}
			return stat.ShareDispersion([][]float64{k}, [][]float64{n}, 1)
		})
	}
	return weekDispersion{
		lead: times(deployments, leadOf), recovery: times(incidents, recoveryOf), restore: times(incidents, restoreOf),
		failed: share(incidents, failedOf), reworked: share(deployments, reworkedOf),
	}
}

// spans are the fortnights before a window, latest first, and the weeks of the
// window.
type spans struct{ before, own []*side }

// disperse estimates a dispersion from the fortnights or, where they have too little,
// from the weeks of the window.
func (s spans) disperse(estimate func([]*side) stat.Dispersion) stat.Dispersion {
	if len(s.before) >= minPeriods {
		if d := estimate(s.before); d.DF >= leastDF {
			return d
		}
	}
	return estimate(s.own)
}

// spansBefore gathers what a pool did in each of up to 26 fortnights before a window,
// as far back as they are known, and in the weeks of the window.
func (m *measurer) spansBefore(p *pool, w metric.Window, isKnown func(metric.Window) bool) spans {
	var s spans
	add := func(list *[]*side, past metric.Window) {
		if m.freezeIn(past) == "" {
			*list = append(*list, p.side(past, m.org.Calendar.AsOf))
		}
	}
	to := w.From
	for range referenceWeeks / fortnight {
		past := metric.Window{From: to.Add(-fortnight * org.Week), To: to}
		if !isKnown(past) {
			break
		}
		add(&s.before, past)
		to = past.From
	}
	for from := w.From; from.Before(w.To); from = from.Add(org.Week) {
		add(&s.own, metric.Window{From: from, To: from.Add(org.Week)})
	}
	return s
}

// side gathers what a pool did in a window, once: the fortnights before one week are
// those before the week after the next.
func (p *pool) side(w metric.Window, asOf time.Time) *side {
	key := [2]int64{w.From.Unix(), w.To.Unix()}
	if s := p.sides[key]; s != nil {
		return s
	}
	s := &side{}
	for _, d := range within(p.deliveries, finishOf, w) {
		s.delivery(d, asOf)
	}
	for _, in := range within(p.incidents, openingOf, w) {
		s.incident(in, asOf)
	}
	if p.sides == nil {
		p.sides = map[[2]int64]*side{}
	}
	p.sides[key] = s
	return s
}
