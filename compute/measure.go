package compute

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/support"
)

// Measure computes everything that needs events. history is what earlier runs
// published; the result's History is that plus the new rows. The evidence behind
// the numbers comes apart, because it lists events and is not published as one
// file. Errors are about options, or
// about survey answers that could be traced to too few people.
func Measure(o Options, c fact.Content, e fact.Events, history []Row, asOf time.Time) (Measured, []metric.Evidence, error) {
	cal := org.Calendar{AsOf: asOf, MaturityDays: o.MaturityDays}
	organisation, err := org.Resolve(org.Options{Calendar: cal, Bots: o.Bots}, c, e)
	if err != nil {
		return Measured{}, nil, err
	}
	deliveries, err := dora.Measure(o.DORA, organisation)
	if err != nil {
		return Measured{}, nil, err
	}
	m := Measured{
		Version: MeasuredVersion, AsOf: asOf, CutOff: cal.CutOff(),
		Current: cal.Current(), Before: cal.Before(), Quarter: cal.Quarter(),
		Platform: o.Platform, Services: len(organisation.Services), Teams: teamInfos(organisation),
		Adoption: adoption.Measure(organisation, c, e, o.Platform.Developers),
		Support:  support.Measure(organisation, c, e.Tickets, o.Platform.Developers),
		Measures: measures.Measure(organisation, c, e.Measures),
		Copied:   discovery.CopiedPipelines(e.Repositories),
		Quality:  quality(e),
	}
	m.Effects = effects(o, c, &m.Adoption, panel(organisation, deliveries.Linked), m.CutOff)
	m.take(&deliveries.Section, &m.Adoption.Section, &m.Support.Section, &m.Measures.Section)
	if m.Space, err = survey(o, organisation, c, e, m.Sections, asOf); err != nil {
		return Measured{}, nil, err
	}
	m.take(&m.Space.Section)
	weeks := missingCutOffs(history, m.CutOff)
	rows := adoptionRows(m.Section("adoption"), weeks)
	for _, cut := range weeks {
		rows = append(rows, rowsOf(cut, deliveries.OrganisationAt(cut))...)
		rows = append(rows, rowsOf(cut, m.Space.At(cut))...)
	}
	roundFloats(&rows)
	roundFloats(&m)
	m.History = appendHistory(history, rows)
	return m, deliveries.Evidence, nil
}

// take gathers the sections of the families into one list; each family's result
// keeps the rest.
func (m *Measured) take(sections ...*metric.Section) {
	for _, s := range sections {
		m.Sections = append(m.Sections, *s)
		*s = metric.Section{}
	}
}

func teamInfos(o *org.Organisation) []TeamInfo {
	out := make([]TeamInfo, 0, len(o.Teams))
	for i := range o.Teams {
		t := &o.Teams[i]
		out = append(out, TeamInfo{
			ID: t.ID, Title: t.Title, Group: t.Group, Developers: t.Developers,
			Services: slices.Clone(t.Services), Shown: t.Shown(),
		})
	}
	return out
}
