package dora

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// minPanelChanges is how many changes a team's median of a period needs.
const minPanelChanges = 5

// PanelRow is what one team did in one period of four weeks: the material of a
// comparison between teams that took something up and those that did not. It
// speaks about people's work only.
type PanelRow struct {
	Team   string    `json:"team"`
	Period int       `json:"period"` // org.PeriodOf of its weeks
	Start  time.Time `json:"start"`
	// Shown is false for a team too small for its numbers to be published: such a
	// row may count in a total, and stand nowhere by itself.
	Shown       bool    `json:"shown"`
	Deployments int     `json:"deployments"`
	PerWeek     float64 `json:"per_week"` // deployments per week
	Changes     int     `json:"changes"`
	// LogLead is the natural logarithm of the median lead time in seconds; nil
	// with fewer than 5 changes, or where the median is only a lower bound.
	LogLead *float64 `json:"log_lead"`
}

// computePanel is a row for every team and whole period that is mature and for which
// every service that was the team's then was collected, by team and period.
func (m *measurer) computePanel(teams []*pool, first time.Time) []PanelRow {
	from, to := org.PeriodOf(first), org.PeriodOf(m.cut)
	rows := make([]PanelRow, 0, max(0, len(teams)*(to-from)))
	var leads []float64
	for _, p := range teams {
		for period := from; period < to; period++ {
			w := metric.Window{From: org.PeriodStart(period), To: org.PeriodStart(period + 1)}
			if !m.isCollected(p, w) {
				continue
			}
			row := PanelRow{Team: p.scope.ID, Period: period, Start: w.From, Shown: p.hidden == ""}
			leads = leads[:0]
			least := math.Inf(1)
			for _, d := range selectWithin(p.deliveries, finishTime, w) {
				row.Deployments++
				for i := range d.Changes {
					if l := &d.Changes[i]; l.Change.Lane != org.Automation {
						leads = append(leads, l.Seconds)
						if l.Clamped {
							least = math.Min(least, l.Seconds)
						}
					}
				}
			}
			row.PerWeek, row.Changes = float64(row.Deployments)/float64(org.Period/org.Week), len(leads)
			if median, ok := medianLead(leads, least, minPanelChanges); ok {
				row.LogLead = metric.Of(math.Log(math.Max(1, median)))
			}
			rows = append(rows, row)
		}
	}
	return rows
}

// isCollected reports whether the team owned a service in the window, and all
// that it owned then were collected throughout. Services that never were are not
// deployed from where we look.
func (m *measurer) isCollected(p *pool, w metric.Window) bool {
	owns := false
	for _, i := range p.services {
		s := &m.org.Services[i]
		if len(s.Collected) == 0 || !s.OwnedBy(p.scope.ID, w.From) && !s.OwnedBy(p.scope.ID, w.To.Add(-time.Nanosecond)) {
			continue
		}
		if !s.CollectedIn(w) {
			return false
		}
		owns = true
	}
	return owns
}
