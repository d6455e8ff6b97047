package config

import (
	"cmp"
	"fmt"
	"net"
	"net/url"
	"path"
	"slices"
	"strings"
)

// Forge is what the tables of every kind of forge may say. It is exported
// so that content.Decode finds its fields where it is embedded.
type Forge struct {
	Name    string `toml:"name"`
	BaseURL string `toml:"base_url"`
	// TokenEnv is the name of the variable with the token, never a token.
	TokenEnv     string   `toml:"token_env"`
	Exclude      []string `toml:"exclude"`
	Days         int      `toml:"days"` // how far back it is asked
	Deployments  []string `toml:"deployments"`
	Environments []string `toml:"environments"`
	TagPattern   string   `toml:"tag_pattern"`
	// ReleaseEnvironment is that of releases and tags, which name none.
	ReleaseEnvironment string   `toml:"release_environment"`
	IncidentLabels     []string `toml:"incident_labels"`
	Teams              bool     `toml:"teams"`
	// BudgetPercent is the share of the forge's limit that is left to others.
	BudgetPercent int `toml:"budget_percent"`
	MaxRequests   int `toml:"max_requests"` // of one run; 0: as many as the limit allows
}

// GitHub is GitHub, or a GitHub Enterprise Server, with one credential.
type GitHub struct {
	Forge
	Organisations []string   `toml:"organisations"`
	Repositories  []string   `toml:"repositories"`
	AppIDEnv      string     `toml:"app_id_env"`
	AppKeyEnv     string     `toml:"app_key_env"`
	Installation  int64      `toml:"installation"`
	Prereleases   bool       `toml:"prereleases"`
	Workflows     []Workflow `toml:"workflows"`
	GitOps        []GitOps   `toml:"gitops"`
}

// Workflow is a rule by which runs of a workflow are deployments.
type Workflow struct {
	File        string `toml:"file"`
	Branch      string `toml:"branch"`
	Event       string `toml:"event"`
	Environment string `toml:"environment"`
}

// GitOps is a rule by which commits of a configuration repository are
// deployments.
type GitOps struct {
	Repository  string            `toml:"repository"`
	Path        string            `toml:"path"`
	Images      map[string]string `toml:"images"`
	TagPattern  string            `toml:"tag_pattern"`
	Environment string            `toml:"environment"`
}

// GitLab is GitLab.com, or a self-managed GitLab, with one credential.
type GitLab struct {
	Forge
	Groups        []string   `toml:"groups"`
	Projects      []string   `toml:"projects"`
	Pipelines     []Pipeline `toml:"pipelines"`
	IgnoreTier    bool       `toml:"ignore_tier"`
	IncidentTypes []string   `toml:"incident_types"`
	DORACheck     bool       `toml:"dora_check"`
}

// Pipeline is a rule by which pipelines are deployments.
type Pipeline struct {
	Ref         string `toml:"ref"`
	Name        string `toml:"name"`
	Source      string `toml:"source"`
	Environment string `toml:"environment"`
}

// Words that say where deployments come from.
var (
	githubDeployments = []string{"environments", "workflows", "releases", "tags"}
	gitlabDeployments = []string{"environments", "pipelines", "releases", "tags"}
)

// forgeDefaults fills what the tables of forges do not say: a table of a list has
// no defaults before it is read.
func (k *checker) forgeDefaults() {
	c := k.config
	for i := range c.GitHub {
		g := &c.GitHub[i]
		key := fmt.Sprintf("github.%d", i)
		k.commonDefaults(key, "GITHUB_TOKEN", &g.Forge)
	}
	for i := range c.GitLab {
		key := fmt.Sprintf("gitlab.%d", i)
		k.commonDefaults(key, "GITLAB_TOKEN", &c.GitLab[i].Forge)
		unwritten(k, key+".incident_types", &c.GitLab[i].IncidentTypes, []string{"incident"})
	}
}

func (k *checker) commonDefaults(key, tokenEnv string, f *Forge) {
	unwritten(k, key+".token_env", &f.TokenEnv, tokenEnv)
	unwritten(k, key+".days", &f.Days, 180)
	unwritten(k, key+".deployments", &f.Deployments, []string{"environments"})
	unwritten(k, key+".release_environment", &f.ReleaseEnvironment, "production")
	unwritten(k, key+".incident_labels", &f.IncidentLabels, []string{"incident"})
	unwritten(k, key+".teams", &f.Teams, true)
	unwritten(k, key+".budget_percent", &f.BudgetPercent, 10)
}

// unwritten gives a key that the file does not write its default.
func unwritten[T any](k *checker, key string, field *T, value T) {
	if _, written := k.lines[key]; !written {
		*field = value
	}
}

// forges finds what is wrong with the tables of forges.
func (k *checker) forges() {
	c := k.config
	for i := range c.GitHub {
		g := &c.GitHub[i]
		key := fmt.Sprintf("github.%d", i)
		k.forge(key, &g.Forge, githubDeployments)
		k.somewhere(key, "organisations", g.Organisations, "repositories", g.Repositories)
		k.app(key, g)
		k.workflows(key, g)
		k.gitops(key, g)
	}
	for i := range c.GitLab {
		g := &c.GitLab[i]
		key := fmt.Sprintf("gitlab.%d", i)
		k.forge(key, &g.Forge, gitlabDeployments)
		k.somewhere(key, "groups", g.Groups, "projects", g.Projects)
		k.noBlank(key+".incident_types", g.IncidentTypes)
		k.pipelines(key, g)
	}
}

func (k *checker) forge(key string, f *Forge, deployments []string) {
	if f.BaseURL != "" && !isForgeAddress(f.BaseURL) {
		k.problem(key+".base_url", key+".base_url is no address of a forge",
			"write it like https://git.example.com/, without user or password; http is for this machine only, because "+
				"the token would be read on its way")
	}
	k.variable(key+".token_env", f.TokenEnv, "GITHUB_TOKEN")
	k.between(key+".days", float64(f.Days), 1, 3650)
	k.between(key+".budget_percent", float64(f.BudgetPercent), 0, 99)
	k.between(key+".max_requests", float64(f.MaxRequests), 0, 1e9)
	k.pattern(key+".tag_pattern", f.TagPattern)
	for i, p := range f.Exclude {
		k.glob(fmt.Sprintf("%s.exclude.%d", key, i), key+".exclude", p)
	}
	for i, word := range f.Deployments {
		if !slices.Contains(deployments, word) {
			k.problem(fmt.Sprintf("%s.deployments.%d", key, i), fmt.Sprintf("%s.deployments: unknown source %q", key, word),
				"known are "+strings.Join(deployments, ", "))
		}
	}
	for _, list := range []struct {
		key    string
		values []string
	}{{"exclude", f.Exclude}, {"environments", f.Environments}, {"incident_labels", f.IncidentLabels}} {
		k.noBlank(key+"."+list.key, list.values)
	}
}

// glob checks a pattern of names with * and ?.
func (k *checker) glob(at, key, pattern string) {
	if _, err := path.Match(pattern, ""); err != nil {
		k.problem(at, fmt.Sprintf("%s: %q is no pattern", key, pattern), `write it like "acme/legacy-*"`)
	}
}

// noBlank refuses an empty text among others: it would match everything, or nothing.
func (k *checker) noBlank(key string, values []string) {
	for i, v := range values {
		if strings.TrimSpace(v) == "" {
			k.problem(fmt.Sprintf("%s.%d", key, i), key+" holds an empty text", "remove it")
		}
	}
}

// somewhere sees to it that a forge is told where to look. Without it a token
// would decide what is read, and another token would change every number.
func (k *checker) somewhere(key, many string, whole []string, one string, single []string) {
	if len(whole) == 0 && len(single) == 0 {
		k.problem(key, fmt.Sprintf("%s names neither %s nor %s", key, many, one),
			fmt.Sprintf(`add %s = ["acme"], or %s = ["acme/checkout"]`, many, one))
	}
	k.noBlank(key+"."+many, whole)
	for i, name := range single {
		owner, rest, ok := strings.Cut(name, "/")
		if !ok || owner == "" || rest == "" || one == "repositories" && strings.Contains(rest, "/") {
			k.problem(fmt.Sprintf("%s.%s.%d", key, one, i), fmt.Sprintf("%s.%s: %q is not one owner and one name", key, one,
				name), `write it like "acme/checkout"`)
		}
	}
}

// app checks the credentials of a GitHub App: all of them or none.
func (k *checker) app(key string, g *GitHub) {
	if g.AppIDEnv == "" && g.AppKeyEnv == "" {
		if g.Installation != 0 {
			k.problem(key+".installation", key+".installation is of an App, which is not named",
				"set app_id_env and app_key_env, too")
		}
		return
	}
	k.variable(key+".app_id_env", g.AppIDEnv, "GITHUB_APP_ID")
	k.variable(key+".app_key_env", g.AppKeyEnv, "GITHUB_APP_KEY")
	if g.Installation < 0 {
		k.problem(key+".installation", key+".installation is no number of an installation",
			"it is the last part of the installation's address; leave it out to have it found")
	}
}

// variable refuses what is no name of a variable. The value is not repeated: it
// may be the token itself.
func (k *checker) variable(key, name, example string) {
	if !IsVariable(name) {
		k.problem(key, key+" is no name of an environment variable",
			"write the variable's name, such as "+example+", never the token itself")
	}
}

func (k *checker) workflows(key string, g *GitHub) {
	for i, w := range g.Workflows {
		at := fmt.Sprintf("%s.workflows.%d", key, i)
		k.require(at+".file", w.File, `name its file below .github/workflows, such as "deploy.yml"`)
		k.glob(at+".file", at+".file", w.File)
	}
	k.rules(key, "workflows", len(g.Workflows), g.Deployments, `workflows = [{ file = "deploy.yml" }]`)
}

func (k *checker) pipelines(key string, g *GitLab) {
	for i, rule := range g.Pipelines {
		at := fmt.Sprintf("%s.pipelines.%d", key, i)
		k.glob(at+".ref", at+".ref", rule.Ref)
		k.glob(at+".name", at+".name", rule.Name)
	}
	k.rules(key, "pipelines", len(g.Pipelines), g.Deployments, `pipelines = [{ ref = "main" }]`)
}

// rules sees to it that deployments by a rule have one, and that rules are used.
func (k *checker) rules(key, what string, n int, deployments []string, example string) {
	asked := slices.Contains(deployments, what)
	switch {
	case n > 0 && !asked:
		k.problem(key+"."+what, fmt.Sprintf("%s.%s has rules, but deployments does not ask for %s", key, what, what),
			fmt.Sprintf("add %q to deployments", what))
	case n == 0 && asked:
		k.problem(key+".deployments", fmt.Sprintf("%s.deployments asks for %s, but no rule says which", key, what),
			"add "+example+"; ip3dp doctor lists those that look like deployments")
	}
}

// gitops checks the rules of configuration repositories.
func (k *checker) gitops(key string, g *GitHub) {
	for i, rule := range g.GitOps {
		at := fmt.Sprintf("%s.gitops.%d", key, i)
		k.require(at+".repository", rule.Repository, `name the configuration repository, such as "acme/deployments"`)
		k.require(at+".path", rule.Path, `it is a regular expression of the files that say what runs, such as "^(?P<environment>[^/]+)/(?P<service>[^/]+)/values.yaml$"`)
		k.pattern(at+".path", rule.Path)
		k.pattern(at+".tag_pattern", rule.TagPattern)
	}
}

// isForgeAddress reports whether a token may be sent to u: encrypted, or to this
// machine.
func isForgeAddress(u string) bool {
	p, err := url.Parse(u)
	if err != nil || p.Host == "" || p.User != nil || p.RawQuery != "" || p.Fragment != "" {
		return false
	}
	ip := net.ParseIP(p.Hostname())
	return p.Scheme == "https" || p.Scheme == "http" && (p.Hostname() == "localhost" || ip != nil && ip.IsLoopback())
}

// nameForges gives every forge without a name that of its table, and its number
// from the second on: what the store has of the first stays its own when another
// is added.
func (k *checker) nameForges(unique func(key, name string)) {
	name := func(table string, i int, f *Forge) {
		obvious := table
		if i > 0 {
			obvious = fmt.Sprintf("%s-%d", table, i+1)
		}
		f.Name = cmp.Or(f.Name, obvious)
		unique(fmt.Sprintf("%s.%d", table, i), f.Name)
	}
	for i := range k.config.GitHub {
		name("github", i, &k.config.GitHub[i].Forge)
	}
	for i := range k.config.GitLab {
		name("gitlab", i, &k.config.GitLab[i].Forge)
	}
}
