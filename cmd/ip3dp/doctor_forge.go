package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// forgeState is what doctor found out about a forge by asking it.
type forgeState struct {
	Name         string         `json:"name"`
	Kind         string         `json:"kind"`
	Address      string         `json:"address"`
	Credential   string         `json:"credential"` // its kind and scopes, never the token
	Missing      []string       `json:"missing"`    // permissions
	Budget       collect.Budget `json:"budget"`
	Repositories int            `json:"repositories"`
	Teams        int            `json:"teams"`
	Environments []seenState    `json:"environments"`
	Workflows    []seenState    `json:"workflows"`
	Labels       []seenState    `json:"labels"`
	// Estimates of a first run and of an ordinary night.
	Requests      int      `json:"requests"`
	Seconds       float64  `json:"seconds"`
	NightRequests int      `json:"night_requests"`
	NightSeconds  float64  `json:"night_seconds"`
	Notes         []string `json:"notes"`
}

// seenState is a name that a forge uses.
type seenState struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Where string `json:"where,omitempty"`
	// Verdict is what the rules make of it: "production", "excluded", "near miss",
	// "doubtful", "taken" or "other".
	Verdict string `json:"verdict"`
}

// inspectForges asks every forge a few questions.
func (p *program) inspectForges(ctx context.Context, w *workspace.Workspace, d *diagnosis) {
	for _, f := range w.Config.Forges() {
		found, err := p.inspect(ctx, w, f)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			next := "see whether this machine reaches the forge"
			if errors.Is(err, collect.ErrCredentials) {
				next = credentialsNext(&f)
				if d.Exit != exit.Configuration {
					d.Exit = exit.Credentials
				}
			}
			d.add(f.Name, content.Error, next, "%s", strings.TrimPrefix(err.Error(), f.Name+": "))
			continue
		}
		d.forge(&w.Config, &f, found)
	}
}

func (p *program) inspect(ctx context.Context, w *workspace.Workspace, f config.Forge) (collect.Inspection, error) {
	forge, err := p.openForge(p, f)
	if err != nil {
		return collect.Inspection{}, err
	}
	return forge.Inspect(ctx, collect.SyncOptions{Window: forgeWindow(w, &f)})
}

// forge takes what a forge answered, and what follows from it.
func (d *diagnosis) forge(c *config.Config, f *config.Forge, in collect.Inspection) {
	state := forgeState{
		Name: f.Name, Kind: f.Kind.Table, Address: in.Address, Credential: in.Credential, Missing: append([]string{},
			in.Missing...),
		Budget: in.Budget, Repositories: in.Repositories, Teams: in.Teams, Environments: []seenState{},
		Workflows: seenStates(in.Workflows), Labels: seenStates(in.Labels),
		Requests: in.Requests, Seconds: in.Time.Seconds(), NightRequests: in.Night, NightSeconds: in.NightTime.Seconds(),
		Notes: append([]string{}, in.Notes...),
	}
	environments, hints := judgeEnvironments(c, in.Environments)
	counted := false
	for i := range environments {
		e := &environments[i]
		counted = counted || e.Production
		state.Environments = append(state.Environments, seenState{
			Name: e.Name, Count: e.Count, Where: e.Where,
			Verdict: e.verdict(),
		})
	}
	d.Suggestions = append(d.Suggestions, hints...)
	d.Suggestions = append(d.Suggestions, judgeWorkflows(f, in.Workflows, counted)...)
	d.Suggestions = append(d.Suggestions, judgeLabels(f, in.Labels)...)
	d.Forges = append(d.Forges, state)
	d.add(f.Name, content.Note, "", "%s, with %s: %s repositories, %s teams", in.Address, in.Credential,
		text.Count(in.Repositories), text.Count(in.Teams))
	for _, missing := range in.Missing {
		d.add(f.Name, content.Warning, "", "missing: %s", missing)
	}
	d.cost(f, in)
	for _, note := range in.Notes {
		d.add(f.Name, content.Note, "", "%s", note)
	}
}

// cost says what collecting will take, and whether the limit is enough for it.
func (d *diagnosis) cost(f *config.Forge, in collect.Inspection) {
	budget := ""
	if in.Budget.Limit > 0 {
		budget = fmt.Sprintf("; %s of %s requests left", text.Count(in.Budget.Left), text.Count(in.Budget.Limit))
	}
	d.add(f.Name, content.Note, "", "a first run of %d days takes about %s requests (%s), a night about %s (%s)%s",
		f.Days,
		text.Count(in.Requests), console.FormatRoughly(in.Time), text.Count(in.Night), console.FormatRoughly(in.NightTime), budget)
	if spare := in.Budget.Left - in.Budget.Limit*f.BudgetPercent/100; in.Budget.Limit > 0 && in.Requests > spare {
		d.add(f.Name, content.Warning, "the first runs stop at the limit and go on the next time; fewer days, or a "+
			"GitHub App's token, need fewer nights",
			"a first run needs more requests than the %s that may be spent until %s", text.Count(max(0,
				spare)), in.Budget.Reset.UTC().Format(time.TimeOnly+" UTC"))
	}
}

func (e *seenEnvironment) verdict() string {
	switch {
	case e.Excluded:
		return "excluded"
	case e.Doubtful:
		return "doubtful"
	case e.Production:
		return "production"
	case e.Near:
		return "near miss"
	}
	return "other"
}

func seenStates(list []collect.Seen) []seenState {
	out := make([]seenState, len(list))
	for i, s := range list {
		out[i] = seenState{Name: s.Name, Count: s.Count, Where: s.Where, Verdict: "other"}
		if s.Matched {
			out[i].Verdict = "taken"
		}
	}
	return out
}

// fewNames is how many environments, workflows and labels are printed.
const fewNames = 12

// tellDiagnosis prints what was found, what forges use, and what could be changed.
func (p *program) tellDiagnosis(d *diagnosis) {
	for _, f := range d.Findings {
		colour, tag := console.Plain, "      ok"
		switch f.Level {
		case content.Error:
			colour, tag = console.Red, "   error"
		case content.Warning:
			colour, tag = console.Yellow, " warning"
		case content.Note:
		}
		p.out.Tagf(colour, tag, "%s: %s", f.Area, f.Text)
		if f.Next != "" {
			p.out.Tagf(console.Plain, "    next", "%s", f.Next)
		}
	}
	p.tellSeen("files", "environments", d.Environments)
	for i := range d.Forges {
		f := &d.Forges[i]
		p.tellSeen(f.Name, "environments", f.Environments)
		p.tellSeen(f.Name, "workflows", f.Workflows)
		p.tellSeen(f.Name, "labels", f.Labels)
	}
	for _, s := range d.Suggestions {
		p.out.Tagf(console.Plain, " suggest", "%s", text.Join(": ", s.Text, s.Config))
	}
}

// tellSeen prints the most frequent names of a forge, each with what the rules make
// of it.
func (p *program) tellSeen(forge, what string, list []seenState) {
	if len(list) == 0 {
		return
	}
	p.out.Printf("%s of %s, most frequent first:", what, forge)
	for i, s := range list {
		if i == fewNames {
			p.out.Printf("  and %s more (--json lists them)", text.Count(len(list)-i))
			return
		}
		where := ""
		if s.Where != "" {
			where = ", in " + s.Where
		}
		p.out.Printf("  %-9s %s ×%s%s", s.Verdict, s.Name, text.Count(s.Count), where)
	}
}
