package render

import (
	"strings"

	spelling "github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
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
