package main

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/base"
	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/history"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"
	"github.com/ip3dp/ip3dp/templates"
)

// buildFlags are the flags of build.
type buildFlags struct {
	out, tar, baseURL, templates string
	rejects                      string // a file of the rows that are not counted
	newHistory, adopt            bool
	few                          bool // rows of one or two authors are shown: nobody else sees them
}

func (p *program) buildCommand() *cobra.Command {
	var f buildFlags
	c := &cobra.Command{
		Use:   "build",
		Short: "Collect, compute and publish the site",
		Long: `build reads configuration and content, collects from every source, and
publishes the site in one step: whatever happens, the folder holds the last
whole site or the new one.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.build(c.Context(), f) },
	}
	f.addTo(c)
	return c
}

func (f *buildFlags) addTo(c *cobra.Command) {
	c.Flags().StringVar(&f.out, "out", "", "the `folder` to publish to (default: site.out, which is public)")
	c.Flags().StringVar(&f.tar, "tar", "", "write the site as a tar archive to this `file` instead of a folder; - "+
		"is standard output")
	c.Flags().StringVar(&f.baseURL, "base-url", "", "the `address` the site will have, for canonical links and "+
		"feeds (default: site.base_url)")
	c.Flags().StringVar(&f.templates, "templates", "",
		"a `folder` with layouts, pages and assets in place of the built-in ones")
	c.Flags().StringVar(&f.rejects, "rejects", "", "write the rows that are not counted to this CSV `file`: source, file, "+
		"line, class, reason and column, without text of cells")
	f.addAdopt(c)
	c.Flags().BoolVar(&f.newHistory, "new-history", false, "restart the history of published values")
}

// addAdopt adds the flag of all commands that write a folder.
func (f *buildFlags) addAdopt(c *cobra.Command) {
	c.Flags().BoolVar(&f.adopt, "adopt", false, "take a folder as it is: keep files in it that ip3dp did not write "+
		"beside the site")
}

// build publishes the site from what sources have now.
func (p *program) build(ctx context.Context, f buildFlags) error {
	return p.buildAfter(ctx, "build", f, func(*workspace.Workspace) ([]forges.Synced, error) { return nil, nil })
}

// runNight reads the forges, and then publishes the site.
func (p *program) runNight(ctx context.Context, f collectFlags, b buildFlags) error {
	return p.buildAfter(ctx, "run", b, func(w *workspace.Workspace) ([]forges.Synced,
		error,
	) {
		return p.syncForges(ctx, w, f)
	})
}

// buildAfter builds after something else was done, under one lock.
func (p *program) buildAfter(ctx context.Context, command string, f buildFlags,
	first func(*workspace.Workspace) ([]forges.Synced, error),
) error {
	began := p.clock()
	if f.tar == "-" {
		p.out.W = p.err.W // standard output is the archive
	}
	return p.underLock(command, func(w *workspace.Workspace) error {
		target, err := p.newTarget(w, f)
		if err != nil {
			return p.keepFailure(w, newCollectRecord(w.AsOf, nil), command, err)
		}
		defer target.discard()
		list, err := first(w)
		if err == nil {
			err = p.buildSite(ctx, command, w, f, target, list, began)
		}
		if err != nil {
			return p.keepFailure(w, newCollectRecord(w.AsOf, list), command, withoutCredentials(err, list))
		}
		return nil
	})
}

// buildSite runs one build. The order of its last steps matters: it saves the history before it
// publishes the site, so that the history never lacks a published value.
func (p *program) buildSite(ctx context.Context, command string, w *workspace.Workspace, f buildFlags, target *target,
	list []forges.Synced, began time.Time,
) error {
	run, err := p.measureAll(ctx, w, f)
	if err != nil {
		return err
	}
	run.command, run.synced = command, list
	run.host = p.askHost(ctx, w, f.baseURL)
	if f.baseURL == "" && run.host != nil {
		f.baseURL = run.host.BaseURL
	}
	pages, err := run.renderPages(p.renderOptions(w, f.baseURL, f.templates, false))
	if err != nil {
		return err
	}
	if target.sorted {
		pages = slices.Clone(pages)
		slices.SortFunc(pages, func(a, b render.Page) int { return cmp.Compare(a.Path, b.Path) })
	}
	if err := writePages(ctx, pages, target.write); err != nil {
		return err
	}
	if err := state.SaveHistory(w, &run.measured); err != nil {
		return err
	}
	if err := state.Save(w, state.WavesForm, run.measured.Waves); err != nil {
		return err
	}
	if err := state.Save(w, state.LogForm, run.log); err != nil {
		return err
	}
	if err := target.publish(); err != nil {
		return err
	}
	p.warnGates(w, run.crossings)
	p.warnRecords(w)
	return p.keepRecord(w, run, target.where(), pages, p.clock().Sub(began))
}

// run is everything between reading and writing: what was collected and what
// follows from it.
type run struct {
	workspace *workspace.Workspace
	gathered  []sources.Gathered
	measured  compute.Measured
	evidence  []metric.Evidence
	record    state.Record
	crossings []compute.Crossing // of phases; set by pages
	logBefore compute.DecisionLog
	log       compute.DecisionLog // set by pages
	records   history.Records     // of the content in git
	command   string              // that it is part of
	host      *state.HostRecord   // of a job
	synced    []forges.Synced     // forges that were read before
	few       bool                // rows of one or two authors are shown
	whole     bool                // all is shown, whatever site.audience is: nobody else sees the pages
	lost      bool                // what was published before could not be read back
	tried     []string            // the places that could not be read
}

func (p *program) measureAll(ctx context.Context, w *workspace.Workspace, f buildFlags) (*run, error) {
	former, err := p.state.ReadFormer(ctx, w, f.newHistory)
	if err != nil {
		return nil, err
	}
	place := history.PlaceOf(&w.Config, w.Root)
	if err := place.Check(); err != nil {
		return nil, err
	}
	r := &run{
		workspace: w, records: history.Load(ctx, w, place, history.PresentOf(w)), few: f.few,
		logBefore: former.Log, lost: former.Lost, tried: former.Tried,
	}
	setup := w.Setup()
	setup.KeepLines = f.rejects != ""
	list, err := sources.List(setup)
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		p.err.Warnf("no source is configured: the site has what is written by hand, and no "+
			"numbers; add [[git]], [[github]], [[gitlab]] or [[events]] to %s", p.configFile)
	}
	if r.gathered, err = sources.Gather(ctx, setup, p.clock, list); err != nil {
		return nil, err
	}
	collected, _ := sources.Merge(setup, r.gathered, true)
	for i := range r.gathered {
		p.printImports(&r.gathered[i])
	}
	p.printAccounts(r.gathered)
	if err := p.writeRejects(f.rejects, r.gathered); err != nil {
		return nil, err
	}
	if err := sources.RefuseEmpty(r.gathered); err != nil {
		return nil, err
	}
	written := len(w.Content.Teams)
	facts := merge.Adopt(&w.Content, collected)
	if n := len(w.Content.Teams); n > written {
		p.out.Printf(`teams.toml names no team: %s of the forges replace them; "ip3dp doctor --teams" prints them`,
			text.Plural(n, "team"))
	}
	for i := range r.gathered {
		r.gathered[i].Events = fact.Events{} // Measure needs the memory more
	}
	if err := r.computeMetrics(facts, former.Past); err != nil {
		return nil, err
	}
	p.warnUnmatched(&r.measured)
	return r, nil
}

// computeMetrics computes the metrics from the facts.
func (r *run) computeMetrics(facts fact.Events, before compute.Past) error {
	w := r.workspace
	o := w.Config.Options()
	o.DORA.Overrides = w.Content.Failures
	o.ShowFew = o.ShowFew || r.few
	var err error
	r.measured, r.evidence, err = compute.Measure(o, w.Content, facts, before, w.AsOf)
	if err != nil {
		return exit.BadInput("mend it in "+w.File, "%w", err)
	}
	r.record = newRecord(&r.measured, r.gathered)
	if r.record.History = r.measured.Readback; r.lost {
		r.record.Exit = exit.Partial
	}
	return nil
}

// renderPages returns the files of the site. The record of the run comes first: a folder with it is
// ours, even one whose writing was cut short.
func (r *run) renderPages(o render.Options) ([]render.Page, error) {
	report := compute.Decide(r.workspace.Config.Options(), r.workspace.Content, r.measured)
	r.crossings, report.Past = report.Crossings, r.records.Past
	r.log = compute.NextLog(r.logBefore, &report, r.workspace.Content)
	report.Log = r.log
	o.Changes = base.CompareQuarters(r.workspace, &r.records.Quarters, report)
	if r.isReduced() {
		o.Changes.Withhold()
	}
	shown, err := r.selectShown(&report)
	if err != nil {
		return nil, exit.Fail("", err)
	}
	pages, err := render.Site(o, shown.report, shown.content, shown.evidence)
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("render: %w", err))
	}
	published := render.Page{Path: publish.Marker, Write: func(out io.Writer) error {
		return console.WriteJSON(out, shown.record)
	}}
	changes := render.Page{Path: state.ChangesPath, Write: func(out io.Writer) error { return console.WriteJSON(out, r.log) }}
	waves := render.Page{
		Path:  state.WavesPageForm.Kind,
		Write: func(out io.Writer) error { return console.WriteJSON(out, shown.waves) },
	}
	return state.SealPages(append([]render.Page{published, changes, waves}, pages...)), nil
}

// renderOptions returns the options of a rendering. templates is a folder, or "" for the
// built-in ones.
func (p *program) renderOptions(w *workspace.Workspace, baseURL, folder string, live bool) render.Options {
	o := render.Options{
		Templates: templates.FS, Assets: templates.Assets,
		BaseURL: w.Config.Site.BaseURL, Version: versionText(), Live: live,
		Audience:    w.Config.Site.Audience,
		EventLinks:  w.Config.Site.Audience != config.AudiencePublic,
		NoTeamPages: !w.Config.Site.TeamPages, NoGroupPages: !w.Config.Site.GroupPages,
	}
	if baseURL != "" {
		o.BaseURL = baseURL
	}
	if folder != "" {
		o.Templates, o.Assets = os.DirFS(folder), os.DirFS(filepath.Join(folder, "assets"))
	}
	return o
}

// checkTemplates refuses a folder that is none of templates.
func checkTemplates(folder string) error {
	if folder == "" {
		return nil
	}
	if _, err := os.Stat(filepath.Join(folder, "layouts")); err != nil {
		return exit.BadInput("name a folder that holds layouts, pages and assets", "--templates: %w", err)
	}
	return nil
}

// writePages renders all pages and hands them to write one by one, until the
// context ends.
func writePages(ctx context.Context, pages []render.Page, write func(string, []byte) error) error {
	err := render.Each(pages, runtime.GOMAXPROCS(0), func(path string, data []byte) error {
		if err := ctx.Err(); err != nil {
			return err
		}
		return write(path, data)
	})
	if err != nil {
		return exit.Fail("the last site is untouched", err)
	}
	return nil
}

// keepRecord keeps the record and prints the outcome.
func (p *program) keepRecord(w *workspace.Workspace, r *run, where string, files []render.Page,
	took time.Duration,
) error {
	addPrivate(&r.record, r.command, r.gathered, r.synced, took)
	r.record.Tried = r.tried
	r.record.Host = r.host
	r.record.Changed = state.ListChanged(&r.logBefore, &r.log)
	if err := state.Save(w, state.RunForm, r.record); err != nil {
		return err
	}
	complete := 0
	for i := range r.record.Sources {
		source := &r.record.Sources[i]
		if source.Grade == compute.Complete {
			complete++
		}
		if source.Why != "" {
			p.err.Warnf("source %s is %s: %s", source.Name, source.Grade, source.Why)
		}
	}
	p.out.Printf("site in %s", where)
	summary := fmt.Sprintf("%d of %d sources complete, %s pages, %s files, as of %s, in %.1f s",
		complete, len(r.record.Sources), text.FormatCount(countPages(files)), text.FormatCount(len(files)), w.AsOf.Format(time.DateOnly), took.Seconds())
	p.code = r.record.Exit
	if p.code == exit.Partial {
		p.out.Tagf(console.Yellow, "published, but partial", "%s", summary)
		return nil
	}
	p.out.Printf("published: %s", summary)
	return nil
}

// countPages counts what people read among the files of a site.
func countPages(files []render.Page) int {
	n := 0
	for i := range files {
		if filepath.Ext(files[i].Path) == ".html" {
			n++
		}
	}
	return n
}

// warnUnmatched warns of rows that a build does not count because nothing has their names,
// and of input that matched nothing.
func (p *program) warnUnmatched(m *compute.Measured) {
	for _, text := range sources.Warnings(m.Unmatched, m.Doubts) {
		p.err.Warnf("%s", text)
	}
}
