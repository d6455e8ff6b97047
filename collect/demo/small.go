package demo

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// SmallOptions returns a small platform: 12 teams with 80 developers, 18 months, a survey each
// quarter with about 40 answers, and four features. One team a month begins to use Buildpacks,
// which shorten its lead times by 25 %, and one GitOps, which has no effect. Teams may be nil.
func SmallOptions(teams []fact.Team) Options {
	return Options{
		Seed: 3, Teams: teams, TeamCount: 12, ServiceCount: 20, Developers: 80, Organisation: "acme",
		Staff: true, Small: true,
		From:    time.Date(2023, 5, 8, 0, 0, 0, 0, time.UTC),
		AsOf:    time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC),
		Targets: []Level{{1.2, 150, .1, 60}},
	}
}

// smallCurves are those of a small platform: one team a month.
var smallCurves = []curve{
	{Buildpacks, 10. / 12, 0, true, monthlySteps(-52, 10)},
	{GitOps, 9. / 12, 0, true, monthlySteps(-44, 9)},
	{HelmCharts, 1. / 12, 0, false, []step{{-40, 1}}},
	{Vault, 7. / 12, 0, false, []step{{-70, .3}, {-60, .6}, {-50, 1}}},
}

// monthlySteps returns steps for n teams that begin one after the other, four weeks apart.
func monthlySteps(from, n int) []step {
	var out []step
	for i := range n {
		out = append(out, step{from + 4*i, float64(i+1) / float64(n)})
	}
	return out
}

// smallWaves returns four surveys, a quarter apart.
func (g *generator) smallWaves() []wave {
	latest := time.Date(g.AsOf.Year(), g.AsOf.Month()-1, 15, 0, 0, 0, 0, time.UTC)
	var out []wave
	for i := 3; i >= 0; i-- {
		sent := latest.AddDate(0, -3*i, 0)
		out = append(out, wave{
			id: sent.Format("2006-01"), sent: sent.Unix(), answered: 40. / 80, promoters: 18. / 40, detractors: 9. / 40,
			loved:       []mention{{"GitOps auto-deploy", .3}, {"Buildpacks", .35}},
			frustrating: []mention{{"Vault secret rotation", .25}},
			satisfied: []satisfaction{
				{Buildpacks, 24. / 80, .8, .1, "faster builds", .4},
				{GitOps, 20. / 80, .8, .1, "no manual steps", .4},
				{Vault, 18. / 80, .3, .5, "rotation breaks deployments", .4},
				{HelmCharts, 5. / 80, .2, .6, tooComplex, .4},
			},
		})
	}
	return out
}
