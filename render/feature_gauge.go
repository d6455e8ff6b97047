package render

import (
	"html/template"
	"math"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// factGauge draws the figure of a fact with its range, the limit in force and the side where the
// answer is yes; "" without a figure. A tall gauge has the words of the limit. The text beside it
// has the numbers, so it is hidden from screen readers.
func (s *site) factGauge(f *decision.Fact, r *decision.Recommendation, tall bool) template.HTML {
	if f == nil || f.Value == nil {
		return ""
	}
	g := chart.Gauge{Figure: f.Figure, Max: 1, Tall: tall, Class: factClass(f, r)}
	switch f.Key {
	case decision.Improved, decision.Worse:
		s.scaleEffect(&g, f, r)
	case decision.AdoptionHigh, decision.AdoptionLow:
		g.Lo, g.Hi = nil, nil // a count of all has no range
	}
	if f.Threshold != nil {
		g.Marks = []chart.Limit{{Value: *f.Threshold, Label: limitLabel(f, &r.Operative)}}
		g.Yes = &metric.Limits{Lo: f.Threshold}
		if f.Op == metric.Down {
			g.Yes = &metric.Limits{Hi: f.Threshold}
		}
	}
	return view.DrawGauge(&g)
}

// effectSteps are the ends of the axis of an effect.
var effectSteps = [...]float64{0.2, 0.4, 0.6, 0.8}

// scaleEffect sets the axis of an effect, and the zone of changes that are too small to matter.
// Zero is in the middle.
func (s *site) scaleEffect(g *chart.Gauge, f *decision.Fact, r *decision.Recommendation) {
	far := math.Abs(*f.Value)
	for _, v := range []*float64{f.Lo, f.Hi} {
		if v != nil {
			far = max(far, math.Abs(*v))
		}
	}
	if e := s.report.Effect(r.Feature); e != nil && e.Meaningful > 0 && e.Outcome == f.Outcome && !f.BeforeAfter {
		g.Zone = &metric.Limits{Lo: metric.Of(-e.Meaningful / (1 + e.Meaningful)), Hi: metric.Of(e.Meaningful)}
		far = max(far, e.Meaningful)
	}
	g.Max = 1
	for _, step := range effectSteps {
		if far <= step {
			g.Max = step
			break
		}
	}
	g.Min = -g.Max
}

// factClass returns the class of the meaning of a fact.
func factClass(f *decision.Fact, r *decision.Recommendation) string {
	bad := f.Key == decision.AdoptionLow || f.Key == decision.Worse
	switch {
	case f.Truth == decision.Unknown:
		return "unknown"
	case f.Truth == decision.True && bad, f.Truth == decision.False && f.Key == decision.Satisfied:
		return "worse"
	case f.Truth == decision.True:
		return "better"
	}
	if o := r.Fact(decision.Worse); f.Key == decision.Improved && o != nil && o.Truth == decision.True {
		return "worse"
	}
	return "muted"
}

// limitLabel returns the words at a threshold, which have little room.
func limitLabel(f *decision.Fact, o *decision.Operative) string {
	limit := format.Share(*f.Threshold)
	switch f.Key {
	case decision.Improved, decision.Worse:
		return "no change"
	case decision.AdoptionHigh:
		if o.High {
			return limit + " to stay"
		}
		return limit + " for " + format.Count(o.Weeks) + " weeks"
	case decision.AdoptionLow:
		if o.Low {
			return limit + " to leave"
		}
	}
	return limit
}

// adoptionGauge draws the adoption of a feature, with the limit in force if it is judged.
func (s *site) adoptionGauge(a *adoption.Feature, r *decision.Recommendation) template.HTML {
	f := r.Fact(decision.AdoptionHigh)
	if low := r.Fact(decision.AdoptionLow); low != nil && low.Truth == decision.True {
		f = low
	}
	if f != nil && f.Value != nil {
		return s.factGauge(f, r, false)
	}
	g := chart.Gauge{Figure: metric.Figure{Value: metric.Of(a.ActiveShare())}, Max: 1, Class: "muted"}
	return view.DrawGauge(&g)
}

// shareGauge draws a share with its range.
func shareGauge(share float64, lo, hi *float64) template.HTML {
	g := chart.Gauge{Figure: metric.Figure{Value: &share, Lo: lo, Hi: hi}, Max: 1}
	return view.DrawGauge(&g)
}
