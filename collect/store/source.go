package store

import (
	"cmp"
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// SourceOptions configures how a build reads a forge's facts.
type SourceOptions struct {
	// Stale is how long before the window's end the last collection may have ended without a
	// gap; 0 means a day.
	Stale time.Duration
}

// Source returns a source for a build: the facts in the store with At inside the window. A
// forge that was never collected is ErrNeverCollected and a gap.
func (s *Store) Source(name string, o SourceOptions) collect.Source {
	return &source{store: s, name: name, stale: cmp.Or(o.Stale, 24*time.Hour)}
}

type source struct {
	store *Store
	name  string
	stale time.Duration
}

func (s *source) Name() string { return s.name }

// Collect reads one state of the store, even while another process writes. Facts are ordered by
// repository name, time and ID. A damaged store returns no facts at all, because some of them
// could be mistaken for all.
func (s *source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	r := &storeReader{ctx: ctx, name: s.name, window: w}
	err := s.store.transact(ctx, func(tx *sql.Tx) (err error) {
		r.tx = tx
		if r.source, err = findSource(ctx, tx, s.name); err != nil || r.source == 0 {
			return err
		}
		return r.readAll(s.stale)
	})
	switch {
	case err != nil:
		out := fact.Events{Gaps: []fact.Gap{r.newGap(w.From, w.To, "its facts could not be read from the store",
			"see the log of the run")}}
		return out, s.store.readError("facts of "+s.name, err)
	case r.source == 0:
		out := fact.Events{Gaps: []fact.Gap{r.newGap(w.From, w.To, "never collected", "run ip3dp collect")}}
		return out, fmt.Errorf("source %s: %w: run ip3dp collect", s.name, ErrNeverCollected)
	}
	return r.out, nil
}

// storeReader is the state of one Collect.
type storeReader struct {
	ctx    context.Context
	tx     *sql.Tx
	source int64
	name   string
	window collect.Window
	// repositories are ordered by their current name, after number 0.
	repositories []collect.Repository
	out          fact.Events
}

func (r *storeReader) readAll(stale time.Duration) (err error) {
	if err := r.readRepositories(); err != nil {
		return err
	}
	if r.out.Teams, err = storedTeams(r.ctx, r.tx, r.source, r.name); err != nil {
		return err
	}
	if r.out.Commits, err = readFacts(r, commits); err != nil {
		return err
	}
	if r.out.Changes, err = readFacts(r, changes); err != nil {
		return err
	}
	if r.out.Deployments, err = readFacts(r, deployments); err != nil {
		return err
	}
	if r.out.Incidents, err = readFacts(r, incidents); err != nil {
		return err
	}
	if err := r.addCoverage(); err != nil {
		return err
	}
	return r.readReport(stale)
}

func (r *storeReader) readRepositories() error {
	list, err := storedRepositories(r.ctx, r.tx, r.source, allRepositories)
	if err != nil {
		return err
	}
	tally := fact.Import{Source: r.name, Kind: string(collect.Repositories), Read: len(list), Used: len(list)}
	tally.Notes = renameDuplicates(list)
	r.out.Imports = append(r.out.Imports, tally)
	slices.SortFunc(list, func(a, b collect.Repository) int {
		return cmp.Or(cmp.Compare(a.Name, b.Name), cmp.Compare(a.ID, b.ID))
	})
	for _, repo := range list {
		r.out.Repositories = append(r.out.Repositories, repo.Repository)
	}
	r.repositories = append([]collect.Repository{{}}, list...)
	return nil
}

// renameDuplicates gives repositories with the same name different ones, so that their facts do
// not mix. The repository that still exists keeps the name, or else the newest one; the others
// get their number appended. The notes list repositories that were renamed, deleted or
// archived.
func renameDuplicates(list []collect.Repository) (notes []string) {
	bearer := map[string]*collect.Repository{}
	for i := range list {
		repo := &list[i]
		if has := bearer[repo.Name]; has == nil || has.Gone.IsZero() == repo.Gone.IsZero() || repo.Gone.IsZero() {
			bearer[repo.Name] = repo // by number, so the later one is newer
		}
	}
	archived := 0
	for i := range list {
		repo := &list[i]
		if bearer[repo.Name] != repo {
			number := strconv.FormatInt(repo.ID, 10)
			notes = append(notes, repo.Name+" names two repositories: number "+number+" is shown as "+repo.Name+"~"+number)
			repo.Name += "~" + number
		}
		// A name of another repository no longer leads to this one.
		repo.Former = slices.DeleteFunc(repo.Former, func(name string) bool { return bearer[name] != nil })
		if !repo.Gone.IsZero() {
			notes = append(notes, repo.Name+" is gone from the forge since "+repo.Gone.Format(time.DateOnly)+": its history is kept")
		}
		if len(repo.Former) > 0 {
			notes = append(notes, repo.Name+" was "+repo.Former[len(repo.Former)-1]+": its history is kept")
		}
		if repo.Archived {
			archived++
		}
	}
	if archived > 0 {
		notes = append(notes, "archived: "+strconv.Itoa(archived))
	}
	return notes
}

// readFacts reads one kind, repository after repository.
func readFacts[T any](r *storeReader, k factKind[T]) ([]T, error) {
	list, err := r.tx.PrepareContext(r.ctx, `SELECT id, at, open, body, sum FROM facts
		WHERE source = ? AND kind = ? AND repository = ? AND at >= ? ORDER BY at, id`)
	if err != nil {
		return nil, err
	}
	defer list.Close() // the transaction closes it too
	var out []T
	tally := fact.Import{Source: r.name, Kind: string(k.name)}
	for i := range r.repositories {
		repo := &r.repositories[i]
		rows, err := list.QueryContext(r.ctx, r.source, k.id, repo.ID, unixMicros(r.window.From))
		if err != nil {
			return nil, err
		}
		if out, err = appendFacts(r, k, repo, rows, &tally, out); err != nil {
			return nil, err
		}
	}
	if tally.Read > 0 {
		r.out.Imports = append(r.out.Imports, tally)
	}
	return out, nil
}

// afterWindow is the reason for leaving out facts after the window.
const afterWindow = "dated after the end of the window"

// appendFacts appends the facts of one repository.
func appendFacts[T any](r *storeReader, k factKind[T], repo *collect.Repository, rows *sql.Rows, tally *fact.Import,
	out []T) ([]T,
	error,
) {
	defer rows.Close() // rows.Err has the error
	end := unixMicros(r.window.To)
	if r.window.To.IsZero() {
		end = 1<<63 - 1
	}
	var id string
	var at, sum int64
	var open bool
	var body sql.RawBytes
	for rows.Next() {
		if err := scanRow(r.ctx, rows, &id, &at, &open, &body, &sum); err != nil {
			return nil, err
		}
		if sum != checksum(k.id, repo.ID, at, open, id, body) {
			return nil, fmt.Errorf("%w: %s of %s: %s", errRow, k.name, repo.Name, id)
		}
		tally.Read++
		if at >= end {
			if len(tally.Rejected) == 0 {
				tally.Rejected = []fact.Rejected{{Reason: afterWindow, Class: fact.ByRule}}
			}
			tally.Rejected[0].Count++
			continue
		}
		f, err := k.unpack(body, r.name, repo.Name, id)
		if err != nil {
			return nil, fmt.Errorf("%w: %s of %s: %s: %w", errRow, k.name, repo.Name, id, err)
		}
		out = append(out, f)
		countUsed(tally, time.UnixMicro(at).UTC())
	}
	return out, rows.Err()
}

func countUsed(tally *fact.Import, at time.Time) {
	if tally.Used == 0 || at.Before(tally.First) {
		tally.First = at
	}
	if tally.Used == 0 || at.After(tally.Last) {
		tally.Last = at
	}
	tally.Used++
}

// addCoverage converts cursors to coverage. A cursor of the whole source applies to every
// repository without its own, and to a deleted one until its deletion.
func (r *storeReader) addCoverage() error {
	cursors, err := storedCursors(r.ctx, r.tx, r.source)
	if err != nil {
		return err
	}
	type key struct {
		repository int64
		kind       collect.Kind
	}
	by := map[key]collect.Cursor{}
	for _, c := range cursors {
		by[key{c.Repository, c.Kind}] = c
	}
	for _, repo := range r.repositories[1:] {
		for _, k := range []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents} {
			c, own := by[key{repo.ID, k}]
			if !own {
				c = by[key{0, k}]
			}
			from, to := c.From, c.To
			if from.Before(r.window.From) {
				from = r.window.From
			}
			for _, end := range []time.Time{r.window.To, repo.Gone} {
				if !end.IsZero() && to.After(end) {
					to = end
				}
			}
			if c.From.IsZero() || !from.Before(to) {
				continue
			}
			r.out.Coverage = append(r.out.Coverage, fact.Coverage{
				Source: r.name, Repository: repo.Name, Kind: string(k), From: from, To: to,
			})
		}
	}
	return nil
}

// readReport adds the gaps and checks of the last collection, and a gap for its age.
func (r *storeReader) readReport(stale time.Duration) error {
	report, at, err := lastReport(r.ctx, r.tx, r.name)
	if err != nil {
		return err
	}
	w := r.window
	if at.IsZero() {
		r.out.Gaps = append(r.out.Gaps, r.newGap(w.From, w.To, "the first collection has not ended", "run ip3dp collect"))
		return nil
	}
	for _, g := range report.Gaps {
		if !w.To.IsZero() && !g.From.Before(w.To) || !g.To.IsZero() && !g.To.After(w.From) {
			continue // of another time
		}
		g.Source = r.name
		r.out.Gaps = append(r.out.Gaps, g)
	}
	for _, c := range report.Check {
		c.Source = r.name
		r.out.Checks = append(r.out.Checks, c)
	}
	r.addAgeGap(report.Until, stale)
	return nil
}

// addAgeGap adds a gap for the time since the last collection, unless the report has one.
func (r *storeReader) addAgeGap(until time.Time, stale time.Duration) {
	w := r.window
	reason := "last collected until " + until.UTC().Format(time.DateOnly)
	if until.Before(w.From) {
		until, reason = w.From, "nothing of this time could be collected so far"
	}
	told := slices.ContainsFunc(r.out.Gaps, func(g fact.Gap) bool {
		return g.Repository == "" && !g.From.After(until) && !g.To.Before(w.To)
	})
	if w.To.Sub(until) > stale && !told {
		r.out.Gaps = append(r.out.Gaps, r.newGap(until, w.To, reason, "run ip3dp collect"))
	}
}

func (r *storeReader) newGap(from, to time.Time, reason, next string) fact.Gap {
	return fact.Gap{Source: r.name, From: from, To: to, Reason: reason, Next: next}
}
