package dora

import (
	"fmt"
	"regexp"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// Options are the knobs of the definitions; the key in config.toml stands behind each.
type Options struct {
	Production      string // deploy.production: regular expression an environment's name must match
	Exclude         string // deploy.exclude: environments that never count, such as the product's own pages
	CollapseMinutes int    // deploy.collapse_minutes: retries of one commit this close are one deployment
	MaxCommitAge    int    // dora.max_commit_age_days: older first commits are clamped to this before opening
	Titles          bool   // evidence.titles: list titles of changes and incidents as evidence

	Sesoi   trend.Sesoi // [sesoi]: smaller changes than these are about the same
	Freezes []Freeze    // [[freeze]]: shown, and their weeks are in no claim of change
}

// Freeze is a span in which nobody is expected to deploy as usual: a change
// freeze, holidays. From is its first day, Until the first day after it.
type Freeze struct {
	Title       string
	From, Until time.Time
}

// overlaps reports whether any of the freeze lies in the window.
func (f Freeze) overlaps(w metric.Window) bool { return f.From.Before(w.To) && w.From.Before(f.Until) }

// Defaults are the definitions this tool is known by.
func Defaults() Options {
	return Options{Production: "(?i)^prod", Exclude: "^github-pages$", CollapseMinutes: 15, MaxCommitAge: 14, Sesoi: trend.Defaults()}
}

// rules is Options compiled.
type rules struct {
	Options
	production, exclude *regexp.Regexp
	collapse, maxAge    time.Duration
	environments        map[string]bool // memo: a handful of names recur
}

func (o Options) compile() (*rules, error) {
	r := &rules{
		Options: o, environments: map[string]bool{},
		collapse: time.Duration(o.CollapseMinutes) * time.Minute,
		maxAge:   time.Duration(o.MaxCommitAge) * 24 * time.Hour,
	}
	var err error
	if r.production, err = regexp.Compile(o.Production); err != nil {
		return nil, fmt.Errorf("deploy.production: not a regular expression: %w", err)
	}
	if o.Exclude != "" {
		if r.exclude, err = regexp.Compile(o.Exclude); err != nil {
			return nil, fmt.Errorf("deploy.exclude: not a regular expression: %w", err)
		}
	}
	for i, f := range o.Freezes {
		if !f.From.Before(f.Until) {
			return nil, fmt.Errorf("freeze %d (%s): until %s is not after from %s", i+1, f.Title, f.Until.Format(time.DateOnly), f.From.Format(time.DateOnly))
		}
	}
	return r, nil
}

// isProduction judges by the environment's name only: forges' own production
// flags are wrong too often.
func (r *rules) isProduction(env string) bool {
	is, ok := r.environments[env]
	if !ok {
		is = r.production.MatchString(env) && (r.exclude == nil || !r.exclude.MatchString(env))
		r.environments[env] = is
	}
	return is
}
