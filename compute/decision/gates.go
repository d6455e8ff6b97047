package decision

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// The gates: the least that a fact about a feature rests on. Below them it is
// unknown, and may not even lean.
const (
	// MatureWeeks is how many weeks a feature has to be generally available before
	// low adoption, or users who are not satisfied, count against it.
	MatureWeeks = 12
	// WaveWeeks is how many weeks after general availability a survey has to be sent
	// for its answers to count.
	WaveWeeks = 4
	// MinEligible is the fewest eligible units whose share of use is evidence.
	MinEligible = 8
	// MinAnswers and MinTeams are the fewest answers, and the fewest teams that they
	// come from.
	MinAnswers, MinTeams = 10, 3
	// MinComparators is the fewest teams that each period of an effect is compared
	// with for the effect to lean.
	MinComparators = 2
)

// Availability is since when everybody could use a feature.
type Availability struct {
	At time.Time `json:"at,omitzero"` // zero: without a date
	By string    `json:"by,omitempty"`
}

// What an Availability rests on.
const (
	ByContent = "declared" // shipped, or the ga phase of an initiative
	ByUse     = "use"      // the window with the first use by a tenth of the eligible units
)

// Answers describes the answers behind the satisfaction of a feature.
type Answers struct {
	Wave  string    // ID of the survey; "" if there is none
	Sent  time.Time // the day it was sent
	Teams int       // how many teams the answers come from
}

// GateName names a gate.
type GateName string

// The gates by name.
const (
	GateAvailable GateName = "available" // general availability has no date
	GateAge       GateName = "age"       // weeks since general availability
	GateWave      GateName = "wave"      // weeks from general availability to the survey
	GateEligible  GateName = "eligible"  // eligible units
	GateAnswers   GateName = "answers"   // answers about it
	GateTeams     GateName = "teams"     // teams that they come from
)

// Gate is one that is not passed.
type Gate struct {
	Name  GateName `json:"gate"`
	Facts []Key    `json:"facts"` // which are not looked at because of it
	Have  int      `json:"have"`
	Need  int      `json:"need"`
	// At is the earliest day on which it may be passed; zero: no date follows from
	// the data.
	At time.Time `json:"at,omitzero"`
}

// closeGates lists the gates that are not passed, and makes the facts behind them
// unknown.
func (in *Input) closeGates(f *[keys]Fact) []Gate {
	var gates []Gate
	stop := func(g Gate) {
		for _, k := range g.Facts {
			f[k].Truth, f[k].Likely = Unknown, 0.5
		}
		gates = append(gates, g)
	}
	since := in.Available.At
	if since.IsZero() {
		stop(Gate{Name: GateAvailable, Facts: []Key{AdoptionLow, Satisfied}})
	} else if mature := since.Add(MatureWeeks * week); in.AsOf.Before(mature) {
		var young []Key
		if f[AdoptionLow].Truth != False {
			young = append(young, AdoptionLow)
		}
		if s := &f[Satisfied]; s.Truth == False || s.Truth == Unknown && s.Likely <= 0.5 {
			young = append(young, Satisfied)
		}
		stop(Gate{Name: GateAge, Facts: young, Have: weeksBetween(since, in.AsOf), Need: MatureWeeks, At: mature})
	}
	if a := &in.Adoption; a.isKnown() && a.Eligible < MinEligible && a.Given == "" {
		stop(Gate{Name: GateEligible, Facts: []Key{AdoptionHigh, AdoptionLow}, Have: a.Eligible, Need: MinEligible})
	}
	in.checkAnswers(since, stop)
	return gates
}

// checkAnswers compares the answers of users with their gates.
func (in *Input) checkAnswers(since time.Time, stop func(Gate)) {
	facts := []Key{Satisfied}
	if in.Satisfaction.Value == nil {
		return // nothing to refuse
	}
	if !since.IsZero() && in.Answers.Sent.Before(since.Add(WaveWeeks*week)) {
		stop(Gate{
			Name: GateWave, Facts: facts, Have: weeksBetween(since, in.Answers.Sent), Need: WaveWeeks, At: in.SatisfactionNext,
		})
	}
	if n := in.Satisfaction.N; n < MinAnswers {
		stop(Gate{Name: GateAnswers, Facts: facts, Have: n, Need: MinAnswers, At: in.SatisfactionNext})
	}
	if in.Answers.Teams < MinTeams {
		stop(Gate{Name: GateTeams, Facts: facts, Have: in.Answers.Teams, Need: MinTeams, At: in.SatisfactionNext})
	}
}

// weeksBetween counts whole weeks from one time to a later one; below 0 if it is
// earlier.
func weeksBetween(from, to time.Time) int {
	n := int(to.Sub(from) / week)
	if to.Before(from) && to.Sub(from)%week != 0 {
		n--
	}
	return n
}

// isEarly reports whether a gate, and no lack of evidence, is what keeps a verdict
// from being given. Without a date of general availability nothing is judged.
func (in *Input) isEarly(o *Outcome, gates []Gate) bool {
	return !in.isAvailable() || slices.ContainsFunc(gates, func(g Gate) bool {
		return slices.ContainsFunc(g.Facts, func(k Key) bool { return slices.Contains(o.Missing, k) })
	})
}

// isAvailable reports whether the feature is generally available by now.
func (in *Input) isAvailable() bool {
	return !in.Available.At.IsZero() && !in.AsOf.Before(in.Available.At)
}

// firstPossible returns the first day on which all gates that have a date may be passed; zero
// if none has.
func firstPossible(gates []Gate) time.Time {
	var last time.Time
	for i := range gates {
		if at := gates[i].At; at.After(last) {
			last = at
		}
	}
	return last
}

// NextLook returns the Monday after that time: decisions are looked at weekly.
func NextLook(t time.Time) time.Time {
	t = t.UTC()
	ahead := (int(time.Monday) - int(t.Weekday()) + 7) % 7
	if ahead == 0 {
		ahead = 7
	}
	return time.Date(t.Year(), t.Month(), t.Day()+ahead, 0, 0, 0, 0, time.UTC)
}

// nextChange returns the next day on which the recommendation may change.
func (in *Input) nextChange(r *Recommendation) time.Time {
	next := time.Time{}
	if r.Strength == TooEarly {
		next = firstPossible(r.Gates)
	}
	if r.Strength == Leaning || r.Strength == FindOut {
		for i := range r.Outlook {
			if at := r.Outlook[i].Next; at.After(in.AsOf) && (next.IsZero() || at.Before(next)) {
				next = at
			}
		}
	}
	if !next.After(in.AsOf) {
		return NextLook(in.AsOf)
	}
	return next
}

// leanFrom returns the one-sided probability at which an unknown fact starts to lean. Answers
// of people lean earlier than an effect on delivery, because many features are tested for
// effects at once.
func leanFrom(k Key) float64 {
	if k == Improved || k == Worse {
		return 0.95
	}
	return 0.8
}

// leanTo returns the one-sided probability that an effect is on the side op, from the chances
// of an estimate this far down, or up, without any effect.
func (e *Effect) leanTo(op metric.Direction) float64 {
	if op == metric.Down {
		return 1 - *e.Down
	}
	return 1 - *e.Up
}
