package decision

import (
	"math"
	"slices"
	"time"
)

// Hold is how many weeks in a row adoption must be beyond a limit before the tree
// believes that it became high, or stopped being so.
const Hold = 4

const week = 7 * 24 * time.Hour

// Week is adoption at the end of one week.
type Week struct {
	At    time.Time `json:"at"`
	Share float64   `json:"share"` // active ÷ eligible units, 0 to 1
}

// State is whether adoption counted as high, or as low, in a week.
type State struct {
	At    time.Time `json:"at"`
	Share float64   `json:"share"`
	High  bool      `json:"high"`
	// Against is for how many weeks in a row, this one included, the share has
	// been beyond the limit at which High changes: 1 to Hold − 1, or 0.
	Against int `json:"against,omitempty"`
	// Low and AgainstLow are the same of low.
	Low        bool `json:"low,omitempty"`
	AgainstLow int  `json:"against_low,omitempty"`
}

// Replay follows adoption week by week: high from the fourth week in a row at or above
// AdoptionHigh, and until the fourth in a row below AdoptionLeave. Low is its mirror image:
// from the fourth week in a row below AdoptionLow, and until the fourth at or above a limit as
// far from it as AdoptionLeave is from AdoptionHigh. The share of the first week gives its
// state. A missing week breaks a row. Weeks may be in any order; of two with the same date the
// first is used. A share that is not a number makes a missing week.
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

// countInRow counts weeks in a row against a state.
func countInRow(last int, next, against bool) int {
	switch {
	case !against:
		return 0
	case next:
		return last + 1
	}
	return 1
}

// isAgainstLow reports whether a share is against the present state of low.
func (t Thresholds) isAgainstLow(low bool, share float64) bool {
	if low {
		return share >= t.lowLimit(true)
	}
	return share < t.lowLimit(false)
}

// lowLimit returns the limit, as a share, at which low changes next.
func (t Thresholds) lowLimit(low bool) float64 {
	if low {
		return min(t.AdoptionLow+t.AdoptionHigh-t.AdoptionLeave, max(t.AdoptionLeave, t.AdoptionLow)) / 100
	}
	return t.AdoptionLow / 100
}

// isAgainst reports whether a share is against the present state of high.
func (t Thresholds) isAgainst(high bool, share float64) bool {
	if high {
		return share < t.AdoptionLeave/100
	}
	return share >= t.AdoptionHigh/100
}

// highLimit returns the limit, as a share, at which high changes next.
func (t Thresholds) highLimit(high bool) float64 {
	if high {
		return t.AdoptionLeave / 100
	}
	return t.AdoptionHigh / 100
}
