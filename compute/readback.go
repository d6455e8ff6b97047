package compute

import (
	"cmp"
	"slices"
	"time"
)

// Readback describes where a run read the published values of earlier runs, and what it could
// not read.
type Readback struct {
	// From is the place, in words; "" if the run continues the one before on its machine.
	From string `json:"from,omitempty"`
	// At is the as-of time of the run that published there.
	At time.Time `json:"at,omitzero"`
	// Aged means that the publication was older than 30 days.
	Aged bool `json:"aged,omitempty"`
	// Begun is the as-of time of the run that could not read what was published before it; zero
	// if nothing is missing. Because lists the places that it tried, with the reasons.
	Begun   time.Time `json:"begun,omitzero"`
	Because []string  `json:"because,omitempty"`
}

// MergeRows returns the rows of two histories. Of two rows of one week, subject, metric and
// definition it keeps the one that was published first.
func MergeRows(a, b []Row) []Row {
	first := make(map[rowKey]int, len(a)+len(b))
	var out []Row
	for _, r := range slices.Concat(a, b) {
		i, twice := first[r.key()]
		if !twice {
			first[r.key()] = len(out)
			out = append(out, r)
		} else if r.publishedAt().Before(out[i].publishedAt()) {
			out[i] = r
		}
	}
	slices.SortStableFunc(out, compareRows)
	return out
}

// compareRows orders rows as a history has them.
func compareRows(a, b Row) int {
	return cmp.Or(a.Week.Compare(b.Week), cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Metric, b.Metric),
		cmp.Compare(a.Hash, b.Hash))
}

// Heal returns a log with the entries of an earlier one, which the run that began the log could
// not read.
func (l DecisionLog) Heal(earlier DecisionLog) DecisionLog {
	if earlier.Begun.IsZero() {
		return l
	}
	out := DecisionLog{
		Version: LogVersion, Begun: l.Begun, Stands: map[string]Stand{}, Reported: map[string]bool{},
		Changes: slices.Clone(earlier.Changes),
	}
	if l.Begun.IsZero() || earlier.Begun.Before(l.Begun) {
		out.Begun = earlier.Begun
	}
	for _, from := range []DecisionLog{earlier, l} {
		for id, s := range from.Stands {
			out.Stands[id] = s
		}
		for id := range from.Reported {
			out.Reported[id] = true
		}
	}
	for _, e := range l.Changes {
		has := func(x DecisionLogEntry) bool { return x.ID == e.ID }
		// The first run of a log lists every recommendation as new.
		repeats := e.Kind == RecommendationChanged && e.From == "" && earlier.Stands[e.Subject].Words == e.To
		if !repeats && !slices.ContainsFunc(out.Changes, has) {
			out.Changes = append(out.Changes, e)
		}
	}
	if n := len(out.Changes) - maxChanges; n > 0 {
		out.Changes = slices.Delete(out.Changes, 0, n)
	}
	return out
}

// Heal returns a ledger with the entries of an earlier one, which the run that began the ledger
// could not read. The ledger's own entries come last, because they were published later.
func (l Ledger) Heal(earlier Ledger) Ledger {
	out := Ledger{Version: LedgerVersion, Lost: l.Lost}
	for i := range earlier.Waves {
		e := &earlier.Waves[i]
		if !slices.ContainsFunc(l.Waves, func(x WaveEntry) bool { return x.Hash == e.Hash }) {
			out.Waves = append(out.Waves, *e)
		}
	}
	if earlier.Lost.After(out.Lost) {
		out.Lost = earlier.Lost
	}
	out.Waves = append(out.Waves, l.Waves...)
	return out
}
