package decision

import "math"

// Flip is the verdict after a change of one thing: the figure is in another interval between
// the thresholds, the effect is another, or the answer about the successor is another.
type Flip struct {
	// Of is the changed thing: Satisfied, AdoptionHigh (the share of use), Improved (the
	// effect) or Successor.
	Of Key `json:"of"`
	// From (inclusive) and To (exclusive, except 1) bound the share; both are 0 for other
	// things.
	From float64 `json:"from,omitempty"`
	To   float64 `json:"to,omitempty"`
	// Is is the other value: "improved", "no meaningful effect" or "worse"; for the successor
	// "true" or "false".
	Is      string  `json:"is,omitempty"`
	Verdict Verdict `json:"verdict"`
	Here    bool    `json:"here"`    // this is the present value
	Changes bool    `json:"changes"` // the verdict would change
	// Units is the number of units that must begin (or, below 0, stop) to use the feature. It
	// is nil for other things, or if no whole number has this result.
	Units *int `json:"units,omitempty"`
	// Weeks is the number of further weeks in a row that the share must stay there.
	Weeks int `json:"weeks,omitempty"`
}

// flipper evaluates the tree with one thing changed.
type flipper struct {
	in     *Input
	truths Truths
	state  State
	now    Outcome
}

// listFlips evaluates the tree once for every interval between thresholds, so that no change is
// missed.
func (f *flipper) listFlips() []Flip {
	list := f.flipSatisfaction()
	list = append(list, f.flipDelivery()...)
	if !f.truths.Given {
		list = append(list, f.flipAdoption()...)
	}
	return append(list, f.flipSuccessor()...)
}

// tryFlip returns the flip with the verdict for the changed truths.
func (f *flipper) tryFlip(flip Flip, changed map[Key]Truth) Flip {
	t := f.truths
	same := true
	for k, v := range changed {
		same = same && t.Facts[k] == v
		t.Facts[k] = v
	}
	flip.Verdict, flip.Here = Evaluate(t).Verdict, same
	flip.Changes = flip.Verdict != f.now.Verdict
	return flip
}

func (f *flipper) flipSatisfaction() []Flip {
	at := f.in.Thresholds.Satisfied / 100
	return []Flip{
		f.tryFlip(Flip{Of: Satisfied, To: at}, map[Key]Truth{Satisfied: False}),
		f.tryFlip(Flip{Of: Satisfied, From: at, To: 1}, map[Key]Truth{Satisfied: True}),
	}
}

func (f *flipper) flipDelivery() []Flip {
	of := func(is string, improved, worse Truth) Flip {
		return f.tryFlip(Flip{Of: Improved, Is: is}, map[Key]Truth{Improved: improved, Worse: worse})
	}
	return []Flip{of(EffectImproved, True, False), of(EffectNone, False, False), of(EffectWorse, False, True)}
}

func (f *flipper) flipSuccessor() []Flip {
	of := func(is Truth) Flip {
		return f.tryFlip(Flip{Of: Successor, Is: string(is)}, map[Key]Truth{Successor: is})
	}
	return []Flip{of(False), of(True)}
}

// flipAdoption returns the flips of the share of use, with the limits in force: once adoption
// is high, it stays high down to a lower limit.
func (f *flipper) flipAdoption() []Flip {
	low, high := f.in.Thresholds.lowLimit(f.state.Low), f.in.Thresholds.highLimit(f.state.High)
	list := []Flip{
		f.tryFlip(Flip{Of: AdoptionHigh, To: low}, map[Key]Truth{AdoptionHigh: False, AdoptionLow: True}),
		f.tryFlip(Flip{Of: AdoptionHigh, From: low, To: high}, map[Key]Truth{AdoptionHigh: False, AdoptionLow: False}),
		f.tryFlip(Flip{Of: AdoptionHigh, From: high, To: 1}, map[Key]Truth{AdoptionHigh: True, AdoptionLow: False}),
	}
	for i := range list {
		list[i].Units = f.countUnits(&list[i])
		if !f.in.Adoption.isKnown() {
			continue
		}
		if high := i == len(list)-1; high != f.state.High {
			list[i].Weeks = Hold - f.state.Against
		}
		if isLow := i == 0; isLow != f.state.Low {
			list[i].Weeks = max(list[i].Weeks, Hold-f.state.AgainstLow)
		}
	}
	return list
}

// countUnits returns the number of units that must begin or stop to move the share into the
// interval.
func (f *flipper) countUnits(flip *Flip) *int {
	a := &f.in.Adoption
	if !a.isKnown() {
		return nil
	}
	active := min(a.Active, a.Eligible)
	least := smallestCount(flip.From, a.Eligible)
	most := a.Eligible
	if flip.To < 1 {
		most = smallestCount(flip.To, a.Eligible) - 1
	}
	if least > most {
		return nil
	}
	n := max(least, min(active, most)) - active
	return &n
}

// smallestCount returns the smallest count whose share of all is at least the given one.
func smallestCount(share float64, all int) int {
	n := int(math.Ceil(share * float64(all)))
	if n > 0 && float64(n-1)/float64(all) >= share {
		n-- // the product was rounded up
	}
	return n
}
