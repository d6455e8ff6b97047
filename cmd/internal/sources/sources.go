// Package sources makes the sources of a configuration, reads them and merges their facts.
package sources

import (
	"path/filepath"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/publish"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/merge"
)

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
	open func(*workspace.Workspace) ([]Source, error)
	// paths lists the files that the sources read, which no site may replace; nil if they
	// read none.
	paths func(*workspace.Workspace) []sourcePath
}

// sourcePath is a file or folder, or a pattern of files, that a source reads.
type sourcePath struct{ source, path string }

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
}

func forgeKind(kind *config.Kind) *Kind {
	return &Kind{
		Table: kind.Table, Folder: kind.Table, Guide: kind.Table + ".md", Origin: merge.Forge,
		open: func(w *workspace.Workspace) ([]Source, error) { return storedSources(w, kind), nil },
	}
}

// List returns the sources of a configuration, in the order of merging.
func List(w *workspace.Workspace) ([]Source, error) {
	var list []Source
	for _, k := range Kinds {
		opened, err := k.open(w)
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

// ListGuarded lists everything that no site may replace: what people wrote, the state, and
// the files that sources read.
func ListGuarded(w *workspace.Workspace) []publish.Guarded {
	list := w.ListGuarded()
	for _, k := range Kinds {
		if k.paths == nil {
			continue
		}
		for _, p := range k.paths(w) {
			list = append(list, publish.Guarded{What: "the source " + p.source, Path: trimPattern(p.path)})
		}
	}
	return list
}

// trimPattern returns the folder that has all files of a pattern. A path that is not a
// pattern stays.
func trimPattern(path string) string {
	at := strings.IndexAny(path, "*?[")
	if at < 0 {
		return path
	}
	return filepath.Dir(path[:at] + "x")
}

// Window returns the span that a source is asked for. The history does not show older facts.
func Window(w *workspace.Workspace, days int) collect.Window {
	days = min(days, w.Config.History.Days)
	return collect.Window{From: w.AsOf.AddDate(0, 0, -days), To: w.AsOf}
}

// surveyFolder returns the folder of the exports of surveys.
func surveyFolder(w *workspace.Workspace) string {
	if folder := w.Config.Surveys.Folder; folder != "" {
		return workspace.ResolvePath(w.Root, folder)
	}
	return filepath.Join(w.ContentRoot(), "surveys")
}
