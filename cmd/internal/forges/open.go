// Package forges opens the forges of a configuration, and brings the store up to date with
// them.
package forges

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/gitlab"
)

// Env is the environment that clients of forges are made in.
type Env struct {
	Get func(name string) string // reads a variable
	// Clock is the machine's: limits and tokens of forges depend on it.
	Clock func() time.Time
}

// Open makes the client of a forge with the credentials in the environment.
func (e Env) Open(f config.Forge) (collect.Forge, error) {
	if f.GitHub != nil {
		o, err := e.gitHubOptions(f.GitHub)
		if err != nil {
			return nil, err
		}
		return github.New(f.Name, o)
	}
	token, err := e.token(f.TokenEnv)
	if err != nil {
		return nil, err
	}
	return gitlab.New(f.Name, e.gitLabOptions(f.GitLab, f.Bots, token))
}

// token reads a credential. Its error wraps collect.ErrCredentials and names the variable.
func (e Env) token(name string) (string, error) {
	value := strings.TrimSpace(e.Get(name))
	if value == "" {
		return "", fmt.Errorf("the environment variable %s is not set: %w", name, collect.ErrCredentials)
	}
	return value, nil
}

func (e Env) gitHubOptions(g *config.GitHub) (github.Options, error) {
	o := github.Options{
		BaseURL: g.BaseURL, Organisations: g.Organisations, Repositories: g.Repositories, Exclude: g.Exclude,
		Deployments: g.Deployments, Environments: g.Environments,
		TagPattern: g.TagPattern, ReleaseEnvironment: g.ReleaseEnvironment, Prereleases: g.Prereleases,
		IncidentLabels: g.IncidentLabels, Teams: g.Teams,
		Keep: float64(g.BudgetPercent) / 100, MaxRequests: g.MaxRequests, Now: e.Clock,
	}
	for _, rule := range g.Workflows {
		o.Workflows = append(o.Workflows, github.WorkflowRule(rule))
	}
	for _, rule := range g.GitOps {
		o.GitOps = append(o.GitOps, github.GitOpsRule(rule))
	}
	var err error
	if g.AppIDEnv != "" {
		o.App, err = e.app(g)
	} else {
		o.Token, err = e.token(g.TokenEnv)
	}
	return o, err
}

// app reads the credentials of a GitHub App.
func (e Env) app(g *config.GitHub) (*github.App, error) {
	id, err := e.token(g.AppIDEnv)
	if err != nil {
		return nil, err
	}
	number, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		return nil, fmt.Errorf("the environment variable %s is not a number of a GitHub App: %w", g.AppIDEnv,
			collect.ErrCredentials)
	}
	key, err := e.token(g.AppKeyEnv)
	return &github.App{ID: number, Installation: g.Installation, Key: []byte(key)}, err
}

func (e Env) gitLabOptions(g *config.GitLab, bots []string, token string) gitlab.Options {
	o := gitlab.Options{
		BaseURL: g.BaseURL, Groups: g.Groups, Projects: g.Projects, Exclude: g.Exclude, Token: token,
		Deployments: g.Deployments, Environments: g.Environments, IgnoreTier: g.IgnoreTier,
		TagPattern: g.TagPattern, ReleaseEnvironment: g.ReleaseEnvironment,
		IncidentTypes: g.IncidentTypes, IncidentLabels: g.IncidentLabels, Bots: bots,
		Teams: g.Teams, DORACheck: g.DORACheck,
		Keep: float64(g.BudgetPercent) / 100, MaxRequests: g.MaxRequests, Now: e.Clock,
	}
	for _, rule := range g.Pipelines {
		o.Pipelines = append(o.Pipelines, gitlab.PipelineRule(rule))
	}
	return o
}

// CredentialsNext returns the advice about credentials of a forge that are missing or were
// refused.
func CredentialsNext(f *config.Forge) string {
	if f.GitHub != nil && f.GitHub.AppIDEnv != "" {
		return "set " + f.GitHub.AppIDEnv + " and " + f.GitHub.AppKeyEnv +
			" to the id and the private key of a GitHub App that is installed in the organisation"
	}
	if f.GitHub != nil {
		return "set " + f.TokenEnv + " to a fine-grained token with read access, or use a GitHub App: a " +
			"workflow's own GITHUB_TOKEN reads its own repository only"
	}
	return "set " + f.TokenEnv + " to a token of a group or person with the scope read_api"
}
