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
	// minTeams is the number of teams that makes the team the unit of the organisation's test.
	// The result then applies to teams like these; with fewer teams, only to these.
	minTeams = 8
	// minOpenCases is the number of cases that a window needs if some are still open.
	minOpenCases = 10
)

// testTrends tests the changes of a scope's metrics: the last four weeks against the four
// before, and also eight against eight. The outcomes are final after all tests of the page.
func (m *measurer) testTrends(p *pool, list []metric.Metric) {
	c := m.newComparison(p, windowWeeks)
	if c == nil {
		return
	}
	wide := m.newComparison(p, 2*windowWeeks)
	for i := range list {
		mt := &list[i]
		if mt.Value == nil || mt.Was == nil {
			continue
		}
		var why string
		if mt.Trend, why = c.testMetric(mt); why != "" {
			mt.Warnings = append(mt.Warnings, why)
		}
		if mt.Trend != nil && wide != nil {
			mt.Trend.Wide, _ = wide.testMetric(mt)
		}
	}
}

// windowWeeks is the length of the windows that are compared.
const windowWeeks = int(org.Period / org.Week)

// testMetric tests the change of a metric. Without a trend, why may give the reason.
func (c *comparison) testMetric(mt *metric.Metric) (t *metric.Trend, why string) {
	incidents := len(c.org.Incidents) == 0 ||
		c.org.IncidentsKnownIn(metric.Window{From: c.before.From, To: c.now.To})
	if c.seen = 0; mt.ID == FailRate || mt.ID == RecoveryTime || mt.ID == RestoreTime {
		c.seen = c.findFirstIncidentWeek()
	}
	failures := incidents || !c.uses(IncidentField) && !c.uses(Window)
	switch {
	case mt.ID == Frequency:
		t = setSubject(c.testRate(), sameServices)
	case mt.ID == LeadTime && c.LeadStatistic == Median:
		switch why = c.explainUntestable(); {
		case mt.State == metric.Provisional:
			why = "its change is not tested, because most of its values are lower limits"
		case why == "":
			t = setSubject(c.testTimes(selectLead, evDeploy), "a typical deployment")
		}
	case mt.ID == Rework:
		t = setSubject(c.testShare(countReworked, countReworked), sameServices)
	case mt.ID == FailRate && failures && c.FailRateOf == OfDeployments:
		t, why = c.testFailRate()
		t = setSubject(t, sameServices)
	case mt.ID == RecoveryTime && failures:
		t = setSubject(c.testTimes(selectRecovery, "failed deployments"), "a typical failed deployment")
	case mt.ID == RestoreTime && incidents:
		t = setSubject(c.testTimes(selectRestore, evIncident), "a typical incident")
	}
	if t != nil {
		t.Now, t.Before = c.now, c.before
	}
	return t, why
}

// findFirstIncidentWeek returns the first week of the reference with collected incidents.
func (c *comparison) findFirstIncidentWeek() int {
	n := c.countPastWeeks()
	for n > 0 && len(c.org.Incidents) > 0 {
		from := c.before.From.Add(-time.Duration(c.countPastWeeks()-n+1) * org.Week)
		if !c.org.IncidentsKnownIn(metric.Window{From: from, To: c.now.To}) {
			return n
		}
		n--
	}
	return 0
}

// testRate compares deployments per week.
func (c *comparison) testRate() *metric.Trend {
	var logs []float64
	now, before := make([]float64, countClaimed(c.skippedNow())), make([]float64, countClaimed(c.skippedBefore()))
	total, units := 0, 0
	for i := range c.units {
		u := &c.units[i]
		addValues(now, u.now.weeks)
		addValues(before, u.before.weeks)
		if u.now.deployments+u.before.deployments == 0 {
			continue
		}
		units++
		total += u.before.deployments
		// Half a deployment more on both sides keeps the logarithm of 0 finite.
		logs = append(logs, math.Log((float64(u.now.deployments)+0.5)/float64(len(now)))-
			math.Log((float64(u.before.deployments)+0.5)/float64(len(before))))
	}
	if total == 0 {
		return nil
	}
	if units >= minTeams {
		return c.testOverTeams(logs, computeRateLevel, metric.Up)
	}
	d := c.estimateRateDispersion(now, before)
	ratio, p, iv := stat.RateRatio(before, now, d, confidence)
	t := trend.Ratio(ratio, iv, p, c.Sesoi.Ratio, metric.Up)
	return setMethod(t, "quasi-Poisson ratio of the deployments per week"+describeWidening(d)+c.describeUnits(units),
		metric.Count{What: "weeks", N: len(now) + len(before)})
}

func addValues(sums, more []float64) {
	for i, v := range more {
		sums[i] += v
	}
}

// describeWidening returns how much more weeks vary than by chance.
func describeWidening(d stat.Dispersion) string {
	if d.Phi <= 1 {
		return ""
	}
	return fmt.Sprintf(", widened because weeks differ (variance × %.2g)", d.Phi)
}

func countClaimed(skip []bool) int {
	n := 0
	for _, s := range skip {
		if !s {
			n++
		}
	}
	return n
}

// testTimes compares durations as a ratio, by the test of Mann and Whitney (1947), van Elteren
// (1960) over several units, or Gehan (1965) with open cases.
func (c *comparison) testTimes(of func(*totals) *logDurations, what string) *metric.Trend {
	var strata []stat.Stratum
	var logs []float64
	var now, before logDurations
	for i := range c.units {
		x, y := of(&c.units[i].now), of(&c.units[i].before)
		if len(x.logs) == 0 || len(y.logs) == 0 {
			continue
		}
		strata = append(strata, stat.Stratum{X: x.logs, Y: y.logs})
		if i != c.strays {
			logs = append(logs, estimateShift(x, y))
		}
		now.addAll(x)
		before.addAll(y)
	}
	if len(strata) == 0 {
		return nil
	}
	n := []metric.Count{{What: what, N: len(now.logs)}, {What: what + " before", N: len(before.logs)}}
	open := now.open+before.open > 0
	if open && min(len(now.logs), len(before.logs)) < minOpenCases {
		t := trend.NoClaim(math.Exp(estimateShift(&now, &before)), c.Sesoi.Ratio, metric.Down)
		return setMethod(t, fmt.Sprintf("none: some are still open, and there are fewer than %d in a window",
			minOpenCases), n...)
	}
	switch {
	case len(logs) >= minTeams:
		return c.testOverTeams(logs, newTimesLevel(of), metric.Down)
	case open:
		s, p, iv := stat.Gehan(now.toCensored(), before.toCensored(), confidence)
		return c.newTimesTrend(of, s, p, iv, "Gehan's test over "+what+", open ones included",
			c.describeUnits(len(strata)), n)
	case len(strata) > 1:
		s, p, iv := stat.VanElteren(strata, confidence)
		return c.newTimesTrend(of, s, p, iv, "van Elteren's test over "+what+", within each "+c.nameUnit(),
			c.describeUnits(len(strata)), n)
	}
	_, p := stat.MannWhitney(now.logs, before.logs)
	s, iv := stat.HodgesLehmann(now.logs, before.logs, confidence)
	t := c.newTimesTrend(of, s, p, iv, "Mann–Whitney test over "+what+", ratio by Hodges and Lehmann", "", n)
	t.Attainable = stat.MannWhitneyLeastP(len(now.logs), len(before.logs))
	return t
}

// newTimesTrend returns the tested change of durations, corrected for differences between
// weeks.
func (c *comparison) newTimesTrend(of func(*totals) *logDurations, shift, p float64, iv stat.Interval, method,
	about string,
	n []metric.Count,
) *metric.Trend {
	d := c.estimateTimesDispersion(of)
	p, iv = d.Widen(shift, p, iv, confidence)
	return setMethod(trend.LogRatio(shift, iv, p, c.Sesoi.Ratio, metric.Down), method+describeWidening(d)+about, n...)
}

func (o *logDurations) addAll(more *logDurations) {
	o.logs, o.closed, o.open = append(o.logs, more.logs...), append(o.closed, more.closed...), o.open+more.open
}

func (o *logDurations) toCensored() stat.Censored {
	return stat.Censored{Times: o.logs, Closed: o.closed}
}

// estimateShift estimates the difference of x and y on the log scale (Hodges and Lehmann 1963).
func estimateShift(x, y *logDurations) float64 {
	if x.open+y.open > 0 {
		s, _, _ := stat.Gehan(x.toCensored(), y.toCensored(), confidence)
		return s
	}
	s, _ := stat.HodgesLehmann(x.logs, y.logs, confidence)
	return s
}

// testOverTeams tests the log ratios of teams: the change of the typical team. It adds the
// variance that all teams have in common.
func (c *comparison) testOverTeams(logs []float64, level func(u *unit, usual, p weekGroup) float64,
	better metric.Direction,
) *metric.Trend {
	_, p := stat.SignedRank(logs)
	center, iv := stat.PseudoMedian(logs, confidence)
	variance, df := c.estimateCommon(level)
	p, iv = stat.WidenByCommon(center, p, iv, variance, df, confidence)
	method := "Wilcoxon's signed rank test over the log ratios of " + c.nameUnit() + "s, ratio of the typical " +
		c.nameUnit() + " by Hodges and Lehmann"
	if variance > 0 {
		method += ", widened because some weeks differ for all at once"
	}
	t := trend.LogRatio(center, iv, p, c.Sesoi.Ratio, better)
	if t != nil {
		t.Attainable = stat.SignedRankLeastP(len(logs))
	}
	return setSubject(setMethod(t, method, metric.Count{What: c.nameUnit() + "s", N: len(logs)}),
		"a typical "+c.nameUnit())
}

// testShare compares the counted share of the deployments now and before, in points (Mantel and
// Haenszel 1959).
func (c *comparison) testShare(countNow, countBefore func(*totals) int) *metric.Trend {
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
	d := c.estimateShareDispersion(countBefore)
	diff, p, iv := stat.RiskDifference(k1, n1, k2, n2, d, confidence)
	method := "Mantel and Haenszel's risk difference within each " + c.nameUnit() + describeWidening(d) +
		c.describeUnits(units)
	t := trend.Difference(diff, iv, p, c.Sesoi.Share, metric.Down)
	if t != nil {
		t.Mix = stat.PooledDifference(k1, n1, k2, n2) - diff
		t.Attainable = stat.RiskLeastP(k1, n1, k2, n2)
	}
	return setMethod(t, method, metric.Count{What: evDeploy, N: now}, metric.Count{What: evDeploy + " before", N: before})
}

func (c *comparison) nameUnit() string {
	if len(c.org.Teams) == 0 {
		return "service"
	}
	return "team"
}

// describeUnits limits a claim to the few units that were compared.
func (c *comparison) describeUnits(units int) string {
	if units <= 1 || c.p.scope.Kind == metric.Team {
		return ""
	}
	return fmt.Sprintf("; for these %d %ss", units, c.nameUnit())
}

// sameServices is the subject of a test of totals: the services that were collected and owned
// in both windows.
const sameServices = "the services in both windows"

// setSubject sets the subject of a tested change, unless it has one.
func setSubject(t *metric.Trend, of string) *metric.Trend {
	if t != nil && t.Of == "" {
		t.Of = of
	}
	return t
}

// setMethod sets the method and the counts of a tested change.
func setMethod(t *metric.Trend, method string, n ...metric.Count) *metric.Trend {
	if t != nil {
		t.Method, t.N = method, n
	}
	return t
}
