package gitlab_test

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/gitlab"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/gitlabtest"
)

const token = "glpat-canary_0123456789"

// storyOptions are StoryRules in GitLab's words: labels are spelt out, a pre-release
// is known by its tag, a workflow by the pipeline's name.
func storyOptions(baseURL string) gitlab.Options {
	return gitlab.Options{
		BaseURL: baseURL, Groups: []string{testkit.StoryOrganisation}, Token: token, Teams: true,
		Deployments:    []string{gitlab.ByEnvironments, gitlab.ByPipelines, gitlab.ByReleases},
		Pipelines:      []gitlab.PipelineRule{{Ref: "main", Name: ".github/workflows/deploy.yml", Source: "push", Environment: "production"}},
		TagPattern:     `^v\d+\.\d+\.\d+$`,
		IncidentLabels: []string{"incident", "Incident", "type: incident"},
		Now:            time.Now,
	}
}

// storyRules are the rules that storyOptions mean. GitLab has no workflow files to
// compare.
func storyRules() testkit.Rules {
	r := testkit.StoryRules()
	r.Pipelines = false
	return r
}

func open(t testing.TB, o gitlab.Options) *gitlab.Forge {
	t.Helper()
	f, err := gitlab.New("lab", o)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func serve(t testing.TB, w *testkit.World, o gitlabtest.Options) *gitlabtest.Server {
	t.Helper()
	s := gitlabtest.Serve(w, o)
	t.Cleanup(s.Close)
	return s
}

func TestConform(t *testing.T) {
	for name, o := range map[string]gitlabtest.Options{
		"gitlab.com":                   {Token: token},
		"self-managed, without totals": {Token: token, Prefix: "/gitlab", MaxTotal: 2},
		"no ranges, a project no CI":   {Token: token, NoRanges: true, NoCI: map[int64]bool{3: true}},
	} {
		t.Run(name, func(t *testing.T) {
			rules := storyRules()
			testkit.Conform(t, name, rules,
				func(t *testing.T, w *testkit.World) (string, func(time.Time)) {
					s := serve(t, w, o)
					return s.BaseURL(), s.SetNow
				},
				func(t *testing.T, baseURL string) collect.Forge { return open(t, storyOptions(baseURL)) })
		})
	}
}
