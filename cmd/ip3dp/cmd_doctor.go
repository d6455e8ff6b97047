package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/doctor"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/text"
)

// doctorFlags are the flags of doctor.
type doctorFlags struct{ json, teams bool }

func (p *program) doctorCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Check sources, show gaps, and estimate the cost of collecting",
		Long: `doctor looks at configuration, content, the git program, the files of exports, the
store and every forge: what the credentials are and lack, what the rules match and nearly match,
and how many requests a first run and a night take. It changes nothing, and asks
each forge a few questions.`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error { return p.doctor(c.Context(), f) },
	}
	c.Flags().BoolVar(&f.json, "json", false, "print the diagnosis as JSON")
	c.Flags().BoolVar(&f.teams, "teams", false, "print a teams.toml with the teams of the forges, from the store")
	return c
}

func (p *program) doctor(ctx context.Context, f doctorFlags) error {
	w, err := p.load()
	if w == nil {
		return err
	}
	if f.teams {
		return p.doctorTeams(ctx, w)
	}
	d, err := doctor.Diagnose(ctx, &doctor.Input{
		Setup: w.Setup(), Problems: w.Problems, Err: err, Lint: len(w.Lint()), Open: p.openForge, Clock: p.clock,
		Readers: func(ctx context.Context) []doctor.Finding { return p.findReaders(ctx, w) },
	})
	if err != nil {
		return err
	}
	p.code = d.Exit
	if f.json {
		return p.printJSON(d)
	}
	p.printDiagnosis(d)
	return nil
}

// doctorTeams prints the teams of the forges as a teams.toml.
func (p *program) doctorTeams(ctx context.Context, w *workspace.Workspace) error {
	if err := w.Check(); err != nil {
		return err
	}
	s := w.Setup()
	list, err := sources.List(s)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(s sources.Source) bool { return s.Kind.Origin != merge.Forge })
	if len(list) == 0 {
		return exit.BadInput("add [[github]] or [[gitlab]] to "+p.configFile, "--teams: no forge is configured")
	}
	results, err := sources.Gather(ctx, s, p.clock, list)
	if err != nil {
		return err
	}
	facts, _ := sources.Merge(s, results, true)
	teams := merge.ForgeTeams(facts.Teams)
	if len(teams) == 0 {
		return exit.Fail("see whether the token may read teams with ip3dp doctor, and run ip3dp collect",
			errors.New("the store has no team that may write to a repository"))
	}
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name()
	}
	for i := range teams {
		// The number of people, not their names: others read the file.
		teams[i].Developers = len(teams[i].Members)
	}
	text, err := scaffold.Fill("teams.toml.tmpl", scaffold.Start{FromForge: strings.Join(names, ", "), Teams: teams})
	if err != nil {
		return err
	}
	if _, err := p.stdout.Write(text); err != nil {
		return exit.Fail("", fmt.Errorf("teams: %w", err))
	}
	return nil
}

// fewNames is the number of environments, workflows and labels that are printed.
const fewNames = 12

// printDiagnosis prints findings, names that forges use, and suggestions.
func (p *program) printDiagnosis(d *doctor.Diagnosis) {
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
	p.printSeen("files", "environments", d.Environments)
	for i := range d.Forges {
		f := &d.Forges[i]
		p.printSeen(f.Name, "environments", f.Environments)
		p.printSeen(f.Name, "workflows", f.Workflows)
		p.printSeen(f.Name, "labels", f.Labels)
	}
	for _, s := range d.Suggestions {
		p.out.Tagf(console.Plain, " suggest", "%s", text.Join(": ", s.Text, s.Config))
	}
}

// printSeen prints the most frequent names of a forge, each with its verdict.
func (p *program) printSeen(forge, what string, list []doctor.Seen) {
	if len(list) == 0 {
		return
	}
	p.out.Printf("%s of %s, most frequent first:", what, forge)
	for i, s := range list {
		if i == fewNames {
			p.out.Printf("  and %s more (--json lists them)", text.FormatCount(len(list)-i))
			return
		}
		where := ""
		if s.Where != "" {
			where = ", in " + s.Where
		}
		p.out.Printf("  %-9s %s ×%s%s", s.Verdict, s.Name, text.FormatCount(s.Count), where)
	}
}
