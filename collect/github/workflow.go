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

// errManyRuns says that a span has more runs than GitHub lists.
var errManyRuns = errors.New("more workflow runs than GitHub lists")

// workflows are the files that a rule takes for deployments, in order, with the
// first rule that fits.
func (r *run) workflows(t *target) map[string]*WorkflowRule {
	found := map[string]*WorkflowRule{}
	for _, file := range slices.Sorted(maps.Keys(t.repo.Pipelines)) {
		for i := range r.f.o.Workflows {
			if rule := &r.f.o.Workflows[i]; rule.fits(file) {
				found[file] = rule
				break
			}
		}
	}
	return found
}

// runs reads the workflow runs that stand for deployments.
func (r *run) runs(ctx context.Context, t *target) error {
	s := t.spans[collect.Deployments]
	back := r.o.Window.From
	old := map[string]int{}
	if !s.anew {
		old = markOf(s.cursor.Mark).Runs
		if b := s.cursor.To.Add(-rerunSpan); b.After(back) {
			back = b
		}
	}
	s.mark.Runs = map[string]int{}
	rules := r.workflows(t)
	for _, file := range slices.Sorted(maps.Keys(rules)) {
		rule := rules[file]
		found, err := r.runsBetween(ctx, t, file, rule, back, r.o.Window.To)
		if err != nil {
			return err
		}
		for _, v := range found {
			id := number(v.ID)
			if v.Attempt > 1 && v.Status == "completed" && old[id] == v.Attempt {
				s.mark.Runs[id] = v.Attempt // read before, with all its attempts
				continue
			}
			d, ok, err := r.runDeployment(ctx, t, v, rule)
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

// runsBetween lists the runs of a workflow that were created in a span, in halves
// where that has more than GitHub lists.
func (r *run) runsBetween(ctx context.Context, t *target, file string, rule *WorkflowRule, from,
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
		key:    func(v *rRun) string { return number(v.ID) },
		refuse: refuseMany,
	})
	if errors.Is(err, errManyRuns) && to.Sub(from) > 2*time.Second {
		middle := from.Add(to.Sub(from) / 2).Truncate(time.Second)
		newer, err := r.runsBetween(ctx, t, file, rule, middle.Add(time.Second), to)
		if err != nil {
			return nil, err
		}
		older, err := r.runsBetween(ctx, t, file, rule, from, middle)
		return append(newer, older...), err
	}
	if status(err) == http.StatusNotFound {
		return nil, r.unknownWorkflow(ctx, t, file, err)
	}
	return found, err
}

// unknownWorkflow asks whether GitHub has no such workflow, which has no runs then:
// a token without the right to see runs is answered 404 as well. It returns the error
// of the list if GitHub knows the workflow.
func (r *run) unknownWorkflow(ctx context.Context, t *target, file string, cause error) error {
	known, err := r.knownWorkflows(ctx, t)
	if err != nil {
		return err
	}
	if slices.ContainsFunc(known, func(v *rWorkflow) bool { return v.Path == file }) {
		return cause
	}
	return nil
}

// knownWorkflows are those that GitHub has ever run, or would.
func (r *run) knownWorkflows(ctx context.Context, t *target) ([]*rWorkflow, error) {
	return fetchList(ctx, r.client, restList[*rWorkflow]{
		name: "workflows of " + t.repo.Name, path: "repos/" + t.repo.Name + "/actions/workflows", field: "workflows",
		key: func(v *rWorkflow) string { return number(v.ID) },
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

// runDeployment makes one deployment of a run, whatever its attempts: it is finished
// by the first attempt that succeeded. A run that did nothing is none.
func (r *run) runDeployment(ctx context.Context, t *target, v *rRun, rule *WorkflowRule) (fact.Deployment, bool,
	error,
) {
	attempts := []*rRun{v}
	for n := 1; n < v.Attempt; n++ {
		var earlier rRun
		_, err := r.client.get(ctx, fmt.Sprintf("repos/%s/actions/runs/%d/attempts/%d", t.repo.Name, v.ID, n), &earlier)
		if status(err) == http.StatusNotFound {
			continue // attempts are kept for some time only
		}
		if err != nil {
			return fact.Deployment{}, false, err
		}
		attempts = append(attempts[:len(attempts)-1], &earlier, v)
		if earlier.Conclusion == "success" {
			break // what follows moves nothing
		}
	}
	d := fact.Deployment{
		ID: "run-" + number(v.ID), URL: v.HTMLURL, Environment: cmp.Or(rule.Environment, defaultEnvironment),
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
	d.Statuses = statuses(d.Statuses)
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

// runState is the state that a run, or an attempt of it, stands for; "" for one that
// was skipped, which deployed nothing.
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

// asksREST says whether a target has something that only the REST API knows.
func (r *run) asksREST(t *target) bool {
	return r.f.o.by(ByWorkflows) && len(r.workflows(t)) > 0
}

// beyondGraphQL reads that.
func (r *run) beyondGraphQL(ctx context.Context, t *target) error {
	if r.asksREST(t) && t.spans[collect.Deployments].err == nil {
		if err := r.runs(ctx, t); err != nil {
			if fatal(ctx, err) {
				return err
			}
			t.fail(collect.Deployments, fmt.Errorf("workflow runs: %w", err))
		}
	}
	if err := r.gitops(ctx, t); err != nil {
		if fatal(ctx, err) {
			return err
		}
		// With the commits, so that they are new again the next time.
		t.fail(collect.Commits, fmt.Errorf("deployments of the configuration: %w", err))
		t.fail(collect.Deployments, err)
	}
	return nil
}
