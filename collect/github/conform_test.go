package github_test

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// storyOptions are the settings that testkit.StoryRules describe.
func storyOptions(base string) github.Options {
	rules := testkit.StoryRules()
	return github.Options{
		BaseURL: base, Token: githubtest.Token, Now: time.Now, Organisations: []string{testkit.StoryOrganisation},
		Teams: true, IncidentLabels: rules.Incidents,
		Deployments:        []string{github.ByEnvironments, github.ByWorkflows, github.ByReleases},
		Workflows:          []github.WorkflowRule{{File: "deploy.yml", Environment: "production"}},
		ReleaseEnvironment: rules.Releases,
	}
}

func open(t *testing.T, o github.Options) *github.Forge {
	t.Helper()
	f, err := github.New("hub", o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestConform(t *testing.T) {
	c := testkit.NewClock(time.Date(2025, 4, 1, 0, 0, 0, 0, time.UTC))
	serve := func(t *testing.T, w *testkit.World) (string, func(time.Time)) {
		s := githubtest.Serve(w, githubtest.Options{Clock: c.Now})
		t.Cleanup(s.Close)
		return s.URL, s.SetNow
	}
	testkit.Conform(t, "GitHub", testkit.StoryRules(), serve, func(t *testing.T, base string) collect.Forge {
		o := storyOptions(base)
		o.Now, o.Sleep = c.Now, c.Sleep
		return open(t, o)
	})
}
