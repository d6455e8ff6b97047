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

// SourceOptions say how a build reads a forge's facts.
type SourceOptions struct {
	// Stale is how long before the window's end the last collection may have ended
	// and still count as made for this run; 0 means a day.
	Stale time.Duration
}

// Source is a forge as a build reads it: the facts in the store whose At lies in
// the window. A forge that was never collected is ErrNeverCollected and a gap.
func (s *Store) Source(name string, o SourceOptions) collect.Source {
	return &source{store: s, name: name, stale: cmp.Or(o.Stale, 24*time.Hour)}
}

type source struct {
	store *Store
	name  string
	stale time.Duration
}

func (s *source) Name() string { return s.name }

// Collect reads one state of the store, even while another process writes. Facts
// come by repository name, time and ID. From a damaged store comes none at all:
// part of them could pass for the whole.
func (s *source) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	r := &reading{ctx: ctx, name: s.name, window: w}
	err := s.store.transact(ctx, func(tx *sql.Tx) (err error) {
		r.tx = tx
		if r.source, err = find(ctx, tx, s.name); err != nil || r.source == 0 {
			return err
		}
		return r.read(s.stale)
	})
	switch {
	case err != nil:
		out := fact.Events{Gaps: []fact.Gap{r.gap(w.From, w.To, "its facts could not be read from the store",
			"see the log of the run")}}
		return out, s.store.unreadable("facts of "+s.name, err)
	case r.source == 0:
		out := fact.Events{Gaps: []fact.Gap{r.gap(w.From, w.To, "never collected", "run ip3dp collect")}}
		return out, fmt.Errorf("source %s: %w: run ip3dp collect", s.name, ErrNeverCollected)
	}
	return r.out, nil
}

// reading is one Collect.
type reading struct {
	ctx    context.Context
	tx     *sql.Tx
	source int64
	name   string
	window collect.Window
	// repositories by the name they are served under, and number 0 as the first.
	repositories []collect.Repository
	out          fact.Events
}

func (r *reading) read(stale time.Duration) (err error) {
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
	if err := r.cover(); err != nil {
		return err
	}
	return r.readReport(stale)
}

func (r *reading) readRepositories() error {
	list, err := storedRepositories(r.ctx, r.tx, r.source, all)
	if err != nil {
		return err
	}
	tally := fact.Import{Source: r.name, Kind: string(collect.Repositories), Read: len(list), Used: len(list)}
	tally.Notes = distinguish(list)
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

// distinguish gives repositories that bear one name different ones, so that their
// facts do not mix: the name is that of the one which is there, or else the
// newest; the others get their number behind it. What was renamed, left behind or
// put away is told in the notes.
func distinguish(list []collect.Repository) (notes []string) {
	bearer := map[string]*collect.Repository{}
	for i := range list {
		repo := &list[i]
		if has := bearer[repo.Name]; has == nil || has.Gone.IsZero() == repo.Gone.IsZero() || repo.Gone.IsZero() {
			bearer[repo.Name] = repo // by number, so the later one is the newer one
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
		// A name that another repository bears now no longer leads to this one.
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
func readFacts[T any](r *reading, k kind[T]) ([]T, error) {
	list, err := r.tx.PrepareContext(r.ctx, `SELECT id, at, open, body, sum FROM facts
		WHERE source = ? AND kind = ? AND repository = ? AND at >= ? ORDER BY at, id`)
	if err != nil {
		return nil, err
	}
	defer list.Close() // the transaction closes it, too
	var out []T
	tally := fact.Import{Source: r.name, Kind: string(k.name)}
	for i := range r.repositories {
		repo := &r.repositories[i]
		rows, err := list.QueryContext(r.ctx, r.source, k.id, repo.ID, micros(r.window.From))
		if err != nil {
			return nil, err
		}
		if out, err = scan(r, k, repo, rows, &tally, out); err != nil {
			return nil, err
		}
	}
	if tally.Read > 0 {
		r.out.Imports = append(r.out.Imports, tally)
	}
	return out, nil
}

// late is why facts after the window are left out.
const late = "dated after the end of the window"

// scan appends the facts of one repository.
func scan[T any](r *reading, k kind[T], repo *collect.Repository, rows *sql.Rows, tally *fact.Import, out []T) ([]T,
	error,
) {
	defer rows.Close() // rows.Err says it
	end := micros(r.window.To)
	if r.window.To.IsZero() {
		end = 1<<63 - 1
	}
	var id string
	var at, sum int64
	var open bool
	var body sql.RawBytes
	for rows.Next() {
		if err := take(r.ctx, rows, &id, &at, &open, &body, &sum); err != nil {
			return nil, err
		}
		if sum != checksum(k.id, repo.ID, at, open, id, body) {
			return nil, fmt.Errorf("%w: %s of %s: %s", errRow, k.name, repo.Name, id)
		}
		tally.Read++
		if at >= end {
			if len(tally.Rejected) == 0 {
				tally.Rejected = []fact.Rejected{{Reason: late, ByRule: true}}
			}
			tally.Rejected[0].Count++
			continue
		}
		f, err := k.unpack(body, r.name, repo.Name, id)
		if err != nil {
			return nil, fmt.Errorf("%w: %s of %s: %s: %w", errRow, k.name, repo.Name, id, err)
		}
		out = append(out, f)
		use(tally, time.UnixMicro(at).UTC())
	}
	return out, rows.Err()
}

func use(tally *fact.Import, at time.Time) {
	if tally.Used == 0 || at.Before(tally.First) {
		tally.First = at
	}
	if tally.Used == 0 || at.After(tally.Last) {
		tally.Last = at
	}
	tally.Used++
}

// cover turns cursors into coverage. A cursor of the whole source stands for every
// repository that has none of its own, and for one that is gone, until it went.
func (r *reading) cover() error {
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

// readReport adds what the last collection said of itself, and what there is to
// say of its age.
func (r *reading) readReport(stale time.Duration) error {
	report, at, err := lastReport(r.ctx, r.tx, r.name)
	if err != nil {
		return err
	}
	w := r.window
	if at.IsZero() {
		r.out.Gaps = append(r.out.Gaps, r.gap(w.From, w.To, "the first collection has not ended", "run ip3dp collect"))
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
	r.age(report.Until, stale)
	return nil
}

// age tells of the time since what was last known, unless the last collection has
// told already why it knew no more.
func (r *reading) age(until time.Time, stale time.Duration) {
	w := r.window
	reason := "last collected until " + until.UTC().Format(time.DateOnly)
	if until.Before(w.From) {
		until, reason = w.From, "nothing of this time could be collected so far"
	}
	told := slices.ContainsFunc(r.out.Gaps, func(g fact.Gap) bool {
		return g.Repository == "" && !g.From.After(until) && !g.To.Before(w.To)
	})
	if w.To.Sub(until) > stale && !told {
		r.out.Gaps = append(r.out.Gaps, r.gap(until, w.To, reason, "run ip3dp collect"))
	}
}

func (r *reading) gap(from, to time.Time, reason, next string) fact.Gap {
	return fact.Gap{Source: r.name, From: from, To: to, Reason: reason, Next: next}
}
