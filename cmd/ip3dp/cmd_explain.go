package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"
	"github.com/ip3dp/ip3dp/render/explain"
)

// explainFlags are the flags of explain.
type explainFlags struct {
	team, feature, group, from string
	json, all                  bool
}

func (p *program) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [METRIC]",
		Short: "Explain a number: its meaning, its certainty and its events",
		Long: `explain prints a number as the site shows it: its likely range, n and
window, the change that was tested, the definition with the settings in force,
the events behind it and where its page is. Without a METRIC it lists all.
It reads the same inputs as build and writes nothing.`,
		Example: `  ip3dp explain dora.lead_time --team checkout
  ip3dp explain adoption.share --feature gitops --from public`,
		Args: cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error { return p.explain(c.Context(), f, args) },
	}
	c.Flags().StringVar(&f.team, "team", "", "the number of the team with this `ID`")
	c.Flags().StringVar(&f.feature, "feature", "", "the number of the feature with this `ID`")
	c.Flags().StringVar(&f.group, "group", "", "the number of the group of teams with this `ID`")
	c.Flags().StringVar(&f.from, "from", "", "read a published site's `folder`, or its measured.json, and collect "+
		"nothing (it holds no events)")
	c.Flags().BoolVar(&f.json, "json", false, "print JSON")
	c.Flags().BoolVar(&f.all, "all", false, "print every event, not the first 10")
	return c
}

func (p *program) explain(ctx context.Context, f explainFlags, args []string) error {
	if f.hasSeveral() {
		return exit.BadInput("leave out all but one", "--team, --feature and --group: a number is about one of them")
	}
	in, err := p.readMetrics(ctx, f)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return p.listMetrics(in, f)
	}
	m, err := in.Find(args[0], f.parseScope())
	var lookup *explain.LookupError
	if errors.As(err, &lookup) {
		return exit.BadInput(lookup.Next, "%w", err)
	}
	e := in.Explain(m)
	if f.json {
		if !f.all && e.Evidence != nil {
			e.Evidence.Rows = e.Evidence.Rows[:min(len(e.Evidence.Rows), explain.FewRows)]
		}
		return p.printJSON(e)
	}
	for _, line := range explain.Text(&e, f.all) {
		p.out.Printf("%s", line)
	}
	return nil
}

// readMetrics gathers as build does, or reads a published site.
func (p *program) readMetrics(ctx context.Context, f explainFlags) (*explain.Source, error) {
	if f.from != "" {
		return p.readPublished(ctx, f.from)
	}
	w, err := p.load()
	if err == nil {
		err = w.Check()
	}
	if err != nil {
		return nil, err
	}
	out := p.out.W
	p.out.W = io.Discard // reconciliation lines are build's; warnings stay
	r, err := p.measureAll(ctx, w, buildFlags{few: true})
	p.out.W = out
	if err != nil {
		return nil, err
	}
	found := compute.Decide(w.Config.Options(), w.Content, r.measured).Found
	pages, err := r.renderPages(p.renderOptions(w, "", "", false))
	if err != nil {
		return nil, err
	}
	return &explain.Source{
		Sections: render.MarkRareRates(append(slices.Clone(r.measured.Sections), found)),
		Evidence: r.evidence, History: r.measured.History, Panel: r.measured.Panel, Shipped: r.measured.ShippedBy,
		Page: func(path string) []byte { return renderPage(pages, path) },
	}, nil
}

// renderPage returns a page that is not written yet; nil if there is none.
func renderPage(pages []render.Page, path string) []byte {
	i := slices.IndexFunc(pages, func(p render.Page) bool { return p.Path == path })
	if i < 0 {
		return nil
	}
	var b strings.Builder
	if err := pages[i].Write(&b); err != nil {
		return nil // build reports it; here only a place is missing
	}
	return []byte(b.String())
}

// hasSeveral reports whether the flags ask about more than one subject.
func (f *explainFlags) hasSeveral() bool {
	n := 0
	for _, id := range []string{f.team, f.feature, f.group} {
		if id != "" {
			n++
		}
	}
	return n > 1
}

// parseScope returns the scope that the flags name.
func (f *explainFlags) parseScope() metric.Scope {
	switch {
	case f.team != "":
		return metric.Scope{Kind: metric.Team, ID: f.team}
	case f.feature != "":
		return metric.Scope{Kind: metric.Feature, ID: f.feature}
	case f.group != "":
		return metric.Scope{Kind: metric.Group, ID: f.group}
	}
	return metric.Scope{Kind: metric.Organisation}
}

// listMetrics lists the numbers of the scope that the flags name. Without a scope it
// lists all numbers but those of teams.
func (p *program) listMetrics(in *explain.Source, f explainFlags) error {
	scope := f.parseScope()
	list := in.List(scope)
	if len(list) == 0 {
		return exit.BadInput(`"ip3dp explain" lists what is measured`, "nothing is measured for %s", explain.ScopeName(scope))
	}
	if f.json {
		return p.printJSON(struct {
			Version int              `json:"version"`
			Metrics []explain.Listed `json:"metrics"`
		}{explain.Version, list})
	}
	for i := range list {
		p.out.Printf("%s", list[i].Line())
	}
	return nil
}

// readPublished reads the numbers of a published site: of its folder, or of its
// measured.json, beside which the site is looked for.
func (p *program) readPublished(ctx context.Context, from string) (*explain.Source, error) {
	const next = "name the folder of a published site, or its data/measured.json"
	if state.IsAddress(from) {
		return nil, exit.BadInput(next, "--from: %s is an address, and explain asks no network", from)
	}
	var m compute.Measured
	if err := p.state.ReadSite(ctx, from, state.MeasuredForm, &m); err != nil {
		return nil, exit.BadInput(state.NextStep(err, next), "--from: %w", err)
	}
	in := &explain.Source{Sections: render.MarkRareRates(m.Sections), History: m.History, Panel: m.Panel, Shipped: m.ShippedBy}
	var r compute.Report
	report := state.LocateFile(from, state.ReportForm.Kind)
	switch err := p.state.ReadSite(ctx, report, state.ReportForm, &r); {
	case err == nil:
		in.Sections = append(in.Sections, r.Found)
	case !errors.Is(err, fs.ErrNotExist): // a measured.json may lie alone
		return nil, exit.Fail(state.NextStep(err, next), fmt.Errorf("--from: %w", err))
	}
	in.Page = func(path string) []byte {
		page, err := os.ReadFile(filepath.Join(filepath.Dir(report), "..", filepath.FromSlash(path))) // a path of our own
		if err != nil {
			return nil // not every site has every page
		}
		return page
	}
	return in, nil
}
