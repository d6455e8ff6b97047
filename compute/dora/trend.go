package dora

import (
	"fmt"
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
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

// trends tests the changes of a scope's metrics: the four weeks against the four
// before, and beside it eight against eight. Outcomes are settled when all cells of
// the page are there.
func (m *measurer) trends(p *pool, list []metric.Metric) {
	c := m.compare(p, windowWeeks)
	if c == nil {
		return
	}
	wide := m.compare(p, 2*windowWeeks)
	for i := range list {
		mt := &list[i]
		if mt.Value == nil || mt.Was == nil {
			continue
		}
		var why string
		if mt.Trend, why = c.test(mt); why != "" {
			mt.Warnings = append(mt.Warnings, why)
		}
		if mt.Trend != nil && wide != nil {
			mt.Trend.Wide, _ = wide.test(mt)
		}
	}
}

// windowWeeks is the length of the windows that are compared.
const windowWeeks = int(org.Period / org.Week)

// test tests the change of a metric; without one why may give the reason.
func (c *comparison) test(mt *metric.Metric) (t *metric.Trend, why string) {
	incidents := len(c.org.Incidents) == 0 ||
		c.org.IncidentsKnownIn(metric.Window{From: c.before.From, To: c.now.To})
	if c.seen = 0; mt.ID == FailRate || mt.ID == RecoveryTime || mt.ID == RestoreTime {
		c.seen = c.firstIncidents()
	}
	failures := incidents || !c.uses(IncidentField) && !c.uses(Window)
	switch {
	case mt.ID == Frequency:
		t = named(c.rate(), sameServices)
	case mt.ID == LeadTime && c.LeadStatistic == Median:
		switch why = c.untestable(); {
		case mt.State == metric.Provisional:
			why = "its change is not tested, because most of its values are lower limits"
		case why == "":
			t = named(c.times(leadOf, evDeploy), "a typical deployment")
		}
	case mt.ID == Rework:
		t = named(c.share(reworkedOf, reworkedOf), sameServices)
	case mt.ID == FailRate && failures && c.FailRateOf == OfDeployments:
		t, why = c.failTrend()
		t = named(t, sameServices)
	case mt.ID == RecoveryTime && failures:
		t = named(c.times(recoveryOf, "failed deployments"), "a typical failed deployment")
	case mt.ID == RestoreTime && incidents:
		t = named(c.times(restoreOf, evIncident), "a typical incident")
	}
	if t != nil {
		t.Now, t.Before = c.now, c.before
	}
	return t, why
}

// firstIncidents is the first week of the reference from which incidents were known.
func (c *comparison) firstIncidents() int {
	n := c.past()
	for n > 0 && len(c.org.Incidents) > 0 {
		from := c.before.From.Add(-time.Duration(c.past()-n+1) * org.Week)
		if !c.org.IncidentsKnownIn(metric.Window{From: from, To: c.now.To}) {
			return n
		}
		n--
	}
	return 0
}

// rate compares deployments per week.
func (c *comparison) rate() *metric.Trend {
	var logs []float64
	now, before := make([]float64, claimed(c.weeksNow())), make([]float64, claimed(c.weeksBefore()))
	total, units := 0, 0
	for i := range c.units {
		u := &c.units[i]
		addTo(now, u.now.weeks)
		addTo(before, u.before.weeks)
		if u.now.deployments+u.before.deployments == 0 {
			continue
		}
		units++
		total += u.before.deployments
		// Half a deployment more on both sides: a month without one has a logarithm then.
		logs = append(logs, math.Log((float64(u.now.deployments)+0.5)/float64(len(now)))-math.Log((float64(u.before.deployments)+0.5)/float64(len(before))))
	}
	if total == 0 {
		return nil
	}
	if units >= minTeams {
		return c.overTeams(logs, rateLevel, metric.Up)
	}
	d := c.rateDispersion(now, before)
	ratio, p, iv := stat.RateRatio(before, now, d, confidence)
	t := trend.Ratio(ratio, iv, p, c.Sesoi.Ratio, metric.Up)
	return describe(t, "quasi-Poisson ratio of the deployments per week"+varies(d)+c.speaksFor(units),
		metric.Count{What: "weeks", N: len(now) + len(before)})
}

func addTo(sums, more []float64) {
	for i, v := range more {
		sums[i] += v
	}
}

// varies tells by how much weeks vary more than chance makes them.
func varies(d stat.Dispersion) string {
	if d.Phi <= 1 {
		return ""
	}
	return fmt.Sprintf(", widened because weeks differ (variance × %.2g)", d.Phi)
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
		return describe(t, fmt.Sprintf("none: some are still open, and there are fewer than %d in a window",
			minOpenCases), n...)
	}
	switch {
	case len(logs) >= minTeams:
		return c.overTeams(logs, timesLevel(of), metric.Down)
	case open:
		s, p, iv := stat.Gehan(now.censored(), before.censored(), confidence)
		return c.dispersed(of, s, p, iv, "Gehan's test over "+what+", open ones included", c.speaksFor(len(strata)), n)
	case len(strata) > 1:
		s, p, iv := stat.VanElteren(strata, confidence)
		return c.dispersed(of, s, p, iv, "van Elteren's test over "+what+", within each "+c.unitName(),
			c.speaksFor(len(strata)), n)
	}
	_, p := stat.MannWhitney(now.logs, before.logs)
	s, iv := stat.HodgesLehmann(now.logs, before.logs, confidence)
	t := c.dispersed(of, s, p, iv, "Mann–Whitney test over "+what+", ratio by Hodges and Lehmann", "", n)
	t.Attainable = stat.MannWhitneyLeastP(len(now.logs), len(before.logs))
	return t
}

// dispersed is the tested change of durations, corrected because weeks differ.
func (c *comparison) dispersed(of func(*side) *observed, shift, p float64, iv stat.Interval, method, about string,
	n []metric.Count,
) *metric.Trend {
	d := c.timesDispersion(of)
	p, iv = d.Widen(shift, p, iv, confidence)
	return describe(trend.LogRatio(shift, iv, p, c.Sesoi.Ratio, metric.Down), method+varies(d)+about, n...)
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

// overTeams tests the log ratios of teams: the change of the typical team. The
// variance that all of them have in common, as level shows it, is added.
func (c *comparison) overTeams(logs []float64, level func(u *unit, usual, p period) float64,
	better metric.Direction,
) *metric.Trend {
	_, p := stat.SignedRank(logs)
	center, iv := stat.PseudoMedian(logs, confidence)
	variance, df := c.common(level)
	p, iv = stat.WithCommon(center, p, iv, variance, df, confidence)
	method := "Wilcoxon's signed rank test over the log ratios of " + c.unitName() + "s, ratio of the typical " +
		c.unitName() + " by Hodges and Lehmann"
	if variance > 0 {
		method += ", widened because some weeks differ for all at once"
	}
	t := trend.LogRatio(center, iv, p, c.Sesoi.Ratio, better)
	if t != nil {
		t.Attainable = stat.SignedRankLeastP(len(logs))
	}
	return named(describe(t, method, metric.Count{What: c.unitName() + "s", N: len(logs)}), "a typical "+c.unitName())
}

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
	d := c.shareDispersion(countBefore)
	diff, p, iv := stat.RiskDifference(k1, n1, k2, n2, d, confidence)
	method := "Mantel and Haenszel's risk difference within each " + c.unitName() + varies(d) + c.speaksFor(units)
	t := trend.Difference(diff, iv, p, c.Sesoi.Share, metric.Down)
	if t != nil {
		t.Mix = stat.PooledDifference(k1, n1, k2, n2) - diff
		t.Attainable = stat.RiskLeastP(k1, n1, k2, n2)
	}
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
