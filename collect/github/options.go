package github

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Values of Options.Deployments.
const (
	ByEnvironments = "environments" // deployments that GitHub records, with their statuses
	ByWorkflows    = "workflows"    // runs of workflows that a rule names
	ByReleases     = "releases"     // published releases
	ByTags         = "tags"         // tags
)

// Options configure a Forge.
type Options struct {
	// BaseURL is the address of a GitHub Enterprise Server,
	// "https://ghe.example.com"; "" is github.com. Its API is looked for below
	// /api/v3/ and, if that is not there, below the address itself. An address that
	// ends in /api/v3 is taken as it is.
	BaseURL string
	// Organisations lists organisations whose repositories are read, and Repositories single
	// ones ("owner/name"). Exclude has patterns ("acme/legacy-*") of repositories to leave out.
	Organisations, Repositories, Exclude []string
	// Token authenticates, unless App is set.
	Token string
	App   *App
	// Deployments lists the kinds of things that count as deployments. Default: environments.
	Deployments []string
	// Environments lists the environments whose deployments are kept. Default: all; a build
	// decides which of them are production.
	Environments []string
	Workflows    []WorkflowRule
	// TagPattern is a regular expression (RE2) that a release's tag, or a tag, must
	// match; a group named "service" names the service. Default: every one.
	TagPattern string
	// ReleaseEnvironment is the environment of releases and tags. Default: production.
	ReleaseEnvironment string
	// Prereleases takes pre-releases as well.
	Prereleases bool
	// IncidentLabels are the spellings of the label that makes an issue an incident. GitHub
	// ignores case.
	IncidentLabels []string
	// Teams reads the organisations' teams, members and repositories.
	Teams  bool
	GitOps []GitOpsRule
	// Keep is the share of the rate limit that is left for others, 0 to 1. A run that reaches
	// it ends and reports how far it came.
	Keep float64
	// MaxRequests ends a run likewise; 0: no such limit.
	MaxRequests int

	// Timeout is the deadline of one attempt at a request; 0: a minute.
	Timeout time.Duration
	// HTTP carries the requests; nil is the network. Now is the wall clock and must be
	// given. Sleep waits or returns the context's error; nil is the machine's.
	HTTP  http.RoundTripper
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error
}

// App is a GitHub App that is installed in the organisation.
type App struct {
	ID int64
	// Installation is found by the first organisation when it is 0.
	Installation int64
	// Key is the App's private key, PEM.
	Key []byte
}

// WorkflowRule selects the runs of a workflow that count as deployments.
type WorkflowRule struct {
	// File is a pattern for the workflow's path, or its last part: "deploy*.yml".
	File string
	// Branch and Event choose the runs; "" is any.
	Branch, Event string
	// Environment that a run deploys to. Default: production.
	Environment string
}

// GitOpsRule reads deployments from a configuration repository: commits of its
// default branch that change the image of something that runs.
type GitOpsRule struct {
	Repository string // "owner/name" of the configuration repository
	// Path is a regular expression for the files that count. A group named
	// "environment" names the environment, one named "service" the service.
	Path string
	// Images maps an image without its tag ("registry.example.com/checkout") to the
	// repository that it is built from.
	Images map[string]string
	// TagPattern is a regular expression for the image's tag. Its group "commit",
	// else its first, is a commit or the name of a tag of the source repository.
	// Default: an optional word and "-", then 7 to 40 hexadecimal digits; else the
	// whole tag as a name.
	TagPattern string
	// Environment, unless Path names it. Default: production.
	Environment string
}

// defaultEnvironment is the environment of releases, tags, workflows and configuration
// repositories without a setting.
const defaultEnvironment = "production"

// rules are the compiled options.
type rules struct {
	tag     *regexp.Regexp // nil: every tag
	gitops  []gitOps
	exclude []string
}

// compileRules checks the options and compiles their patterns. The error lists every problem.
func (o *Options) compileRules() (rules, error) {
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if len(o.Organisations)+len(o.Repositories) == 0 {
		fail("nothing to read: name organisations or repositories")
	}
	for _, r := range o.Repositories {
		if owner, name, ok := strings.Cut(r, "/"); !ok || owner == "" || name == "" || strings.Contains(name, "/") {
			fail("repositories: %q is not owner/name", r)
		}
	}
	for _, p := range o.Exclude {
		if _, err := path.Match(p, ""); err != nil {
			fail("exclude: %q: write a pattern such as \"acme/legacy-*\"", p)
		}
	}
	if u, err := url.Parse(o.BaseURL); o.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" &&
		u.Scheme != "http" || u.User != nil) {
		fail("base_url is not an address like https://ghe.example.com, without a user name in it")
	}
	if len(o.Deployments) == 0 {
		o.Deployments = []string{ByEnvironments}
	}
	for _, d := range o.Deployments {
		if !slices.Contains([]string{ByEnvironments, ByWorkflows, ByReleases, ByTags}, d) {
			fail("deployments: %q is none of environments, workflows, releases, tags", d)
		}
	}
	if o.reads(ByWorkflows) && len(o.Workflows) == 0 {
		fail("deployments by workflows need at least one rule that names a workflow file")
	}
	for i, w := range o.Workflows {
		if _, err := path.Match(w.File, ""); err != nil || w.File == "" {
			fail("workflow rule %d: file %q: write a pattern such as \"deploy*.yml\"", i+1, w.File)
		}
	}
	if o.Keep < 0 || o.Keep >= 1 {
		fail("keep is %v: give the share of the rate limit to leave, from 0 to below 1", o.Keep)
	}
	if o.MaxRequests < 0 {
		fail("max_requests is %d: give a number, or 0 for no limit", o.MaxRequests)
	}
	if o.ReleaseEnvironment == "" {
		o.ReleaseEnvironment = defaultEnvironment
	}
	r := rules{exclude: o.Exclude}
	var err error
	if o.TagPattern != "" {
		if r.tag, err = regexp.Compile(o.TagPattern); err != nil {
			fail("tag_pattern: %w", err)
		}
	}
	for i, g := range o.GitOps {
		c, err := g.compileRule()
		if err != nil {
			fail("gitops rule %d: %w", i+1, err)
		}
		r.gitops = append(r.gitops, c)
	}
	return r, errors.Join(errs...)
}

// reads reports whether deployments of that kind are read.
func (o *Options) reads(way string) bool { return slices.Contains(o.Deployments, way) }

// isExcluded reports whether a pattern excludes a repository.
func (r *rules) isExcluded(name string) bool {
	return slices.ContainsFunc(r.exclude, func(p string) bool {
		ok, err := path.Match(strings.ToLower(p), strings.ToLower(name))
		return err == nil && ok
	})
}

// matchesFile reports whether the rule applies to the workflow with that path.
func (w *WorkflowRule) matchesFile(file string) bool {
	for _, name := range []string{file, path.Base(file)} {
		if ok, err := path.Match(w.File, name); err == nil && ok {
			return true
		}
	}
	return false
}
