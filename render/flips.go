package render

import (
	"slices"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/format"
)

// flipView is one thing that would change the recommendation, and to what.
type flipView struct{ If, Then string }

// flips lists what would change the recommendation. Two ways in which one figure
// would change it to the same are one line; of two numbers of users, the smaller.
func (s *site) flips(r *decision.Recommendation) []flipView {
	var out []flipView
	for i := range r.Flips {
		f := &r.Flips[i]
		if f.Here || !f.Changes || farther(f, r.Flips) || settled(f.Of, r.Settle) {
			continue
		}
		v := flipView{upperFirst(s.flipWords(f, r)), leafWords(f.Verdict, r)}
		if last := i - 1; last >= 0 && len(out) > 0 && f.Of == decision.Improved && r.Flips[last].Of == f.Of &&
			out[len(out)-1].Then == v.Then && !r.Flips[last].Here && r.Flips[last].Changes {
			out[len(out)-1].If += ", or " + lowerFirst(v.If)
			continue
		}
		out = append(out, v)
	}
	return out
}

// settled reports whether that figure is among the facts that would settle it, and
// stands with them.
func settled(of decision.Key, settle []decision.Key) bool {
	for _, k := range settle {
		switch {
		case k == of, of == decision.Improved && k == decision.Worse, of == decision.AdoptionHigh &&
			k == decision.AdoptionLow:
			return true
		}
	}
	return false
}

// farther reports whether fewer users would bring about the same.
func farther(f *decision.Flip, all []decision.Flip) bool {
	if f.Of != decision.AdoptionHigh || f.Units == nil {
		return false
	}
	for i := range all {
		o := &all[i]
		if o.Of == f.Of && o.Changes && o.Verdict == f.Verdict && o.Units != nil && *o.Units**f.Units > 0 &&
			abs(*o.Units) < abs(*f.Units) {
			return true
		}
	}
	return false
}

func abs(n int) int { return max(n, -n) }

// flipWords says what would have to happen.
func (s *site) flipWords(f *decision.Flip, r *decision.Recommendation) string {
	switch f.Of {
	case decision.Satisfied:
		if f.From > 0 {
			return "at least " + format.Share(f.From) + " of its users are satisfied"
		}
		return "fewer than " + format.Share(f.To) + " of its users are satisfied"
	case decision.AdoptionHigh:
		return adoptionFlip(f, s.report.Adoption.Find(r.Feature), r.Operative.Weeks)
	case decision.Successor:
		if f.Is == string(decision.True) {
			return "a successor is named"
		}
		return "nothing better is left to move to"
	}
	subject := "delivery"
	if e := factOf(r, decision.Improved); e != nil && !isDelivery(e.Outcome) {
		subject = "its outcome"
	}
	switch f.Is {
	case decision.EffectImproved:
		return subject + " improves beyond doubt"
	case decision.EffectWorse:
		return subject + " gets worse beyond doubt"
	}
	return subject + " turns out not to have changed by anything that matters"
}

// adoptionFlip counts the units that would have to begin or stop, and names the
// limit in force beside the share that they would make.
func adoptionFlip(f *decision.Flip, a *adoption.Feature, hold int) string {
	stop := f.Units != nil && *f.Units < 0
	limit := "adoption under " + format.Share(f.To)
	switch {
	case f.To >= 1 || f.Units != nil && *f.Units > 0:
		limit = "adoption of at least " + format.Share(f.From)
	case f.From > 0 && !stop:
		limit = "adoption between " + format.Share(f.From) + " and " + format.Share(f.To)
	}
	if f.Weeks > 0 {
		limit += " for " + weeks(f.Weeks)
		if f.Weeks < hold {
			limit += " more"
		}
	}
	if f.Units == nil || *f.Units == 0 || a == nil || a.Eligible <= 0 {
		return limit
	}
	n, verb := *f.Units, "start"
	after := min(a.Active, a.Eligible) + n
	if n < 0 {
		n, verb = -n, "stop"
	}
	if n == 1 {
		verb += "s"
	}
	return format.Things(n, unitPlural(a.Unit)) + " " + verb + " using it (" +
		format.Share(float64(after)/float64(a.Eligible)) + ": " + limit + ")"
}

// settleView says what an unknown fact would decide, and when it may be known.
type settleView struct {
	Fact    string
	Yes, No string
	Next    string // "earliest 27 Jan 2025"; "" if not known
}

// settles lists the facts that would settle a recommendation.
func (s *site) settles(r *decision.Recommendation) []settleView {
	var out []settleView
	for _, k := range r.Settle {
		if k == decision.Worse && slices.Contains(r.Settle, decision.Improved) {
			continue // the same figure: a yes to one is a no to the other
		}
		v := settleView{Fact: upperFirst(s.settleWords(k, r))}
		for i := range r.Outlook {
			o := &r.Outlook[i]
			if o.Fact != k {
				continue
			}
			if o.Is {
				v.Yes = possibleWords(o.Possible, r)
			} else {
				v.No = possibleWords(o.Possible, r)
			}
			if !o.Next.IsZero() {
				v.Next = "earliest answer " + format.Date(o.Next)
			}
		}
		out = append(out, v)
	}
	return out
}

// settleWords asks for exactly that fact, for a yes and a no stand beside it.
func (s *site) settleWords(k decision.Key, r *decision.Recommendation) string {
	subject := "delivery"
	if e := factOf(r, decision.Improved); e != nil && !isDelivery(e.Outcome) {
		subject = lowerFirst(s.outcomeTitle(e.Outcome))
	}
	switch k {
	case decision.Satisfied:
		return "are its users satisfied?"
	case decision.AdoptionHigh:
		return "is adoption high?"
	case decision.AdoptionLow:
		return "is adoption low?"
	case decision.Improved:
		return "did " + subject + " improve?"
	case decision.Worse:
		return "did " + subject + " get worse?"
	}
	return "is there something better to move to?"
}
