package decision

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// DecisionState is the state of the decision about a feature.
type DecisionState string

// The states.
const (
	NotDecided DecisionState = "not decided"
	Accepted   DecisionState = "accepted"
	Rejected   DecisionState = "rejected"
	Postponed  DecisionState = "postponed"
)

// Decided is one decision of people, or the absence of a decision.
type Decided struct {
	State       DecisionState `json:"state"`
	ID          string        `json:"id,omitempty"`
	Title       string        `json:"title,omitempty"`
	File        string        `json:"file,omitempty"`
	Recommended string        `json:"recommended,omitempty"` // the leaf that was recommended at that time
	Role        string        `json:"role,omitempty"`        // not a name
	Reason      string        `json:"reason,omitempty"`
	On          time.Time     `json:"on,omitzero"`
	Deadline    time.Time     `json:"deadline,omitzero"`
	// Expired means that the deadline has passed.
	Expired bool `json:"expired,omitempty"`
	// Stale means that the recommendation is another one now.
	Stale bool `json:"stale,omitempty"`
}

// listDecided returns the decisions about the feature up to the as-of time, newest first.
// Drafts do not count.
func listDecided(in *Input, now Verdict) []Decided {
	var list []Decided
	for i := range in.Decisions {
		d := &in.Decisions[i]
		if d.Draft || d.Feature != in.Feature || d.On.After(in.AsOf) {
			continue
		}
		list = append(list, Decided{
			State: stateOf(d), ID: d.ID, Title: d.Title, File: d.File, Recommended: d.Recommended,
			Role: d.By, Reason: d.Reason, On: d.On, Deadline: d.Deadline,
			Expired: !d.Deadline.IsZero() && d.Deadline.Before(in.AsOf),
			Stale:   in.isStale(d, now),
		})
	}
	slices.SortFunc(list, func(a, b Decided) int { return cmp.Or(b.On.Compare(a.On), cmp.Compare(b.ID, a.ID)) })
	return list
}

func stateOf(d *fact.Decision) DecisionState {
	switch d.Decision {
	case "accept":
		return Accepted
	case "reject":
		return Rejected
	case "postpone":
		return Postponed
	}
	return NotDecided
}

// isStale reports whether the recommendation differs from the one at the decision. A decision
// to make a feature the default is not stale if the feature is the default: the tree cannot
// recommend it again.
func (in *Input) isStale(d *fact.Decision, now Verdict) bool {
	if d.Recommended == string(MakeDefault) && in.Adoption.Given != "" {
		return false
	}
	return d.Recommended != "" && d.Recommended != now.Leaf()
}

// IsDecided reports whether people decided about what is recommended now.
func (r *Recommendation) IsDecided() bool {
	d := &r.Decision
	return d.State != NotDecided && d.State != "" && (d.Recommended == "" || d.Recommended == r.Verdict.Leaf())
}

// IsQuestion reports whether a verdict asks the team to find something out first.
func (v Verdict) IsQuestion() bool { return v == Investigate || v == InsufficientData || v == Early }
