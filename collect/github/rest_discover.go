package github

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// listOrganisationREST lists an organisation's repositories, or those of a user.
func (r *run) listOrganisationREST(ctx context.Context, d *discovery, org string) error {
	l := restList[*rRepository]{
		name: "repositories of " + org, path: "orgs/" + url.PathEscape(org) + "/repos",
		query: url.Values{"type": {"all"}, "sort": {"created"}, "direction": {"asc"}},
		key:   func(v *rRepository) string { return number(v.ID) }, confirm: true,
	}
	found, err := fetch(ctx, r.client, l)
	if err != nil {
		return err
	}
	for _, v := range found {
		r.addREST(d, v)
	}
	return nil
}

func (r *run) probeRepositoryREST(ctx context.Context, d *discovery, name string) error {
	var v rRepository
	if _, err := r.client.get(ctx, "repos/"+name, &v); err != nil {
		return err
	}
	r.addREST(d, &v)
	return nil
}

// addREST makes a target of a repository. A list says of it when anything was
// pushed, and nothing of its deployments, reviews and issues.
func (r *run) addREST(d *discovery, v *rRepository) {
	if v == nil || d.found[v.ID] || r.f.rules.excluded(v.FullName) {
		return
	}
	d.found[v.ID] = true
	t := &target{run: r, pushedAt: optional(v.PushedAt).Format(time.RFC3339), issuesOff: v.HasIssues != nil &&
		!*v.HasIssues}
	t.unpushed = !optional(v.PushedAt).After(v.CreatedAt.Add(time.Minute))
	t.repo = r.renamed(collect.Repository{ID: v.ID, Repository: fact.Repository{
		Name: v.FullName, URL: v.HTMLURL, DefaultBranch: v.DefaultBranch, Archived: v.Archived,
		Pipelines: r.known[v.ID].Pipelines,
	}})
	t.seen = map[collect.Kind]string{collect.Commits: t.pushedAt}
	t.totals = map[collect.Kind]int{}
	r.targets = append(r.targets, t)
}

// teamsEvery is how often teams are read without GraphQL, where each of them takes
// two requests.
const teamsEvery = 7 * 24 * time.Hour

// teamsDue says whether teams are to be read in this run.
func (r *run) teamsDue() bool {
	c, known := r.cursors[cursorKey{0, collect.Teams}]
	return r.f.o.GraphQL || r.o.Full || !known || c.Rule != r.teamsRule() || !c.To.Add(teamsEvery).After(r.o.Window.To)
}

func (r *run) teamsRule() string { return "1 " + strings.Join(r.f.o.Organisations, " ") }

func (r *run) teamsOfREST(ctx context.Context, org string) ([]fact.ForgeTeam, error) {
	base := "orgs/" + url.PathEscape(org) + "/teams"
	found, err := fetch(ctx, r.client, restList[*rTeam]{
		name: "teams of " + org, path: base,
		key: func(t *rTeam) string { return t.Slug },
	})
	if err != nil {
		return nil, err
	}
	var teams []fact.ForgeTeam
	for _, v := range found {
		team := fact.ForgeTeam{ID: v.Slug, Name: v.Name}
		path := base + "/" + url.PathEscape(v.Slug)
		members, err := fetch(ctx, r.client, restList[*actor]{
			name: "members of team " + v.Slug, path: path + "/members",
			key: func(a *actor) string { return a.name() },
		})
		if err != nil {
			return nil, err
		}
		for _, m := range members {
			team.Members = append(team.Members, m.name())
		}
		repos, err := fetch(ctx, r.client, restList[*rRepository]{
			name: "repositories of team " + v.Slug,
			path: path + "/repos", key: func(v *rRepository) string { return number(v.ID) },
		})
		if err != nil {
			return nil, err
		}
		for _, repo := range repos {
			if p := repo.Permissions; p.Push || p.Maintain || p.Admin {
				team.Repositories = append(team.Repositories, repo.FullName)
			}
		}
		slices.Sort(team.Members)
		slices.Sort(team.Repositories)
		teams = append(teams, team)
	}
	return teams, nil
}

// pipelinesDue says whether to look at the workflow files: when a repository is read
// for the first time, and each week on a day of its own if anything was pushed. Where
// their runs are deployments, after each push.
func (r *run) pipelinesDue(t *target) bool {
	s := t.spans[collect.Commits]
	if !s.moved {
		return false
	}
	day := r.o.Window.To.Unix() / (24 * 60 * 60)
	return s.anew || r.f.o.by(ByWorkflows) || (day+t.repo.ID)%7 == 0
}

// noWorkflows returns the error of the folder of workflow files, which is not there,
// if GitHub knows of workflows in it all the same. It is asked where deployments
// depend on that.
func (r *run) noWorkflows(ctx context.Context, t *target, cause error) error {
	if !r.f.o.by(ByWorkflows) || t.unpushed {
		return nil
	}
	known, err := r.knownWorkflows(ctx, t)
	if err != nil {
		return err
	}
	for _, v := range known {
		if isWorkflow(v.Path) && slices.ContainsFunc(r.f.o.Workflows, func(w WorkflowRule) bool { return w.fits(v.Path) }) {
			return cause
		}
	}
	return nil
}

// pipelinesREST reads the hashes of the workflow files.
func (r *run) pipelinesREST(ctx context.Context, t *target) error {
	var files []rContent
	_, err := r.client.ask(ctx, "repos/"+t.repo.Name+"/contents/.github/workflows", &files)
	if code := status(err); code == http.StatusNotFound || code == http.StatusConflict {
		files, err = nil, r.noWorkflows(ctx, t, err)
	}
	if err != nil {
		return err
	}
	t.repo.Pipelines = nil
	for _, f := range files {
		if f.Type == "file" && isWorkflow(f.Path) {
			if t.repo.Pipelines == nil {
				t.repo.Pipelines = map[string]string{}
			}
			t.repo.Pipelines[f.Path] = f.SHA
		}
	}
	t.batch.Repositories = append(t.batch.Repositories, t.repo)
	return nil
}

func isWorkflow(path string) bool {
	return strings.HasSuffix(path, ".yml") || strings.HasSuffix(path, ".yaml")
}
