package demo

import (
	"cmp"
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
)

// newRand returns a generator for one purpose, so that no draw depends on the number of other
// draws.
func newRand(seed uint64, purpose ...string) *rand.Rand {
	h := fnv.New64a()
	for _, p := range purpose {
		_, _ = h.Write([]byte(p)) // a hash never fails
		_, _ = h.Write([]byte{0})
	}
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// drawBetween draws a whole number from lo to hi inclusive; lo if hi is smaller.
func drawBetween(r *rand.Rand, lo, hi int64) int64 {
	if hi <= lo {
		return lo
	}
	return lo + r.Int64N(hi-lo+1)
}

// drawLognormal draws a factor with median 1.
func drawLognormal(r *rand.Rand, sigma float64) float64 { return math.Exp(sigma * r.NormFloat64()) }

// drawLeadFactor draws a lead time with median 1: most changes have no wait, some wait for
// hours or days (a quarter above 1.8, a tenth above 5).
func drawLeadFactor(r *rand.Rand) float64 {
	z := r.NormFloat64()
	if z > 0 {
		return math.Exp(.35*z + .75*z*z)
	}
	return math.Exp(.35*z - .2*z*z)
}

// drawSHA draws the SHA of a commit.
func drawSHA(r *rand.Rand) string {
	var raw [24]byte
	for i := 0; i < len(raw); i += 8 {
		binary.LittleEndian.PutUint64(raw[i:], r.Uint64())
	}
	return hex.EncodeToString(raw[:20])
}

// apportion divides total by weight into whole numbers with exactly that sum (largest
// remainder). None exceeds its capacity; capacity may be nil.
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
		slices.SortStableFunc(open, func(a, b int) int { return cmp.Compare(rest[b], rest[a]) })
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

// openShares returns the indices below their capacity, and the sum of their weights.
func openShares(weights []float64, capacity, taken []int) (open []int, sum float64) {
	for i, w := range weights {
		if w > 0 && (capacity == nil || taken[i] < capacity[i]) {
			open = append(open, i)
			sum += w
		}
	}
	return open, sum
}

// median returns the middle value, or the mean of the two middle values. It sorts x.
func median(x []float64) float64 {
	if len(x) == 0 {
		return 0
	}
	slices.Sort(x)
	return (x[(len(x)-1)/2] + x[len(x)/2]) / 2
}
