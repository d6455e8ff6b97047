package sources

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"
)

// NewStoreFailure returns the failure of a run whose store cannot be opened or read.
func NewStoreFailure(err error) error {
	next := ""
	switch {
	case errors.Is(err, store.ErrLocked):
		return &exit.Failure{Code: exit.Locked, Err: err, Next: "wait until the other run has ended"}
	case errors.Is(err, store.ErrMissing):
		next = `run "ip3dp collect", which reads the forges into it, or "ip3dp run", which also builds`
	case errors.Is(err, store.ErrDamaged):
		next = `run "ip3dp collect": it puts the damaged file aside and reads the forges again`
	case errors.Is(err, store.ErrNewer):
		next = "upgrade ip3dp, or move the file away and run \"ip3dp collect\""
	}
	return &exit.Failure{Code: exit.StoreUnreadable, Err: err, Next: next}
}

// storedSources returns the forges of a kind as a build reads them: from the store.
func storedSources(s *Setup, kind *config.Kind) []Source {
	var list []Source
	for _, f := range s.Config.Forges() {
		if f.Kind == kind {
			list = append(list, Source{
				Source: &stored{name: f.Name}, Setting: kind.Table + " " + f.Name, Files: []string{s.Store},
			})
		}
	}
	return list
}

// stored is a forge's facts in the store.
type stored struct {
	name  string
	store *store.Store // set by openStore while sources are read
}

// Name returns the forge's name in config.toml.
func (f *stored) Name() string { return f.name }

// Collect reads the facts and how fresh they are.
func (f *stored) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	events, err := f.store.Source(f.name, store.SourceOptions{}).Collect(ctx, w)
	if err != nil {
		return events, err
	}
	report, at, ok, err := f.store.LastReport(ctx, f.name)
	if err != nil || !ok {
		return events, err
	}
	events.Syncs = append(events.Syncs, NewSync(f.name, report, at))
	if report.Until.IsZero() && len(events.Coverage) == 0 {
		why := "nothing could be read so far"
		if len(events.Gaps) > 0 {
			why = events.Gaps[0].Reason
		}
		return events, fmt.Errorf("%w: %s", store.ErrNeverCollected, why)
	}
	return events, nil
}

// NewSync returns the freshness of a forge's facts, from the report of its last
// collection.
func NewSync(name string, r collect.Report, at time.Time) fact.Sync {
	return fact.Sync{
		Source: name, At: at, Until: r.Until,
		Requests: r.Requests, Retries: r.Retries, Pages: r.Pages, Items: r.Items,
		Limit: r.Budget.Limit, Left: r.Budget.Left, Notes: r.Notes,
	}
}

// openStore opens the store for the forges among the sources, if there are any. The
// returned function closes it.
func openStore(ctx context.Context, file string, list []Source) (done func(), err error) {
	var forges []*stored
	for i := range list {
		if f, ok := list[i].Source.(*stored); ok {
			forges = append(forges, f)
		}
	}
	if len(forges) == 0 {
		return func() {}, nil
	}
	s, err := store.Open(ctx, store.Options{File: file, ReadOnly: true})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, NewStoreFailure(err)
	}
	for _, f := range forges {
		f.store = s
	}
	return func() {
		s.Close() // read only
	}, nil
}
