package demo

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Features whose adoption by teams the generator plays out.
const (
	Buildpacks = "buildpacks"
	GitOps     = "gitops"
	HelmCharts = "custom-helm-charts"
	Vault      = "vault"
	Dashboards = "grafana-dashboards"
)

// Backstage is used by developers, each on their own; see its parts in usage.go.
const Backstage = "backstage"

// buildpacksEffect is the true effect of Buildpacks on lead time: −25 %.
const buildpacksEffect = .75

// Adoption is a team's first use of a feature.
type Adoption struct {
	Team    string
	Feature string
	From    time.Time
}

// curve says which share of teams adopts a feature and when: dates are offsets
// in weeks, each with the share of the adopters that have begun by then.
type curve struct {
	feature string
	share   float64
	// busyFirst is how much busy teams come first: 0 not at all, 1 strictly.
	busyFirst float64
	// periods counts the weeks from the end of the last full period of four weeks
	// before the cut-off, otherwise from the cut-off itself.
	periods bool
	steps   []step
}

type step struct {
	weeks int
	by    float64
}

// curves are the example's: Buildpacks spread over nine periods independent of
// how fast a team is. GitOps came late and to busy teams first, so comparing
// its users with the others would find an effect that is not there.
var curves = []curve{
	{Buildpacks, 50.0 / 60, 0, true, []step{
		{-40, .04}, {-36, .12}, {-32, .24}, {-28, .40}, {-24, .58}, {-20, .74}, {-16, .86}, {-12, .94}, {-8, 1},
	}},
	{GitOps, 45.0 / 60, .8, false, []step{
		{-8, 2.0 / 45}, {-6, 10.0 / 45}, {-4, 30.0 / 45}, {-3, 40.0 / 45}, {-2, 43.0 / 45}, {-1, 1},
	}},
	{HelmCharts, 7.0 / 60, 0, false, []step{{-52, .3}, {-44, .6}, {-36, 1}}},
	{Vault, 38.0 / 60, 0, false, []step{{-60, .3}, {-50, .5}, {-38, .7}, {-26, .9}, {-12, 1}}},
	{Dashboards, 57.0 / 60, 0, false, []step{{-30, 5.0 / 57}, {-26, .3}, {-22, .6}, {-18, .8}, {-12, 1}}},
}

// Adoptions are the first uses that the options' organisation plays out, by
// feature and date. The generated lead times follow those of Buildpacks.
func Adoptions(o Options) ([]Adoption, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	return adoptions(o, characters(o)), nil
}

func characters(o Options) []*team {
	out := make([]*team, len(o.Teams))
	for i, t := range o.Teams {
		out[i] = newTeam(o.Seed, t)
	}
	return out
}

func adoptions(o Options, teams []*team) []Adoption {
	var out []Adoption
	all := curves
	if o.Small {
		all = smallCurves
	}
	for _, c := range all {
		place := places(o, c, teams)
		var of []Adoption
		for i, t := range teams {
			if q := place[i] / c.share; q < 1 {
				of = append(of, Adoption{Team: t.id, Feature: c.feature, From: at(c.date(o, t.id, q))})
			}
		}
		slices.SortStableFunc(of, func(a, b Adoption) int { return a.From.Compare(b.From) })
		out = append(out, of...)
	}
	return out
}

// places gives every team a place from 0 (first) to 1 (last). With targets the
// places are evenly spread, so that exactly the given share adopts; otherwise
// each team draws its own.
func places(o Options, c curve, teams []*team) []float64 {
	place := make([]float64, len(teams))
	order := make([]int, len(teams))
	for i, t := range teams {
		z := stream(o.Seed, "place", c.feature, t.id).NormFloat64()
		z = math.Sqrt(1-c.busyFirst*c.busyFirst)*z - c.busyFirst*math.Log(t.busy)/.4
		place[i], order[i] = math.Erfc(-z/math.Sqrt2)/2, i
	}
	if len(o.Targets) == 0 {
		return place
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(place[a], place[b]) })
	for rank, i := range order {
		place[i] = (float64(rank) + .5) / float64(len(teams))
	}
	return place
}

// date is the first use of the team at place q among the adopters: a morning in
// the first days of a step.
func (c curve) date(o Options, team string, q float64) int64 {
	from := o.cutOff()
	if c.periods {
		from = periodStart(period(from))
	}
	s := c.steps[len(c.steps)-1]
	for _, s = range c.steps {
		if q < s.by {
			break
		}
	}
	days := stream(o.Seed, "date", c.feature, team).Int64N(3)
	return from + int64(s.weeks)*week + days*day + dayBegins
}

// firstUse tells the teams when they adopted what changes their work.
func firstUse(all []Adoption, teams []*team) {
	byID := make(map[string]*team, len(teams))
	for _, t := range teams {
		byID[t.id] = t
	}
	for _, a := range all {
		if a.Feature == Buildpacks {
			byID[a.Team].buildpacks = a.From.Unix()
		}
	}
}
