package compute_test

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
)

// organisation makes events of an organisation of that size over that span.
func organisation(b *testing.B, teams, months int) (fact.Content, fact.Events, time.Time) {
	b.Helper()
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	o := demo.Options{Seed: 1, TeamCount: teams, AsOf: asOf, From: asOf.AddDate(0, -months, 0)}
	e, err := demo.Events(o)
	if err != nil {
		b.Fatal(err)
	}
	return fact.Content{Teams: demo.Teams(o)}, e, asOf
}

func BenchmarkMeasure(b *testing.B) {
	for _, size := range []struct {
		name          string
		teams, months int
	}{{"60teams-15months", 60, 15}, {"60teams-24months", 60, 24}} {
		b.Run(size.name, func(b *testing.B) {
			c, e, asOf := organisation(b, size.teams, size.months)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, err := compute.Measure(compute.DefaultOptions(), c, e, nil, asOf); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(e.Deployments)), "ns/deployment")
		})
	}
}
