package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/state"
)

// listed is a line of the list of all numbers. The list is what --json prints.
type listed struct {
	ID    string       `json:"id"`
	Title string       `json:"title"`
	Scope metric.Scope `json:"scope"`
	State metric.State `json:"state"`
	Unit  metric.Unit  `json:"unit"`
	Value *float64     `json:"value"`
	Lo    *float64     `json:"lo"`
	Hi    *float64     `json:"hi"`
}

// listMetrics lists the numbers of the scope that the flags name; without one,
// all but those of teams.
func (p *program) listMetrics(in *explainable, f explainFlags) error {
	scope := f.scope()
	list := []listed{}
	for i := range in.sections {
		for _, m := range in.sections[i].Metrics {
			if scope.ID == "" && m.Scope.Kind != metric.Team || scope.ID != "" && m.Scope.Kind == scope.Kind &&
				m.Scope.ID == scope.ID {
				list = append(list, listed{m.ID, m.Title, m.Scope, m.State, m.Unit, m.Value, m.Lo, m.Hi})
			}
		}
	}
	if len(list) == 0 {
		return exit.BadInput(`"ip3dp explain" lists what is measured`, "nothing is measured for %s", about(scope))
	}
	if f.json {
		return p.printJSON(struct {
			Version int      `json:"version"`
			Metrics []listed `json:"metrics"`
		}{explainVersion, list})
	}
	for _, m := range list {
		flag := ""
		if m.Scope.Kind != metric.Organisation {
			flag = " --" + string(m.Scope.Kind) + " " + m.Scope.ID
		}
		value := format.Maybe(m.Value, m.Unit)
		if iv := format.Interval(m.Lo, m.Hi, m.Unit); iv != "" {
			value += " (likely " + iv + ")"
		}
		p.out.Printf("%s%s: %s, %s", m.ID, flag, m.Title, plainSpaces.Replace(value))
	}
	return nil
}

// readPublished reads the numbers of a published site: of its folder, or of its
// measured.json, beside which the site is looked for.
func (p *program) readPublished(ctx context.Context, from string) (*explainable, error) {
	const next = "name the folder of a published site, or its data/measured.json"
	if state.IsAddress(from) {
		return nil, exit.BadInput(next, "--from: %s is an address, and explain asks no network", from)
	}
	var m compute.Measured
	if err := p.state.ReadSite(ctx, from, state.MeasuredForm, &m); err != nil {
		return nil, exit.BadInput(state.NextStep(err, next), "--from: %w", err)
	}
	in := &explainable{sections: m.Sections, history: m.History, panel: m.Panel, shipped: m.ShippedBy}
	var r compute.Report
	report := state.LocateFile(from, state.ReportForm.Kind)
	switch err := p.state.ReadSite(ctx, report, state.ReportForm, &r); {
	case err == nil:
		in.sections = append(in.sections, r.Found)
	case !errors.Is(err, fs.ErrNotExist): // a measured.json may lie alone
		return nil, exit.Fail(state.NextStep(err, next), fmt.Errorf("--from: %w", err))
	}
	in.page = func(path string) []byte {
		page, err := os.ReadFile(filepath.Join(filepath.Dir(report), "..", filepath.FromSlash(path))) // a path of our own
		if err != nil {
			return nil // not every site has every page
		}
		return page
	}
	return in, nil
}
