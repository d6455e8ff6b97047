package dora

import (
	"fmt"
	"math"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/trend"
)

const (
	// minTeams is from how many teams on the team is the unit of the
	// organisation's test: then it speaks about teams like these, and below it
	// about these teams only.
	minTeams = 8
	// minOpenCases is how many cases a window needs where some are still open.
	minOpenCases = 10
)

// trends tests the changes of a scope's metrics. Outcomes are settled when all
// cells of the page are there.
func (m *measurer) trends(p *pool, list []metric.Metric) {
	c := m.compare(p)
	if c == nil {
		return
	}
	incidents := len(m.org.Incidents) == 0 ||
		m.org.IncidentsKnownIn(metric.Window{From: m.before.From, To: m.now.To})
	failures := incidents || !m.uses(IncidentField) && !m.uses(Window)
	for i := range list {
		mt := &list[i]
		if mt.Value == nil || mt.Was == nil {
			continue
		}
		switch mt.ID {
		case Frequency:
			mt.Trend = named(c.rate(), sameServices)
		case LeadTime:
			switch why := c.untestable(); {
			case m.LeadStatistic != Median:
			case mt.State == metric.Provisional:
				mt.Warnings = append(mt.Warnings, "its change is not tested, because most of its values are lower limits")
			case why != "":
				mt.Warnings = append(mt.Warnings, why)
			default:
				mt.Trend = named(c.times(func(s *side) *observed { return &s.lead }, evDeploy), "a typical deployment")
			}
		case Rework:
			mt.Trend = named(c.share(reworked, reworked), sameServices)
		case FailRate:
			if failures && m.FailRateOf == OfDeployments {
				t, why := c.failTrend()
				if mt.Trend = named(t, sameServices); why != "" {
					mt.Warnings = append(mt.Warnings, why)
				}
			}
		case RecoveryTime:
			if failures {
				mt.Trend = named(c.times(func(s *side) *observed { return &s.recovery }, "failed deployments"), "a typical failed deployment")
			}
		case RestoreTime:
			if incidents {
				mt.Trend = named(c.times(func(s *side) *observed { return &s.restore }, evIncident), "a typical incident")
			}
		}
	}
}

// rate compares deployments per week.
func (c *comparison) rate() *metric.Trend {
	var logs []float64
	now, before := make([]float64, len(c.skipNow)), make([]float64, len(c.skipBefore))
	weeksNow, weeksBefore := float64(claimed(c.skipNow)), float64(claimed(c.skipBefore))
	total, units := 0, 0
	for i := range c.units {
		u := &c.units[i]
		for w, n := range u.now.weeks {
			now[w] += n
		}
		for w, n := range u.before.weeks {
			before[w] += n
		}
		if u.now.deployments+u.before.deployments == 0 {
			continue
		}
		units++
		total += u.before.deployments
		// Half a deployment more on both sides: a month without one has a logarithm then.
		logs = append(logs, math.Log((float64(u.now.deployments)+0.5)/weeksNow)-math.Log((float64(u.before.deployments)+0.5)/weeksBefore))
	}
	if total == 0 {
		return nil
	}
	if units >= minTeams {
		return c.overTeams(logs, metric.Up)
	}
	ratio, _, p, iv := stat.QuasiPoissonRatio(keep(before, c.skipBefore), keep(now, c.skipNow), confidence)
	t := trend.Ratio(ratio, iv, p, c.Sesoi.Ratio, metric.Up)
	return describe(t, "quasi-Poisson ratio of the deployments per week"+c.speaksFor(units), metric.Count{What: "weeks", N: claimed(c.skipNow) + claimed(c.skipBefore)})
}

// keep is the bins that are not skipped.
func keep(bins []float64, skip []bool) []float64 {
	var kept []float64
	for i, v := range bins {
		if !skip[i] {
			kept = append(kept, v)
		}
	}
	return kept
}

func claimed(skip []bool) int {
	n := 0
	for _, s := range skip {
		if !s {
			n++
		}
	}
	return n
}

// times compares durations, as a ratio.
func (c *comparison) times(of func(*side) *observed, what string) *metric.Trend {
	var strata []stat.Stratum
	var logs []float64
	var now, before observed
	for i := range c.units {
		x, y := of(&c.units[i].now), of(&c.units[i].before)
		if len(x.logs) == 0 || len(y.logs) == 0 {
			continue
		}
		strata = append(strata, stat.Stratum{X: x.logs, Y: y.logs})
		if i != c.strays {
			logs = append(logs, shift(x, y))
		}
		now.append(x)
		before.append(y)
	}
	if len(strata) == 0 {
		return nil
	}
	n := []metric.Count{{What: what, N: len(now.logs)}, {What: what + " before", N: len(before.logs)}}
	open := now.open+before.open > 0
	if open && min(len(now.logs), len(before.logs)) < minOpenCases {
		t := trend.NoClaim(math.Exp(shift(&now, &before)), c.Sesoi.Ratio, metric.Down)
		return describe(t, fmt.Sprintf("none: some are still open, and there are fewer than %d in a window", minOpenCases), n...)
	}
	switch {
	case len(logs) >= minTeams:
		return c.overTeams(logs, metric.Down)
	case open:
		s, p, iv := stat.Gehan(now.censored(), before.censored(), confidence)
		t := trend.LogRatio(s, iv, p, c.Sesoi.Ratio, metric.Down)
		return describe(t, "Gehan's test over "+what+", open ones included"+c.speaksFor(len(strata)), n...)
	case len(strata) > 1:
		s, p, iv := stat.VanElteren(strata, confidence)
		t := trend.LogRatio(s, iv, p, c.Sesoi.Ratio, metric.Down)
		return describe(t, "van Elteren's test over "+what+", within each "+c.unitName()+c.speaksFor(len(strata)), n...)
	}
	_, p := stat.MannWhitney(now.logs, before.logs)
	s, iv := stat.HodgesLehmann(now.logs, before.logs, confidence)
	t := trend.LogRatio(s, iv, p, c.Sesoi.Ratio, metric.Down)
	return describe(t, "Mann–Whitney test over "+what+", ratio by Hodges and Lehmann", n...)
}

func (o *observed) append(more *observed) {
	o.logs, o.closed, o.open = append(o.logs, more.logs...), append(o.closed, more.closed...), o.open+more.open
}

func (o *observed) censored() stat.Censored { return stat.Censored{Times: o.logs, Closed: o.closed} }

// shift estimates by how much x lies above y.
func shift(x, y *observed) float64 {
	if x.open+y.open > 0 {
		s, _, _ := stat.Gehan(x.censored(), y.censored(), confidence)
		return s
	}
	s, _ := stat.HodgesLehmann(x.logs, y.logs, confidence)
	return s
}

// overTeams tests the log ratios of teams: the change of the typical team.
func (c *comparison) overTeams(logs []float64, better metric.Direction) *metric.Trend {
	_, p := stat.SignedRank(logs)
	center, iv := stat.PseudoMedian(logs, confidence)
	t := trend.LogRatio(center, iv, p, c.Sesoi.Ratio, better)
	return named(describe(t, "Wilcoxon's signed rank test over the log ratios of "+c.unitName()+"s, ratio of the typical "+c.unitName()+" by Hodges and Lehmann",
		metric.Count{What: c.unitName() + "s", N: len(logs)}), "a typical "+c.unitName())
}

func reworked(s *side) int { return s.reworked }

// share compares the part of the deployments that is counted now and before, in
// points.
func (c *comparison) share(countNow, countBefore func(*side) int) *metric.Trend {
	n := len(c.units)
	k1, n1, k2, n2 := make([]int, n), make([]int, n), make([]int, n), make([]int, n)
	now, before, units := 0, 0, 0
	for i := range c.units {
		u := &c.units[i]
		k1[i], n1[i] = countNow(&u.now), u.now.deployments
		k2[i], n2[i] = countBefore(&u.before), u.before.deployments
		now, before = now+n1[i], before+n2[i]
		if n1[i]+n2[i] > 0 {
			units++
		}
	}
	if now == 0 || before == 0 {
		return nil
	}
	diff, inflation, p, iv := stat.ProportionChange(k1, n1, k2, n2, confidence)
	method := "Newcombe's interval of the difference"
	if inflation > 1 {
		method += fmt.Sprintf(", widened because %ss differ (variance × %.2g)", c.unitName(), inflation)
	}
	if units < minTeams {
		method += c.speaksFor(units)
	}
	t := trend.Difference(diff, iv, p, c.Sesoi.Share, metric.Down)
	return describe(t, method, metric.Count{What: evDeploy, N: now}, metric.Count{What: evDeploy + " before", N: before})
}

func (c *comparison) unitName() string {
	if len(c.org.Teams) == 0 {
		return "service"
	}
	return "team"
}

// speaksFor limits what is said to the few units that were compared.
func (c *comparison) speaksFor(units int) string {
	if units <= 1 || c.p.scope.Kind == metric.Team {
		return ""
	}
	return fmt.Sprintf("; for these %d %ss", units, c.unitName())
}

// sameServices is what a test of totals compares: the services that were
// collected and owned in both windows.
const sameServices = "the services known in both"

// named sets what a tested change is the change of, unless that is set already.
func named(t *metric.Trend, of string) *metric.Trend {
	if t != nil && t.Of == "" {
		t.Of = of
	}
	return t
}

// describe says how a change was tested, and on what.
func describe(t *metric.Trend, method string, n ...metric.Count) *metric.Trend {
	if t != nil {
		t.Method, t.N = method, n
	}
	return t
}
