package stat

import (
	"fmt"
	"math"
	"testing"
)

func TestQuantileType7(t *testing.T) {
	x := []float64{1, 2, 4, 8}
	for _, c := range []struct{ q, want float64 }{
		{0, 1}, {0.25, 1.75}, {0.5, 3}, {0.75, 5}, {0.9, 6.8}, {1, 8},
	} {
		t.Run(fmt.Sprint(c.q), func(t *testing.T) {
			if got := Quantile(x, c.q); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("Quantile(%v) = %v, want %v", c.q, got, c.want)
			}
		})
	}
	if got := Quantile(nil, 0.5); !math.IsNaN(got) {
		t.Errorf("quantile of nothing is %v, want NaN", got)
	}
}

// The smallest samples that bound a quantile from above at 95 %.
func TestQuantileIntervalMinimum(t *testing.T) {
	for _, c := range []struct {
		q float64
		n int
	}{{0.5, 6}, {0.75, 13}, {0.9, 36}} {
		t.Run(fmt.Sprint(c.q), func(t *testing.T) {
			for _, n := range []int{c.n - 1, c.n} {
				x := make([]float64, n)
				for i := range x {
					x[i] = float64(i + 1)
				}
				point, iv := QuantileInterval(x, c.q, 0.95)
				if bounded := !math.IsInf(iv.Hi, 1); bounded != (n >= c.n) {
					t.Errorf("q = %v, n = %d: interval %v", c.q, n, iv)
				}
				if !iv.Contains(point) {
					t.Errorf("q = %v, n = %d: %v is not in %v", c.q, n, point, iv)
				}
			}
		})
	}
}

func TestQuantileRanksCoverAtLeastWhatWasAsked(t *testing.T) {
	for n := range 400 {
		for _, q := range []float64{0.01, 0.25, 0.5, 0.75, 0.9, 0.99} {
			lo, hi, coverage := QuantileRanks(n, q, 0.95)
			if lo < 0 || hi > n+1 || lo >= hi || coverage < 0.95-1e-12 || coverage > 1 {
				t.Fatalf("n = %d, q = %v: %d, %d, %v", n, q, lo, hi, coverage)
			}
		}
	}
	if lo, hi, coverage := QuantileRanks(1_000_000, 0.5, 0.95); lo != 499020 || hi != 500981 || coverage < 0.95 || coverage > 0.951 {
		t.Errorf("a million: %d, %d, %v", lo, hi, coverage)
	}
}
