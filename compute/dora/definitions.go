package dora

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/compute/metric"
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

// Specs returns the declarations of the metrics under these options. Its errors are about the
// options.
func (o Options) Specs() (metric.Specs, error) {
	r, err := o.compile()
	if err != nil {
		return nil, err
	}
	return r.buildSpecs(), nil
}

// buildSpecs declares the metrics under the options in force.
func (r *rules) buildSpecs() metric.Specs {
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
	list := metric.Specs{
		{
			ID: Frequency, Version: 1, Title: "Deployment frequency",
			Unit: metric.PerDayPer, Better: metric.Up, Source: dora, Config: rollouts,
			Estimate: "rate, quasi-Poisson over the weeks", Interval: likely, Series: true, Trend: "ratio; Wilcoxon over " +
				"teams, quasi-Poisson below eight",
			Text: "Successful production deployments ÷ calendar days ÷ teams whose deployments were collected. A " +
				"deployment is one roll-out of one commit to one production environment, counted at its first success; " +
				"retries of the same commit close together are one, and so are two tags of one commit. Deployments whose " +
				"changes were all written by bots are counted apart, as automation. The interval is quasi-Poisson over the weeks.",
		},
		r.newLeadSpec(dora, rollouts),
		r.newFailRateSpec(dora, rollouts, failures),
		{
			ID: RecoveryTime, Version: 1, Title: "Failed deployment recovery time",
			Unit: metric.Seconds, Better: metric.Down, Source: dora, Config: failures,
			Estimate: "median, Kaplan–Meier", Interval: likely, Trend: timesTrend,
			Text: "From the finish of a failed deployment to the time service was restored: the incident resolved, or " +
				"the deployment that rolled it back, reverted or fixed it. Failures that are not restored yet count as at " +
				"least this long (Kaplan–Meier). Failures without a recorded restoration are left out and counted.",
		},
		{
			ID: Rework, Version: 1, Title: "Deployment rework rate",
			Unit: metric.Share, Better: metric.Down, Source: dora, Config: failures,
			Estimate: "share, Wilson", Interval: likely, Trend: shareTrend,
			Text: "Production deployments that were unplanned fixes (a rollback, a deployed revert, a hotfix) ÷ " +
				"production deployments that succeeded in rolling out. The interval is Wilson's.",
		},
		{
			ID: RestoreTime, Version: 1, Title: "Time to restore service",
			Familiar: "MTTR", Unit: metric.Seconds, Better: metric.Down, Source: "DORA, 2021 (MTTR)",
			Estimate: "median, Kaplan–Meier", Interval: likely, Series: true, Trend: timesTrend,
			Text: "All incidents, of any cause, that opened in the window: from opened to resolved. The headline is the " +
				"median; the mean below it is labelled MTTR. Open incidents count as at least this long (Kaplan–Meier). " +
				"Open incidents from before the window are shown with their age. Incidents resolved before they were opened " +
				"are left out and counted.",
		},
		{
			ID: JobFailureRate, Version: 1, Title: "Deploy-job failure rate",
			Unit: metric.Share, Better: metric.Down, Config: rollouts,
			Estimate: "share, Wilson", Interval: likely, Untested: "it is about pipelines, which change nothing in " +
				"production when they fail",
			Text: "Production roll-outs that never succeeded ÷ all production roll-outs. They changed nothing in " +
				"production, so no other rate counts them.",
		},
		{
			ID: Automated, Version: 1, Title: "Deployments by automation",
			Unit: metric.Number, Better: metric.Neutral, Config: append(slices.Clone(production), "people.bots"),
			Estimate: "count", Untested: "neither more nor fewer is better",
			Text: "Successful production deployments with changes of bots only. No other number counts them.",
		},
		{
			ID: WaitingChanges, Version: 1, Title: "Changes waiting for production",
			Config: r.listExcludeKnobs(), Unit: metric.Number, Better: metric.Down,
			Estimate: "count at the cut-off", Untested: "it is the number on one day, without an earlier one to compare",
			Text: "Changes merged before the end of the window that no production deployment contains yet. The lead time " +
				"does not include them yet; they would make it longer.",
		},
	}
	for _, p := range phaseTexts {
		list = append(list, metric.Spec{
			ID: PhaseID(p.id), Version: 1, Title: p.title, Unit: metric.Seconds, Better: metric.Down, Text: p.text,
			Config: []string{
				fmt.Sprintf("dora.max_commit_age_days = %d", r.MaxCommitAge),
				fmt.Sprintf("dora.lead_start = %q", r.LeadStart),
			},
			Estimate: "median, order statistics", Interval: likely, Untested: "the change of the whole lead time is " +
				"tested instead",
		})
	}
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

func (r *rules) newFailRateSpec(source string, rollouts, failures []string) metric.Spec {
	d := metric.Spec{
		ID: FailRate, Version: 1, Title: "Change failure rate",
		Familiar: "Change fail rate", Unit: metric.Share, Better: metric.Down,
		Source: source, Series: true, Estimate: "share, Wilson", Interval: likely, Trend: shareTrend,
	}
	if r.FailRateOf == OfIncidents {
		d.Unit, d.Estimate, d.Trend, d.Untested = metric.Number, "ratio, Garwood", "", "deployments do not cause all "+
			"incidents"
		d.Config = append(slices.Clone(rollouts), fmt.Sprintf("dora.fail_rate = %q", OfIncidents))
		d.Text = "Incidents of any cause that opened in the window ÷ production deployments that succeeded in rolling " +
			"out. It is not a share: several incidents may follow one deployment. The interval is " +
			"Garwood's. Its change is not tested."
		return d
	}
	var proofs []string
	for _, c := range classes {
		if !r.uses(c.Evidence) {
			continue
		}
		said := "inferred"
		if c.Confirmed() {
			said = "confirmed"
		}
		proofs = append(proofs, c.text+" ("+said+")")
	}
	d.Config = failures
	d.Text = "Failed production deployments ÷ production deployments that succeeded in rolling out. A deployment " +
		"failed when, strongest proof first: " +
		strings.Join(proofs, "; ") + ". Several proofs count once. The interval is Wilson's."
	switch {
	case r.uses(Window) && r.Blame == Previous:
		d.Text += " An incident without a reference is blamed on the last deployment that finished before it, however old."
	case r.uses(Window):
		d.Text += fmt.Sprintf(" An incident without a reference is blamed on the last deployment that finished before it, "+
			"if that was within %d hours and the service does not deploy more than once in that time. Otherwise the "+
			"deployment is suspected, which is shown and not counted. A roll-out is also suspected if an incident began "+
			"during it. The range extends to the rate with all suspected deployments. The metric has no value if %d or "+
			"more are suspected and they are more than those counted.", r.WindowHours, minSuspected)
	}
	return d
}

// listExcludeKnobs returns the rules in force that exclude requests, as in config.toml.
func (r *rules) listExcludeKnobs() []string {
	var knobs []string
	if r.ExcludeLabel != "" {
		knobs = append(knobs, fmt.Sprintf("dora.exclude_label = %q", r.ExcludeLabel))
	}
	if r.ExcludeTitle != "" {
		knobs = append(knobs, fmt.Sprintf("dora.exclude_title = %q", r.ExcludeTitle))
	}
	return knobs
}

// listFailureKnobs returns the options of the evidence, as in config.toml.
func (r *rules) listFailureKnobs() []string {
	var keys []string
	for _, c := range classes {
		if r.uses(c.Evidence) {
			keys = append(keys, strconv.Quote(c.key))
		}
	}
	knobs := []string{
		"dora.failure_evidence = [" + strings.Join(keys, ", ") + "]", fmt.Sprintf("dora.window_hours = %d", r.WindowHours),
		fmt.Sprintf("dora.hotfix_branch = %q", r.HotfixBranch), fmt.Sprintf("dora.hotfix_label = %q", r.HotfixLabel),
		fmt.Sprintf("dora.hotfix_title = %q", r.HotfixTitle),
	}
	if r.Blame == Previous {
		knobs = append(knobs, fmt.Sprintf("dora.blame = %q", r.Blame))
	}
	return knobs
}

var phaseTexts = []struct{ id, title, text string }{
	{"coding", "Coding", "First commit → ready for review. Time as a draft belongs here. A commit without a " +
		"request is coding until it reaches the branch."},
	{"pickup", "Pickup", "Ready for review → first review by another person. For a change merged without review it " +
		"lasts until the merge."},
	{"review", "Review", "First review → merged."},
	{"deploy", "Deploy", "Merged → finish of the first production deployment that contains it."},
}
