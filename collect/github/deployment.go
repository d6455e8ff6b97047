package github

import (
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// watchFailed is how long a failed deployment is read again each night: a job that is run again
// may turn it into a success. Pending deployments are read again as long as they are in the
// window.
const watchFailed = 7 * 24 * time.Hour

// parseState maps GitHub's states of a deployment's status, in lower or upper case. An unknown
// one counts as pending, so that the deployment is read again.
func parseState(s string) fact.State {
	switch strings.ToLower(s) {
	case "success":
		return fact.Success
	case "failure", "error":
		return fact.Failure
	case "inactive":
		return fact.Inactive
	}
	return fact.Pending // queued, pending, in_progress, waiting
}

// cutStatuses sorts statuses oldest first and ends them with the first success, which finishes
// the deployment. GitHub later writes "inactive" over old deployments without listing them as
// changed; keeping that would make a run from scratch differ from nightly runs.
func cutStatuses(all []fact.Status) []fact.Status {
	slices.SortStableFunc(all, func(a, b fact.Status) int { return a.At.Compare(b.At) })
	for i, s := range all {
		if s.State == fact.Success {
			return slices.Clip(all[:i+1])
		}
	}
	return all
}

// isUnfinished reports whether a deployment may still change although GitHub will not list it
// as changed.
func isUnfinished(d *fact.Deployment, now time.Time) bool {
	last := fact.Pending
	for _, s := range d.Statuses {
		if s.State == fact.Success {
			return false
		}
		last = s.State
	}
	return last == fact.Pending || d.Created.After(now.Add(-watchFailed))
}

// keepDeployment makes the row of a deployment.
func keepDeployment(repo int64, d fact.Deployment, open bool) collect.Kept[fact.Deployment] {
	return collect.Kept[fact.Deployment]{Repository: repo, ID: d.ID, At: d.Created, Open: open, Fact: d}
}

func (q *qDeployment) fact(repoURL string) fact.Deployment {
	d := fact.Deployment{
		ID: formatNumber(q.ID), Environment: q.Environment, Commit: q.CommitOID,
		Creator: q.Creator.name(), Created: q.CreatedAt.UTC(), URL: deploymentsPage(repoURL, q.Environment),
	}
	if q.Ref != nil {
		d.Ref = q.Ref.Name
	}
	if q.Statuses != nil {
		for _, s := range q.Statuses.Nodes {
			if s != nil {
				d.Statuses = append(d.Statuses, fact.Status{State: parseState(s.State), At: s.CreatedAt.UTC()})
			}
		}
	}
	d.Statuses = cutStatuses(d.Statuses)
	return d
}
