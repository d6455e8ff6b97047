package render

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// These are the weeks before and after today on the roadmap. The pages of the initiatives have
// the earlier work, and a bar of several years must not make the others too small.
const (
	ganttWeeksBack  = 8
	ganttWeeksAhead = 39
)

// tracks are the tracks of the roadmap, in the order of the loop.
var tracks = []string{"discovery", "delivery", "measurement"}

// newGantt returns the chart of the roadmap, and the number of bars that it leaves out because
// they ended earlier.
func (s *site) newGantt(root string) (g *chart.Gantt, earlier int) {
	asOf := s.report.AsOf
	from := asOf.AddDate(0, 0, -7*ganttWeeksBack)
	g = &chart.Gantt{
		ID: "plan-chart", Title: s.report.Platform.Name + " platform roadmap", Today: asOf,
		Desc: "Discovery, delivery and measurement over time: what is done, active and planned.",
	}
	for _, track := range tracks {
		bars := s.activityBars(track)
		if track == "delivery" {
			bars = append(bars, s.phaseBars(root)...)
		}
		bars = slices.DeleteFunc(bars, func(b chart.GanttBar) bool {
			over := !b.To.IsZero() && !b.To.After(from) && b.State != chart.Active && b.State != chart.Planned
			if over {
				earlier++
			}
			return over
		})
		slices.SortStableFunc(bars, func(a, b chart.GanttBar) int { return a.From.Compare(b.From) })
		if len(bars) > 0 {
			g.Sections = append(g.Sections, chart.GanttSection{Title: format.UpperFirst(track), Bars: bars})
		}
	}
	return g, earlier
}

func (s *site) activityBars(track string) []chart.GanttBar {
	var bars []chart.GanttBar
	for i := range s.content.Activities {
		a := &s.content.Activities[i]
		if a.Track == track && !a.Start.IsZero() {
			bars = append(bars, s.newBar(a.Title, "", cmp.Or(a.Status, "planned"), a.Start, a.End()))
		}
	}
	return bars
}

// phaseBars returns the phases of all initiatives that are not refused.
func (s *site) phaseBars(root string) []chart.GanttBar {
	var bars []chart.GanttBar
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft || in.Status == fact.WontBuild {
			continue
		}
		title := cmp.Or(in.GanttTitle, in.Title)
		url := s.linkTo(root, "roadmap", in.ID, "").Href
		for n := range in.Phases {
			ph := &in.Phases[n]
			if !ph.Start.IsZero() {
				bars = append(bars, s.newBar(title+" "+format.Phase(ph.Name), url, phaseState(in, n, s.report.AsOf), ph.Start,
					ph.End()))
			}
		}
	}
	return bars
}

// newBar returns one bar. Its state is the declared one; the calendar only adds a note.
func (s *site) newBar(title, url, state string, from, to time.Time) chart.GanttBar {
	asOf := s.report.AsOf
	b := chart.GanttBar{Title: title, URL: url, From: from, To: to, State: chart.State(state)}
	var notes []string
	if to.IsZero() && b.State != chart.Done {
		notes = append(notes, "no end set")
	}
	if last := asOf.AddDate(0, 0, 7*ganttWeeksAhead); to.After(last) && last.After(from) {
		notes, b.To = append(notes, "goes on to "+format.Date(to)), last
	}
	if b.State == chart.Done && to.After(asOf) {
		b.Ended = asOf
		notes = append(notes, "early")
	}
	if late := lateWords(state, from, to, asOf); late != "" {
		notes = append(notes, late)
	}
	b.Note = strings.Join(notes, ", ")
	return b
}

// lateWords returns the delay of a bar against its declared state; "" if it is not late.
func lateWords(state string, from, to, asOf time.Time) string {
	switch {
	case state == string(chart.Planned) && !from.IsZero():
		if n := daysSince(from, asOf); n > 0 {
			return format.Things(n, "days") + " late to start"
		}
	case state == string(chart.Active) && !to.IsZero():
		if n := daysSince(to, asOf); n > 0 {
			return format.Things(n, "days") + " late"
		}
	}
	return ""
}

func daysSince(t, asOf time.Time) int { return int(asOf.Sub(t).Hours() / 24) }

// phaseState returns the declared state of a phase. Without one, the state follows from the
// status of the initiative and its current phase.
func phaseState(in *fact.Initiative, n int, asOf time.Time) string {
	ph := &in.Phases[n]
	if ph.Status != "" {
		return ph.Status
	}
	current := currentPhase(in, asOf)
	switch {
	case in.Status == fact.Done || n < current:
		return string(chart.Done)
	case n == current && in.Status == fact.Active:
		return string(chart.Active)
	}
	return string(chart.Planned)
}

// currentPhase returns the index of the phase declared active, else of the last one that began
// without a declared status; −1 if there is none.
func currentPhase(in *fact.Initiative, asOf time.Time) int {
	current := -1
	for n := range in.Phases {
		ph := &in.Phases[n]
		if ph.Status == string(chart.Active) {
			return n
		}
		if ph.Status == "" && !ph.Start.IsZero() && !ph.Start.After(asOf) {
			current = n
		}
	}
	return current
}
