package render

import (
	"cmp"
	"html/template"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// useView is the adoption over time and by part.
type useView struct {
	Figure   template.HTML
	Lines    []view.Labelled
	Parts    []view.Figure
	Launch   []view.Figure
	Because  string // the reason for the prediction
	Warnings []string
	Empty    string
	Outlook  *view.Chart // nil without a goal
}

// adoptionSeries returns a feature's adoption over time; nil without data.
func (s *site) adoptionSeries(id string) *metric.Series {
	series := s.report.Section("adoption").FindSeries(adoption.Share, metric.Scope{Kind: metric.Feature, ID: id})
	if series == nil || !view.HasValue(series) {
		return nil
	}
	return series
}

func (s *site) useView(root string, f *fact.Feature, a *adoption.Feature, r *decision.Recommendation) useView {
	m := s.report.Section("adoption").Find(adoption.Share, metric.Scope{Kind: metric.Feature, ID: f.ID})
	if a != nil && !a.Known && m != nil && m.Why != "" {
		return useView{Empty: format.UpperFirst(view.Reason(m.Why, m.Next))}
	}
	if a == nil || !a.Known {
		return useView{Empty: "Its use is unknown. Give features/" + f.ID +
			".md an [adoption] source: a usage export, a rule over what was collected, or a list."}
	}
	v := useView{Launch: s.launchFigures(a), Because: f.Adoption.PredictedBecause, Lines: []view.Labelled{
		{Label: "In use", Value: view.OfUnits(a.Active, a.Eligible, a.Unit) + " in the last four weeks; " +
			format.Count(a.Before) +
			" in the four before"},
		{Label: "Stayed", Value: format.Things(a.Retained, view.UnitPlural(a.Unit)) +
			" used it in two of the last three windows of four weeks"},
	}}
	if a.Depth > 0 {
		v.Lines = append(v.Lines, view.Labelled{Label: "How often", Value: format.Number(a.Depth) + " uses per active " +
			cmp.Or(a.Unit, "developer") + " in four weeks"})
	}
	if m != nil {
		v.Warnings = m.Warnings
	}
	for _, p := range a.Parts {
		v.Parts = append(v.Parts, view.Figure{
			Name: view.Link{Title: p.Title}, Value: format.Share(p.Share),
			N: view.OfUnits(p.Active, a.Eligible, a.Unit), Bar: view.DrawShare(p.Share, 0),
		})
	}
	v.Outlook = s.outlookChart(root, a)
	if series := s.adoptionSeries(f.ID); series != nil {
		v.Figure = s.useFigure(root, view.Recent(series), a, r)
	}
	return v
}

// useFigure returns the adoption curve with the phases of the work on the feature and the limit
// in force.
func (s *site) useFigure(root string, series *metric.Series, a *adoption.Feature,
	r *decision.Recommendation,
) template.HTML {
	l := chart.NewLine("adoption-chart", series)
	l.Title = "Share of " + view.UnitPlural(a.Unit) + " that use it"
	l.Bounds = []float64{0, 1}
	l.Marks = s.phaseMarks(a.ID, series)
	if r != nil && a.Given == "" {
		o := &r.Operative
		l.Limits = []chart.Limit{{Value: o.AdoptionHigh, Label: highLimit(o)}, {Value: o.AdoptionLow, Label: lowLimit(o)}}
	}
	note := format.Things(a.Eligible, view.UnitPlural(a.Unit)) +
		" could; each point counts the four weeks that end with it"
	if !a.EligibleOn.IsZero() {
		note = format.Things(a.Eligible, view.UnitPlural(a.Unit)) + " could on " + format.Date(a.EligibleOn) +
			"; each point counts the four weeks that end with it"
	}
	return view.Draw(l, chart.FigureOptions{CSV: root + seriesPath(series), Level: 3, Note: note})
}

// phaseMarks returns the start of each phase within the adoption curve.
func (s *site) phaseMarks(feature string, series *metric.Series) []chart.Mark {
	if len(series.Points) == 0 {
		return nil
	}
	from, to := series.Points[0].At, series.Points[len(series.Points)-1].At
	var marks []chart.Mark
	for _, in := range s.workOn(feature) {
		for i := range in.Phases {
			p := &in.Phases[i]
			if !p.Start.Before(from) && !p.Start.After(to) {
				marks = append(marks, chart.Mark{At: p.Start, Label: format.Phase(p.Name)})
			}
		}
	}
	slices.SortStableFunc(marks, func(a, b chart.Mark) int { return a.At.Compare(b.At) })
	return marks
}
