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

// Effort is the person-days by track.
type Effort struct {
	Window      metric.Window `json:"window"`
	Discovery   float64       `json:"discovery"`
	Delivery    float64       `json:"delivery"`
	Measurement float64       `json:"measurement"`
}

// Total returns the sum of all tracks.
func (e *Effort) Total() float64 { return e.Discovery + e.Delivery + e.Measurement }

// sumEffort spreads the person-days of activities and phases evenly over their time and sums
// the days within the window. It adds the days of research, unless an activity lists it and has
// counted them already.
func (g *graph) sumEffort(w metric.Window) Effort {
	e := Effort{Window: w}
	listed := map[string]bool{}
	for k := range g.activities {
		a := &g.activities[k]
		for _, id := range a.Research {
			listed[id] = listed[id] || a.PersonDays > 0
		}
		if a.Status == "" || a.Status == planned {
			continue // an activity without a status is planned
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
			if p := &i.Phases[n]; p.Begun(g.asOf) {
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

// countDaysWithin returns the person-days within the window. Work without an end, or done
// before its planned end, ends now.
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

// sumUnusedEffort returns the person-days of phases for features shipped half a year ago: those
// on features with few users, and all of them. The days of an initiative are shared equally
// among its features.
func (g *graph) sumUnusedEffort() (unused, all float64, features int) {
	for _, f := range g.features {
		share, ok := g.settledShare(f.ID)
		if !ok {
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

// sumPersonDays returns the person-days of an initiative's phases up to now.
func (g *graph) sumPersonDays(i *fact.Initiative) float64 {
	sum := 0.0
	everything := metric.Window{To: g.asOf}
	for n := range i.Phases {
		if p := &i.Phases[n]; p.Begun(g.asOf) {
			sum += g.countDaysWithin(everything, p.PersonDays, p.Start, p.End(), isFinished(i, n, g.asOf))
		}
	}
	return sum
}
