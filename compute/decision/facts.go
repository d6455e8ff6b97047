package decision

import "github.com/ip3dp/ip3dp/compute/metric"

// facts are the six facts of an input, in the order of their keys. s is
// whether adoption counts as high, or low, by now.
func (in *Input) facts(s State) [keys]Fact {
	var f [keys]Fact
	f[AdoptionHigh], f[AdoptionLow] = in.adoption(s)
	f[Improved], f[Worse] = in.delivery()
	f[Satisfied] = FromInterval(Satisfied, in.Satisfaction, in.Thresholds.Satisfied/100, metric.Up)
	f[Successor] = known(Successor, in.Successor != "")
	return f
}

// adoption makes both facts about use. A share is a census, so they are known as
// soon as anything says who uses the feature. High and low are states with a memory.
func (in *Input) adoption(s State) (isHigh, isLow Fact) {
	a := &in.Adoption
	t := in.Thresholds
	var e Estimate
	if a.known() {
		e = Census(a.share(), a.Eligible)
	}
	isHigh = FromInterval(AdoptionHigh, e, t.operative(s.High), metric.Up)
	isLow = FromInterval(AdoptionLow, e, t.operativeLow(s.Low), metric.Down)
	if a.known() {
		isHigh.set(s.High)
		isLow.set(s.Low)
	}
	return isHigh, isLow
}

// set makes a fact known.
func (f *Fact) set(v bool) {
	f.Truth, f.Likely = truthOf(v), 0
	if v {
		f.Likely = 1
	}
}

// replay follows adoption over its weeks; nothing if it is unknown.
func (in *Input) replay() []State {
	a := &in.Adoption
	if !a.known() {
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

// delivery makes both facts about the effect. If another outcome got worse,
// delivery did, whatever the first one gained.
func (in *Input) delivery() (improved, worse Fact) {
	d := &in.Delivery
	improved, worse = d.fact(Improved), d.fact(Worse)
	switch d.verdict() {
	case EffectImproved:
		improved.set(true)
		worse.set(false)
	case EffectWorse:
		improved.set(false)
		worse.set(true)
	case EffectNone:
		improved.set(false)
		worse.set(false)
	}
	for i := range in.Others {
		if in.Others[i].verdict() == EffectWorse {
			worse = in.Others[i].fact(Worse)
			worse.set(true)
			improved.set(false)
			break
		}
	}
	return improved, worse
}

// fact is unknown, with what the estimate leans to. A comparison before and after
// has no other teams, so it needs none to lean.
func (e *Effect) fact(k Key) Fact {
	op := e.Better
	if k == Worse {
		op = opposite(op)
	}
	f := FromInterval(k, e.Change, 0, op)
	f.Truth, f.Outcome, f.BeforeAfter = Unknown, e.Outcome, e.BeforeAfter
	f.Before, f.After = e.Before, e.After
	if e.Down != nil && e.Up != nil && (op == metric.Down || op == metric.Up) {
		f.Likely = e.lean(op)
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
