package decision

import (
	"time"
)

// Strength is how sure a recommendation is.
type Strength string

// The strengths.
const (
	Recommended Strength = "recommended"     // the facts hold at 95 %
	Leaning     Strength = "leaning towards" // they point one way with at least 80 %, and no check fails
	FindOut     Strength = "find out"        // find out what would settle it
	TooEarly    Strength = "too early"       // a gate is not passed: see Recommendation.Gates
)

// Recommendation is the tool's advice about one feature, with the reasons. People decide: see
// Decision and Announced.
type Recommendation struct {
	Feature        string   `json:"feature"`
	Title          string   `json:"title"`
	Successor      string   `json:"successor,omitempty"`
	SuccessorTitle string   `json:"successor_title,omitempty"`
	Given          string   `json:"given,omitempty"` // "default" or "mandated": adoption is not evidence
	Verdict        Verdict  `json:"verdict"`         // the verdict that has Strength
	Strength       Strength `json:"strength"`
	// Possible are all verdicts that the unknown facts leave, at 95 %.
	Possible []Verdict `json:"possible"`
	// Settle names the facts that would settle it; Outlook has the verdicts that each of their
	// values would leave.
	Settle  []Key     `json:"settle"`
	Outlook []Outlook `json:"outlook"`
	Missing []Key     `json:"missing"` // unknown facts
	// HoldsWhatever means that the verdict holds whatever Missing turn out to be.
	HoldsWhatever bool `json:"holds_whatever"`
	// Contradiction means that the facts exclude each other, so no verdict fits.
	Contradiction bool `json:"contradiction,omitempty"`

	Available Availability `json:"available,omitzero"`
	// Gates are those that are not passed. Next is the next day on which the
	// recommendation may become another: of one that is too early the first day on
	// which a verdict is possible, where a date follows from the gates; else the next
	// look.
	Gates []Gate    `json:"gates,omitempty"`
	Next  time.Time `json:"next"`

	Path      []Step    `json:"path"`
	Flips     []Flip    `json:"flips"`
	Operative Operative `json:"operative"`
	Reasons   []Reason  `json:"reasons,omitempty"`

	// Decision is the latest of people's decisions, Decisions all of them, newest
	// first.
	Decision  Decided   `json:"decision"`
	Decisions []Decided `json:"decisions,omitempty"`
	// Announced is the leaf that people accepted, in the words of decision files; "" without
	// one. It may be announced as decided. Nothing else may be worded as something that will
	// happen.
	Announced string `json:"announced,omitempty"`
}

// Outlook has the verdicts that would be possible with one value of a missing fact.
type Outlook struct {
	Fact     Key       `json:"fact"`
	Is       bool      `json:"is"`
	Possible []Verdict `json:"possible"`
	// Next is the earliest day with more data about the fact; zero without a date.
	Next time.Time `json:"next,omitzero"`
}

// Operative are the thresholds in force, as shares.
type Operative struct {
	Satisfied float64 `json:"satisfied"`
	// AdoptionHigh is the limit at which adoption changes its state next: the upper
	// one to become high or, while it is, the lower one to stop being so.
	AdoptionHigh float64 `json:"adoption_high"`
	// AdoptionLow is the same of low, and LowFrom the limit below which it begins.
	AdoptionLow float64 `json:"adoption_low"`
	LowFrom     float64 `json:"adoption_low_from"`
	// High and Low are the state: the last of States, which replay the weeks.
	High   bool    `json:"high"`
	Low    bool    `json:"low"`
	Weeks  int     `json:"weeks"` // how many in a row change it
	States []State `json:"states,omitempty"`
}

// Recommend walks the tree for a feature. Missing and hostile input makes facts
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

// findStrength returns the verdict that may be shown, and its strength. To lean towards finding
// out is to find out.
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

// listOutlooks returns the verdicts that each value of the settling facts would leave. An
// impossible value is left out.
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

// nextAnswer returns the next day with more data about a fact; zero without a date that is
// still to come.
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
