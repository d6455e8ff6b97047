package decision

import (
	"flag"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// randomFeature returns the input of a feature with random facts, a part of them unknown.
func randomFeature(r *rand.Rand) Input {
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	in := Input{
		Feature: "f", Title: "F", AsOf: asOf, Available: Availability{At: asOf.Add(-time.Duration(r.IntN(60)) * week)},
		Thresholds: Defaults(), Answers: Answers{Sent: asOf.Add(-10 * 24 * time.Hour), Teams: 1 + r.IntN(40)},
	}
	if r.IntN(5) > 0 {
		v := r.Float64()
		in.Satisfaction = Estimate{Figure: metric.Figure{Value: &v, Lo: metric.Of(max(0, v-0.3*r.Float64())), Hi: metric.Of(min(1, v+0.3*r.Float64()))}, N: 1 + r.IntN(90)}
	}
	if r.IntN(5) > 0 {
		in.Adoption = Adoption{Known: true, Unit: "team", Eligible: 1 + r.IntN(80), Week: asOf}
		in.Adoption.Active = r.IntN(in.Adoption.Eligible + 1)
		share := r.Float64()
		for i := 1 + r.IntN(30); i > 0; i-- {
			share = min(1, max(0, share+0.2*(r.Float64()-0.5)))
			in.Adoption.History = append(in.Adoption.History, Week{At: asOf.Add(-time.Duration(i) * week), Share: share})
		}
	}
	in.Delivery = Effect{Verdict: []string{"", EffectImproved, EffectWorse, EffectNone, EffectInsufficient}[r.IntN(5)]}
	if r.IntN(2) == 0 {
		in.Successor = "g"
	}
	return in
}

var everyLimit = flag.Bool("every-limit", false, "compare the table of limits with the tree at every point")

// TestWhatIfIsTheTree compares the table with the decision tree itself: for 200 features at 100
// random points each, and for one feature on a grid, or at every point that the limits allow.
func TestWhatIfIsTheTree(t *testing.T) {
	compare := func(t *testing.T, in Input, w *WhatIf, satisfied, high, low int) {
		r := Recommend(in.with(Thresholds{
			Satisfied: float64(satisfied), AdoptionHigh: float64(high), AdoptionLeave: float64(high) - 10, AdoptionLow: float64(low),
		}))
		if want := (Answer{r.Verdict, r.Strength}); w.Find(satisfied, high, low) != want {
			t.Fatalf("satisfied %d, high %d, low %d: %v, the tree has %v", satisfied, high, low, w.Find(satisfied, high, low), want)
		}
	}
	answers := map[Answer]bool{}
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 13))
		in := randomFeature(r)
		w := NewWhatIf(in)
		for range 100 {
			high := 20 + r.IntN(81)
			compare(t, in, &w, 1+r.IntN(100), high, r.IntN(high-20+1))
		}
		for _, a := range w.Answers {
			answers[a] = true
		}
	}
	if len(answers) < 10 {
		t.Errorf("only %d different answers: %v", len(answers), answers)
	}
	in := randomFeature(rand.New(rand.NewPCG(7, 13)))
	w := NewWhatIf(in)
	step := 4
	if *everyLimit {
		step = 1
	}
	for satisfied := 1; satisfied <= 100; satisfied += step {
		for high := 20; high <= 100; high += step {
			for low := 0; w.Allows(high, low); low += step {
				compare(t, in, &w, satisfied, high, low)
			}
		}
	}
}

// The control must begin with the limits in force, so it exists only where the table has them.
func TestWhatIfCovers(t *testing.T) {
	for name, tt := range map[string]struct {
		limits Thresholds
		want   bool
	}{
		"the defaults":        {Defaults(), true},
		"half a point":        {Thresholds{Satisfied: 62.5, AdoptionHigh: 70, AdoptionLeave: 60, AdoptionLow: 20}, false},
		"a gap of half":       {Thresholds{Satisfied: 60, AdoptionHigh: 70, AdoptionLeave: 62.5, AdoptionLow: 20}, false},
		"low too close":       {Thresholds{Satisfied: 60, AdoptionHigh: 40, AdoptionLeave: 30, AdoptionLow: 25}, false},
		"satisfied below one": {Thresholds{Satisfied: 0.5, AdoptionHigh: 70, AdoptionLeave: 60, AdoptionLow: 20}, false},
	} {
		t.Run(name, func(t *testing.T) {
			w := NewWhatIf(Input{Thresholds: tt.limits})
			if got := w.Covers(); got != tt.want {
				t.Errorf("%+v: %v", tt.limits, got)
			}
		})
	}
}

// TestWhatIfStaysSmall: the table of a feature with a long history has few entries.
func TestWhatIfStaysSmall(t *testing.T) {
	most := 0
	for seed := range uint64(200) {
		w := NewWhatIf(randomFeature(rand.New(rand.NewPCG(seed, 14))))
		most = max(most, len(w.Answers))
	}
	if most > 150 {
		t.Errorf("%d entries", most)
	}
	t.Logf("at most %d entries", most)
}

func BenchmarkWhatIf(b *testing.B) {
	in := randomFeature(rand.New(rand.NewPCG(7, 13)))
	for b.Loop() {
		NewWhatIf(in)
	}
}
