package render

import (
	"cmp"
	"html/template"
	"math"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// factFigures returns the adoption, the delivery effect and the satisfaction of a feature. a
// and r may be nil.
func (s *site) factFigures(a *adoption.Feature, r *decision.Recommendation) []view.Figure {
	return []view.Figure{s.adoptionFact(a, r), s.deliveryFact(r), s.satisfactionFact(r)}
}

func (s *site) adoptionFact(a *adoption.Feature, r *decision.Recommendation) view.Figure {
	v := view.Figure{Name: view.Link{Title: "Adoption"}, Mark: view.UnclearMark("not known")}
	if a == nil || !a.Known || a.Eligible <= 0 {
		v.Why = "Its use is unknown: add a usage export, a rule or a list."
		if a != nil {
			v.Why = cmp.Or(s.ownReason("adoption", adoption.Share, a.ID), v.Why)
		}
		return v
	}
	v.Value = format.Share(a.ActiveShare())
	v.N = view.OfUnits(a.Active, a.Eligible, a.Unit)
	v.Mark, v.Bar = adoptionMark(a, r), s.adoptionGauge(a, r)
	if hasGate(r, decision.AdoptionHigh, decision.AdoptionLow) && a.Given == "" {
		v.Mark = view.UnclearMark("too early to judge")
	}
	return v
}

// adoptionMark compares adoption with the limits in force. It gives no verdict for a default or
// mandated feature.
func adoptionMark(a *adoption.Feature, r *decision.Recommendation) view.Mark {
	switch {
	case a.Given != "":
		return view.Mark{Icon: "–", Word: a.Given + ", so no evidence", Class: "unknown"}
	case r == nil:
		return view.UnclearMark("not judged")
	case r.Operative.High:
		return view.GoodMark("high")
	case r.Operative.Low:
		return view.Mark{Icon: view.Unclear, Word: "low", Class: "worse"}
	case a.ActiveShare() < r.Operative.AdoptionLow:
		return view.UnclearMark("low, but not for " + format.Weeks(r.Operative.Weeks) + " yet")
	case a.ActiveShare() >= r.Operative.AdoptionHigh:
		return view.UnclearMark("high, but not for " + format.Weeks(r.Operative.Weeks) + " yet")
	}
	return view.UnclearMark("neither high nor low")
}

func (s *site) deliveryFact(r *decision.Recommendation) view.Figure {
	v := view.Figure{Name: view.Link{Title: "Delivery"}, Mark: view.UnclearMark("cannot tell yet")}
	improved, worse := r.Fact(decision.Improved), r.Fact(decision.Worse)
	if improved == nil {
		v.Why = "Not measured yet."
		return v
	}
	f := improved
	if worse != nil && worse.Truth == decision.True {
		f = worse
	}
	v.Note = format.LowerFirst(s.outcomeTitle(f.Outcome))
	v.Mark = deliveryMark(improved, worse)
	if f.Value == nil {
		v.Why = "Not measured yet: " + needed
		if f.BeforeAfter {
			v.Why = "Not measured yet: it takes figures from before general availability and from after it."
		} else if !f.OnDelivery() {
			v.Why = "Not measured yet: no figures of it are brought."
		}
		return v
	}
	v.Value, v.Bar = format.RelativeChange(*f.Value), s.factGauge(f, r, false)
	v.Range = view.Likely(format.RelativeRange(f.Lo, f.Hi))
	v.N = format.Things(f.N, "teams")
	if f.BeforeAfter {
		v.N = beforeAfterWords(f)
		v.Mark = leaningMark(improved)
	}
	return v
}

func deliveryMark(improved, worse *decision.Fact) view.Mark {
	switch {
	case worse != nil && worse.Truth == decision.True:
		return view.BadMark("worse")
	case improved.Truth == decision.True:
		return view.GoodMark("improved")
	case improved.Truth == decision.False:
		return view.Mark{Icon: view.Unclear, Word: "no meaningful effect", Class: "same"}
	}
	return view.UnclearMark("cannot tell yet")
}

// ownReason returns the metric's own reason for a missing number of a feature; "" if it has
// none.
func (s *site) ownReason(family, id, feature string) string {
	m := s.report.Section(family).Find(id, metric.Scope{Kind: metric.Feature, ID: feature})
	if m == nil || m.Why == "" {
		return ""
	}
	return format.UpperFirst(view.Reason(m.Why, m.Next))
}

func (s *site) satisfactionFact(r *decision.Recommendation) view.Figure {
	v := view.Figure{Name: view.Link{Title: "Satisfaction"}, Mark: view.UnclearMark("cannot tell yet")}
	f := r.Fact(decision.Satisfied)
	if f == nil || f.Value == nil {
		v.Why = "Not asked yet: send a survey with a question about it."
		if r != nil {
			if own := s.report.Space.Feature(r.Feature); own != nil && own.Why != "" {
				v.Why = format.UpperFirst(view.Reason(own.Why, own.Next))
			}
		}
		return v
	}
	v.Value, v.Note, v.Bar = view.ShareOf(f.Value), "positive", s.factGauge(f, r, false)
	v.Range = view.Likely(format.Interval(f.Lo, f.Hi, metric.Share))
	v.N = format.Things(f.N, "answers")
	if own := s.report.Space.Feature(r.Feature); own != nil && own.Teams >= decision.MinTeams {
		v.N += " of " + format.Things(own.Teams, "teams")
	}
	if hasGate(r, decision.Satisfied) {
		v.Mark = view.UnclearMark("too early to judge")
	}
	switch f.Truth {
	case decision.True:
		v.Mark = view.GoodMark("satisfied")
	case decision.False:
		v.Mark = view.BadMark("not satisfied")
	}
	return v
}

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
