// Package github reads GitHub: repositories, teams, changes, commits, deployments and incidents
// of organisations, by GraphQL with few requests. It asks REST for what GraphQL does not have.
// docs/github.md has the rules.
package github

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// Forge is one GitHub, public or an Enterprise Server, as one source of config.toml
// reads it. It implements collect.Forge.
type Forge struct {
	name  string
	o     Options
	rules rules
}

// New makes the forge that config.toml calls name. The error names every option
// that cannot be used; it wraps collect.ErrCredentials if only the token is at fault.
func New(name string, o Options) (*Forge, error) {
	r, err := o.compileRules()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	f := &Forge{name: name, o: o, rules: r}
	if _, err := f.newClient(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// Name returns the name in config.toml.
func (f *Forge) Name() string { return f.name }

// newClient makes a client for one run. It keeps the limits and page sizes of that run.
func (f *Forge) newClient() (*client, error) {
	c, err := newClient(&f.o)
	if err != nil {
		return nil, err
	}
	return c, c.token.checkUsable()
}

// Sync brings the store up to date. See collect.Forge.
func (f *Forge) Sync(ctx context.Context, s collect.Store, o collect.SyncOptions) (collect.Report, error) {
	c, err := f.newClient()
	if err != nil {
		return collect.Report{Source: f.name}, fmt.Errorf("%s: %w", f.name, err)
	}
	r := newSyncer(f, c, s, o)
	err = r.sync(ctx)
	return r.makeReport(ctx, err)
}

// knownBefore returns the oldest cursor of the repositories that earlier runs found, or the
// window's beginning.
func (r *syncer) knownBefore() time.Time {
	var there []collect.Repository
	for _, repo := range r.known {
		if repo.Gone.IsZero() {
			there = append(there, repo)
		}
	}
	if until := r.oldestOf(there); len(r.cursors) > 0 && !r.begun && until.After(r.o.Window.From) {
		return until
	}
	return r.o.Window.From
}

// makeReport makes the report, and of the error of a run what Sync returns: none when
// the budget ended it, since that was asked for.
func (r *syncer) makeReport(ctx context.Context, err error) (collect.Report, error) {
	stats := r.client.transport.Stats()
	r.report.Requests, r.report.Retries = stats.Requests, stats.Retries
	r.report.Pages, r.report.Items = r.client.pages, r.client.items
	r.report.Budget = r.budget()
	r.report.Until = r.knownUntil()
	if err != nil {
		from := r.report.Until
		if from.IsZero() {
			from = r.knownBefore()
		}
		reason := "the run ended early: " + oneLine(r.client.transport.Scrub(err.Error()))
		next := "run again: it goes on where this one ended"
		var without *noGraphQLError
		switch {
		case errors.As(err, &without):
			reason, next = oneLine(without.formatReason()), without.next
		case errors.Is(err, rest.ErrBudget):
			reason = fmt.Sprintf("data until %s only, %d of %d repositories are up to date: %s", dataUntil(from), r.done,
				r.total, oneLine(err.Error()))
			next = "run again later, raise the limits, or use the token of a GitHub App, which may ask more"
			r.report.Until, err = from, nil // not zero: the report must show how far the run came
		case errors.Is(err, collect.ErrCredentials):
			next = "renew the token, or give it the rights that docs/github.md lists"
		}
		r.addGap("", from, reason, next)
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", r.f.name, err)
	}
	return r.report, err
}
