package dora

import (
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

const (
	likely     = metric.LikelyRange
	minForP75  = 13 // fewer values give no upper limit, so the quantile is not printed
	minForP90  = 36
	evDeploy   = "deployments"
	evChange   = "changes"
	evIncident = "incidents"
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

func (m *measurer) measureLeadTime(x *scopeSamples) metric.Metric {
	mt := m.newMetric(LeadTime, x)
	mt.Evidence = evChange
	s := &x.now
	mt.N = []metric.Count{{What: "changes", N: len(s.leads)}, {What: "deployments", N: countDistinct(s.clusters)}}
	switch {
	case len(s.leads) == 0 && s.unknown > 0 && s.unknown == s.deployments:
		mt.Why, mt.Next = "no deployment names its source commit", "map deployed versions to commits, or "+
			"collect the changes"
	case len(s.leads) == 0:
		mt.Why, mt.Next = "no change reached production in these weeks", ""
	}
	at := s.computeLeadTime(m.LeadStatistic)
	m.explainBound(&mt, at, m.LeadStatistic, s.clamped, len(s.leads))
	m.setValue(&mt, at, x.before.computeLeadTime(m.LeadStatistic),
		[]metric.Count{{What: "changes", N: len(x.before.leads)}})
	if len(s.leads) > 0 {
		faster := func(label string, q float64, needed int) metric.Detail {
			e := computeQuantile(s.leads, q, needed, s.week.lead)
			return newDetail(label, e.withBounds(s.leads, q, s.leastClamped), needed)
		}
		mt.Details = []metric.Detail{
			faster("75 % are faster than", 0.75, minForP75), faster("90 % are faster than", 0.9, minForP90),
		}
	}
	warnAbout(&mt, s.byTime, "deployments: changes found by time only, because their commits are unknown")
	warnAbout(&mt, s.unknown, "deployments: their changes are unknown and left out")
	if 2*s.hidden > len(s.leads) && m.LeadStart == FirstCommit {
		mt.State = metric.Provisional
		warnAbout(&mt, s.hidden, "changes: written and merged in the same minute, according to the source. Squash "+
			"merges hide when work began, so the lead time is at least this long; a forge's API has the first commits")
	}
	warnAbout(&mt, s.clamped, fmt.Sprintf("changes: first commit more than %d days before opening, counted from "+
		"then: at least that long", m.MaxCommitAge))
	return mt
}

func (m *measurer) measurePhase(x *scopeSamples, i int) metric.Metric {
	mt := m.newMetric(PhaseID(phaseNames[i]), x)
	mt.N = []metric.Count{{What: "changes", N: len(x.now.phases[i])}}
	mt.Why = "no change went through this phase in these weeks"
	at := x.now.computePhase(i)
	m.explainBound(&mt, at, Median, x.now.clamped, len(x.now.phases[i]))
	m.setValue(&mt, at, x.before.computePhase(i), nil)
	if mt.Value != nil {
		mt.Why = ""
	}
	return mt
}

// computePhase returns the median length of a phase over the changes that went through it.
func (s *sample) computePhase(i int) estimate {
	e := computeQuantile(s.phases[i], 0.5, 1, s.week.lead)
	if phaseNames[i] == "coding" {
		return e.withBounds(s.phases[i], 0.5, s.leastCoding)
	}
	return e
}

func (m *measurer) measureFailRate(x *scopeSamples) metric.Metric {
	mt := m.newMetric(FailRate, x)
	mt.Evidence = evDeploy
	s := &x.now
	mt.N = m.countFailures(s)
	if s.deployments == 0 {
		mt.Why = "no deployment in these weeks"
		return mt
	}
	if m.hidesFailures(x.p, s) {
		mt.Why, mt.Next = "no incidents were collected, so failures cannot be seen", "connect a source of incidents "+
			"in config.toml"
		return mt
	}
	var was estimate
	if m.org.IncidentsKnownIn(m.before) {
		was = m.computeFailRate(&x.before)
	}
	rate := m.computeFailRate(s)
	s.explainSuspicion(&mt, rate)
	m.setValue(&mt, rate, was, m.countFailures(&x.before))
	if m.FailRateOf == OfDeployments {
		mt.Details = splitFailures(s)
	}
	return mt
}

// hidesFailures reports whether the facts cannot show failures: no incident was collected, no
// source is declared complete, and no other evidence shows a failure.
func (m *measurer) hidesFailures(p *pool, s *sample) bool {
	return len(p.incidents) == 0 && !m.org.IncidentsCompleteIn(s.window) && (s.failed == 0 || m.FailRateOf == OfIncidents)
}

func (m *measurer) countFailures(s *sample) []metric.Count {
	failed := metric.Count{What: "failed", N: s.failed}
	if m.FailRateOf == OfIncidents {
		failed = metric.Count{What: "incidents", N: len(s.restore.seconds) + s.restore.bad}
	}
	return []metric.Count{failed, {What: "deployments", N: s.deployments}}
}

// splitFailures returns the confirmed, the inferred and the suspected share of failures.
func splitFailures(s *sample) []metric.Detail {
	detail := func(label string, k int, note string) metric.Detail {
		return metric.Detail{
			Label: label, Figure: metric.Figure{Value: metric.Of(float64(k) / float64(s.deployments))}, Unit: metric.Share,
			Note: note,
		}
	}
	list := []metric.Detail{
		detail("confirmed", s.by.countPassing(Evidence.Confirmed), s.by.formatCounts(Evidence.Confirmed)),
		detail("inferred", s.by.countPassing(isInferred), s.by.formatCounts(isInferred)),
	}
	if s.suspected > 0 {
		list = append(list, detail("suspected, not counted", s.suspected,
			"an incident began soon after, at services that deploy too often for that to be evidence, or during the roll-out"))
	}
	return list
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
		mt.Why = "no incident opened in these weeks, or none is resolved yet"
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
