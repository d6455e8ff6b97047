package impact

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// trial is a roll-out whose truth is known: 60 teams, 30 of which adopt, 13
// periods before and 13 after, but for what a case changes.
type trial struct {
	teams, adopters int
	periods, start  int     // start is the first period in which a team may adopt
	spread          int     // over how many periods teams begin; 1: all at once
	noise, others   float64 // standard deviation of a period of adopters, of the others
	memory          float64 // autocorrelation of the noise
	effect          float64 // from adoption on
	drift           float64 // of adopters, per period, all along
	counted         bool    // outcomes are medians of as many changes as each team has
}

func trialOf(change func(*trial)) trial {
	w := trial{teams: 60, adopters: 30, periods: 26, start: 14, spread: 6, noise: 0.3, others: 0.3}
	if change != nil {
		change(&w)
	}
	return w
}

// draw makes one panel and the number of changes behind each row. A twentieth of
// the team-periods is missing.
func (w trial) draw(seed uint64) ([]Row, []int) {
	r := rand.New(rand.NewPCG(seed, 99))
	season := make([]float64, w.periods+1)
	for t := range season {
		season[t] = 0.2 * r.NormFloat64()
	}
	var rows []Row
	var changes []int
	for u := range w.teams {
		first, sd := 0, w.others
		if u < w.adopters {
			first, sd = w.start+r.IntN(w.spread), w.noise
		}
		level, rate := 0.7*r.NormFloat64(), 30*math.Exp(0.7*r.NormFloat64())
		z := r.NormFloat64()
		for t := 1; t <= w.periods; t++ {
			if t > 1 {
				z = w.memory*z + math.Sqrt(1-w.memory*w.memory)*r.NormFloat64()
			}
			n := max(5, int(rate*math.Exp(0.4*r.NormFloat64())))
			y := level + season[t] + sd*z
			if w.counted {
				// A median of n changes whose logarithms have a standard deviation of 1.
				y += 1.25 / math.Sqrt(float64(n)) * r.NormFloat64()
			}
			if first > 0 {
				y += w.drift * float64(t)
				if t >= first {
					y += w.effect
				}
			}
			if r.Float64() >= 0.05 {
				rows, changes = append(rows, Row{fmt.Sprintf("team-%03d", u), t, first, y}), append(changes, n)
			}
		}
	}
	return rows, changes
}

// seen is what one panel gives.
type seen struct {
	claimed bool // P ≤ 0.05
	found   bool // the verdict is improved
	covered bool
}

// until is what is known at the end of a period.
func (w trial) until(rows []Row, changes []int, last int) (known []Row, o Options) {
	o = Options{Anticipation: 1, NotYetTreated: true, Permutations: permutationsOfTrials()}
	for i, r := range rows {
		if r.Period > last {
			continue
		}
		if r.FirstUse > last {
			r.FirstUse = 0
		}
		known = append(known, r)
		if w.counted {
			o.Changes = append(o.Changes, changes[i])
		}
	}
	return known, o
}

// look is what is seen at the end of the panel.
func (w trial) look(seed uint64) seen {
	rows, changes := w.draw(seed)
	known, o := w.until(rows, changes, w.periods)
	o.Seed = seed
	a, err := Assess(known, o)
	if err != nil {
		return seen{}
	}
	v, _ := a.Judge(Criteria{Q: a.Effect.P, Meaningful: math.Log(1.2), Better: metric.Down})
	return seen{claimed: a.Effect.P <= 0.05, found: v == Improved, covered: a.Effect.Interval.Contains(w.effect)}
}

// ever reports whether an effect is claimed at any look from the second period of
// the roll-out on, checks left aside.
func ever(seed uint64, w trial) bool {
	rows, changes := w.draw(seed)
	for last := w.start + 1; last <= w.periods; last++ {
		known, o := w.until(rows, changes, last)
		o.Seed = seed
		e, err := Estimate(known, o)
		if err == nil && e.findFailedGate() == "" && e.P <= 0.05 && !e.Interval.Contains(0) {
			return true
		}
	}
	return false
}

// rate is a share of panels that must be held: in the package's own tests of a few
// panels, with -panels of as many as it takes for Wilson's upper limit.
type rate struct {
	name        string
	trial       trial
	share       func(seed uint64, w trial) bool
	least, most float64
	long        bool // many looks a panel: a tenth of the panels
}

var (
	panels = flag.Int("panels", 0, "simulate each rate on so many panels (0: a few)")
	seeds  = flag.Int("seeds", 3, "from so many seeds, with -panels")
)

// permutationsOfTrials keeps a short simulation short.
func permutationsOfTrials() int {
	if *panels == 0 {
		return 299
	}
	return defaultPermutations
}

func claimed(seed uint64, w trial) bool { return w.look(seed).claimed }
func found(seed uint64, w trial) bool   { return w.look(seed).found }
func covered(seed uint64, w trial) bool { return w.look(seed).covered }

var fifthLess = math.Log(0.8)

func unequal(adopters int, noise, others float64, spread int) trial {
	return trialOf(func(w *trial) { w.adopters, w.noise, w.others, w.spread = adopters, noise, others, spread })
}

var rates = []rate{
	{"unequal noise, 51 calm adopters, 9 twice as noisy", unequal(51, 0.25, 0.5, 1), claimed, 0, 0.06, false},
	{"unequal noise, 51 calm adopters, 9 three times as noisy", unequal(51, 0.2, 0.6, 1), claimed, 0, 0.06, false},
	{"unequal noise, 51 calm adopters over six periods", unequal(51, 0.2, 0.5, 6), claimed, 0, 0.06, false},
	{"unequal noise, 9 adopters twice as noisy as 51", unequal(9, 0.5, 0.25, 1), claimed, 0, 0.06, false},
	{"no effect, one look", trialOf(nil), claimed, 0, 0.06, false},
	{"drift of −3 %, at once", trialOf(func(w *trial) { w.spread, w.drift = 1, -0.03 }), found, 0, 0.10, false},
	{"drift of −3 %, over six periods", trialOf(func(w *trial) { w.drift = -0.03 }), found, 0, 0.10, false},
	{"drift of −3 %, over twelve periods, noisy", trialOf(func(w *trial) {
		w.start, w.spread, w.drift, w.noise, w.others = 8, 12, -0.03, 0.4, 0.4
	}), found, 0, 0.10, false},
	{"no effect, 13 looks, at once", trialOf(func(w *trial) { w.spread = 1 }), ever, 0, 0.06, true},
	{"no effect, 17 looks, over ten periods", trialOf(func(w *trial) { w.start, w.spread = 10, 10 }), ever, 0, 0.06, true},
	{"no effect, 17 looks, over three periods", trialOf(func(w *trial) { w.start, w.spread = 10, 3 }), ever, 0, 0.06, true},
	{"coverage, no effect", trialOf(nil), covered, 0.93, 0.97, false},
	{"coverage, −20 % at once", trialOf(func(w *trial) { w.effect, w.spread = fifthLess, 1 }), covered, 0.93, 0.97, false},
	{"coverage, −20 % with memory", trialOf(func(w *trial) { w.effect, w.memory = fifthLess, 0.5 }), covered, 0.93, 0.97, false},
	{"coverage, −20 %, medians of changes", trialOf(func(w *trial) {
		w.effect, w.counted, w.noise, w.others = fifthLess, true, 0.2, 0.2
	}), covered, 0.93, 0.97, false},
	{"coverage, −20 %, unequal noise", trialOf(func(w *trial) {
		w.effect, w.adopters, w.noise, w.others = fifthLess, 51, 0.25, 0.5
	}), covered, 0.93, 0.97, false},
	{"−20 % found at the last look, over six periods", trialOf(func(w *trial) { w.effect = fifthLess }), found, 0.65, 1, false},
	{"−20 % found at the last look, at once", trialOf(func(w *trial) { w.effect, w.spread = fifthLess, 1 }), found, 0.65, 1, false},
	{"−20 % found at the last look, over ten periods", trialOf(func(w *trial) {
		w.effect, w.start, w.spread = fifthLess, 10, 10
	}), found, 0.65, 1, false},
}

// TestRates holds the rates of docs/methods/effect.md. Fewer than 2,000 panels must not
// contradict them; of 2,000 or more, Wilson's upper limit of a false claim is at
// most half a point above its bound.
func TestRates(t *testing.T) {
	for _, r := range rates {
		t.Run(r.name, func(t *testing.T) {
			t.Parallel()
			n, times, sure := *panels, *seeds, 0.95
			if n == 0 {
				n, times, sure = 20, 1, 0.999
				if r.long {
					n = 4
				}
			}
			for start := range times {
				first := SeedOf(fmt.Sprintf("%s %d", t.Name(), start))
				k := tallyOf(n, func(seed uint64) string { return fmt.Sprint(r.share(first+seed, r.trial)) })["true"]
				iv := stat.Wilson(k, n, sure)
				t.Logf("| %s | %.1f %% | %.1f–%.1f %% | %d |", r.name, 100*float64(k)/float64(n), 100*iv.Lo, 100*iv.Hi, n)
				tooMany := *panels >= 2000 && r.least == 0 && iv.Hi > r.most+0.005
				if tooMany || iv.Lo > r.most || iv.Hi < r.least {
					t.Errorf("%d of %d (%.3f–%.3f), want %.2f to %.2f", k, n, iv.Lo, iv.Hi, r.least, r.most)
				}
			}
		})
	}
}
