package dora

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

// BenchmarkMeasure is the cost per deployment of linking, judging, measuring and
// testing, once the facts are resolved.
func BenchmarkMeasure(b *testing.B) {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	options := demo.Options{Seed: 1, TeamCount: 60, AsOf: asOf, From: asOf.AddDate(0, -6, 0)}
	e, err := demo.GenerateEvents(options)
	if err != nil {
		b.Fatal(err)
	}
	o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: asOf, MaturityDays: 7}}, fact.Content{Teams: demo.GenerateTeams(options)}, e)
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Measure(Defaults(), o); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(e.Deployments)), "ns/deployment")
}
