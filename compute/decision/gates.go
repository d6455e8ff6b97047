package decision

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// The gates are the least data for a fact about a feature. Below them the fact is unknown and
// has no leaning.
const (
	// MatureWeeks is the number of weeks since general availability after which low adoption,
	// or users who are not satisfied, count against a feature.
	MatureWeeks = 12
	// WaveWeeks is the smallest number of weeks between general availability and a survey whose
	// answers count.
	WaveWeeks = 4
	// MinEligible is the smallest number of eligible units for a share of use.
	MinEligible = 8
	// MinAnswers and MinTeams are the smallest numbers of answers, and of teams with answers.
	MinAnswers, MinTeams = 10, 3
	// MinComparators is the smallest number of comparison teams in each period of an effect.
	MinComparators = 2
)

// Availability is the general availability of a feature.
type Availability struct {
	At time.Time `json:"at,omitzero"` // zero: no date
	By string    `json:"by,omitempty"`
}

// The bases of an Availability.
const (
	ByContent = "declared" // shipped, or the ga phase of an initiative
	ByUse     = "use"      // the window of the first use by a tenth of the eligible units
)

// Answers describes the answers about the satisfaction with a feature.
type Answers struct {
	Wave  string    // ID of the survey; "" if there is none
	Sent  time.Time // the day it was sent
	Teams int       // number of teams with answers
}

// GateName names a gate.
type GateName string

// The names of the gates.
const (
	GateAvailable GateName = "available" // general availability has no date
	GateAge       GateName = "age"       // weeks since general availability
	GateWave      GateName = "wave"      // weeks from general availability to the survey
	GateEligible  GateName = "eligible"  // eligible units
	GateAnswers   GateName = "answers"   // number of answers
	GateTeams     GateName = "teams"     // number of teams with answers
)

// Gate is a gate that the data do not pass.
type Gate struct {
	Name  GateName `json:"gate"`
	Facts []Key    `json:"facts"` // facts that it makes unknown
	Have  int      `json:"have"`
	Need  int      `json:"need"`
	// At is the earliest day on which the gate may be passed; zero if the data give no date.
	At time.Time `json:"at,omitzero"`
}

// closeGates returns the gates that the data do not pass, and makes their facts unknown.
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

// checkAnswers calls stop for each gate that the answers of users do not pass.
func (in *Input) checkAnswers(since time.Time, stop func(Gate)) {
	facts := []Key{Satisfied}
	if in.Satisfaction.Value == nil {
		return // there are no answers
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

// weeksBetween returns the whole weeks from one time to another; below 0 if the other is
// earlier.
func weeksBetween(from, to time.Time) int {
	n := int(to.Sub(from) / week)
	if to.Before(from) && to.Sub(from)%week != 0 {
		n--
	}
	return n
}

// isEarly reports whether a gate, and not a lack of evidence, prevents a verdict. It is also
// true for a feature that is not generally available.
func (in *Input) isEarly(o *Outcome, gates []Gate) bool {
	return !in.isAvailable() || slices.ContainsFunc(gates, func(g Gate) bool {
		return slices.ContainsFunc(g.Facts, func(k Key) bool { return slices.Contains(o.Missing, k) })
	})
}

// isAvailable reports whether the feature is generally available.
func (in *Input) isAvailable() bool {
	return !in.Available.At.IsZero() && !in.AsOf.Before(in.Available.At)
}

// firstPossible returns the first day on which all gates with a date may be passed; zero if
// none has a date.
func firstPossible(gates []Gate) time.Time {
	var last time.Time
	for i := range gates {
		if at := gates[i].At; at.After(last) {
			last = at
		}
	}
	return last
}

// NextLook returns the Monday after a time, because decisions are reviewed weekly.
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

// leanFrom returns the one-sided probability that an unknown fact needs for a leaning. It is
// lower for answers of people than for effects on delivery, because effects are tested for many
// features.
func leanFrom(k Key) float64 {
	if k == Improved || k == Worse {
		return 0.95
	}
	return 0.8
}

// leanTo returns the one-sided probability that an effect is on the side op. It follows from
// the chances of such an estimate without any effect.
func (e *Effect) leanTo(op metric.Direction) float64 {
	if op == metric.Down {
		return 1 - *e.Down
	}
	return 1 - *e.Up
}
