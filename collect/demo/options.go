package demo

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

const (
	day    = 24 * 60 * 60 // seconds
	week   = 7 * day
	block  = 4 * week
	mature = week // a week counts once its end is this long ago
)

// Options says which organisation to generate.
type Options struct {
	Seed uint64
	// Teams own the services that events are made for. Empty: TeamCount
	// synthetic teams with ServiceCount services.
	Teams        []fact.Team
	TeamCount    int // default 60
	ServiceCount int // default 115 for every 60 teams
	Developers   int // of synthetic teams; default 250 for every 60 teams
	// Organisation owns the repositories of synthetic teams and names the forge
	// in links. Default "fawkes".
	Organisation string
	// From and AsOf bound the events: From inclusive, AsOf exclusive, UTC. AsOf
	// is required; From defaults to 24 months earlier.
	From, AsOf time.Time
	// Level is what an organisation without targets is like; zero fields take
	// those of the example's last block.
	Level Target
	// Targets are levels that the last mature blocks of four weeks hit exactly,
	// oldest first; earlier blocks use the first. With targets a team's events
	// depend on the other teams, because totals are shared out among them.
	Targets []Target
	// Staff makes answers, tickets, usage, measures and task attempts as well.
	Staff bool
	// Small plays out the features and surveys of a small platform; see Small.
	Small bool
}

// Target is the level of the organisation in one block of four weeks. Counts
// and medians are over human work: automation comes on top.
type Target struct {
	PerDay  float64 // successful production deployments per calendar day and team
	Lead    float64 // median change lead time, minutes
	Fail    float64 // failed share of production deployments, 0 to 1
	Restore float64 // median minutes from an incident's opening to its resolution
}

// Example is the example organisation of the documentation: the levels of the
// last two mature blocks are the numbers its pages promise. Teams may be nil.
//
// The counts and medians hold for every seed. The seed itself was picked so that
// chance is kind to the story: the estimated effect of Buildpacks is close to the
// true one, −25 %, and so are the tested changes to those of the totals. Over the
// seeds 1 to 48 the estimate lay between −23 and −27 %, and a check forbade the
// claim in six.
func Example(teams []fact.Team) Options {
	return Options{
		Seed: 14, Teams: teams, Staff: true,
		From:    time.Date(2023, 8, 14, 0, 0, 0, 0, time.UTC),
		AsOf:    time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC),
		Targets: exampleTargets(),
	}
}

func exampleTargets() []Target {
	return []Target{
		{2.8, 68, .095, 45},
		{2.85, 67, .094, 44},
		{2.9, 66, .092, 44},
		{3.0, 64, .090, 43},
		{2.6, 66, .091, 45},
		{2.95, 64, .089, 42},
		{3.1, 62, .088, 41},
		{3.2, 61, .087, 41},
		{3.3, 60, .086, 40},
		{3.4, 58, .085, 40},
		{3.5, 56, .084, 39},
		{3.6, 54, .083, 39},
		{3.7, 52, .082, 38},
		{3.8, 51, .081, 38},
		{4.0, 49.4, .080, 36.7},
		{5.2, 42, .080, 22},
	}
}

// cutOff is the end of the last mature week.
func (o Options) cutOff() int64 { return monday(o.AsOf.Unix() - mature) }

// withDefaults fills what was left out and refuses what cannot be generated.
func (o Options) withDefaults() (Options, error) {
	if o.AsOf.IsZero() {
		return o, errors.New("demo: no as-of time; set AsOf to the end of the events")
	}
	o.AsOf = o.AsOf.UTC().Truncate(time.Second)
	if o.From.IsZero() {
		o.From = o.AsOf.AddDate(-2, 0, 0)
	}
	o.From = o.From.UTC().Truncate(24 * time.Hour)
	if !o.From.Before(o.AsOf) {
		return o, fmt.Errorf("demo: events from %s to %s: the end must be later", o.From.Format(time.DateOnly),
			o.AsOf.Format(time.DateOnly))
	}
	if o.Organisation == "" {
		o.Organisation = "fawkes"
	}
	last := exampleTargets()[len(exampleTargets())-1]
	o.Level = o.Level.or(last)
	o.Targets = slices.Clone(o.Targets)
	for i, t := range o.Targets {
		o.Targets[i] = t.or(o.Level)
	}
	for _, t := range append([]Target{o.Level}, o.Targets...) {
		if err := t.check(); err != nil {
			return o, err
		}
	}
	if len(o.Teams) == 0 {
		o.Teams = Teams(o)
	}
	return o, nil
}

// or takes the other's value where t has none.
func (t Target) or(other Target) Target {
	for _, f := range []struct {
		v *float64
		d float64
	}{{&t.PerDay, other.PerDay}, {&t.Lead, other.Lead}, {&t.Fail, other.Fail}, {&t.Restore, other.Restore}} {
		if *f.v == 0 {
			*f.v = f.d
		}
	}
	return t
}

func (t Target) check() error {
	switch {
	case t.PerDay < 0 || t.PerDay > 25:
		return fmt.Errorf("demo: %g deployments per day and team: use 0 to 25", t.PerDay)
	case t.Lead < 15:
		return fmt.Errorf("demo: a median lead time of %g minutes is shorter than the pipelines: use 15 or more", t.Lead)
	case t.Fail < 0 || t.Fail > .5:
		return fmt.Errorf("demo: a failed share of %g: use 0 to 0.5", t.Fail)
	case t.Restore < 1:
		return fmt.Errorf("demo: a median restore time of %g minutes: use 1 or more", t.Restore)
	}
	return nil
}

// span is one block: its seconds since 1970 and its level.
type span struct {
	from, to int64
	Target
	exact bool // totals and medians must be hit
	// back counts blocks from the cut-off: 1 is the last mature one, 0 or less
	// comes after it.
	back int
}

// spans cuts the time between From and AsOf at multiples of four weeks from the
// cut-off, the end of the last mature week.
func (o Options) spans() []span {
	from, end, cut := o.From.Unix(), o.AsOf.Unix(), o.cutOff()
	var out []span
	for start := cut - (cut-from+block-1)/block*block; start < end; start += block {
		s := span{from: max(start, from), to: min(start+block, end), Target: o.Level, back: int((cut - start) / block)}
		if n := len(o.Targets); n > 0 {
			s.Target, s.exact = o.Targets[min(max(n-s.back, 0), n-1)], s.back > 0
		}
		out = append(out, s)
	}
	return out
}
