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

// PhaseID is the metric ID of a lead time's phase ("coding", "pickup", "review",
// "deploy").
func PhaseID(phase string) string { return LeadTime + "." + phase }

// definitions are the texts shown beside the numbers, with the knobs in force.
func (r *rules) definitions() []metric.Definition {
	production := []string{fmt.Sprintf("deploy.production = %q", r.Production), fmt.Sprintf("deploy.exclude = %q", r.Exclude)}
	rollouts := append(slices.Clone(production), fmt.Sprintf("deploy.collapse_minutes = %d", r.CollapseMinutes))
	if r.Group != ByEnvironment {
		rollouts = append(rollouts, fmt.Sprintf("deploy.group = %q", r.Group))
	}
	age := fmt.Sprintf("dora.max_commit_age_days = %d", r.MaxCommitAge)
	start := fmt.Sprintf("dora.lead_start = %q", r.LeadStart)
	lead := append(slices.Clone(rollouts), age, start, fmt.Sprintf("dora.lead_statistic = %q", r.LeadStatistic))
	excluded := r.excludeKnobs()
	lead = append(lead, excluded...)
	failures := append(slices.Clone(rollouts), r.failureKnobs()...)
	const dora = "DORA, 2025"
	defs := []metric.Definition{
		{
			ID: Frequency, Title: "Deployment frequency", Source: dora, Config: rollouts,
			Text: "Successful production deployments ÷ calendar days ÷ teams whose deployments were collected. A deployment is one roll-out of one commit to one production environment, counted at its first success; retries of the same commit close together are one. Deployments whose changes were all written by bots are counted apart, as automation. The interval is quasi-Poisson over the weeks.",
		},
		{ID: LeadTime, Title: "Change lead time", Source: dora, Config: lead, Text: r.leadText()},
		r.failRateDefinition(dora, rollouts, failures),
		{
			ID: RecoveryTime, Title: "Failed deployment recovery time", Source: dora, Config: failures,
			Text: "From the finish of a failed deployment to the time service was restored: the incident resolved, or the deployment that rolled it back, reverted or mended it. Failures that are not restored yet stay in, as at least this long (Kaplan–Meier); those of which nobody said when are in no recovery time, and counted.",
		},
		{
			ID: Rework, Title: "Deployment rework rate", Source: dora, Config: failures,
			Text: "Production deployments that were unplanned fixes (a rollback, a deployed revert, a hotfix) ÷ production deployments that succeeded in rolling out. The interval is Wilson's.",
		},
		{
			ID: RestoreTime, Title: "Time to restore service", Source: "DORA, 2021 (MTTR)",
			Text: "All incidents, of any cause, that opened in the window: from opened to resolved. The headline is the median, the mean stands beneath. Open incidents stay in, as at least this long (Kaplan–Meier).",
		},
		{
			ID: JobFailureRate, Title: "Deploy-job failure rate", Config: rollouts,
			Text: "Production roll-outs that never reached a success ÷ all production roll-outs. They changed nothing in production, so they are in no other rate.",
		},
		{
			ID: Automated, Title: "Deployments by automation", Config: append(slices.Clone(production), "people.bots"),
			Text: "Successful production deployments in which every change was written by bots only. In no other number.",
		},
		{
			ID: WaitingChanges, Title: "Changes waiting for production", Config: excluded,
			Text: "Changes merged before the end of the window that no production deployment contains yet. Not in the lead time yet: they would make it longer.",
		},
	}
	for _, p := range phaseTexts {
		defs = append(defs, metric.Definition{ID: PhaseID(p.id), Title: p.title, Text: p.text, Config: []string{age, start}})
	}
	for i := range defs {
		defs[i].Hash = defs[i].Fingerprint()
	}
	return defs
}

var startTexts = map[string]string{
	FirstCommit: "its first commit (author time)",
	Opened:      "the opening of its request (a commit without one: its author time)",
	Ready:       "its request being ready for review (a commit without one: its author time)",
	Merged:      "its merge to the branch",
}

func (r *rules) leadText() string {
	headline := "The headline is the median over changes; the interval is Woodruff's, over deployments, because changes of one deployment share their wait."
	if r.LeadStatistic == Mean {
		headline = "The headline is the mean over changes, which a few that waited for long decide; it has no interval, and its change is not tested."
	}
	clamp := ""
	if r.LeadStart == FirstCommit {
		clamp = " A first commit older than the limit before the request was opened is moved to that limit and counted."
	}
	return "Per change: from " + startTexts[r.LeadStart] + " to the finish of the first production deployment that contains it. " + headline +
		" Changes contained in a service's first known deployment are its baseline and in no number." + clamp
}

func (r *rules) failRateDefinition(source string, rollouts, failures []string) metric.Definition {
	d := metric.Definition{ID: FailRate, Title: "Change fail rate", Source: source}
	if r.FailRateOf == OfIncidents {
		d.Config = append(slices.Clone(rollouts), fmt.Sprintf("dora.fail_rate = %q", OfIncidents))
		d.Text = "Incidents of any cause that opened in the window ÷ production deployments that succeeded in rolling out. It is no share: several incidents may follow one deployment, or none of them any. The interval is Garwood's. Its change is not tested."
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
	d.Text = "Failed production deployments ÷ production deployments that succeeded in rolling out. A deployment failed when, strongest proof first: " +
		strings.Join(proofs, "; ") + ". Several proofs fail it once. The interval is Wilson's."
	if r.uses(Window) {
		d.Text += fmt.Sprintf(" An incident that names nothing is blamed on the deployment finished last before it, if that was within %d hours and the service does not deploy more than once in that time; otherwise it is a suspicion that is shown and not counted.", r.WindowHours)
	}
	return d
}

// excludeKnobs are the rules for requests that are no change of their own; none
// without such a rule.
func (r *rules) excludeKnobs() []string {
	var knobs []string
	if r.ExcludeLabel != "" {
		knobs = append(knobs, fmt.Sprintf("dora.exclude_label = %q", r.ExcludeLabel))
	}
	if r.ExcludeTitle != "" {
		knobs = append(knobs, fmt.Sprintf("dora.exclude_title = %q", r.ExcludeTitle))
	}
	return knobs
}

// failureKnobs are the knobs of the evidence, as they would be written.
func (r *rules) failureKnobs() []string {
	var keys []string
	for _, c := range classes {
		if r.uses(c.Evidence) {
			keys = append(keys, strconv.Quote(c.key))
		}
	}
	return []string{
		"dora.failure_evidence = [" + strings.Join(keys, ", ") + "]", fmt.Sprintf("dora.window_hours = %d", r.WindowHours),
		fmt.Sprintf("dora.hotfix_branch = %q", r.HotfixBranch), fmt.Sprintf("dora.hotfix_label = %q", r.HotfixLabel),
		fmt.Sprintf("dora.hotfix_title = %q", r.HotfixTitle),
	}
}

var phaseTexts = []struct{ id, title, text string }{
	{"coding", "Coding", "First commit → ready for review. Time as a draft belongs here. A commit without a request is coding until it reaches the branch."},
	{"pickup", "Pickup", "Ready for review → first review by another person. A change merged without review spends this time until it is merged here."},
	{"review", "Review", "First review → merged."},
	{"deploy", "Deploy", "Merged → finish of the first production deployment that contains it."},
}
