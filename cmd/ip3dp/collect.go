package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/text"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// collectFlags are the flags of collect; run has them, too.
type collectFlags struct {
	full    bool
	sources []string
}

func (f *collectFlags) add(c *cobra.Command) {
	c.Flags().BoolVar(&f.full, "full", false, "ask for everything again, whatever the store has; what the forge no "+
		"longer has is dropped")
	c.Flags().StringArrayVar(&f.sources, "source", nil, "read only the forge of this `name`; may be given several times")
}

func (p *program) collectCommand() *cobra.Command {
	var f collectFlags
	c := &cobra.Command{
		Use:   "collect",
		Short: "Read the forges into the store",
		Long: `collect asks the forges of [[github]] and [[gitlab]] for what is new, and keeps it
in .ip3dp/store.db, where build reads it. A run that is cut short loses nothing:
the next one goes on from there. Files and clones are read by every build and
need no collecting.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.collect(c.Context(), f) },
	}
	f.add(c)
	return c
}

func (p *program) runCommand() *cobra.Command {
	var b buildFlags
	var f collectFlags
	c := &cobra.Command{
		Use:   "run",
		Short: "Read the forges, then build: what runs every night",
		Long: `run is collect and build in one, under one lock. A forge that cannot be read does
not end it: the site is built from what the store has, and says how old that is.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.nightly(c.Context(), f, b) },
	}
	f.add(c)
	b.add(c)
	return c
}

// collect is one run without a build.
func (p *program) collect(ctx context.Context, f collectFlags) error {
	began := p.clock()
	return p.underLock("collect", func(w *workspace.Workspace) error {
		if len(w.Config.Forges()) == 0 {
			return exit.BadInput("add [[github]] or [[gitlab]] to "+p.configFile+"; files and clones are read by ip3dp build",
				"no forge is configured")
		}
		list, err := p.sync(ctx, w, f)
		r := newCollectRecord(w.AsOf, list)
		if err != nil {
			return p.unfinished(w, r, "collect", err)
		}
		r.Command, r.Seconds = "collect", p.clock().Sub(began).Seconds()
		p.code = r.Exit
		return state.Save(w, state.RunForm, r)
	})
}

// synced is what one forge's Sync did.
type synced struct {
	config.Forge
	report collect.Report
	at     time.Time
	err    error
	took   time.Duration
}

// sync brings the store up to date with the chosen forges. An error is about the
// store or the end of the context; what befell a single forge is in its entry.
func (p *program) sync(ctx context.Context, w *workspace.Workspace, f collectFlags) (list []synced, err error) {
	all, err := chosen(w.Config.Forges(), f.sources)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	s, err := p.openStore(ctx, w)
	if err != nil {
		return nil, err
	}
	defer func() {
		if cause := s.Close(); cause != nil && err == nil {
			err = storeFailure(cause)
		}
	}()
	list = make([]synced, len(all))
	progress := console.NewProgress(p.err, p.clock)
	var wait sync.WaitGroup
	for _, group := range byHost(all) {
		wait.Go(func() {
			for _, i := range group {
				list[i] = p.syncOne(ctx, w, s, all[i], f.full, progress)
			}
		})
	}
	wait.Wait()
	progress.End()
	for i := range list {
		p.tellSync(&list[i])
	}
	if ctx.Err() != nil {
		return list, context.Cause(ctx)
	}
	for i := range list {
		if isStoreError(list[i].err) {
			return list, storeFailure(list[i].err)
		}
	}
	return list, nil
}

// byHost groups forges, by index, that are read one after the other.
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

// openStore opens the store for writing. A damaged one is put aside: all it costs
// is to read the forges again.
func (p *program) openStore(ctx context.Context, w *workspace.Workspace) (*store.Store, error) {
	s, err := store.Open(ctx, store.Options{File: w.StoreFile()})
	if errors.Is(err, store.ErrDamaged) {
		aside := w.StoreFile() + ".damaged"
		if moved := putAside(w.StoreFile(), aside); moved != nil {
			return nil, storeFailure(errors.Join(err, moved))
		}
		p.err.Warnf("the store is damaged and was put aside as %s; everything is read again: %v",
			aside, err)
		s, err = store.Open(ctx, store.Options{File: w.StoreFile()})
	}
	switch {
	case err != nil && ctx.Err() != nil:
		return nil, context.Cause(ctx)
	case err != nil:
		return nil, storeFailure(err)
	}
	return s, nil
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

// syncOne reads one forge, keeps its report, and drops what is too old to be shown.
func (p *program) syncOne(ctx context.Context, w *workspace.Workspace, s *store.Store, f config.Forge, full bool,
	progress *console.Progress,
) synced {
	began := p.clock()
	window := forgeWindow(w, &f)
	out := synced{Forge: f, at: w.AsOf}
	out.report.Source = f.Name
	last, _, _, err := s.LastReport(ctx, f.Name)
	if err == nil {
		var forge collect.Forge
		if forge, err = p.openForge(p, f); err == nil {
			out.report, err = forge.Sync(ctx, s, collect.SyncOptions{Window: window, Full: full, Progress: progress.Show})
			out.report.Source = f.Name
		}
	}
	out.err, out.took = err, p.clock().Sub(began)
	switch {
	case isStoreError(err):
		return out
	case err != nil:
		out.report = afterFailure(out.report, last, window, err)
	case out.report.Until.IsZero():
		out.report.Until = window.To
	}
	// The end of the run is no reason to forget what it did.
	if err := s.PutReport(context.WithoutCancel(ctx), f.Name, w.AsOf, out.report); err != nil {
		out.err = errors.Join(out.err, err)
		return out
	}
	if out.err == nil {
		_, out.err = s.Retain(ctx, f.Name, w.AsOf.AddDate(0, 0, -w.Config.History.Days))
	}
	return out
}

// afterFailure is the report of a Sync that failed: what was known before still
// is, and from there on there is a gap that says why. Until stays zero if nothing
// was ever known. What the forge itself says of the end goes: texts of errors may
// name hosts, which are not published, and it does not know what was known before.
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
		gap.Reason, gap.Next = "the credentials are missing or were refused", `run "ip3dp doctor", which says what is wrong with them`
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		gap.Reason, gap.Next = "the collection was interrupted", "run ip3dp collect, which goes on from there"
	}
	r.Gaps = append(r.Gaps, gap)
	return r
}

// isStoreError reports whether the store rather than the forge is at fault.
func isStoreError(err error) bool {
	return errors.Is(err, store.ErrDamaged) || errors.Is(err, store.ErrNewer) || errors.Is(err, store.ErrLocked) ||
		errors.Is(err, store.ErrMissing)
}

// tellSync prints what a Sync did, in one line, and what went wrong.
func (p *program) tellSync(s *synced) {
	r := &s.report
	budget := ""
	if r.Budget.Limit > 0 {
		budget = fmt.Sprintf(", %s of %s requests left", text.Count(r.Budget.Left), text.Count(r.Budget.Limit))
	}
	until := "no data"
	if !r.Until.IsZero() {
		until = "data until " + r.Until.UTC().Format("2006-01-02 15:04 UTC")
	}
	p.out.Printf("source %s: %s requests (%s retries), %s pages, %s items%s, %s, in %.1f s", s.Name,
		text.Count(r.Requests), text.Count(r.Retries), text.Count(r.Pages), text.Count(r.Items), budget, until, s.took.Seconds())
	for _, note := range r.Notes {
		p.out.Printf("source %s: note: %s", s.Name, note)
	}
	p.tellGaps(s.Name, slices.DeleteFunc(slices.Clone(r.Gaps), func(g fact.Gap) bool {
		return s.err != nil && g.Repository == "" // the error says more
	}))
	if s.err != nil {
		next := ""
		if errors.Is(s.err, collect.ErrCredentials) {
			next = credentialsNext(&s.Forge)
		}
		text := strings.TrimPrefix(s.err.Error(), s.Name+": ")
		p.err.Fail(&exit.Failure{Err: fmt.Errorf("source %s: %s", s.Name, text), Next: next})
	}
}

// underLock loads what the team wrote and does something while no other run can.
// What ends it is kept in run.json.
func (p *program) underLock(command string, do func(w *workspace.Workspace) error) error {
	w, err := p.load()
	if err == nil {
		err = w.Check()
	}
	if w == nil {
		return err
	}
	release, cause := publish.Lock(w.StatePath("lock"))
	if cause != nil {
		if err == nil {
			err = wrapFault(cause)
		}
		return err
	}
	defer release()
	if err != nil {
		return p.unfinished(w, newCollectRecord(w.AsOf, nil), command, err)
	}
	return do(w)
}

// unfinished keeps the record of a run that an error ended, and returns the error.
func (p *program) unfinished(w *workspace.Workspace, r state.Record, command string, err error) error {
	r.Command, r.Exit, r.Error = command, exit.FindCode(err), console.OneLine(err.Error())
	if cause := state.Save(w, state.RunForm, r); cause != nil {
		p.err.Warnf("%v", cause)
	}
	return err
}

// withoutCredentials gives the failure of a run that had nothing to publish the
// code of credentials, if some forge lacked them.
func withoutCredentials(err error, list []synced) error {
	code := exit.FindCode(err)
	if code != exit.Nothing && code != exit.StoreUnreadable || collectExit(list) != exit.Credentials {
		return err
	}
	var f *exit.Failure
	if !errors.As(err, &f) {
		return err
	}
	return &exit.Failure{Code: exit.Credentials, Err: f.Err, Next: "mend the credentials named above; the last site is untouched"}
}
