package render

import (
	"html/template"

	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// timeView is how the time of the platform team is spent, and how long requests take.
type timeView struct {
	Title string
	Share view.Tile
	Bar   template.HTML
	Parts []view.Labelled // of the bar
	When  string
	Rest  []view.Tile
}

func (s *site) timeView(root string) timeView {
	v := timeView{Title: "How the time is spent"}
	for _, t := range s.goalTiles(&s.report.Found, root, discovery.Share, discovery.IdeaToGA, discovery.UnusedEffort) {
		if t.ID != view.Anchor(discovery.Share) {
			v.Rest = append(v.Rest, t)
			continue
		}
		v.Share = t
		if t.Why != "" {
			continue
		}
		v.Title = t.Number + unitAfter(t.Unit) + " of the time goes into discovery"
		e := &s.report.Discovery.Effort
		v.When = format.Span(e.Window.From, e.Window.To)
		goal := 0.0
		if m := s.report.Found.Find(discovery.Share, organisation); m != nil && m.Target != nil {
			goal = m.Target.Value
		}
		v.Bar = template.HTML(chart.AppendStack(nil, []float64{e.Discovery, e.Delivery, e.Measurement}, goal)) // numbers only
		for _, p := range []struct {
			name string
			days float64
		}{{"discovery", e.Discovery}, {"delivery", e.Delivery}, {"measurement", e.Measurement}} {
			v.Parts = append(v.Parts, view.Labelled{Label: p.name, Value: format.Value(p.days, metric.Number)})
		}
	}
	return v
}

// unitAfter returns a unit as it follows a number.
func unitAfter(unit string) string {
	if unit == "" {
		return ""
	}
	return format.Space + unit
}
