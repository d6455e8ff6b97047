package proof_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/gitlab"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

// deployWorkflow is the workflow whose runs are deployments in every world here.
const deployWorkflow = testkit.StoryDeployWorkflow

// kindOfForge is a forge with settings that find everything that happens in worlds.
type kindOfForge struct {
	name, forge string
	rules       testkit.Rules
	// serve shows a world through middleware; open makes the forge.
	serve func(w *testkit.World, wrap func(http.Handler) http.Handler, c *testkit.Clock) fake
	open  func(address string, c *testkit.Clock, perTry time.Duration) (collect.Forge, error)
}

// fake is a server of either kind.
type fake struct {
	address string
	setNow  func(time.Time)
	count   func() int
	close   func()
}

// forges are GitHub and GitLab.
func forges() []kindOfForge {
	lab := testkit.StoryRules()
	lab.Pipelines = false // GitLab has no workflow files to compare
	return []kindOfForge{
		{"GitHub", "github", testkit.StoryRules(), serveGitHub, openGitHub},
		{"GitLab", "gitlab", lab, serveGitLab, openGitLab},
	}
}

func serveGitHub(w *testkit.World, wrap func(http.Handler) http.Handler, c *testkit.Clock) fake {
	s := githubtest.Serve(w, githubtest.Options{Wrap: wrap, Clock: c.Now, Limit: 100_000, Points: 100_000})
	return fake{s.URL, s.SetNow, s.Total, s.Close}
}

func serveGitLab(w *testkit.World, wrap func(http.Handler) http.Handler, _ *testkit.Clock) fake {
	s := gitlabtest.Serve(w, gitlabtest.Options{Wrap: wrap, Token: labToken})
	return fake{s.BaseURL(), s.SetNow, s.Requests, s.Close}
}

func openGitHub(address string, c *testkit.Clock, perTry time.Duration) (collect.Forge, error) {
	rules := testkit.StoryRules()
	return github.New(source, github.Options{
		BaseURL: address, Token: githubtest.Token, Now: c.Now, Sleep: c.Sleep, Timeout: perTry,
		Organisations: []string{testkit.StoryOrganisation}, Teams: true, IncidentLabels: rules.Incidents,
		Deployments:        []string{github.ByEnvironments, github.ByWorkflows, github.ByReleases},
		Workflows:          []github.WorkflowRule{{File: "deploy.yml", Environment: "production"}},
		ReleaseEnvironment: rules.Releases,
	})
}

func openGitLab(address string, c *testkit.Clock, perTry time.Duration) (collect.Forge, error) {
	return gitlab.New(source, gitlab.Options{
		BaseURL: address, Token: labToken, Now: c.Now, Sleep: c.Sleep, PerTry: perTry,
		Groups: []string{testkit.StoryOrganisation}, Teams: true, IncidentLabels: []string{"incident", "Incident", "type: incident"},
		Deployments: []string{gitlab.ByEnvironments, gitlab.ByPipelines, gitlab.ByReleases},
		Pipelines:   []gitlab.PipelineRule{{Ref: "main", Name: deployWorkflow, Source: "push", Environment: "production"}},
		TagPattern:  `^v\d+\.\d+\.\d+$`,
	})
}

// sync runs a forge once against a world as it is at a time.
func (k *kindOfForge) sync(t testing.TB, s collect.Store, w *testkit.World, now time.Time, wrap func(http.Handler) http.Handler, perTry time.Duration) (collect.Report, error) {
	t.Helper()
	c := testkit.NewClock(now)
	server := k.serve(w, wrap, c)
	defer server.close()
	server.setNow(now)
	f, err := k.open(server.address, c, perTry)
	if err != nil {
		t.Fatal(err)
	}
	return f.Sync(t.Context(), s, collect.SyncOptions{Window: window(w, now)})
}

// smallWorld has something of every kind, and lists of commits and of runs that are
// longer than a page, both in a first run and in the night that ends it.
func smallWorld() *testkit.World {
	w := testkit.Organisation(testkit.Size{
		Seed: 3, Repositories: 3, Teams: 2, People: 6, Requests: 6, Deployments: 6, Incidents: 3, Days: 12,
		To: time.Date(2025, 4, 1, 3, 0, 0, 0, time.UTC),
	})
	r := w.Repositories[0]
	r.Workflows = append(r.Workflows, testkit.Workflow{ID: 7000, Path: deployWorkflow, Name: "deploy", Content: "name: deploy\n"})
	head, at := r.Heads[len(r.Heads)-1].SHA, w.To.AddDate(0, 0, -1)
	if before := r.Heads[len(r.Heads)-1].At; !before.Before(at) {
		panic("the world's last day is not empty")
	}
	for i := range 120 {
		at = at.Add(10 * time.Minute)
		sha := fmt.Sprintf("d%039x", i)
		r.Commits = append(r.Commits, testkit.Commit{
			SHA: sha, Parents: []string{head}, Author: w.People[0].Login, AuthorTime: at, CommitTime: at, Message: "Straight to the branch",
		})
		r.Heads = append(r.Heads, testkit.Head{SHA: sha, At: at})
		run := testkit.Run{
			ID: int64(8000 + i), Workflow: deployWorkflow, Event: "push", SHA: sha, Branch: "main", Actor: w.People[0].Login, Created: at,
			Attempts: []testkit.Attempt{{Started: at.Add(time.Second), Finished: at.Add(time.Minute), Conclusion: "success"}},
		}
		r.Runs = append(r.Runs, run)
		head = sha
	}
	return w
}
