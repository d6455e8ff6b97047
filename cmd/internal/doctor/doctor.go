// Package doctor diagnoses a configuration: what works, what is missing, and what collecting
// will cost.
package doctor

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
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/sources"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/store"
	"github.com/ip3dp/ip3dp/collect/text"
)

// version is the version of the diagnosis as JSON.
const version = 1

// Diagnosis has the findings of doctor. Programs may read its JSON.
type Diagnosis struct {
	Version  int          `json:"version"`
	Exit     exit.Code    `json:"exit"`
	Findings []Finding    `json:"findings"`
	Store    *StoreState  `json:"store"` // null: there is none, or it cannot be read
	Forges   []ForgeState `json:"forges"`
	// Environments are the environments in files, most frequent first.
	Environments []Seen       `json:"environments,omitempty"`
	Suggestions  []Suggestion `json:"suggestions"`
}

// Finding is one line of a diagnosis.
type Finding struct {
	Area  string        `json:"area"`  // "configuration", "content", "git", "store", "readers", or a forge's name
	Level content.Level `json:"level"` // error, warning or note
	Text  string        `json:"text"`
	Next  string        `json:"next,omitempty"`
}

// StoreState describes the store.
type StoreState struct {
	Bytes   int64         `json:"bytes"`
	Schema  int           `json:"schema"`
	Sources []StoreSource `json:"sources"`
}

// StoreSource describes one source in the store.
type StoreSource struct {
	Source       string               `json:"source"`
	Repositories int                  `json:"repositories"`
	Gone         int                  `json:"gone"`
	Teams        int                  `json:"teams"`
	Rows         map[collect.Kind]int `json:"rows"`
	Collected    time.Time            `json:"collected,omitzero"`
}

func (d *Diagnosis) add(area string, level content.Level, next, format string, args ...any) {
	d.Findings = append(d.Findings, Finding{Area: area, Level: level, Text: fmt.Sprintf(format, args...), Next: next})
}

// Input is everything that a diagnosis is made from.
type Input struct {
	Setup    *sources.Setup
	Problems []content.Problem // of the configuration and the content
	Err      error             // of reading them
	Lint     int               // the number of findings of lint
	Open     func(config.Forge) (collect.Forge, error)
	Clock    func() time.Time
	Readers  func(context.Context) []Finding // about the readers of the site
}

// Diagnose looks at a configuration, its files, the store and every forge.
func Diagnose(ctx context.Context, in *Input) (*Diagnosis, error) {
	d := &Diagnosis{Version: version, Findings: []Finding{}, Forges: []ForgeState{}, Suggestions: []Suggestion{}}
	sound := d.checkWritten(in)
	d.checkGit(ctx, in.Setup.Config)
	if sound {
		found, read, err := sources.Match(ctx, in.Setup, in.Clock, true)
		if err != nil {
			return nil, err
		}
		d.addFiles(in.Setup.Config, found, read)
		d.checkQueries(ctx, in.Setup)
		d.checkStore(ctx, in.Setup)
		d.Findings = append(d.Findings, in.Readers(ctx)...)
		d.inspectForges(ctx, in)
	}
	if ctx.Err() != nil {
		return nil, context.Cause(ctx)
	}
	return d, nil
}

// checkWritten looks at what the team wrote, and reports whether the rest can be checked.
func (d *Diagnosis) checkWritten(in *Input) bool {
	for i, problem := range in.Problems {
		if i == console.MostProblems {
			d.add("content", content.Error, `run "ip3dp check --verbose", which lists them`, "%s more",
				text.Plural(len(in.Problems)-i, "problem"))
			break
		}
		area := "content"
		if problem.File == in.Setup.File {
			area = "configuration"
		}
		next := problem.Next
		problem.Next = ""
		d.add(area, content.Error, next, "%s", problem.Error())
	}
	if in.Err != nil {
		d.add("content", content.Error, "", "%v", in.Err)
	}
	if len(in.Problems) > 0 || in.Err != nil {
		d.Exit = exit.Configuration
		return false
	}
	d.add("configuration", content.Note, "", "%s: no problem", in.Setup.File)
	c := in.Setup.Content
	d.add("content", content.Note, "", "%s: %s, %s, %s", in.Setup.ContentRoot, text.Plural(len(c.Teams), "team"),
		text.Plural(len(c.Features), "feature"), text.Plural(len(c.Initiatives), "initiative"))
	if n := in.Lint; n > 0 {
		d.add("content", content.Note, `run "ip3dp check"`, "%s worth a look", text.Plural(n, "place"))
	}
	return true
}

// checkGit looks for the git program, which clones need.
func (d *Diagnosis) checkGit(ctx context.Context, c *config.Config) {
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

// checkStore looks at the store, if a forge is configured.
func (d *Diagnosis) checkStore(ctx context.Context, s *sources.Setup) {
	configured := s.Config.Forges()
	if len(configured) == 0 {
		return
	}
	db, err := store.Open(ctx, store.Options{File: s.Store, ReadOnly: true})
	if errors.Is(err, store.ErrMissing) {
		if _, cause := os.Stat(s.Store); errors.Is(cause, fs.ErrNotExist) {
			d.add("store", content.Note, `run "ip3dp collect"`, "%s: not there yet", s.Store)
			return
		}
	}
	if err != nil {
		d.addUnreadable(err)
		return
	}
	defer db.Close() // read only
	stats, err := db.Stats(ctx)
	if err != nil {
		d.addUnreadable(err)
		return
	}
	d.Store = &StoreState{Bytes: stats.Bytes, Schema: stats.Schema, Sources: []StoreSource{}}
	d.add("store", content.Note, "", "%s: whole, %.1f MB, schema %d", s.Store, float64(stats.Bytes)/1e6,
		stats.Schema)
	for _, st := range stats.Sources {
		d.Store.Sources = append(d.Store.Sources, StoreSource{
			Source: st.Source, Repositories: st.Repositories, Gone: st.Gone, Teams: st.Teams, Rows: st.Rows,
			Collected: st.Collected,
		})
		d.addStored(configured, &st)
	}
}

// addUnreadable adds that the store cannot be read.
func (d *Diagnosis) addUnreadable(err error) {
	var f *exit.Failure
	errors.As(sources.NewStoreFailure(err), &f)
	d.add("store", content.Error, f.Next, "%v", err)
	if d.Exit == exit.Complete {
		d.Exit = f.Code
	}
}

// addStored adds a line about one source in the store.
func (d *Diagnosis) addStored(configured []config.Forge, st *store.SourceStats) {
	parts := []string{text.FormatCount(st.Repositories) + " repositories"}
	for _, kind := range []collect.Kind{collect.Commits, collect.Changes, collect.Deployments, collect.Incidents} {
		parts = append(parts, text.FormatCount(st.Rows[kind])+" "+string(kind))
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
