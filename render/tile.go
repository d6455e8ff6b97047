package render

import (
	"html/template"
	"strings"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// tile is one number as a page shows it.
type tile struct {
	ID, Title, Familiar string
	Number, Unit        string
	Provisional         bool
	// Facts are counts and dates that are shown whatever else is; Few says that they
	// belong beside the number, because that is of few events or there is none.
	Facts string
	Few   bool
	// Either Why (it is not available) or the lines below.
	Why, Next string
	Longer    string // the rate over more weeks
	Change    format.Change
	Was       string // an earlier value whose change was not tested
	Interval  string
	N         string
	Details   []labelled
	Warnings  []string
	Spark     template.HTML
	Evidence  string // link to what it was made of
	How       string // link to its definition
}

// labelled is a label with its value.
type labelled struct{ Label, Value string }

// tile turns a metric into what a page shows. root leads to the site's root.
func (s *site) tile(m *metric.Metric, root string) tile {
	t := tile{
		ID: anchor(m.ID), Title: m.Title, Familiar: m.Familiar,
		Why: m.Why, Next: m.Next, Warnings: m.Warnings,
		How: root + "about/methods/index.html#" + anchor(m.Definition),
	}
	if m.ID == dora.Frequency {
		t.Facts = upperFirst(ShippedWords(s.report.ShippedBy(m.Scope)))
		t.Few = m.Value == nil || m.Longer != nil
	}
	if m.State == metric.NotAvailable || m.Value == nil {
		return t
	}
	t.Longer = LongerWords(m)
	t.Provisional = m.State == metric.Provisional
	t.Number, t.Unit = format.Parts(*m.Value, m.Unit)
	t.Change = format.Moved(m)
	if t.Change.Was != "" {
		if m.Trend == nil {
			t.Was = t.Change.Was + ", not tested yet"
		} else {
			t.Change.Range = strings.TrimSuffix(t.Change.Was+"; likely "+t.Change.Range, "; likely ")
		}
	}
	if iv := format.Interval(m.Lo, m.Hi, m.Unit); iv != "" {
		t.Interval = "likely " + iv
	}
	t.N = format.Counts(m.N)
	for _, d := range m.Details {
		v := format.Maybe(d.Value, d.Unit)
		if d.Value == nil {
			v = d.Note
		}
		t.Details = append(t.Details, labelled{d.Label, v})
	}
	if m.Evidence != "" {
		t.Evidence = root + evidencePath(m.Scope) + s.evidenceFragment(m)
	}
	t.Spark = s.spark(m)
	return t
}

// reason is why a number is not available and what to do, as a page says it: "nobody
// was asked. Next: send a survey."
func reason(why, next string) string {
	if next == "" {
		return why + "."
	}
	return why + ". Next: " + next + "."
}

// LongerWords returns the rate over more weeks than a metric's, in a line; "" if
// there is none.
func LongerWords(m *metric.Metric) string {
	l := m.Longer
	if l == nil {
		return ""
	}
	text := format.Counts(l.N) + " in " + format.Things(l.Weeks, "weeks") + ", " + format.Span(l.Window.From,
		l.Window.To) + ": " + format.Maybe(l.Value, m.Unit)
	if iv := format.Interval(l.Lo, l.Hi, m.Unit); iv != "" {
		text += ", likely " + iv
	}
	return text
}

// evidenceFragment is the part of a scope's evidence that a metric was made of. An
// organisation of teams has one part, that lists the teams.
func (s *site) evidenceFragment(m *metric.Metric) string {
	for _, e := range s.evidence[metric.Scope{Kind: m.Scope.Kind, ID: m.Scope.ID}] {
		if e.ID == m.Evidence {
			return "#" + e.ID
		}
	}
	return ""
}

// sparkWeeks is how many weeks a sparkline shows.
const sparkWeeks = 26

func (s *site) spark(m *metric.Metric) template.HTML {
	for i := range s.report.Sections {
		if series := s.report.Sections[i].FindSeries(m.ID, m.Scope); series != nil {
			points := series.Points
			points = points[max(0, len(points)-sparkWeeks):]
			return template.HTML(chart.AppendSpark(nil, m.Title, points, m.Unit)) // chart escapes every text
		}
	}
	return ""
}

// anchor makes a metric's ID fit for a fragment.
func anchor(id string) string { return strings.ReplaceAll(id, ".", "-") }

// tiles turns the metrics with these IDs into tiles; those that are not there are
// left out.
func (s *site) tiles(sec *metric.Section, scope metric.Scope, root string, ids ...string) []tile {
	var out []tile
	for _, id := range ids {
		if m := sec.Find(id, scope); m != nil {
			out = append(out, s.tile(m, root))
		}
	}
	return out
}

// processLimits are the lines between which a series' weeks lie by its own habit
// (XmR). A week outside is worth a look; nothing is claimed of it.
func processLimits(s *metric.Series) []chart.Limit {
	var out []chart.Limit
	if s.Upper != nil {
		out = append(out, chart.Limit{Value: *s.Upper})
	}
	if s.Lower != nil {
		out = append(out, chart.Limit{Value: *s.Lower})
	}
	return out
}

// figure draws a series as a line chart with its data table.
func (s *site) figure(series *metric.Series, csv, note string) template.HTML {
	if series == nil || len(series.Points) == 0 {
		return ""
	}
	l := chart.NewLine(anchor(series.ID)+"-chart", series)
	l.Limits = append(l.Limits, processLimits(series)...)
	// chart escapes every text
	return template.HTML(chart.AppendFigure(nil, l, chart.FigureOptions{CSV: csv, Level: 3, Note: note}))
}
