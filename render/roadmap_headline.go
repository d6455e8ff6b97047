package render

import (
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// step is a phase of an initiative that began or will begin.
type step struct {
	in    *fact.Initiative
	phase *fact.Phase
}

// lastAndNext returns the phase that began last and the phase that is planned to begin next; the
// initiative of either is nil if there is none. The states are declared, so a phase that is
// planned although its date has passed is neither.
func (s *site) lastAndNext() (last, next step) {
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		if in.Draft || in.Status == fact.WontBuild {
			continue
		}
		for n := range in.Phases {
			ph := &in.Phases[n]
			if ph.Start.IsZero() {
				continue
			}
			switch chart.State(phaseState(in, n, s.report.AsOf)) {
			case chart.Done, chart.Active:
				if !ph.Start.After(s.report.AsOf) && (last.in == nil || ph.Start.After(last.phase.Start)) {
					last = step{in, ph}
				}
			case chart.Planned:
				if ph.Start.After(s.report.AsOf) && (next.in == nil || ph.Start.Before(next.phase.Start)) {
					next = step{in, ph}
				}
			}
		}
	}
	return last, next
}

// roadmapHeadline returns the first sentence of the page: what was reached last, and what is
// next.
func (s *site) roadmapHeadline() string {
	last, next := s.lastAndNext()
	after := ""
	if next.in != nil {
		after = trimStop(next.in.Title) + ", " + stageWords(next.phase.Name) + " on " + s.dayInWords(next.phase.Start)
	}
	switch {
	case last.in != nil && after != "":
		return s.reachedWords(last) + "; next is " + after + "."
	case last.in != nil:
		return s.reachedWords(last) + "; nothing further has a date."
	case after != "":
		return "No phase has begun yet; first is " + after + "."
	case len(s.content.Initiatives) == 0 && len(s.content.Activities) == 0:
		return "Nothing is planned yet."
	}
	return "No initiative has a date yet."
}

func (s *site) reachedWords(last step) string {
	verb := " entered "
	if strings.EqualFold(last.phase.Name, "ga") {
		verb = " reached "
	}
	return trimStop(last.in.Title) + verb + stageWords(last.phase.Name) + " on " + s.dayInWords(last.phase.Start)
}

// stageWords returns the name of a phase inside a sentence.
func stageWords(name string) string {
	if strings.EqualFold(name, "ga") {
		return "general availability"
	}
	return name
}

// dayInWords formats a day of a headline: "4 November", with its year only if that is another
// year than now.
func (s *site) dayInWords(t time.Time) string {
	layout := "2\u00a0January"
	if t.Year() != s.report.AsOf.Year() {
		layout += "\u00a02006"
	}
	return t.UTC().Format(layout)
}

// mostLate is the largest number of delays that the first lines of the roadmap name.
const mostLate = 3

// behindWords returns what is behind its date for the first lines of the page, and the number
// of what they leave out. The pictures have all of it.
func behindWords(late []view.Labelled) (named []view.Labelled, others string) {
	named = late[:min(len(late), mostLate)]
	if n := len(late) - len(named); n > 0 {
		others = "and " + format.Count(n) + " more"
	}
	return named, others
}
