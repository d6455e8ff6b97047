package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// overlap is the time before a cursor that is read again, so that late entries of GitLab's
// databases and clocks that differ lose nothing between two nights. GitLab moves a project's
// last_activity_at at most once an hour, which takes more.
const overlap = 2 * time.Hour

// workers is the number of projects that are read at a time; the Transport limits the requests.
const workers = 8

// syncer does one Sync.
type syncer struct {
	f     *Forge
	c     *client
	store collect.Store
	o     collect.SyncOptions
	now   time.Time // the window's end
	from  time.Time // the window's beginning

	scopes   []*scope
	projects []*repository // by number
	byID     map[int64]*repository
	listed   bool           // the projects were listed
	teams    collect.Cursor // of the last run

	mu       sync.Mutex
	report   collect.Report
	counts   map[string]int // notes that count projects
	progress collect.Progress
	failed   map[int64]map[collect.Kind]bool // kinds that are incomplete: their cursors stay
}

// scope is a group, with everything below it, or a project outside of the groups.
type scope struct {
	base    string // "groups/acme" or "projects/7", below /api/v4/
	name    string
	group   bool
	members []*repository
}

// repository is a project that is collected.
type repository struct {
	*project
	cursors map[collect.Kind]collect.Cursor
	// was is the project as the store has it; zero if it is new.
	was collect.Repository
	// moved means that this run saw it change.
	moved bool
	// had lists the kinds with facts in the store when the run began.
	had map[collect.Kind]bool
	// whole means that this run read all requests of the window, and dropped all other changes.
	whole bool
	// requestsSince is from when on this run has read its requests without a fault.
	requestsSince time.Time
	// mute means that it refuses to show deployments.
	mute bool
	// landed are the SHAs that requests put on branches, as far as this run saw.
	landed map[string]bool
}

// Sync implements collect.Forge.
func (f *Forge) Sync(ctx context.Context, s collect.Store, o collect.SyncOptions) (collect.Report, error) {
	r := &syncer{
		f: f, store: s, o: o, now: o.Window.To.UTC(), from: o.Window.From.UTC(),
		byID: map[int64]*repository{}, counts: map[string]int{}, failed: map[int64]map[collect.Kind]bool{},
		report: collect.Report{Source: f.name},
	}
	var err error
	if r.c, err = f.newClient(); err == nil {
		err = r.runPhases(ctx)
	}
	return r.makeReport(err)
}

// runPhases runs the phases in the order of their needs: requests before commits, since commits
// belong to a request or not.
func (r *syncer) runPhases(ctx context.Context) error {
	for _, phase := range []func(context.Context) error{
		r.findProjects, r.readTeams, r.readIncidents, r.readDeployments, r.readRequests, r.readCommits, r.readDORA,
	} {
		if err := phase(ctx); err != nil {
			return err
		}
	}
	return nil
}

// makeReport makes the report. The end of the budget is not an error of the run: the facts are
// saved, and the report shows how far they reach.
func (r *syncer) makeReport(err error) (collect.Report, error) {
	rep := &r.report
	if r.c != nil {
		stats := r.c.transport.Stats()
		rep.Requests, rep.Retries = stats.Requests, stats.Retries
		rep.Budget = collect.Budget{Limit: stats.Limit, Left: stats.Left, Reset: stats.Reset}
		rep.Pages, rep.Items = int(r.c.pages.Load()), int(r.c.items.Load())
	}
	rep.Until = r.knownUntil()
	var budget *rest.BudgetError
	if errors.As(err, &budget) {
		rep.Gaps = append(rep.Gaps, fact.Gap{
			Source: r.f.name, From: rep.Until, To: r.now, Reason: budget.Error(),
			Next: "the next run goes on from here; allow more requests, or keep less of the rate limit, to reach the end in one",
		})
		err = nil
	}
	for _, text := range sortedKeys(r.counts) {
		rep.Notes = append(rep.Notes, fmt.Sprintf("%s: %d", text, r.counts[text]))
	}
	slices.Sort(rep.Notes)
	slices.SortFunc(rep.Gaps, func(a, b fact.Gap) int {
		return cmp.Or(cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.Reason, b.Reason), a.From.Compare(b.From))
	})
	if err != nil {
		rep.Gaps = append(rep.Gaps, fact.Gap{
			Source: r.f.name, From: rep.Until, To: r.now, Reason: err.Error(), Next: "see the error of the run",
		})
		err = fmt.Errorf("gitlab %s: %w", r.f.name, err)
	}
	return *rep, err
}

// knownUntil returns the oldest end of the projects' cursors: the end of the window unless the
// run was cut short.
func (r *syncer) knownUntil() time.Time {
	if !r.listed {
		return time.Time{}
	}
	until := r.now
	for _, p := range r.projects {
		for _, kind := range r.f.factKinds() {
			if kind == collect.Deployments && (p.mute || p.withoutCI(&r.f.o)) {
				continue
			}
			to := p.cursors[kind].To
			if to.Before(r.from) {
				to = r.from // nothing of the window was read
			}
			if to.Before(until) {
				until = to
			}
		}
	}
	return until
}

// factKinds returns the kinds of facts that the options ask for.
func (f *Forge) factKinds() []collect.Kind {
	kinds := []collect.Kind{collect.Commits, collect.Changes, collect.Deployments}
	if len(f.o.IncidentTypes)+len(f.o.IncidentLabels) > 0 {
		kinds = append(kinds, collect.Incidents)
	}
	return kinds
}

// isValid reports whether a cursor holds for this run, so that only newer facts are asked for.
func (r *syncer) isValid(c collect.Cursor, rule string) bool {
	return !r.o.Full && c.Rule == rule && !c.To.IsZero() && !c.From.After(r.from)
}

// isDone reports whether a cursor reaches the run's now: an earlier run for the same now was
// cut short after it, and this one goes on there.
func (r *syncer) isDone(c collect.Cursor, rule string) bool {
	return r.isValid(c, rule) && !c.To.Before(r.now)
}

// readFrom returns the start of what is read after a cursor that ends at to.
func (r *syncer) readFrom(to time.Time) time.Time {
	if to.After(r.now) {
		to = r.now // an earlier run's now was later
	}
	if s := to.Add(-overlap); s.After(r.from) {
		return s
	}
	return r.from
}

// newCursor returns a cursor up to a time. It begins with the window or, if the stored data
// reach back further without a gap, with those.
func (r *syncer) newCursor(p *repository, kind collect.Kind, rule string, to time.Time, mark string) collect.Cursor {
	from := r.from
	if old := p.cursors[kind]; old.Rule == rule && old.From.Before(from) && !old.To.Before(from) {
		from = old.From
	}
	return collect.Cursor{Repository: p.ID, Kind: kind, Rule: rule, From: from, To: to, Mark: mark}
}

// saveBatch saves a batch and then moves the cursors of this run.
func (r *syncer) saveBatch(ctx context.Context, b collect.Batch) error {
	if err := r.store.Put(ctx, r.f.name, b); err != nil {
		return storeError{fmt.Errorf("saving to the store: %w", err)}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range b.Cursors {
		if p := r.byID[c.Repository]; p != nil {
			p.cursors[c.Kind] = c
		}
	}
	return nil
}

// storeError ends the run: nothing can be saved any more.
type storeError struct{ error }

func (e storeError) Unwrap() error { return e.error }

// addGap records missing facts of a project; p nil: of the whole source.
func (r *syncer) addGap(p *repository, kind collect.Kind, reason, next string) {
	g := fact.Gap{Source: r.f.name, From: r.from, To: r.now, Reason: reason, Next: next}
	r.mu.Lock()
	defer r.mu.Unlock()
	if p != nil {
		g.Repository = p.Path
		if to := p.cursors[kind].To; to.After(r.from) {
			g.From = to
		}
		if r.failed[p.ID] == nil {
			r.failed[p.ID] = map[collect.Kind]bool{}
		}
		r.failed[p.ID][kind] = true
	}
	r.report.Gaps = append(r.report.Gaps, g)
}

func (r *syncer) hasFailed(p *repository, kind collect.Kind) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.failed[p.ID][kind]
}

func (r *syncer) addNote(format string, args ...any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.report.Notes = append(r.report.Notes, fmt.Sprintf(format, args...))
}

// countItems notes a thing that concerns many projects, once.
func (r *syncer) countItems(what string, n int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts[what] += n
}

// beginPhase begins a phase of so many projects.
func (r *syncer) beginPhase(phase string, total int) {
	r.mu.Lock()
	r.progress = collect.Progress{Source: r.f.name, Phase: phase, Total: total}
	r.mu.Unlock()
	r.reportStep(0)
}

// reportStep reports that n more projects of the phase are done.
func (r *syncer) reportStep(n int) {
	if r.o.Progress == nil {
		return
	}
	stats := r.c.transport.Stats()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.progress.Done += n
	r.progress.Requests = stats.Requests
	r.progress.Budget = collect.Budget{Limit: stats.Limit, Left: stats.Left, Reset: stats.Reset}
	r.o.Progress(r.progress)
}

// forEach calls do for every item, some at a time. The first error that ends the run
// stops it and is returned; other errors are handed to failed.
func forEach[T any](ctx context.Context, items []T, do func(context.Context, T) error, failed func(T, error)) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan T)
	var wg sync.WaitGroup
	for range min(workers, len(items)) {
		wg.Go(func() {
			for item := range next {
				err := do(ctx, item)
				var store storeError
				switch {
				case err == nil:
				case isFatal(ctx, err) || errors.As(err, &store):
					cancel(err)
				default:
					failed(item, err)
				}
			}
		})
	}
feeding:
	for _, item := range items {
		select {
		case next <- item:
		case <-ctx.Done():
			break feeding
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
