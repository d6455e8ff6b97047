package dora

import (
	"math"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// minPanelChanges is the number of changes that the median of a team and period needs.
const minPanelChanges = 5

// PanelRow is the work of one team in one period of four weeks. Rows of teams that adopted a
// feature are compared with rows of teams that did not. It counts the work of people only.
type PanelRow struct {
	Team   string    `json:"team"`
	Period int       `json:"period"` // org.PeriodOf of its weeks
	Start  time.Time `json:"start"`
	// Shown is false for a team that is too small to publish. Such a row may count in a total,
	// but is never shown.
	Shown       bool    `json:"shown"`
	Deployments int     `json:"deployments"`
	PerWeek     float64 `json:"per_week"` // deployments per week
	Changes     int     `json:"changes"`
	// LogLead is the natural logarithm of the median lead time in seconds; nil
	// with fewer than 5 changes, or where the median is only a lower bound.
	LogLead *float64 `json:"log_lead"`
}

// computePanel returns the rows of every team and whole mature period, by team and period. It
// leaves out a period if a service of the team was not collected.
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

// isCollected reports whether the team owned a service in the window and all its services of
// that time were collected throughout. A service that was never collected does not count.
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
