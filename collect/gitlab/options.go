package gitlab

import (
	"cmp"
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
	ByEnvironments = "environments" // deployments that GitLab records
	ByPipelines    = "pipelines"    // pipelines that a rule fits
	ByReleases     = "releases"     // releases
	ByTags         = "tags"         // tags
)

// defaultEnvironment is the environment of pipelines, releases and tags without a setting.
const defaultEnvironment = "production"

// Options configure a Forge.
type Options struct {
	// BaseURL is the address of a GitLab that is not gitlab.com, with its path if it
	// has one: "https://host/gitlab". /api/v4 is appended unless it is there.
	BaseURL string
	// Groups are the full paths of groups whose projects are read, those of their
	// subgroups among them; Projects are single ones beside them. Exclude leaves out
	// those that a pattern ("acme/legacy-*") fits; a pattern that ends in "/**" leaves
	// out everything below a group.
	Groups, Projects, Exclude []string
	// Token is a personal, project or group access token with the scope read_api, a job token,
	// or an OAuth token. Its form shows which.
	Token string
	// Deployments lists the kinds of things that count as deployments. Default: environments.
	Deployments []string
	// Environments leaves out deployments to any other. Default: all are kept, and
	// which of them are production is decided where they are used.
	Environments []string
	// IgnoreTier ignores the tiers of environments, so that their names decide which are
	// production. By default a tier decides, not the name.
	IgnoreTier bool
	Pipelines  []PipelineRule
	// TagPattern is a regular expression (RE2) that a release's tag, or a tag, must
	// match; a group named "service" names the service. Default: every one.
	TagPattern string
	// ReleaseEnvironment is the environment of releases and tags. Default: production.
	ReleaseEnvironment string
	// IncidentTypes are the types of issues that are incidents, usually "incident".
	// IncidentLabels are labels that make any issue one.
	IncidentTypes, IncidentLabels []string
	// Bots are regular expressions of the accounts whose reviews are none, beside
	// GitLab's own bots and names that end in "[bot]".
	Bots []string
	// Teams reads subgroups as teams with their direct members.
	Teams bool
	// DORACheck asks GitLab (Ultimate) for its own DORA metrics of the groups, for comparison.
	DORACheck bool
	// Keep is the share of the rate limit that is left for others, 0 to 1. A run that reaches
	// it ends and reports how far it came.
	Keep float64
	// MaxRequests ends a run likewise; 0: no such limit.
	MaxRequests int

	// HTTP carries the requests; nil is the network. Now is the wall clock that rate
	// limits are compared with, and must be given. Sleep waits or returns the context's
	// error; nil is the machine's. PerTry is the deadline of one attempt; 0: a minute.
	HTTP  http.RoundTripper
	Now   func() time.Time
	Sleep func(ctx context.Context, d time.Duration) error

	PerTry time.Duration
}

// PipelineRule takes pipelines as deployments, one that succeeded as a success.
type PipelineRule struct {
	// Ref is a pattern for the branch or tag: "main", "release/*". Default: the
	// default branch.
	Ref string
	// Name is a pattern for the pipeline's name (workflow:name); Source is what began
	// it: push, schedule, web, api, trigger … "" is any.
	Name, Source string
	// Environment that it deploys to. Default: production.
	Environment string
}

// rules are the options in the form that a run uses.
type rules struct {
	tag  *regexp.Regexp // nil: every tag
	bots []*regexp.Regexp
}

// compileRules fills in defaults, checks the options and prepares their patterns. Every
// problem is named.
func (o *Options) compileRules() (rules, error) {
	var r rules
	var errs []error
	fail := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	o.BaseURL = strings.TrimSuffix(strings.TrimRight(cmp.Or(o.BaseURL, "https://gitlab.com"), "/"), "/api/v4")
	if u, err := url.Parse(o.BaseURL); err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" ||
		u.User != nil || u.RawQuery != "" {
		fail("base_url is not an address like https://gitlab.example.com, without a user name in it")
	}
	if len(o.Groups)+len(o.Projects) == 0 {
		fail("nothing to read: name groups or projects")
	}
	o.Groups, o.Projects = trimSlashes(o.Groups), trimSlashes(o.Projects)
	for _, p := range o.Projects {
		if !strings.Contains(p, "/") {
			fail("projects: %q is not a path like group/project", p)
		}
	}
	for _, p := range o.Exclude {
		if _, err := path.Match(strings.TrimSuffix(p, "/**"), ""); err != nil || p == "" {
			fail("exclude: %q: write a pattern such as \"acme/legacy-*\"", p)
		}
	}
	r.tag, r.bots = o.compilePatterns(fail)
	o.checkDeployments(fail)
	if o.Keep < 0 || o.Keep >= 1 {
		fail("keep is %v: give the share of the rate limit to leave, from 0 to below 1", o.Keep)
	}
	if o.Now == nil {
		fail("no clock: rate limits cannot be waited for without Now")
	}
	if o.MaxRequests < 0 {
		fail("max_requests is %d: give a number, or 0 for no limit", o.MaxRequests)
	}
	return r, errors.Join(errs...)
}

func (o *Options) compilePatterns(fail func(string, ...any)) (tag *regexp.Regexp, bots []*regexp.Regexp) {
	if o.TagPattern != "" {
		var err error
		if tag, err = regexp.Compile(o.TagPattern); err != nil {
			fail("tag_pattern: %w", err)
		}
	}
	for _, p := range o.Bots {
		re, err := regexp.Compile(p)
		if err != nil {
			fail("bots: %w", err)
			continue
		}
		bots = append(bots, re)
	}
	return tag, bots
}

func (o *Options) checkDeployments(fail func(string, ...any)) {
	if len(o.Deployments) == 0 {
		o.Deployments = []string{ByEnvironments}
	}
	for _, d := range o.Deployments {
		if !slices.Contains([]string{ByEnvironments, ByPipelines, ByReleases, ByTags}, d) {
			fail("deployments: %q is none of environments, pipelines, releases, tags", d)
		}
	}
	o.ReleaseEnvironment = cmp.Or(o.ReleaseEnvironment, defaultEnvironment)
	if o.reads(ByPipelines) && len(o.Pipelines) == 0 {
		fail("deployments by pipelines need at least one rule")
	}
	for i := range o.Pipelines {
		p := &o.Pipelines[i]
		p.Environment = cmp.Or(p.Environment, defaultEnvironment)
		for _, pattern := range []string{p.Ref, p.Name} {
			if _, err := path.Match(pattern, ""); err != nil {
				fail("pipeline rule %d: %q: write a pattern such as \"release/*\"", i+1, pattern)
			}
		}
	}
}

func trimSlashes(paths []string) []string {
	var out []string
	for _, p := range paths {
		if p = strings.Trim(strings.TrimSpace(p), "/"); p != "" && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

// reads reports whether deployments of that kind are read.
func (o *Options) reads(way string) bool { return slices.Contains(o.Deployments, way) }

// isExcluded reports whether a pattern excludes a project. GitLab ignores case.
func (o *Options) isExcluded(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc(o.Exclude, func(p string) bool {
		p = strings.ToLower(p)
		if group, below := strings.CutSuffix(p, "/**"); below {
			return strings.HasPrefix(name, group+"/")
		}
		ok, err := path.Match(p, name)
		return err == nil && ok
	})
}

// includes reports whether a project of that path is read: it is a configured one, or below a
// configured group. It returns false for groups given by their number.
func (o *Options) includes(name string) bool {
	if o.isExcluded(name) {
		return false
	}
	name = strings.ToLower(name)
	return slices.ContainsFunc(o.Projects, func(p string) bool { return strings.EqualFold(p, name) }) ||
		slices.ContainsFunc(o.Groups, func(g string) bool {
			return strings.HasPrefix(name, strings.ToLower(g)+"/") || strings.Trim(g, "0123456789") == ""
		})
}

// matchesPipeline reports whether the rule applies to a pipeline.
func (p *PipelineRule) matchesPipeline(l *pipeline, defaultBranch string) bool {
	ref, err := path.Match(cmp.Or(p.Ref, defaultBranch), l.Ref)
	if p.Ref == "" {
		ref, err = l.Ref == defaultBranch, nil
	}
	name := true
	if p.Name != "" {
		name, _ = path.Match(p.Name, l.Name)
	}
	return err == nil && ref && name && (p.Source == "" || p.Source == l.Source)
}
