package importer

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/cmd/internal/console"
	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

// declaration is what the configuration declares about a file.
type declaration struct {
	where   string // "config.toml, [[tickets]] jira"
	kind    string
	keys    config.FileKeys
	headers map[string][]string
	wave    *fact.Survey
	set     []string // fields that are set once for the file
}

// comparison is the result of a check.
type comparison struct {
	in            *tabular.Inspection
	words         *survey.Words
	contradicting []string // the file cannot be read as declared, or its numbers would be wrong
	notes         []string
}

// Check compares a file with its tables in config.toml and its files in surveys/, and prints the
// differences. A contradiction ends it with [exit.Configuration].
func Check(w *workspace.Workspace, out *console.Console, r Request) error {
	if err := w.Check(); err != nil {
		return err
	}
	list := listDeclarations(w, r)
	if len(list) == 0 {
		return exit.BadInput("import it, or name the source with --name", "import: no source reads %s", workspace.DisplayPath(r.File))
	}
	in, err := Inspect(r.File)
	if err != nil {
		return err
	}
	words, err := survey.ReadWords()
	if err != nil {
		return exit.Fail("", err)
	}
	out.Printf("%s: %s", workspace.DisplayPath(r.File), describeDialect(in))
	wrong := 0
	for i := range list {
		c := &comparison{in: in, words: words}
		if err := c.compare(&list[i]); err != nil {
			return exit.Fail("", err)
		}
		for _, line := range c.contradicting {
			out.Printf("%s: contradicts the file: %s", list[i].where, line)
		}
		for _, line := range c.notes {
			out.Printf("%s: note: %s", list[i].where, line)
		}
		if len(c.contradicting) == 0 {
			out.Printf("%s: fits the file", list[i].where)
		}
		wrong += len(c.contradicting)
	}
	if wrong > 0 {
		return exit.BadInput("correct them, or export the file as before", "import: %s", text.Plural(wrong, "contradiction"))
	}
	return nil
}

// listDeclarations returns the tables and waves that read a file, or that have the name asked for.
func listDeclarations(w *workspace.Workspace, r Request) []declaration {
	file := filepath.ToSlash(w.File)
	var list []declaration
	for _, x := range w.Config.Exports() {
		if !reads(config.Resolve(w.Root, x.File), x.Name, r) {
			continue
		}
		d := declaration{where: fmt.Sprintf("%s, [[%s]] %s", file, x.Table, x.Name), kind: x.Table, keys: *x.FileKeys, headers: x.Columns}
		if x.Own != "" {
			d.set = once(x.Table)
		}
		list = append(list, d)
	}
	for i := range w.Config.Events {
		e := &w.Config.Events[i]
		if !reads(config.Resolve(w.Root, e.File), e.Name, r) {
			continue
		}
		d := declaration{where: fmt.Sprintf("%s, [[events]] %s", file, e.Name), kind: e.Kind, keys: e.FileKeys, headers: e.Columns}
		if e.Repository != "" {
			d.set = append(d.set, "repository")
		}
		if e.Environment != "" {
			d.set = append(d.set, "environment")
		}
		list = append(list, d)
	}
	folder := surveyFolder(w)
	for i := range w.Content.Surveys {
		s := &w.Content.Surveys[i]
		if !reads(config.Resolve(folder, s.File), s.ID, r) {
			continue
		}
		d := declaration{where: w.ContentFile(s.Origin.File), kind: Survey, wave: s, headers: survey.ListHeaders(*s)}
		d.keys.Timezone = s.Timezone
		if s.DayFirst != nil {
			d.keys.DateOrder = map[bool]string{true: "dmy", false: "mdy"}[*s.DayFirst]
		}
		list = append(list, d)
	}
	return list
}

// surveyFolder returns the folder of the exports of surveys.
func surveyFolder(w *workspace.Workspace) string {
	if set := w.Config.Surveys.Folder; set != "" {
		return config.Resolve(w.Root, set)
	}
	return filepath.Join(w.ContentRoot(), "surveys")
}

// reads reports whether a source of that name and pattern is meant.
func reads(pattern, name string, r Request) bool {
	if r.Name != "" {
		return name == r.Name
	}
	absolute, err := filepath.Abs(pattern)
	if err != nil {
		return false
	}
	file, err := filepath.Abs(r.File)
	if err != nil {
		return false
	}
	matches, err := filepath.Match(absolute, file)
	return err == nil && matches || absolute == file
}

func (c *comparison) contradict(format string, args ...any) {
	c.contradicting = append(c.contradicting, fmt.Sprintf(format, args...))
}

// compare finds the differences between a declaration and the file.
func (c *comparison) compare(d *declaration) error {
	c.compareDialect(&d.keys)
	matches, err := matchColumns(d.kind, c.in, d.headers)
	if err != nil {
		return err
	}
	var dates []int
	read := map[int]bool{}
	for i := range matches {
		m := &matches[i]
		for _, header := range m.Absent {
			c.contradict("no column %s for %s%s", text.Quote(header), m.Field, c.describeNear(m))
		}
		if len(m.Columns) == 0 && m.Required && !slices.Contains(d.set, m.Field) && len(m.Absent) == 0 {
			c.contradict("no column for %s%s", m.Field, c.describeNear(m))
		}
		for _, p := range m.Columns {
			read[p] = true
			if col := &c.in.Columns[p]; !fits(m, col) {
				c.contradict("the cells of %s are no %s, want %s", col.Shown(), plural(m.Kind), m.Field)
			}
		}
		if m.Kind == tabular.TimeField {
			dates = append(dates, m.Columns...)
		}
	}
	c.compareDates(&d.keys, dates)
	if d.wave != nil && d.wave.NPS != "" {
		c.compareScores(d.wave)
	}
	c.listUnread(read)
	return nil
}

// compareDialect finds differences in encoding, delimiter and headers.
func (c *comparison) compareDialect(k *config.FileKeys) {
	isWide := func(name string) bool { return strings.HasPrefix(name, "utf-16") }
	if declared := strings.ToLower(k.Encoding); declared != "" && declared != c.in.Encoding && c.in.Encoding != "" &&
		(declared == "utf-8" || isWide(declared) || isWide(c.in.Encoding)) {
		c.contradict("encoding is %q, and the file is %s", declared, c.in.Encoding)
	}
	if k.Delimiter != "" && c.in.Delimiter != 0 && k.Delimiter != string(c.in.Delimiter) {
		c.contradict("delimiter is %q, and the file has %s", k.Delimiter, nameDelimiter(c.in.Delimiter))
	}
	if k.HeaderRows > 0 && c.in.HeaderRows > 0 && k.HeaderRows != c.in.HeaderRows {
		c.contradict("header_rows is %d, and the file has %d", k.HeaderRows, c.in.HeaderRows)
	}
}

// compareDates finds dates that the declared order cannot have, and keys that the dates need.
func (c *comparison) compareDates(k *config.FileKeys, columns []int) {
	for _, p := range columns {
		col := &c.in.Columns[p]
		proved := col.DayFirst.Count + col.MonthLed.Count
		switch {
		case k.DateOrder == "dmy" && col.MonthLed.Count > 0:
			c.contradict("the date order is dmy, and line %d of %s has the month first", col.MonthLed.Line, col.Shown())
		case k.DateOrder == "mdy" && col.DayFirst.Count > 0:
			c.contradict("the date order is mdy, and line %d of %s has the day first", col.DayFirst.Line, col.Shown())
		case k.DateOrder == "" && col.Ambiguous.Count > 0 && proved == 0:
			c.contradict("line %d of %s may have the day or the month first, and no order is declared", col.Ambiguous.Line, col.Shown())
		}
		if k.Timezone == "" && col.Zoneless.Count > 0 {
			c.contradict("line %d of %s has no time zone, and none is declared", col.Zoneless.Line, col.Shown())
		}
	}
}

// compareScores counts the answers to the NPS question that are not understood.
func (c *comparison) compareScores(s *fact.Survey) {
	p := c.in.FindColumn(s.NPS)
	if p < 0 {
		return
	}
	col := &c.in.Columns[p]
	m := c.words.ReadScores(col.Words, s.NPSWords)
	if m.Unknown.Count > 0 {
		c.notes = append(c.notes, fmt.Sprintf("%d of %d answers to the NPS question are not understood, the first on line %d",
			m.Unknown.Count, m.Given, m.Unknown.Line))
	}
}

// listUnread notes the columns that are not read.
func (c *comparison) listUnread(read map[int]bool) {
	var list []string
	for p := range c.in.Columns {
		if !read[p] && c.in.Columns[p].Filled > 0 {
			list = append(list, c.in.Columns[p].Shown())
		}
	}
	if len(list) == 0 {
		return
	}
	note := "not read: " + strings.Join(list[:min(len(list), mostUnread)], ", ")
	if more := len(list) - mostUnread; more > 0 {
		note += fmt.Sprintf(" and %d more", more)
	}
	c.notes = append(c.notes, note)
}

// describeNear returns the positions of headers like the one that is missing.
func (c *comparison) describeNear(m *tabular.Match) string {
	var near []string
	for _, p := range m.Near {
		near = append(near, fmt.Sprintf("column %d", p+1))
	}
	if len(near) == 0 {
		return ""
	}
	return "; near misses: " + strings.Join(near, ", ")
}
