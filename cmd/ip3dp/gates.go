package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/measures"
)

// gateFindings returns an error for each phase that was left without its criteria and without a
// reason, and a note for each override that nothing needs. Without measured values it judges
// only the criteria in words, and adds a note about the others.
func gateFindings(w *workspace.Workspace, crossings []compute.Crossing, measured bool) []content.Finding {
	var out []content.Finding
	unjudged := 0
	for i := range crossings {
		x := &crossings[i]
		in, n := findPhase(&w.Content, x)
		if in == nil {
			continue
		}
		p := &in.Phases[n]
		add := func(key, rule string, level content.Level, text, next string) {
			key = "phase." + strconv.Itoa(n) + key
			file := filepath.ToSlash(filepath.Join(w.ContentRoot(), filepath.FromSlash(in.File)))
			out = append(out, content.Finding{
				Problem: content.Problem{File: file, Line: in.LineOf(key), Text: text, Next: next}, Rule: rule, Level: level,
			})
		}
		for k := range x.Unmet {
			g := &x.Unmet[k]
			if !measured && p.Criteria[g.Criterion].Measure != "" {
				unjudged++
				continue
			}
			if x.Reason == "" {
				add(".criteria."+strconv.Itoa(g.Criterion), "gate-unmet", content.Error, formatUnmet(p, x, g), findNext(g))
			}
		}
		if len(x.Unmet) == 0 && x.Reason != "" {
			add(".override", "gate-override-unneeded", content.Note,
				fmt.Sprintf("phase %q needs no override: its criteria are met", p.Name), "remove it")
		}
	}
	if unjudged > 0 {
		criteria := "criteria"
		if unjudged == 1 {
			criteria = "criterion"
		}
		out = append(out, content.Finding{
			Problem: content.Problem{
				File: filepath.ToSlash(w.File),
				Text: strconv.Itoa(unjudged) + " " + criteria +
					" of measures of phases that were left not judged: nothing measured is at hand",
				Next: "build first, or name a published measured.json with --measured",
			}, Rule: "gate-not-judged", Level: content.Note,
		})
	}
	return out
}

// findPhase returns the initiative of a crossing and the index of the phase that was left.
func findPhase(c *fact.Content, x *compute.Crossing) (*fact.Initiative, int) {
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		for n := range in.Phases {
			if in.ID == x.Initiative && in.Phases[n].Name == x.Left {
				return in, n
			}
		}
	}
	return nil, -1
}

func formatUnmet(p *fact.Phase, x *compute.Crossing, g *compute.Gate) string {
	c := &p.Criteria[g.Criterion]
	what := cmp.Or(c.Text, c.Measure)
	how := g.Evaluation.State
	if g.Evaluation.State == measures.Unknown {
		how = "not known: " + g.Evaluation.Why
	} else if v := g.Evaluation.Value; v != nil {
		how += fmt.Sprintf(": %.4g %s", *v, g.Evaluation.Unit)
	}
	gone := fmt.Sprintf("phase %q is done", x.Left)
	if x.Entered != "" {
		gone = fmt.Sprintf("phase %q has begun", x.Entered)
	}
	return fmt.Sprintf("%s, but %q of %q is %s", gone, what, x.Left, how)
}

func findNext(g *compute.Gate) string {
	const override = `give phase an override with its reason`
	if g.Evaluation.State == measures.Unknown && g.Evaluation.Next != "" {
		return g.Evaluation.Next + ", or " + override
	}
	if g.Evaluation.Judged {
		return "write met = the day when it was, go back, or " + override
	}
	return "go back, or " + override
}

// judgeGates judges the phases that were left by the measured values of the last run. name is a
// published measured.json or the folder of a site; "" is the configured site, which may be
// missing.
func (p *program) judgeGates(ctx context.Context, w *workspace.Workspace, name string) ([]content.Finding, error) {
	measured, known, err := p.readMeasured(ctx, w, name)
	if err != nil {
		return nil, err
	}
	measured.AsOf = w.AsOf // content is judged as of now
	gates := compute.Gates(w.Config.Options(), w.Content, &measured)
	return gateFindings(w, compute.Crossed(w.Content, gates, w.AsOf), known), nil
}

// readMeasured reads the measured values of a published site, and reports whether there is such
// a site.
func (p *program) readMeasured(ctx context.Context, w *workspace.Workspace, name string) (m compute.Measured,
	known bool,
	err error,
) {
	given := name != ""
	if !given {
		name = config.Resolve(w.Root, w.Config.Site.Out)
	}
	if state.IsAddress(name) {
		return m, false, exit.BadInput("download its data/measured.json first",
			"--measured: %s is an address, and check asks no network", name)
	}
	err = p.state.ReadSite(ctx, name, state.MeasuredForm, &m)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !given:
		return m, false, nil
	case err != nil:
		next := state.NextStep(err, "name a published site's folder or its data/measured.json")
		return m, false, exit.BadInput(next, "--measured: %w", err)
	}
	return m, true, nil
}

// warnGates warns of phases that were left without their criteria. The site is published, and
// the initiative's page shows it.
func (p *program) warnGates(w *workspace.Workspace, crossings []compute.Crossing) {
	findings := gateFindings(w, crossings, true)
	for i := range findings {
		f := &findings[i]
		if f.Level == content.Error {
			f.Level = content.Warning // check fails on it, a night does not
			p.err.PrintProblem(f.Level, f.Problem)
		}
	}
	p.err.Annotate(findings)
}

// warnRecords warns of predictions that were not written down in time. The page of the initiative
// shows it, too.
func (p *program) warnRecords(w *workspace.Workspace) {
	var findings []content.Finding
	for _, f := range w.Lint() {
		if strings.HasSuffix(f.Rule, "-backdated") || strings.HasSuffix(f.Rule, "-future") {
			findings = append(findings, f)
			p.err.PrintProblem(f.Level, f.Problem)
		}
	}
	p.err.Annotate(findings)
}
