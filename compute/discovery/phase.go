package discovery

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Names of phases with a meaning in the loop.
const (
	prototype = "prototype"
	alpha     = "alpha"
	beta      = "beta"
	ga        = "ga"
)

// Statuses of phases and activities.
const (
	planned = "planned"
	active  = "active"
	done    = "done"
	stopped = "stopped"
)

// isFinished reports whether phase n is over: as declared, else because the next phase has
// begun or the initiative is done.
func isFinished(i *fact.Initiative, n int, asOf time.Time) bool {
	p := &i.Phases[n]
	if p.Status != "" {
		return p.Status == done
	}
	if !p.Begun(asOf) {
		return false
	}
	return i.Status == fact.Done || hasLaterPhase(i, n, asOf)
}

// hasLaterPhase reports whether a phase after n has begun.
func hasLaterPhase(i *fact.Initiative, n int, asOf time.Time) bool {
	return slices.ContainsFunc(i.Phases[n+1:], func(p fact.Phase) bool { return p.Begun(asOf) })
}

// findCurrent returns the phase declared active, else the last one begun without a declared
// status, or −1.
func findCurrent(i *fact.Initiative, asOf time.Time) int {
	found := -1
	for n := range i.Phases {
		p := &i.Phases[n]
		if p.Status == active {
			return n
		}
		if p.Status == "" && p.Begun(asOf) {
			found = n
		}
	}
	return found
}

// isAvailable reports whether general availability has begun.
func isAvailable(i *fact.Initiative, asOf time.Time) bool {
	return slices.ContainsFunc(i.Phases, func(p fact.Phase) bool { return p.Name == ga && p.Begun(asOf) })
}

// findStart returns the start of the phase of that name, or zero if it has not begun.
func findStart(i *fact.Initiative, name string, asOf time.Time) time.Time {
	for n := range i.Phases {
		if p := &i.Phases[n]; p.Name == name && p.Begun(asOf) {
			return p.Start
		}
	}
	return time.Time{}
}

// Ticks mark how far an initiative went through the loop.
type Ticks struct {
	Discovered bool `json:"discovered"` // it has research
	Validated  bool `json:"validated"`  // a prototype or alpha was finished with its criteria met
	// results, a measured criterion of general availability, or effort compared with its
	// prediction
	Measured bool `json:"measured"`
	Iterated bool `json:"iterated"` // a retrospective changed something, or another phase followed it
}

func (g *graph) findTicks(i *fact.Initiative) Ticks {
	return Ticks{
		Discovered: len(g.asked.back[i.ID]) > 0,
		Validated:  g.isValidated(i),
		Measured:   g.isMeasured(i),
		Iterated:   g.isIterated(i),
	}
}

func (g *graph) isValidated(i *fact.Initiative) bool {
	for n := range i.Phases {
		p := &i.Phases[n]
		if p.Name != prototype && p.Name != alpha || len(p.Criteria) == 0 || !isFinished(i, n, g.asOf) {
			continue
		}
		met := true
		for c := range p.Criteria {
			met = met && g.isMet(i.ID, p, c)
		}
		if met {
			return true
		}
	}
	return false
}

// isMet reports whether a criterion holds: by its date, or by the gate of its measure.
func (g *graph) isMet(initiative string, p *fact.Phase, n int) bool {
	if at := p.Criteria[n].Met; !at.IsZero() {
		return !at.After(g.asOf)
	}
	gate := g.findGate(initiative, p.Name, n)
	return gate != nil && gate.Met
}

// findGate returns the measured result of a criterion, or nil.
func (g *graph) findGate(initiative, phase string, n int) *Gate {
	for k := range g.in.Gates {
		if x := &g.in.Gates[k]; x.Initiative == initiative && x.Phase == phase && x.Criterion == n {
			return x
		}
	}
	return nil
}

func (g *graph) isMeasured(i *fact.Initiative) bool {
	if len(g.listOutcomes(i)) > 0 {
		return true
	}
	if i.Spent != nil && i.Rice != nil && i.Rice.Effort != nil {
		return true
	}
	for n := range i.Phases {
		p := &i.Phases[n]
		if p.Name != ga || !p.Begun(g.asOf) {
			continue
		}
		for c := range p.Criteria {
			if p.Criteria[c].Measure != "" && g.findGate(i.ID, p.Name, c) != nil {
				return true
			}
		}
	}
	return false
}

func (g *graph) isIterated(i *fact.Initiative) bool {
	for n := range i.Phases {
		if r := i.Phases[n].Retro; r.Change != "" || r != (fact.Retro{}) && hasLaterPhase(i, n, g.asOf) {
			return true
		}
	}
	for _, id := range g.asked.back[i.ID] {
		if r := g.researchByID[id]; r.Kind == fact.Retrospective && g.changedSomething(i, r) {
			return true
		}
	}
	return false
}

// changedSomething reports whether a retrospective of an initiative changed something or was
// followed by another phase. A retrospective before the first phase belongs to an earlier
// initiative.
func (g *graph) changedSomething(i *fact.Initiative, r *fact.Research) bool {
	if r.Date.IsZero() || r.Date.After(g.asOf) {
		return false
	}
	before, after := false, false
	for n := range i.Phases {
		p := &i.Phases[n]
		if !p.Begun(g.asOf) {
			continue
		}
		before = before || p.Start.Before(r.Date)
		after = after || !p.Start.Before(r.Date)
	}
	return before && (after || r.Retro.Change != "")
}
