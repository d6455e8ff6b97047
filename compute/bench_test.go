package compute_test

import (
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// organisation makes events of an organisation of that size over that span.
// perDay is how often a team deploys a day at its end; 0: as in the example.
func organisation(b *testing.B, teams, months int, perDay float64) (fact.Content, fact.Events, time.Time) {
	b.Helper()
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	o := demo.Options{Seed: 1, TeamCount: teams, AsOf: asOf, From: asOf.AddDate(0, -months, 0)}
	if perDay > 0 {
		o.Targets = slices.Clone(demo.ExampleOptions(nil).Targets)
		factor := perDay / o.Targets[len(o.Targets)-1].PerDay
		for i := range o.Targets {
			o.Targets[i].PerDay *= factor
		}
	}
	e, err := demo.GenerateEvents(o)
	if err != nil {
		b.Fatal(err)
	}
	return fact.Content{Teams: demo.GenerateTeams(o)}, e, asOf
}

func BenchmarkMeasure(b *testing.B) {
	for _, size := range []struct {
		name          string
		teams, months int
		perDay        float64
	}{{"60teams-15months", 60, 15, 0}, {"60teams-24months", 60, 24, 0}, {"1000teams-24months", 1000, 24, 1}} {
		b.Run(size.name, func(b *testing.B) {
			c, e, asOf := organisation(b, size.teams, size.months, size.perDay)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := compute.Measure(compute.DefaultOptions(), c, e, compute.Past{}, asOf); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(e.Deployments)), "ns/deployment")
			b.ReportMetric(float64(len(e.Deployments)), "deployments")
		})
	}
}
