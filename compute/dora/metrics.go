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

func (m *measurer) frequency(x *measured) metric.Metric {
	unit, per, perBefore := m.frequencyUnit(x.p), x.teams, x.teamsBefore
	if unit == metric.PerDay {
		per, perBefore = 1, 1
	}
	mt := m.blank(Frequency, x)
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
		was = x.before.frequency(perBefore)
	}
	set(&mt, x.now.frequency(per), was, m.before, []metric.Count{{What: "deployments", N: x.before.deployments}})
	mt.Longer = m.longRate(x, unit)
	return mt
}

func (m *measurer) leadTime(x *measured) metric.Metric {
	mt := m.blank(LeadTime, x)
	mt.Evidence = evChange
	s := &x.now
	mt.N = []metric.Count{{What: "changes", N: len(s.leads)}, {What: "deployments", N: distinct(s.clusters)}}
	switch {
	case len(s.leads) == 0 && s.unknown > 0 && s.unknown == s.deployments:
		mt.Why, mt.Next = "no deployment says which source commit it carries", "map deployed versions to commits, or "+
			"collect the changes"
	case len(s.leads) == 0:
		mt.Why, mt.Next = "no change reached production in these weeks", ""
	}
	at := s.leadTime(m.LeadStatistic)
	m.explainBound(&mt, at, m.LeadStatistic, s.clamped, len(s.leads))
	set(&mt, at, x.before.leadTime(m.LeadStatistic), m.before, []metric.Count{{What: "changes", N: len(x.before.leads)}})
	if len(s.leads) > 0 {
		mt.Details = []metric.Detail{
			detail("75 % are faster than", quantile(s.leads, 0.75, minForP75, s.week.lead).below(s.leads, 0.75,
				s.leastClamped), metric.Seconds, minForP75),
			detail("90 % are faster than", quantile(s.leads, 0.9, minForP90, s.week.lead).below(s.leads, 0.9,
				s.leastClamped), metric.Seconds, minForP90),
		}
	}
	warnAbout(&mt, s.byTime, "deployments: changes found by time only, because their commits are not known")
	warnAbout(&mt, s.unknown, "deployments: their changes are not known, so they are not in it")
	if 2*s.hidden > len(s.leads) && m.LeadStart == FirstCommit {
		mt.State = metric.Provisional
		warnAbout(&mt, s.hidden, "changes: written and merged in the same minute, as far as the source says. Squash "+
			"merges hide when work began, so the lead time is at least this long; a forge's API would tell")
	}
	warnAbout(&mt, s.clamped, fmt.Sprintf("changes: first commit more than %d days before opening, counted from "+
		"then: at least that long", m.MaxCommitAge))
	return mt
}

func (m *measurer) phase(x *measured, i int) metric.Metric {
	mt := m.blank(PhaseID(phaseNames[i]), x)
	mt.N = []metric.Count{{What: "changes", N: len(x.now.phases[i])}}
	mt.Why = "no change went through this phase in these weeks"
	at := x.now.phase(i)
	m.explainBound(&mt, at, Median, x.now.clamped, len(x.now.phases[i]))
	set(&mt, at, x.before.phase(i), m.before, nil)
	if mt.Value != nil {
		mt.Why = ""
	}
	return mt
}

// phase is the median length of a phase over the changes that went through it.
func (s *sample) phase(i int) estimate {
	e := quantile(s.phases[i], 0.5, 1, s.week.lead)
	if phaseNames[i] == "coding" {
		return e.below(s.phases[i], 0.5, s.leastCoding)
	}
	return e
}

func (m *measurer) failRate(x *measured) metric.Metric {
	mt := m.blank(FailRate, x)
	mt.Evidence = evDeploy
	s := &x.now
	mt.N = m.failCounts(s)
	if s.deployments == 0 {
		mt.Why = "no deployment in these weeks"
		return mt
	}
	if m.unseen(x.p, s) {
		mt.Why, mt.Next = "no incidents were collected, so failures cannot be seen", "connect a source of incidents "+
			"in config.toml"
		return mt
	}
	var was estimate
	if m.org.IncidentsKnownIn(m.before) {
		was = m.failRateOf(&x.before)
	}
	rate := m.failRateOf(s)
	s.explainSuspicion(&mt, rate)
	set(&mt, rate, was, m.before, m.failCounts(&x.before))
	if m.FailRateOf == OfDeployments {
		mt.Details = split(s)
	}
	return mt
}

// unseen reports that failures cannot be seen: no incidents were collected, no
// source is declared to be complete, and nothing else shows one.
func (m *measurer) unseen(p *pool, s *sample) bool {
	return len(p.incidents) == 0 && !m.org.IncidentsCompleteIn(s.window) && (s.failed == 0 || m.FailRateOf == OfIncidents)
}

func (m *measurer) failCounts(s *sample) []metric.Count {
	failed := metric.Count{What: "failed", N: s.failed}
	if m.FailRateOf == OfIncidents {
		failed = metric.Count{What: "incidents", N: len(s.restore.seconds) + s.restore.bad}
	}
	return []metric.Count{failed, {What: "deployments", N: s.deployments}}
}

// split shows how far the failures are stated, and how far inferred, and what
// was only suspected.
func split(s *sample) []metric.Detail {
	detail := func(label string, k int, note string) metric.Detail {
		return metric.Detail{
			Label: label, Figure: metric.Figure{Value: metric.Of(float64(k) / float64(s.deployments))}, Unit: metric.Share,
			Note: note,
		}
	}
	list := []metric.Detail{
		detail("confirmed", s.by.sum(Evidence.Confirmed), s.by.words(Evidence.Confirmed)),
		detail("inferred", s.by.sum(inferred), s.by.words(inferred)),
	}
	if s.suspected > 0 {
		list = append(list, detail("suspected, not counted", s.suspected,
			"an incident began soon after, at services that deploy too often for that to be evidence, or during the roll-out"))
	}
	return list
}

func (m *measurer) rework(x *measured) metric.Metric {
	mt := m.blank(Rework, x)
	mt.Evidence = evDeploy
	s := &x.now
	mt.N = []metric.Count{{What: "fixes", N: s.reworked}, {What: "deployments", N: s.deployments}}
	switch {
	case s.deployments == 0:
		mt.Why = "no deployment in these weeks"
		return mt
	case s.fixable == 0:
		mt.Why, mt.Next = "no deployment says which commit it carries, so fixes cannot be seen", "map deployed versions to commits"
		return mt
	}
	set(&mt, s.reworkRate(), x.before.reworkRate(), m.before, []metric.Count{
		{What: "fixes", N: x.before.reworked},
		{What: "deployments", N: x.before.deployments},
	})
	if note := s.fixes.words(always); note != "" {
		mt.Details = []metric.Detail{{Label: "by kind", Note: note}}
	}
	m.hold(&mt, x.p, s.reworked)
	return mt
}

func (m *measurer) recovery(x *measured) metric.Metric {
	mt := m.blank(RecoveryTime, x)
	mt.Evidence = evDeploy
	m.durations(&mt, x, recovered, "failed deployments")
	if mt.Value == nil {
		mt.Why = "no failed deployment of these weeks was restored yet, or none failed"
		if s := &x.now; s.failed == 0 && s.suspected > 0 {
			mt.Why, mt.Next = "no deployment of these weeks is known to have failed; incidents began soon after some and "+
				"name none", nameThem
		}
	}
	return mt
}

func (m *measurer) restore(x *measured) metric.Metric {
	mt := m.blank(RestoreTime, x)
	mt.Evidence = evIncident
	m.durations(&mt, x, restored, "incidents")
	if mt.Value == nil {
		mt.Why = "no incident opened in these weeks, or none is resolved yet"
		if len(x.p.incidents) == 0 {
			mt.Why, mt.Next = "no incidents were collected", "connect a source of incidents in config.toml"
		}
	}
	if bad := x.now.restore.bad; mt.Value == nil && bad > 0 {
		mt.Why += fmt.Sprintf("; left out, because they are recorded as over before they began: %d", bad)
	}
	if old := m.olderOpen(x.p); old != "" {
		if mt.Value == nil {
			mt.Why += "; " + old
		} else {
			mt.Warnings = append(mt.Warnings, old)
		}
	}
	return mt
}

// olderOpen tells of incidents from before the window that are still open: "2 older
// incidents are still open, the oldest for 93 days"; "" if there are none.
func (m *measurer) olderOpen(p *pool) string {
	n, oldest := 0, time.Time{}
	for _, in := range p.incidents { // by opening
		if !in.Opened.Before(m.now.From) {
			break
		}
		if in.Open() {
			n, oldest = n+1, earliest(oldest, in.Opened)
		}
	}
	if n == 0 {
		return ""
	}
	days := text.Count(int(m.org.Calendar.AsOf.Sub(oldest).Hours()/24)) + " days"
	if n == 1 {
		return "1 older incident is still open, for " + days
	}
	return fmt.Sprintf("%d older incidents are still open, the oldest for %s", n, days)
}

func recovered(s *sample) (*durations, stat.Dispersion) { return &s.recovery, s.week.recovery }
func restored(s *sample) (*durations, stat.Dispersion)  { return &s.restore, s.week.restore }

// durations fills a metric that is the median of times to an end.
func (m *measurer) durations(mt *metric.Metric, x *measured, of func(*sample) (*durations, stat.Dispersion),
	what string,
) {
	now, week := of(&x.now)
	before, weekBefore := of(&x.before)
	mt.N = []metric.Count{{What: what, N: len(now.seconds)}}
	if now.open > 0 {
		mt.N = append(mt.N, metric.Count{What: "still open", N: now.open})
	}
	set(mt, now.median(week), before.median(weekBefore), m.before, []metric.Count{{What: what, N: len(before.seconds)}})
	if mean := now.mean(); mean != nil {
		mt.Details = append(mt.Details, metric.Detail{Label: "mean of those resolved", Figure: metric.Figure{Value: mean},
			Unit: metric.Seconds})
	}
	warnAbout(mt, now.bad, what+": recorded as over before they began, or nobody said when, left out")
}

func (m *measurer) jobFailures(x *measured) metric.Metric {
	mt := m.blank(JobFailureRate, x)
	mt.N = []metric.Count{
		{What: "never succeeded", N: x.now.unfinished},
		{What: "roll-outs", N: x.now.unfinished + x.now.deployments},
	}
	set(&mt, x.now.jobFailureRate(), x.before.jobFailureRate(), m.before, nil)
	return mt
}

func (m *measurer) automated(x *measured) metric.Metric {
	mt := m.blank(Automated, x)
	mt.N = []metric.Count{{What: "deployments", N: x.now.automated}}
	var was estimate
	if x.hadBefore {
		was.value = metric.Of(float64(x.before.automated))
	}
	set(&mt, estimate{value: metric.Of(float64(x.now.automated))}, was, m.before, nil)
	return mt
}

// waiting counts changes merged by the cut-off and not in production yet.
func (m *measurer) waiting(x *measured) metric.Metric {
	mt := m.blank(WaitingChanges, x)
	merged := within(x.p.waiting, func(c *org.Change) time.Time { return c.Merged }, metric.Window{To: m.cut})
	mt.N = []metric.Count{{What: "changes", N: len(merged)}}
	mt.Value = metric.Of(float64(len(merged)))
	ages := make([]float64, len(merged))
	for i, c := range merged {
		ages[i] = m.cut.Sub(c.Merged).Seconds()
	}
	if e := quantile(ages, 0.5, 1, stat.Dispersion{}); e.value != nil {
		mt.Details = []metric.Detail{{Label: "median age", Figure: metric.Figure{Value: e.value}, Unit: metric.Seconds}}
	}
	return mt
}

func detail(label string, e estimate, u metric.Unit, needed int) metric.Detail {
	d := metric.Detail{Label: label, Figure: metric.Figure{Value: e.value, Lo: e.lo, Hi: e.hi}, Unit: u}
	switch {
	case e.atLeast != nil:
		d.Note = atLeast(*e.atLeast)
	case e.value == nil:
		d.Note = fmt.Sprintf("at least %d needed", needed)
	}
	return d
}

func warnAbout(mt *metric.Metric, n int, what string) {
	if n > 0 {
		mt.Warnings = append(mt.Warnings, fmt.Sprintf("%d %s", n, what))
	}
}

// distinct counts runs in a slice whose equal values stand together.
func distinct(clusters []int) int {
	n := 0
	for i, c := range clusters {
		if i == 0 || c != clusters[i-1] {
			n++
		}
	}
	return n
}
