package render

import (
	"slices"
	"strings"

	spelling "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// partRow is a metric in the table of all delivery metrics.
type partRow struct {
	view.Tile
	Before string // the earlier value
	Tier   string
}

// numberWords are the words for small counts at the beginning of a sentence.
var numberWords = []string{"none", "one", "two", "three", "four"}

// deliveryClaim returns a sentence about the tested changes of the four delivery metrics, and
// one about the metrics whose change the data do not decide.
func deliveryClaim(sec *metric.Section, scope metric.Scope) (claim, doubt string) {
	var better, worse, same, unknown, untested []string
	measured := 0
	for _, id := range headlineIDs {
		m := sec.Find(id, scope)
		if m == nil || m.Value == nil {
			continue
		}
		measured++
		name := format.LowerFirst(m.Title)
		switch at, known := sideOf(m); {
		case m.Trend == nil:
			untested = append(untested, name)
		case at > 0:
			better = append(better, name)
		case at < 0:
			worse = append(worse, name)
		case known:
			same = append(same, name)
		default:
			unknown = append(unknown, name)
		}
	}
	switch n := len(better) + len(worse); {
	case measured == 0:
		return "Delivery has no numbers for these weeks.", ""
	case len(untested) == measured:
		claim = "Delivery has numbers; a comparison is not possible yet."
	case n == 0 && len(unknown) == 0:
		claim = "No delivery number has changed."
	case n == 0:
		claim = "No delivery number has changed beyond chance."
	default:
		claim = claimOf(better, worse, measured)
	}
	var parts []string
	add := func(names []string, words string) {
		if len(names) > 0 {
			parts = append(parts, format.List(names, "and")+" "+words)
		}
	}
	if len(better)+len(worse) > 0 && len(same) > 0 {
		add(same, "stayed about the same")
	}
	add(unknown, "may have changed by chance")
	if len(untested) < measured {
		add(untested, "cannot be compared yet")
	}
	if len(parts) > 0 {
		doubt = format.UpperFirst(strings.Join(parts, "; ")) + "."
	}
	return claim, doubt
}

// claimOf counts the numbers that are better or worse: "Three of four delivery numbers are
// better than four weeks before."
func claimOf(better, worse []string, of int) string {
	whole := numberWords[of]
	switch {
	case len(worse) == 0 && len(better) == of && of > 1:
		return "All " + whole + " delivery numbers are better than four weeks before."
	case len(worse) == 0 && len(better) == 1:
		return format.UpperFirst(better[0]) + " is better than four weeks before."
	case len(worse) == 0:
		return format.UpperFirst(numberWords[len(better)]) + " of " + whole +
			" delivery numbers are better than four weeks before."
	case len(better) == 0:
		return format.UpperFirst(format.List(worse, "and")) + " " + format.Is(len(worse)) + " worse than four weeks before."
	}
	return format.UpperFirst(format.List(worse, "and")) + " " + format.Is(len(worse)) + " worse than four weeks before; " +
		format.List(better, "and") + " " + format.Is(len(better)) + " better."
}

// newPanel returns a headline metric with its chart.
func (s *site) newPanel(m *metric.Metric, root string) view.Tile {
	t := s.newBareTile(m, root)
	series := s.findSeries(m)
	if t.Why != "" || m.Value == nil || series == nil || !view.HasValue(series) {
		return t
	}
	title, measure := s.seriesTitle(m, series)
	c := format.Moved(m)
	options := chart.FigureOptions{
		Level: 3, Panel: true, Heading: title, Note: measure, Change: c.String(), Class: c.Class,
		Range: format.LowerFirst(spelling.Join("; ", view.Likely(c.Range), c.Test)),
		Count: t.N, Evidence: t.Evidence, Method: t.How, CSV: root + seriesPath(series),
	}
	if m.Trend == nil {
		options.Change, options.Class = "", ""
	}
	t.Chart = view.DrawTrend(m, series, s.marksFor(series), options)
	return t
}

// remarksAbout returns the counts, the longer rate and the warnings of a metric.
func (s *site) remarksAbout(m *metric.Metric) []view.Labelled {
	var out []view.Labelled
	add := func(text string) {
		if text != "" {
			out = append(out, view.Labelled{Label: m.Title, Value: text})
		}
	}
	if m.ID == dora.Frequency {
		add(format.UpperFirst(ShippedWords(s.report.ShippedBy(m.Scope))))
	}
	add(view.LongerWords(m))
	for _, w := range m.Warnings {
		add(format.UpperFirst(w))
	}
	return out
}

// newPartRow returns the row of a metric in the table of all of them.
func (s *site) newPartRow(m *metric.Metric, root string) partRow {
	r := partRow{Tile: s.newBareTile(m, root)}
	r.Interval = strings.TrimPrefix(r.Interval, "likely ") // the column has the label
	if m.Was != nil && r.Why == "" {
		r.Before = strings.TrimPrefix(format.Moved(m).Was, "was ")
		if r.Change.Range, _ = strings.CutPrefix(r.Change.Range, format.Moved(m).Was); r.Change.Range != "" {
			r.Change.Range = strings.TrimPrefix(r.Change.Range, "; ")
		}
	}
	if t := m.Tier; t != nil {
		if r.Tier = t.Name; t.Span != "" {
			r.Tier = t.Name + ", likely " + t.Span
		}
	}
	r.Details = detailsOf(m)
	return r
}

// detailsOf returns the figures beside a metric, with their ranges.
func detailsOf(m *metric.Metric) []view.Labelled {
	var out []view.Labelled
	for _, d := range m.Details {
		text := d.Note
		if d.Value != nil {
			text = format.Value(*d.Value, m.Shown(d.Unit))
			if iv := view.Likely(format.Interval(d.Lo, d.Hi, m.Shown(d.Unit))); iv != "" {
				text += ", " + iv
			}
			if d.Note != "" {
				text += "; " + d.Note
			}
		}
		out = append(out, view.Labelled{Label: d.Label, Value: text})
	}
	return out
}

// phasesOf returns the phases of the lead time as bars with a common axis, and its end.
func phasesOf(sec *metric.Section, scope metric.Scope, root string) (rows []view.Figure, end string) {
	var found []*metric.Metric
	longest := 0.0
	for _, phase := range []string{"coding", "pickup", "review", "deploy"} {
		m := sec.Find(dora.PhaseID(phase), scope)
		if m == nil {
			continue
		}
		found = append(found, m)
		if m.Value != nil {
			longest = max(longest, *m.Value)
		}
		if m.Was != nil && m.Was.Value != nil {
			longest = max(longest, *m.Was.Value)
		}
	}
	axis := chart.NiceEnd(longest, metric.Seconds)
	for _, m := range found {
		rows = append(rows, phaseOf(m, root, axis))
	}
	if longest > 0 {
		end = format.Value(axis, metric.Seconds)
	}
	return rows, end
}

func phaseOf(m *metric.Metric, root string, axis float64) view.Figure {
	r := view.Figure{
		ID: view.Anchor(m.ID), Name: view.Link{Title: m.Title, Href: root + Methods + "#" + view.Anchor(m.ID)},
		Value: format.Maybe(m.Value, m.Unit), Range: view.Likely(format.Interval(m.Lo, m.Hi, m.Unit)), N: format.Counts(m.N),
	}
	if m.Why != "" {
		r.Why = view.Reason(m.Why, m.Next)
		return r
	}
	var was *float64
	if m.Was != nil {
		was = m.Was.Value
		r.Was = format.Maybe(m.Was.Value, m.Unit)
	}
	if m.Value != nil {
		r.Bar = view.DrawBar(*m.Value, was, axis)
	}
	return r
}

// withRareRates returns the report with a mark on the daily rates of rare events, which pages
// show per week. The number of a scope, its interval, its earlier value and its chart have the
// same unit. Values and units stay as computed.
func withRareRates(r compute.Report) compute.Report {
	r.Sections = MarkRareRates(r.Sections)
	r.Space.Dimensions = slices.Clone(r.Space.Dimensions)
	for i := range r.Space.Dimensions {
		d := &r.Space.Dimensions[i]
		d.Rows = slices.Clone(d.Rows)
		for j := range d.Rows {
			row := &d.Rows[j]
			row.Rare = isDaily(row.Unit) && format.IsRare(row.Value, row.Was)
		}
	}
	return r
}

// MarkRareRates returns sections with a mark on the daily rates of rare events.
func MarkRareRates(sections []metric.Section) []metric.Section {
	sections = slices.Clone(sections)
	for i := range sections {
		sec := &sections[i]
		rare := findRareRates(sec)
		sec.Metrics, sec.Series = slices.Clone(sec.Metrics), slices.Clone(sec.Series)
		for j := range sec.Metrics {
			m := &sec.Metrics[j]
			m.Rare = rare[newRateKey(m.ID, m.Scope)]
		}
		for j := range sec.Series {
			s := &sec.Series[j]
			s.Rare = rare[newRateKey(s.ID, s.Scope)]
		}
	}
	return sections
}

// rateKey is the ID of a number, and the kind and ID of its scope.
type rateKey [3]string

func newRateKey(id string, s metric.Scope) rateKey { return rateKey{id, string(s.Kind), s.ID} }

// isDaily reports whether a unit is a rate per day.
func isDaily(u metric.Unit) bool { return u.Rare() != u }

// findRareRates returns the numbers of a section that pages show per week. It decides by their
// values now, before and over more weeks or, without a value, by the recent part of their
// series.
func findRareRates(sec *metric.Section) map[rateKey]bool {
	out := map[rateKey]bool{}
	for i := range sec.Series {
		s := &sec.Series[i]
		if !isDaily(s.Unit) {
			continue
		}
		var values []*float64
		for _, p := range view.Recent(s).Points {
			values = append(values, p.Value)
		}
		out[newRateKey(s.ID, s.Scope)] = format.IsRare(values...)
	}
	for i := range sec.Metrics {
		m := &sec.Metrics[i]
		if !isDaily(m.Unit) {
			continue
		}
		values := []*float64{m.Value}
		if m.Was != nil {
			values = append(values, m.Was.Value)
		}
		if m.Longer != nil {
			values = append(values, m.Longer.Value)
		}
		if isKnown(values...) {
			out[newRateKey(m.ID, m.Scope)] = format.IsRare(values...)
		}
	}
	return out
}

func isKnown(values ...*float64) bool {
	return slices.ContainsFunc(values, func(v *float64) bool { return v != nil })
}

// releaseWords replaces the words about deployments in a repository whose deployments are tags.
var releaseWords = strings.NewReplacer("deployments", "releases", "Deployments", "Releases", "deployment",
	"release", "Deployment", "Release")

// inReleaseWords returns the report with the word "releases" in place of "deployments" for each
// scope that has only releases. Definitions and keys of the configuration keep their names.
func inReleaseWords(r compute.Report) compute.Report {
	of := releasesOnly(&r.Measured)
	if len(of) == 0 {
		return r
	}
	r.Sections = slices.Clone(r.Sections)
	for i := range r.Sections {
		sec := &r.Sections[i]
		if sec.Family != "dora" {
			continue
		}
		sec.Metrics, sec.Series = slices.Clone(sec.Metrics), slices.Clone(sec.Series)
		for j := range sec.Metrics {
			if m := &sec.Metrics[j]; of[plainScope(m.Scope)] {
				*m = ReleaseMetric(m)
			}
		}
		for j := range sec.Series {
			if s := &sec.Series[j]; of[plainScope(s.Scope)] {
				s.Title = releaseWords.Replace(s.Title)
				s.Points = slices.Clone(s.Points)
				for k := range s.Points {
					s.Points[k].Note = releaseWords.Replace(s.Points[k].Note)
				}
			}
		}
	}
	if of[organisation] {
		r.Space.Dimensions = slices.Clone(r.Space.Dimensions)
		for i := range r.Space.Dimensions {
			d := &r.Space.Dimensions[i]
			d.Rows = slices.Clone(d.Rows)
			for j := range d.Rows {
				releaseRow(&d.Rows[j])
			}
		}
	}
	return r
}

// releaseRow replaces the words about deployments in a row of SPACE.
func releaseRow(r *space.DimensionMetric) {
	if strings.HasPrefix(r.Metric, "dora.") {
		r.Title, r.Why, r.N = releaseWords.Replace(r.Title), releaseWords.Replace(r.Why), releaseCounts(r.N)
	}
}

// releasesOnly returns the scopes whose deployments are all tags.
func releasesOnly(m *compute.Measured) map[metric.Scope]bool {
	of := map[metric.Scope]bool{}
	for i := range m.Shipped {
		if m.Shipped[i].Releases {
			of[plainScope(m.Shipped[i].Scope)] = true
		}
	}
	return of
}

// plainScope returns a scope without its title.
func plainScope(s metric.Scope) metric.Scope { return metric.Scope{Kind: s.Kind, ID: s.ID} }

// ReleaseMetric returns a delivery metric with the words about releases, for a scope whose
// deployments are all tags.
func ReleaseMetric(m *metric.Metric) metric.Metric {
	out := *m
	if out.Title = releaseWords.Replace(m.Title); out.Title != m.Title && m.Familiar == "" {
		out.Familiar = m.Title // the familiar name of the metric
	}
	out.N, out.Why, out.Interval = releaseCounts(m.N), releaseWords.Replace(m.Why), releaseWords.Replace(m.Interval)
	out.Warnings = slices.Clone(m.Warnings)
	for i := range out.Warnings {
		out.Warnings[i] = releaseWords.Replace(out.Warnings[i])
	}
	out.Details = slices.Clone(m.Details)
	for i := range out.Details {
		d := &out.Details[i]
		d.Label, d.Note = releaseWords.Replace(d.Label), releaseWords.Replace(d.Note)
	}
	if m.Was != nil {
		w := *m.Was
		w.N = releaseCounts(w.N)
		out.Was = &w
	}
	if m.Longer != nil {
		l := *m.Longer
		l.N = releaseCounts(l.N)
		out.Longer = &l
	}
	if m.Trend != nil {
		t := *m.Trend
		t.Of, t.Method, t.N = releaseWords.Replace(t.Of), releaseWords.Replace(t.Method), releaseCounts(t.N)
		out.Trend = &t
	}
	return out
}

func releaseCounts(n []metric.Count) []metric.Count {
	n = slices.Clone(n)
	for i := range n {
		n[i].What = releaseWords.Replace(n[i].What)
	}
	return n
}

// releaseEvidence returns evidence with the words about releases. Its cells do not change.
func releaseEvidence(e metric.Evidence) metric.Evidence {
	e.Title, e.Columns, e.LeftOut = releaseWords.Replace(e.Title), slices.Clone(e.Columns), slices.Clone(e.LeftOut)
	for i := range e.Columns {
		e.Columns[i] = releaseWords.Replace(e.Columns[i])
	}
	for i := range e.LeftOut {
		l := &e.LeftOut[i]
		l.What, l.Reason = releaseWords.Replace(l.What), releaseWords.Replace(l.Reason)
	}
	return e
}
