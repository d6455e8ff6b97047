package render

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
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

// actionCard is a recommendation, a question or the follow-up of a decision.
type actionCard struct {
	view.Link
	Tag   view.Mark
	Class string        // of the card: "unknown" for a question, "done" for a decision; "" otherwise
	Facts []view.Figure // adoption, effect and satisfaction with their thresholds
	Notes []string
	// Waits is "not decided", with the owner in Owner; "" on the follow-up of a decision.
	Waits, Owner string
}

// actionCards returns the most urgent recommendations for the first page: of each kind of
// action the most certain one. Those that people decided make room; where they left something
// to do, it takes a place that is left.
func (s *site) actionCards() []actionCard {
	var kinds [kindsOfAction][]*decision.Recommendation
	var decided []*decision.Recommendation
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		switch {
		case !isDecided(r) || r.Decision.Expired && r.Decision.State != decision.Accepted:
			kinds[kindOf(r.Verdict)] = append(kinds[kindOf(r.Verdict)], r)
		case r.Decision.State == decision.Accepted && !r.Decision.Deadline.IsZero():
			decided = append(decided, r)
		}
	}
	slices.SortStableFunc(decided, func(a, b *decision.Recommendation) int {
		return a.Decision.Deadline.Compare(b.Decision.Deadline)
	})
	byKind := func(a, b *decision.Recommendation) int { return rankUrgency(b) - rankUrgency(a) }
	room := mostCards - min(len(decided), 1)
	var chosen []*decision.Recommendation
	for k := range kinds {
		slices.SortStableFunc(kinds[k], byKind)
	}
	for n := 0; len(chosen) < room && n < len(s.report.Recommendations); n++ {
		for k := range kinds {
			if n < len(kinds[k]) && len(chosen) < room {
				chosen = append(chosen, kinds[k][n])
			}
		}
	}
	slices.SortStableFunc(chosen, func(a, b *decision.Recommendation) int { return rankAdvice(a) - rankAdvice(b) })
	var out []actionCard
	for _, r := range chosen {
		out = append(out, s.newActionCard(r))
	}
	for _, r := range decided[:min(len(decided), mostCards-len(chosen))] {
		out = append(out, s.newFollowUp(r))
	}
	return out
}

// rankAdvice returns the place of a recommendation among the cards: what can be decided now,
// then questions.
func rankAdvice(r *decision.Recommendation) int {
	if isQuestion(r.Verdict) {
		return 1
	}
	return 0
}

// postponed returns the recommendations that people postponed or rejected until a day to come.
func (s *site) postponed() []view.Entry {
	var out []view.Entry
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		if d := &r.Decision; turnedDown(r) && !d.Deadline.IsZero() {
			name := r.Title
			if d.Title != "" {
				name = d.Title
			}
			out = append(out, view.Entry{
				Name:   view.Link{Title: name, Href: featurePath(r.Feature)},
				Status: string(d.State), Note: format.Date(d.Deadline),
			})
		}
	}
	return out
}

// waitingWords returns the number of recommendations beyond doubt, and of those that wait.
func (s *site) waitingWords() string {
	if len(s.report.Recommendations) == 0 {
		return ""
	}
	sure, open := 0, 0
	for i := range s.report.Recommendations {
		r := &s.report.Recommendations[i]
		if r.Strength != decision.Recommended || isQuestion(r.Verdict) {
			continue
		}
		sure++
		if !isDecided(r) {
			open++
		}
	}
	switch {
	case sure == 0:
		return "Nothing is recommended beyond doubt now."
	case open == 0 && sure == 1:
		return "Nothing waits for a decision: the one recommendation beyond doubt is decided."
	case open == 0:
		return "Nothing waits for a decision: all of " + format.Things(sure, "recommendations") + " beyond doubt are decided."
	}
	return ""
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

// newActionCard returns the card of a recommendation that waits for a decision, or of a
// question.
func (s *site) newActionCard(r *decision.Recommendation) actionCard {
	c := actionCard{
		Link:  view.Link{Title: s.adviceTitle(r), Href: featurePath(r.Feature)},
		Tag:   view.Mark{Word: strengthWords(r.Strength), Class: "unknown"},
		Facts: s.cardFacts(r), Waits: format.UpperFirst(string(decision.NotDecided)), Owner: s.ownerOf(r.Feature),
	}
	switch {
	case r.Strength == decision.TooEarly:
		c.Class = "unknown"
	case isQuestion(r.Verdict):
		c.Class, c.Tag.Word = "unknown", strengthWords(decision.FindOut)
		c.Title = format.UpperFirst(strings.TrimPrefix(c.Title, c.Tag.Word+": "))
	case r.Strength == decision.Recommended:
		c.Tag.Class = ""
	}
	if r.HoldsWhatever {
		c.Notes = append(c.Notes, "Holds whatever "+s.treeWords(r).Unknown(r.Missing)+" turns out to be.")
	}
	if next := earliestAnswer(r); next != "" && isQuestion(r.Verdict) && r.Strength != decision.TooEarly {
		c.Notes = append(c.Notes, format.UpperFirst(next)+".")
	}
	if len(r.Reasons) > 0 {
		if f := r.Fact(decision.Satisfied); f != nil && f.Truth == decision.False {
			c.Notes = append(c.Notes, reasonWords(&r.Reasons[0])+".")
		}
	}
	if d := &r.Decision; d.State != decision.NotDecided && d.State != "" {
		c.Notes = append(c.Notes, format.UpperFirst(decidedWords(r))+".")
	}
	return c
}

func (s *site) ownerOf(feature string) string {
	if f := s.featureOf(feature); f != nil {
		return f.Owner
	}
	return ""
}

// newFollowUp returns the card of an accepted recommendation that has something left to do
// until a day.
func (s *site) newFollowUp(r *decision.Recommendation) actionCard {
	d := &r.Decision
	c := actionCard{
		Link: view.Link{Title: s.adviceTitle(r), Href: featurePath(r.Feature)},
		Tag:  view.Mark{Icon: view.Good, Word: "Decided", Class: "ok"}, Class: "done", Owner: s.ownerOf(r.Feature),
	}
	by := "by " + format.Date(d.Deadline)
	if d.Expired {
		by = "since " + format.Date(d.Deadline)
	}
	switch a := s.report.Adoption.Find(r.Feature); {
	case r.Verdict != decision.Deprecate:
		c.Title += ", " + by
	case a == nil || !a.Known:
		c.Title = "Deprecate " + r.Title + " " + by
	case a.Active == 0:
		c.Title = "Deprecate " + r.Title + ". Nobody is left to move"
	default:
		c.Title = "Deprecate " + r.Title + ". " + format.Things(a.Active, view.UnitPlural(a.Unit)) + " to move " + by
	}
	about := decidedWords(r)
	if r.Verdict == decision.Deprecate {
		about = strings.TrimSpace(s.treeWords(r).InFavour()) + "; " + about
	}
	c.Notes = append(c.Notes, format.UpperFirst(strings.TrimPrefix(about, "; "))+".")
	if facts := s.factsInWords(s.report.Adoption.Find(r.Feature), r); len(facts) > 0 {
		c.Notes = append(c.Notes, format.UpperFirst(strings.Join(facts, " · "))+".")
	}
	if l := s.findLeaving(r.Feature); l != nil && l.Forecast {
		c.Notes = append(c.Notes, format.UpperFirst(leftWords(l)+" after "+format.Weeks(l.Weeks)+"; "+endWords(l))+".")
	}
	if r.HoldsWhatever {
		c.Notes = append(c.Notes, "Holds whatever "+s.treeWords(r).Unknown(r.Missing)+" turns out to be.")
	}
	return c
}

// effectAxis is the end of the axis of an effect on a card: it fits most effects.
const effectAxis = 0.4

// cardFacts returns the satisfaction, the effect and the adoption of a feature as short figures
// with their ranges and thresholds.
func (s *site) cardFacts(r *decision.Recommendation) []view.Figure {
	satisfied := view.Figure{Name: view.Link{Title: "satisfied"}, Why: "not asked yet"}
	if own := s.report.Space.Feature(r.Feature); own != nil && !own.Known && own.Unclear.Hides() {
		satisfied.Why = "cannot tell: answers not understood"
	}
	if f := r.Fact(decision.Satisfied); f != nil && f.Value != nil {
		g := chart.Gauge{Figure: f.Figure, Max: 1, Class: truthClass(f.Truth, "better", "worse")}
		if f.Threshold != nil {
			g.Marks = []chart.Limit{{Value: *f.Threshold}}
			satisfied.Aim = format.Share(*f.Threshold) + " needed"
		}
		satisfied.Value, satisfied.Unsure, satisfied.Bar = view.ShareOf(f.Value), f.Truth == decision.Unknown, view.DrawGauge(&g)
		satisfied.Range = view.LikelyShare(f.Lo, f.Hi)
	}
	return []view.Figure{satisfied, s.effectFact(r), s.useFact(r)}
}

func (s *site) effectFact(r *decision.Recommendation) view.Figure {
	v := view.Figure{Name: view.Link{Title: "effect"}, Why: "not measured yet"}
	f := r.Fact(decision.Improved)
	if f == nil {
		return v
	}
	v.Name.Title = format.LowerFirst(s.outcomeTitle(f.Outcome))
	if f.Value == nil {
		return v
	}
	class := truthClass(f.Truth, "better", "muted")
	if w := r.Fact(decision.Worse); w != nil && w.Truth == decision.True {
		class = "worse"
	}
	g := chart.Gauge{Figure: f.Figure, Min: -effectAxis, Max: effectAxis, Class: class, Marks: []chart.Limit{{}}}
	v.Value, v.Unsure, v.Bar = format.RelativeChange(*f.Value), f.Truth == decision.Unknown && class != "worse", view.DrawGauge(&g)
	v.Range, v.Aim = view.Likely(format.RelativeRange(f.Lo, f.Hi)), "no change"
	return v
}

func (s *site) useFact(r *decision.Recommendation) view.Figure {
	v := view.Figure{Name: view.Link{Title: "used"}, Why: "its use is unknown"}
	a := s.report.Adoption.Find(r.Feature)
	if a == nil || !a.Known || a.Eligible <= 0 {
		return v
	}
	share := a.ActiveShare()
	g := chart.Gauge{Figure: metric.Figure{Value: &share}, Max: 1, Class: "muted"}
	v.Name.Title, v.Value = view.UnitPlural(a.Unit), format.Count(a.Active)+" of "+format.Count(a.Eligible)
	limit, words := useLimit(a, r)
	if limit > 0 {
		g.Marks, v.Aim = []chart.Limit{{Value: limit}}, words
		switch o := &r.Operative; {
		case o.High:
			g.Class = "better"
		case o.Low:
			g.Class = "worse"
		default:
			g.Class, v.Unsure = "unknown", true
		}
	} else {
		v.Aim = a.Given
	}
	v.Bar = view.DrawGauge(&g)
	return v
}

// useLimit returns the threshold of adoption that would change the state of a feature next, and
// its words; 0 for a feature that users did not choose.
func useLimit(a *adoption.Feature, r *decision.Recommendation) (limit float64, words string) {
	if r == nil || a.Given != "" {
		return 0, a.Given
	}
	o := &r.Operative
	high := format.Share(o.AdoptionHigh)
	switch share := a.ActiveShare(); {
	case o.High:
		return o.AdoptionHigh, high + " to stay"
	case share >= o.AdoptionHigh:
		return o.AdoptionHigh, high + " for " + format.Weeks(o.Weeks)
	case o.Low && share < o.LowFrom:
		return o.LowFrom, "low under " + format.Share(o.LowFrom)
	case o.Low:
		return o.AdoptionLow, "low until " + format.Share(o.AdoptionLow) + " for " + format.Weeks(o.Weeks)
	case share < o.AdoptionLow:
		return o.AdoptionLow, "low under " + format.Share(o.AdoptionLow) + " for " + format.Weeks(o.Weeks)
	}
	return o.AdoptionHigh, high + " to become high"
}

// truthClass returns the class of a fact: yes, no or unknown.
func truthClass(t decision.Truth, yes, no string) string {
	switch t {
	case decision.True:
		return yes
	case decision.False:
		return no
	}
	return "unknown"
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
