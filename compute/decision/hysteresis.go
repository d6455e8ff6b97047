package decision

import (
	"math"
	"slices"
	"time"
)

// Hold is the number of weeks in a row beyond a limit after which adoption becomes high, or
// stops being so.
const Hold = 4

const week = 7 * 24 * time.Hour

// Week is the adoption at the end of one week.
type Week struct {
	At    time.Time `json:"at"`
	Share float64   `json:"share"` // active ÷ eligible units, 0 to 1
}

// State is the state of adoption in a week: high, low or neither.
type State struct {
	At    time.Time `json:"at"`
	Share float64   `json:"share"`
	High  bool      `json:"high"`
	// Against is the number of weeks in a row, this one included, that the share was beyond the
	// limit that changes High: 0 to Hold − 1.
	Against int `json:"against,omitempty"`
	// Low and AgainstLow are the same for low adoption.
	Low        bool `json:"low,omitempty"`
	AgainstLow int  `json:"against_low,omitempty"`
}

// Replay returns the state of adoption for each week. Adoption becomes high in the fourth week
// in a row at or above AdoptionHigh, and stops being high in the fourth week in a row below
// AdoptionLeave. It becomes low in the fourth week in a row below AdoptionLow, and stops being
// low in the fourth week in a row at or above a limit. The distance of this limit from
// AdoptionLow is that of AdoptionLeave from AdoptionHigh. The share of the first week gives its
// state. A missing week ends a row. Weeks may be in any order; of two with the same date the
// first counts. A week counts as missing if its share is not a number.
func (t Thresholds) Replay(weeks []Week) []State {
	sorted := slices.DeleteFunc(slices.Clone(weeks), func(w Week) bool {
		return math.IsNaN(w.Share) ||
			math.IsInf(w.Share, 0)
	})
	slices.SortStableFunc(sorted, func(a, b Week) int { return a.At.Compare(b.At) })
	sorted = slices.CompactFunc(sorted, func(a, b Week) bool { return a.At.Equal(b.At) })
	states := make([]State, 0, len(sorted))
	for i, w := range sorted {
		if i == 0 {
			states = append(states, State{
				At: w.At, Share: w.Share, High: w.Share >= t.AdoptionHigh/100, Low: w.Share < t.AdoptionLow/100,
			})
			continue
		}
		last := &states[i-1]
		s := State{At: w.At, Share: w.Share, High: last.High, Low: last.Low}
		next := w.At.Sub(last.At) <= week
		s.Against = countInRow(last.Against, next, t.isAgainst(s.High, w.Share))
		s.AgainstLow = countInRow(last.AgainstLow, next, t.isAgainstLow(s.Low, w.Share))
		if s.Against == Hold {
			s.High, s.Against = !s.High, 0
		}
		if s.AgainstLow == Hold {
			s.Low, s.AgainstLow = !s.Low, 0
		}
		states = append(states, s)
	}
	return states
}

// countInRow returns the number of weeks in a row against a state.
func countInRow(last int, next, against bool) int {
	switch {
	case !against:
		return 0
	case next:
		return last + 1
	}
	return 1
}

// isAgainstLow reports whether a share is against the present state of low adoption.
func (t Thresholds) isAgainstLow(low bool, share float64) bool {
	if low {
		return share >= t.lowLimit(true)
	}
	return share < t.lowLimit(false)
}

// lowLimit returns the limit, as a share, that changes the state of low adoption next.
func (t Thresholds) lowLimit(low bool) float64 {
	if low {
		return min(t.AdoptionLow+t.AdoptionHigh-t.AdoptionLeave, max(t.AdoptionLeave, t.AdoptionLow)) / 100
	}
	return t.AdoptionLow / 100
}

// isAgainst reports whether a share is against the present state of high adoption.
func (t Thresholds) isAgainst(high bool, share float64) bool {
	if high {
		return share < t.AdoptionLeave/100
	}
	return share >= t.AdoptionHigh/100
}

// highLimit returns the limit, as a share, that changes the state of high adoption next.
func (t Thresholds) highLimit(high bool) float64 {
	if high {
		return t.AdoptionLeave / 100
	}
	return t.AdoptionHigh / 100
}
