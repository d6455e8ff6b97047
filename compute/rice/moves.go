package rice

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Move is the past of a phase whose dates moved.
type Move struct {
	From, To time.Time   // as first planned; To is exclusive, and zero without an end
	On       []time.Time // the times at which they moved, the oldest first
}

// FindMove returns how the dates of a phase moved in the versions of an initiative; nil if they
// never did. A change of the state alone is not a move.
func FindMove(versions []fact.Version[fact.Initiative], phase string) *Move {
	var m Move
	var last *fact.Phase
	for i := range versions {
		ph := findPhase(versions[i].Item, phase)
		switch {
		case ph == nil || ph.Start.IsZero():
			continue
		case last == nil:
			m.From, m.To = ph.Start, ph.End()
		case !ph.Start.Equal(last.Start) || ph.Weeks != last.Weeks:
			m.On = append(m.On, versions[i].At)
		}
		last = ph
	}
	if len(m.On) == 0 {
		return nil
	}
	return &m
}

// findPhase returns the first phase with a name; nil without one.
func findPhase(in *fact.Initiative, name string) *fact.Phase {
	if in == nil {
		return nil
	}
	for i := range in.Phases {
		if in.Phases[i].Name == name {
			return &in.Phases[i]
		}
	}
	return nil
}
