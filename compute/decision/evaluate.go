package decision

import "slices"

// Outcome is the result of the tree for a set of truths.
type Outcome struct {
	// Verdict is the only possible verdict, or InsufficientData.
	Verdict Verdict
	// Possible are the verdicts of all completions, in order of their names. It is empty only
	// if the facts contradict each other.
	Possible []Verdict
	// Settle are the unknown facts with a value that would leave fewer verdicts. It is empty if
	// there is already only one.
	Settle []Key
	// Missing are the unknown facts that can affect the verdict.
	Missing []Key
}

// HoldsWhatever reports whether the verdict is certain although facts are missing.
func (o *Outcome) HoldsWhatever() bool { return len(o.Possible) == 1 && len(o.Missing) > 0 }

// Evaluate returns the result of the tree for all completions of the unknown facts.
func Evaluate(t Truths) Outcome {
	o := Outcome{Verdict: InsufficientData, Possible: t.possibleVerdicts()}
	for k := range keys {
		if t.isEvidence(k) && !t.Facts[k].isKnown() {
			o.Missing = append(o.Missing, k)
		}
	}
	if len(o.Possible) == 1 {
		o.Verdict = o.Possible[0]
		return o
	}
	for _, k := range o.Missing {
		if t.leavesFewer(k, True, len(o.Possible)) || t.leavesFewer(k, False, len(o.Possible)) {
			o.Settle = append(o.Settle, k)
		}
	}
	return o
}

// leavesFewer reports whether a value of a fact would leave fewer verdicts. A value that
// contradicts the other facts leaves none, and does not count.
func (t Truths) leavesFewer(k Key, v Truth, verdicts int) bool {
	n := len(t.withFact(k, v).possibleVerdicts())
	return n > 0 && n < verdicts
}

// withFact returns the truths with one fact changed.
func (t Truths) withFact(k Key, v Truth) *Truths {
	t.Facts[k] = v
	return &t
}

// possibleVerdicts returns the leaves of all possible worlds, in order of their names.
func (t *Truths) possibleVerdicts() []Verdict {
	var found []Verdict
	tree := t.tree()
	for w := range t.worlds {
		if v := findLeaf(tree, w); !slices.Contains(found, v) {
			found = append(found, v)
		}
	}
	slices.Sort(found)
	return found
}
