package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/gitlab"
)

func TestForgeConfigProblems(t *testing.T) {
	const hub, lab = "[[github]]\norganisations = [\"acme\"]\n", "[[gitlab]]\ngroups = [\"acme\"]\n"
	tests := []struct{ name, text, want string }{
		{"token", hub + "token_env = \"glpat-abc\"", "config.toml:3: github.0.token_env is no name of an environment variable"},
		{"nowhere", "[[github]]", "config.toml:1: github.0 names neither organisations nor repositories"},
		{"nowhere of gitlab", "\n[[gitlab]]", "config.toml:2: gitlab.0 names neither groups nor projects"},
		{"no owner", "[[github]]\nrepositories = [\"shop\"]", `config.toml:2: github.0.repositories: "shop" is not one owner and one name; write it like "acme/checkout"`},
		{"too deep", "[[github]]\nrepositories = [\"a/b/c\"]", `"a/b/c" is not one owner`},
		{"plain http", hub + "base_url = \"http://ghe.example.com\"", "config.toml:3: github.0.base_url is no address of a forge"},
		{"password", hub + "base_url = \"https://ann:pw@ghe.example.com\"", "github.0.base_url is no address"},
		{"word", hub + "deployments = [\"enviroments\"]", `config.toml:3: github.0.deployments: unknown source "enviroments"; known are environments, workflows, releases, tags`},
		{"word of the other", lab + "deployments = [\"workflows\"]", `unknown source "workflows"; known are environments, pipelines`},
		{"key of the other", lab + "organisations = [\"acme\"]", `config.toml:3: unknown key "organisations" in gitlab`},
		{"old table", "[forge]\ntoken_env = \"X\"", `config.toml:1: unknown key "forge"`},
		{"rules unused", hub + "workflows = [{ file = \"deploy.yml\" }]", "github.0.workflows has rules, but deployments does not ask for workflows"},
		{"no rule", lab + "deployments = [\"pipelines\"]", "gitlab.0.deployments asks for pipelines, but no rule says which"},
		{"rule without file", hub + "deployments = [\"workflows\"]\nworkflows = [{ branch = \"main\" }]", "github.0.workflows.0.file is missing"},
		{"exclude", hub + "exclude = [\"[\"]", `config.toml:3: github.0.exclude: "[" is no pattern`},
		{"blank", hub + "environments = [\"\"]", "config.toml:3: github.0.environments holds an empty text"},
		{"days", hub + "days = 0", "config.toml:3: github.0.days is 0, outside 1 to 3650"},
		{"budget", hub + "budget_percent = 100", "config.toml:3: github.0.budget_percent is 100, outside 0 to 99"},
		{"half an App", hub + "app_id_env = \"APP_ID\"", "github.0.app_key_env is no name of an environment variable"},
		{"installation", hub + "installation = 7", "config.toml:3: github.0.installation is of an App, which is not named"},
		{"gitops", hub + "[[github.gitops]]\nrepository = \"acme/deploy\"", "config.toml:3: github.0.gitops.0.path is missing"},
		{"gitops path", hub + "[[github.gitops]]\nrepository = \"acme/deploy\"\npath = \"(\"", "config.toml:5: github.0.gitops.0.path \"(\" is no regular expression"},
		{"one name", hub + "name = \"git\"\n[[git]]\npath = \".\"", `two sources are named "git"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, problems := parseConfig("config.toml", []byte(tt.text))
			if len(problems) != 1 || !strings.Contains(problems[0].Error(), tt.want) {
				t.Errorf("problems %q, want one with %q", problems, tt.want)
			}
		})
	}
}

// TestForgeNames: adding a second forge leaves the first its name, and so what the
// store has of it.
func TestForgeNames(t *testing.T) {
	c, problems := parseConfig("config.toml", []byte(strings.Repeat("[[github]]\norganisations = [\"acme\"]\n", 3)+"[[gitlab]]\ngroups = [\"acme\"]\nbase_url = \"https://git.example.com/lab\""))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	var got []string
	for _, f := range forges(&c) {
		got = append(got, f.name()+" at "+f.host())
	}
	want := []string{"github at github.com", "github-2 at github.com", "github-3 at github.com", "gitlab at git.example.com"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if groups := byHost(forges(&c)); len(groups) != 2 || len(groups[0]) != 3 {
		t.Errorf("read together: %v", groups)
	}
}

// TestForgeOptions: every key reaches the forge.
func TestForgeOptions(t *testing.T) {
	c, problems := parseConfig("config.toml", []byte(`
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
	p := newProgram([]string{"APP_ID=42", "APP_KEY=pem", "GITLAB_TOKEN=t"}, nil, nil, nil)
	hub, err := p.githubOptions(&c.GitHub[0])
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
	lab := p.gitlabOptions(&c.GitLab[0], c.People.Bots, "t")
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
	g := &githubConfig{AppIDEnv: "APP_ID", AppKeyEnv: "APP_KEY"}
	for _, tt := range []struct {
		env  []string
		want string
	}{
		{nil, "APP_ID is not set"},
		{[]string{"APP_ID=acme"}, "APP_ID is no number"},
		{[]string{"APP_ID=42"}, "APP_KEY is not set"},
	} {
		_, err := newProgram(tt.env, nil, nil, nil).githubOptions(g)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v", tt.env, err)
		}
	}
}
