package decision

import (
	"time"
)

// Strength is the certainty of a recommendation.
type Strength string

// The strengths.
const (
	Recommended Strength = "recommended"     // the facts are certain at 95 %
	Leaning     Strength = "leaning towards" // the facts lean to one verdict, with at least 80 %, and no check failed
	FindOut     Strength = "find out"        // facts that would settle the verdict are missing
	TooEarly    Strength = "too early"       // a gate is not passed: see Recommendation.Gates
)

// Recommendation is the advice about one feature, with the reasons. People decide: see Decision
// and Announced.
type Recommendation struct {
	Feature        string   `json:"feature"`
	Title          string   `json:"title"`
	Successor      string   `json:"successor,omitempty"`
	SuccessorTitle string   `json:"successor_title,omitempty"`
	Given          string   `json:"given,omitempty"` // "default" or "mandated": adoption is not evidence
	Verdict        Verdict  `json:"verdict"`         // the verdict that Strength is about
	Strength       Strength `json:"strength"`
	// Possible are all verdicts that the unknown facts leave possible, at 95 %.
	Possible []Verdict `json:"possible"`
	// Settle are the facts that would settle the verdict; Outlook has the verdicts that each of
	// their values would leave.
	Settle  []Key     `json:"settle"`
	Outlook []Outlook `json:"outlook"`
	Missing []Key     `json:"missing"` // unknown facts
	// HoldsWhatever means that the verdict is the same for all values of Missing.
	HoldsWhatever bool `json:"holds_whatever"`
	// Contradiction means that the facts contradict each other, so no verdict fits.
	Contradiction bool `json:"contradiction,omitempty"`

	Available Availability `json:"available,omitzero"`
	// Gates are the gates that the data do not pass. Next is the next day on which the
	// recommendation may change. If it is too early, that is the first day on which a verdict
	// is possible, if the gates give a date; else it is the next weekly review.
	Gates []Gate    `json:"gates,omitempty"`
	Next  time.Time `json:"next"`

	Path      []Step    `json:"path"`
	Flips     []Flip    `json:"flips"`
	Operative Operative `json:"operative"`
	Reasons   []Reason  `json:"reasons,omitempty"`

	// Decision is the latest decision of people. Decisions has all of them, newest first.
	Decision  Decided   `json:"decision"`
	Decisions []Decided `json:"decisions,omitempty"`
	// Announced is the leaf that people accepted, in the words of decision files; "" without
	// one. Only this may be announced as a future event.
	Announced string `json:"announced,omitempty"`
}

// Outlook has the verdicts that one value of a missing fact would leave.
type Outlook struct {
	Fact     Key       `json:"fact"`
	Is       bool      `json:"is"`
	Possible []Verdict `json:"possible"`
	// Next is the earliest day with more data about the fact; zero without a date.
	Next time.Time `json:"next,omitzero"`
}

// Operative has the thresholds in force, as shares.
type Operative struct {
	Satisfied float64 `json:"satisfied"`
	// AdoptionHigh is the limit that changes the state of high adoption next: the upper limit
	// to become high, the lower one to stop being high.
	AdoptionHigh float64 `json:"adoption_high"`
	// AdoptionLow is the same for low adoption. Adoption becomes low below LowFrom.
	AdoptionLow float64 `json:"adoption_low"`
	LowFrom     float64 `json:"adoption_low_from"`
	// High and Low are the present state, the last of States.
	High   bool    `json:"high"`
	Low    bool    `json:"low"`
	Weeks  int     `json:"weeks"` // the number of weeks in a row that change the state
	States []State `json:"states,omitempty"`
}

// Recommend returns the recommendation for a feature. Missing and invalid input makes facts
// unknown; it never fails.
func Recommend(in Input) Recommendation {
	states := in.replayAdoption()
	state := State{}
	if len(states) > 0 {
		state = states[len(states)-1]
	}
	facts := in.buildFacts(state)
	gates := in.closeGates(&facts)
	t := Truths{Given: in.Adoption.Given != ""}
	for k := range facts {
		t.Facts[k] = facts[k].Truth
	}
	o := Evaluate(t)
	verdict, strength := o.findStrength(&t, &facts)
	if in.isEarly(&o, gates) && (strength == FindOut || !in.isAvailable()) {
		verdict, strength = Early, TooEarly
	}
	f := flipper{in: &in, truths: t, state: state, now: o}
	r := Recommendation{
		Feature: in.Feature, Title: in.Title, Successor: in.Successor, SuccessorTitle: in.SuccessorTitle, Given: in.Adoption.Given,
		Verdict: verdict, Strength: strength, Possible: o.Possible, Settle: o.Settle, Missing: o.Missing,
		HoldsWhatever: o.HoldsWhatever(), Contradiction: len(o.Possible) == 0, Outlook: in.listOutlooks(&t, o.Settle),
		Path: pathOf(&t, &facts), Flips: f.listFlips(), Reasons: in.Reasons,
		Operative: Operative{
			Satisfied: in.Thresholds.Satisfied / 100, AdoptionHigh: in.Thresholds.highLimit(state.High),
			AdoptionLow: in.Thresholds.lowLimit(state.Low), LowFrom: in.Thresholds.AdoptionLow / 100, High: state.High, Low: state.Low, Weeks: Hold, States: states,
		},
		Available: in.Available, Gates: gates,
		Decision: Decided{State: NotDecided}, Decisions: listDecided(&in, verdict),
	}
	r.Next = in.nextChange(&r)
	if len(r.Decisions) > 0 {
		r.Decision = r.Decisions[0]
	}
	if r.Decision.State == Accepted {
		r.Announced = r.Decision.Recommended
	}
	return r
}

// findStrength returns the verdict to show, and its strength. A leaning towards Investigate
// counts as FindOut.
func (o *Outcome) findStrength(t *Truths, facts *[keys]Fact) (Verdict, Strength) {
	if len(o.Possible) == 1 {
		return o.Verdict, Recommended
	}
	leaning := *t
	for i := range facts {
		k := Key(i)
		switch f := &facts[k]; {
		case f.Truth.isKnown():
		case f.Likely >= leanFrom(k):
			leaning.Facts[k] = True
		case f.Likely <= 1-leanFrom(k):
			leaning.Facts[k] = False
		}
	}
	if l := Evaluate(leaning); len(l.Possible) == 1 && l.Verdict != Investigate {
		return l.Verdict, Leaning
	}
	return InsufficientData, FindOut
}

// listOutlooks returns the verdicts that each value of the settling facts would leave. It
// leaves out impossible values.
func (in *Input) listOutlooks(t *Truths, settle []Key) []Outlook {
	var list []Outlook
	for _, k := range settle {
		for _, v := range []bool{true, false} {
			if possible := t.withFact(k, truthOf(v)).possibleVerdicts(); len(possible) > 0 {
				list = append(list, Outlook{Fact: k, Is: v, Possible: possible, Next: in.nextAnswer(k)})
			}
		}
	}
	return list
}

// nextAnswer returns the next day with more data about a fact; zero without a future date.
func (in *Input) nextAnswer(k Key) time.Time {
	at := time.Time{}
	switch k {
	case Satisfied:
		at = in.SatisfactionNext
	case Improved, Worse:
		at = in.Delivery.Next
	}
	if !at.After(in.AsOf) {
		return time.Time{}
	}
	return at
}
