package compute

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// LateRecord is a day in a file that is more than 14 days from the commit with it.
type LateRecord struct {
	Kind string `json:"kind"` // "override", "gate", "criterion" or "decision"
	ID   string `json:"id"`   // of the initiative or the decision
	// Phase is the name of the phase of a gate or criterion, and Criterion its index in the phase.
	Phase     string    `json:"phase,omitempty"`
	Criterion int       `json:"criterion,omitempty"`
	Day       time.Time `json:"day"`
	Recorded  time.Time `json:"recorded"` // of the commit; the as-of time if it is not committed yet
}

// MovedLimit is a limit of a criterion that was changed after its phase had begun.
type MovedLimit struct {
	Initiative string    `json:"initiative"`
	Phase      string    `json:"phase"`
	Criterion  int       `json:"criterion"` // index in the phase's list, from 0
	At         time.Time `json:"at"`
	// Was has the limits before, in Unit as it was written.
	Unit    string   `json:"unit,omitempty"`
	AtLeast *float64 `json:"at_least,omitempty"`
	AtMost  *float64 `json:"at_most,omitempty"`
	Over    *float64 `json:"over,omitempty"`
	Under   *float64 `json:"under,omitempty"`
}

// Before returns the criterion with the limits before the change.
func (m *MovedLimit) Before(c fact.Criterion) fact.Criterion {
	c.Unit, c.AtLeast, c.AtMost, c.Over, c.Under = m.Unit, m.AtLeast, m.AtMost, m.Over, m.Under
	return c
}

// listRecords compares the days and limits of content with its past in git, in the order of the
// content. Without a past both lists are empty.
func listRecords(c fact.Content) (late []LateRecord, moved []MovedLimit) {
	for i := range c.Initiatives {
		in := &c.Initiatives[i]
		versions := c.Recorded.InitiativeVersions(in.ID)
		if in.Draft || len(versions) == 0 {
			continue
		}
		if o := in.Override; o != nil {
			late = appendLate(late, LateRecord{Kind: "override", ID: in.ID, Day: o.On}, versions,
				func(v *fact.Initiative) bool { return v.Override != nil && v.Override.On.Equal(o.On) })
		}
		for n := range in.Phases {
			p := &in.Phases[n]
			if o := p.Override; o != nil {
				late = appendLate(late, LateRecord{Kind: "gate", ID: in.ID, Phase: p.Name, Day: o.On}, versions,
					func(v *fact.Initiative) bool {
						was := findPhase(v, p.Name)
						return was != nil && was.Override != nil && was.Override.On.Equal(o.On)
					})
			}
			for k := range p.Criteria {
				late = appendLate(late, LateRecord{Kind: "criterion", ID: in.ID, Phase: p.Name, Criterion: k, Day: p.Criteria[k].Met},
					versions, func(v *fact.Initiative) bool {
						was := findCriterion(v, p, k)
						return was != nil && was.Met.Equal(p.Criteria[k].Met)
					})
				moved = append(moved, listMoved(in, p, k, versions)...)
			}
		}
	}
	for i := range c.Decisions {
		if d := &c.Decisions[i]; !d.Draft {
			late = appendLate(late, LateRecord{Kind: "decision", ID: d.ID, Day: d.On}, c.Recorded.DecisionVersions(d.ID),
				func(v *fact.Decision) bool { return v.On.Equal(d.On) })
		}
	}
	return late, moved
}

// appendLate adds a record if its day is far from the first version that has it.
func appendLate[T any](list []LateRecord, r LateRecord, versions []fact.Version[T], isSet func(*T) bool) []LateRecord {
	first := fact.UnbrokenSince(versions, isSet)
	if r.Day.IsZero() || first < 0 || versions[first].Oldest {
		return list
	}
	r.Recorded = versions[first].At
	if !fact.IsBackDated(r.Day, r.Recorded) && !r.Recorded.Before(r.Day.AddDate(0, 0, -fact.RecordedDays)) {
		return list
	}
	return append(list, r)
}

// listMoved lists the changes of one criterion's limits after its phase had begun.
func listMoved(in *fact.Initiative, p *fact.Phase, k int, versions []fact.Version[fact.Initiative]) []MovedLimit {
	var out []MovedLimit
	for i := 1; i < len(versions); i++ {
		before, after := versions[i-1].Item, versions[i].Item
		if before == nil || after == nil {
			continue
		}
		phase, was, now := findPhase(before, p.Name), findCriterion(before, p, k), findCriterion(after, p, k)
		if phase == nil || was == nil || now == nil || !phase.Begun(versions[i].At) || sameLimits(was, now) {
			continue
		}
		out = append(out, MovedLimit{
			Initiative: in.ID, Phase: p.Name, Criterion: k, At: versions[i].At,
			Unit: was.Unit, AtLeast: was.AtLeast, AtMost: was.AtMost, Over: was.Over, Under: was.Under,
		})
	}
	return out
}

func sameLimits(a, b *fact.Criterion) bool {
	same := func(x, y *float64) bool { return x == y || x != nil && y != nil && *x == *y }
	return a.Unit == b.Unit && same(a.AtLeast, b.AtLeast) && same(a.AtMost, b.AtMost) && same(a.Over, b.Over) &&
		same(a.Under, b.Under)
}

// findPhase returns the phase of an initiative with a name; nil without one.
func findPhase(in *fact.Initiative, name string) *fact.Phase {
	i := slices.IndexFunc(in.Phases, func(p fact.Phase) bool { return p.Name == name })
	if i < 0 {
		return nil
	}
	return &in.Phases[i]
}

// findCriterion returns the counterpart of the k-th criterion of a phase in a version of the
// initiative: the one with the same text and measure or else, for a measure, the only one with it.
func findCriterion(v *fact.Initiative, p *fact.Phase, k int) *fact.Criterion {
	was := findPhase(v, p.Name)
	if was == nil {
		return nil
	}
	c := &p.Criteria[k]
	var same []int
	for i := range was.Criteria {
		if w := &was.Criteria[i]; w.Measure == c.Measure {
			if w.Text == c.Text && (i == k || len(was.Criteria) <= k || !isAlike(&was.Criteria[k], c)) {
				return w
			}
			same = append(same, i)
		}
	}
	if c.Measure != "" && len(same) == 1 {
		return &was.Criteria[same[0]]
	}
	return nil
}

func isAlike(a, b *fact.Criterion) bool { return a.Text == b.Text && a.Measure == b.Measure }
