package compute

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Measure computes everything that needs events. history is what earlier runs
// published; the result's History is that plus the new rows. The evidence behind
// the numbers comes apart, because it lists events and is not published as one
// file. Errors are about options only.
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
		Sections: []metric.Section{deliveries.Section},
		Quality:  quality(e),
	}
	var rows []Row
	for _, cut := range missingCutOffs(history, m.CutOff) {
		rows = append(rows, rowsOf(cut, deliveries.OrganisationAt(cut))...)
	}
	roundFloats(&rows)
	roundFloats(&m.Sections)
	m.History = appendHistory(history, rows)
	return m, deliveries.Evidence, nil
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
