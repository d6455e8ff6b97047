package render

import (
	"cmp"
	"encoding/json"
	"io"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	words "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// buildData returns the files with the measured facts and the report. Previews read them, and
// people can analyse them.
func (s *site) buildData() ([]Page, error) {
	return []Page{
		{Path: "data/measured.json", Write: func(w io.Writer) error { return writeJSON(w, s.computed.Measured) }},
		{Path: "data/report.json", Write: func(w io.Writer) error { return writeJSON(w, s.computed) }},
	}, nil
}

func writeJSON(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(true)
	return e.Encode(v)
}

// safeURL returns a web address without its secrets, or "" for any other text. Evidence
// contains text from outside the platform.
func safeURL(u string) string {
	u, _ = words.RemoveSecrets(u)
	p, err := url.Parse(u)
	if err != nil || (p.Scheme != "https" && p.Scheme != "http") || p.Host == "" {
		return ""
	}
	return u
}

const aboutPath = "about/index.html"

func (s *site) buildAbout() ([]Page, error) {
	p, err := s.newPage("about", aboutPath, func() any {
		v := dataView{
			frame: s.newFrame(aboutPath, "About", "What this site is, how it is made and what is in it."),
			Meta:  s.metaLine(), Sources: s.sourceViews(), Signs: drawSigns(),
		}
		v.Audience, v.Public = s.audienceLine(), s.isPublic()
		if !v.Public {
			v.Todos = s.todoViews(v.Root)
		}
		return v
	})
	return []Page{p}, err
}

// todoViews returns what the team could write to make pages better.
func (s *site) todoViews(root string) view.List[view.Entry] {
	v := view.List[view.Entry]{Rows: s.todos(), None: "Nothing is missing from what the team writes."}
	for i := range v.Rows {
		if href := v.Rows[i].Name.Href; href != "" {
			v.Rows[i].Name.Href = root + href
		}
	}
	if n := len(v.Rows); n > 0 {
		v.Note = format.Things(n, "things")
	}
	return v
}

// drawSigns returns the signs of ranges with their meaning.
func drawSigns() []view.Chart {
	num := func(v float64) *float64 { return &v }
	figure := metric.Figure{Value: num(5), Lo: num(2), Hi: num(8)}
	var out []view.Chart
	for _, sign := range []struct {
		gauge chart.Gauge
		words string
	}{
		{chart.Gauge{Figure: figure}, "measured, with its likely range"},
		{chart.Gauge{Figure: figure, Class: "unknown"}, "hollow: may be chance"},
		{chart.Gauge{Figure: metric.Figure{Value: num(7)}, Was: num(3)}, "ring: before"},
		{chart.Gauge{Figure: figure, Marks: []chart.Limit{{Value: 4}}}, "stroke: threshold"},
		{chart.Gauge{Figure: figure, Zone: &metric.Limits{Lo: num(3), Hi: num(7)}}, "box: too small to matter"},
	} {
		sign.gauge.Max = 10
		out = append(out, view.Chart{Figure: view.DrawGauge(&sign.gauge), Words: sign.words})
	}
	return out
}

// formatMinute formats a time to the minute, in UTC.
func formatMinute(t time.Time) string {
	return format.Date(t) + ", " + t.UTC().Format("15:04") + " UTC"
}

// checksOf returns the source's own figures, each with our figure and the result of the
// comparison.
func checksOf(lines []compute.CheckLine) []changeRow {
	var out []changeRow
	for _, c := range lines {
		v := changeRow{
			Link: view.Link{Title: c.What}, When: format.Span(c.From, c.To),
			From: formatChecked(c.Theirs, c.Unit), To: formatChecked(c.Ours, c.Unit),
		}
		if c.TheirsOnly {
			v.To = "—"
		}
		switch {
		case !c.Comparable:
			v.N = "not comparable: " + c.Note
		case c.Agree():
			v.N = "the same"
		default:
			v.N = "differ, and should not"
		}
		out = append(out, v)
	}
	return out
}

// formatChecked formats a checked figure: seconds as a duration, other units as a number with
// its unit.
func formatChecked(v float64, unit string) string {
	if unit == "seconds" {
		return format.Value(v, metric.Seconds)
	}
	return strings.TrimSpace(format.Number(v) + " " + unit)
}

// listUnused returns the collected data that no metric uses, with counts.
func (s *site) listUnused() []metric.LeftOut {
	var out []metric.LeftOut
	for i := range s.report.Unmatched {
		out = append(out, s.report.Unmatched[i].LeftOut())
	}
	out = slices.Concat(out, s.report.Measures.LeftOut, s.report.Space.LeftOut)
	if w := s.latestWave(); w != nil {
		out = append(out, w.LeftOut...)
	}
	for i := range s.evidence[organisation] {
		out = append(out, s.evidence[organisation][i].LeftOut...)
	}
	return out
}

const dataPath = "about/data/index.html"

type dataView struct {
	frame
	Meta    string
	Sources []sourceView
	Differ  string // the number of published values that would be different today; "" if none
	Unused  []metric.LeftOut
	// Heading is the state of all sources in a sentence, and Doubt names those that are not
	// complete.
	Heading, Doubt string
	// History describes where earlier values were read back from. Doubtful means that they are
	// missing or old.
	History  string
	Doubtful bool
	Signs    []view.Chart // of ranges, with their meaning
	Todos    view.List[view.Entry]
	Audience string // the people whom the site is made for, and the parts that are left out for them
	Public   bool   // evidence and the team's list are left out
}

type sourceView struct {
	ID, Name, Grade, Span string
	Counted, Read         string   // rows over all files
	Others                []string // numbers of the other rows by class
	AllCounted            string   // in place of Others; "" without a row
	ColumnCount           string   // "" for a clone or a forge
	Columns               []compute.ColumnLine
	Mark                  view.Mark // of the grade
	Why                   string    // the reason for the grade if the gaps do not explain it
	Imports               []importView
	Gaps                  []compute.GapLine
	Sync                  string // the last run in a sentence; "" for a source that every build reads
	SyncNotes             []string
	Checks                []changeRow
}

type importView struct {
	Kind, File, Read, Used string
	Rejected               []string
	Notes                  []string
}

func (s *site) buildDataQuality() ([]Page, error) {
	p, err := s.newPage("data", dataPath, func() any { return s.dataView() })
	return []Page{p}, err
}

// readbackWords returns where the values of earlier runs were read back from. doubtful means
// that they are missing or old.
func readbackWords(r *compute.Readback) (text string, doubtful bool) {
	switch {
	case r == nil:
		return "", false
	case !r.Begun.IsZero():
		return "History begins on " + format.Date(r.Begun) + ", because nothing published before could be read back: " +
			strings.Join(r.Because, "; ") + ".", true
	}
	text = "The values of earlier runs were read back from " + r.From + ", published on " + format.Date(r.At)
	if r.Aged {
		return text + ", which is more than 30 days ago.", true
	}
	return text + ".", false
}

func (s *site) dataView() dataView {
	v := dataView{
		frame: s.newFrame(dataPath, "Data quality", "What was read from each source, what was left out, and what is missing.",
			view.Link{Title: "About", Href: aboutPath}),
		Meta: s.metaLine(), Differ: differWords(len(s.report.Revisions())), Unused: s.listUnused(), Sources: s.sourceViews(),
	}
	v.Heading, v.Doubt = qualityHeadline(s.report.Quality)
	v.History, v.Doubtful = readbackWords(s.report.Readback)
	return v
}

// qualityHeadline returns the state of all sources in a sentence, and the part that names those
// that are not complete.
func qualityHeadline(q []compute.Quality) (certain, doubt string) {
	if len(q) == 0 {
		return "No source is connected yet.", ""
	}
	by, complete := map[compute.Grade]int{}, 0
	var grades []compute.Grade
	for i := range q {
		if g := q[i].Grade; g == compute.Complete {
			complete++
		} else {
			if by[g] == 0 {
				grades = append(grades, g)
			}
			by[g]++
		}
	}
	certain = format.Count(complete) + " of " + format.Things(len(q), "sources") + " " + format.Is(complete) + " complete"
	if len(grades) == 0 {
		return certain + ".", ""
	}
	var parts []string
	for _, g := range grades {
		parts = append(parts, countWords(by[g], string(g)))
	}
	return certain + "; ", strings.Join(parts, ", ") + "."
}

func (s *site) sourceViews() []sourceView {
	var out []sourceView
	for i := range s.report.Quality {
		v := sourceOf(&s.report.Quality[i], s.report.AsOf)
		v.ID = "source-" + strconv.Itoa(i+1)
		out = append(out, v)
	}
	return out
}

func sourceOf(q *compute.Quality, asOf time.Time) sourceView {
	v := sourceView{Name: q.Source, Grade: string(q.Grade), Why: q.Why, Gaps: q.Gaps, Checks: checksOf(q.Checks)}
	v.ColumnCount, v.Columns = listColumns(q, asOf)
	v.Counted, v.Read = format.Count(q.Rows.Counted), format.Count(q.Rows.Read)
	for _, c := range q.Rows.List() {
		v.Others = append(v.Others, format.Count(c.N)+" "+c.Words)
	}
	if q.Rows.Read > 0 {
		v.AllCounted = "all rows are counted"
	}
	v.Mark = view.Mark{Icon: "?", Class: "unknown"}
	if q.Grade == compute.Complete {
		v.Mark = view.GoodMark("")
	}
	if q.Sync != nil {
		v.Sync, v.SyncNotes = syncWords(q.Sync), q.Sync.Notes
	}
	if !q.First.IsZero() {
		v.Span = format.Span(q.First, q.Last.Add(time.Nanosecond))
	}
	for _, im := range q.Imports {
		iv := importView{
			Kind: im.Kind, File: im.File, Read: format.Count(im.Read), Used: format.Count(im.Used),
			Notes: im.Notes,
		}
		for _, r := range im.Rejected {
			text := format.Count(r.Count) + " × " + r.Reason
			if r.Line > 0 {
				text += " (first on line " + format.Count(r.Line) + ")"
			}
			iv.Rejected = append(iv.Rejected, text)
		}
		if im.Removed > 0 {
			iv.Notes = append(slices.Clone(iv.Notes), "credentials removed from its addresses and texts: "+format.Count(im.Removed)+"; revoke them")
		}
		v.Imports = append(v.Imports, iv)
	}
	return v
}

// listColumns returns the columns of a source that this build has read, with their number in words:
// each field with the headers of its columns, where these are other words.
func listColumns(q *compute.Quality, asOf time.Time) (count string, fields []compute.ColumnLine) {
	read := 0
	for _, c := range q.Columns {
		if !c.Seen.Equal(asOf) {
			continue // it has vanished since
		}
		read += max(len(c.Headers), 1)
		if slices.Equal(c.Headers, []string{c.Field}) {
			c.Headers = nil
		}
		fields = append(fields, c)
	}
	if read == 0 {
		return "", nil
	}
	return words.Plural(read, "column") + " read, " + format.Count(q.Unread) + " not read", fields
}

// syncWords describes the last run of a source whose data are kept between runs.
func syncWords(l *compute.SyncLine) string {
	text, until := "Never collected", "nothing is known"
	if !l.At.IsZero() {
		text = "Last collected " + formatMinute(l.At)
	}
	if !l.Until.IsZero() {
		until = "everything up to " + formatMinute(l.Until) + " is known"
	}
	text += ": " + until + ". It took " + strings.Join([]string{
		format.Things(l.Requests, "requests"), format.Things(l.Retries, "retries"), format.Things(l.Pages, "pages"),
		format.Things(l.Items, "records"),
	}, ", ")
	if l.Limit > 0 {
		text += "; " + format.Count(l.Left) + " of " + format.Things(l.Limit, "requests") + " left of its limit"
	}
	return text + "."
}

// mostRevisions is the largest number of revised values on a page. The file data/measured.json
// has all of them.
const mostRevisions = 100

// addPublished adds the history of published values: its length, the changes of definitions, and
// the changes that today's facts would make.
func (s *site) addPublished(v *methodsView) {
	m := &s.report.Measured
	if len(m.History) == 0 {
		return
	}
	first, last := &m.History[0], &m.History[len(m.History)-1]
	v.Kept = format.Things(len(m.History), "values") + " of the weeks that end " + format.Date(first.Week) + " to " +
		format.Date(last.Week)
	v.Begun = format.Date(m.HistoryBegun())
	for _, d := range m.DefinitionChanges() {
		c := changeRow{
			Link: view.Link{Title: d.Metric}, When: format.Date(d.At), N: format.Things(d.Rows,
				"values"), From: d.From, To: d.To,
		}
		if x := s.metricOf(d.Metric, ""); x != nil {
			c.Title, c.Href = s.publishedTitle(x.ID, ""), "#"+view.Anchor(x.Definition)
		}
		v.Changes = append(v.Changes, c)
	}
	revised := m.Revisions()
	v.Revised.Title = differWords(len(revised))
	for i := range revised[:min(len(revised), mostRevisions)] {
		v.Revised.Rows = append(v.Revised.Rows, s.revisionOf(&revised[i]))
	}
	if n := len(revised) - mostRevisions; n > 0 {
		v.Revised.Note = "And " + format.Count(n) + " more"
	}
}

// differWords returns the number of revised values in words; "" if there are none.
func differWords(n int) string {
	if n == 0 {
		return ""
	}
	return format.Things(n, "published values") + " would be different today"
}

func (s *site) revisionOf(r *compute.Row) changeRow {
	var unit metric.Unit
	if x := s.metricOf(r.Metric, r.Subject); x != nil {
		unit = x.Shown(x.Unit)
	}
	return changeRow{
		Link: view.Link{Title: s.publishedTitle(r.Metric, r.Subject)}, When: format.Date(r.Week),
		From: format.Value(*r.Value, unit), N: format.Count(r.N),
		To: format.Value(r.Revised.Value, unit), ToN: format.Count(r.Revised.N), Since: format.Date(r.Revised.Since),
	}
}

// metricOf returns the metric with that ID and subject; the subject of the organisation is "".
// Without one it returns a metric of the same ID with another subject, or nil.
func (s *site) metricOf(id, subject string) *metric.Metric {
	var other *metric.Metric
	for i := range s.computed.Sections {
		list := s.computed.Sections[i].Metrics
		for k := range list {
			switch {
			case list[k].ID != id:
			case list[k].Scope.ID == subject:
				return &list[k]
			case other == nil:
				other = &list[k]
			}
		}
	}
	return other
}

// publishedTitle returns the title of a metric, with the title of its feature if it has one.
func (s *site) publishedTitle(id, subject string) string {
	title := id
	for i := range s.computed.Sections {
		for _, d := range s.report.Sections[i].Definitions {
			if d.ID == id {
				title = d.Title
			}
		}
	}
	if subject == "" {
		return title
	}
	return title + ": " + cmp.Or(s.titles["features/"+subject], subject)
}

// methodsView is the page with the definition of each metric.
type methodsView struct {
	frame
	Meta        string
	CutOff      string
	Definitions []definitionView
	Kept, Begun string               // the length and the begin of the history of published values; "" without it
	Changes     []changeRow          // of definitions
	Revised     view.List[changeRow] // published values that would be different today
}

// definitionView is a definition with the familiar name of its metric.
type definitionView struct {
	metric.Definition
	Familiar string
}

// definitionViews returns the definitions of sections.
func definitionViews(sections []metric.Section) []definitionView {
	var out []definitionView
	for i := range sections {
		familiar := map[string]string{}
		for j := range sections[i].Metrics {
			m := &sections[i].Metrics[j]
			familiar[m.Definition] = m.Familiar
		}
		for _, d := range sections[i].Definitions {
			out = append(out, definitionView{d, familiar[d.ID]})
		}
	}
	return out
}

func (s *site) buildMethods() ([]Page, error) {
	p, err := s.newPage("methods", Methods, func() any { return s.methodsView() })
	return []Page{p}, err
}

func (s *site) methodsView() methodsView {
	v := methodsView{
		frame: s.newFrame(Methods, "Methods", "What each number means, with the settings in force.",
			view.Link{Title: "About", Href: aboutPath}),
		Meta: s.metaLine(), CutOff: format.Date(s.report.CutOff),
		Definitions: definitionViews(append(slices.Clone(s.computed.Sections), s.computed.Found)),
	}
	s.addPublished(&v)
	return v
}
