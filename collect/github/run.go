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

// cursorKey identifies a cursor.
type cursorKey struct {
	repo int64
	kind collect.Kind
}

// syncer does one Sync.
type syncer struct {
	f      *Forge
	client *client
	store  collect.Store
	o      collect.SyncOptions
	report collect.Report

	known   map[int64]collect.Repository // in the store
	cursors map[cursorKey]collect.Cursor
	open    map[int64][]collect.Ref // unfinished deployments
	// begun means that the repositories were found, so that the cursors cover all of them.
	begun        bool
	repositories []*repository
	resolved     map[string]string // SHAs of shortened ones and tags, by repository and name
	done, total  int
}

func newSyncer(f *Forge, c *client, s collect.Store, o collect.SyncOptions) *syncer {
	o.Window.From, o.Window.To = o.Window.From.UTC(), o.Window.To.UTC()
	return &syncer{f: f, client: c, store: s, o: o, report: collect.Report{Source: f.name}}
}

func (r *syncer) addNote(format string, args ...any) {
	r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, args...))
}

// addGap reports missing facts from a time to the window's end.
func (r *syncer) addGap(repo string, from time.Time, reason, next string) {
	r.report.Gaps = append(r.report.Gaps, fact.Gap{
		Source: r.f.name, Repository: repo, From: from, To: r.o.Window.To, Reason: reason, Next: next,
	})
}

func (r *syncer) budget() collect.Budget {
	s := r.client.transport.Stats()
	return collect.Budget{Limit: s.Limit, Left: s.Left, Reset: s.Reset}
}

func (r *syncer) reportProgress(phase string) {
	if r.o.Progress == nil {
		return
	}
	r.o.Progress(collect.Progress{
		Source: r.f.name, Phase: phase, Done: r.done, Total: r.total,
		Requests: r.client.transport.Stats().Requests, Budget: r.budget(),
	})
}

// knownUntil returns the oldest cursor of all repositories: everything before it was read.
func (r *syncer) knownUntil() time.Time {
	if !r.begun {
		return time.Time{}
	}
	until := r.o.Window.To
	for _, t := range r.repositories {
		if t.saved {
			continue
		}
		if o := t.oldestCursor(); o.Before(until) {
			until = o
		}
	}
	return until
}

func dataUntil(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

func (r *syncer) sync(ctx context.Context) error {
	if err := r.loadStore(ctx); err != nil {
		return err
	}
	r.reportProgress("repositories")
	header, err := r.client.locate(ctx, &r.f.o)
	if err != nil {
		return err
	}
	r.warnOfToken(header)
	if err := r.findAndSave(ctx); err != nil {
		return err
	}
	if err := r.readAllTeams(ctx); err != nil {
		return err
	}
	if err := r.readUnfinished(ctx); err != nil {
		return err
	}
	queue, err := r.planReading(ctx)
	if err != nil {
		return err
	}
	// Configuration repositories come last: their commits are deployments of other
	// repositories, and by then lost facts of those have been dropped.
	p := &packer{run: r, most: packRepositories}
	last := slices.IndexFunc(queue, r.isConfiguration)
	if last < 0 {
		last = len(queue)
	}
	if err = p.readAll(ctx, queue[:last]); err == nil {
		err = p.readAll(ctx, queue[last:])
	}
	if p.smaller {
		r.addNote("queries were made smaller, to %d repositories, because GitHub did not answer larger ones", p.most)
	}
	return err
}

// loadStore reads repositories, cursors and unfinished deployments from the store.
func (r *syncer) loadStore(ctx context.Context) error {
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

// warnOfToken notes limits of a token that are easily overlooked.
func (r *syncer) warnOfToken(header map[string][]string) {
	if r.f.o.App == nil && strings.HasPrefix(r.f.o.Token, "ghs_") {
		if l := r.budget().Limit; l > 0 && l <= 1000 {
			r.addNote("this looks like the workflow's own GITHUB_TOKEN, which reaches its own repository only, with 1,000 " +
				"requests an hour; an organisation needs a GitHub App or a fine-grained token")
		}
	}
	for _, m := range missingScopes(&r.f.o, header) {
		r.addNote("the token may lack a scope: %s", m)
	}
}

// newSpan decides how much of a kind to read. seen is the present state of its lists on the
// forge.
func (r *syncer) newSpan(t *repository, kind collect.Kind, seen string, total int) *span {
	c, known := r.cursors[cursorKey{t.repo.ID, kind}]
	old := markOf(c.Mark)
	s := &span{cursor: c, known: known, mark: mark{Seen: seen, Total: total}}
	w := r.o.Window
	s.whole = r.o.Full || !known || c.Rule != r.ruleOf(kind, &t.repo) || c.To.Before(w.From) || c.From.After(w.From)
	s.back = w.From
	if back := c.To.Add(-overlap); !s.whole && back.After(w.From) {
		s.back = back
	}
	s.moved = s.whole || old.Seen != seen
	switch kind {
	case collect.Commits:
		s.mark.Head, s.mark.At = old.Head, old.At // until they are read
	case collect.Deployments:
		s.mark.Runs = old.Runs
		s.mark.Open = r.keepOpen(t.repo.ID, old.Open)
	}
	return s
}

// keepOpen keeps the GraphQL ids of those deployments that the store has as open.
func (r *syncer) keepOpen(repo int64, nodes map[string]string) map[string]string {
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

func (r *syncer) isConfiguration(t *repository) bool { return len(r.configurationRules(t)) > 0 }

// queueOrder puts configuration repositories last. Before them it puts the repositories
// with the oldest data first, so that a run that always ends early starves none. Among equals,
// those with more to read come first, since the others then fill up the queries of their
// many pages.
func queueOrder(a, b *repository) int {
	return cmp.Or(
		cmp.Compare(len(a.run.configurationRules(a)), len(b.run.configurationRules(b))),
		a.oldestCursor().Compare(b.oldestCursor()),
		cmp.Compare(b.weight, a.weight),
		cmp.Compare(a.repo.ID, b.repo.ID),
	)
}

// saveUnmoved saves the cursors of repositories without changes, in few transactions.
func (r *syncer) saveUnmoved(ctx context.Context, still []*repository) error {
	for chunk := range slices.Chunk(still, 200) {
		var b collect.Batch
		for _, t := range chunk {
			b.Cursors = append(b.Cursors, t.finishBatch(r.o.Window).Cursors...)
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
