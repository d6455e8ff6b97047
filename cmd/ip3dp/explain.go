package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
)

// explainVersion is the version of what explain prints as JSON.
const explainVersion = 1

// explainFlags are the flags of explain.
type explainFlags struct {
	team, feature, group, from string
	json, all                  bool
}

func (p *program) explainCommand() *cobra.Command {
	var f explainFlags
	c := &cobra.Command{
		Use:   "explain [METRIC]",
		Short: "Say what a number means, how sure it is, and what it was made of",
		Long: `explain prints what the site says about a number: its likely range, n and
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
	if f.several() {
		return exit.BadInput("leave out all but one", "--team, --feature and --group: a number is about one of them")
	}
	in, err := p.explainable(ctx, f)
	if err != nil {
		return err
	}
	if len(args) == 0 {
		return p.listMetrics(in, f)
	}
	m, err := in.find(args[0], f)
	if err != nil {
		return err
	}
	e := in.explain(m)
	if f.json {
		if !f.all && e.Evidence != nil {
			e.Evidence.Rows = e.Evidence.Rows[:min(len(e.Evidence.Rows), fewRows)]
		}
		return p.printJSON(e)
	}
	p.explainMetric(&e, f.all)
	return nil
}

// explainable is what can be explained, and where pages show it.
type explainable struct {
	sections []metric.Section
	evidence []metric.Evidence // none of a published site
	history  []compute.Row
	panel    *compute.Panel // nil: too little to plan with
	shipped  func(metric.Scope) *dora.Shipped
	// page returns a page of the site; nil if there is none of that path.
	page func(path string) []byte
}

// explainable gathers as build does, or reads a published site.
func (p *program) explainable(ctx context.Context, f explainFlags) (*explainable, error) {
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
	r, err := p.run(ctx, w, buildFlags{few: true})
	p.out.W = out
	if err != nil {
		return nil, err
	}
	found := compute.Decide(w.Config.Options(), w.Content, r.measured).Found
	pages, err := r.pages(p.renderOptions(w, "", "", false))
	if err != nil {
		return nil, err
	}
	return &explainable{
		sections: append(slices.Clone(r.measured.Sections),
			found), evidence: r.evidence, history: r.measured.History, panel: r.measured.Panel, shipped: r.measured.ShippedBy,
		page: func(path string) []byte { return rendered(pages, path) },
	}, nil
}

// rendered is a page that is not written yet; nil if there is none.
func rendered(pages []render.Page, path string) []byte {
	i := slices.IndexFunc(pages, func(p render.Page) bool { return p.Path == path })
	if i < 0 {
		return nil
	}
	var b strings.Builder
	if err := pages[i].Write(&b); err != nil {
		return nil // build would say so; here only a place is not found
	}
	return []byte(b.String())
}

// several reports whether the flags ask about more than one subject.
func (f *explainFlags) several() bool {
	n := 0
	for _, id := range []string{f.team, f.feature, f.group} {
		if id != "" {
			n++
		}
	}
	return n > 1
}

// scope is what the flags ask about.
func (f *explainFlags) scope() metric.Scope {
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

// find returns the metric with that ID, or the only one whose ID ends with it.
func (in *explainable) find(name string, f explainFlags) (*metric.Metric, error) {
	id, err := in.resolve(name)
	if err != nil {
		return nil, err
	}
	scope := f.scope()
	var subjects []string
	var kinds []string
	for i := range in.sections {
		if m := in.sections[i].Find(id, scope); m != nil {
			return m, nil
		}
		for _, m := range in.sections[i].Metrics {
			if m.ID != id {
				continue
			}
			if m.Scope.Kind == scope.Kind {
				subjects = append(subjects, m.Scope.ID)
			}
			if flag := "--" + string(m.Scope.Kind); m.Scope.Kind != metric.Organisation && !slices.Contains(kinds, flag) {
				kinds = append(kinds, flag)
			}
		}
	}
	what := string(scope.Kind)
	switch {
	case scope.ID != "" && len(subjects) > 0:
		return nil, exit.BadInput(text.DidYouMean(scope.ID, what+"s", subjects), "%s is not measured for the %s %q", id, what,
			scope.ID)
	case len(kinds) > 0:
		return nil, exit.BadInput("ask with "+strings.Join(kinds, " or "), "%s is not measured for %s", id, text.Join(" ", "the", what))
	}
	return nil, exit.BadInput("leave out --"+what, "%s is measured for the whole organisation only", id)
}

// resolve is the ID that a name stands for.
func (in *explainable) resolve(name string) (string, error) {
	var ids, short, ending []string
	for i := range in.sections {
		for _, m := range in.sections[i].Metrics {
			if m.ID == name {
				return name, nil
			}
			if slices.Contains(ids, m.ID) {
				continue
			}
			ids = append(ids, m.ID)
			if _, last, ok := strings.Cut(m.ID, "."); ok {
				short = append(short, last)
			}
			if strings.HasSuffix(m.ID, "."+name) {
				ending = append(ending, m.ID)
			}
		}
	}
	if len(ending) == 1 {
		return ending[0], nil
	}
	if !strings.Contains(name, ".") {
		ids = short
	}
	return "", exit.BadInput(text.Join("; ", text.DidYouMean(name, "metrics", ids), `"ip3dp explain" lists all`),
		"there is no metric %q", name)
}

// explanation is everything that is known about a number. It is what --json
// prints.
type explanation struct {
	Version    int                `json:"version"`
	Metric     *metric.Metric     `json:"metric"`
	Definition *metric.Definition `json:"definition"`
	Page       string             `json:"page,omitempty"` // path and fragment
	Methods    string             `json:"methods"`
	Published  int                `json:"published"` // weeks in the history under this definition
	Revised    int                `json:"revised"`   // of them, those that would be different today
	Evidence   *metric.Evidence   `json:"evidence"`  // null without one
	Rows       int                `json:"evidence_rows"`
	Shipped    *dora.Shipped      `json:"shipped"` // counts and dates of the scope's deployments
}

func (in *explainable) explain(m *metric.Metric) explanation {
	e := explanation{Version: explainVersion, Metric: m, Shipped: in.shipped(m.Scope), Methods: render.Methods + "#" +
		render.Anchor(m.Definition)}
	for i := range in.sections {
		for k := range in.sections[i].Definitions {
			if d := &in.sections[i].Definitions[k]; d.ID == m.Definition {
				e.Definition = d
			}
		}
	}
	for _, path := range render.Places(m) {
		if strings.Contains(string(in.page(path)), `id="`+render.Anchor(m.ID)+`"`) {
			e.Page = path + "#" + render.Anchor(m.ID)
			break
		}
	}
	for i := range in.history {
		if r := &in.history[i]; r.Metric == m.ID && r.Subject == m.Scope.ID && r.Hash == m.DefinitionHash {
			e.Published++
			if r.Revised != nil {
				e.Revised++
			}
		}
	}
	if found := in.evidenceOf(m); found != nil {
		copied := *found
		e.Evidence, e.Rows = &copied, len(found.Rows)
	}
	return e
}

// evidenceOf is what a metric was made of. An organisation of teams has one part,
// that says what each team contributed.
func (in *explainable) evidenceOf(m *metric.Metric) *metric.Evidence {
	var scope *metric.Evidence
	for i := range in.evidence {
		e := &in.evidence[i]
		if m.Evidence == "" || e.Scope.Kind != m.Scope.Kind || e.Scope.ID != m.Scope.ID {
			continue
		}
		if e.ID == m.Evidence {
			return e
		}
		if scope == nil {
			scope = e
		}
	}
	return scope
}

func (p *program) printJSON(v any) error {
	if err := console.WriteJSON(p.stdout, v); err != nil {
		return exit.Fail("", fmt.Errorf("standard output: %w", err))
	}
	return nil
}
