package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"path"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

const (
	// rerunSpan is how long GitHub lets a run be run again: runs are listed that far
	// back each night.
	rerunSpan = 30 * 24 * time.Hour
	// mostRuns is how many runs GitHub lists when they are filtered.
	mostRuns = 1000
)

// errManyRuns means that a span has more runs than GitHub lists.
var errManyRuns = errors.New("more workflow runs than GitHub lists")

// matchWorkflows returns the files whose runs count as deployments, each with the first rule
// that matches it.
func (r *syncer) matchWorkflows(t *repository) map[string]*WorkflowRule {
	found := map[string]*WorkflowRule{}
	for _, file := range slices.Sorted(maps.Keys(t.repo.Pipelines)) {
		for i := range r.f.o.Workflows {
			if rule := &r.f.o.Workflows[i]; rule.matchesFile(file) {
				found[file] = rule
				break
			}
		}
	}
	return found
}

// readRuns reads the workflow runs that count as deployments.
func (r *syncer) readRuns(ctx context.Context, t *repository) error {
	s := t.spans[collect.Deployments]
	back := r.o.Window.From
	old := map[string]int{}
	if !s.whole {
		old = markOf(s.cursor.Mark).Runs
		if b := s.cursor.To.Add(-rerunSpan); b.After(back) {
			back = b
		}
	}
	s.mark.Runs = map[string]int{}
	rules := r.matchWorkflows(t)
	for _, file := range slices.Sorted(maps.Keys(rules)) {
		rule := rules[file]
		found, err := r.readRunsBetween(ctx, t, file, rule, back, r.o.Window.To)
		if err != nil {
			return err
		}
		for _, v := range found {
			id := formatNumber(v.ID)
			if v.Attempt > 1 && v.Status == "completed" && old[id] == v.Attempt {
				s.mark.Runs[id] = v.Attempt // read before, with all its attempts
				continue
			}
			d, ok, err := r.makeRunDeployment(ctx, t, v, rule)
			if err != nil {
				return err
			}
			if !ok {
				continue
			}
			t.batch.Deployments = append(t.batch.Deployments, keepDeployment(t.repo.ID, d, false))
			if v.Attempt > 1 && v.Status == "completed" {
				s.mark.Runs[id] = v.Attempt
			}
		}
	}
	return nil
}

// readRunsBetween lists the runs of a workflow that were created in a span, in halves
// where that has more than GitHub lists.
func (r *syncer) readRunsBetween(ctx context.Context, t *repository, file string, rule *WorkflowRule, from,
	to time.Time,
) ([]*rRun, error) {
	q := url.Values{"created": {from.Format(time.RFC3339) + ".." + to.Format(time.RFC3339)}}
	if rule.Branch != "" {
		q.Set("branch", rule.Branch)
	}
	if rule.Event != "" {
		q.Set("event", rule.Event)
	}
	address := fmt.Sprintf("repos/%s/actions/workflows/%s/runs", t.repo.Name, url.PathEscape(path.Base(file)))
	found, err := fetchList(ctx, r.client, restList[*rRun]{
		name: "runs of " + file + " of " + t.repo.Name, path: address, query: q, field: "workflow_runs",
		key:    func(v *rRun) string { return formatNumber(v.ID) },
		refuse: refuseMany,
	})
	if errors.Is(err, errManyRuns) && to.Sub(from) > 2*time.Second {
		middle := from.Add(to.Sub(from) / 2).Truncate(time.Second)
		newer, err := r.readRunsBetween(ctx, t, file, rule, middle.Add(time.Second), to)
		if err != nil {
			return nil, err
		}
		older, err := r.readRunsBetween(ctx, t, file, rule, from, middle)
		return append(newer, older...), err
	}
	if statusOf(err) == http.StatusNotFound {
		return nil, r.checkWorkflow(ctx, t, file, err)
	}
	return found, err
}

// checkWorkflow asks whether GitHub has the workflow of a list that was answered with 404. A
// workflow that GitHub does not have has no runs. If GitHub has it, the token may not see runs,
// and the error of the list is returned.
func (r *syncer) checkWorkflow(ctx context.Context, t *repository, file string, cause error) error {
	known, err := r.listWorkflows(ctx, t)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(v *rWorkflow) bool { return v.Path == file }) {
		return cause
	}
	return nil
}

// listWorkflows lists the workflows of a repository on GitHub.
func (r *syncer) listWorkflows(ctx context.Context, t *repository) ([]*rWorkflow, error) {
	return fetchList(ctx, r.client, restList[*rWorkflow]{
		name: "workflows of " + t.repo.Name, path: "repos/" + t.repo.Name + "/actions/workflows", field: "workflows",
		key: func(v *rWorkflow) string { return formatNumber(v.ID) },
	})
}

// refuseMany returns errManyRuns if there may be more runs than GitHub lists. Its count
// may end at that number as well.
func refuseMany(total int) error {
	if total >= mostRuns {
		return errManyRuns
	}
	return nil
}

// makeRunDeployment makes one deployment of a run, whatever its attempts: it is finished
// by the first attempt that succeeded. A run that did nothing is none.
func (r *syncer) makeRunDeployment(ctx context.Context, t *repository, v *rRun,
	rule *WorkflowRule) (fact.Deployment, bool,
	error,
) {
	attempts := []*rRun{v}
	for n := 1; n < v.Attempt; n++ {
		var earlier rRun
		_, err := r.client.getObject(ctx, fmt.Sprintf("repos/%s/actions/runs/%d/attempts/%d", t.repo.Name, v.ID, n), &earlier)
		if statusOf(err) == http.StatusNotFound {
			continue // attempts are kept for some time only
		}
		if err != nil {
			return fact.Deployment{}, false, err
		}
		attempts = append(attempts[:len(attempts)-1], &earlier, v)
		if earlier.Conclusion == "success" {
			break // later attempts change nothing
		}
	}
	d := fact.Deployment{
		ID: "run-" + formatNumber(v.ID), URL: v.HTMLURL, Environment: cmp.Or(rule.Environment, defaultEnvironment),
		Commit: v.SHA, Ref: v.Branch, Creator: v.Actor.name(), Created: v.CreatedAt.UTC(),
	}
	did := false
	for _, a := range attempts {
		switch s := runState(a); s {
		case "":
			continue
		case fact.Pending:
			d.Statuses = append(d.Statuses, fact.Status{State: s, At: firstTime(a.StartedAt, a.CreatedAt)})
		default:
			d.Statuses = append(d.Statuses, fact.Status{State: s, At: a.UpdatedAt.UTC()})
		}
		did = true
	}
	d.Statuses = cutStatuses(d.Statuses)
	return d, did, nil
}

func firstTime(times ...time.Time) time.Time {
	for _, t := range times {
		if !t.IsZero() {
			return t.UTC()
		}
	}
	return time.Time{}
}

// runState returns the state of a run or of one attempt; "" for a skipped run, which deployed
// nothing.
func runState(v *rRun) fact.State {
	if v.Status != "completed" {
		return fact.Pending
	}
	switch v.Conclusion {
	case "success":
		return fact.Success
	case "skipped", "neutral", "stale":
		return ""
	case "action_required":
		return fact.Pending
	default: // failure, cancelled, timed_out, startup_failure
		return fact.Failure
	}
}

// needsRuns reports whether workflow runs of a repository are read, which only REST has.
func (r *syncer) needsRuns(t *repository) bool {
	return r.f.o.reads(ByWorkflows) && len(r.matchWorkflows(t)) > 0
}

// readREST reads that.
func (r *syncer) readREST(ctx context.Context, t *repository) error {
	if r.needsRuns(t) && t.spans[collect.Deployments].err == nil {
		if err := r.readRuns(ctx, t); err != nil {
			if isFatal(ctx, err) {
				return err
			}
			t.giveUp(collect.Deployments, fmt.Errorf("workflow runs: %w", err))
		}
	}
	if err := r.readGitOps(ctx, t); err != nil {
		if isFatal(ctx, err) {
			return err
		}
		// With the commits, so that they are new again the next time.
		t.giveUp(collect.Commits, fmt.Errorf("deployments of the configuration: %w", err))
		t.giveUp(collect.Deployments, err)
	}
	return nil
}
