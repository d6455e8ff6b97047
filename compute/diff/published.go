package diff

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// Published returns the side of a published site. Only its report is available: ranks,
// recommendations, refusals and gates, but no file, date or finding. m is the Measured that the
// report was decided on.
func Published(r compute.Report, m compute.Measured) Side {
	r.Measured = m
	s := Side{Report: r, ReportOnly: true}
	plan := &r.Plan
	for _, it := range slices.Concat(plan.Ranked, plan.Past) {
		in := fact.Initiative{Item: fact.Item{ID: it.ID, Title: it.Title}, Status: it.Status}
		if ov := it.Override; ov != nil {
			in.Override = &fact.Override{Priority: ov.Priority, Reason: ov.Reason, By: ov.By, On: ov.On, Until: ov.Until}
		}
		s.Content.Initiatives = append(s.Content.Initiatives, in)
	}
	for _, id := range plan.Unscored {
		s.Content.Initiatives = append(s.Content.Initiatives, fact.Initiative{Item: fact.Item{ID: id}})
	}
	for i := range plan.Refused {
		x := &plan.Refused[i]
		in := fact.Initiative{
			Item: fact.Item{ID: x.ID, Title: x.Title}, Status: fact.WontBuild, Reason: x.Reason,
			Instead: x.Instead, Revisit: x.Revisit,
		}
		k := slices.IndexFunc(s.Content.Initiatives, func(o fact.Initiative) bool { return o.ID == x.ID })
		if k < 0 {
			s.Content.Initiatives = append(s.Content.Initiatives, in)
		} else {
			s.Content.Initiatives[k] = in
		}
	}
	slices.SortStableFunc(s.Content.Initiatives, func(a, b fact.Initiative) int { return cmp.Compare(a.ID, b.ID) })
	for i := range r.Recommendations {
		x := &r.Recommendations[i]
		s.Content.Features = append(s.Content.Features, fact.Feature{
			Item:      fact.Item{ID: x.Feature, Title: x.Title},
			Successor: x.Successor,
		})
	}
	return s
}
