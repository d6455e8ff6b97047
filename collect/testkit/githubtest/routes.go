package githubtest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// registerRoutes registers what REST still answers: what GraphQL has no answer for, and
// what finds out about the server and the token.
func (s *Server) registerRoutes() {
	s.mux = http.NewServeMux()
	s.handle("GET /rate_limit", (*call).rateLimit)
	s.handle("GET /orgs/{org}", (*call).organisation)

	s.handleRepo("GET ", (*call).repository)
	s.handleRepo("GET /commits/{sha}", (*call).commit)
	s.handleRepo("GET /deployments/{id}", (*call).deployment)
	s.handleRepo("GET /actions/workflows", (*call).workflows)
	s.handleRepo("GET /actions/workflows/{id}/runs", (*call).runs)
	s.handleRepo("GET /actions/runs/{id}/attempts/{attempt}", (*call).attempt)
}

func (c *call) rateLimit() answer {
	resources := object{}
	for _, name := range []string{"core", "graphql"} {
		l := c.server.limitOf(name)
		resources[name] = object{
			"limit": l.size, "used": l.used, "remaining": l.left(), "reset": l.reset.Unix(),
			"resource": name,
		}
	}
	return found(object{"resources": resources, "rate": resources["core"]})
}

// viewerLogin is the account whose token is used.
const viewerLogin = "collector"

// organisation answers about the World's organisation. GitHub ignores the case of logins.
func (c *call) organisation() answer {
	if !strings.EqualFold(c.r.PathValue("org"), c.Organisation) {
		return missing()
	}
	return found(object{
		"login": c.Organisation, "id": organisationID, "node_id": nodeID("O", organisationID), "type": "Organization",
		"total_private_repos": len(c.visible()), "html_url": web + c.Organisation,
	})
}

const organisationID = 9000

// visible returns the repositories that exist now.
func (v *view) visible() []*testkit.Repository {
	var repos []*testkit.Repository
	for _, r := range v.Repositories {
		if r.Visible(v.now) {
			repos = append(repos, r)
		}
	}
	return repos
}

// owned returns the visible repositories of an owner. A transferred repository belongs to
// the new owner.
func (v *view) owned(login string) []*testkit.Repository {
	return slices.DeleteFunc(v.visible(), func(r *testkit.Repository) bool {
		owner, _, _ := strings.Cut(r.Name(v.now), "/")
		return !strings.EqualFold(owner, login)
	})
}

// ofTeam returns the repositories of a team that exist now.
func (v *view) ofTeam(t *testkit.Team) []*testkit.Repository {
	var repos []*testkit.Repository
	for _, id := range t.Repositories {
		if r := v.Repository(id); r != nil && r.Visible(v.now) {
			repos = append(repos, r)
		}
	}
	return repos
}
