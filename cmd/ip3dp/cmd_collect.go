package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/gaps"
	"github.com/ip3dp/ip3dp/collect/text"
)

// collectFlags are the flags of collect, which run also has.
type collectFlags struct {
	full    bool
	sources []string
}

func (f *collectFlags) addTo(c *cobra.Command) {
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
	f.addTo(c)
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
		RunE: func(c *cobra.Command, _ []string) error { return p.runNight(c.Context(), f, b) },
	}
	f.addTo(c)
	b.addTo(c)
	return c
}

// collect reads the forges without a build.
func (p *program) collect(ctx context.Context, f collectFlags) error {
	began := p.clock()
	return p.underLock("collect", func(w *workspace.Workspace) error {
		if len(w.Config.Forges()) == 0 {
			return exit.BadInput("add [[github]] or [[gitlab]] to "+p.configFile+"; files and clones are read by ip3dp build",
				"no forge is configured")
		}
		list, err := p.syncForges(ctx, w, f)
		r := newCollectRecord(w.AsOf, list)
		if err != nil {
			return p.keepFailure(w, r, "collect", err)
		}
		r.Command, r.Seconds = "collect", p.clock().Sub(began).Seconds()
		p.code = r.Exit
		return state.Save(w, state.RunForm, r)
	})
}

// syncForges brings the store up to date with the chosen forges. An error is about the store or
// the end of the context; the entry of a forge has its own.
func (p *program) syncForges(ctx context.Context, w *workspace.Workspace, f collectFlags) ([]forges.Synced, error) {
	chosen, err := chooseForges(w.Config.Forges(), f.sources)
	if err != nil || len(chosen) == 0 {
		return nil, err
	}
	progress := console.NewProgress(p.err, p.clock)
	s := forges.Syncer{
		Setup: w.Setup(), Open: p.openForge, Clock: p.clock, Full: f.full, Progress: progress.Show,
		Damaged: func(aside string, err error) {
			p.err.Warnf("the store is damaged and was put aside as %s; everything is read again: %v", aside, err)
		},
	}
	list, err := s.Run(ctx, chosen)
	progress.End()
	for i := range list {
		p.printSync(&list[i])
	}
	return list, err
}

// chooseForges returns the forges of those names, or all of them without a name.
func chooseForges(list []config.Forge, names []string) ([]config.Forge, error) {
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

// printSync prints what a Sync did, in one line, and what went wrong.
func (p *program) printSync(s *forges.Synced) {
	r := &s.Report
	budget := ""
	if r.Budget.Limit > 0 {
		budget = fmt.Sprintf(", %s of %s requests left", text.FormatCount(r.Budget.Left), text.FormatCount(r.Budget.Limit))
	}
	until := "no data"
	if !r.Until.IsZero() {
		until = "data until " + r.Until.UTC().Format("2006-01-02 15:04 UTC")
	}
	p.out.Printf("source %s: %s requests (%s retries), %s pages, %s items%s, %s, in %.1f s", s.Name,
		text.FormatCount(r.Requests), text.FormatCount(r.Retries), text.FormatCount(r.Pages), text.FormatCount(r.Items), budget, until, s.Took.Seconds())
	for _, note := range r.Notes {
		p.out.Printf("source %s: note: %s", s.Name, note)
	}
	p.warnGaps(s.Name, slices.DeleteFunc(slices.Clone(r.Gaps), func(g fact.Gap) bool {
		return s.Err != nil && g.Repository == "" // the error has more detail
	}))
	if s.Err != nil {
		next := ""
		if errors.Is(s.Err, collect.ErrCredentials) {
			next = forges.CredentialsNext(&s.Forge)
		}
		text := strings.TrimPrefix(s.Err.Error(), s.Name+": ")
		p.err.Fail(&exit.Failure{Err: fmt.Errorf("source %s: %s", s.Name, text), Next: next})
	}
}

// printImports prints what one source gave: a line for every import, whose rows
// read are used or rejected, and one for every gap.
func (p *program) printImports(g *sources.Gathered) {
	name := g.Name()
	for i := range g.Events.Imports {
		im := &g.Events.Imports[i]
		p.out.Printf("source %s: %s", name, sources.Reconcile(im))
		for _, note := range im.Notes {
			p.out.Printf("source %s: note: %s", name, note)
		}
	}
	if g.Err != nil {
		p.err.Warnf("source %s: %s", name, strings.TrimPrefix(g.Err.Error(), "source "+name+": "))
		return // its gap repeats the error
	}
	p.warnGaps(name, g.Events.Gaps)
}

// printAccounts prints the account of the rows of each source over all its files.
func (p *program) printAccounts(list []sources.Gathered) {
	for _, a := range sources.CountRows(list) {
		p.out.Printf("source %s, all rows: %s", a.Name, &a.Rows)
	}
}

// warnGaps warns of the gaps of a source, each once: one line for each reason, or with
// --verbose one for each repository.
func (p *program) warnGaps(source string, list []fact.Gap) {
	list = slices.DeleteFunc(slices.Clone(list), func(g fact.Gap) bool { return p.markGap(source, &g) })
	groups := gaps.GroupGaps(list)
	if p.verbose {
		groups = gaps.GroupEach(list)
	}
	for _, group := range groups {
		hint := ""
		if len(group.Repositories) > 1 && !p.verbose {
			hint = "; --verbose lists them"
		}
		p.err.Warnf("source %s: %s%s", source, group, hint)
	}
}

// markGap reports whether a gap was printed before, and marks it as printed.
func (p *program) markGap(source string, g *fact.Gap) bool {
	key := strings.Join([]string{source, g.Repository, g.Reason, g.Next}, "\x00")
	known := p.warned[key]
	if p.warned == nil {
		p.warned = map[string]bool{}
	}
	p.warned[key] = true
	return known
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
		return p.keepFailure(w, newCollectRecord(w.AsOf, nil), command, err)
	}
	return do(w)
}

// keepFailure keeps the record of a run that an error ended, and returns the error.
func (p *program) keepFailure(w *workspace.Workspace, r state.Record, command string, err error) error {
	r.Command, r.Exit, r.Error = command, exit.FindCode(err), text.OneLine(err.Error())
	if cause := state.Save(w, state.RunForm, r); cause != nil {
		p.err.Warnf("%v", cause)
	}
	return err
}

// withoutCredentials gives the failure of a run that had nothing to publish the
// code of credentials, if some forge lacked them.
func withoutCredentials(err error, list []forges.Synced) error {
	code := exit.FindCode(err)
	if code != exit.Nothing && code != exit.StoreUnreadable || collectExit(list) != exit.Credentials {
		return err
	}
	var f *exit.Failure
	if !errors.As(err, &f) {
		return err
	}
	return &exit.Failure{
		Code: exit.Credentials, Err: f.Err,
		Next: "mend the credentials named above; the last site is untouched",
	}
}
