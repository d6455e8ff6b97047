package stat

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// logNormal draws durations.
func logNormal(r *rand.Rand, n int, shift float64) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = shift + r.NormFloat64()
	}
	return x
}

// coarse rounds to make ties.
func coarse(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Round(2*v) / 2
	}
	return out
}

func shuffled(r *rand.Rand, x []float64) []float64 {
	out := slices.Clone(x)
	r.Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func moved(x []float64, scale, by float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = v*scale + by
	}
	return out
}

func near(a, b float64) bool {
	return a == b || math.Abs(a-b) <= 1e-9*math.Max(1, math.Max(math.Abs(a), math.Abs(b)))
}

func nearIntervals(a, b Interval) bool { return near(a.Lo, b.Lo) && near(a.Hi, b.Hi) }

// twoSample is a test of two samples with its shift: what they all must obey.
type twoSample struct {
	name string
	run  func(x, y []float64) (shift, p float64, iv Interval)
}

func allClosed(x []float64) Censored {
	return Censored{Times: x, Closed: slices.Repeat([]bool{true}, len(x))}
}

var twoSamples = []twoSample{
	{"Mann–Whitney, Hodges–Lehmann", func(x, y []float64) (float64, float64, Interval) {
		shift, iv := HodgesLehmann(x, y, 0.95)
		_, p := MannWhitney(x, y)
		return shift, p, iv
	}},
	{"van Elteren", func(x, y []float64) (float64, float64, Interval) {
		half := func(v []float64, part int) []float64 {
			sorted := slices.Sorted(slices.Values(v)) // so that the order of v does not matter
			return sorted[part*len(v)/2 : (part+1)*len(v)/2]
		}
		return VanElteren([]Stratum{{half(x, 0), half(y, 0)}, {half(x, 1), half(y, 1)}}, 0.95)
	}},
	{"Gehan", func(x, y []float64) (float64, float64, Interval) {
		return Gehan(allClosed(x), allClosed(y), 0.95)
	}},
}

func TestTwoSampleProperties(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 3))
	for _, c := range twoSamples {
		for range 60 {
			x, y := logNormal(r, 4+r.IntN(40), 0.5), logNormal(r, 4+r.IntN(40), 0)
			if r.IntN(2) == 0 {
				x, y = coarse(x), coarse(y)
			}
			shift, p, iv := c.run(x, y)
			if !iv.Contains(shift) || p < 0 || p > 1 {
				t.Fatalf("%s: shift %v, p %v, interval %v", c.name, shift, p, iv)
			}
			s2, p2, iv2 := c.run(shuffled(r, x), shuffled(r, y))
			if s2 != shift || p2 != p || iv2 != iv {
				t.Errorf("%s: depends on the order", c.name)
			}
			s3, p3, iv3 := c.run(y, x)
			if !near(s3, -shift) || !near(p3, p) || !nearIntervals(iv3, Interval{-iv.Hi, -iv.Lo}) {
				t.Errorf("%s: not symmetric: %v %v, %v %v, %v %v", c.name, shift, s3, p, p3, iv, iv3)
			}
			s4, p4, iv4 := c.run(moved(x, 4, 3), moved(y, 4, 0))
			if !near(s4, 4*shift+3) || !nearIntervals(iv4, Interval{4*iv.Lo + 3, 4*iv.Hi + 3}) {
				t.Errorf("%s: shift %v, interval %v of moved samples: %v, %v", c.name, shift, iv, s4, iv4)
			}
			if _, p5, _ := c.run(moved(x, 4, 0), moved(y, 4, 0)); !near(p5, p) {
				t.Errorf("%s: p depends on the scale: %v, %v (%v)", c.name, p, p5, p4)
			}
		}
	}
}

// Under the null hypothesis at most 5 % of p-values are below 5 %, and about
// half below 50 %: 1,000 runs put a standard error of 0.7 and 1.6 points on them.
func TestNullRejectsAtItsLevel(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 8))
	null := map[string]func() float64{
		"Mann–Whitney exact": func() float64 {
			_, p := MannWhitney(logNormal(r, 12, 0), logNormal(r, 15, 0))
			return p
		},
		"Mann–Whitney exact with ties": func() float64 {
			_, p := MannWhitney(coarse(logNormal(r, 14, 0)), coarse(logNormal(r, 10, 0)))
			return p
		},
		"Mann–Whitney normal": func() float64 {
			_, p := MannWhitney(logNormal(r, 40, 0), logNormal(r, 50, 0))
			return p
		},
		"signed rank exact": func() float64 { _, p := SignedRank(logNormal(r, 14, 0)); return p },
		"signed rank normal": func() float64 {
			_, p := SignedRank(coarse(logNormal(r, 90, 0)))
			return p
		},
		"van Elteren": func() float64 {
			var s []Stratum
			for team := range 5 {
				s = append(s, Stratum{logNormal(r, 4+team, float64(team)), logNormal(r, 8-team, float64(team))})
			}
			_, p, _ := VanElteren(s, 0.95)
			return p
		},
		"Gehan": func() float64 { _, p, _ := Gehan(openCases(r, 20, 0), openCases(r, 25, 0), 0.95); return p },
		"quasi-Poisson ratio": func() float64 {
			_, _, p, _ := QuasiPoissonRatio(overdispersed(r, 4), overdispersed(r, 4), 0.95)
			return p
		},
		"NPS change": func() float64 { _, p, _ := NPSChange(wave(r, 60), wave(r, 80), 0.95); return p },
		"proportions": func() float64 {
			_, p, _ := RiskDifference([]int{failures(r, 90, 0.1)}, []int{90}, []int{failures(r, 120, 0.1)}, []int{120}, Dispersion{}, 0.95)
			return p
		},
		"proportions of 20 unlike teams": func() float64 { return teamsP(r, 20) },
	}
	for name, draw := range null {
		t.Run(name, func(t *testing.T) {
			below05, below50 := 0, 0
			const runs = 1000
			for range runs {
				p := draw()
				if p <= 0.05 {
					below05++
				}
				if p <= 0.5 {
					below50++
				}
			}
			if below05 > 75 || below50 < 380 || below50 > 570 {
				t.Errorf("%s: p ≤ 0.05 in %d, ≤ 0.5 in %d of %d", name, below05, below50, runs)
			}
		})
	}
}

// openCases draws exponential durations of which about a third are still open.
func openCases(r *rand.Rand, n int, shift float64) Censored {
	var c Censored
	for range n {
		duration, watched := r.ExpFloat64()*math.Exp(shift), 2*r.ExpFloat64()
		c.Times = append(c.Times, math.Log(math.Min(duration, watched)))
		c.Closed = append(c.Closed, duration <= watched)
	}
	return c
}

// overdispersed draws weekly counts around 25 that vary more than a Poisson process.
func overdispersed(r *rand.Rand, weeks int) []float64 {
	counts := make([]float64, weeks)
	for i := range counts {
		counts[i] = math.Max(0, math.Round(25+8*r.NormFloat64()))
	}
	return counts
}

func wave(r *rand.Rand, n int) Answers {
	var a Answers
	for range n {
		switch u := r.Float64(); {
		case u < 0.5:
			a.Promoters++
		case u < 0.8:
			a.Passives++
		default:
			a.Detractors++
		}
	}
	return a
}

func failures(r *rand.Rand, n int, rate float64) int {
	k := 0
	for range n {
		if r.Float64() < rate {
			k++
		}
	}
	return k
}

// teamsP is the p-value of no change where every team's rate drifts by itself.
func teamsP(r *rand.Rand, teams int) float64 {
	k1, n1, k2, n2 := make([]int, teams), make([]int, teams), make([]int, teams), make([]int, teams)
	for i := range teams {
		n1[i], n2[i] = 30+r.IntN(60), 30+r.IntN(60)
		k1[i], k2[i] = failures(r, n1[i], 0.02+0.2*r.Float64()), failures(r, n2[i], 0.02+0.2*r.Float64())
	}
	_, p, _ := RiskDifference(k1, n1, k2, n2, Dispersion{}, 0.95)
	return p
}

// The interval of a test leaves out "no change" when its p is below 5 %: a page
// must not show one without the other.
func TestIntervalAgreesWithP(t *testing.T) {
	r := rand.New(rand.NewPCG(13, 21))
	agree := func(name string, p float64, excludes bool) {
		t.Helper()
		if math.Abs(p-0.05) > 0.005 && (p < 0.05) != excludes {
			t.Errorf("%s: p = %v but the interval excludes no change: %v", name, p, excludes)
		}
	}
	for range 300 {
		shift := r.Float64()
		x, y := logNormal(r, 5+r.IntN(60), shift), logNormal(r, 5+r.IntN(60), 0)
		for _, c := range twoSamples[:1] {
			_, p, iv := c.run(x, y)
			agree(c.name, p, !iv.Contains(0))
		}
		_, p := SignedRank(x)
		_, iv := PseudoMedian(x, 0.95)
		agree("signed rank", p, !iv.Contains(0))

		before, after := overdispersed(r, 4), moved(overdispersed(r, 4), 1+r.Float64(), 0)
		_, _, p, iv = QuasiPoissonRatio(before, after, 0.95)
		agree("quasi-Poisson", p, !iv.Contains(1))

		k1, k2 := []int{r.IntN(20)}, []int{r.IntN(40)}
		_, p, iv = RiskDifference(k1, []int{60}, k2, []int{90}, Dispersion{}, 0.95)
		agree("proportions", p, !iv.Contains(0))
		if iv != Newcombe(k1[0], 60, k2[0], 90, 0.95) {
			t.Error("one team: not Newcombe's interval")
		}
	}
}

func TestCensoringChangesNothingWhenAllIsClosed(t *testing.T) {
	r := rand.New(rand.NewPCG(34, 55))
	for range 100 {
		x := moved(logNormal(r, 6+r.IntN(60), 0), 1, 10)
		c := allClosed(x)
		median, iv := KaplanMeierMedian(c.Times, c.Closed, 0.95)
		if want := Quantile(slices.Sorted(slices.Values(x)), 0.5); !near(median, want) || !iv.Contains(median) {
			t.Errorf("median %v in %v, want %v", median, iv, want)
		}
		y := logNormal(r, 70, 10)
		_, p, _ := Gehan(c, allClosed(y), 0.95)
		doubled, ties := midranks(slices.Concat(x, y))
		u, _ := MannWhitney(x, y)
		z := (u - float64(len(x)*len(y))/2) / math.Sqrt(rankSumVariance(len(x), len(y), ties))
		if !near(p, twoSidedNormalP(z)) || len(doubled) == 0 {
			t.Errorf("Gehan %v, Mann–Whitney without continuity %v", p, twoSidedNormalP(z))
		}
	}
}

func TestKaplanMeierNeverReachesHalf(t *testing.T) {
	median, iv := KaplanMeierMedian([]float64{1, 5, 5, 5}, []bool{true, false, false, false}, 0.95)
	if !math.IsInf(median, 1) || !math.IsInf(iv.Hi, 1) {
		t.Errorf("%v %v", median, iv)
	}
	median, iv = KaplanMeierMedian(nil, nil, 0.95)
	if !math.IsInf(median, 1) || iv.Lo != 0 {
		t.Errorf("nothing: %v %v", median, iv)
	}
}

// The order statistics by bisection are those of the sorted table of all pairs.
func TestOrderStatisticsOfPairs(t *testing.T) {
	r := rand.New(rand.NewPCG(89, 144))
	for range 50 {
		x, y := coarse(logNormal(r, 1+r.IntN(12), 0)), logNormal(r, 1+r.IntN(12), 0)
		slices.Sort(x)
		slices.Sort(y)
		var differences, means []float64
		for i, a := range x {
			for _, b := range y {
				differences = append(differences, a-b)
			}
			for _, b := range x[i:] {
				means = append(means, midpoint(a, b))
			}
		}
		slices.Sort(differences)
		slices.Sort(means)
		for k, want := range differences {
			if got := kthDifference(x, y, k+1); got != want {
				t.Fatalf("difference %d is %v, want %v", k+1, got, want)
			}
		}
		for k, want := range means {
			if got := kthPairMean(x, k+1); got != want {
				t.Fatalf("mean %d is %v, want %v", k+1, got, want)
			}
		}
	}
}

func TestNPSPopulation(t *testing.T) {
	nps, census := NPS(128, 56, 36, 220, 0.95)
	if census != (Interval{nps, nps}) {
		t.Errorf("everybody answered: %v around %v", census, nps)
	}
	width := math.Inf(1)
	for _, population := range []int{0, 100_000, 1000, 400, 250, 230, 222} {
		_, iv := NPS(128, 56, 36, population, 0.95)
		if iv.Width() > width {
			t.Errorf("population %d: %v is wider than of a larger one", population, iv)
		}
		width = iv.Width()
		if population > 0 {
			worst := 100 * float64(128-36-(population-220)) / float64(population)
			best := 100 * float64(128-36+(population-220)) / float64(population)
			if iv.Lo < worst || iv.Hi > best {
				t.Errorf("population %d: %v is beyond %v to %v", population, iv, worst, best)
			}
		}
	}
	// The correction shrinks the error as √((N−n)/(N−1)) where n is large.
	_, whole := NPS(400, 300, 300, 0, 0.95)
	_, half := NPS(400, 300, 300, 2000, 0.95)
	if ratio := half.Width() / whole.Width(); math.Abs(ratio-math.Sqrt(1000.0/1999)) > 0.002 {
		t.Errorf("half the population answered: width ratio %v", ratio)
	}
}

func TestRatesWithoutEvents(t *testing.T) {
	zero, some := []float64{0, 0, 0, 0}, []float64{3, 5, 2, 4}
	if rate, _, iv := QuasiPoissonRate(zero, 0.95); rate != 0 || iv.Lo != 0 || !near(iv.Hi, 3.68887945411394/4) {
		t.Errorf("rate of nothing: %v %v", rate, iv)
	}
	ratio, _, p, iv := QuasiPoissonRatio(some, zero, 0.95)
	if ratio != 0 || iv.Lo != 0 || iv.Hi > 0.4 || p > 0.001 {
		t.Errorf("to nothing: %v %v %v", ratio, p, iv)
	}
	ratio, _, p2, up := QuasiPoissonRatio(zero, some, 0.95)
	if !math.IsInf(ratio, 1) || !near(up.Lo, 1/iv.Hi) || !near(p, p2) {
		t.Errorf("from nothing: %v %v %v", ratio, p2, up)
	}
	if ratio, _, p, iv := QuasiPoissonRatio(zero, zero, 0.95); ratio != 1 || p != 1 || !math.IsInf(iv.Hi, 1) {
		t.Errorf("nothing to nothing: %v %v %v", ratio, p, iv)
	}
}

// A worked example by hand: two strata of 10 against 10 with 2 and 4, and of 20
// against 30 with 5 and 6. The weights are 5 and 12; the difference is
// (−1 + 0.6)/17, and Sato's Q is (2·6+4·8)/40 + (5·24+6·15)/100 = 3.2.
func TestRiskDifference(t *testing.T) {
	k1, n1, k2, n2 := []int{2, 5, 3}, []int{10, 20, 7}, []int{4, 6, 0}, []int{10, 30, 0}
	diff, p, iv := RiskDifference(k1, n1, k2, n2, Dispersion{}, 0.95)
	want := -0.4 / 17
	if !near(diff, want) || !near(p, twoSidedNormalP(0.4/math.Sqrt(3.2))) || !iv.Contains(0) || !iv.Contains(want) {
		t.Errorf("diff %v, p %v, %v; want %v", diff, p, iv, want)
	}
	_, dispersed, wider := RiskDifference(k1, n1, k2, n2, Dispersion{Phi: 4, DF: 20}, 0.95)
	if !near(dispersed, twoSidedStudentP(0.2/math.Sqrt(3.2), 20)) || wider.Lo >= iv.Lo || wider.Hi <= iv.Hi {
		t.Errorf("dispersed: p %v, %v within %v", dispersed, iv, wider)
	}
	if _, p, iv := RiskDifference(nil, nil, nil, nil, Dispersion{}, 0.95); p != 1 || iv.Width() != 2 {
		t.Errorf("nothing: %v %v", p, iv)
	}
	// More deployments of the worse team: the totals differ, nothing changed within.
	k1, n1, k2, n2 = []int{30, 1}, []int{150, 50}, []int{10, 3}, []int{50, 150}
	if diff, _, _ := RiskDifference(k1, n1, k2, n2, Dispersion{}, 0.95); !near(diff, 0) || PooledDifference(k1, n1, k2, n2) < .08 {
		t.Errorf("within %v, totals %v", diff, PooledDifference(k1, n1, k2, n2))
	}
}

// Weeks that do not differ have a dispersion of about 1; those with an effect of
// their own have 1 + n·τ²/σ², whatever the strata.
func TestDispersions(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	estimate := func(effect float64, strata int) (phi float64) {
		const runs, periods, each = 200, 26, 10
		for range runs {
			data := make([][][]float64, strata)
			shared := make([]float64, periods)
			for g := range shared {
				shared[g] = effect * r.NormFloat64()
			}
			for s := range data {
				data[s] = make([][]float64, periods)
				for g := range data[s] {
					for range each {
						data[s][g] = append(data[s][g], float64(s)+shared[g]+r.NormFloat64())
					}
				}
			}
			phi += RankDispersion(data, 1).Phi / runs
		}
		return phi
	}
	for _, tt := range []struct {
		effect   float64
		strata   int
		low, top float64
	}{{0, 1, 1, 1.25}, {0, 5, 1, 1.25}, {.5, 1, 2.7, 3.7}, {.3, 5, 4, 6}} {
		t.Run(fmt.Sprint(tt.effect), func(t *testing.T) {
			if got := estimate(tt.effect, tt.strata); got < tt.low || got > tt.top {
				t.Errorf("effect %v in %d strata: %v, want %v to %v", tt.effect, tt.strata, got, tt.low, tt.top)
			}
		})
	}
	// By hand: 4 of 10 and 0 of 10 trials, share 0.2: sums of ±2, each of variance
	// 10·(1 − ½)·0.16·20/19.
	want := 4 / (10 * .5 * .16 * 20 / 19)
	if d := ShareDispersion([][]float64{{4, 0}}, [][]float64{{10, 10}}, 1); !near(d.Phi, want) || d.DF != 1 {
		t.Errorf("shares: %+v, want %v", d, want)
	}
	// Counts of 2 and 6 around 4: X² is 2 with one degree of freedom.
	if d := CountDispersion([]float64{2, 6}, nil, []float64{0}); d.Phi != 2 || d.DF != 1 {
		t.Errorf("counts: %+v", d)
	}
}

func TestDistributions(t *testing.T) {
	for _, c := range []struct {
		name      string
		got, want float64
	}{ // R: qt, qgamma, pt
		{"t, 3", twoSidedT(0.95, 3), 3.18244630528371},
		{"t, 1", twoSidedT(0.95, 1), 12.7062047361747},
		{"t, 59", twoSidedT(0.95, 59), 2.00099537808827},
		{"normal", twoSidedZ(0.95), 1.95996398454005},
		{"p of t", twoSidedStudentP(2, 10), 0.0733880347707404},
	} {
		t.Run(c.name, func(t *testing.T) {
			if math.Abs(c.got-c.want) > 1e-8*c.want {
				t.Errorf("%s: %.15g, want %.15g", c.name, c.got, c.want)
			}
		})
	}
}

// Garwood's limits are the rates at which k or more, and k or fewer, events have
// a probability of 2.5 %: here summed term by term.
func TestPoissonIntervalByItsDefinition(t *testing.T) {
	for _, k := range []int{1, 7, 60, 500} {
		iv := PoissonInterval(k, 1, 0.95)
		atMost := func(k int, rate float64) float64 {
			total := 0.0
			for i := range k + 1 {
				lg, _ := math.Lgamma(float64(i + 1))
				total += math.Exp(float64(i)*math.Log(rate) - rate - lg)
			}
			return total
		}
		if got := 1 - atMost(k-1, iv.Lo); math.Abs(got-0.025) > 1e-9 {
			t.Errorf("k = %d: P(at least k) at the lower limit is %v", k, got)
		}
		if got := atMost(k, iv.Hi); math.Abs(got-0.025) > 1e-9 {
			t.Errorf("k = %d: P(at most k) at the upper limit is %v", k, got)
		}
	}
}

func TestDetectableAndXmR(t *testing.T) {
	if got := Detectable(Interval{-1, 1}); got != 1.43 {
		t.Errorf("half-width 1: %v", got)
	}
	if mean, lo, hi := XmR([]float64{7}); mean != 7 || lo != 7 || hi != 7 {
		t.Errorf("one value: %v %v %v", mean, lo, hi)
	}
}
