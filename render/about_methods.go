package render

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

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
