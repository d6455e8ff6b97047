package discovery

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Journey is an initiative's way from request to production.
type Journey struct {
	ID        string    `json:"id"`
	Title     string    `json:"title"`
	Status    string    `json:"status"`
	Ticks     Ticks     `json:"ticks"`
	Requested time.Time `json:"requested,omitzero"` // when it was first asked for; zero: not recorded
	Prototype time.Time `json:"prototype,omitzero"` // zero: none has begun
	GA        time.Time `json:"ga,omitzero"`        // zero: not generally available
	// Days from the request; nil if either end is not known.
	ToPrototype *int `json:"to_prototype"`
	ToGA        *int `json:"to_ga"`
}

// listJourneys are those of all initiatives, by ID.
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

// findRequestDate is the declared date or, without one, the earliest of its research.
func (g *graph) findRequestDate(i *fact.Initiative) time.Time {
	if !i.Requested.IsZero() {
		return i.Requested
	}
	var first time.Time
	for _, id := range g.asked.back[i.ID] {
		first = earlier(first, findAskDate(g.researchByID[id]))
	}
	return first
}

// findAskDate is when a request came: as recorded, or the day it was talked about.
func findAskDate(r *fact.Research) time.Time {
	if !r.Asked.IsZero() {
		return r.Asked
	}
	return r.Date
}

// countDays between two dates; nil if one is unknown or they are in the wrong order.
func countDays(from, to time.Time) *int {
	if from.IsZero() || to.IsZero() || to.Before(from) {
		return nil
	}
	n := int(to.Sub(from).Hours() / 24)
	return &n
}

// listWaits are the days that initiatives have taken from request to GA. Those not
// there yet have taken at least until now; refused ones left. Those that were
// there before they were asked for are counted apart.
func listWaits(list []Journey, asOf time.Time) (days []float64, closed []bool, impossible int) {
	for k := range list {
		j := &list[k]
		switch {
		case j.Requested.IsZero() || j.Requested.After(asOf) || j.Status == fact.WontBuild:
		case j.GA.IsZero():
			if j.Status != fact.Done { // done without GA: nobody knows when
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

// listPrototypeDays are the days from request to prototype, in order of size.
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
