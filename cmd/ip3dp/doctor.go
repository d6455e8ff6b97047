package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/spf13/cobra"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/text"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"

	"github.com/ip3dp/ip3dp/cmd/internal/scaffold"
)

// doctorVersion is the version of what doctor prints as JSON.
const doctorVersion = 1

// doctorFlags are the flags of doctor.
type doctorFlags struct{ json, teams bool }

func (p *program) doctorCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use:   "doctor",
		Short: "Say what works, what is missing, and what collecting will cost",
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

// diagnosis is what doctor found; its JSON is for programs.
type diagnosis struct {
	Version  int          `json:"version"`
	Exit     exit.Code    `json:"exit"`
	Findings []diagnosed  `json:"findings"`
	Store    *storeState  `json:"store"` // null: there is none, or it cannot be read
	Forges   []forgeState `json:"forges"`
	// Environments are those that files name, most frequent first.
	Environments []seenState  `json:"environments,omitempty"`
	Suggestions  []suggestion `json:"suggestions"`
}

// diagnosed is one line: what was looked at and what was found.
type diagnosed struct {
	Area  string        `json:"area"`  // "configuration", "content", "git", "store", or a forge's name
	Level content.Level `json:"level"` // error, warning or note
	Text  string        `json:"text"`
	Next  string        `json:"next,omitempty"`
}

// storeState is what is in the store.
type storeState struct {
	Bytes   int64              `json:"bytes"`
	Schema  int                `json:"schema"`
	Sources []storeSourceState `json:"sources"`
}

// storeSourceState is what is in the store of one source.
type storeSourceState struct {
	Source       string               `json:"source"`
	Repositories int                  `json:"repositories"`
	Gone         int                  `json:"gone"`
	Teams        int                  `json:"teams"`
	Rows         map[collect.Kind]int `json:"rows"`
	Collected    time.Time            `json:"collected,omitzero"`
}

func (d *diagnosis) add(area string, level content.Level, next, format string, args ...any) {
	d.Findings = append(d.Findings, diagnosed{Area: area, Level: level, Text: fmt.Sprintf(format, args...), Next: next})
}

func (p *program) doctor(ctx context.Context, f doctorFlags) error {
	w, err := p.load()
	if w == nil {
		return err
	}
	if f.teams {
		return p.doctorTeams(ctx, w)
	}
	d := &diagnosis{Version: doctorVersion, Findings: []diagnosed{}, Forges: []forgeState{}, Suggestions: []suggestion{}}
	sound := d.written(w, err)
	d.git(ctx, &w.Config)
	if sound {
		found, read, err := p.matches(ctx, w)
		if err != nil {
			return err
		}
		d.Suggestions = append(d.Suggestions, d.files(&w.Config, found, read)...)
		d.store(ctx, w)
		p.inspectForges(ctx, w, d)
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	p.code = d.Exit
	if f.json {
		return p.printJSON(d)
	}
	p.tellDiagnosis(d)
	return nil
}

// written looks at what the team wrote, and reports whether the rest can be looked at.
func (d *diagnosis) written(w *workspace.Workspace, err error) bool {
	for i, problem := range w.Problems {
		if i == console.MostProblems {
			d.add("content", content.Error, `run "ip3dp check --verbose", which lists them`, "%s more",
				text.Plural(len(w.Problems)-i, "problem"))
			break
		}
		area := "content"
		if problem.File == w.File {
			area = "configuration"
		}
		d.add(area, content.Error, problem.Next, "%s", (&content.Problem{File: problem.File, Line: problem.Line, Text: problem.Text}).Error())
	}
	if err != nil {
		d.add("content", content.Error, "", "%v", err)
	}
	if len(w.Problems) > 0 || err != nil {
		d.Exit = exit.Configuration
		return false
	}
	d.add("configuration", content.Note, "", "%s: no problem", w.File)
	c := &w.Content
	d.add("content", content.Note, "", "%s: %s, %s, %s", w.ContentRoot(), text.Plural(len(c.Teams), "team"),
		text.Plural(len(c.Features), "feature"), text.Plural(len(c.Initiatives), "initiative"))
	if n := len(w.Lint()); n > 0 {
		d.add("content", content.Note, `run "ip3dp check"`, "%s worth a look", text.Plural(n, "place"))
	}
	return true
}

// git looks for the git program, which clones need.
func (d *diagnosis) git(ctx context.Context, c *config.Config) {
	out, err := exec.CommandContext(ctx, "git", "--version").Output()
	switch {
	case err == nil:
		d.add("git", content.Note, "", "%s", strings.TrimSpace(string(out)))
	case len(c.Git) > 0:
		d.add("git", content.Error, "install git 2.30 or newer", "the git program does not run, and %s configured",
			text.Plural(len(c.Git), "clone"))
	default:
		d.add("git", content.Note, "", "no git program; no clone is configured, so none is needed")
	}
}

// store looks at the store, if there should be one.
func (d *diagnosis) store(ctx context.Context, w *workspace.Workspace) {
	configured := w.Config.Forges()
	if len(configured) == 0 {
		return
	}
	s, err := store.Open(ctx, store.Options{File: w.StoreFile(), ReadOnly: true})
	if errors.Is(err, store.ErrMissing) {
		if _, cause := os.Stat(w.StoreFile()); errors.Is(cause, fs.ErrNotExist) {
			d.add("store", content.Note, `run "ip3dp collect"`, "%s: not there yet", w.StoreFile())
			return
		}
	}
	if err != nil {
		d.unreadable(err)
		return
	}
	defer s.Close() // read only
	stats, err := s.Stats(ctx)
	if err != nil {
		d.unreadable(err)
		return
	}
	d.Store = &storeState{Bytes: stats.Bytes, Schema: stats.Schema, Sources: []storeSourceState{}}
	d.add("store", content.Note, "", "%s: whole, %.1f MB, schema %d", w.StoreFile(), float64(stats.Bytes)/1e6,
		stats.Schema)
	for _, st := range stats.Sources {
		d.Store.Sources = append(d.Store.Sources, storeSourceState{
			Source: st.Source, Repositories: st.Repositories, Gone: st.Gone, Teams: st.Teams, Rows: st.Rows, Collected: st.Collected,
		})
		d.storedSource(configured, &st)
	}
}

func (d *diagnosis) unreadable(err error) {
	var f *exit.Failure
	errors.As(storeFailure(err), &f)
	d.add("store", content.Error, f.Next, "%v", err)
	if d.Exit == exit.Complete {
		d.Exit = f.Code
	}
}

// storedSource is a line on what is in the store of one source.
func (d *diagnosis) storedSource(configured []config.Forge, st *store.SourceStats) {
	parts := []string{text.Count(st.Repositories) + " repositories"}
	for _, kind := range []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents} {
		parts = append(parts, text.Count(st.Rows[kind])+" "+string(kind))
	}
	collected := "never collected to the end"
	if !st.Collected.IsZero() {
		collected = "last collected " + st.Collected.UTC().Format("2006-01-02 15:04 UTC")
	}
	d.add("store", content.Note, "", "source %s: %s; %s", st.Source, strings.Join(parts, ", "), collected)
	for i := range configured {
		if configured[i].Name == st.Source {
			return
		}
	}
	d.add("store", content.Warning, "give a forge this name again, or leave it",
		"source %s is in the store and not in the configuration: nothing of it is shown", st.Source)
}

// doctorTeams prints the teams of the forges as a teams.toml.
func (p *program) doctorTeams(ctx context.Context, w *workspace.Workspace) error {
	if err := w.Check(); err != nil {
		return err
	}
	list := forgeSources(w)
	if len(list) == 0 {
		return exit.BadInput("add [[github]] or [[gitlab]] to "+p.configFile, "--teams: no forge is configured")
	}
	results, err := p.gather(ctx, w, list)
	if err != nil {
		return err
	}
	facts, _ := mergeFacts(w, results, true)
	teams := forgeTeams(facts.Teams)
	if len(teams) == 0 {
		return exit.Fail("see whether the token may read teams with ip3dp doctor, and run ip3dp collect",
			errors.New("the store has no team that may write to a repository"))
	}
	names := make([]string, len(list))
	for i := range list {
		names[i] = list[i].Name()
	}
	for i := range teams {
		// How many people, not who: the file is read by others.
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
