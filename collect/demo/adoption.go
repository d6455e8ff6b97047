package demo

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Features that teams adopt during the events.
const (
	Buildpacks = "buildpacks"
	GitOps     = "gitops"
	HelmCharts = "custom-helm-charts"
	Vault      = "vault"
	Dashboards = "grafana-dashboards"
)

// Backstage is used by single developers; usage.go has its parts.
const Backstage = "backstage"

// buildpacksEffect is the true effect of Buildpacks on lead time: −25 %.
const buildpacksEffect = .75

// Adoption is a team's first use of a feature.
type Adoption struct {
	Team    string
	Feature string
	From    time.Time
}

// curve gives the share of teams that adopts a feature, and when: each step has an offset in
// weeks and the share of the adopters that have begun by then.
type curve struct {
	feature string
	share   float64
	// busyFirst is the preference for busy teams: 0 none, 1 strictly by load.
	busyFirst float64
	// periods counts the weeks from the end of the last full period of four weeks before the
	// cut-off, not from the cut-off itself.
	periods bool
	steps   []step
}

type step struct {
	weeks int
	by    float64
}

// curves are those of the example. Buildpacks spread over nine periods, whether a team is fast
// or slow. GitOps came late and to busy teams first, so that a comparison of its users with the
// others would find an effect that does not exist.
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

func newTeams(o Options) []*team {
	out := make([]*team, len(o.Teams))
	for i, t := range o.Teams {
		out[i] = newTeam(o.Seed, t)
	}
	return out
}

func drawAdoptions(o Options, teams []*team) []Adoption {
	var out []Adoption
	all := curves
	if o.Small {
		all = smallCurves
	}
	for _, c := range all {
		place := rankTeams(o, c, teams)
		var of []Adoption
		for i, t := range teams {
			if q := place[i] / c.share; q < 1 {
				of = append(of, Adoption{Team: t.id, Feature: c.feature, From: timeAt(c.drawDate(o, t.id, q))})
			}
		}
		slices.SortStableFunc(of, func(a, b Adoption) int { return a.From.Compare(b.From) })
		out = append(out, of...)
	}
	return out
}

// rankTeams gives every team a rank from 0 (first) to 1 (last). With targets the ranks are
// evenly spread, so that exactly the given share adopts. Otherwise each team draws its own.
func rankTeams(o Options, c curve, teams []*team) []float64 {
	place := make([]float64, len(teams))
	order := make([]int, len(teams))
	for i, t := range teams {
		z := newRand(o.Seed, "place", c.feature, t.id).NormFloat64()
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

// drawDate returns the first use of the team with rank q among the adopters: a morning in the
// first days of a step.
func (c curve) drawDate(o Options, team string, q float64) int64 {
	from := o.cutOff()
	if c.periods {
		from = periodStart(periodAt(from))
	}
	s := c.steps[len(c.steps)-1]
	for _, s = range c.steps {
		if q < s.by {
			break
		}
	}
	days := newRand(o.Seed, "date", c.feature, team).Int64N(3)
	return from + int64(s.weeks)*week + days*day + dayBegins
}

// setFirstUse records the teams' first use of Buildpacks, which changes their lead times.
func setFirstUse(all []Adoption, teams []*team) {
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
