package gitlabtest

import (
	"net/http"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// rolled is a deployment in GitLab's words: one status, which nothing overwrites.
type rolled struct {
	*testkit.Deployment
	status  string
	decided time.Time // when it got the status
}

func (q *request) rollOut(d *testkit.Deployment) rolled {
	o := rolled{d, "created", d.Created}
	for _, s := range d.StatusesAt(q.now) {
		switch s.State {
		case "success":
			return rolled{d, "success", s.At}
		case "failure", "error":
			o.status, o.decided = "failed", s.At
		case "in_progress":
			o.status, o.decided = "running", s.At
		}
	}
	return o
}

// listDeployments can be filtered by date only if they are ordered by it.
func (q *request) listDeployments(r *testkit.Repository) {
	v := q.URL.Query()
	if (v.Has("updated_after") || v.Has("updated_before")) && v.Get("order_by") != "updated_at" {
		q.sendError(http.StatusBadRequest, "400 Bad request - `updated_at` filter and `updated_at` sorting must be paired")
		return
	}
	since, ok := q.updatedAfter()
	if !ok {
		return
	}
	var list []rolled
	for i := range r.Deployments {
		d := &r.Deployments[i]
		if o := q.rollOut(d); !d.Created.After(q.now) && !o.decided.Before(since) &&
			(v.Get("environment") == "" || v.Get("environment") == d.Environment) {
			list = append(list, o)
		}
	}
	list = sortItems(q, list, map[string]func(rolled) int64{
		"":           func(o rolled) int64 { return -o.ID },
		"updated_at": func(o rolled) int64 { return o.decided.UnixNano() },
	})
	sendList(q, list, true, func(o rolled) any { return q.deploymentJSON(r, o) })
}

// deploymentJSON returns a deployment as GitLab shows it. Something outside of CI reported
// every third, so that it has no job.
func (q *request) deploymentJSON(r *testkit.Repository, o rolled) any {
	d := object{
		"id": o.ID, "iid": o.ID % 1000, "ref": o.Ref, "sha": o.SHA, "status": o.status, "created_at": formatTime(o.Created),
		"updated_at": formatTime(o.decided), "user": q.userJSON(o.Creator),
		"environment": object{"id": groupID(o.Environment), "name": o.Environment, "slug": o.Environment}, "deployable": nil,
	}
	if o.ID%3 != 0 {
		job := object{
			"id": o.ID + 500, "status": o.status, "tag": false, "web_url": "https://gitlab.example.com/job",
			"finished_at": nil, "started_at": formatTime(o.Created),
		}
		switch o.status {
		case "created":
			job["status"] = "pending"
		case "success", "failed":
			job["finished_at"] = formatTime(o.decided)
		}
		d["deployable"] = job
	}
	return d
}

// listDeployedRequests answers with the requests whose merge was deployed.
func (q *request) listDeployedRequests(r *testkit.Repository, id int64) {
	var list []*testkit.Request
	for i := range r.Deployments {
		for k := range r.Requests {
			if r.Deployments[i].ID == id && r.Requests[k].MergeCommit == r.Deployments[i].SHA {
				list = append(list, &r.Requests[k])
			}
		}
	}
	sendList(q, list, true, func(x *testkit.Request) any { return q.mergeRequest(r, x) })
}

func (q *request) listEnvironments(r *testkit.Repository) {
	var list []string
	for i := range r.Deployments {
		if d := &r.Deployments[i]; !d.Created.After(q.now) && !slices.Contains(list, d.Environment) {
			list = append(list, d.Environment)
		}
	}
	sendList(q, list, true, func(name string) any {
		return object{"id": groupID(name), "name": name, "slug": name, "state": "available", "tier": q.s.tierOf(name)}
	})
}

func (s *Server) tierOf(name string) string {
	if t, ok := s.o.Tiers[name]; ok {
		return t
	}
	switch name {
	case "production", "staging", "development":
		return name
	}
	return "other"
}

// ran is a pipeline at the moment: what ran again after a failure is the same
// pipeline; one that succeeded cannot be run again.
type ran struct {
	*testkit.Run
	status  string
	updated time.Time
}

func (q *request) pipelineState(u *testkit.Run) ran {
	o := ran{u, "created", u.Created}
	for _, a := range u.AttemptsAt(q.now) {
		o.status, o.updated = "running", a.Started
		if a.Finished.IsZero() || a.Finished.After(q.now) {
			break
		}
		o.status, o.updated = map[string]string{
			"success": "success", "failure": "failed",
			"cancelled": "canceled",
		}[a.Conclusion], a.Finished
		if o.status == "success" {
			break
		}
	}
	return o
}

func (q *request) listPipelines(r *testkit.Repository) {
	since, ok := q.updatedAfter()
	if !ok {
		return
	}
	v := q.URL.Query()
	var list []ran
	for i := range r.Runs {
		u := &r.Runs[i]
		fits := (v.Get("ref") == "" || v.Get("ref") == u.Branch) && (v.Get("source") == "" || v.Get("source") == u.Event)
		if o := q.pipelineState(u); !u.Created.After(q.now) && !o.updated.Before(since) && fits {
			list = append(list, o)
		}
	}
	list = sortItems(q, list, map[string]func(ran) int64{
		"":           func(o ran) int64 { return o.ID },
		"updated_at": func(o ran) int64 { return o.updated.UnixNano() },
	})
	sendList(q, list, true, func(o ran) any {
		return object{
			"id": o.ID, "iid": o.ID % 1000, "project_id": r.ID, "sha": o.SHA, "ref": o.Branch, "status": o.status,
			"source": o.Event,
			"name":   o.Workflow, "created_at": formatTime(o.Created), "updated_at": formatTime(o.updated),
			"web_url": "https://gitlab.example.com/pipeline",
		}
	})
}

func (q *request) listReleases(r *testkit.Repository) {
	var list []*testkit.Release
	for i := range r.Releases {
		if !r.Releases[i].Published.After(q.now) {
			list = append(list, &r.Releases[i])
		}
	}
	list = sortItems(q, list, map[string]func(*testkit.Release) int64{
		"": func(l *testkit.Release) int64 { return l.Published.UnixNano() },
	})
	sendList(q, list, true, func(l *testkit.Release) any {
		e := object{
			"tag_name": l.Tag, "name": l.Name, "created_at": formatTime(l.Created), "released_at": formatTime(l.Published),
			"upcoming_release": false, "author": q.userJSON(l.Author), "commit": nil,
			"_links": object{"self": "https://gitlab.example.com/release"},
		}
		for _, t := range r.Tags {
			if t.Name == l.Tag && !t.At.After(q.now) {
				e["commit"] = object{"id": t.SHA}
			}
		}
		return e
	})
}

// listTags have a date of their own only if they are annotated.
func (q *request) listTags(r *testkit.Repository) {
	var list []testkit.Tag
	at := func(t testkit.Tag) time.Time {
		if c := r.Commit(t.SHA); !t.Annotated && c != nil {
			return c.CommitTime
		}
		return t.At
	}
	for _, t := range r.Tags {
		if !t.At.After(q.now) {
			list = append(list, t)
		}
	}
	list = sortItems(q, list, map[string]func(testkit.Tag) int64{
		"": func(t testkit.Tag) int64 { return at(t).UnixNano() },
	})
	sendList(q, list, true, func(t testkit.Tag) any {
		o := object{"name": t.Name, "target": t.SHA, "created_at": nil, "commit": q.commitJSON(r, r.Commit(t.SHA))}
		if t.Annotated {
			o["created_at"] = formatTime(t.At)
		}
		return o
	})
}
