package render

import (
	"html/template"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/rice"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

type initiativeView struct {
	frame
	Heading string
	Status  string
	Draft   bool
	Lead    string
	Meta    []string
	Ticks   []view.Tick
	Text    view.Prose

	Refused    *refusedRow
	Inputs     inputList
	Score      view.Figure
	Override   *overrideView
	Doubt      doubtView
	Formula    string
	Missing    string // the reason for the missing score
	Gantt      ganttView
	Phases     []phaseView
	Prediction *predictionRow
	Effect     *effectRow
	Results    []resultView

	Features, Research, Cases, Links []view.Link
	Tracker                          view.Link
}

func (s *site) buildInitiatives() ([]Page, error) {
	var pages []Page
	for i := range s.content.Initiatives {
		in := &s.content.Initiatives[i]
		at := "initiatives/" + in.ID + "/index.html"
		p, err := s.newPage("initiative", at, func() any { return s.initiativeView(at, in) })
		if err != nil {
			return nil, err
		}
		pages = append(pages, p)
	}
	return pages, nil
}

func (s *site) initiativeView(at string, in *fact.Initiative) initiativeView {
	lead := s.initiativeLead(in)
	f := s.newFrame(at, in.Title, lead, view.Link{Title: "Roadmap", Href: roadmapPath})
	v := initiativeView{
		frame: f, Heading: in.Title, Status: statusWords(in.Status), Draft: in.Draft, Lead: lead, Gantt: s.ownGantt(in, f.Root),
		Text: s.renderProse(at, &in.Item, 2), Ticks: s.listTicks(in), Phases: s.phasesOf(in), Results: s.resultsOf(in.Results),
		Features: s.namedLinks(f.Root, "features", in.Features), Research: s.namedLinks(f.Root, "research", in.Research),
		Cases: s.namedLinks(f.Root, "cases", in.Cases), Links: furtherLinks(in.Links),
		Tracker: view.Link{Title: in.Tracker, Href: safeURL(in.Tracker)},
	}
	if in.Owner != "" {
		v.Meta = append(v.Meta, "owner "+in.Owner)
	}
	v.Meta = append(v.Meta, s.journeyWords(in.ID)...)
	s.fillScore(&v, in)
	for i := range s.report.Plan.Predictions {
		if p := &s.report.Plan.Predictions[i]; p.ID == in.ID {
			row := s.predictionOf(p, f.Root)
			v.Prediction = &row
		}
	}
	v.Effect = s.expectedOf(f.Root, in.ID)
	if in.Status == fact.WontBuild {
		v.Refused = &refusedRow{
			Reason:  format.UpperFirst(trimStop(in.Reason)),
			Instead: format.UpperFirst(trimStop(in.Instead)),
		}
		v.Refused.Revisit, v.Refused.Due = revisitWords(in.Revisit, s.report.AsOf)
	}
	return v
}

// ownGantt returns the phases of one initiative as a plan, a row for each, from its beginning.
func (s *site) ownGantt(in *fact.Initiative, root string) ganttView {
	row := s.initiativeRow(in)
	if len(row.Bars) == 0 {
		return ganttView{}
	}
	var sec chart.GanttSection
	for _, b := range row.Bars {
		name := b.Labels[len(b.Labels)-1]
		b.Labels = b.Labels[:len(b.Labels)-1] // the row has the name
		if len(b.Labels) > 0 {
			b.Labels = []string{strings.TrimPrefix(b.Labels[0], name+", ")}
		}
		sec.Rows = append(sec.Rows, chart.GanttRow{Title: name, Bars: []chart.GanttBar{b}})
	}
	v := s.ganttOf(&chart.Gantt{Today: s.report.AsOf, Sections: []chart.GanttSection{sec}}, root)
	v.What = "Phase"
	return v
}

// journeyWords returns the time of an initiative from request to production.
func (s *site) journeyWords(id string) []string {
	for i := range s.report.Discovery.Journeys {
		j := &s.report.Discovery.Journeys[i]
		if j.ID != id || j.Requested.IsZero() {
			continue
		}
		words := []string{"asked for on " + format.Date(j.Requested)}
		if j.ToPrototype != nil {
			words = append(words, "prototype after "+format.Things(*j.ToPrototype, "days"))
		}
		if j.ToGA != nil {
			words = append(words, "general availability after "+format.Things(*j.ToGA, "days"))
		}
		return words
	}
	return nil
}

// fillScore sets the score of the initiative.
func (s *site) fillScore(v *initiativeView, in *fact.Initiative) {
	it := s.report.Plan.Find(in.ID)
	if it == nil {
		if in.Status != fact.WontBuild && in.Status != fact.Done {
			v.Missing = format.UpperFirst(missingWords(in.Rice))
		}
		return
	}
	axis := chart.NewLogAxis(min(it.Score, it.Lo), max(it.Score, it.Hi))
	v.Inputs, v.Score = s.inputsOf(it.Inputs), scoreOf(it.Score, it.Lo, it.Hi, &axis)
	v.Formula = formulaWords(v.Inputs)
	v.Score.Bar += template.HTML(chart.AppendLogLabels(nil, &axis)) // numbers only
	if it.PublishedRank > 0 {
		v.Override, v.Doubt = s.overrideOf(it), s.doubtOf(it, v.Root)
	}
}

// initiativeLead returns the state of an initiative in one sentence.
func (s *site) initiativeLead(in *fact.Initiative) string {
	it := s.report.Plan.Find(in.ID)
	switch {
	case in.Draft:
		return "A draft: it does not count yet."
	case in.Status == fact.WontBuild:
		return "We won’t build this: " + trimStop(in.Reason) + "."
	case in.Status == fact.Done:
		return "Done" + s.spentLead(in.ID) + "."
	case it != nil:
		return formatOrdinal(it.PublishedRank) + " of " + format.Count(len(s.report.Plan.Ranked)) + " on the roadmap" +
			s.phaseLead(in) + rankLead(it) + "."
	}
	return format.UpperFirst(in.Status) + s.phaseLead(in) + "; without a score."
}

// phaseLead returns the phase of an active initiative.
func (s *site) phaseLead(in *fact.Initiative) string {
	n := currentPhase(in, s.report.AsOf)
	if n < 0 || in.Status != fact.Active {
		return ""
	}
	text := ", now in " + format.Phase(in.Phases[n].Name)
	if who := audienceWords(&in.Phases[n].Audience); who != "" {
		text += " for " + who
	}
	return text
}

func rankLead(it *rice.Item) string {
	switch {
	case it.PublishedRank != it.ComputedRank && len(it.Ties) > 0:
		return "; " + formatOrdinal(it.ComputedRank) + " by score, a close call"
	case it.PublishedRank != it.ComputedRank:
		return "; " + formatOrdinal(it.ComputedRank) + " by score"
	case len(it.Ties) > 0:
		return "; a close call"
	}
	return ""
}

// spentLead returns the effort of a finished initiative and its prediction.
func (s *site) spentLead(id string) string {
	for i := range s.report.Plan.Predictions {
		p := &s.report.Plan.Predictions[i]
		if p.ID == id && p.Spent != nil {
			unit := s.report.Plan.Effort
			return ": it took " + formatAmount(*p.Spent, unit) + ", " + formatAmount(p.Effort, unit) + " were predicted"
		}
	}
	return ""
}
