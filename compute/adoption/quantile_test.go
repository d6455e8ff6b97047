package adoption

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// TestQuantile holds quantiles to bisection with the normal distribution as it is, over random
// pasts.
func TestQuantile(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 23))
		shares := make([]float64, FewestWeeks+r.IntN(40))
		at, slope := r.Float64(), r.NormFloat64()*.02
		for i := range shares {
			at = min(max(at+slope+r.NormFloat64()*.02, 0), 1)
			shares[i] = math.Round(at*40) / 40
		}
		o := Forecast(shares, FewestUnits+r.IntN(100))
		if o == nil {
			continue
		}
		for _, p := range []float64{.1, .5, .9, r.Float64()} {
			week := 1 + r.IntN(Horizon)
			if got, want := o.Quantile(p, week), bisect(o, p, week); got != want {
				t.Errorf("seed %d: the %g-quantile of week %d is %.12f, want %.12f", seed, p, week, got, want)
			}
		}
	}
}

func bisect(o *Outlook, p float64, week int) float64 {
	values := o.valuesInWeek(week)
	lo, hi := 0.0, 1.0
	for range 30 {
		mid := (lo + hi) / 2
		var below, total float64
		for i := range o.paths {
			total += o.paths[i].weight
			below += o.paths[i].weight * stat.NormalCDF((mid-values[i])/o.noise)
		}
		if below/total < p {
			lo = mid
		} else {
			hi = mid
		}
	}
	return (lo + hi) / 2
}

func BenchmarkQuantile(b *testing.B) {
	shares := make([]float64, 40)
	for i := range shares {
		shares[i] = .2 + float64(i)*.01
	}
	for b.Loop() {
		o := Forecast(shares, 60)
		for week := 1; week <= Horizon; week++ {
			o.Quantile(.1, week)
			o.Quantile(.5, week)
		}
	}
}
