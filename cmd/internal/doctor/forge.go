package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/forges"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/text"
)

// ForgeState holds the answers of a forge.
type ForgeState struct {
	Name         string         `json:"name"`
	Kind         string         `json:"kind"`
	Address      string         `json:"address"`
	Credential   string         `json:"credential"` // its kind and scopes, never the token
	Missing      []string       `json:"missing"`    // permissions
	Budget       collect.Budget `json:"budget"`
	Repositories int            `json:"repositories"`
	Teams        int            `json:"teams"`
	Environments []Seen         `json:"environments"`
	Workflows    []Seen         `json:"workflows"`
	Labels       []Seen         `json:"labels"`
	// Estimates of a first run and of an ordinary night.
	Requests      int      `json:"requests"`
	Seconds       float64  `json:"seconds"`
	NightRequests int      `json:"night_requests"`
	NightSeconds  float64  `json:"night_seconds"`
	Notes         []string `json:"notes"`
}

// Seen is a name that a forge or a file uses.
type Seen struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
	Where string `json:"where,omitempty"`
	// Verdict is the result of the rules: "production", "excluded", "near miss",
	// "doubtful", "taken" or "other".
	Verdict string `json:"verdict"`
}

// inspectForges asks every forge a few questions.
func (d *Diagnosis) inspectForges(ctx context.Context, in *Input) {
	for _, f := range in.Setup.Config.Forges() {
		found, err := inspect(ctx, in, f)
		if ctx.Err() != nil {
			return
		}
		if err != nil {
			next := "see whether this machine reaches the forge"
			if errors.Is(err, collect.ErrCredentials) {
				next = forges.CredentialsNext(&f)
				if d.Exit != exit.Configuration {
					d.Exit = exit.Credentials
				}
			}
			d.add(f.Name, content.Error, next, "%s", strings.TrimPrefix(err.Error(), f.Name+": "))
			continue
		}
		d.addForge(in.Setup.Config, &f, found)
	}
}

func inspect(ctx context.Context, in *Input, f config.Forge) (collect.Inspection, error) {
	forge, err := in.Open(f)
	if err != nil {
		return collect.Inspection{}, err
	}
	return forge.Inspect(ctx, collect.SyncOptions{Window: in.Setup.Window(f.Days)})
}

// addForge adds the answers of a forge, and what follows from them.
func (d *Diagnosis) addForge(c *config.Config, f *config.Forge, in collect.Inspection) {
	state := ForgeState{
		Name: f.Name, Kind: f.Kind.Table, Address: in.Address, Credential: in.Credential, Missing: append([]string{},
			in.Missing...),
		Budget: in.Budget, Repositories: in.Repositories, Teams: in.Teams,
		Workflows: newSeen(in.Workflows), Labels: newSeen(in.Labels),
		Requests: in.Requests, Seconds: in.Time.Seconds(), NightRequests: in.Night, NightSeconds: in.NightTime.Seconds(),
		Notes: append([]string{}, in.Notes...),
	}
	environments, hints := judgeEnvironments(c, in.Environments)
	state.Environments = environments
	counted := slices.ContainsFunc(environments, func(e Seen) bool {
		return e.Verdict == "production" || e.Verdict == "doubtful"
	})
	d.Suggestions = append(d.Suggestions, hints...)
	d.Suggestions = append(d.Suggestions, judgeWorkflows(f, in.Workflows, counted)...)
	d.Suggestions = append(d.Suggestions, judgeLabels(f, in.Labels)...)
	d.Forges = append(d.Forges, state)
	d.add(f.Name, content.Note, "", "%s, with %s: %s repositories, %s teams", in.Address, in.Credential,
		text.FormatCount(in.Repositories), text.FormatCount(in.Teams))
	for _, missing := range in.Missing {
		d.add(f.Name, content.Warning, "", "missing: %s", missing)
	}
	d.addCost(f, in)
	for _, note := range in.Notes {
		d.add(f.Name, content.Note, "", "%s", note)
	}
}

// addCost adds what collecting will cost, and whether the limit is enough.
func (d *Diagnosis) addCost(f *config.Forge, in collect.Inspection) {
	budget := ""
	if in.Budget.Limit > 0 {
		budget = fmt.Sprintf("; %s of %s requests left", text.FormatCount(in.Budget.Left), text.FormatCount(in.Budget.Limit))
	}
	d.add(f.Name, content.Note, "", "a first run of %d days takes about %s requests (%s), a night about %s (%s)%s",
		f.Days,
		text.FormatCount(in.Requests), console.FormatRoughly(in.Time), text.FormatCount(in.Night),
		console.FormatRoughly(in.NightTime), budget)
	if spare := in.Budget.Left - in.Budget.Limit*f.BudgetPercent/100; in.Budget.Limit > 0 && in.Requests > spare {
		d.add(f.Name, content.Warning, "the first runs stop at the limit and go on the next time; fewer days, or a "+
			"GitHub App's token, need fewer nights",
			"a first run needs more requests than the %s that may be spent until %s", text.FormatCount(max(0,
				spare)), in.Budget.Reset.UTC().Format(time.TimeOnly+" UTC"))
	}
}

func newSeen(list []collect.Seen) []Seen {
	out := make([]Seen, len(list))
	for i, s := range list {
		out[i] = Seen{Name: s.Name, Count: s.Count, Where: s.Where, Verdict: "other"}
		if s.Matched {
			out[i].Verdict = "taken"
		}
	}
	return out
}

// addFiles adds the findings about export files, and the environments that they name.
func (d *Diagnosis) addFiles(c *config.Config, found []content.Finding, read []sources.Gathered) {
	for _, f := range found {
		d.add("files", f.Level, f.Next, "%s", f.Text)
	}
	count := map[string]int{}
	for i := range read {
		for k := range read[i].Events.Deployments {
			if x := &read[i].Events.Deployments[k]; x.Tier == "" {
				name := strings.TrimSpace(x.Environment)
				if !text.IsName(name) {
					name = "something that does not look like a name"
				}
				count[name]++
			}
		}
	}
	var seen []collect.Seen
	for _, name := range slices.Sorted(maps.Keys(count)) {
		seen = append(seen, collect.Seen{Name: name, Count: count[name]})
	}
	slices.SortStableFunc(seen, func(a, b collect.Seen) int { return b.Count - a.Count })
	environments, hints := judgeEnvironments(c, seen)
	d.Environments = environments
	d.Suggestions = append(d.Suggestions, hints...)
}
