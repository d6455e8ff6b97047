package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// mostCards is the largest number of recommendations on the first page.
const mostCards = 3

// These are the kinds of action. The first page shows one of each kind before a second of any.
const (
	toSpread = iota
	toEnd
	toLearn
	kindsOfAction
)

func kindOf(v decision.Verdict) int {
	switch v {
	case decision.MakeDefault, decision.Invest, decision.DoubleDown:
		return toSpread
	case decision.Deprecate, decision.Pivot:
		return toEnd
	}
	return toLearn
}

// recommendationCards returns the most urgent recommendations for the first page: of each kind
// of action the most certain one, undecided before decided.
func (s *site) recommendationCards() []featureRow {
	var kinds [kindsOfAction][]*decision.Recommendation
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		if turnedDown(r) {
			continue
		}
		k := kindOf(r.Verdict)
		kinds[k] = append(kinds[k], r)
	}
	for k := range kinds {
		slices.SortStableFunc(kinds[k], func(a, b *decision.Recommendation) int { return rankUrgency(b) - rankUrgency(a) })
	}
	var out []featureRow
	for n := 0; len(out) < mostCards && n < len(s.report.Recommendations); n++ {
		for k := range kinds {
			if n < len(kinds[k]) && len(out) < mostCards {
				out = append(out, s.newCard(kinds[k][n]))
			}
		}
	}
	return out
}

// turnedDown reports whether the present recommendation was rejected or postponed.
func turnedDown(r *decision.Recommendation) bool {
	d := &r.Decision
	return isDecided(r) && d.State != decision.Accepted && !d.Expired
}

// rankUrgency returns the urgency of a recommendation within its kind. A question with a date
// for its answer comes first, a certain recommendation comes before a leaning one, and an
// undecided one before a decided one.
func rankUrgency(r *decision.Recommendation) int {
	u := 0
	if kindOf(r.Verdict) == toLearn && earliestAnswer(r) != "" {
		u += 8
	}
	switch r.Strength {
	case decision.Recommended:
		u += 4
	case decision.Leaning:
		u += 2
	}
	if r.Verdict == decision.MakeDefault || r.Verdict == decision.Deprecate {
		u += 2
	}
	if !isDecided(r) {
		u++
	}
	return u
}

func (s *site) newCard(r *decision.Recommendation) featureRow {
	c := featureRow{Link: view.Link{Title: s.adviceTitle(r), Href: featurePath(r.Feature)}, Advice: s.newAdvice(r)}
	parts := s.factsInWords(s.report.Adoption.Find(r.Feature), r)
	if r.HoldsWhatever {
		parts = append(parts, "holds whatever "+s.treeWords(r).Unknown(r.Missing)+" turns out to be")
	}
	if next := earliestAnswer(r); next != "" && isQuestion(r.Verdict) && r.Strength != decision.TooEarly {
		parts = append(parts, next)
	}
	if isDecided(r) {
		parts = append(parts, decidedWords(r))
	} else {
		parts = append(parts, string(decision.NotDecided))
	}
	if f := s.featureOf(r.Feature); f != nil && f.Owner != "" {
		parts = append(parts, "owner "+f.Owner)
	}
	c.Note = strings.Join(parts, " · ")
	return c
}

// factsInWords returns the facts about a feature, in a few words each.
func (s *site) factsInWords(a *adoption.Feature, r *decision.Recommendation) []string {
	var parts []string
	if a != nil && a.Known && a.Eligible > 0 {
		parts = append(parts, view.OfUnits(a.Active, a.Eligible, a.Unit))
	}
	if f := r.Fact(decision.Improved); f != nil && f.Value != nil {
		text := format.LowerFirst(s.outcomeTitle(f.Outcome)) + " " + format.RelativeChange(*f.Value)
		if f.Truth == decision.Unknown {
			text += " (may be chance)"
		}
		parts = append(parts, text)
	}
	f := r.Fact(decision.Satisfied)
	switch {
	case f == nil || f.Value == nil:
	case f.Truth == decision.False && len(r.Reasons) > 0:
		parts = append(parts, reasonWords(&r.Reasons[0]))
	case f.Truth == decision.Unknown:
		parts = append(parts, view.ShareOf(f.Value)+" satisfied (not sure)")
	default:
		parts = append(parts, view.ShareOf(f.Value)+" satisfied")
	}
	return parts
}

// reasonWords returns a coded reason with its share: 40 % “too complex”.
func reasonWords(r *decision.Reason) string { return format.Share(r.Share) + " “" + r.Name + "”" }

// earliestAnswer returns the earliest day with more data about the facts that would settle the
// recommendation.
func earliestAnswer(r *decision.Recommendation) string {
	if r.Strength == decision.TooEarly {
		return nextWords(r)
	}
	first := ""
	var at int64
	for i := range r.Outlook {
		if t := r.Outlook[i].Next; !t.IsZero() && (first == "" || t.Unix() < at) {
			first, at = "earliest answer "+format.Date(t), t.Unix()
		}
	}
	return first
}
