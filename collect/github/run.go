package github

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// cursorKey is what cursors are kept by.
type cursorKey struct {
	repo int64
	kind collect.Kind
}

// run is one Sync.
type run struct {
	f      *Forge
	client *client
	store  collect.Store
	o      collect.SyncOptions
	report collect.Report

	known   map[int64]collect.Repository // what the store has
	cursors map[cursorKey]collect.Cursor
	open    map[int64][]collect.Ref // unfinished deployments
	// begun says that what there is was found out, so that cursors stand for all.
	begun       bool
	targets     []*target
	resolved    map[string]string // SHAs of shortened ones and tags, by repository and name
	done, total int
}

func newRun(f *Forge, c *client, s collect.Store, o collect.SyncOptions) *run {
	o.Window.From, o.Window.To = o.Window.From.UTC(), o.Window.To.UTC()
	return &run{f: f, client: c, store: s, o: o, report: collect.Report{Source: f.name}}
}

func (r *run) note(format string, args ...any) {
	r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, args...))
}

// gap reports that something is not known from a time to the window's end.
func (r *run) gap(repo string, from time.Time, reason, next string) {
	r.report.Gaps = append(r.report.Gaps, fact.Gap{
		Source: r.f.name, Repository: repo, From: from, To: r.o.Window.To, Reason: reason, Next: next,
	})
}

func (r *run) budget() collect.Budget {
	s := r.client.transport.Stats()
	return collect.Budget{Limit: s.Limit, Left: s.Left, Reset: s.Reset}
}

func (r *run) progress(phase string) {
	if r.o.Progress == nil {
		return
	}
	r.o.Progress(collect.Progress{
		Source: r.f.name, Phase: phase, Done: r.done, Total: r.total,
		Requests: r.client.transport.Stats().Requests, Budget: r.budget(),
	})
}

// until is the time up to which every repository is known.
func (r *run) until() time.Time {
	if !r.begun {
		return time.Time{}
	}
	until := r.o.Window.To
	for _, t := range r.targets {
		if t.saved {
			continue
		}
		if o := t.oldest(); o.Before(until) {
			until = o
		}
	}
	return until
}

func dataUntil(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (r *run) sync(ctx context.Context) error {
	if err := r.load(ctx); err != nil {
		return err
	}
	r.progress("repositories")
	header, err := r.client.locate(ctx, &r.f.o)
	if err != nil {
		return err
	}
	r.warn(header)
	if err := r.discover(ctx); err != nil {
		return err
	}
	if err := r.teams(ctx); err != nil {
		return err
	}
	if err := r.unfinished(ctx); err != nil {
		return err
	}
	queue, err := r.plan(ctx)
	if err != nil {
		return err
	}
	// Configuration repositories come last: their commits are deployments of others,
	// of which what is gone has been dropped by then.
	p := &packer{run: r, most: packTargets}
	last := slices.IndexFunc(queue, r.isConfiguration)
	if last < 0 {
		last = len(queue)
	}
	if err = p.read(ctx, queue[:last]); err == nil {
		err = p.read(ctx, queue[last:])
	}
	if p.smaller {
		r.note("queries were made smaller, to %d repositories, because GitHub did not answer larger ones", p.most)
	}
	return err
}

// load reads what the store knows.
func (r *run) load(ctx context.Context) error {
	repos, err := r.store.Repositories(ctx, r.f.name)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	cursors, err := r.store.Cursors(ctx, r.f.name)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	open, err := r.store.Open(ctx, r.f.name, collect.Deployments, r.o.Window.From)
	if err != nil {
		return fmt.Errorf("store: %w", err)
	}
	r.known = make(map[int64]collect.Repository, len(repos))
	for _, repo := range repos {
		r.known[repo.ID] = repo
	}
	r.cursors = make(map[cursorKey]collect.Cursor, len(cursors))
	for _, c := range cursors {
		r.cursors[cursorKey{c.Repository, c.Kind}] = c
	}
	r.open = map[int64][]collect.Ref{}
	for _, ref := range open {
		r.open[ref.Repository] = append(r.open[ref.Repository], ref)
	}
	return nil
}

// warn says what a token cannot do that is easily overlooked.
func (r *run) warn(header map[string][]string) {
	if r.f.o.App == nil && strings.HasPrefix(r.f.o.Token, "ghs_") {
		if l := r.budget().Limit; l > 0 && l <= 1000 {
			r.note("this looks like the workflow's own GITHUB_TOKEN, which reaches its own repository only, with 1,000 " +
				"requests an hour; an organisation needs a GitHub App or a fine-grained token")
		}
	}
	for _, m := range missingScopes(&r.f.o, header) {
		r.note("the token may lack a scope: %s", m)
	}
}

// span says what is to be read of a kind, seen being what the forge shows of it now.
func (r *run) span(t *target, kind collect.Kind, seen string, total int) *span {
	c, known := r.cursors[cursorKey{t.repo.ID, kind}]
	old := markOf(c.Mark)
	s := &span{cursor: c, known: known, mark: mark{Seen: seen, Total: total}}
	w := r.o.Window
	s.anew = r.o.Full || !known || c.Rule != r.rule(kind, &t.repo) || c.To.Before(w.From) || c.From.After(w.From)
	s.back = w.From
	if back := c.To.Add(-overlap); !s.anew && back.After(w.From) {
		s.back = back
	}
	s.moved = s.anew || old.Seen != seen
	switch kind {
	case collect.Commits:
		s.mark.Head, s.mark.At = old.Head, old.At // until they are read
	case collect.Deployments:
		s.mark.Runs = old.Runs
		s.mark.Open = r.stillOpen(t.repo.ID, old.Open)
	}
	return s
}

// stillOpen keeps the GraphQL ids of those deployments that the store has as open.
func (r *run) stillOpen(repo int64, nodes map[string]string) map[string]string {
	var still map[string]string
	for _, ref := range r.open[repo] {
		if node := nodes[ref.ID]; node != "" {
			if still == nil {
				still = map[string]string{}
			}
			still[ref.ID] = node
		}
	}
	return still
}

func (r *run) isConfiguration(t *target) bool { return len(r.configures(t)) > 0 }

// queueOrder puts configuration repositories last, and before them first those whose data are oldest, so that a run that always ends
// early starves none; among equals those with more to read, whose many pages then
// fill the queries of the others.
func queueOrder(a, b *target) int {
	return cmp.Or(
		cmp.Compare(len(a.run.configures(a)), len(b.run.configures(b))),
		a.oldest().Compare(b.oldest()),
		cmp.Compare(b.weight, a.weight),
		cmp.Compare(a.repo.ID, b.repo.ID),
	)
}

// advance saves, in few transactions, the cursors of repositories of which nothing
// has moved.
func (r *run) advance(ctx context.Context, still []*target) error {
	for chunk := range slices.Chunk(still, 200) {
		var b collect.Batch
		for _, t := range chunk {
			b.Cursors = append(b.Cursors, t.finish(r.o.Window).Cursors...)
		}
		if err := r.store.Put(ctx, r.f.name, b); err != nil {
			return fmt.Errorf("saving cursors: %w", err)
		}
		for _, t := range chunk {
			t.saved = true
		}
		r.done += len(chunk)
	}
	return nil
}
