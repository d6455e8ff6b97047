package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestClusteredShare(t *testing.T) {
	tests := []struct {
		name        string
		positive, n []int
		effect      float64
		lo, hi      float64
	}{
		{"nothing", nil, nil, 1, 0, 1},
		{"one cluster", []int{5}, []int{9}, 1, 0, 1},
		{"one each: only Student's t", []int{1, 0, 1, 1, 0, 1, 1, 1}, []int{1, 1, 1, 1, 1, 1, 1, 1}, 1, 0.365, 0.939},
		{"all alike within", []int{10, 0, 10, 0}, []int{10, 10, 10, 10}, 10, 0.077, 0.923},
		{"everybody agrees", []int{4, 4, 4}, []int{4, 4, 4}, 1, 0.393, 1},
		{"spread evenly", []int{5, 5, 5, 5}, []int{10, 10, 10, 10}, 1, 0.270, 0.730},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			effect, iv := ClusteredShare(tt.positive, tt.n, 0.95)
			if effect != tt.effect || math.Abs(iv.Lo-tt.lo) > 0.02 || math.Abs(iv.Hi-tt.hi) > 0.02 {
				t.Errorf("effect %g, interval %.3f–%.3f; want %g, %.3f–%.3f", effect, iv.Lo, iv.Hi, tt.effect, tt.lo, tt.hi)
			}
		})
	}
}

// TestClusteredShareCovers: teams whose shares differ, as shares of people do.
func TestClusteredShareCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 11))
	for _, size := range [][2]int{{4, 8}, {10, 3}, {30, 3}} {
		covered, wilson := 0, 0
		const runs = 2000
		for range runs {
			k, n, all := make([]int, size[0]), make([]int, size[0]), 0
			for i := range n {
				p := 0.7
				if p += 0.4 * (r.Float64() - 0.5); r.IntN(2) == 0 {
					p = 1.4 - p
				}
				n[i] = size[1]
				for range n[i] {
					if r.Float64() < p {
						k[i]++
						all++
					}
				}
			}
			if _, iv := ClusteredShare(k, n, 0.95); iv.Contains(0.7) {
				covered++
			}
			if Wilson(all, size[0]*size[1], 0.95).Contains(0.7) {
				wilson++
			}
		}
		t.Logf("%d teams of %d: covers %.1f %%, Wilson %.1f %%", size[0], size[1], 100*float64(covered)/runs, 100*float64(wilson)/runs)
		if covered < 0.93*runs {
			t.Errorf("%d teams of %d: covers %d of %d", size[0], size[1], covered, runs)
		}
	}
}
