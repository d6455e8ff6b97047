package decision

import "fmt"

// Truth is the value of a fact. Any text except True and False counts as Unknown.
type Truth string

// The three values of a fact.
const (
	True    Truth = "true"
	False   Truth = "false"
	Unknown Truth = "unknown"
)

// truthOf returns the truth of a certain fact.
func truthOf(v bool) Truth {
	if v {
		return True
	}
	return False
}

// isKnown reports whether the truth is True or False.
func (t Truth) isKnown() bool { return t == True || t == False }

// Key names one of the six facts of the tree.
type Key int

// The facts, in the order of lists.
const (
	AdoptionHigh Key = iota
	AdoptionLow
	Improved
	Worse
	Satisfied
	Successor
	keys // the number of facts
)

var keyNames = [keys]string{"adoption high", "adoption low", "DORA improved", "DORA worse", "satisfied", "successor"}

// String returns the fact's name, "adoption high"; "unknown fact" for another key.
func (k Key) String() string {
	if k < 0 || k >= keys {
		return "unknown fact"
	}
	return keyNames[k]
}

// MarshalText writes the fact's name.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads a fact's name.
func (k *Key) UnmarshalText(text []byte) error {
	for i, name := range keyNames {
		if name == string(text) {
			*k = Key(i)
			return nil
		}
	}
	return fmt.Errorf("unknown fact %q: the tree uses %q", text, keyNames)
}

// Truths are the facts about one feature.
type Truths struct {
	Facts [keys]Truth
	// Given marks a default or mandated feature. Its adoption is not evidence, so Facts about
	// adoption are ignored.
	Given bool
}

// isEvidence reports whether the fact can affect the verdict.
func (t *Truths) isEvidence(k Key) bool {
	return !t.Given || k != AdoptionHigh && k != AdoptionLow
}

// world is one combination of the values of all facts: bit k is fact k.
type world uint8

func (w world) has(k Key) bool { return w&(1<<k) != 0 }

// isPossible reports whether a world is free of contradictions, in itself and with the certain
// facts.
func (t *Truths) isPossible(w world) bool {
	if w.has(AdoptionHigh) && w.has(AdoptionLow) || w.has(Improved) && w.has(Worse) {
		return false
	}
	for k := range keys {
		if !t.isEvidence(k) {
			if w.has(k) {
				return false
			}
			continue
		}
		if f := t.Facts[k]; f.isKnown() && f != truthOf(w.has(k)) {
			return false
		}
	}
	return true
}

// worlds calls yield with every possible world: all completions of the unknown facts.
func (t *Truths) worlds(yield func(world) bool) {
	for w := range world(1) << keys {
		if t.isPossible(w) && !yield(w) {
			return
		}
	}
}
