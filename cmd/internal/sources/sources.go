// Package sources makes the sources of a configuration, reads them and merges their facts.
package sources

import (
	"path/filepath"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"
)

// Setup is everything that sources are made from.
type Setup struct {
	Root        string // the folder of the configuration
	ContentRoot string
	File        string // the configuration, for messages
	Store       string // the file with the facts of forges
	Config      *config.Config
	Content     *fact.Content
	AsOf        time.Time
	Env         func(string) string // variables of the environment; nil: none is set
	eachTicket  bool                // no ticket is summed, so that tests can compare rows
	KeepLines   bool                // the lines of unused rows are kept, for a file of them
}

// Source is a configured source.
type Source struct {
	collect.Source
	Kind *Kind
	// System issued the IDs in it. Tables of one system share them; "" is a system of its
	// own.
	System string
	// Setting holds all settings of the source. If it and the files are as before, so are
	// the facts.
	Setting string
	Files   []string // a change of one calls for reading again
	Pattern string   // files that match it belong to the source, too; "" if there is none
}

// Kind is a kind of source. TestKinds reports a missing piece.
type Kind struct {
	Table  string // its table in config.toml
	Folder string // its package below collect/
	Guide  string // the page below docs/ that describes it
	Origin merge.Origin
	// open makes the configured sources.
	open func(*Setup) ([]Source, error)
	// paths lists the files that the sources read, which no site may replace; nil if they
	// read none.
	paths func(*Setup) []Path
	// remote means that reading asks a server.
	remote bool
}

// Path is a file or folder, or a pattern of files, that a source reads.
type Path struct{ Source, Path string }

// Kinds lists the kinds of sources in the order of merging.
var Kinds = []*Kind{
	forgeKind(config.KindGitHub),
	forgeKind(config.KindGitLab),
	{Table: "git", Folder: "git", Guide: "git.md", Origin: merge.Clone, open: openClones, paths: clonePaths},
	{Table: "events", Folder: "events", Guide: "events.md", Origin: merge.Export, open: openEvents, paths: eventPaths},
	{Table: "surveys", Folder: "survey", Guide: "exports.md", Origin: merge.Export, open: openSurveys, paths: surveyPaths},
	exportKind("tickets", openTickets),
	exportKind("usage", openUsage),
	exportKind("measures", openMeasures),
	exportKind("tasks", openTasks),
	queryKind(),
}

func forgeKind(kind *config.Kind) *Kind {
	return &Kind{
		Table: kind.Table, Folder: kind.Table, Guide: kind.Table + ".md", Origin: merge.Forge,
		open: func(s *Setup) ([]Source, error) { return storedSources(s, kind), nil },
	}
}

// List returns the sources of a configuration, in the order of merging.
func List(s *Setup) ([]Source, error) {
	var list []Source
	for _, k := range Kinds {
		opened, err := k.open(s)
		if err != nil {
			return nil, err
		}
		for i := range opened {
			opened[i].Kind = k
		}
		list = append(list, opened...)
	}
	return list, nil
}

// Paths lists the files that sources read.
func Paths(s *Setup) []Path {
	var list []Path
	for _, k := range Kinds {
		if k.paths != nil {
			list = append(list, k.paths(s)...)
		}
	}
	return list
}

// resolve returns a path of the configuration, which is relative to its folder.
func (s *Setup) resolve(name string) string { return config.Resolve(s.Root, name) }

// Window returns the span that sources are asked for.
func (s *Setup) Window(days int) collect.Window {
	days = min(days, s.Config.History.Days)
	return collect.Window{From: s.AsOf.AddDate(0, 0, -days), To: s.AsOf}
}

// surveyFolder returns the folder of the exports of surveys.
func (s *Setup) surveyFolder() string {
	if folder := s.Config.Surveys.Folder; folder != "" {
		return s.resolve(folder)
	}
	return filepath.Join(s.ContentRoot, "surveys")
}
