package render

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// factValue returns the figure of a fact with its range, its number and the limit in force.
func (s *site) factValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	switch f.Key {
	case decision.Satisfied:
		return s.answersValue(f, r)
	case decision.AdoptionHigh, decision.AdoptionLow:
		return s.adoptionValue(f, r)
	case decision.Improved, decision.Worse:
		return s.effectValue(f)
	}
	if r.Successor == "" {
		return view.Figure{Why: "No successor is named"}
	}
	v := view.Figure{Name: view.Link{Title: s.treeWords(r).Successor}, Note: "named as its successor"}
	if a := s.report.Adoption.Find(r.Successor); a != nil && a.Known && a.Eligible > 0 {
		v.N = view.OfUnits(a.Active, a.Eligible, a.Unit) + " use it, " + format.Share(a.ActiveShare())
	}
	return v
}

func (s *site) answersValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	v := view.Figure{Why: "No answers yet", Aim: limitOf(f)}
	if f.Value == nil {
		return v
	}
	v.Value, v.Note, v.Why = view.ShareOf(f.Value), "positive", ""
	v.Range = view.Likely(format.Interval(f.Lo, f.Hi, metric.Share))
	v.N = format.Things(f.N, "answers")
	if own := s.report.Space.Feature(r.Feature); own != nil && own.Answered == f.N {
		v.N = format.Count(own.Positive) + " of " + v.N
		if own.Teams >= decision.MinTeams {
			v.N += " of " + format.Things(own.Teams, "teams")
		}
	}
	return v
}

func (s *site) adoptionValue(f *decision.Fact, r *decision.Recommendation) view.Figure {
	v := view.Figure{Why: "Its use is unknown"}
	switch {
	case f.Key == decision.AdoptionHigh:
		v.Aim = highLimit(&r.Operative)
	default:
		v.Aim = lowLimit(&r.Operative)
	}
	if a := s.report.Adoption.Find(r.Feature); a != nil && a.Known {
		v.Value, v.N, v.Why = format.Share(a.ActiveShare()), view.OfUnits(a.Active, a.Eligible, a.Unit), ""
	} else if f.Value != nil {
		v.Value, v.Why = view.ShareOf(f.Value), ""
	}
	return v
}

// lowLimit returns the limit at which low adoption changes its state next.
func lowLimit(o *decision.Operative) string {
	if o.Low {
		return "under " + format.Share(o.LowFrom) + " it became low, until it is at least " +
			format.Share(o.AdoptionLow) + " for " + format.Weeks(o.Weeks)
	}
	return "low under " + format.Share(o.AdoptionLow)
}

// highLimit returns the limit at which high adoption changes its state next.
func highLimit(o *decision.Operative) string {
	limit := format.Share(o.AdoptionHigh)
	if o.High {
		return "high until it is under " + limit + " for " + format.Weeks(o.Weeks)
	}
	return "high from " + limit + " for " + format.Weeks(o.Weeks)
}

func (s *site) effectValue(f *decision.Fact) view.Figure {
	v := view.Figure{Note: format.LowerFirst(s.outcomeTitle(f.Outcome)), Aim: "improved beyond doubt"}
	if f.Key == decision.Worse {
		v.Aim = "worse beyond doubt"
	}
	if f.Value == nil {
		v.Why = format.UpperFirst(v.Note) + ": not measured yet"
		v.Note = ""
		return v
	}
	v.Value, v.Range = format.RelativeChange(*f.Value), view.Likely(format.RelativeRange(f.Lo, f.Hi))
	v.N = format.Things(f.N, "teams")
	if f.BeforeAfter {
		v.N = beforeAfterWords(f)
	}
	return v
}

// limitOf returns the threshold of a fact: "at least 60 %", "under 20 %".
func limitOf(f *decision.Fact) string {
	if f.Threshold == nil {
		return ""
	}
	if f.Op == metric.Down {
		return "under " + format.Share(*f.Threshold)
	}
	return "at least " + format.Share(*f.Threshold)
}

// listFlips returns the changes of the facts that would change the recommendation. Two changes
// of one figure with the same result are one line; of two numbers of users it shows the
// smaller.
func (s *site) listFlips(r *decision.Recommendation) []view.Labelled {
	var out []view.Labelled
	for i := range r.Flips {
		f := &r.Flips[i]
		if f.Here || !f.Changes || f.HasNearer(r.Flips) || isSettled(f.Of, r.Settle) {
			continue
		}
		v := view.Labelled{Label: format.UpperFirst(s.flipWords(f, r)), Value: s.treeWords(r).Leaf(f.Verdict)}
		if last := i - 1; last >= 0 && len(out) > 0 && f.Of == decision.Improved && r.Flips[last].Of == f.Of &&
			out[len(out)-1].Value == v.Value && !r.Flips[last].Here && r.Flips[last].Changes {
			out[len(out)-1].Label += ", or " + format.LowerFirst(v.Label)
			continue
		}
		out = append(out, v)
	}
	return out
}

// listSettles returns the facts that would settle a recommendation: State has the result of a
// yes, Why that of a no, and Next the earliest day of an answer.
func (s *site) listSettles(r *decision.Recommendation) []view.Tick {
	var out []view.Tick
	for _, k := range r.Settle {
		if k == decision.Worse && slices.Contains(r.Settle, decision.Improved) {
			continue // both facts have the same figure: a yes to one is a no to the other
		}
		v := view.Tick{Name: format.UpperFirst(s.treeWords(r).Ask(k))}
		for i := range r.Outlook {
			o := &r.Outlook[i]
			if o.Fact != k {
				continue
			}
			if o.Is {
				v.State = s.treeWords(r).Possible(o.Possible)
			} else {
				v.Why = s.treeWords(r).Possible(o.Possible)
			}
			if !o.Next.IsZero() {
				v.Next = "earliest answer " + format.Date(o.Next)
			}
		}
		out = append(out, v)
	}
	return out
}

// isSettled reports whether the figure of a flip is listed among the facts that would settle
// the recommendation.
func isSettled(of decision.Key, settle []decision.Key) bool {
	for _, k := range settle {
		switch {
		case k == of, of == decision.Improved && k == decision.Worse, of == decision.AdoptionHigh &&
			k == decision.AdoptionLow:
			return true
		}
	}
	return false
}

// treeWords returns the words for the tree of a recommendation, which may be nil.
func (s *site) treeWords(r *decision.Recommendation) *decision.Words {
	w := &decision.Words{Share: format.Share, Count: format.Things, Weeks: format.Weeks, Units: view.UnitPlural("")}
	if r == nil {
		return w
	}
	w.Title, w.Successor = r.Title, cmp.Or(r.SuccessorTitle, r.Successor)
	if f := r.Fact(decision.Improved); f != nil && !f.OnDelivery() {
		w.Outcome = s.outcomeTitle(f.Outcome)
	}
	if a := s.report.Adoption.Find(r.Feature); a != nil {
		w.Units = view.UnitPlural(a.Unit)
	}
	return w
}

// flipWords returns the change of a fact that would change the verdict. A change of users
// includes the resulting share and the limit in force.
func (s *site) flipWords(f *decision.Flip, r *decision.Recommendation) string {
	w := s.treeWords(r)
	text := w.Flip(f)
	a := s.report.Adoption.Find(r.Feature)
	switch {
	case f.Of != decision.AdoptionHigh || f.Units == nil || *f.Units == 0:
		return text
	case a == nil || a.Eligible <= 0:
		return w.FlipLimit(f)
	}
	after := min(a.Active, a.Eligible) + *f.Units
	return text + " (" + format.Share(float64(after)/float64(a.Eligible)) + ": " + w.FlipLimit(f) + ")"
}
