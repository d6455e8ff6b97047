package dora

import (
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/compute/metric"
)

var startTexts = map[string]string{
	FirstCommit: "its first commit (author time)",
	Opened:      "the opening of its request (a commit without one: its author time)",
	Ready:       "its request being ready for review (a commit without one: its author time)",
	Merged:      "its merge to the branch",
}

func (r *rules) newLeadSpec(source string, rollouts []string) metric.Spec {
	s := metric.Spec{
		ID: LeadTime, Version: 1, Title: "Change lead time",
		Familiar: "Lead time for changes", Unit: metric.Seconds, Better: metric.Down,
		Source: source, Text: r.describeLead(), Series: true,
		Estimate: "median, Woodruff over deployments", Interval: likely, Trend: timesTrend,
		Config: append(
			slices.Clone(rollouts), fmt.Sprintf("dora.max_commit_age_days = %d", r.MaxCommitAge),
			fmt.Sprintf("dora.lead_start = %q", r.LeadStart), fmt.Sprintf("dora.lead_statistic = %q", r.LeadStatistic),
		),
	}
	s.Config = append(s.Config, r.listExcludeKnobs()...)
	if r.LeadStatistic == Mean {
		s.Estimate, s.Interval, s.Trend, s.Untested = "mean", "", "", "a few changes that waited for long decide a mean"
	}
	return s
}

func (r *rules) describeLead() string {
	headline := "The headline is the median over changes; the interval is Woodruff's, over deployments, because " +
		"changes of one deployment share their wait."
	if r.LeadStatistic == Mean {
		headline = "The headline is the mean over changes. A few long waits decide it, so it has no interval and its " +
			"change is not tested."
	}
	clamp := ""
	if r.LeadStart == FirstCommit {
		clamp = " A first commit older than the limit before the opening of the request is moved to the limit and " +
			"counted. Such a change took at least this long, and a quantile among such bounds is not shown."
	}
	return "Per change: from " + startTexts[r.LeadStart] +
		" to the finish of the first production deployment that contains it. " + headline +
		" Changes in the first known deployment of a service are its baseline; no number counts them." + clamp
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

// listPhases declares the phases of the lead time.
func (r *rules) listPhases() []declared {
	var list []declared
	for i, p := range phaseTexts {
		spec := metric.Spec{
			ID: PhaseID(p.id), Version: 1, Title: p.title, Unit: metric.Seconds, Better: metric.Down, Text: p.text,
			Config: []string{
				fmt.Sprintf("dora.max_commit_age_days = %d", r.MaxCommitAge),
				fmt.Sprintf("dora.lead_start = %q", r.LeadStart),
			},
			Estimate: "median, order statistics", Interval: likely, Untested: "the change of the whole lead time is " +
				"tested instead",
		}
		list = append(list, declared{spec, func(m *measurer, x *scopeSamples) metric.Metric { return m.measurePhase(x, i) }})
	}
	return list
}

var phaseTexts = []struct{ id, title, text string }{
	{"coding", "Coding", "First commit → ready for review. Time as a draft belongs here. A commit without a " +
		"request is coding until it reaches the branch."},
	{"pickup", "Pickup", "Ready for review → first review by another person. For a change merged without review it " +
		"lasts until the merge."},
	{"review", "Review", "First review → merged."},
	{"deploy", "Deploy", "Merged → finish of the first production deployment that contains it."},
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
