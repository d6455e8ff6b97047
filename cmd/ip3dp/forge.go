package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// chosen are the forges of those names; all of them if there is no name.
func chosen(list []config.Forge, names []string) ([]config.Forge, error) {
	if len(names) == 0 {
		return list, nil
	}
	var out []config.Forge
	for _, name := range names {
		i := slices.IndexFunc(list, func(f config.Forge) bool { return f.Name == name })
		if i < 0 {
			known := make([]string, len(list))
			for k := range list {
				known[k] = list[k].Name
			}
			return nil, exit.BadInput("configured are: "+strings.Join(known, ", "), "--source: no forge is named %q", name)
		}
		out = append(out, list[i])
	}
	return out, nil
}

// forgeWindow is what a forge is asked for. What is older than the history is not: the
// store would drop it, and the next night would ask again.
func forgeWindow(w *workspace.Workspace, f *config.Forge) collect.Window {
	days := min(f.Days, w.Config.History.Days)
	return collect.Window{From: w.AsOf.AddDate(0, 0, -days), To: w.AsOf}
}

// token reads a credential from the environment. Its error wraps
// collect.ErrCredentials and names the variable.
func (p *program) token(name string) (string, error) {
	value := strings.TrimSpace(p.env.Get(name))
	if value == "" {
		return "", fmt.Errorf("the environment variable %s is not set: %w", name, collect.ErrCredentials)
	}
	return value, nil
}

// storeFailure is the failure that a store which cannot be opened or read is.
func storeFailure(err error) error {
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

// forgeSources are the forges as a build reads them: from the store.
func forgeSources(w *workspace.Workspace) []source {
	var list []source
	for _, f := range w.Config.Forges() {
		list = append(list, source{
			Source: &storedForge{name: f.Name}, kind: f.Kind.Table,
			setting: f.Kind.Table + " " + f.Name, files: []string{w.StoreFile()},
		})
	}
	return list
}

// storedForge is a forge's facts in the store.
type storedForge struct {
	name  string
	store *store.Store // set by readStore while sources are read
}

// Name is the forge's name in config.toml.
func (f *storedForge) Name() string { return f.name }

// Collect reads the facts and how fresh they are.
func (f *storedForge) Collect(ctx context.Context, w collect.Window) (fact.Events, error) {
	events, err := f.store.Source(f.name, store.SourceOptions{}).Collect(ctx, w)
	if err != nil {
		return events, err
	}
	report, at, ok, err := f.store.LastReport(ctx, f.name)
	if err != nil || !ok {
		return events, err
	}
	events.Syncs = append(events.Syncs, syncOf(f.name, report, at))
	if report.Until.IsZero() && len(events.Coverage) == 0 {
		why := "nothing could be read so far"
		if len(events.Gaps) > 0 {
			why = events.Gaps[0].Reason
		}
		return events, fmt.Errorf("%w: %s", store.ErrNeverCollected, why)
	}
	return events, nil
}

// syncOf is what a report says of a source's freshness.
func syncOf(name string, r collect.Report, at time.Time) fact.Sync {
	return fact.Sync{
		Source: name, At: at, Until: r.Until,
		Requests: r.Requests, Retries: r.Retries, Pages: r.Pages, Items: r.Items,
		Limit: r.Budget.Limit, Left: r.Budget.Left, Notes: r.Notes,
	}
}

// readStore opens the store for the forges among the sources, if there are any,
// until the returned function is called.
func readStore(ctx context.Context, w *workspace.Workspace, list []source) (done func(), err error) {
	var stored []*storedForge
	for i := range list {
		if f, ok := list[i].Source.(*storedForge); ok {
			stored = append(stored, f)
		}
	}
	if len(stored) == 0 {
		return func() {}, nil
	}
	s, err := store.Open(ctx, store.Options{File: w.StoreFile(), ReadOnly: true})
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, storeFailure(err)
	}
	for _, f := range stored {
		f.store = s
	}
	return func() {
		s.Close() // read only
	}, nil
}
