package render

import (
	"cmp"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// factView is one of the three facts about a feature, as it is read in a second:
// a figure, a mark with its word, and what both rest on.
type factView struct {
	Name  string // "Adoption"
	Value string // "83 %"; "" when there is no figure
	What  string // beside the value: "positive"
	Mark  mark
	N     string // "50 of 60 teams"
	Range string // "likely 61–81 %"
	Why   string // why there is no figure, and what to do
}

// mark is a sign that never stands without its word.
type mark struct{ Icon, Word, Class string }

// Marks of a fact.
const (
	good    = "✓"
	unclear = "⚠"
	bad     = "✗"
)

// facts are adoption, delivery and satisfaction of a feature; any of the two
// sources may be nil.
func (s *site) facts(a *adoption.Feature, r *decision.Recommendation) []factView {
	return []factView{s.adoptionFact(a, r), s.deliveryFact(r), s.satisfactionFact(r)}
}

func (s *site) adoptionFact(a *adoption.Feature, r *decision.Recommendation) factView {
	v := factView{Name: "Adoption", Mark: mark{unclear, "not known", "unknown"}}
	if a == nil || !a.Known || a.Eligible <= 0 {
		v.Why = "Nothing says who uses it: a usage export, a rule or a list would."
		if a != nil {
			v.Why = cmp.Or(s.ownReason("adoption", adoption.Share, a.ID), v.Why)
		}
		return v
	}
	v.Value = format.Share(a.ActiveShare())
	v.N = ofUnits(a.Active, a.Eligible, a.Unit)
	v.Mark = adoptionMark(a, r)
	if gated(r, decision.AdoptionHigh, decision.AdoptionLow) && a.Given == "" {
		v.Mark = mark{unclear, "too early to judge", "unknown"}
	}
	return v
}

// adoptionMark judges adoption by the limits in force. What was no choice is no
// evidence.
func adoptionMark(a *adoption.Feature, r *decision.Recommendation) mark {
	switch {
	case a.Given != "":
		return mark{"–", a.Given + ", so no evidence", "unknown"}
	case r == nil:
		return mark{unclear, "not judged", "unknown"}
	case r.Operative.High:
		return mark{good, "high", "better"}
	case r.Operative.Low:
		return mark{unclear, "low", "worse"}
	case a.ActiveShare() < r.Operative.AdoptionLow:
		return mark{unclear, "low, but not for " + weeks(r.Operative.Weeks) + " yet", "unknown"}
	case a.ActiveShare() >= r.Operative.AdoptionHigh:
		return mark{unclear, "high, but not for " + weeks(r.Operative.Weeks) + " yet", "unknown"}
	}
	return mark{unclear, "neither high nor low", "unknown"}
}

func (s *site) deliveryFact(r *decision.Recommendation) factView {
	v := factView{Name: "Delivery", Mark: mark{unclear, "cannot tell yet", "unknown"}}
	improved, worse := factOf(r, decision.Improved), factOf(r, decision.Worse)
	if improved == nil {
		v.Why = "Not measured yet."
		return v
	}
	f := improved
	if worse != nil && worse.Truth == decision.True {
		f = worse
	}
	v.What = lowerFirst(s.outcomeTitle(f.Outcome))
	v.Mark = deliveryMark(improved, worse)
	if f.Value == nil {
		v.Why = "Not measured yet: " + needed
		if f.BeforeAfter {
			v.Why = "Not measured yet: it takes figures from before general availability and from after it."
		} else if !isDelivery(f.Outcome) {
			v.Why = "Not measured yet: no figures of it are brought."
		}
		return v
	}
	v.Value = format.RelativeChange(*f.Value)
	v.Range = likely(format.RelativeRange(f.Lo, f.Hi))
	v.N = format.Things(f.N, "teams")
	if f.BeforeAfter {
		v.N = beforeAfterWords(f)
		v.Mark = leaningMark(improved)
	}
	return v
}

func deliveryMark(improved, worse *decision.Fact) mark {
	switch {
	case worse != nil && worse.Truth == decision.True:
		return mark{bad, "worse", "worse"}
	case improved.Truth == decision.True:
		return mark{good, "improved", "better"}
	case improved.Truth == decision.False:
		return mark{unclear, "no meaningful effect", "same"}
	}
	return mark{unclear, "cannot tell yet", "unknown"}
}

// ownReason is why a feature's number is not available, in the metric's own words;
// "" if it is.
func (s *site) ownReason(family, id, feature string) string {
	m := s.report.Section(family).Find(id, metric.Scope{Kind: metric.Feature, ID: feature})
	if m == nil || m.Why == "" {
		return ""
	}
	return upperFirst(reason(m.Why, m.Next))
}

func (s *site) satisfactionFact(r *decision.Recommendation) factView {
	v := factView{Name: "Satisfaction", Mark: mark{unclear, "cannot tell yet", "unknown"}}
	f := factOf(r, decision.Satisfied)
	if f == nil || f.Value == nil {
		v.Why = "Not asked yet: a survey with a question about it would tell."
		if r != nil {
			if own := s.report.Space.Feature(r.Feature); own != nil && own.Why != "" {
				v.Why = upperFirst(reason(own.Why, own.Next))
			}
		}
		return v
	}
	v.Value, v.What = shareOf(f.Value), "positive"
	v.Range = likely(format.Interval(f.Lo, f.Hi, metric.Share))
	v.N = format.Things(f.N, "answers")
	if own := s.report.Space.Feature(r.Feature); own != nil && own.Teams >= decision.MinTeams {
		v.N += " of " + format.Things(own.Teams, "teams")
	}
	if gated(r, decision.Satisfied) {
		v.Mark = mark{unclear, "too early to judge", "unknown"}
	}
	switch f.Truth {
	case decision.True:
		v.Mark = mark{good, "satisfied", "better"}
	case decision.False:
		v.Mark = mark{bad, "not satisfied", "worse"}
	}
	return v
}

// likely heads a range; no range has no head.
func likely(interval string) string {
	if interval == "" {
		return ""
	}
	return "likely " + interval
}

// ofUnits is "50 of 60 teams".
func ofUnits(part, whole int, unit string) string {
	return format.Count(part) + " of " + format.Things(whole, unitPlural(unit))
}

// smallNumbers are written out in sentences.
var smallNumbers = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// weeks is "four weeks".
func weeks(n int) string {
	if n == 1 {
		return "one week"
	}
	if n >= 0 && n < len(smallNumbers) {
		return smallNumbers[n] + " weeks"
	}
	return format.Things(n, "weeks")
}
