package render

import (
	"cmp"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
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
