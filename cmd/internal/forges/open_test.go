package forges

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/gitlab"
)

// TestForgeNames: adding a second forge leaves the first its name, and so what the
// store has of it.
func TestForgeNames(t *testing.T) {
	c, problems := config.Parse("config.toml", []byte(strings.Repeat("[[github]]\norganisations = [\"acme\"]\n", 3)+"[[gitlab]]\ngroups = [\"acme\"]\nbase_url = \"https://git.example.com/lab\""))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, f := range c.Forges() {
		got = append(got, f.Name+" at "+f.Host())
	}
	want := []string{"github at github.com", "github-2 at github.com", "github-3 at github.com", "gitlab at git.example.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if groups := byHost(c.Forges()); len(groups) != 2 || len(groups[0]) != 3 {
		t.Errorf("read together: %v", groups)
	}
}

// TestForgeOptions: every key reaches the forge.
func TestForgeOptions(t *testing.T) {
	c, problems := config.Parse("config.toml", []byte(`
[people]
bots = ["^ci-"]
[[github]]
base_url = "https://ghe.example.com"
organisations = ["acme"]
repositories = ["other/shop"]
exclude = ["acme/x-*"]
app_id_env = "APP_ID"
app_key_env = "APP_KEY"
installation = 7
deployments = ["workflows", "tags"]
environments = ["production"]
tag_pattern = "^v"
release_environment = "live"
prereleases = true
incident_labels = ["sev1"]
teams = false
budget_percent = 25
max_requests = 900
[[github.workflows]]
file = "deploy.yml"
branch = "main"
event = "push"
environment = "live"
[[github.gitops]]
repository = "acme/deploy"
path = "^prod/"
images = { "r/shop" = "acme/shop" }
tag_pattern = "-(.*)"
environment = "live"
[[gitlab]]
groups = ["acme"]
projects = ["other/shop"]
deployments = ["pipelines"]
ignore_tier = true
incident_types = ["incident", "issue"]
dora_check = true
[[gitlab.pipelines]]
ref = "release/*"
name = "deploy"
source = "push"
environment = "live"
`))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	p := newEnv("APP_ID=42", "APP_KEY=pem", "GITLAB_TOKEN=t")
	hub, err := p.gitHubOptions(&c.GitHub[0])
	if err != nil {
		t.Fatal(err)
	}
	hub.Now = nil
	if diff := cmp.Diff(github.Options{
		BaseURL: "https://ghe.example.com", Organisations: []string{"acme"}, Repositories: []string{"other/shop"}, Exclude: []string{"acme/x-*"},
		App: &github.App{ID: 42, Installation: 7, Key: []byte("pem")}, Deployments: []string{"workflows", "tags"},
		Environments: []string{"production"}, TagPattern: "^v", ReleaseEnvironment: "live", Prereleases: true, IncidentLabels: []string{"sev1"},
		Workflows: []github.WorkflowRule{{File: "deploy.yml", Branch: "main", Event: "push", Environment: "live"}},
		GitOps: []github.GitOpsRule{{
			Repository: "acme/deploy", Path: "^prod/", Images: map[string]string{"r/shop": "acme/shop"}, TagPattern: "-(.*)", Environment: "live",
		}},
		Keep: 0.25, MaxRequests: 900,
	}, hub); diff != "" {
		t.Error(diff)
	}
	lab := p.gitLabOptions(&c.GitLab[0], c.People.Bots, "t")
	lab.Now = nil
	if diff := cmp.Diff(gitlab.Options{
		Groups: []string{"acme"}, Projects: []string{"other/shop"}, Token: "t", Deployments: []string{"pipelines"}, IgnoreTier: true,
		Pipelines:          []gitlab.PipelineRule{{Ref: "release/*", Name: "deploy", Source: "push", Environment: "live"}},
		ReleaseEnvironment: "production", IncidentTypes: []string{"incident", "issue"}, IncidentLabels: []string{"incident"}, Bots: []string{"^ci-"},
		Teams: true, DORACheck: true, Keep: 0.1,
	}, lab); diff != "" {
		t.Error(diff)
	}
}

// TestAppCredentials: what is wrong with an App's variables names the variable.
func TestAppCredentials(t *testing.T) {
	g := &config.GitHub{AppIDEnv: "APP_ID", AppKeyEnv: "APP_KEY"}
	for _, tt := range []struct {
		env  []string
		want string
	}{
		{nil, "APP_ID is not set"},
		{[]string{"APP_ID=acme"}, "APP_ID is not a number"},
		{[]string{"APP_ID=42"}, "APP_KEY is not set"},
	} {
		t.Run(fmt.Sprint(tt.env), func(t *testing.T) {
			_, err := newEnv(tt.env...).gitHubOptions(g)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%q: %v", tt.env, err)
			}
		})
	}
}

// newEnv returns an environment with variables such as "A=1".
func newEnv(variables ...string) Env {
	return Env{Clock: time.Now, Get: func(name string) string {
		for _, v := range variables {
			if key, value, _ := strings.Cut(v, "="); key == name {
				return value
			}
		}
		return ""
	}}
}
