package dora

import (
	"fmt"

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
)

// PhaseID is the metric ID of a lead time's phase ("coding", "pickup", "review",
// "deploy").
func PhaseID(phase string) string { return LeadTime + "." + phase }

// definitions are the texts shown beside the numbers, with the knobs in force.
func (r *rules) definitions() []metric.Definition {
	production := fmt.Sprintf("deploy.production = %q", r.Production)
	exclude := fmt.Sprintf("deploy.exclude = %q", r.Exclude)
	collapse := fmt.Sprintf("deploy.collapse_minutes = %d", r.CollapseMinutes)
	age := fmt.Sprintf("dora.max_commit_age_days = %d", r.MaxCommitAge)
	const dora = "DORA, 2025"
	defs := []metric.Definition{
		{
			ID: Frequency, Title: "Deployment frequency", Source: dora, Config: []string{production, exclude, collapse},
			Text: "Successful production deployments ÷ calendar days ÷ teams whose deployments were collected. A deployment is one roll-out of one commit to one production environment, counted at its first success; retries of the same commit close together are one. Deployments whose changes were all written by bots are counted apart, as automation. The interval is quasi-Poisson over the weeks.",
		},
		{
			ID: LeadTime, Title: "Change lead time", Source: dora, Config: []string{production, exclude, collapse, age},
			Text: "Per change: from its first commit (author time) to the finish of the first production deployment that contains it. The headline is the median over changes; the interval is Woodruff's, over deployments, because changes of one deployment share their wait. Changes contained in a service's first known deployment are its baseline and in no number; a first commit older than the limit before the request was opened is moved to that limit and counted.",
		},
		{
			ID: FailRate, Title: "Change fail rate", Source: dora, Config: []string{production, exclude, collapse},
			Text: "Failed production deployments ÷ production deployments that succeeded in rolling out. A deployment failed when an incident names it, its commit or its change (confirmed), or when it was rolled back to an older commit (inferred). Several proofs fail it once. The interval is Wilson's.",
		},
		{
			ID: RecoveryTime, Title: "Failed deployment recovery time", Source: dora, Config: []string{production, exclude},
			Text: "From the finish of a failed deployment to the time service was restored: the incident resolved, or the deployment that rolled it back. Failures that are not restored yet stay in, as at least this long (Kaplan–Meier).",
		},
		{
			ID: RestoreTime, Title: "Time to restore service", Source: "DORA, 2021 (MTTR)",
			Text: "All incidents, of any cause, that opened in the window: from opened to resolved. The headline is the median, the mean stands beneath. Open incidents stay in, as at least this long (Kaplan–Meier).",
		},
		{
			ID: JobFailureRate, Title: "Deploy-job failure rate", Config: []string{production, exclude, collapse},
			Text: "Production roll-outs that never reached a success ÷ all production roll-outs. They changed nothing in production, so they are in no other rate.",
		},
		{
			ID: Automated, Title: "Deployments by automation", Config: []string{production, exclude, "people.bots"},
			Text: "Successful production deployments in which every change was written by bots only. In no other number.",
		},
		{
			ID: WaitingChanges, Title: "Changes waiting for production",
			Text: "Changes merged before the end of the window that no production deployment contains yet. Not in the lead time yet: they would make it longer.",
		},
	}
	for _, p := range phaseTexts {
		defs = append(defs, metric.Definition{ID: PhaseID(p.id), Title: p.title, Text: p.text, Config: []string{age}})
	}
	for i := range defs {
		defs[i].Hash = defs[i].Fingerprint()
	}
	return defs
}

var phaseTexts = []struct{ id, title, text string }{
	{"coding", "Coding", "First commit → ready for review. Time as a draft belongs here. A commit without a request is coding until it reaches the branch."},
	{"pickup", "Pickup", "Ready for review → first review by another person. A change merged without review spends this time until it is merged here."},
	{"review", "Review", "First review → merged."},
	{"deploy", "Deploy", "Merged → finish of the first production deployment that contains it."},
}
