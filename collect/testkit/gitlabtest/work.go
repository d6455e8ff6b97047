package gitlabtest

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// found is something of a project.
type found[T any] struct {
	r *testkit.Repository
	v *T
}

func (q *request) mergeRequests(of []*testkit.Repository) {
	since, ok := q.updatedAfter()
	if !ok {
		return
	}
	var list []found[testkit.Request]
	for _, r := range of {
		for i := range r.Requests {
			x := &r.Requests[i]
			if x.Visible(q.now) && !x.Updated(q.now).Before(since) && q.inState(x) {
				list = append(list, found[testkit.Request]{r, x})
			}
		}
	}
	list = sortItems(q, list, map[string]func(found[testkit.Request]) int64{
		"":           func(f found[testkit.Request]) int64 { return f.v.Opened.UnixNano() },
		"updated_at": func(f found[testkit.Request]) int64 { return f.v.Updated(q.now).UnixNano() },
	})
	sendList(q, list, true, func(f found[testkit.Request]) any { return q.mergeRequest(f.r, f.v) })
}

// inState reports whether a request has the state of the parameter; without it all states are
// listed.
func (q *request) inState(x *testkit.Request) bool {
	switch q.URL.Query().Get("state") {
	case "merged":
		return x.IsMerged(q.now)
	case "opened":
		return !x.IsClosed(q.now)
	}
	return true
}

func (q *request) mergeRequest(r *testkit.Repository, x *testkit.Request) any {
	m := object{
		"id": x.ID, "iid": x.Number, "project_id": r.ID, "title": x.Title, "description": "", "state": "opened",
		"author": q.userJSON(x.Author), "labels": orEmpty(testkit.LabelsAt(x.Labels, q.now)),
		"target_branch": x.Base, "source_branch": x.Head, "draft": x.IsDraft(q.now), "work_in_progress": x.IsDraft(q.now),
		"web_url":    fmt.Sprintf("https://gitlab.example.com/%s/-/merge_requests/%d", r.Name(q.now), x.Number),
		"created_at": formatTime(x.Opened), "updated_at": formatTime(x.Updated(q.now)), "merged_at": nil, "closed_at": nil,
		"sha": nil, "merge_commit_sha": nil, "squash_commit_sha": nil,
	}
	if m["source_project_id"] = r.ID; x.Fork != "" {
		m["source_project_id"] = x.ID // of no project of this World
	}
	if !x.ForkGone.IsZero() && !x.ForkGone.After(q.now) {
		m["source_project_id"] = nil
	}
	if x.IsDraft(q.now) {
		m["title"] = "Draft: " + x.Title
	}
	if x.Reverts != 0 {
		m["description"] = fmt.Sprintf("This reverts merge request !%d", x.Reverts)
	}
	if shas := x.CommitsAt(q.now); len(shas) > 0 {
		m["sha"] = shas[len(shas)-1]
	}
	switch {
	case x.IsMerged(q.now):
		m["state"], m["merged_at"] = "merged", formatTime(x.Merged)
		switch x.Method {
		case testkit.Merge:
			m["merge_commit_sha"] = x.MergeCommit
		case testkit.Squash:
			m["squash_commit_sha"] = x.MergeCommit
		case testkit.Rebase, testkit.FastForward: // the branch is moved to the request's head
			m["sha"] = x.MergeCommit
		}
	case x.IsClosed(q.now):
		m["state"], m["closed_at"] = "closed", formatTime(x.Closed)
	}
	return m
}

func orEmpty(l []string) []string {
	if l == nil {
		return []string{}
	}
	return l
}

// requestCommits answers with the commits of a request, newest first. A rebased request has the
// commits that landed.
func (q *request) requestCommits(r *testkit.Repository, x *testkit.Request) {
	shas := x.CommitsAt(q.now)
	if x.IsMerged(q.now) && x.Method == testkit.Rebase {
		shas = x.Landed
	}
	shas = slices.Clone(shas)
	slices.Reverse(shas)
	sendList(q, shas, true, func(sha string) any { return q.commitJSON(r, r.Commit(sha)) })
}

// listNotes answers with the notes about reviews, and about drafts that became ready.
func (q *request) listNotes(x *testkit.Request) {
	type line struct {
		at     time.Time
		author string
		body   string
		system bool
	}
	lines := []line{{x.Opened, x.Author, "assigned to @" + x.Author, true}}
	for _, v := range x.ReviewsAt(q.now) {
		switch v.State {
		case "approved":
			lines = append(lines, line{v.At, v.Author, "approved this merge request", true})
		case "changes_requested":
			lines = append(lines, line{v.At, v.Author, "requested changes", true})
		case "commented":
			lines = append(lines, line{v.At, v.Author, "Why this way?", false})
		}
	}
	if t := q.orNever(x.Ready); x.Draft && !t.IsZero() {
		lines = append(lines, line{t, x.Author, "marked this merge request as **ready**", true})
	}
	if x.IsMerged(q.now) {
		lines = append(lines, line{x.Merged, "ana", "merged", true})
	}
	slices.SortStableFunc(lines, func(a, b line) int { return a.at.Compare(b.at) })
	n := 0
	sendList(q, lines, true, func(l line) any {
		n++
		kind := any(nil)
		if !l.system {
			kind = "DiffNote"
		}
		return object{
			"id": x.ID*100 + int64(n) + l.at.Unix(), "type": kind, "body": l.body, "author": q.userJSON(l.author),
			"created_at": formatTime(l.at), "system": l.system,
		}
	})
}

// listIssues applies the filters that GitLab has: a list of labels, all required and in exact
// spelling, and a type. All issues of a World have the type issue.
func (q *request) listIssues(of []*testkit.Repository) {
	since, ok := q.updatedAfter()
	if !ok {
		return
	}
	var wanted []string
	if l := q.URL.Query().Get("labels"); l != "" {
		wanted = strings.Split(l, ",")
	}
	if t := q.URL.Query().Get("issue_type"); t != "" && t != "issue" {
		of = nil
	}
	var list []found[testkit.Issue]
	for _, r := range of {
		for i := range r.Issues {
			x := &r.Issues[i]
			has := testkit.LabelsAt(x.Labels, q.now)
			missing := slices.ContainsFunc(wanted, func(l string) bool { return !slices.Contains(has, l) })
			if !x.Opened.After(q.now) && !x.Updated(q.now).Before(since) && !missing {
				list = append(list, found[testkit.Issue]{r, x})
			}
		}
	}
	list = sortItems(q, list, map[string]func(found[testkit.Issue]) int64{
		"":           func(f found[testkit.Issue]) int64 { return f.v.Opened.UnixNano() },
		"updated_at": func(f found[testkit.Issue]) int64 { return f.v.Updated(q.now).UnixNano() },
	})
	sendList(q, list, true, func(f found[testkit.Issue]) any {
		x, state := f.v, "opened"
		if !x.ClosedAt(q.now).IsZero() {
			state = "closed"
		}
		return object{
			"id": x.ID, "iid": x.Number, "project_id": f.r.ID, "title": x.Title, "description": x.Body, "state": state,
			"issue_type": "issue",
			"severity":   "UNKNOWN", "labels": orEmpty(testkit.LabelsAt(x.Labels, q.now)), "author": q.userJSON(x.Author),
			"web_url":    fmt.Sprintf("https://gitlab.example.com/%s/-/issues/%d", f.r.Name(q.now), x.Number),
			"created_at": formatTime(x.Opened), "updated_at": formatTime(x.Updated(q.now)),
			"closed_at": formatTime(x.ClosedAt(q.now)),
		}
	})
}

func (q *request) stateEvents(x *testkit.Issue) {
	n := 0
	sendList(q, x.EventsAt(q.now), true, func(e testkit.IssueEvent) any {
		n++
		return object{
			"id": x.ID*100 + int64(n), "resource_type": "Issue", "resource_id": x.ID, "state": string(e.Kind),
			"created_at": formatTime(e.At),
		}
	})
}

// listCommits lists a branch or a range "old..new"; without totals, as GitLab does.
func (q *request) listCommits(r *testkit.Repository) {
	ref := q.URL.Query().Get("ref_name")
	old, head, ranged := strings.Cut(ref, "..")
	if !ranged {
		old, head = "", ref
	}
	if ranged && q.s.o.NoRanges {
		q.sendError(http.StatusBadRequest, "ref_name is invalid")
		return
	}
	if head == "" || head == r.DefaultBranch {
		head = r.Head(q.now)
	}
	if r.Commit(head) == nil || ranged && r.Commit(old) == nil {
		q.sendError(http.StatusNotFound, "404 Not Found")
		return
	}
	since, err := time.Parse(time.RFC3339, q.URL.Query().Get("since"))
	if q.URL.Query().Get("since") != "" && err != nil {
		q.sendError(http.StatusBadRequest, "since is invalid")
		return
	}
	known := map[string]bool{}
	for _, c := range r.Reachable(old) {
		known[c.SHA] = true
	}
	list := []*testkit.Commit{}
	for _, c := range r.Reachable(head) {
		switch {
		case known[c.SHA] || c.CommitTime.Before(since):
		case c.SHA == head: // git log begins at the tip, whatever its date
			list = slices.Insert(list, 0, c)
		default:
			list = append(list, c)
		}
	}
	sendList(q, list, false, func(c *testkit.Commit) any { return q.commitJSON(r, c) })
}

// commitJSON shows times with the author's offset, as git keeps them.
func (q *request) commitJSON(r *testkit.Repository, c *testkit.Commit) any {
	p := q.s.w.Person(c.Author)
	if p == nil {
		p = &testkit.Person{Name: c.Author, Email: c.Author}
	}
	zone := time.FixedZone("", (len(c.Author)%5-2)*3600)
	local := func(t time.Time) string { return t.In(zone).Format("2006-01-02T15:04:05.000-07:00") }
	title, _, _ := strings.Cut(c.Message, "\n")
	parents := c.Parents
	if parents == nil {
		parents = []string{}
	}
	return object{
		"id": c.SHA, "short_id": c.SHA[:8], "parent_ids": parents, "title": title, "message": c.Message,
		"author_name": p.Name, "author_email": p.Email, "authored_date": local(c.AuthorTime),
		"committer_name": p.Name, "committer_email": p.Email, "committed_date": local(c.CommitTime),
		"created_at": local(c.CommitTime),
		"web_url":    fmt.Sprintf("https://gitlab.example.com/%s/-/commit/%s", r.Name(q.now), c.SHA),
	}
}
