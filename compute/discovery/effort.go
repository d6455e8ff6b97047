package discovery

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Tracks of activities.
const (
	trackDiscovery   = "discovery"
	trackMeasurement = "measurement"
)

// Effort is how many person-days went where.
type Effort struct {
	Window      metric.Window `json:"window"`
	Discovery   float64       `json:"discovery"`
	Delivery    float64       `json:"delivery"`
	Measurement float64       `json:"measurement"`
}

// Total is the sum.
func (e *Effort) Total() float64 { return e.Discovery + e.Delivery + e.Measurement }

// sumEffort spreads the person-days of activities and phases evenly over their time
// and sums up what falls into the window. Research adds its own, unless an activity
// lists it, which has counted it already.
func (g *graph) sumEffort(w metric.Window) Effort {
	e := Effort{Window: w}
	listed := map[string]bool{}
	for k := range g.activities {
		a := &g.activities[k]
		for _, id := range a.Research {
			listed[id] = listed[id] || a.PersonDays > 0
		}
		if a.Status == "" || a.Status == planned {
			continue // an activity is planned until it is declared otherwise
		}
		n := g.countDaysWithin(w, a.PersonDays, a.Start, a.End(), a.Status == done)
		switch a.Track {
		case trackDiscovery:
			e.Discovery += n
		case trackMeasurement:
			e.Measurement += n
		default:
			e.Delivery += n
		}
	}
	for _, i := range g.initiatives {
		for n := range i.Phases {
			if p := &i.Phases[n]; begun(p, g.asOf) {
				e.Delivery += g.countDaysWithin(w, p.PersonDays, p.Start, p.End(), isFinished(i, n, g.asOf))
			}
		}
	}
	for _, r := range g.research {
		if !listed[r.ID] && w.Contains(r.Date) {
			e.Discovery += r.PersonDays
		}
	}
	return e
}

// countDaysWithin is how much of some person-days falls into the window. What has no end,
// or is done before its planned end, ends now.
func (g *graph) countDaysWithin(w metric.Window, personDays float64, start, end time.Time, over bool) float64 {
	if personDays <= 0 || start.IsZero() || !start.Before(g.asOf) {
		return 0
	}
	if end.IsZero() || over && end.After(g.asOf) {
		end = g.asOf
	}
	from, to := start, end
	if from.Before(w.From) {
		from = w.From
	}
	if to.After(w.To) {
		to = w.To
	}
	if !to.After(from) {
		return 0
	}
	return personDays * to.Sub(from).Hours() / end.Sub(start).Hours()
}

// sumUnusedEffort are the person-days of phases begun, of initiatives whose features
// have had half a year: all of them, and those on features that few use. An
// initiative's days are shared equally among its features.
func (g *graph) sumUnusedEffort() (unused, all float64, features int) {
	for _, f := range g.features {
		a := g.adoption[f.ID]
		if !g.isSettled(f.ID) {
			continue
		}
		share, known := a.computeShare()
		if !known {
			continue
		}
		features++
		for _, id := range g.delivers.back[f.ID] {
			n := g.sumPersonDays(g.initiativeByID[id]) / float64(len(g.delivers.forth[id]))
			all += n
			if share < UnusedBelow {
				unused += n
			}
		}
	}
	return unused, all, features
}

// sumPersonDays are those of an initiative's phases up to now.
func (g *graph) sumPersonDays(i *fact.Initiative) float64 {
	sum := 0.0
	everything := metric.Window{To: g.asOf}
	for n := range i.Phases {
		if p := &i.Phases[n]; begun(p, g.asOf) {
			sum += g.countDaysWithin(everything, p.PersonDays, p.Start, p.End(), isFinished(i, n, g.asOf))
		}
	}
	return sum
}
