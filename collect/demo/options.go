package demo

import (
	"cmp"
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

// Options describes the organisation to generate.
type Options struct {
	Seed uint64
	// Teams own the services with events. Empty: TeamCount synthetic teams with ServiceCount
	// services.
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
	// Level is the level of an organisation without targets; zero fields take those of the
	// example's last block.
	Level Level
	// Targets are levels that the last mature blocks of four weeks hit exactly, oldest first;
	// earlier blocks use the first. With targets a team's events depend on the other teams,
	// because the teams share the totals.
	Targets []Level
	// Staff adds answers, tickets, usage, measures and task attempts.
	Staff bool
	// Small generates the features and surveys of a small platform; see SmallOptions.
	Small bool
}

// Level is the level of the organisation in one block of four weeks. Counts and medians cover
// human work; automation adds to them.
type Level struct {
	PerDay  float64 // successful production deployments per calendar day and team
	Lead    float64 // median change lead time, minutes
	Fail    float64 // failed share of production deployments, 0 to 1
	Restore float64 // median minutes from an incident's opening to its resolution
}

// ExampleOptions returns the example organisation of the documentation. The levels of its last
// two mature blocks are the numbers on the example's pages. Teams may be nil.
//
// The counts and medians are the same for every seed. This seed was chosen because its
// estimated effect of Buildpacks is close to the true one, −25 %, and its tested changes are
// close to those of the totals. Over the seeds 1 to 48 the estimate was between −23 and −27 %,
// and a check forbade the claim in six.
func ExampleOptions(teams []fact.Team) Options {
	return Options{
		Seed: 14, Teams: teams, Staff: true,
		From:    time.Date(2023, 8, 14, 0, 0, 0, 0, time.UTC),
		AsOf:    time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC),
		Targets: exampleLevels(),
	}
}

func exampleLevels() []Level {
	return []Level{
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

// cutOff returns the end of the last mature week.
func (o Options) cutOff() int64 { return mondayBefore(o.AsOf.Unix() - mature) }

// withDefaults fills empty options and refuses options that cannot be generated.
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
	last := exampleLevels()[len(exampleLevels())-1]
	o.Level = o.Level.withDefaults(last)
	o.Targets = slices.Clone(o.Targets)
	for i, t := range o.Targets {
		o.Targets[i] = t.withDefaults(o.Level)
	}
	for _, t := range append([]Level{o.Level}, o.Targets...) {
		if err := t.checkRange(); err != nil {
			return o, err
		}
	}
	if len(o.Teams) == 0 {
		o.Teams = GenerateTeams(o)
	}
	return o, nil
}

// withDefaults returns the level with the other's value in place of each zero.
func (t Level) withDefaults(other Level) Level {
	return Level{
		cmp.Or(t.PerDay, other.PerDay), cmp.Or(t.Lead, other.Lead), cmp.Or(t.Fail, other.Fail), cmp.Or(t.Restore,
			other.Restore),
	}
}

func (t Level) checkRange() error {
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
	Level
	exact bool // totals and medians must be hit
	// back counts blocks from the cut-off: 1 is the last mature one; 0 or less is after it.
	back int
}

// cutSpans cuts the time between From and AsOf at multiples of four weeks from the cut-off.
func (o Options) cutSpans() []span {
	from, end, cut := o.From.Unix(), o.AsOf.Unix(), o.cutOff()
	var out []span
	for start := cut - (cut-from+block-1)/block*block; start < end; start += block {
		s := span{from: max(start, from), to: min(start+block, end), Level: o.Level, back: int((cut - start) / block)}
		if n := len(o.Targets); n > 0 {
			s.Level, s.exact = o.Targets[min(max(n-s.back, 0), n-1)], s.back > 0
		}
		out = append(out, s)
	}
	return out
}
