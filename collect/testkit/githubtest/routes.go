package githubtest

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

func (s *Server) routes() {
	s.mux = http.NewServeMux()
	s.handle("GET /rate_limit", (*call).rateLimit)
	s.handle("GET /meta", (*call).meta)
	s.handle("GET /user", (*call).viewer)
	s.handle("GET /orgs/{org}", (*call).organisation)
	s.handle("GET /orgs/{org}/repos", (*call).repositories)
	s.handle("GET /users/{org}/repos", (*call).repositories)
	s.handle("GET /user/repos", (*call).allRepositories)
	s.handle("GET /installation/repositories", (*call).installed)
	s.handle("GET /orgs/{org}/teams", (*call).teams)
	s.handle("GET /orgs/{org}/teams/{team}", (*call).team)
	s.handle("GET /orgs/{org}/teams/{team}/members", (*call).members)
	s.handle("GET /orgs/{org}/teams/{team}/repos", (*call).teamRepositories)
	s.handle("GET /search/issues", (*call).search)

	s.handleRepo("GET ", (*call).repository)
	s.handleRepo("GET /teams", (*call).repositoryTeams)
	s.handleRepo("GET /pulls", (*call).pulls)
	s.handleRepo("GET /pulls/{number}", (*call).pull)
	s.handleRepo("GET /pulls/{number}/reviews", (*call).reviews)
	s.handleRepo("GET /pulls/{number}/commits", (*call).pullCommits)
	s.handleRepo("GET /commits", (*call).commits)
	s.handleRepo("GET /commits/{sha}", (*call).commit)
	s.handleRepo("GET /commits/{sha}/pulls", (*call).commitPulls)
	s.handleRepo("GET /compare/{span}", (*call).compare)
	s.handleRepo("GET /branches", (*call).branches)
	s.handleRepo("GET /branches/{branch}", (*call).branch)
	s.handleRepo("GET /git/ref/{ref...}", (*call).ref)
	s.handleRepo("GET /git/matching-refs/{ref...}", (*call).matchingRefs)
	s.handleRepo("GET /git/trees/{sha}", (*call).tree)
	s.handleRepo("GET /contents/{path...}", (*call).contents)
	s.handleRepo("GET /tags", (*call).tags)
	s.handleRepo("GET /releases", (*call).releases)
	s.handleRepo("GET /deployments", (*call).deployments)
	s.handleRepo("GET /deployments/{id}", (*call).deployment)
	s.handleRepo("GET /deployments/{id}/statuses", (*call).statuses)
	s.handleRepo("GET /environments", (*call).environments)
	s.handleRepo("GET /actions/workflows", (*call).workflows)
	s.handleRepo("GET /actions/workflows/{id}/runs", (*call).runs)
	s.handleRepo("GET /actions/runs", (*call).runs)
	s.handleRepo("GET /actions/runs/{id}", (*call).run)
	s.handleRepo("GET /actions/runs/{id}/attempts/{attempt}", (*call).attempt)
	s.handleRepo("GET /issues", (*call).issues)
	s.handleRepo("GET /issues/{number}", (*call).issue)
	s.handleRepo("GET /issues/{number}/events", (*call).issueEvents)
	s.handleRepo("GET /issues/{number}/timeline", (*call).issueTimeline)
}

func (c *call) rateLimit() answer {
	resources := object{}
	for _, name := range []string{"core", "graphql", "search"} {
		l := c.server.limitOf(name)
		resources[name] = object{
			"limit": l.size, "used": l.used, "remaining": l.left(), "reset": l.reset.Unix(),
			"resource": name,
		}
	}
	return found(object{"resources": resources, "rate": resources["core"]})
}

func (c *call) meta() answer {
	m := object{"verifiable_password_authentication": false}
	if c.server.options.Enterprise {
		m["installed_version"] = enterpriseVersion
	}
	return found(m)
}

// viewerLogin is the account whose token is used.
const viewerLogin = "collector"

func (c *call) viewer() answer {
	return found(object{"login": viewerLogin, "id": 1, "type": "User", "name": "Collector"})
}

// known says whether the path names the World's organisation. Logins are compared
// without regard to case.
func (c *call) known() bool { return strings.EqualFold(c.r.PathValue("org"), c.Organisation) }

func (c *call) organisation() answer {
	if !c.known() {
		return missing()
	}
	return found(object{
		"login": c.Organisation, "id": organisationID, "node_id": nodeID("O", organisationID), "type": "Organization",
		"total_private_repos": len(c.visible()), "html_url": web + c.Organisation,
	})
}

const organisationID = 9000

// visible are the repositories that are there now.
func (v *view) visible() []*testkit.Repository {
	var repos []*testkit.Repository
	for _, r := range v.Repositories {
		if r.Visible(v.now) {
			repos = append(repos, r)
		}
	}
	return repos
}

// owned are the visible repositories of an owner; one that was transferred
// belongs to the new one.
func (v *view) owned(login string) []*testkit.Repository {
	return slices.DeleteFunc(v.visible(), func(r *testkit.Repository) bool {
		owner, _, _ := strings.Cut(r.Name(v.now), "/")
		return !strings.EqualFold(owner, login)
	})
}

// updated is what GitHub calls updated_at of a repository: when its settings last
// changed. Pushes to other branches, deployments, reviews and issues do not move it.
func (v *view) repositoryUpdated(r *testkit.Repository) (at time.Time) {
	at = r.Created
	for _, n := range r.Names {
		if !n.From.After(v.now) {
			at = n.From
		}
	}
	if r.IsArchived(v.now) && r.Archived.After(at) {
		at = r.Archived
	}
	return at
}

func (c *call) repositories() answer {
	repos := c.owned(c.r.PathValue("org"))
	if len(repos) == 0 && !c.known() {
		return missing()
	}
	return c.listRepositories(repos)
}

func (c *call) allRepositories() answer { return c.listRepositories(c.visible()) }

func (c *call) installed() answer {
	a := c.listRepositories(c.visible())
	a.wrap = "repositories"
	return a
}

// listRepositories sorts as the REST lists do: by creation, newest first, unless
// sort and direction say otherwise.
func (c *call) listRepositories(repos []*testkit.Repository) answer {
	slices.SortFunc(repos, func(a, b *testkit.Repository) int {
		switch c.param("sort") {
		case "full_name":
			return strings.Compare(a.Name(c.now), b.Name(c.now))
		case "pushed":
			return a.Pushed(c.now).Compare(b.Pushed(c.now))
		case "updated":
			return c.repositoryUpdated(a).Compare(c.repositoryUpdated(b))
		}
		return a.Created.Compare(b.Created)
	})
	descending := c.param("direction") == "desc" || c.param("direction") == "" && c.param("sort") != "full_name"
	if descending {
		slices.Reverse(repos)
	}
	return listOf(repos, func(r *testkit.Repository) any { return c.repositoryJSON(r) })
}

func (c *call) repository() answer { return found(c.repositoryJSON(c.repo)) }

func (c *call) teams() answer {
	if !c.known() {
		return missing()
	}
	return listOf(c.Teams, func(t testkit.Team) any { return c.teamJSON(t) })
}

// findTeam returns the team of the path, or nil.
func (c *call) findTeam() *testkit.Team {
	for i := range c.Teams {
		if c.known() && c.Teams[i].Slug == c.r.PathValue("team") {
			return &c.Teams[i]
		}
	}
	return nil
}

func (c *call) team() answer {
	t := c.findTeam()
	if t == nil {
		return missing()
	}
	return found(c.teamJSON(*t))
}

func (c *call) members() answer {
	t := c.findTeam()
	if t == nil {
		return missing()
	}
	return listOf(t.Members, func(login string) any { return c.userJSON(login) })
}

// ofTeam are the repositories of a team that are there now.
func (v *view) ofTeam(t *testkit.Team) []*testkit.Repository {
	var repos []*testkit.Repository
	for _, id := range t.Repositories {
		if r := v.Repository(id); r != nil && r.Visible(v.now) {
			repos = append(repos, r)
		}
	}
	return repos
}

func (c *call) teamRepositories() answer {
	t := c.findTeam()
	if t == nil {
		return missing()
	}
	return listOf(c.ofTeam(t), func(r *testkit.Repository) any {
		o := c.repositoryJSON(r)
		o["permissions"] = object{"admin": false, "maintain": false, "push": true, "triage": true, "pull": true}
		o["role_name"] = "write"
		return o
	})
}

func (c *call) repositoryTeams() answer {
	var teams []testkit.Team
	for _, t := range c.Teams {
		if slices.Contains(t.Repositories, c.repo.ID) {
			teams = append(teams, t)
		}
	}
	return listOf(teams, func(t testkit.Team) any { return c.teamJSON(t) })
}
