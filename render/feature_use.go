package render

import (
	"cmp"
	"html/template"
	"slices"
	"time"

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
	Title    string // the measured change and its date
	State    view.Mark
	Figure   template.HTML
	Lines    []view.Labelled
	Parts    []view.Figure
	Launch   []view.Figure
	Because  string // the reason for the prediction
	Limits   string // the limits in force
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
		return useView{Title: "Adoption is not known", Empty: format.UpperFirst(view.Reason(m.Why, m.Next))}
	}
	if a == nil || !a.Known {
		return useView{Title: "Adoption is not known", Empty: "Its use is not recorded."}
	}
	series := s.adoptionSeries(f.ID)
	v := useView{
		Title: s.useTitle(a, series), State: s.adoptionFact(a, r).Mark, Launch: s.launchFigures(a),
		Because: f.Adoption.PredictedBecause, Outlook: s.outlookChart(root, a),
		Lines: []view.Labelled{
			{Label: "In use in the last four weeks", Value: view.OfUnits(a.Active, a.Eligible, a.Unit) + ", " +
				format.Share(a.ActiveShare())},
			{Label: "In the four weeks before", Value: format.Count(a.Before)},
			{Label: "Stayed in two of the last three windows of four weeks", Value: format.Things(a.Retained,
				view.UnitPlural(a.Unit))},
		},
	}
	if r != nil && a.Given == "" {
		v.Limits = "It is " + highLimit(&r.Operative) + "; " + lowLimit(&r.Operative) + "."
	}
	if a.Depth > 0 {
		v.Lines = append(v.Lines, view.Labelled{
			Label: "Uses per active " + cmp.Or(a.Unit, "developer") + " in four weeks", Value: format.Number(a.Depth),
		})
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
	if series != nil {
		v.Figure = s.useFigure(root, v.Title, view.Recent(series), a, r)
	}
	return v
}

// useTitle returns the measured adoption with its date: that of the last launch checkpoint with a
// prediction, else the present one, and the one before if it changed.
func (s *site) useTitle(a *adoption.Feature, series *metric.Series) string {
	for i := len(a.Launch) - 1; i >= 0; i-- {
		c := &a.Launch[i]
		at, err := time.Parse(time.DateOnly, c.At)
		if c.Share != nil && c.Predicted != nil && err == nil {
			return "Adoption was " + format.Share(*c.Share) + " on " + format.Date(at) + "; " +
				format.Share(*c.Predicted) + " was predicted for it"
		}
	}
	now := format.Share(a.ActiveShare())
	if since := sameSince(series, now); !since.IsZero() {
		return "Adoption has been " + now + " since the week of " + format.Date(since)
	}
	title := "Adoption was " + now + " on " + format.Date(s.report.CutOff.Add(-time.Nanosecond))
	if a.Eligible > 0 {
		if before := format.Share(float64(a.Before) / float64(a.Eligible)); before != now {
			title += ", " + before + " four weeks before"
		}
	}
	return title
}

// steadyWeeks is the number of weeks with the same value after which a title has only the first
// of them.
const steadyWeeks = 4

// sameSince returns the first of the last weeks that all have the printed value; zero if they are
// too few.
func sameSince(series *metric.Series, printed string) time.Time {
	if series == nil {
		return time.Time{}
	}
	first, n := time.Time{}, 0
	for i := len(series.Points) - 1; i >= 0; i-- {
		p := &series.Points[i]
		if p.Value == nil || format.Share(*p.Value) != printed {
			break
		}
		first, n = p.At, n+1
	}
	if n < steadyWeeks {
		return time.Time{}
	}
	return first
}

// useFigure returns the adoption curve with the phases of the work on the feature and the limit
// in force.
func (s *site) useFigure(root, title string, series *metric.Series, a *adoption.Feature,
	r *decision.Recommendation,
) template.HTML {
	l := chart.NewLine("adoption-chart", series)
	l.Title, l.Form = "Share of "+view.UnitPlural(a.Unit)+" that use it", chart.Steps
	l.Bounds = []float64{0, 1}
	l.Marks = s.phaseMarks(a.ID, series)
	if r != nil && a.Given == "" {
		o := &r.Operative
		l.Limits = []chart.Limit{{Value: o.AdoptionHigh, Label: format.Share(o.AdoptionHigh) + " to become high"}, {
			Value: o.AdoptionLow, Label: "low under " + format.Share(o.AdoptionLow),
		}}
		if o.High {
			l.Limits[0].Label = format.Share(o.AdoptionHigh) + " to stay high"
		}
		if o.Low {
			l.Limits[1].Label = format.Share(o.AdoptionLow) + " to leave low"
		}
	}
	if n := len(a.Launch); n > 0 && a.Launch[n-1].Predicted != nil {
		if at, err := time.Parse(time.DateOnly, a.Launch[n-1].At); err == nil {
			p := *a.Launch[n-1].Predicted
			l.Limits = append(l.Limits, chart.Limit{Value: p, Label: "predicted " + format.Share(p), At: at})
		}
	}
	note := l.Title + "; " + format.Things(a.Eligible, view.UnitPlural(a.Unit)) + " could"
	if !a.EligibleOn.IsZero() {
		note += " on " + format.Date(a.EligibleOn)
	}
	return view.Draw(l, chart.FigureOptions{
		Heading: title, Level: 2, Note: note + "; each point counts the four weeks that end with it",
		CSV: root + seriesPath(series), Method: root + Methods + "#adoption-share",
		Count: format.Things(len(series.Points), "weeks"),
	})
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
