package gitlabtest

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// visibleProjects returns the projects that the token sees, by number.
func (q *request) visibleProjects() []*testkit.Repository {
	var list []*testkit.Repository
	for _, r := range q.s.w.Repositories {
		if r.Visible(q.now) {
			list = append(list, r)
		}
	}
	return list
}

// groupID returns the number of the group of a path.
func groupID(path string) int64 {
	h := fnv.New32a()
	_, _ = h.Write([]byte(path))
	return int64(h.Sum32() >> 1)
}

func (q *request) teamPath(t *testkit.Team) string { return q.s.w.Organisation + "/" + t.Slug }

// routeGroup answers for the organisation and for its teams, which are subgroups.
func (q *request) routeGroup(id, what string) {
	org := q.s.w.Organisation
	team := -1
	for i := range q.s.w.Teams {
		path := q.teamPath(&q.s.w.Teams[i])
		if id == path || id == strconv.FormatInt(groupID(path), 10) {
			team = i
		}
	}
	if team >= 0 && what == "members" {
		q.listMembers(&q.s.w.Teams[team])
		return
	}
	if id != org && id != strconv.FormatInt(groupID(org), 10) {
		q.sendError(http.StatusNotFound, "404 Group Not Found")
		return
	}
	switch what {
	case "":
		q.sendJSON(object{"id": groupID(org), "full_path": org, "name": org})
	case "projects":
		q.groupProjects()
	case "descendant_groups":
		sendList(q, slices.SortedFunc(slices.Values(q.s.w.Teams), func(a, b testkit.Team) int {
			return cmp.Compare(groupID(q.teamPath(&a)), groupID(q.teamPath(&b)))
		}), true, func(t testkit.Team) any {
			return object{"id": groupID(q.teamPath(&t)), "name": t.Name, "path": t.Slug, "full_path": q.teamPath(&t)}
		})
	case "labels":
		q.listLabels()
	case "merge_requests":
		q.mergeRequests(q.activeProjects())
	case "issues":
		q.listIssues(q.activeProjects())
	case "dora/metrics":
		q.listDORA()
	default:
		q.sendError(http.StatusNotFound, "404 Not Found")
	}
}

// activeProjects returns the visible projects, without archived ones unless they are asked for:
// lists of a group leave them out by default.
func (q *request) activeProjects() []*testkit.Repository {
	list := q.visibleProjects()
	if q.URL.Query().Get("non_archived") == "false" {
		return list
	}
	return slices.DeleteFunc(list, func(r *testkit.Repository) bool { return r.IsArchived(q.now) })
}

func (q *request) groupProjects() {
	var list []*testkit.Repository
	for _, r := range q.visibleProjects() {
		path := r.Name(q.now)
		below := strings.Count(path, "/") > 1 && q.URL.Query().Get("include_subgroups") != "true"
		if strings.HasPrefix(path, q.s.w.Organisation+"/") && !below {
			list = append(list, r)
		}
	}
	list = sortItems(q, list, map[string]func(*testkit.Repository) int64{
		"":   func(r *testkit.Repository) int64 { return r.Created.Unix() },
		"id": func(r *testkit.Repository) int64 { return r.ID },
	})
	sendList(q, list, true, func(r *testkit.Repository) any { return q.projectJSON(r) })
}

// lastActivity returns the time that GitLab shows: that of pushes, requests and issues, but not
// of deployments; within an hour of the last it does not move again.
func (q *request) lastActivity(r *testkit.Repository) time.Time {
	at := r.Pushed(q.now)
	for i := range r.Requests {
		if x := &r.Requests[i]; x.Visible(q.now) && x.Updated(q.now).After(at) {
			at = x.Updated(q.now)
		}
	}
	return at.Truncate(time.Hour)
}

func (q *request) projectJSON(r *testkit.Repository) object {
	path := r.Name(q.now)
	owner := path[:strings.LastIndexByte(path, '/')]
	var shared []object
	for i := range q.s.w.Teams {
		t := &q.s.w.Teams[i]
		if slices.Contains(t.Repositories, r.ID) {
			shared = append(shared, object{"group_full_path": q.teamPath(t), "group_name": t.Name, "group_access_level": 30})
		}
	}
	p := object{
		"id": r.ID, "path_with_namespace": path, "name": path[len(owner)+1:], "web_url": "https://gitlab.example.com/" + path,
		"default_branch": r.DefaultBranch, "archived": r.IsArchived(q.now), "empty_repo": r.Head(q.now) == "",
		"created_at": formatTime(r.Created), "last_activity_at": formatTime(q.lastActivity(r)),
		"namespace": object{"full_path": owner}, "shared_with_groups": shared,
		"merge_requests_access_level": "enabled", "repository_access_level": "enabled", "releases_access_level": "enabled",
		"environments_access_level": "enabled", "builds_access_level": "enabled",
	}
	if q.s.o.NoCI[r.ID] {
		delete(p, "builds_access_level")
		delete(p, "environments_access_level")
	}
	return p
}

// findProject returns a visible project by number or path; a former path leads on.
func (q *request) findProject(id string) *testkit.Repository {
	if n, err := strconv.ParseInt(id, 10, 64); err == nil {
		if r := q.s.w.Repository(n); r != nil && r.Visible(q.now) {
			return r
		}
		return nil
	}
	r, _ := q.s.w.Find(id, q.now)
	return r
}

func (q *request) routeProject(id string, rest []string) {
	r := q.findProject(id)
	if r == nil {
		q.sendError(http.StatusNotFound, "404 Project Not Found")
		return
	}
	if len(rest) == 0 {
		q.sendJSON(q.projectJSON(r))
		return
	}
	ci := rest[0] == "deployments" || rest[0] == "environments" || rest[0] == "pipelines"
	if ci && q.s.o.NoCI[r.ID] {
		q.sendError(http.StatusForbidden, "403 Forbidden")
		return
	}
	if len(rest) > 1 && rest[0] != "repository" {
		q.routeItem(r, rest)
		return
	}
	switch strings.Join(rest, "/") {
	case "merge_requests":
		q.mergeRequests([]*testkit.Repository{r})
	case "issues":
		q.listIssues([]*testkit.Repository{r})
	case "deployments":
		q.listDeployments(r)
	case "environments":
		q.listEnvironments(r)
	case "pipelines":
		q.listPipelines(r)
	case "releases":
		q.listReleases(r)
	case "repository/tags":
		q.listTags(r)
	case "repository/commits":
		q.listCommits(r)
	default:
		q.sendError(http.StatusNotFound, "404 Not Found")
	}
}

// routeItem answers for a list that belongs to one thing of the project.
func (q *request) routeItem(r *testkit.Repository, rest []string) {
	n, _ := strconv.Atoi(rest[1])
	switch what := rest[0] + "/" + strings.Join(rest[2:], "/"); what {
	case "merge_requests/commits", "merge_requests/notes":
		for i := range r.Requests {
			if x := &r.Requests[i]; x.Number == n && x.Visible(q.now) {
				if rest[2] == "notes" {
					q.listNotes(x)
				} else {
					q.requestCommits(r, x)
				}
				return
			}
		}
	case "issues/related_merge_requests":
		for i := range r.Issues {
			if x := &r.Issues[i]; x.Number == n && !x.Opened.After(q.now) {
				sendList(q, x.Links(r, q.now), true, func(x *testkit.Request) any {
					return object{"id": x.ID, "iid": x.Number, "references": object{"full": fmt.Sprintf("%s!%d", r.Name(q.now), x.Number)}}
				})
				return
			}
		}
	case "issues/resource_state_events":
		for i := range r.Issues {
			if x := &r.Issues[i]; x.Number == n && !x.Opened.After(q.now) {
				q.stateEvents(x)
				return
			}
		}
	case "deployments/merge_requests":
		q.listDeployedRequests(r, int64(n))
		return
	}
	q.sendError(http.StatusNotFound, "404 Not found")
}

func (q *request) listMembers(t *testkit.Team) {
	sendList(q, t.Members, true, func(login string) any {
		return object{"id": groupID(login), "username": login, "name": login, "state": "active", "access_level": 30}
	})
}

// userJSON returns an account as GitLab shows it; a deleted one is the ghost.
func (q *request) userJSON(login string) object {
	p := q.s.w.Person(login)
	if p == nil || p.Ghost {
		return object{"id": 1, "username": "ghost", "name": "Ghost User"}
	}
	return object{"id": groupID(login), "username": login, "name": p.Name, "bot": p.Bot}
}

// listLabels answers with the labels of all issues, with the number of issues that have them.
func (q *request) listLabels() {
	counts := map[string]int{}
	for _, r := range q.visibleProjects() {
		for i := range r.Issues {
			for _, l := range testkit.LabelsAt(r.Issues[i].Labels, q.now) {
				counts[l]++
			}
		}
	}
	var names []string
	for l := range counts {
		names = append(names, l)
	}
	slices.Sort(names)
	sendList(q, names, true, func(l string) any {
		return object{"id": groupID(l), "name": l, "open_issues_count": counts[l], "closed_issues_count": 0}
	})
}

func (q *request) listDORA() {
	metric := q.URL.Query().Get("metric")
	v, ok := q.s.o.DORA[metric]
	switch {
	case q.s.o.DORA == nil:
		q.sendError(http.StatusForbidden, "403 Forbidden - Not authorized to access DORA metrics")
	case !ok:
		q.sendError(http.StatusBadRequest, fmt.Sprintf("metric %s does not exist", metric))
	default:
		q.sendJSON([]object{{"date": nil, "value": v}})
	}
}
