package githubtest

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

func atoi(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return 0
	}
	return n
}

func (c *call) workflows() answer {
	return listOf("workflows", c.repo.Workflows, func(f testkit.Workflow) any {
		return object{"id": f.ID, "node_id": nodeID("W", f.ID), "name": f.Name, "path": f.Path, "state": "active"}
	})
}

// workflowID is the number of a workflow by its path.
func workflowOf(r *testkit.Repository, file string) (id int64, name string) {
	for _, f := range r.Workflows {
		if f.Path == file {
			return f.ID, f.Name
		}
	}
	return 0, ""
}

// runs lists newest first. With any filter GitHub shows 1,000 at most.
func (c *call) runs() answer {
	wanted := c.r.PathValue("id")
	var all []*testkit.Run
	for i := range c.repo.Runs {
		u := &c.repo.Runs[i]
		id, _ := workflowOf(c.repo, u.Workflow)
		if u.Created.After(c.now) || wanted != "" && wanted != strconv.FormatInt(id, 10) && wanted != path.Base(u.Workflow) {
			continue
		}
		if c.runMatches(u) {
			all = append(all, u)
		}
	}
	slices.Reverse(all)
	a := listOf("workflow_runs", all, func(u *testkit.Run) any { return c.runJSON(u, len(u.AttemptsAt(c.now))) })
	for _, filter := range []string{"actor", "branch", "check_suite_id", "created", "event", "head_sha", "status"} {
		if c.param(filter) != "" {
			a.most = 1000
		}
	}
	return a
}

func (c *call) runMatches(u *testkit.Run) bool {
	is := func(name, value string) bool { return c.param(name) == "" || c.param(name) == value }
	status, conclusion := c.runState(u, len(u.AttemptsAt(c.now)))
	if wanted := c.param("status"); wanted != "" && wanted != status && wanted != conclusion {
		return false
	}
	return is("branch", u.Branch) && is("event", u.Event) && is("head_sha", u.SHA) && is("actor", u.Actor) &&
		inSpan(u.Created, c.param("created"))
}

// inSpan reads GitHub's search syntax for dates: >=A, <=A, >A, <A, A..B; days or times.
func inSpan(at time.Time, span string) bool {
	if span == "" {
		return true
	}
	if a, b, ok := strings.Cut(span, ".."); ok {
		return (a == "*" || inSpan(at, ">="+a)) && (b == "*" || inSpan(at, "<="+b))
	}
	bare := strings.TrimLeft(span, "<>=")
	from, err := time.Parse(time.RFC3339, bare)
	to := from
	if err != nil {
		if from, err = time.Parse(time.DateOnly, bare); err != nil {
			return false
		}
		to = from.Add(24*time.Hour - time.Second)
	}
	switch strings.TrimSuffix(span, bare) {
	case ">=":
		return !at.Before(from)
	case ">":
		return at.After(to)
	case "<=":
		return !at.After(to)
	case "<":
		return at.Before(from)
	}
	return !at.Before(from) && !at.After(to)
}

// runState is the status and the conclusion of an attempt; 0: none has begun.
func (v *view) runState(u *testkit.Run, attempt int) (status, conclusion string) {
	if attempt == 0 {
		return "queued", ""
	}
	a := u.Attempts[attempt-1]
	if v.before(a.Finished).IsZero() {
		return "in_progress", ""
	}
	return "completed", a.Conclusion
}

func (v *view) runUpdated(u *testkit.Run, attempt int) time.Time {
	if attempt == 0 {
		return u.Created
	}
	if end := v.before(u.Attempts[attempt-1].Finished); !end.IsZero() {
		return end
	}
	return u.Attempts[attempt-1].Started
}

func (c *call) runJSON(u *testkit.Run, attempt int) object {
	id, name := workflowOf(c.repo, u.Workflow)
	status, conclusion := c.runState(u, attempt)
	o := object{
		"id": u.ID, "node_id": nodeID("WFR", u.ID), "name": name, "path": u.Workflow, "workflow_id": id, "run_number": u.ID % 1000,
		"run_attempt": max(1, attempt), "event": u.Event, "head_sha": u.SHA, "head_branch": u.Branch, "status": status, "conclusion": nil,
		"actor": c.userJSON(u.Actor), "triggering_actor": c.userJSON(u.Actor), "created_at": stamp(u.Created),
		"updated_at": stamp(c.runUpdated(u, attempt)), "run_started_at": stamp(u.Created), "pull_requests": []any{},
		"html_url": web + c.repo.Name(c.now) + "/actions/runs/" + strconv.FormatInt(u.ID, 10), "previous_attempt_url": nil,
	}
	if attempt > 0 {
		o["run_started_at"] = stamp(u.Attempts[attempt-1].Started)
	}
	if conclusion != "" {
		o["conclusion"] = conclusion
	}
	if attempt > 1 {
		o["previous_attempt_url"] = c.api + "/repos/" + c.repo.Name(c.now) + "/actions/runs/" +
			strconv.FormatInt(u.ID, 10) + "/attempts/" + strconv.Itoa(attempt-1)
	}
	return o
}

func (c *call) findRun() *testkit.Run {
	for i := range c.repo.Runs {
		if u := &c.repo.Runs[i]; u.ID == c.number("id") && !u.Created.After(c.now) {
			return u
		}
	}
	return nil
}

func (c *call) attempt() answer {
	u, n := c.findRun(), int(c.number("attempt"))
	if u == nil || n < 1 || n > len(u.AttemptsAt(c.now)) {
		return missing()
	}
	return found(c.runJSON(u, n))
}
