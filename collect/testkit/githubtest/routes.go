package githubtest

import (
	"net/http"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// registerRoutes registers the REST paths that the client still asks for: those without a
// counterpart in GraphQL, and those about the server and the token.
func (s *Server) registerRoutes() {
	s.mux = http.NewServeMux()
	s.handleOrg("GET /rate_limit", (*call).getRateLimit)
	s.handleOrg("GET /orgs/{org}", (*call).getOrganisation)

	s.handleRepo("GET ", (*call).getRepository)
	s.handleRepo("GET /commits/{sha}", (*call).getCommit)
	s.handleRepo("GET /deployments/{id}", (*call).getDeployment)
	s.handleRepo("GET /actions/workflows", (*call).listWorkflows)
	s.handleRepo("GET /actions/workflows/{id}/runs", (*call).listRuns)
	s.handleRepo("GET /actions/runs/{id}/attempts/{attempt}", (*call).getAttempt)
}

func (c *call) getRateLimit() answer {
	resources := object{}
	for _, name := range []string{"core", "graphql"} {
		l := c.server.limitOf(name)
		resources[name] = object{
			"limit": l.size, "used": l.used, "remaining": l.remaining(), "reset": l.reset.Unix(),
			"resource": name,
		}
	}
	return answerJSON(object{"resources": resources, "rate": resources["core"]})
}

// getOrganisation answers about the World's organisation. GitHub ignores the case of logins.
func (c *call) getOrganisation() answer {
	if !strings.EqualFold(c.r.PathValue("org"), c.Organisation) {
		return answerMissing()
	}
	return answerJSON(object{
		"login": c.Organisation, "id": organisationID, "node_id": nodeID("O", organisationID), "type": "Organization",
		"total_private_repos": len(c.visibleRepositories()), "html_url": web + c.Organisation,
	})
}

const organisationID = 9000

// visibleRepositories returns the repositories that exist now.
func (v *view) visibleRepositories() []*testkit.Repository {
	var repos []*testkit.Repository
	for _, r := range v.Repositories {
		if r.Visible(v.now) {
			repos = append(repos, r)
		}
	}
	return repos
}

// ownedRepositories returns the visible repositories of an owner. A transferred repository belongs to
// the new owner.
func (v *view) ownedRepositories(login string) []*testkit.Repository {
	return slices.DeleteFunc(v.visibleRepositories(), func(r *testkit.Repository) bool {
		owner, _, _ := strings.Cut(r.Name(v.now), "/")
		return !strings.EqualFold(owner, login)
	})
}

// teamRepositories returns the repositories of a team that exist now.
func (v *view) teamRepositories(t *testkit.Team) []*testkit.Repository {
	var repos []*testkit.Repository
	for _, id := range t.Repositories {
		if r := v.Repository(id); r != nil && r.Visible(v.now) {
			repos = append(repos, r)
		}
	}
	return repos
}
