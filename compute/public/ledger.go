package public

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/space"
)

// wholeOnly is the reason for which the record of a survey has no parts.
const wholeOnly = "the site is public, so surveys are shown as a whole only"

// ReduceLedger returns the record of published surveys as a public site shows them: as a whole.
// Its error is about figures that are not JSON.
func ReduceLedger(l compute.Ledger) (compute.Ledger, error) {
	l.Waves = slices.Clone(l.Waves)
	for i := range l.Waves {
		e := &l.Waves[i]
		var w space.Wave
		if err := json.Unmarshal(e.Aggregates, &w); err != nil {
			return compute.Ledger{}, fmt.Errorf("wave %s: %w", e.Wave, err)
		}
		if len(e.Parts) > 0 {
			e.Parts, e.Why, e.N = nil, wholeOnly, w.Answered
		}
		e.Since = ""
		var err error
		if e.Aggregates, err = json.Marshal(reduceWave(w)); err != nil {
			return compute.Ledger{}, fmt.Errorf("wave %s: %w", e.Wave, err)
		}
		if err := e.Seal(); err != nil {
			return compute.Ledger{}, err
		}
	}
	return l, nil
}
