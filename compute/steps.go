package compute

import (
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/step"
)

// findSteps finds the steps of the series of the organisation, which share its pages, and those
// of each group, which has a page of its own. Series of teams are not tested: there are hundreds
// of them, and four weeks of a team are too few.
func (m *Measured) findSteps() {
	pages := map[metric.Scope][]*metric.Series{}
	var order []metric.Scope
	for i := range m.Sections {
		for k := range m.Sections[i].Series {
			s := &m.Sections[i].Series[k]
			if s.Scope.Kind != metric.Organisation && s.Scope.Kind != metric.Group {
				continue
			}
			scope := metric.Scope{Kind: s.Scope.Kind, ID: s.Scope.ID}
			if pages[scope] == nil {
				order = append(order, scope)
			}
			pages[scope] = append(pages[scope], s)
		}
	}
	for _, scope := range order {
		step.Find(string(scope.Kind)+" "+scope.ID, pages[scope])
	}
}
