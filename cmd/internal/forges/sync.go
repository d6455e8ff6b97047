package forges

import (
	"context"
	"errors"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"
)

// Synced describes what the Sync of one forge did.
type Synced struct {
	config.Forge
	Report collect.Report
	At     time.Time
	Err    error
	Took   time.Duration
}

// Syncer brings the store up to date.
type Syncer struct {
	Setup    *sources.Setup
	Open     func(config.Forge) (collect.Forge, error)
	Clock    func() time.Time
	Full     bool // reads everything again
	Progress func(collect.Progress)
	// Damaged is called if the store was damaged and renamed to aside.
	Damaged func(aside string, err error)
}

// Run reads forges into the store. An error is about the store or the end of the context;
// the entry of a forge has its own.
func (s *Syncer) Run(ctx context.Context, forges []config.Forge) (list []Synced, err error) {
	db, err := s.openStore(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cause := db.Close(); cause != nil && err == nil {
			err = sources.NewStoreFailure(cause)
		}
	}()
	list = make([]Synced, len(forges))
	var wait sync.WaitGroup
	for _, group := range byHost(forges) {
		wait.Go(func() {
			for _, i := range group {
				list[i] = s.syncOne(ctx, db, forges[i])
			}
		})
	}
	wait.Wait()
	if ctx.Err() != nil {
		return list, context.Cause(ctx)
	}
	for i := range list {
		if isStoreError(list[i].Err) {
			return list, sources.NewStoreFailure(list[i].Err)
		}
	}
	return list, nil
}

// byHost groups forges by their host, as indexes. Those of one host are read one after the
// other, because they may share a limit.
func byHost(list []config.Forge) [][]int {
	var groups [][]int
	place := map[string]int{}
	for i := range list {
		g, seen := place[list[i].Host()]
		if !seen {
			g = len(groups)
			place[list[i].Host()] = g
			groups = append(groups, nil)
		}
		groups[g] = append(groups[g], i)
	}
	return groups
}

// openStore opens the store for writing. A damaged one is put aside: that only costs reading
// the forges again.
func (s *Syncer) openStore(ctx context.Context) (*store.Store, error) {
	file := s.Setup.Store
	db, err := store.Open(ctx, store.Options{File: file})
	if errors.Is(err, store.ErrDamaged) {
		aside := file + ".damaged"
		if moved := putAside(file, aside); moved != nil {
			return nil, sources.NewStoreFailure(errors.Join(err, moved))
		}
		s.Damaged(aside, err)
		db, err = store.Open(ctx, store.Options{File: file})
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, sources.NewStoreFailure(err)
	}
	return db, nil
}

// putAside renames a store. What SQLite keeps beside it goes: a log of another
// file would be taken for the new one's.
func putAside(file, aside string) error {
	for _, suffix := range []string{"-wal", "-shm", "-journal"} {
		if err := os.Remove(file + suffix); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return os.Rename(file, aside)
}

// syncOne reads one forge, keeps its report, and drops data too old to be shown.
func (s *Syncer) syncOne(ctx context.Context, db *store.Store, f config.Forge) Synced {
	began := s.Clock()
	window := s.Setup.Window(f.Days)
	out := Synced{Forge: f, At: s.Setup.AsOf}
	out.Report.Source = f.Name
	last, _, _, err := db.LastReport(ctx, f.Name)
	if err == nil {
		var forge collect.Forge
		if forge, err = s.Open(f); err == nil {
			out.Report, err = forge.Sync(ctx, db, collect.SyncOptions{Window: window, Full: s.Full, Progress: s.Progress})
			out.Report.Source = f.Name
		}
	}
	out.Err, out.Took = err, s.Clock().Sub(began)
	switch {
	case isStoreError(err):
		return out
	case err != nil:
		out.Report = afterFailure(out.Report, last, window, err)
	case out.Report.Until.IsZero():
		out.Report.Until = window.To
	}
	// A run that ends still records what it did.
	if err := db.PutReport(context.WithoutCancel(ctx), f.Name, s.Setup.AsOf, out.Report); err != nil {
		out.Err = errors.Join(out.Err, err)
		return out
	}
	if out.Err == nil {
		_, out.Err = db.Retain(ctx, f.Name, s.Setup.AsOf.AddDate(0, 0, -s.Setup.Config.History.Days))
	}
	return out
}

// afterFailure returns the report of a Sync that failed. The facts from before still
// hold, and a gap with the reason begins at their end. Until stays zero without such facts. Gaps of
// the forge about the end of the window are removed: texts of errors may name hosts, which
// are not published, and the forge does not have the facts from before.
func afterFailure(r, last collect.Report, window collect.Window, err error) collect.Report {
	r.Gaps = slices.DeleteFunc(slices.Clone(r.Gaps), func(g fact.Gap) bool {
		return g.Repository == "" && !g.To.Before(window.To)
	})
	if r.Until.IsZero() {
		r.Until = last.Until
		for _, g := range last.Gaps {
			if g.Repository != "" || g.From.Before(last.Until) { // not why an earlier night failed
				r.Gaps = append(r.Gaps, g)
			}
		}
		r.Check = append(r.Check, last.Check...)
	}
	from := r.Until
	if from.Before(window.From) {
		from = window.From
	}
	gap := fact.Gap{
		Source: r.Source, From: from, To: window.To, Reason: "the collection failed",
		Next: "see the log of the run",
	}
	switch {
	case errors.Is(err, collect.ErrCredentials):
		gap.Reason, gap.Next = "the credentials are missing or were refused", `run "ip3dp doctor", which explains it`
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		gap.Reason, gap.Next = "the collection was interrupted", "run ip3dp collect, which goes on from there"
	}
	r.Gaps = append(r.Gaps, gap)
	return r
}

// isStoreError reports whether an error is about the store rather than the forge.
func isStoreError(err error) bool {
	return errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrLocked) ||
		errors.Is(err, store.ErrMissing)
}
