package dora

import (
	"math"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// Weeks differ: a cause that slows one deployment of a week slows others, too. The size of this
// effect is estimated from the fortnights before both windows. With fewer than six of them it
// is estimated from the weeks of the windows, each around the level of its own window.

const (
	fortnight = 2 // weeks
	// minPeriods is the number of fortnights that a reference needs.
	minPeriods = 6
)

// weekGroup is a group of weeks whose observations are summed.
type weekGroup struct {
	weeks []int // indices in comparison.skip
	level int   // groups of one level are compared with each other: 0, or 0 and 1
}

// leastDF is the number of degrees of freedom that the reference needs: six fortnights with
// data, less a level and a drift.
const leastDF = minPeriods - 2

// listReference lists the fortnights before both windows.
func (c *comparison) listReference() []weekGroup {
	earliest := c.countPastWeeks()
	for i := range c.units {
		if c.hasServices(i) {
			earliest = min(earliest, c.units[i].from)
		}
	}
	var list []weekGroup
	for to := c.countPastWeeks(); to-fortnight >= max(earliest, c.seen); to -= fortnight {
		if !slices.Contains(c.skip[to-fortnight:to], true) {
			list = append(list, weekGroup{weeks: []int{to - 2, to - 1}})
		}
	}
	return list
}

// listWindowWeeks lists the weeks of both windows; each window has its own level.
func (c *comparison) listWindowWeeks() []weekGroup {
	var list []weekGroup
	for w := c.countPastWeeks(); w < len(c.skip); w++ {
		if !c.skip[w] {
			list = append(list, weekGroup{weeks: []int{w}, level: c.findWindow(w)})
		}
	}
	return list
}

// estimateDispersion estimates a dispersion from the reference or, if that is too small, from
// the weeks of the windows. lost is the number of levels.
func (c *comparison) estimateDispersion(estimate func(list []weekGroup, lost int) stat.Dispersion) stat.Dispersion {
	if list := c.listReference(); len(list) >= minPeriods {
		if d := estimate(list, 1); d.DF >= leastDF {
			return d
		}
	}
	return estimate(c.listWindowWeeks(), 2)
}

// hasServices reports whether a unit has services of its own.
func (c *comparison) hasServices(unit int) bool { return unit != c.strays }

// countLevels returns the number of levels in a list of groups.
func countLevels(list []weekGroup) int { return list[len(list)-1].level + 1 }

// arrangeStrata arranges a value of every unit and group for an estimate of dispersion. A
// stratum is a unit at one level.
func arrangeStrata[T any](c *comparison, list []weekGroup, of func(u *unit, p weekGroup) T) [][]T {
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

// estimateTimesDispersion estimates how much more durations differ between weeks than
// independent durations would.
func (c *comparison) estimateTimesDispersion(of func(*totals) *logDurations) stat.Dispersion {
	return c.estimateDispersion(func(list []weekGroup, lost int) stat.Dispersion {
		return stat.RankDispersion(arrangeStrata(c, list,
			func(u *unit, p weekGroup) []float64 { return u.collectLogs(of, p) }), lost)
	})
}

// collectLogs returns the durations of a unit in a group of weeks, as logarithms.
func (u *unit) collectLogs(of func(*totals) *logDurations, p weekGroup) []float64 {
	if len(p.weeks) == 1 {
		return of(&u.weeks[p.weeks[0]]).logs
	}
	var out []float64
	for _, w := range p.weeks {
		out = append(out, of(&u.weeks[w]).logs...)
	}
	return out
}

// sumCount sums a count of a unit over a group of weeks.
func (u *unit) sumCount(count func(*totals) int, p weekGroup) float64 {
	n := 0
	for _, w := range p.weeks {
		n += count(&u.weeks[w])
	}
	return float64(n)
}

func countDeployed(s *totals) int { return s.deployments }
func countFailed(s *totals) int   { return s.failed }
func countReworked(s *totals) int { return s.reworked }

func selectLead(s *totals) *logDurations     { return &s.lead }
func selectRecovery(s *totals) *logDurations { return &s.recovery }
func selectRestore(s *totals) *logDurations  { return &s.restore }

// estimateShareDispersion estimates how much more a share of the deployments differs between
// weeks than independent deployments would: over all units together in the reference, and over
// the weeks of each unit in the windows.
func (c *comparison) estimateShareDispersion(count func(*totals) int) stat.Dispersion {
	return c.estimateDispersion(func(list []weekGroup, lost int) stat.Dispersion {
		k := arrangeStrata(c, list, func(u *unit, p weekGroup) float64 { return u.sumCount(count, p) })
		n := arrangeStrata(c, list, func(u *unit, p weekGroup) float64 { return u.sumCount(countDeployed, p) })
		return stat.ShareDispersion(k, n, lost)
	})
}

// estimateRateDispersion estimates how much more the deployments per week vary than a steady
// pace would. It uses the fortnights of the reference and the weeks of the windows together.
func (c *comparison) estimateRateDispersion(now, before []float64) stat.Dispersion {
	bins := [][]float64{now, before}
	if list := c.listReference(); len(list) >= minPeriods {
		known := 0
		for i := range c.units {
			if c.hasServices(i) {
				known = max(known, c.units[i].from)
			}
		}
		var past []float64
		for _, p := range list {
			total := 0.0
			for i := range c.units {
				total += c.units[i].sumCount(countDeployed, p)
			}
			if p.weeks[0] >= known {
				past = append(past, total)
			}
		}
		bins = append(bins, past)
	}
	return stat.CountDispersion(bins...)
}

// estimateCommon returns the variance that the shifts of all units have in common, with its
// degrees of freedom. It comes from weeks that are slow for all units at once. level compares a
// unit's group of weeks with the unit's usual level; it returns NaN without data.
func (c *comparison) estimateCommon(level func(u *unit, usual, p weekGroup) float64) (variance, df float64) {
	if list := c.listReference(); len(list) >= minPeriods {
		if variance, df = c.estimateCommonIn(list, 1, level); df >= leastDF {
			return variance, df
		}
	}
	return c.estimateCommonIn(c.listWindowWeeks(), 2, level)
}

func (c *comparison) estimateCommonIn(list []weekGroup, lost int,
	level func(u *unit, usual, p weekGroup) float64) (variance,
	df float64,
) {
	usual := make([]weekGroup, countLevels(list))
	for _, p := range list {
		usual[p.level].weeks = append(usual[p.level].weeks, p.weeks...)
	}
	rows := make([][]float64, 0, len(c.units))
	for i := range c.units {
		u := &c.units[i]
		if !c.hasServices(i) {
			continue
		}
		row := make([]float64, len(list))
		for g, p := range list {
			row[g] = math.NaN()
			if p.weeks[0] >= u.from {
				row[g] = level(u, u.dropUncollected(usual[p.level]), p)
			}
		}
		rows = append(rows, row)
	}
	variance, df = stat.CommonVariance(rows, lost)
	now, before := float64(countClaimed(c.skippedNow())), float64(countClaimed(c.skippedBefore()))
	return variance * float64(len(list[0].weeks)) * (1/now + 1/before), df
}

// dropUncollected drops the weeks without data of some service of the unit.
func (u *unit) dropUncollected(p weekGroup) weekGroup {
	p.weeks = slices.DeleteFunc(slices.Clone(p.weeks), func(w int) bool { return w < u.from })
	return p
}

// newTimesLevel returns the level of durations for estimateCommon.
func newTimesLevel(of func(*totals) *logDurations) func(u *unit, usual, p weekGroup) float64 {
	centres := map[*unit]map[int]float64{}
	return func(u *unit, usual, p weekGroup) float64 {
		logs := u.collectLogs(of, p)
		if len(logs) == 0 {
			return math.NaN()
		}
		if centres[u] == nil {
			centres[u] = map[int]float64{}
		}
		centre, seen := centres[u][p.level]
		if !seen {
			centre = stat.Quantile(slices.Sorted(slices.Values(u.collectLogs(of, usual))), 0.5)
			centres[u][p.level] = centre
		}
		at, _ := stat.PseudoMedian(logs, confidence)
		return at - centre
	}
}

// computeRateLevel returns the level of the pace for estimateCommon.
func computeRateLevel(u *unit, usual, p weekGroup) float64 {
	per := func(p weekGroup) float64 {
		return math.Log((u.sumCount(countDeployed, p) + 0.5) / float64(len(p.weeks)))
	}
	return per(p) - per(usual)
}

// weekDispersion holds, for each measure of a pool, how much the weeks before a window differ.
type weekDispersion struct {
	lead, recovery, restore, failed, reworked stat.Dispersion
}

// estimateWeekDispersion estimates the dispersion of weeks from up to 26 fortnights before a
// window, as far back as all services of the pool were collected. With fewer than six
// fortnights it uses the weeks of the window itself.
func (m *measurer) estimateWeekDispersion(p *pool, w metric.Window) weekDispersion {
	_, services := p.countCollected(m.org, w)
	deployments := m.gatherSpans(p, w, func(past metric.Window) bool {
		_, n := p.countCollected(m.org, past)
		return n >= services && n > 0
	})
	incidents := m.gatherSpans(p, w, func(past metric.Window) bool {
		_, n := p.countCollected(m.org, past)
		return n >= services && n > 0 && (len(m.org.Incidents) == 0 || m.org.IncidentsKnownIn(past))
	})
	times := func(spans spans, of func(*totals) *logDurations) stat.Dispersion {
		return spans.estimateDispersion(func(list []*totals) stat.Dispersion {
			row := make([][]float64, len(list))
			for i := range list {
				row[i] = of(list[i]).logs
			}
			return stat.RankDispersion([][][]float64{row}, 1)
		})
	}
	share := func(spans spans, count func(*totals) int) stat.Dispersion {
		return spans.estimateDispersion(func(list []*totals) stat.Dispersion {
			k, n := make([]float64, len(list)), make([]float64, len(list))
			for i := range list {
				k[i], n[i] = float64(count(list[i])), float64(list[i].deployments)
			}
			return stat.ShareDispersion([][]float64{k}, [][]float64{n}, 1)
		})
	}
	return weekDispersion{
		lead: times(deployments, selectLead), recovery: times(incidents, selectRecovery), restore: times(incidents,
			selectRestore),
		failed: share(incidents, countFailed), reworked: share(deployments, countReworked),
	}
}

// spans holds the fortnights before a window, latest first, and the weeks of the window.
type spans struct{ before, own []*totals }

// estimateDispersion estimates a dispersion from the fortnights or, if they are too few, from
// the weeks of the window.
func (s spans) estimateDispersion(estimate func([]*totals) stat.Dispersion) stat.Dispersion {
	if len(s.before) >= minPeriods {
		if d := estimate(s.before); d.DF >= leastDF {
			return d
		}
	}
	return estimate(s.own)
}

// gatherSpans gathers the events of a pool in up to 26 fortnights before a window, as far back
// as isKnown holds, and in the weeks of the window.
func (m *measurer) gatherSpans(p *pool, w metric.Window, isKnown func(metric.Window) bool) spans {
	var s spans
	add := func(list *[]*totals, past metric.Window) {
		if m.findBreak(p, past) == nil {
			*list = append(*list, p.gatherTotals(past, m.org.Calendar.AsOf))
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

// gatherTotals gathers the events of a pool in a window once: the fortnights before one week
// are also those before the week after the next.
func (p *pool) gatherTotals(w metric.Window, asOf time.Time) *totals {
	key := [2]int64{w.From.Unix(), w.To.Unix()}
	if s := p.totals[key]; s != nil {
		return s
	}
	s := &totals{}
	for _, d := range selectWithin(p.deliveries, finishTime, w) {
		s.addDelivery(d, asOf)
	}
	for _, in := range selectWithin(p.incidents, openingTime, w) {
		s.addIncident(in, asOf)
	}
	if p.totals == nil {
		p.totals = map[[2]int64]*totals{}
	}
	p.totals[key] = s
	return s
}
