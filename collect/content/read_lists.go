package content

import (
	"cmp"
	"fmt"
	"path"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func (r *reader) readTeams(c *fact.Content) {
	var file struct {
		Groups []fact.Group `toml:"group"`
		Teams  []fact.Team  `toml:"team"`
	}
	r.lines.teams, _ = r.readTOML(teamsFile, &file)
	origin := func(key string, args ...any) fact.Origin {
		return fact.Origin{File: teamsFile, Line: r.lines.teams.At(fmt.Sprintf(key, args...))}
	}
	for i := range file.Groups {
		g := &file.Groups[i]
		g.Origin = origin("group.%d", i)
		g.Title = cmp.Or(g.Title, g.ID)
	}
	for i := range file.Teams {
		t := &file.Teams[i]
		t.Origin = origin("team.%d", i)
		t.Title = cmp.Or(t.Title, t.ID)
		for j := range t.Owns {
			t.Owns[j].Origin = origin("team.%d.owns.%d", i, j)
		}
	}
	c.Groups, c.Teams = file.Groups, file.Teams
}

func (r *reader) readMeasures(c *fact.Content) {
	var file struct {
		Measures []fact.MeasureDef `toml:"measure"`
	}
	lines, _ := r.readTOML(measuresFile, &file)
	for i := range file.Measures {
		m := &file.Measures[i]
		m.Origin = fact.Origin{File: measuresFile, Line: lines.At(fmt.Sprintf("measure.%d", i))}
		m.Title = cmp.Or(m.Title, m.ID)
		m.Aggregate = cmp.Or(m.Aggregate, "mean")
	}
	c.Measures = file.Measures
	sortByID(c.Measures, func(m *fact.MeasureDef) string { return m.ID })
}

func (r *reader) readActivities(c *fact.Content) {
	const name = activitiesFile
	var file struct {
		Activities []fact.Activity `toml:"activity"`
	}
	lines, _ := r.readTOML(name, &file)
	each := splitTables(lines, "activity", len(file.Activities))
	for i := range file.Activities {
		a := &file.Activities[i]
		a.ID = cmp.Or(a.ID, makeSlug(a.Title))
		a.Lines = each[i]
		a.Origin = fact.Origin{File: name, Line: a.Lines[""]}
	}
	c.Activities = file.Activities
	sortByID(c.Activities, func(a *fact.Activity) string { return a.ID })
}

// splitTables splits the lines of a file by the number of their table. The keys are paths
// inside the table.
func splitTables(lines fact.Lines, name string, n int) []fact.Lines {
	each := make([]fact.Lines, n)
	for i := range each {
		each[i] = fact.Lines{}
	}
	for key, line := range lines {
		rest, ok := strings.CutPrefix(key, name+".")
		number, inside, _ := strings.Cut(rest, ".")
		if i, err := strconv.Atoi(number); ok && err == nil && i >= 0 && i < n {
			each[i][inside] = line
		}
	}
	return each
}

// readThemes reads themes.toml and keeps its order: the first theme that matches a ticket wins.
func (r *reader) readThemes(c *fact.Content) {
	const name = themesFile
	var file struct {
		Themes []fact.Theme `toml:"theme"`
	}
	r.lines.themes, _ = r.readTOML(name, &file)
	for i := range file.Themes {
		t := &file.Themes[i]
		t.ID = cmp.Or(t.ID, makeSlug(t.Title))
		t.Origin = fact.Origin{File: name, Line: r.lines.themes.At(fmt.Sprintf("theme.%d", i))}
	}
	c.Themes = file.Themes
}

// readSurveys reads the waves. Exports may be in the same folder, so other files are allowed
// there.
func (r *reader) readSurveys(c *fact.Content) {
	other := func(name string) bool { return !strings.HasSuffix(name, ".toml") }
	for _, name := range r.listFiles("surveys", ".toml", other) {
		var s fact.Survey
		lines, ok := r.readTOML(name, &s)
		if !ok {
			continue
		}
		s.Lines = lines
		s.ID = strings.TrimSuffix(path.Base(name), ".toml")
		s.Title = cmp.Or(s.Title, s.ID)
		s.Origin = fact.Origin{File: name, Line: 1}
		c.Surveys = append(c.Surveys, s)
	}
}
