package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// benchSample draws n log-normal durations, the same ones every time.
func benchSample(n int, seed uint64) []float64 {
	r := rand.New(rand.NewPCG(seed, 1))
	x := make([]float64, n)
	for i := range x {
		x[i] = math.Exp(r.NormFloat64())
	}
	return x
}

func benchClusters(n int) []int {
	cluster := make([]int, n)
	for i := range cluster {
		cluster[i] = i / 4
	}
	return cluster
}

func BenchmarkEstimators(b *testing.B) {
	for _, n := range []int{30, 1000, 20_000} {
		x, y, cluster := benchSample(n, 1), benchSample(n, 2), benchClusters(n)
		open := Censored{x, make([]bool, n)}
		done := allClosed(y)
		for i := range open.Closed {
			open.Closed[i] = i%3 > 0
		}
		for _, c := range []struct {
			name string
			run  func()
		}{
			{"QuantileRanks", func() { QuantileRanks(n, 0.5, 0.95) }},
			{"WoodruffMedian", func() { WoodruffMedian(x, cluster, 0.95) }},
			{"MannWhitney", func() { MannWhitney(x, y) }},
			{"HodgesLehmann", func() { HodgesLehmann(x, y, 0.95) }},
			{"SignedRank", func() { SignedRank(x) }},
			{"PseudoMedian", func() { PseudoMedian(x, 0.95) }},
			{"VanElteren", func() { VanElteren([]Stratum{{x, y}, {y, x}}, 0.95) }},
			{"KaplanMeierMedian", func() { KaplanMeierMedian(open.Times, open.Closed, 0.95) }},
			{"Gehan", func() { Gehan(open, done, 0.95) }},
			{"BenjaminiHochberg", func() { BenjaminiHochberg(x) }},
		} {
			b.Run(fmt.Sprintf("%s/n=%d", c.name, n), func(b *testing.B) {
				b.ReportAllocs()
				for b.Loop() {
					c.run()
				}
			})
		}
	}
}

func BenchmarkClosedForms(b *testing.B) {
	before, after := []float64{22, 31, 18, 29}, []float64{35, 24, 41, 30}
	for _, c := range []struct {
		name string
		run  func()
	}{
		{"Wilson", func() { Wilson(8, 100, 0.95) }},
		{"Newcombe", func() { Newcombe(8, 100, 12, 90, 0.95) }},
		{"PoissonInterval", func() { PoissonInterval(10, 4, 0.95) }},
		{"QuasiPoissonRatio", func() { QuasiPoissonRatio(before, after, 0.95) }},
		{"NPS", func() { NPS(128, 56, 36, 250, 0.95) }},
		{"RiskDifference", func() { RiskDifference([]int{8, 3}, []int{100, 80}, []int{12, 2}, []int{90, 70}, Dispersion{}, 0.95) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				c.run()
			}
		})
	}
}
