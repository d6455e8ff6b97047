package config

import (
	"fmt"
	"net/url"
)

// Kind describes a kind of forge.
type Kind struct {
	Table       string   // its table in config.toml, and its name in git.Forge and init --ci
	Host        string   // the host without base_url
	TokenEnv    string   // the default of token_env
	Deployments []string // the words of deployments
	Owners      string   // the key of organisations or groups
	Singles     string   // the key of single repositories
	Jobs        []Job    // the files that init writes
}

// Job is a file that runs ip3dp on a forge.
type Job struct{ Template, File string }

// Kinds of forges.
var (
	KindGitHub = &Kind{
		Table: "github", Host: "github.com", TokenEnv: "GITHUB_TOKEN",
		Deployments: []string{"environments", "workflows", "releases", "tags"},
		Owners:      "organisations", Singles: "repositories",
		Jobs: []Job{
			{"github/dependabot.yml.tmpl", ".github/dependabot.yml"},
			{"github/nightly.yml.tmpl", ".github/workflows/nightly.yml"},
			{"github/preview-close.yml.tmpl", ".github/workflows/preview-close.yml"},
			{"github/preview-comment.yml.tmpl", ".github/workflows/preview-comment.yml"},
			{"github/preview.yml.tmpl", ".github/workflows/preview.yml"},
		},
	}
	KindGitLab = &Kind{
		Table: "gitlab", Host: "gitlab.com", TokenEnv: "GITLAB_TOKEN",
		Deployments: []string{"environments", "pipelines", "releases", "tags"},
		Owners:      "groups", Singles: "projects",
		Jobs: []Job{{"gitlab/gitlab-ci.yml.tmpl", ".gitlab-ci.yml"}},
	}
)

// FindKind returns the kind of forge with a table, or nil.
func FindKind(table string) *Kind {
	for _, k := range []*Kind{KindGitHub, KindGitLab} {
		if k.Table == table {
			return k
		}
	}
	return nil
}

// ForgeTables holds the tables of forges.
type ForgeTables struct {
	GitHub []GitHub `toml:"github"`
	GitLab []GitLab `toml:"gitlab"`
}

// ForgeKeys holds the keys of every forge.
//
// One table for each forge, host or credential. `ip3dp collect` (or `run`) reads them into
// `.ip3dp/store.db`, and every build takes them from there.
type ForgeKeys struct {
	// The source's name on the data-quality page. The store keeps what was collected under
	// it: a forge with another name is collected again. Default: the table's name, from the
	// second table on with its number.
	Name string `toml:"name"`
	// The address of a GitHub Enterprise Server or a self-managed GitLab. It must be https,
	// or http to this machine, because a token is sent there. Default: github.com, gitlab.com.
	BaseURL string `toml:"base_url" check:"forge"`
	// The name of the environment variable with a read token. A value that looks like a
	// token is refused, and not repeated. Default: `"GITHUB_TOKEN"`, `"GITLAB_TOKEN"`.
	TokenEnv string `toml:"token_env" check:"required variable" example:"GITHUB_TOKEN"`
	// Repositories that are left out: `"acme/legacy-*"`. GitLab also supports
	// `"acme/old/**"`, everything below a group.
	Exclude []string `toml:"exclude" check:"filled glob" example:"acme/legacy-*"`
	// The days that a first collection goes back. What was collected stays for
	// `history.days`.
	Days int `toml:"days" default:"180" check:"1..3650"`
	// The sources of deployments: `environments` (those that the forge records), `workflows`
	// (GitHub) or `pipelines` (GitLab) by their rules, `releases`, `tags`.
	Deployments []string `toml:"deployments" default:"environments"`
	// Environments that are kept. `deploy.production` decides which of them are production,
	// and takes effect without collecting again. Default: all.
	Environments []string `toml:"environments" check:"filled"`
	// Tags and releases that are deployments, a regular expression. A group named `service`
	// captures the name of the deployed part. Default: all.
	TagPattern string `toml:"tag_pattern" check:"pattern"`
	// The environment of releases and tags.
	ReleaseEnvironment string `toml:"release_environment" default:"production"`
	// Issues with one of these labels are incidents.
	IncidentLabels []string `toml:"incident_labels" default:"incident" check:"filled"`
	// Reads teams, members and repositories. They apply if `teams.toml` names no team.
	// `ip3dp doctor --teams` prints them as a `teams.toml`.
	Teams bool `toml:"teams" default:"true"`
	// The share of the rate limit that is left to others. A run that reaches it ends,
	// publishes "data until …" and continues the next time.
	BudgetPercent int `toml:"budget_percent" default:"10" check:"0..99"`
	// The limit of requests of one run. 0: only the forge's limit.
	MaxRequests int `toml:"max_requests" check:"0..1000000000"`
}

// GitHub is GitHub, or a GitHub Enterprise Server, with one credential.
type GitHub struct {
	ForgeKeys
	// Organisations, or users, whose repositories are read.
	Organisations []string `toml:"organisations" check:"filled"`
	// Single repositories, `"owner/name"`, besides them.
	Repositories []string `toml:"repositories" check:"repository" example:"acme/checkout"`
	// Instead of a token: the variable with the ID of a GitHub App.
	AppIDEnv string `toml:"app_id_env" check:"variable" example:"GITHUB_APP_ID"`
	// The variable with the App's private key (PEM).
	AppKeyEnv string `toml:"app_key_env" check:"variable" example:"GITHUB_APP_KEY"`
	// The number of the App's installation. Default: found.
	Installation int64 `toml:"installation"`
	// Counts pre-releases as well.
	Prereleases bool       `toml:"prereleases"`
	Workflows   []Workflow `toml:"workflows"`
	GitOps      []GitOps   `toml:"gitops"`
}

// Workflow is a rule by which runs of a workflow are deployments.
//
// They count with `deployments = ["workflows"]`.
type Workflow struct {
	// The workflow's file below `.github/workflows`, such as `"deploy*.yml"`.
	File string `toml:"file" check:"required glob" example:"deploy.yml"`
	// The branch of the runs. Default: any.
	Branch string `toml:"branch"`
	// The event of the runs: `push`, `release`, `workflow_dispatch`. Default: any.
	Event string `toml:"event"`
	// The environment that they deploy to. Default: `"production"`.
	Environment string `toml:"environment"`
}

// GitOps is a rule by which commits of a configuration repository are deployments.
type GitOps struct {
	// The configuration repository.
	Repository string `toml:"repository" check:"required" example:"acme/deployments"`
	// The files in it that list what runs, a regular expression. Groups named `environment`
	// and `service` capture their names.
	Path string `toml:"path" check:"required pattern" example:"^(?P<environment>[^/]+)/(?P<service>[^/]+)/values.yaml$"`
	// The repository of each image: `{ "registry.example.com/checkout" = "acme/checkout" }`.
	// Default: none.
	Images map[string]string `toml:"images"`
	// The commit in an image's tag, a regular expression with a group named `commit`.
	// Default: a commit, or a tag.
	TagPattern string `toml:"tag_pattern" check:"pattern"`
	// The environment, if the path does not name it. Default: `"production"`.
	Environment string `toml:"environment"`
}

// GitLab is GitLab.com, or a self-managed GitLab, with one credential.
type GitLab struct {
	ForgeKeys
	// Groups whose projects are read, with those of their subgroups.
	Groups []string `toml:"groups" check:"filled"`
	// Single projects, by their full path, besides them.
	Projects []string `toml:"projects" check:"project" example:"acme/checkout"`
	// Environments are production by their name alone, not by the tier that GitLab gives
	// them.
	IgnoreTier bool `toml:"ignore_tier"`
	// Types of issues that are incidents.
	IncidentTypes []string `toml:"incident_types" default:"incident" check:"filled"`
	// Asks GitLab (Ultimate) for its own DORA figures, which are shown beside ours and never
	// mixed in.
	DORACheck bool       `toml:"dora_check"`
	Pipelines []Pipeline `toml:"pipelines"`
}

// Pipeline is a rule by which pipelines are deployments.
//
// They count with `deployments = ["pipelines"]`.
type Pipeline struct {
	// The branch or tag of the pipelines, such as `"release/*"`. Default: the default branch.
	Ref string `toml:"ref" check:"glob" example:"release/*"`
	// The pipeline's name. Default: any.
	Name string `toml:"name" check:"glob" example:"deploy*"`
	// The trigger of the pipeline: `push`, `schedule`, `web`. Default: any.
	Source string `toml:"source"`
	// The environment that they deploy to. Default: `"production"`.
	Environment string `toml:"environment"`
}

// Forge is one table of a forge.
type Forge struct {
	Kind *Kind
	*ForgeKeys
	GitHub *GitHub  // nil for other kinds
	GitLab *GitLab  // nil for other kinds
	Bots   []string // of [people]

	index int    // in the list of its kind
	key   string // "github.0"
}

// Forges lists the forges in reading order.
func (c *Config) Forges() []Forge {
	var list []Forge
	add := func(f Forge, i int) {
		f.Bots = c.People.Bots
		f.index, f.key = i, fmt.Sprintf("%s.%d", f.Kind.Table, i)
		list = append(list, f)
	}
	for i := range c.GitHub {
		add(Forge{Kind: KindGitHub, ForgeKeys: &c.GitHub[i].ForgeKeys, GitHub: &c.GitHub[i]}, i)
	}
	for i := range c.GitLab {
		add(Forge{Kind: KindGitLab, ForgeKeys: &c.GitLab[i].ForgeKeys, GitLab: &c.GitLab[i]}, i)
	}
	return list
}

// Host returns the host that is asked.
func (f *Forge) Host() string {
	if u, err := url.Parse(f.BaseURL); err == nil && u.Host != "" {
		return u.Host
	}
	return f.Kind.Host
}

// owners returns the organisations or groups, and the single repositories.
func (f *Forge) owners() (owners, singles []string) {
	if f.GitHub != nil {
		return f.GitHub.Organisations, f.GitHub.Repositories
	}
	return f.GitLab.Groups, f.GitLab.Projects
}

// rules returns the word of deployments by rules, the number of rules, and an example.
func (f *Forge) rules() (word string, n int, example string) {
	if f.GitHub != nil {
		return "workflows", len(f.GitHub.Workflows), `workflows = [{ file = "deploy.yml" }]`
	}
	return "pipelines", len(f.GitLab.Pipelines), `pipelines = [{ ref = "main" }]`
}
