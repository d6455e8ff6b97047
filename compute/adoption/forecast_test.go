package adoption

import (
	"flag"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ip3dp/ip3dp/compute/stat"
)

var proof = flag.Bool("proof", false, "simulate as often as docs/methods.md says")

// shapes are how the share of units that have taken a feature up may grow, by week.
var shapes = []struct {
	name string
	make func(r *rand.Rand) func(t float64) float64
}{
	{"logistic", func(r *rand.Rand) func(float64) float64 {
		k, rate, mid := .3+.7*r.Float64(), .05+.3*r.Float64(), 5+45*r.Float64()
		return func(t float64) float64 { return k / (1 + math.Exp(-rate*(t-mid))) }
	}},
	{"linear", func(r *rand.Rand) func(float64) float64 {
		k, weeks := .3+.7*r.Float64(), 20+80*r.Float64()
		return func(t float64) float64 { return k * min(1, t/weeks) }
	}},
	{"stalled", func(r *rand.Rand) func(float64) float64 {
		k, weeks, stop := .3+.7*r.Float64(), 20+80*r.Float64(), 5+45*r.Float64()
		return func(t float64) float64 { return k * min(1, min(t, stop)/weeks) }
	}},
	{"step", func(r *rand.Rand) func(float64) float64 {
		at, size := make([]float64, 1+r.IntN(4)), make([]float64, 4)
		for i := range at {
			at[i], size[i] = 100*r.Float64(), .1+.4*r.Float64()
		}
		at[0] = 8 * r.Float64()
		return func(t float64) (v float64) {
			for i := range at {
				if t >= at[i] {
					v += (1 - v) * size[i]
				}
			}
			return v
		}
	}},
}

// grow simulates units: each takes the feature up when the curve reaches its place,
// then uses it in a week with a chance of its own. It returns the share active in the
// four weeks that end with each week.
func grow(r *rand.Rand, curve func(float64) float64, units, weeks int) []float64 {
	chance := .4 + .6*r.Float64()
	used := make([][]bool, units)
	for u := range used {
		used[u] = make([]bool, weeks)
		place := (float64(u) + r.Float64()) / float64(units)
		for w := range weeks {
			used[u][w] = curve(float64(w)) >= place && r.Float64() < chance
		}
	}
	out := make([]float64, weeks)
	for w := range out {
		for u := range used {
			if slices.Contains(used[u][max(0, w-3):w+1], true) {
				out[w] += 1 / float64(units)
			}
		}
	}
	return out
}

// damped is the simpler forecast that was weighed against curves: the mean growth of
// the last eight weeks, damped by a tenth a week, with a normal range whose variance
// is that of a week's growth times the weeks.
func damped(shares []float64, h int) (lo, hi float64) {
	n := len(shares)
	k := min(8, n-1)
	b := (shares[n-1] - shares[n-1-k]) / float64(k)
	sum, variance := 0.0, 0.0
	for i := n - k; i < n; i++ {
		d := shares[i] - shares[i-1] - b
		variance += d * d / float64(k-1)
	}
	for i := 1; i <= h; i++ {
		sum += math.Pow(.9, float64(i))
	}
	half := 1.2816 * math.Sqrt(variance*float64(h))
	return max(0, shares[n-1]+b*sum-half), min(1, shares[n-1]+b*sum+half)
}

// reached is what dates that were forecast were worth.
type reached struct{ n, inside, never, right int }

func judgeReach(d *reached, o *Outlook, shares []float64, origin int, goal float64) {
	if shares[origin-1] >= goal {
		return
	}
	when := slices.IndexFunc(shares[origin:], func(v float64) bool { return v >= goal }) + 1 // 0: never
	x := o.Reaches(goal)
	d.n++
	early := when == 0 || x.Early > 0 && when >= x.Early
	late := x.Late == 0 || when > 0 && when <= x.Late
	if early && late {
		d.inside++
	}
	if x.Mid == 0 {
		d.never++
		if when == 0 {
			d.right++
		}
	}
}

// TestFanCovers holds the 80 % range of the fan to what became of simulated features.
func TestFanCovers(t *testing.T) {
	each := 150
	if *proof {
		each = 2000
	}
	r := rand.New(rand.NewPCG(seed(t.Name()), 1))
	horizons := []int{4, 13, 26, 52}
	var inside, simple, n int
	var dates reached
	for _, s := range shapes {
		var in, below, all [4]int
		for range each {
			units := 10 + r.IntN(190)
			origin := 8 + r.IntN(52)
			shares := grow(r, s.make(r), units, origin+Horizon)
			o := Forecast(shares[:origin], units)
			if o == nil {
				continue
			}
			judgeReach(&dates, o, shares, origin, .3+.5*r.Float64())
			for i, h := range horizons {
				then := shares[origin-1+h]
				lo, hi := o.Quantile(.1, h), o.Quantile(.9, h)
				all[i]++
				if then >= lo && then <= hi {
					in[i]++
				}
				if lo, hi := damped(shares[:origin], h); then >= lo && then <= hi {
					simple++
				}
				if then < lo {
					below[i]++
				}
			}
		}
		for i, h := range horizons {
			t.Logf("%-9s %2d weeks: %.3f inside, %.3f below, of %d", s.name, h, float64(in[i])/float64(all[i]), float64(below[i])/float64(all[i]), all[i])
			inside, n = inside+in[i], n+all[i]
		}
	}
	iv := stat.Wilson(inside, n, .95)
	t.Logf("all: %.3f (%.3f to %.3f) of %d", float64(inside)/float64(n), iv.Lo, iv.Hi, n)
	t.Logf("damped growth instead: %.3f", float64(simple)/float64(n))
	t.Logf("dates: %d of %d within the range, %d called not reached, of which %d were not", dates.inside, dates.n, dates.never, dates.right)
	if iv.Hi < .75 || iv.Lo > .85 {
		t.Errorf("the 80 %% range holds %.1f %%", 100*float64(inside)/float64(n))
	}
}

func seed(name string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}
