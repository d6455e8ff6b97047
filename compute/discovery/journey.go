package discovery

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Journey is the way of an initiative from request to production.
type Journey struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Status    string    `json:"status"`
	Ticks     Ticks     `json:"ticks"`
	Requested time.Time `json:"requested,omitzero"` // first request; zero: not recorded
	Prototype time.Time `json:"prototype,omitzero"` // zero: not begun
	GA        time.Time `json:"ga,omitzero"`        // zero: not generally available
	// ToPrototype and ToGA are days from the request; nil if either date is missing.
	ToPrototype *int `json:"to_prototype"`
	ToGA        *int `json:"to_ga"`
}

// listJourneys returns the journeys of all initiatives, by ID.
func (g *graph) listJourneys() []Journey {
	var list []Journey
	for _, i := range g.initiatives {
		j := Journey{
			ID: i.ID, Title: i.Title, Status: i.Status, Ticks: g.findTicks(i), Requested: g.findRequestDate(i),
			Prototype: findStart(i, prototype, g.asOf), GA: findStart(i, ga, g.asOf),
		}
		j.ToPrototype, j.ToGA = countDays(j.Requested, j.Prototype), countDays(j.Requested, j.GA)
		list = append(list, j)
	}
	return list
}

// findRequestDate returns the declared date, else the earliest date of its research.
func (g *graph) findRequestDate(i *fact.Initiative) time.Time {
	if !i.Requested.IsZero() {
		return i.Requested
	}
	var first time.Time
	for _, id := range g.asked.back[i.ID] {
		first = org.Earlier(first, findAskDate(g.researchByID[id]))
	}
	return first
}

// findAskDate returns the recorded date of a request, else the day of the conversation.
func findAskDate(r *fact.Research) time.Time {
	if !r.Asked.IsZero() {
		return r.Asked
	}
	return r.Date
}

// countDays returns the days between two dates, or nil if one is missing or they are in the
// wrong order.
func countDays(from, to time.Time) *int {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return nil
	}
	n := int(to.Sub(from).Hours() / 24)
	return &n
}

// listWaits returns the days from request to GA of initiatives. Those without GA have waited at
// least until now, and refused ones are left out. impossible counts those with GA before the
// request.
func listWaits(list []Journey, asOf time.Time) (days []float64, closed []bool, impossible int) {
	for k := range list {
		j := &list[k]
		switch {
		case j.Requested.IsZero() || j.Requested.After(asOf) || j.Status == fact.WontBuild:
		case j.GA.IsZero():
			if j.Status != fact.Done { // done without GA: the date is missing
				days, closed = append(days, asOf.Sub(j.Requested).Hours()/24), append(closed, false)
			}
		case j.ToGA == nil:
			impossible++
		default:
			days, closed = append(days, float64(*j.ToGA)), append(closed, true)
		}
	}
	return days, closed, impossible
}

// listPrototypeDays returns the days from request to prototype, ascending.
func listPrototypeDays(list []Journey) []float64 {
	var days []float64
	for k := range list {
		if n := list[k].ToPrototype; n != nil {
			days = append(days, float64(*n))
		}
	}
	slices.Sort(days)
	return days
}
