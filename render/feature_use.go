package render

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
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

// phaseMarks returns the start of each phase of the work on a feature within a series, and the
// spans of the calendar.
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
	marks = append(marks, s.breakMarks(series.Scope, metric.Window{From: from, To: to.Add(org.Week)})...)
	slices.SortStableFunc(marks, func(a, b chart.Mark) int { return a.At.Compare(b.At) })
	return marks
}

func (s *site) findOutlook(feature string) *compute.Outlook {
	for i := range s.report.Outlooks {
		if s.report.Outlooks[i].Feature == feature {
			return &s.report.Outlooks[i]
		}
	}
	return nil
}

func outlookPath(feature string) string { return "data/outlook/" + feature + ".csv" }

// outlookChart returns the forecast of a feature's adoption; nil without a goal for it.
func (s *site) outlookChart(root string, a *adoption.Feature) *view.Chart {
	o := s.findOutlook(a.ID)
	if o == nil {
		return nil
	}
	v := view.Chart{Words: outlookWords(o, a), Note: outlookNote(o)}
	if line := s.fanChart(o, a); line != nil {
		v.Figure = view.Draw(line, chart.FigureOptions{
			CSV: root + outlookPath(a.ID), Level: 2, Note: "Hollow: what is likely if it goes on; the band holds it four " +
				"times in five",
		})
	}
	return &v
}

// outlookWords returns the forecast date of the goal: "Half of the teams by March 2025 (likely
// January to August 2025, four times in five)".
func outlookWords(o *compute.Outlook, a *adoption.Feature) string {
	goal := format.UpperFirst(goalShare(o.Goal, view.UnitPlural(a.Unit)))
	switch {
	case o.Reached:
		return goal + ": reached."
	case o.Why != "" && !o.First.IsZero():
		return goal + ": too early. First forecast on " + format.Date(o.First) + "."
	case o.Why != "":
		return goal + ": not possible, because " + o.Why + "."
	case o.Mid.IsZero() && o.Early.IsZero():
		return goal + ": not reached within a year, with these data."
	case o.Mid.IsZero():
		return goal + ": not reached within a year, with these data; one time in ten by " + longMonth(o.Early) + "."
	}
	text := goal + " by " + longMonth(o.Mid) + " (likely " + shortMonth(o.Early)
	switch {
	case o.Late.IsZero():
		text += " or later; more than one time in ten not within a year"
	case shortMonth(o.Late) != shortMonth(o.Early):
		text += "–" + shortMonth(o.Late) + ", four times in five"
	default:
		text += ", four times in five"
	}
	return text + ")."
}

// goalShare returns a share of all units in words.
func goalShare(share float64, units string) string {
	for _, x := range []struct {
		share float64
		word  string
	}{{0.5, "half"}, {0.25, "a quarter"}, {0.75, "three quarters"}, {1, "all"}} {
		if math.Abs(share-x.share) < 1e-9 {
			return x.word + " of the " + units
		}
	}
	return format.Share(share) + " of the " + units
}

func longMonth(t time.Time) string { return t.UTC().Format("January 2006") }

func shortMonth(t time.Time) string { return t.UTC().Format("Jan 2006") }

func outlookNote(o *compute.Outlook) string {
	from := "The goal is in goals.toml"
	if o.From == "predicted" {
		from = "The goal is what was predicted"
	}
	if !o.By.IsZero() {
		from += ", for " + format.Date(o.By)
	}
	var parts []string
	if o.Why != "" {
		parts = append(parts, format.UpperFirst(o.Why))
	}
	return strings.Join(append(parts, from), ". ") + "."
}

// fanPast is the number of weeks before the forecast that its chart shows.
const fanPast = 26

// fanChart returns the chart of the past weeks and the forecast; nil without a forecast.
func (s *site) fanChart(o *compute.Outlook, a *adoption.Feature) *chart.Line {
	series := s.adoptionSeries(o.Feature)
	if series == nil || len(o.Fan) == 0 {
		return nil
	}
	l := &chart.Line{
		ID: "adoption-fan", Title: "Where it may go", Unit: metric.Share, Better: metric.Up, Bounds: []float64{0, 1},
		Desc: outlookWords(o, a), Limits: []chart.Limit{{Value: o.Goal, Label: "goal " + format.Share(o.Goal)}},
	}
	for i := max(0, len(series.Points)-fanPast); i < len(series.Points); i++ {
		if p := series.Points[i]; p.At.Before(o.Fan[0].At) {
			l.Points = append(l.Points, p)
		}
	}
	for i := range o.Fan {
		p := &o.Fan[i]
		l.Points = append(l.Points, metric.Point{
			At: p.At, Figure: metric.Figure{Value: metric.Of(p.Mid), Lo: metric.Of(p.Lo), Hi: metric.Of(p.Hi)}, N: a.Eligible, Provisional: true, Note: "forecast, 80 % range",
		})
	}
	if !o.By.IsZero() && !o.By.Before(l.Points[0].At) && !o.By.After(l.Points[len(l.Points)-1].At) {
		l.Marks = []chart.Mark{{At: o.By, Label: "its day"}}
	}
	return l
}
