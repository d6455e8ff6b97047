package sources

import (
	"crypto/rand"
	"encoding/json"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/measures"
	"github.com/ip3dp/ip3dp/collect/merge"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tasks"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/collect/usage"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/org"
)

// exportOpener makes what opens the files of an export, and lists what the content adds to
// its settings.
type exportOpener func(s *Setup, x *config.Export, o tabular.Options) (fileOpener, []string)

// fileOpener makes the source of one file.
type fileOpener func(tabular.File) (collect.Source, error)

// exportKind returns the kind of a table of exports.
func exportKind(table string, opener exportOpener) *Kind {
	tables := func(s *Setup) []config.Export {
		return slices.DeleteFunc(s.Config.Exports(), func(x config.Export) bool { return x.Table != table })
	}
	return &Kind{
		Table: table, Folder: table, Guide: "exports.md", Origin: merge.Export,
		open: func(s *Setup) ([]Source, error) {
			var list []Source
			for _, x := range tables(s) {
				o, errs := x.Tabular()
				for _, err := range errs { // config.Parse has reported them
					return nil, exit.BadInput("", "source %q: %s", x.Name, err.Text)
				}
				o.KeepLines = s.KeepLines
				open, names := opener(s, &x, o)
				opened, err := openFiles(s, table, x.FileKeys, fmt.Sprintf("%q %+v %q", x.Own, o, names), open)
				if err != nil {
					return nil, err
				}
				list = append(list, opened...)
			}
			shareIdentities(list)
			return list, nil
		},
		paths: func(s *Setup) []Path {
			var list []Path
			for _, x := range tables(s) {
				list = append(list, filePaths(s, x.FileKeys)...)
			}
			return list
		},
	}
}

func openTickets(s *Setup, x *config.Export, o tabular.Options) (fileOpener, []string) {
	options := tickets.Options{Tabular: o, Themes: tickets.NewThemes(s.Content.Themes), Statuses: x.Statuses}
	cal := s.calendar()
	if !s.eachTicket && !slices.ContainsFunc(s.Config.SQL, func(q config.SQL) bool { return q.Kind == "tickets" }) {
		options.OneByOne = neededWeeks(cal)
	} // else a query may have the ID of any row, and is asked once only
	settings := []string{fmt.Sprintf("%q", x.Statuses)} // maps print in the order of their keys
	for i := range s.Content.Themes {
		settings = append(settings, fmt.Sprintf("%q", s.Content.Themes[i].Match))
	}
	settings = append(settings, fmt.Sprint(options.OneByOne != nil, cal.Current(), cal.Quarter()))
	return func(f tabular.File) (collect.Source, error) {
		if err := tickets.CheckStatuses(x.Statuses); err != nil {
			return nil, exit.BadInput("", "source %q: %w", x.Name, err)
		}
		return tickets.New(x.Name, f, options), nil
	}, settings
}

// calendar returns the calendar that the facts are measured with.
func (s *Setup) calendar() org.Calendar {
	o := s.Config.Options()
	breaks, _ := org.NewNames(*s.Content).Breaks(o.Breaks, len(s.Content.Teams)) // unknown names are reported with the facts
	return org.Calendar{AsOf: s.AsOf, MaturityDays: o.MaturityDays, Breaks: breaks}
}

// neededWeeks returns whether the tickets of the week of a time are needed one by one.
func neededWeeks(cal org.Calendar) func(time.Time) bool {
	var weeks sync.Map // sources are read concurrently
	return func(at time.Time) bool {
		week := fact.NewUseWeek(at, 0).Week
		needed, known := weeks.Load(week)
		if !known {
			needed = compute.NeedsTickets(cal, at)
			weeks.Store(week, needed)
		}
		return needed.(bool)
	}
}

func openUsage(s *Setup, x *config.Export, o tabular.Options) (fileOpener, []string) {
	names := org.NewNames(*s.Content)
	shared, patterns := listShared(s.Content), s.Config.People.Bots
	return func(f tabular.File) (collect.Source, error) {
		bots, err := org.NewBots(patterns) // one for each source: it has a cache, and sources are read concurrently
		if err != nil {
			return nil, exit.BadInput("mend people.bots in "+s.File, "%w", err)
		}
		return usage.New(x.Name, f, usage.Options{
			Tabular: o, Feature: x.Own, Salt: runKey(), NotPeople: shared, Automation: bots.IsBot,
			Known: func(feature string) bool { _, ok := names.Feature(feature); return ok },
		})
	}, slices.Concat(shared, patterns, listFeatures(s.Content))
}

// shareIdentities tells the exports of usage of one system of each other, and all exports of
// tickets. A change of one file then calls for reading all of them again, because it may repeat
// their rows.
func shareIdentities(list []Source) {
	systems := map[string][]*usage.Source{}
	files := map[string][]string{}
	var requests []*tickets.Source
	for i := range list {
		if t, ok := list[i].Source.(*tickets.Source); ok {
			requests = append(requests, t)
			files[""] = append(files[""], list[i].Files...)
		}
		if u, ok := list[i].Source.(*usage.Source); ok {
			systems[list[i].System] = append(systems[list[i].System], u)
			files[list[i].System] = append(files[list[i].System], list[i].Files...)
		}
	}
	for _, sources := range systems {
		usage.Share(sources)
	}
	tickets.Share(requests)
	for i := range list {
		system := list[i].System
		if len(requests) > 0 {
			system = "" // a table has one kind
		}
		if shared := files[system]; len(shared) > 1 {
			list[i].Files = shared
		}
	}
}

func openMeasures(s *Setup, x *config.Export, o tabular.Options) (fileOpener, []string) {
	names := org.NewNames(*s.Content)
	return func(f tabular.File) (collect.Source, error) {
		return measures.New(x.Name, f, measures.Options{
			Tabular: o, Measure: x.Own,
			Declared: func(name string) (id, near string) {
				if id, ok := names.Measure(name); ok {
					return id, ""
				}
				return "", names.NearMeasure(name)
			},
		}), nil
	}, listMeasures(s.Content)
}

func openTasks(_ *Setup, x *config.Export, o tabular.Options) (fileOpener, []string) {
	return func(f tabular.File) (collect.Source, error) { return tasks.New(x.Name, f, o), nil }, nil
}

// runKey returns the key that units of usage and IDs of responses are hashed with. It is
// drawn once and never written: hashes are only compared with each other, so nothing
// published depends on it. All sources of a process share it, so that a developer or a
// response in two exports is one.
var runKey = sync.OnceValue(func() []byte {
	key := make([]byte, 32)
	rand.Read(key) // it never returns an error
	return key
})

// listShared lists the names of the features whose users are teams or services.
func listShared(c *fact.Content) []string {
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

// listFeatures lists all names of all features.
func listFeatures(c *fact.Content) []string {
	var list []string
	for i := range c.Features {
		f := &c.Features[i]
		list = slices.Concat(list, []string{f.ID, f.Title}, f.Labels, f.Formerly)
	}
	return list
}

// listMeasures lists the IDs and titles of measures.toml.
func listMeasures(c *fact.Content) []string {
	ids := make([]string, 0, 2*len(c.Measures))
	for i := range c.Measures {
		ids = append(ids, c.Measures[i].ID, c.Measures[i].Title)
	}
	return ids
}

// openSurveys makes a source for each export of a wave that is not a draft.
func openSurveys(s *Setup) ([]Source, error) {
	var list []Source
	for i := range s.Content.Surveys {
		if s.Content.Surveys[i].Draft {
			continue
		}
		opened, err := openSurvey(s, s.Content.Surveys[i])
		if err != nil {
			return nil, err
		}
		list = append(list, opened...)
	}
	return list, nil
}

func openSurvey(s *Setup, wave fact.Survey) ([]Source, error) {
	folder := s.surveyFolder()
	pattern := escapeFolder(folder, wave.File)
	files, err := filepath.Glob(pattern)
	if err != nil {
		return nil, exit.BadInput("", "%s: file %q is not a pattern", wave.Origin.File, wave.File)
	}
	if len(files) == 0 {
		files = []string{filepath.Join(folder, filepath.FromSlash(wave.File))}
	}
	settings := wave
	settings.Lines, settings.Origin = nil, fact.Origin{} // the line of a key is not a setting
	setting, err := json.Marshal(settings)
	if err != nil {
		return nil, exit.Fail("", fmt.Errorf("%s: %w", wave.File, err))
	}
	options := tabular.Options{MaxBytes: int64(s.Config.Surveys.MaxBytes)}
	options.KeepLines = s.KeepLines
	var list []Source
	for _, name := range files {
		src, err := survey.New(wave, exportFile(s.Root, name), options, runKey())
		if err != nil {
			return nil, exit.BadInput("", "%w", err)
		}
		list = append(list, Source{
			Source: src, Files: []string{name}, Pattern: pattern,
			Setting: fmt.Sprintf("survey %s %s %s %d", wave.ID, name, setting, options.MaxBytes),
		})
	}
	return list, nil
}

func surveyPaths(s *Setup) []Path {
	var list []Path
	if s.Config.Surveys.Folder != "" {
		list = append(list, Path{"surveys", s.surveyFolder()})
	}
	for i := range s.Content.Surveys {
		if wave := &s.Content.Surveys[i]; wave.File != "" {
			list = append(list, Path{wave.ID, config.Resolve(s.surveyFolder(), wave.File)})
		}
	}
	return list
}
