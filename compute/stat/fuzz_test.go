package stat

import (
	"encoding/binary"
	"math"
	"slices"
	"testing"
)

// numbers reads a sample out of fuzzed bytes: two bytes a value, with ties, zeros
// and both signs, over sixty orders of magnitude.
func numbers(data []byte) []float64 {
	var x []float64
	for len(data) >= 2 && len(x) < 200 {
		v := float64(int16(binary.LittleEndian.Uint16(data)))
		if len(data)%7 == 0 {
			v *= 1e30
		}
		x, data = append(x, v), data[2:]
	}
	return x
}

func halves(x []float64) (a, b []float64) { return x[:len(x)/2], x[len(x)/2:] }

func absolute(x []float64) []float64 {
	out := make([]float64, len(x))
	for i, v := range x {
		out[i] = math.Abs(v)
	}
	return out
}

func level(b byte) float64 { return 0.5 + float64(b)/255*0.4999 }

// sound fails on NaN, on an interval upside down, and on one without its point.
func sound(t *testing.T, point float64, iv Interval, more ...float64) {
	t.Helper()
	if !iv.Contains(point) || iv.Lo > iv.Hi {
		t.Errorf("%v is not in %v", point, iv)
	}
	for _, v := range more {
		if math.IsNaN(v) {
			t.Error("NaN")
		}
	}
}

func probability(t *testing.T, p float64) {
	t.Helper()
	if !(p >= 0 && p <= 1) {
		t.Errorf("p = %v", p)
	}
}

var fuzzSeed = []byte{1, 0, 2, 0, 3, 0, 3, 0, 255, 255, 7, 1, 9, 0, 0, 0, 8, 8, 9, 200, 1, 0, 1, 0}

func FuzzQuantile(f *testing.F) {
	f.Add(fuzzSeed, byte(128), byte(230))
	f.Fuzz(func(t *testing.T, data []byte, at, conf byte) {
		x, q := slices.Sorted(slices.Values(absolute(numbers(data)))), float64(at)/255
		lo, hi, coverage := QuantileRanks(len(x), q, level(conf))
		probability(t, coverage)
		if lo < 0 || hi > len(x)+1 || lo > hi {
			t.Errorf("ranks %d, %d of %d", lo, hi, len(x))
		}
		if len(x) > 0 {
			point, iv := QuantileInterval(x, q, level(conf))
			sound(t, point, iv)
			sound(t, point, Interval{x[0], x[len(x)-1]})
		}
	})
}

func FuzzWoodruffMedian(f *testing.F) {
	f.Add(fuzzSeed, byte(3), byte(230))
	f.Fuzz(func(t *testing.T, data []byte, clusters, conf byte) {
		x := numbers(data)
		cluster := make([]int, len(x))
		for i := range cluster {
			cluster[i] = int(data[i]) % (int(clusters) + 1)
		}
		median, iv, ok := WoodruffMedian(x, cluster, level(conf))
		if len(x) > 0 {
			sound(t, median, iv)
		} else if ok {
			t.Error("a median of nothing")
		}
	})
}

func FuzzProportions(f *testing.F) {
	f.Add(3, 10, 4, 12, byte(230))
	f.Fuzz(func(t *testing.T, k1, n1, k2, n2 int, conf byte) {
		n1, n2 = n1&0xfffff, n2&0xfffff
		k1, k2 = k1&0xfffff%(n1+1), k2&0xfffff%(n2+1)
		if n1 > 0 {
			sound(t, float64(k1)/float64(n1), Wilson(k1, n1, level(conf)))
		}
		diff, p, iv := RiskDifference([]int{k1, k2}, []int{n1, n2}, []int{k2, k1}, []int{n2, n1}, Dispersion{Phi: 1 + float64(k1%5), DF: 1 + float64(k2%30)}, level(conf))
		sound(t, diff, iv)
		probability(t, p)
		if n1 > 0 && n2 > 0 {
			sound(t, float64(k1)/float64(n1)-float64(k2)/float64(n2), Newcombe(k1, n1, k2, n2, level(conf)))
		}
	})
}

func FuzzRates(f *testing.F) {
	f.Add(fuzzSeed, byte(230))
	f.Fuzz(func(t *testing.T, data []byte, conf byte) {
		counts := absolute(numbers(data))
		for i, v := range counts {
			counts[i] = math.Mod(v, 32768) // more events a week than that is no count
		}
		rate, phi, iv := QuasiPoissonRate(counts, level(conf))
		sound(t, rate, iv, phi)
		before, after := halves(counts)
		ratio, phi, p, iv := QuasiPoissonRatio(before, after, level(conf))
		sound(t, ratio, iv, phi)
		probability(t, p)
		if len(counts) > 0 {
			sound(t, math.Floor(counts[0])/3, PoissonInterval(int(counts[0]), 3, level(conf)))
		}
	})
}

func FuzzRankTests(f *testing.F) {
	f.Add(fuzzSeed, byte(230))
	f.Fuzz(func(t *testing.T, data []byte, conf byte) {
		all := numbers(data)
		x, y := halves(all)
		u, p := MannWhitney(x, y)
		probability(t, p)
		if u < 0 || u > float64(len(x)*len(y)) {
			t.Errorf("U = %v", u)
		}
		shift, iv := HodgesLehmann(x, y, level(conf))
		sound(t, shift, iv)
		v, p := SignedRank(all)
		probability(t, p)
		center, iv := PseudoMedian(all, level(conf))
		sound(t, center, iv, v)
		a, b := halves(x)
		c, d := halves(y)
		shift, p, iv = VanElteren([]Stratum{{a, c}, {b, d}}, level(conf))
		sound(t, shift, iv)
		probability(t, p)
	})
}

func FuzzCensored(f *testing.F) {
	f.Add(fuzzSeed, byte(230))
	f.Fuzz(func(t *testing.T, data []byte, conf byte) {
		all := Censored{Times: absolute(numbers(data))}
		for i := range all.Times {
			all.Closed = append(all.Closed, data[2*i]%3 > 0)
		}
		median, iv := KaplanMeierMedian(all.Times, all.Closed, level(conf))
		sound(t, median, iv)
		half := len(all.Times) / 2
		x := Censored{all.Times[:half], all.Closed[:half]}
		y := Censored{all.Times[half:], all.Closed[half:]}
		shift, p, iv := Gehan(x, y, level(conf))
		sound(t, shift, iv)
		probability(t, p)
	})
}

func FuzzNPS(f *testing.F) {
	f.Add(10, 5, 3, 40, byte(230))
	f.Fuzz(func(t *testing.T, promoters, passives, detractors, population int, conf byte) {
		a := Answers{promoters & 0xffff, passives & 0xffff, detractors & 0xffff}
		nps, iv := NPS(a.Promoters, a.Passives, a.Detractors, population&0xfffff, level(conf))
		sound(t, nps, iv)
		sound(t, iv.Lo, Interval{-100, 100}, iv.Hi)
		change, p, iv := NPSChange(a, Answers{a.Detractors, a.Passives, a.Promoters / 2}, level(conf))
		sound(t, change, iv)
		probability(t, p)
	})
}

func FuzzSeries(f *testing.F) {
	f.Add(fuzzSeed)
	f.Fuzz(func(t *testing.T, data []byte) {
		x := numbers(data)
		mean, lo, hi := XmR(x)
		sound(t, mean, Interval{lo, hi})
		p := make([]float64, len(data))
		for i, b := range data {
			p[i] = float64(b) / 255
		}
		adjusted := BenjaminiHochberg(p)
		for i := range p {
			probability(t, adjusted[i])
			if adjusted[i] < p[i] {
				t.Errorf("%v was adjusted to %v", p[i], adjusted[i])
			}
		}
	})
}
