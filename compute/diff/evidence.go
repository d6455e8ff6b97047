package diff

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// compareEvidence reports the steps of the loop that initiatives gained or lost, and the counts
// of discovery. Without measured data there is no quarter to count in.
func (c *comparison) compareEvidence() {
	b, h := &c.Base.Report.Discovery, &c.Head.Report.Discovery
	for i := range c.plans {
		p := &c.plans[i]
		if p.base == nil || p.head == nil {
			continue
		}
		was, now := findJourney(b.Journeys, p.base.ID), findJourney(h.Journeys, p.head.ID)
		if was == nil || now == nil || was.Ticks == now.Ticks {
			continue
		}
		e := Evidence{}
		for _, t := range []struct {
			name     string
			was, now bool
		}{
			{"discovered", was.Ticks.Discovered, now.Ticks.Discovered},
			{"validated", was.Ticks.Validated, now.Ticks.Validated},
			{"measured", was.Ticks.Measured, now.Ticks.Measured},
			{"iterated", was.Ticks.Iterated, now.Ticks.Iterated},
		} {
			switch {
			case t.now && !t.was:
				e.Gained = append(e.Gained, t.name)
			case t.was && !t.now:
				e.Lost = append(e.Lost, t.name)
			}
		}
		c.add(Change{
			Kind: Evidenced, Subject: newSubject("initiative", &p.head.Item), File: c.filePath(p.head.File),
			Line: p.head.Line, Evidence: &e,
		})
	}
	c.countEvidence("problems that nobody works on", len(b.Debt.NotWorked), len(h.Debt.NotWorked))
	c.countEvidence("teams that nobody talked to", len(b.Debt.Unspoken), len(h.Debt.Unspoken))
	if c.Missing != "" {
		return
	}
	for _, id := range []string{discovery.Interviews, discovery.Share, discovery.UnusedEffort} {
		scope := metric.Scope{Kind: metric.Organisation}
		was, now := c.Base.Report.Found.Find(id, scope), c.Head.Report.Found.Find(id, scope)
		if was == nil || now == nil || sameValue(was.Value, now.Value) {
			continue
		}
		e := Evidence{Name: evidenceNames[id], Before: was.Value, After: now.Value, Unit: now.Unit}
		if now.Target != nil {
			e.Goal = &now.Target.Value
		}
		c.add(Change{Kind: Evidenced, Evidence: &e})
	}
}

// evidenceNames are the names of the metrics of discovery in a sentence.
var evidenceNames = map[string]string{
	discovery.Interviews: "interviews in the quarter", discovery.Share: "time spent on discovery",
	discovery.UnusedEffort: "effort on features few use",
}

func (c *comparison) countEvidence(name string, was, now int) {
	if was != now {
		before, after := float64(was), float64(now)
		c.add(Change{Kind: Evidenced, Evidence: &Evidence{Name: name, Before: &before, After: &after, Unit: metric.Number}})
	}
}

func sameValue(a, b *float64) bool { return a == nil && b == nil || a != nil && b != nil && *a == *b }

func findJourney(list []discovery.Journey, id string) *discovery.Journey {
	i := slices.IndexFunc(list, func(j discovery.Journey) bool { return j.ID == id })
	if i < 0 {
		return nil
	}
	return &list[i]
}
