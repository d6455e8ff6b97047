package decision

import "github.com/ip3dp/ip3dp/compute/metric"

// buildFacts returns the six facts of an input, in the order of their keys. s is the state of
// adoption.
func (in *Input) buildFacts(s State) [keys]Fact {
	var f [keys]Fact
	f[AdoptionHigh], f[AdoptionLow] = in.adoptionFacts(s)
	f[Improved], f[Worse] = in.deliveryFacts()
	f[Satisfied] = FromInterval(Satisfied, in.Satisfaction, in.Thresholds.Satisfied/100, metric.Up)
	f[Successor] = knownFact(Successor, in.Successor != "")
	return f
}

// adoptionFacts returns both facts about use. A share is a census, so both are certain if there
// are figures of use. High and low depend on earlier weeks: see Replay.
func (in *Input) adoptionFacts(s State) (isHigh, isLow Fact) {
	a := &in.Adoption
	t := in.Thresholds
	var e Estimate
	if a.isKnown() {
		e = Census(a.share(), a.Eligible)
	}
	isHigh = FromInterval(AdoptionHigh, e, t.highLimit(s.High), metric.Up)
	isLow = FromInterval(AdoptionLow, e, t.lowLimit(s.Low), metric.Down)
	if a.isKnown() {
		isHigh.setKnown(s.High)
		isLow.setKnown(s.Low)
	}
	return isHigh, isLow
}

// setKnown sets the truth of a fact, with certainty.
func (f *Fact) setKnown(v bool) {
	f.Truth, f.Likely = truthOf(v), 0
	if v {
		f.Likely = 1
	}
}

// replayAdoption returns the state of adoption for each week; nothing if adoption is unknown.
func (in *Input) replayAdoption() []State {
	a := &in.Adoption
	if !a.isKnown() {
		return nil
	}
	weeks := []Week{{At: a.Week, Share: a.share()}}
	for _, w := range a.History {
		if w.At.Before(a.Week) {
			weeks = append(weeks, w)
		}
	}
	return in.Thresholds.Replay(weeks)
}

// deliveryFacts returns both facts about the effect. If any other outcome got worse, delivery
// is worse, even if the main outcome improved.
func (in *Input) deliveryFacts() (improved, worse Fact) {
	d := &in.Delivery
	improved, worse = d.newFact(Improved), d.newFact(Worse)
	switch d.verdict() {
	case EffectImproved:
		improved.setKnown(true)
		worse.setKnown(false)
	case EffectWorse:
		improved.setKnown(false)
		worse.setKnown(true)
	case EffectNone:
		improved.setKnown(false)
		worse.setKnown(false)
	}
	for i := range in.Others {
		if in.Others[i].verdict() == EffectWorse {
			worse = in.Others[i].newFact(Worse)
			worse.setKnown(true)
			improved.setKnown(false)
			break
		}
	}
	return improved, worse
}

// newFact returns an unknown fact with the probability from the estimate. A comparison before
// and after requires no other teams.
func (e *Effect) newFact(k Key) Fact {
	op := e.Better
	if k == Worse {
		op = opposite(op)
	}
	f := FromInterval(k, e.Change, 0, op)
	f.Truth, f.Outcome, f.BeforeAfter = Unknown, e.Outcome, e.BeforeAfter
	f.Before, f.After = e.Before, e.After
	if e.Down != nil && e.Up != nil && (op == metric.Down || op == metric.Up) {
		f.Likely = e.leanTo(op)
	}
	if e.ChecksFailed || !e.BeforeAfter && e.Comparators < MinComparators || e.Verdict == EffectCannotAttribute ||
		op != metric.Up && op != metric.Down {
		f.Likely = 0.5
	}
	return f
}

func opposite(d metric.Direction) metric.Direction {
	switch d {
	case metric.Up:
		return metric.Down
	case metric.Down:
		return metric.Up
	}
	return d
}
