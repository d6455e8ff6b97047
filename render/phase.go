package render

import (
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
)

// phaseView is one stage of an initiative.
type phaseView struct {
	Name     string
	State    string // "done", "active", "planned" or "stopped"
	Late     string
	When     string
	Audience string
	Question string
	Criteria []criterionView
	Retro    []labelled
}

// criterionView is one condition for leaving a phase, and whether it is met.
type criterionView struct {
	Text  string
	State string // "met on 20 Sep 2024", "not met yet", "not measured yet", …
	Met   bool
	Why   string
}

func (s *site) phasesOf(in *fact.Initiative) []phaseView {
	asOf := s.report.AsOf
	var out []phaseView
	for n := range in.Phases {
		ph := &in.Phases[n]
		state := phaseState(in, n, asOf)
		v := phaseView{
			Name: phaseName(ph.Name), State: state, Late: lateness(state, ph.Start, ph.End(), asOf),
			When: whenWords(ph.Start, ph.End()), Audience: audienceWords(&ph.Audience), Question: ph.Question,
		}
		for i := range ph.Criteria {
			v.Criteria = append(v.Criteria, s.criterionOf(&ph.Criteria[i], state))
		}
		for _, r := range []labelled{{"What worked", ph.Retro.Worked}, {"What did not", ph.Retro.DidNot}, {"What we change", ph.Retro.Change}} {
			if r.Value != "" {
				v.Retro = append(v.Retro, r)
			}
		}
		out = append(out, v)
	}
	return out
}

// whenWords is the span of a phase; one without an end is open.
func whenWords(from, to time.Time) string {
	switch {
	case from.IsZero():
		return "no date yet"
	case to.IsZero():
		return "from " + format.Date(from)
	}
	return format.Span(from, to)
}

func audienceWords(a *fact.Audience) string {
	if a.All != "" {
		return "all " + a.All
	}
	var parts []string
	for _, p := range []struct {
		n    int
		what string
	}{{a.Teams, "teams"}, {a.Developers, "developers"}, {a.Services, "services"}} {
		if p.n > 0 {
			parts = append(parts, format.Things(p.n, p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// criterionOf shows a criterion of a phase in the given state.
func (s *site) criterionOf(c *fact.Criterion, phase string) criterionView {
	v := criterionView{Text: c.Text, Why: c.MetBecause}
	if c.Measure != "" {
		name, unit, _ := s.measureOf(c.Measure)
		limit := name + " " + limitWords(c, unit)
		if v.Text == "" {
			v.Text = limit
		} else {
			v.Text += " (" + limit + ")"
		}
	}
	switch {
	case !c.Met.IsZero():
		v.State, v.Met = "met on "+format.Date(c.Met), true
	case c.Measure != "":
		v.State, v.Met = s.measuredWords(c)
	case phase == string(chart.Done):
		v.State = "not recorded as met"
	default:
		v.State = "not met yet"
	}
	return v
}

// measuredWords holds a criterion against the value that is measured now.
func (s *site) measuredWords(c *fact.Criterion) (state string, met bool) {
	m := s.metricOf(c.Measure)
	if m == nil || m.Value == nil {
		return "not measured yet", false
	}
	met = within(c, *m.Value)
	state = "measured: " + format.Value(*m.Value, m.Unit) + ", " + format.Span(m.Window.From, m.Window.To)
	if met {
		return "met, " + state, true
	}
	return "not met, " + state, false
}

// within reports whether a value keeps all limits of a criterion.
func within(c *fact.Criterion, v float64) bool {
	return !(c.AtLeast != nil && v < *c.AtLeast || c.AtMost != nil && v > *c.AtMost ||
		c.Over != nil && v <= *c.Over || c.Under != nil && v >= *c.Under)
}

// limitWords are the limits of a criterion: "at least 80 %".
func limitWords(c *fact.Criterion, unit metric.Unit) string {
	var parts []string
	for _, l := range []struct {
		word string
		v    *float64
	}{{"at least", c.AtLeast}, {"at most", c.AtMost}, {"over", c.Over}, {"under", c.Under}} {
		if l.v != nil {
			parts = append(parts, l.word+" "+format.Value(*l.v, unit))
		}
	}
	return strings.Join(parts, " and ")
}

// ticks are the four steps of the loop: listen, validate, measure, iterate. They
// follow from what the team wrote.
func (s *site) ticks(in *fact.Initiative) []tickView {
	discovered := tickView{Name: "Discovered", Why: "no research speaks for it"}
	if n := s.researchFor(in); n > 0 {
		discovered.Done, discovered.Why = true, format.Things(n, "pieces of research")
	}
	validated := tickView{Name: "Validated", Why: "nobody has tried it yet"}
	iterated := tickView{Name: "Iterated", Why: "no retrospective changed it yet"}
	for n := range in.Phases {
		ph := &in.Phases[n]
		if !validated.Done && !strings.EqualFold(ph.Name, "ga") && phaseState(in, n, s.report.AsOf) == string(chart.Done) {
			validated.Done, validated.Why = true, phaseName(ph.Name)+" with "+audienceOr(&ph.Audience)
		}
		if ph.Retro.Change != "" {
			iterated.Done, iterated.Why = true, "after "+phaseName(ph.Name)+": "+ph.Retro.Change
		}
	}
	measured := tickView{Name: "Measured", Why: "no result written yet"}
	for i := range in.Results {
		if basisOf(&in.Results[i]) == fact.Measured {
			name, _, _ := s.measureOf(in.Results[i].Measure)
			measured.Done, measured.Why = true, name
			break
		}
	}
	return []tickView{discovered, validated, measured, iterated}
}

func audienceOr(a *fact.Audience) string {
	if words := audienceWords(a); words != "" {
		return words
	}
	return "its first users"
}

// researchFor counts the research that an initiative names or that names it.
func (s *site) researchFor(in *fact.Initiative) int {
	found := map[string]bool{}
	for _, id := range in.Research {
		found[id] = true
	}
	for i := range s.content.Research {
		for _, id := range s.content.Research[i].Initiatives {
			if id == in.ID {
				found[s.content.Research[i].ID] = true
			}
		}
	}
	return len(found)
}
