package main

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"

	"github.com/ip3dp/ip3dp/cmd/internal/config"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/measures"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tasks"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/collect/usage"
	"github.com/ip3dp/ip3dp/compute/org"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// exportSources are the sources of one table.
func exportSources(w *workspace.Workspace, x config.Export) ([]source, error) {
	o, errs := x.Tabular()
	for _, err := range errs { // config.Parse has reported them
		return nil, exit.BadInput("", "source %q: %s", x.Name, err.Text)
	}
	name := x.Name
	var open func(tabular.File) (collect.Source, error)
	var told []string // what the content tells the source
	switch x.Table {
	case "tickets":
		open = func(f tabular.File) (collect.Source, error) { return tickets.New(name, f, o), nil }
	case "usage":
		names := org.NewNames(w.Content)
		told = slices.Concat(notPeople(w.Content), w.Config.People.Bots, featureNames(w.Content))
		open = func(f tabular.File) (collect.Source, error) {
			bots, err := org.NewBots(w.Config.People.Bots) // one a source: it remembers, and sources are read at once
			if err != nil {
				return nil, exit.BadInput("mend people.bots in "+w.File, "%w", err)
			}
			return usage.New(name, f, usage.Options{
				Tabular: o, Feature: x.Own, Salt: runKey(), NotPeople: notPeople(w.Content), Automation: bots.Is,
				Known: func(feature string) bool { _, ok := names.Feature(feature); return ok },
			})
		}
	case "measures":
		names := org.NewNames(w.Content)
		told = declared(w.Content)
		open = func(f tabular.File) (collect.Source, error) {
			return measures.New(name, f, measures.Options{
				Tabular: o, Measure: x.Own,
				Declared: func(name string) (id, near string) {
					if id, ok := names.Measure(name); ok {
						return id, ""
					}
					return "", names.NearMeasure(name)
				},
			}), nil
		}
	case "tasks":
		open = func(f tabular.File) (collect.Source, error) { return tasks.New(name, f, o), nil }
	}
	return fileSources(w, x.Table, x.FileKeys, fmt.Sprintf("%q %+v %q", x.Own, o, told), open)
}

// runKey is the key that units of usage and ids of responses are hashed with. It
// is drawn once and never written: nothing published depends on it, because hashes
// are only told apart. All sources of a process share it, so that a developer or a
// response in two exports is one.
var runKey = sync.OnceValue(func() []byte {
	key := make([]byte, 32)
	rand.Read(key) // it never returns an error
	return key
})

// notPeople are the names of the features that are counted by team or service.
func notPeople(c fact.Content) []string {
	var names []string
	for i := range c.Features {
		f := &c.Features[i]
		if u := f.Adoption.Unit; u != "team" && u != "service" {
			continue
		}
		names = append(names, f.ID)
		if f.Title != "" {
			names = append(names, f.Title)
		}
		names = slices.Concat(names, f.Labels, f.Formerly)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// featureNames are all names of all features.
func featureNames(c fact.Content) []string {
	var list []string
	for i := range c.Features {
		f := &c.Features[i]
		list = slices.Concat(list, []string{f.ID, f.Title}, f.Labels, f.Formerly)
	}
	return list
}

// declared are the IDs and titles of measures.toml.
func declared(c fact.Content) []string {
	ids := make([]string, 0, 2*len(c.Measures))
	for i := range c.Measures {
		ids = append(ids, c.Measures[i].ID, c.Measures[i].Title)
	}
	return ids
}

// surveySources are one source for each export of a wave; none while it is a
// draft.
func surveySources(w *workspace.Workspace, s *fact.Survey) ([]source, error) {
	if s.Draft {
		return nil, nil
	}
	folder := filepath.Join(w.ContentRoot(), "surveys")
	if w.Config.Surveys.Folder != "" {
		folder = workspace.ResolvePath(w.Root, w.Config.Surveys.Folder)
	}
	pattern := pattern(folder, s.File)
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, exit.BadInput("", "%s: file %q is not a pattern", s.Origin.File, s.File)
	}
	if len(files) == 0 {
		files = []string{filepath.Join(folder, filepath.FromSlash(s.File))}
	}
	told := *s
	told.Lines, told.Origin = nil, fact.Origin{} // where a key stands is no setting
	setting, err := json.Marshal(told)
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("%s: %w", s.File, err))
	}
	var list []source
	for _, name := range files {
		src, err := survey.New(*s, exportFile(w.Root, name), tabular.Options{}, runKey())
		if err != nil {
			return nil, exit.BadInput("", "%w", err)
		}
		list = append(list, source{
			Source: src, kind: "surveys", files: []string{name}, pattern: pattern,
			setting: fmt.Sprintf("survey %s %s %s", s.ID, name, setting),
		})
	}
	return list, nil
}
