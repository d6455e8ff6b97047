package render

import (
	"math"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

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
