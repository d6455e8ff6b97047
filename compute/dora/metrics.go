package dora

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// IDs of the metrics.
const (
	Frequency      = "dora.deployment_frequency"
	LeadTime       = "dora.lead_time"
	FailRate       = "dora.change_fail_rate"
	RecoveryTime   = "dora.recovery_time"
	RestoreTime    = "dora.restore_time"
	JobFailureRate = "dora.deploy_job_failure_rate"
	Automated      = "dora.automated_deployments"
	WaitingChanges = "dora.waiting_changes"
	Rework         = "dora.rework_rate"
)

// PhaseID returns the metric ID of a phase of the lead time: "coding", "pickup", "review" or
// "deploy".
func PhaseID(phase string) string { return LeadTime + "." + phase }

const (
	likely     = metric.LikelyRange
	minForP75  = 13 // fewer values give no upper limit, so the quantile is not printed
	minForP90  = 36
	evDeploy   = "deployments"
	evChange   = "changes"
	evIncident = "incidents"
)

// declared is a metric of the family: its declaration and the method that measures it.
type declared struct {
	metric.Spec
	measure func(*measurer, *scopeSamples) metric.Metric
}

// listMetrics declares the metrics under the options in force, in the order of the results.
func (r *rules) listMetrics() []declared {
	const dora = "DORA, 2025"
	production := []string{
		fmt.Sprintf("deploy.production = %q", r.Production),
		fmt.Sprintf("deploy.exclude = %q", r.Exclude),
	}
	rollouts := append(slices.Clone(production), fmt.Sprintf("deploy.collapse_minutes = %d", r.CollapseMinutes))
	if r.Group != ByEnvironment {
		rollouts = append(rollouts, fmt.Sprintf("deploy.group = %q", r.Group))
	}
	failures := append(slices.Clone(rollouts), r.listFailureKnobs()...)
	list := []declared{
		{measure: (*measurer).measureFrequency, Spec: metric.Spec{
			ID: Frequency, Version: 1, Title: "Deployment frequency",
			Unit: metric.PerDayPer, Better: metric.Up, Source: dora, Config: rollouts,
			Estimate: "rate, quasi-Poisson over the weeks", Interval: likely, Series: true, Trend: "ratio; Wilcoxon over " +
				"teams, quasi-Poisson below eight",
			Text: "Successful production deployments ÷ calendar days ÷ teams whose deployments were collected. A " +
				"deployment is one roll-out of one commit to one production environment, counted at its first success; " +
				"retries of the same commit close together are one, and so are two tags of one commit. Deployments whose " +
				"changes were all written by bots are counted apart, as automation. The interval is quasi-Poisson over the weeks.",
		}},
		{measure: (*measurer).measureLeadTime, Spec: r.newLeadSpec(dora, rollouts)},
		{measure: (*measurer).measureFailRate, Spec: r.newFailRateSpec(dora, rollouts, failures)},
		{measure: (*measurer).measureRecovery, Spec: metric.Spec{
			ID: RecoveryTime, Version: 1, Title: "Failed deployment recovery time",
			Unit: metric.Seconds, Better: metric.Down, Source: dora, Config: failures,
			Estimate: "median, Kaplan–Meier", Interval: likely, Trend: timesTrend,
			Text: "From the finish of a failed deployment to the time service was restored: the incident resolved, or " +
				"the deployment that rolled it back, reverted or fixed it. Failures that are not restored yet count as at " +
				"least this long (Kaplan–Meier). Failures without a recorded restoration are left out and counted.",
		}},
		{measure: (*measurer).measureRework, Spec: metric.Spec{
			ID: Rework, Version: 1, Title: "Deployment rework rate",
			Unit: metric.Share, Better: metric.Down, Source: dora, Config: failures,
			Estimate: "share, Wilson", Interval: likely, Trend: shareTrend,
			Text: "Production deployments that were unplanned fixes (a rollback, a deployed revert, a hotfix) ÷ " +
				"production deployments that succeeded in rolling out. The interval is Wilson's.",
		}},
		{measure: (*measurer).measureRestore, Spec: metric.Spec{
			ID: RestoreTime, Version: 1, Title: "Time to restore service",
			Familiar: "MTTR", Unit: metric.Seconds, Better: metric.Down, Source: "DORA, 2021 (MTTR)",
			Estimate: "median, Kaplan–Meier", Interval: likely, Series: true, Trend: timesTrend,
			Text: "All incidents, of any cause, that opened in the window: from opened to resolved. The headline is the " +
				"median; the mean below it is labelled MTTR. Open incidents count as at least this long (Kaplan–Meier). " +
				"Open incidents from before the window are shown with their age. Incidents resolved before they were opened " +
				"are left out and counted.",
		}},
		{measure: (*measurer).measureJobFailures, Spec: metric.Spec{
			ID: JobFailureRate, Version: 1, Title: "Deploy-job failure rate",
			Unit: metric.Share, Better: metric.Down, Config: rollouts,
			Estimate: "share, Wilson", Interval: likely, Untested: "it is about pipelines, which change nothing in " +
				"production when they fail",
			Text: "Production roll-outs that never succeeded ÷ all production roll-outs. They changed nothing in " +
				"production, so no other rate counts them.",
		}},
		{measure: (*measurer).measureAutomated, Spec: metric.Spec{
			ID: Automated, Version: 1, Title: "Deployments by automation",
			Unit: metric.Number, Better: metric.Neutral, Config: append(slices.Clone(production), "people.bots"),
			Estimate: "count", Untested: "neither more nor fewer is better",
			Text: "Successful production deployments with changes of bots only. No other number counts them.",
		}},
		{measure: (*measurer).measureWaiting, Spec: metric.Spec{
			ID: WaitingChanges, Version: 1, Title: "Changes waiting for production",
			Config: r.listExcludeKnobs(), Unit: metric.Number, Better: metric.Down,
			Estimate: "count at the cut-off", Untested: "it is the number on one day, without an earlier one to compare",
			Text: "Changes merged before the end of the window that no production deployment contains yet. The lead time " +
				"does not include them yet; they would make it longer.",
		}},
	}
	list = append(list, r.listPhases()...)
	if r.Bots == Counted {
		for i := range list {
			list[i].Config = append(slices.Clone(list[i].Config), fmt.Sprintf("dora.bots = %q", r.Bots))
		}
	}
	return list
}

const (
	timesTrend = "ratio; Wilcoxon over teams, Mann–Whitney or van Elteren below eight, Gehan where some are open; " +
		"widened where weeks differ"
	shareTrend = "difference within teams; Mantel and Haenszel, widened where weeks or teams differ"
)

func (m *measurer) measureFrequency(x *scopeSamples) metric.Metric {
	unit, per, perBefore := m.chooseFrequencyUnit(x.p), x.teams, x.teamsBefore
	if unit == metric.PerDay {
		per, perBefore = 1, 1
	}
	mt := m.newMetric(Frequency, x)
	mt.Unit, mt.Evidence = unit, evDeploy
	mt.N = []metric.Count{{What: "deployments", N: x.now.deployments}}
	if unit == metric.PerDayPer {
		mt.N = append(mt.N, metric.Count{What: "teams", N: x.teams})
		if x.teams == 0 {
			mt.Why, mt.Next = "no team's services were collected for these weeks", "give teams their repositories in teams.toml"
			return mt
		}
	}
	var was estimate
	if x.hadBefore && perBefore > 0 {
		was = x.before.computeFrequency(perBefore)
	}
	m.setValue(&mt, x.now.computeFrequency(per), was,
		[]metric.Count{{What: "deployments", N: x.before.deployments}})
	mt.Longer = m.computeLongRate(x, unit)
	return mt
}

func (m *measurer) measureRework(x *scopeSamples) metric.Metric {
	mt := m.newMetric(Rework, x)
	mt.Evidence = evDeploy
	s := &x.now
	mt.N = []metric.Count{{What: "fixes", N: s.reworked}, {What: "deployments", N: s.deployments}}
	switch {
	case s.deployments == 0:
		mt.Why = "no deployment in these weeks"
		return mt
	case s.fixable == 0:
		mt.Why, mt.Next = "no deployment names its commit, so fixes cannot be seen", "map deployed versions to commits"
		return mt
	}
	m.setValue(&mt, s.computeReworkRate(), x.before.computeReworkRate(), []metric.Count{
		{What: "fixes", N: x.before.reworked},
		{What: "deployments", N: x.before.deployments},
	})
	if note := s.fixes.formatCounts(acceptAll); note != "" {
		mt.Details = []metric.Detail{{Label: "by kind", Note: note}}
	}
	m.qualifyFixRate(&mt, x.p, s.reworked)
	return mt
}

func (m *measurer) measureRecovery(x *scopeSamples) metric.Metric {
	mt := m.newMetric(RecoveryTime, x)
	mt.Evidence = evDeploy
	m.measureDurations(&mt, x, selectRecoveries, "failed deployments", "mean of those restored")
	if mt.Value == nil {
		mt.Why = "no failed deployment of these weeks was restored yet, or none failed"
		if s := &x.now; s.failed == 0 && s.suspected > 0 {
			mt.Why = "no failed deployment of these weeks was found; incidents began soon after some but name none"
			mt.Next = nameThem
		}
	}
	return mt
}

func (m *measurer) measureRestore(x *scopeSamples) metric.Metric {
	mt := m.newMetric(RestoreTime, x)
	mt.Evidence = evIncident
	m.measureDurations(&mt, x, selectRestorations, "incidents", "MTTR (mean of those resolved)")
	if mt.Value == nil {
		mt.Why = "no incident opened in these weeks: there was nothing to restore"
		if len(selectWithin(x.p.incidents, openingTime, m.now)) > 0 {
			mt.Why = "no incident of these weeks is resolved yet"
		}
		if len(x.p.incidents) == 0 {
			mt.Why, mt.Next = "no incidents were collected", "connect a source of incidents in config.toml"
		}
	}
	if bad := x.now.restore.bad; mt.Value == nil && bad > 0 {
		mt.Why += fmt.Sprintf("; left out, because they are recorded as over before they began: %d", bad)
	}
	if old := m.describeOlderOpen(x.p); old != "" {
		if mt.Value == nil {
			mt.Why += "; " + old
		} else {
			mt.Warnings = append(mt.Warnings, old)
		}
	}
	return mt
}

// describeOlderOpen describes the open incidents from before the window: "2 older incidents are
// still open, the oldest for 93 days"; "" without any.
func (m *measurer) describeOlderOpen(p *pool) string {
	n, oldest := 0, time.Time{}
	for _, in := range p.incidents { // by opening
		if !in.Opened.Before(m.now.From) {
			break
		}
		if in.Open() {
			n, oldest = n+1, org.Earlier(oldest, in.Opened)
		}
	}
	if n == 0 {
		return ""
	}
	days := text.FormatCount(int(m.org.Calendar.AsOf.Sub(oldest).Hours()/24)) + " days"
	if n == 1 {
		return "1 older incident is still open, for " + days
	}
	return fmt.Sprintf("%d older incidents are still open, the oldest for %s", n, days)
}

func selectRecoveries(s *sample) (*durations, stat.Dispersion) { return &s.recovery, s.week.recovery }

func selectRestorations(s *sample) (*durations, stat.Dispersion) { return &s.restore, s.week.restore }

// measureDurations fills in a metric that is a median of durations. mean labels the mean of the
// closed ones.
func (m *measurer) measureDurations(mt *metric.Metric, x *scopeSamples, of func(*sample) (*durations, stat.Dispersion),
	what, mean string,
) {
	now, week := of(&x.now)
	before, weekBefore := of(&x.before)
	mt.N = []metric.Count{{What: what, N: len(now.seconds)}}
	if now.open > 0 {
		mt.N = append(mt.N, metric.Count{What: "still open", N: now.open})
	}
	m.setValue(mt, now.computeMedian(week), before.computeMedian(weekBefore),
		[]metric.Count{{What: what, N: len(before.seconds)}})
	if v := now.computeMean(); v != nil {
		mt.Details = append(mt.Details, metric.Detail{
			Label: mean, Figure: metric.Figure{Value: v}, Unit: metric.Seconds,
		})
	}
	warnAbout(mt, now.bad, what+": left out, because their end is not recorded or is before their start")
}

func (m *measurer) measureJobFailures(x *scopeSamples) metric.Metric {
	mt := m.newMetric(JobFailureRate, x)
	mt.N = []metric.Count{
		{What: "never succeeded", N: x.now.unfinished},
		{What: "roll-outs", N: x.now.unfinished + x.now.deployments},
	}
	m.setValue(&mt, x.now.computeJobFailureRate(), x.before.computeJobFailureRate(), nil)
	return mt
}

func (m *measurer) measureAutomated(x *scopeSamples) metric.Metric {
	mt := m.newMetric(Automated, x)
	mt.N = []metric.Count{{What: "deployments", N: x.now.automated}}
	var was estimate
	if x.hadBefore {
		was.Value = metric.Of(float64(x.before.automated))
	}
	m.setValue(&mt, estimate{Figure: metric.Figure{Value: metric.Of(float64(x.now.automated))}}, was, nil)
	return mt
}

// measureWaiting counts changes that were merged by the cut-off and are not in production yet.
func (m *measurer) measureWaiting(x *scopeSamples) metric.Metric {
	mt := m.newMetric(WaitingChanges, x)
	merged := selectWithin(x.p.waiting, func(c *org.Change) time.Time { return c.Merged }, metric.Window{To: m.cut})
	mt.N = []metric.Count{{What: "changes", N: len(merged)}}
	mt.Value = metric.Of(float64(len(merged)))
	ages := make([]float64, len(merged))
	for i, c := range merged {
		ages[i] = m.cut.Sub(c.Merged).Seconds()
	}
	if e := computeQuantile(ages, 0.5, 1, stat.Dispersion{}); e.Value != nil {
		mt.Details = []metric.Detail{{Label: "median age", Figure: metric.Figure{Value: e.Value}, Unit: metric.Seconds}}
	}
	return mt
}

func newDetail(label string, e estimate, needed int) metric.Detail {
	d := metric.Detail{Label: label, Figure: e.Figure, Unit: metric.Seconds}
	switch {
	case e.atLeast != nil:
		d.Note = formatAtLeast(*e.atLeast)
	case e.Value == nil:
		d.Note = fmt.Sprintf("at least %d needed", needed)
	}
	return d
}

func warnAbout(mt *metric.Metric, n int, what string) {
	if n > 0 {
		mt.Warnings = append(mt.Warnings, fmt.Sprintf("%d %s", n, what))
	}
}

// countDistinct counts the distinct values of a slice whose equal values are adjacent.
func countDistinct(clusters []int) int {
	n := 0
	for i, c := range clusters {
		if i == 0 || c != clusters[i-1] {
			n++
		}
	}
	return n
}
