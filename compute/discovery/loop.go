package discovery

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// Loop has one count for each phase of the loop.
type Loop struct {
	Window          metric.Window `json:"window"` // of Talks: the quarter of 12 weeks
	Talks           int           `json:"talks"`  // interviews, shadowing and conversations
	Ranked          int           `json:"ranked"` // open initiatives with a score
	Refused         int           `json:"refused"`
	Phases          []PhaseCount  `json:"phases"` // of active initiatives
	Recommendations int           `json:"recommendations"`
}

// PhaseCount is the number of active initiatives in a phase.
type PhaseCount struct {
	Name string `json:"name"`
	N    int    `json:"n"`
}

func (g *graph) countLoop() Loop {
	l := Loop{Window: g.findQuarter(), Recommendations: g.in.Recommendations}
	l.Talks = g.countResearch(l.Window, fact.Interview, fact.Shadowing, fact.Conversation)
	phases := map[string]int{}
	for _, i := range g.initiatives {
		switch {
		case i.Status == fact.WontBuild:
			l.Refused++
		case i.Status != fact.Done && i.Rice != nil:
			l.Ranked++
		}
		if n := findCurrent(i, g.asOf); i.Status == fact.Active && n >= 0 {
			phases[i.Phases[n].Name]++
		}
	}
	for name, n := range phases {
		l.Phases = append(l.Phases, PhaseCount{name, n})
	}
	slices.SortFunc(l.Phases, func(a, b PhaseCount) int {
		return cmp.Or(cmp.Compare(orderPhase(a.Name), orderPhase(b.Name)), cmp.Compare(a.Name, b.Name))
	})
	return l
}

// orderPhase returns the position of a phase; custom names come last.
func orderPhase(name string) int {
	usual := []string{prototype, alpha, beta, ga}
	if n := slices.Index(usual, name); n >= 0 {
		return n
	}
	return len(usual)
}

// quarterWeeks is the length of a quarter on pages.
const quarterWeeks = 12

// findQuarter returns the 12 weeks that end with the cut-off.
func (g *graph) findQuarter() metric.Window {
	to := g.in.Calendar.CutOff()
	return metric.Window{From: to.Add(-quarterWeeks * org.Week), To: to}
}

// countResearch counts the research of some kinds in the window.
func (g *graph) countResearch(w metric.Window, kinds ...string) int {
	n := 0
	for _, r := range g.research {
		if slices.Contains(kinds, r.Kind) && !r.Date.IsZero() && w.Contains(r.Date) {
			n++
		}
	}
	return n
}

// OfficeHours is the next time when developers can drop in.
type OfficeHours struct {
	ID    string    `json:"id"`
	Title string    `json:"title"`
	Where string    `json:"where,omitempty"` // time and place, in words
	On    time.Time `json:"on"`
}

// findOfficeHours returns the next date, today included, or nil if none is planned.
func (g *graph) findOfficeHours() *OfficeHours {
	var next *OfficeHours
	for _, r := range g.research {
		if r.Kind != fact.OfficeHours {
			continue
		}
		if on, ok := findNextDate(r.Date, r.EveryWeeks, g.asOf); ok && (next == nil || on.Before(next.On)) {
			next = &OfficeHours{ID: r.ID, Title: r.Title, Where: r.Where, On: on}
		}
	}
	return next
}

// findNextDate returns the first date on or after asOf's day, every so many weeks from first
// on. 0 weeks do not repeat.
func findNextDate(first time.Time, everyWeeks int, asOf time.Time) (time.Time, bool) {
	const secondsPerDay = 24 * 60 * 60
	today := asOf.UTC().Truncate(24 * time.Hour)
	if first.IsZero() || !first.Before(today) {
		return first, !first.IsZero()
	}
	every := int64(everyWeeks) * 7
	past := (today.Unix() - first.Unix() + secondsPerDay - 1) / secondsPerDay // whole days, rounded up
	if everyWeeks <= 0 || everyWeeks > 520 {
		return time.Time{}, false
	}
	return first.AddDate(0, 0, int((past+every-1)/every*every)), true
}
