package compute

import (
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// wavesPerYear is the largest number of waves of a survey in a year: a pulse has one a month.
const wavesPerYear = 12

// settleLooks corrects the tests of each page for their number, sets their outcomes and spends
// the alpha of this look. All tests of the organisation are on the front page, so they are one
// family. The tests of all teams are another family, and so are those of features. Groups have
// two families: their delivery, and their answers to surveys.
func (m *Measured) settleLooks(past Past) {
	kinds := []metric.ScopeKind{metric.Organisation, metric.Team, metric.Group, metric.Feature}
	delivered := len(kinds) // the page of the delivery of groups
	pages := make([][]trend.Cell, len(kinds)+1)
	for i := range m.Sections {
		s := &m.Sections[i]
		perYear := trend.LooksPerYear
		if s.Family == "space" {
			perYear = wavesPerYear
		}
		for k := range s.Metrics {
			mt := &s.Metrics[k]
			for page, kind := range kinds {
				if mt.Scope.Kind != kind || mt.Trend == nil {
					continue
				}
				if kind == metric.Group && s.Family == "dora" {
					page = delivered
				}
				pages[page] = append(pages[page], trend.Cell{
					Scope: mt.Scope, Metric: mt.ID, Trend: mt.Trend, At: mt.Window.To, PerYear: perYear,
				})
			}
		}
	}
	m.Looks = trend.Settle(pages, past.Looks, past.LooksLost)
}

// allMetrics lists the metrics of all sections.
func (m *Measured) allMetrics() []metric.Metric {
	var out []metric.Metric
	for i := range m.Sections {
		out = append(out, m.Sections[i].Metrics...)
	}
	return out
}
