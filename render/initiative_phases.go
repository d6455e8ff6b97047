package render

import (
	"cmp"
	"html/template"
	"math"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// phaseView is one stage of an initiative.
type phaseView struct {
	Name     string
	State    string // "done", "active", "planned" or "stopped"
	Late     string
	When     string
	Moved    string // the first dates and the days of the moves; "" if they never moved
	Audience string
	Question string
	Criteria []view.Tick
	Gate     *overrideView // the unmet criteria at its end; nil if there were none
	Retro    []view.Labelled
}

func (s *site) phasesOf(in *fact.Initiative) []phaseView {
	asOf := s.report.AsOf
	var out []phaseView
	for n := range in.Phases {
		ph := &in.Phases[n]
		state := phaseState(in, n, asOf)
		v := phaseView{
			Moved: movedDatesWords(rice.FindMove(s.content.Recorded.InitiativeVersions(in.ID), ph.Name)),
			Name:  format.Phase(ph.Name), State: state, Late: lateWords(state, ph.Start, ph.End(), asOf),
			When: whenWords(ph.Start, ph.End()), Audience: audienceWords(&ph.Audience), Question: ph.Question,
		}
		for i := range ph.Criteria {
			v.Criteria = append(v.Criteria, s.criterionOf(in, ph, i))
		}
		v.Gate = s.gateOf(in.ID, ph)
		for _, r := range []view.Labelled{
			{Label: "What worked", Value: ph.Retro.Worked},
			{Label: "What did not", Value: ph.Retro.DidNot},
			{Label: "What we change", Value: ph.Retro.Change},
		} {
			if r.Value != "" {
				v.Retro = append(v.Retro, r)
			}
		}
		out = append(out, v)
	}
	return out
}

// movedDatesWords returns how the dates of a phase moved: "first planned 14 Oct–3 Nov 2024, moved
// twice (7 Oct and 21 Oct 2024)".
func movedDatesWords(m *rice.Move) string {
	if m == nil {
		return ""
	}
	times := map[int]string{1: "once", 2: "twice"}[len(m.On)]
	on, _ := daysWords(m.On)
	return "first planned " + whenWords(m.From, m.To) + ", moved " + cmp.Or(times, format.Things(len(m.On), "times")) +
		" (" + on + ")"
}

// whenWords returns the time of a phase, which may have no end.
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

// gateOf returns the unmet criteria at the end of a phase; nil if there were none.
func (s *site) gateOf(initiative string, ph *fact.Phase) *overrideView {
	for i := range s.report.Crossings {
		x := &s.report.Crossings[i]
		if x.Initiative != initiative || x.Left != ph.Name || len(x.Unmet) == 0 {
			continue
		}
		v := &overrideView{Failed: x.Failed(), Reason: trimStop(x.Reason), Signed: x.By}
		if !x.Overridden.IsZero() {
			v.Signed = strings.TrimPrefix(v.Signed+", "+format.Date(x.Overridden), ", ") +
				s.recordedLate("gate", initiative, ph.Name, 0)
		}
		v.Text = "Left with " + format.Count(len(x.Unmet)) + " of " + format.Things(len(ph.Criteria), "criteria") + " not met"
		return v
	}
	return nil
}

// criterionOf returns the state of the k-th criterion of a phase.
func (s *site) criterionOf(in *fact.Initiative, ph *fact.Phase, k int) view.Tick {
	c := &ph.Criteria[k]
	v := view.Tick{Name: c.Text}
	e := s.findEvaluation(in.ID, ph.Name, k)
	if c.Measure != "" {
		limit := s.limitOf(c, e) + s.movedWords(in.ID, ph.Name, k, c, e)
		if v.Name == "" {
			v.Name = limit
		} else {
			v.Name += " (" + limit + ")"
		}
	}
	switch {
	case e == nil: // a draft: it does not count
		v.State = "not looked at yet"
	case e.Judged && e.State == measures.Met:
		v.State, v.Done, v.Why = "met on "+format.Date(e.FirstMet)+s.recordedLate("criterion", in.ID, ph.Name, k), true, e.Why
	case e.Judged:
		v.State = "not met yet"
	case e.Value == nil && e.State == measures.Unknown:
		v.State, v.Done, v.Next = "not measured yet", e.Passed(), e.Next
		if !strings.HasPrefix(e.Why, "nothing was measured") { // the state contains it
			v.Why = e.Why
		}
	default:
		v.State, v.Done = measuredWords(e)
		v.Next = e.Next
		v.Bar = criterionBar(c, e)
	}
	return v
}

// movedWords returns the former limits of a criterion that were changed after its phase had begun.
func (s *site) movedWords(initiative, phase string, k int, c *fact.Criterion, e *measures.Evaluation) string {
	words := ""
	for i := range s.report.MovedLimits {
		m := &s.report.MovedLimits[i]
		if m.Initiative == initiative && m.Phase == phase && m.Criterion == k {
			before := m.Before(*c)
			limits, unit := s.limitsOf(&before, e)
			words += ", was " + cmp.Or(limitWords(&limits, unit), "without a limit") + ", changed on " + format.Date(m.At)
		}
	}
	return words
}

// recordedLate returns the day on which something dated was recorded in git, if that is more than 14
// days from its date.
func (s *site) recordedLate(kind, id, phase string, criterion int) string {
	for i := range s.report.RecordedLate {
		r := &s.report.RecordedLate[i]
		if r.Kind == kind && r.ID == id && r.Phase == phase && r.Criterion == criterion {
			return ", recorded in git on " + format.Date(r.Recorded)
		}
	}
	return ""
}

// criterionBar draws the measured value of a criterion with its interval on the side of its
// limits where it is met; "" without a value.
func criterionBar(c *fact.Criterion, e *measures.Evaluation) template.HTML {
	limits, ok := measures.LimitsIn(*c, e.Unit)
	if !ok || e.Value == nil {
		return ""
	}
	lower, upper := cmp.Or(limits.AtLeast, limits.Over), cmp.Or(limits.AtMost, limits.Under)
	g := &chart.Gauge{
		Figure: metric.Figure{Value: e.Value, Lo: e.Lo, Hi: e.Hi}, Yes: &metric.Limits{Lo: lower, Hi: upper},
		Min: *e.Value, Max: *e.Value,
	}
	for _, v := range []*float64{e.Lo, e.Hi, lower, upper} {
		if v != nil {
			g.Min, g.Max = min(g.Min, *v), max(g.Max, *v)
		}
	}
	for _, v := range []*float64{lower, upper} {
		if v != nil {
			g.Marks = append(g.Marks, chart.Limit{Value: *v})
		}
	}
	room := max(g.Max-g.Min, math.Abs(g.Max)/20) / 2
	g.Min, g.Max = g.Min-room, g.Max+room
	return view.DrawGauge(g)
}

// limitOf returns the measure of a criterion and its limits.
func (s *site) limitOf(c *fact.Criterion, e *measures.Evaluation) string {
	name, _, _ := s.measureOf(c.Measure)
	if c.Feature != "" {
		name = s.featureMeasure(c)
	}
	limits, unit := s.limitsOf(c, e)
	return name + " " + limitWords(&limits, unit)
}

// limitsOf returns the limits of a criterion in the unit of its measure.
func (s *site) limitsOf(c *fact.Criterion, e *measures.Evaluation) (measures.Limits, metric.Unit) {
	_, unit, _ := s.measureOf(c.Measure)
	if e != nil && e.Unit != "" {
		unit = e.Unit
	}
	limits, ok := measures.LimitsIn(*c, unit)
	if !ok { // an unknown measure: show its text
		return measures.Limits{AtLeast: c.AtLeast, AtMost: c.AtMost, Over: c.Over, Under: c.Under}, metric.Unit(c.Unit)
	}
	return limits, unit
}

// featureMeasure returns the name of a feature's metric.
func (s *site) featureMeasure(c *fact.Criterion) string {
	of := cmp.Or(s.titles["features/"+c.Feature], c.Feature)
	scope := metric.Scope{Kind: metric.Feature, ID: c.Feature}
	for i := range s.report.Sections {
		if m := s.report.Sections[i].Find(c.Measure, scope); m != nil {
			return m.Title + ", " + of
		}
	}
	if c.Measure == "adoption.active" {
		return "Adoption of " + of
	}
	return c.Measure + " of " + of
}

// findEvaluation returns the evaluation of a criterion, or nil.
func (s *site) findEvaluation(initiative, phase string, k int) *measures.Evaluation {
	for i := range s.report.Gates {
		if g := &s.report.Gates[i]; g.Initiative == initiative && g.Phase == phase && g.Criterion == k {
			return &g.Evaluation
		}
	}
	return nil
}

// measuredWords compares a measure with its limits. A criterion that was met once stays met,
// because the phase could end then.
func measuredWords(e *measures.Evaluation) (state string, met bool) {
	value := readingWords(e)
	first := ""
	if !e.FirstMet.IsZero() {
		first = " in the week of " + format.Date(e.FirstMet)
	}
	chance := ""
	if e.MayBeChance {
		chance = ", may be chance"
	}
	switch {
	case e.State == measures.Met:
		return "met" + first + chance + ", measured: " + value, true
	case e.State == measures.NotMet && first != "":
		return "met" + first + ", but not now: " + value, true
	case e.State == measures.NotMet:
		return "not met" + chance + ", measured: " + value, false
	}
	return "not known: " + e.Why, first != ""
}

// readingWords returns the measured value of a criterion, its interval, its n and its date.
func readingWords(e *measures.Evaluation) string {
	text := format.Interval(e.Lo, e.Hi, e.Unit) // the range of values that fit the evidence
	var more []string
	if e.Value != nil {
		text = format.Value(*e.Value, e.Unit)
	}
	if e.Value != nil && e.Lo != nil && e.Hi != nil {
		more = append(more, format.Value(*e.Lo, e.Unit)+" to "+format.Value(*e.Hi, e.Unit))
	}
	if e.N > 0 {
		more = append(more, "n = "+format.Count(e.N))
	}
	if len(more) > 0 {
		text += " (" + strings.Join(more, ", ") + ")"
	}
	if e.Window.Days() > 7 {
		return text + " in " + format.Span(e.Window.From, e.Window.To)
	}
	return text + " in the week of " + format.Date(e.Week)
}

// limitWords returns the limits of a criterion: "at least 80 %".
func limitWords(c *measures.Limits, unit metric.Unit) string {
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

// listTicks returns the four steps of the loop: listen, validate, measure, iterate.
func (s *site) listTicks(in *fact.Initiative) []view.Tick {
	var done discovery.Ticks
	for i := range s.report.Discovery.Journeys {
		if j := &s.report.Discovery.Journeys[i]; j.ID == in.ID {
			done = j.Ticks
		}
	}
	tick := func(name string, done bool, why, not string) view.Tick {
		if done {
			return view.Tick{Name: name, Done: true, Why: why}
		}
		return view.Tick{Name: name, Why: not}
	}
	return []view.Tick{
		tick("Discovered", done.Discovered, s.researchWords(in), "no research supports it"),
		tick("Validated", done.Validated, "people tried it, and its criteria were met",
			"no prototype or alpha with its criteria met"),
		tick("Measured", done.Measured, s.measuredBy(in), "no result yet"),
		tick("Iterated", done.Iterated, iteratedBy(in), "no retrospective changed it yet"),
	}
}

// measuredBy returns the name of the first measure in the results of an initiative or, without
// one, a general description.
func (s *site) measuredBy(in *fact.Initiative) string {
	for i := range in.Results {
		if name, _, _ := s.measureOf(in.Results[i].Measure); name != "" {
			return name
		}
	}
	if in.Spent != nil {
		return "effort, against its prediction"
	}
	return "by its results or criteria"
}

// iteratedBy returns the last change that a retrospective brought.
func iteratedBy(in *fact.Initiative) string {
	for n := len(in.Phases) - 1; n >= 0; n-- {
		if ph := &in.Phases[n]; ph.Retro.Change != "" {
			return "after " + format.Phase(ph.Name) + ": " + ph.Retro.Change
		}
	}
	return "a retrospective led to the next phase"
}

// researchWords returns the number of research notes that support an initiative, and the number
// of those that it names itself. Its page lists the latter.
func (s *site) researchWords(in *fact.Initiative) string {
	n := s.researchFor(in)
	words := format.Things(n, "research notes")
	if len(in.Research) < n {
		words += ", " + format.Count(len(in.Research)) + " named here"
	}
	return words
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
