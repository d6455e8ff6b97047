package dora

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Options configure the definitions. Each field names its key in config.toml.
type Options struct {
	Production      string // deploy.production: regular expression an environment's name must match
	Exclude         string // deploy.exclude: environments that never count, such as the product's own pages
	Group           string // deploy.group: one deployment an environment, or one a commit
	CollapseMinutes int    // deploy.collapse_minutes: retries of one commit this close are one deployment
	MaxCommitAge    int    // dora.max_commit_age_days: older first commits are clamped to this before opening
	Titles          bool   // evidence.titles: list titles of changes and incidents as evidence

	LeadStart     string // dora.lead_start: where a lead time begins: first_commit, opened, ready or merged
	LeadStatistic string // dora.lead_statistic: median or mean over changes
	FailRateOf    string // dora.fail_rate: deployments that failed, or incidents, ÷ deployments
	Tiers         string // dora.tiers: published performance levels to show: dora-2021, dora-2023, none …

	// Failures: the evidence that counts, and the signs of a hotfix.
	Classes      []string // dora.failure_evidence: keys of the classes that count; none: all
	WindowHours  int      // dora.window_hours: an incident this soon after a deployment is blamed on it
	Blame        string   // dora.blame: the deployment that an incident without a reference blames: window or previous
	HotfixBranch string   // dora.hotfix_branch: regular expression of a request's branch or a deployed ref; "": none
	HotfixLabel  string   // dora.hotfix_label: regular expression of a label; "": none
	Bots         string   // dora.bots: deployments of bots' changes are shown apart or counted
	HotfixTitle  string   // dora.hotfix_title: regular expression of a change's title; "": none
	// Requests that are not changes themselves, such as release requests.
	ExcludeLabel string // dora.exclude_label: regular expression of a label; "": none
	ExcludeTitle string // dora.exclude_title: regular expression of a change's title; "": none
	// Overrides are the rulings of people, from content.
	Overrides []fact.FailureOverride

	Sesoi trend.Sesoi // [sesoi]: smaller changes count as about the same
}

// Values of the options.
const (
	FirstCommit   = "first_commit" // LeadStart: author time of the first commit
	Opened        = "opened"       // LeadStart: the request was opened
	Ready         = "ready"        // LeadStart: the request was ready for review
	Merged        = "merged"       // LeadStart: the change reached the branch
	ByEnvironment = "environment"  // Group: roll-outs of a commit to several environments are several deployments
	ByCommit      = "commit"       // Group: they are one deployment, finished at the first success
	Median        = "median"       // LeadStatistic
	Mean          = "mean"         // LeadStatistic
	ByWindow      = "window"       // Blame: a deployment within the window, if the service deploys rarely
	Previous      = "previous"     // Blame: the last finished deployment, of any age
	Apart         = "apart"        // Bots: counted in a number of their own
	Counted       = "counted"      // Bots: counted like people's
	OfDeployments = "deployments"  // FailRateOf: failed deployments ÷ deployments
	OfIncidents   = "incidents"    // FailRateOf: incidents of any cause ÷ deployments
)

// Defaults returns the default options.
func Defaults() Options {
	return Options{
		Production: "(?i)^prod", Exclude: "(?i)^github-pages$|preview|staging|sandbox",
		Group: ByEnvironment, CollapseMinutes: 15, MaxCommitAge: 14, Sesoi: trend.Defaults(),
		LeadStart: FirstCommit, LeadStatistic: Median, FailRateOf: OfDeployments,
		Tiers: "dora-2021", Blame: ByWindow, Bots: Apart,
		WindowHours: 24, HotfixBranch: "(?i)^hot-?fix(/|-|$)", HotfixLabel: "(?i)^hot-?fix$",
	}
}

// rules holds the compiled options.
type rules struct {
	Options
	production       *org.Production
	collapse, maxAge time.Duration

	window                                 time.Duration
	hotfixBranch, hotfixLabel, hotfixTitle *pattern
	excludeLabel, excludeTitle             *pattern
	rulings                                map[string][]*fact.FailureOverride // by deployment
	// ruled deployment → its repository, or ambiguous
	repositoriesOf map[string]string
	tiers          *tierScheme
}

func (o Options) compile() (*rules, error) {
	r := &rules{
		Options: o, collapse: time.Duration(o.CollapseMinutes) * time.Minute,
		maxAge: time.Duration(o.MaxCommitAge) * 24 * time.Hour,
	}
	var err error
	if r.production, err = org.NewProduction(o.Production, o.Exclude); err != nil {
		return nil, err
	}
	if r.tiers, err = findTierScheme(o.Tiers); err != nil {
		return nil, err
	}
	if err := r.checkWords(); err != nil {
		return nil, err
	}
	if err := r.compileFailures(); err != nil {
		return nil, err
	}
	return r, nil
}

// checkWords sets empty options to their first value and refuses unknown values.
func (r *rules) checkWords() error {
	for _, k := range []struct {
		key   string
		value *string
		words []string
	}{
		{"deploy.group", &r.Group, []string{ByEnvironment, ByCommit}},
		{"dora.lead_start", &r.LeadStart, []string{FirstCommit, Opened, Ready, Merged}},
		{"dora.lead_statistic", &r.LeadStatistic, []string{Median, Mean}},
		{"dora.blame", &r.Blame, []string{ByWindow, Previous}},
		{"dora.bots", &r.Bots, []string{Apart, Counted}},
		{"dora.fail_rate", &r.FailRateOf, []string{OfDeployments, OfIncidents}},
	} {
		if *k.value == "" {
			*k.value = k.words[0]
		}
		if !slices.Contains(k.words, *k.value) {
			return fmt.Errorf("%s: unknown %q; use %s", k.key, *k.value, strings.Join(k.words, ", "))
		}
	}
	return nil
}

func (r *rules) compileFailures() error {
	for _, key := range r.Classes {
		if !slices.ContainsFunc(classes, func(c class) bool { return c.key == key }) {
			return fmt.Errorf("dora.failure_evidence: unknown class %q; use %s", key, strings.Join(listClassKeys(), ", "))
		}
	}
	if r.window = time.Duration(r.WindowHours) * time.Hour; r.WindowHours <= 0 && r.uses(Window) {
		return fmt.Errorf("dora.window_hours: %d is not a window; without one, remove \"window\" from "+
			"dora.failure_evidence", r.WindowHours)
	}
	for _, p := range []struct {
		key, text string
		into      **pattern
	}{
		{"dora.hotfix_branch", r.HotfixBranch, &r.hotfixBranch},
		{"dora.hotfix_label", r.HotfixLabel, &r.hotfixLabel},
		{"dora.hotfix_title", r.HotfixTitle, &r.hotfixTitle},
		{"dora.exclude_label", r.ExcludeLabel, &r.excludeLabel},
		{"dora.exclude_title", r.ExcludeTitle, &r.excludeTitle},
	} {
		if p.text == "" {
			continue
		}
		re, err := regexp.Compile(p.text)
		if err != nil {
			return fmt.Errorf("%s: not a regular expression: %w", p.key, err)
		}
		*p.into = &pattern{re}
	}
	return nil
}

// pattern is a regular expression; a nil pattern matches nothing.
type pattern struct{ *regexp.Regexp }

func (p *pattern) matches(s string) bool { return p != nil && s != "" && p.MatchString(s) }

// excludes reports whether the rules exclude a request, such as a release request that only has
// commits of other requests.
func (r *rules) excludes(c *org.Change) bool {
	return r.excludeTitle.matches(c.Title) || slices.ContainsFunc(c.Labels, r.excludeLabel.matches)
}
