package demo

import (
	"encoding/hex"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"sort"
)

// stream is a generator of its own for one purpose, so that no draw depends on
// how many were made elsewhere.
func stream(seed uint64, purpose ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range purpose {
		_, _ = h.Write([]byte(p)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// between draws a whole number from lo to hi inclusive; lo where hi is smaller.
func between(r *rand.Rand, lo, hi int64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + r.Int64N(hi-lo+1)
}

// lognormal draws a factor with median 1.
func lognormal(r *rand.Rand, sigma float64) float64 { return math.Exp(sigma * r.NormFloat64()) }

// leadFactor draws a lead time with median 1: most changes flow straight
// through, some wait for hours or days (a quarter above 1.8, a tenth above 5).
func leadFactor(r *rand.Rand) float64 {
	z := r.NormFloat64()
	if z > 0 {
		return math.Exp(.35*z + .75*z*z)
	}
	return math.Exp(.35*z - .2*z*z)
}

// sha draws a commit's name.
func sha(r *rand.Rand) string {
	var raw [24]byte
	for i := 0; i < len(raw); i += 8 {
		v := r.Uint64()
		for k := range 8 {
			raw[i+k] = byte(v >> (8 * k))
		}
	}
	var out [40]byte
	hex.Encode(out[:], raw[:20])
	return string(out[:])
}

// apportion shares total out by weight: whole numbers that sum to it exactly
// (largest remainder), none above its capacity where one is given.
func apportion(total int, weights []float64, capacity []int) []int {
	out := make([]int, len(weights))
	for total > 0 {
		open, sum := openShares(weights, capacity, out)
		if len(open) == 0 {
			return out
		}
		left := total
		rest := make([]float64, len(weights))
		for _, i := range open {
			want := float64(total) * weights[i] / sum
			n := int(want)
			if capacity != nil {
				n = min(n, capacity[i]-out[i])
			}
			rest[i] = want - float64(n)
			out[i] += n
			left -= n
		}
		sort.SliceStable(open, func(a, b int) bool { return rest[open[a]] > rest[open[b]] })
		for _, i := range open {
			if left > 0 && (capacity == nil || out[i] < capacity[i]) {
				out[i]++
				left--
			}
		}
		total = left
	}
	return out
}

// openShares are the indices that can still take something.
func openShares(weights []float64, capacity, taken []int) (open []int, sum float64) {
	for i, w := range weights {
		if w > 0 && (capacity == nil || taken[i] < capacity[i]) {
			open = append(open, i)
			sum += w
		}
	}
	return open, sum
}

// median is the middle value, or the mean of the two in the middle. It sorts x.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	sort.Float64s(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
