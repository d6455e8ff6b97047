package stat

import (
	"math"
	"testing"
)

// The time until the next event has the distribution function 1 − (1 + t/w)^−(k + ½).
func TestPoissonWaitForOne(t *testing.T) {
	for _, k := range []int{0, 1, 3, 40} {
		iv := PoissonWait(k, 1, 18, 0.95)
		at := func(p float64) float64 { return 18 * (math.Pow(1-p, -1/(float64(k)+0.5)) - 1) }
		if math.Abs(iv.Lo/at(0.025)-1) > 1e-9 || math.Abs(iv.Hi/at(0.975)-1) > 1e-9 {
			t.Errorf("%d events: %v, want %g to %g", k, iv, at(0.025), at(0.975))
		}
	}
}

// A ratio of gamma variables is F distributed: n/(k + ½) times the quantile of F(2n, 2k + 1). The
// quantiles are those of printed tables.
func TestPoissonWaitAgainstTables(t *testing.T) {
	iv := PoissonWait(3, 4, 1, 0.95)
	if lo, hi := 4/3.5/4.5286, 4/3.5*4.8993; math.Abs(iv.Lo-lo) > 1e-4 || math.Abs(iv.Hi-hi) > 1e-3 {
		t.Errorf("%v, want %g to %g", iv, lo, hi)
	}
}

// More units left, fewer moves and a higher confidence never bring the end nearer.
func TestPoissonWaitIsMonotonic(t *testing.T) {
	for k := range 12 {
		for n := 1; n < 12; n++ {
			iv, more, fewer := PoissonWait(k, n, 10, 0.95), PoissonWait(k, n+1, 10, 0.95), PoissonWait(k+1, n, 10, 0.95)
			if !(iv.Lo < iv.Hi) || more.Lo <= iv.Lo || more.Hi <= iv.Hi || fewer.Lo >= iv.Lo || fewer.Hi >= iv.Hi {
				t.Fatalf("%d events, %d to come: %v, %v, %v", k, n, iv, more, fewer)
			}
			if wide := PoissonWait(k, n, 10, 0.99); wide.Lo >= iv.Lo || wide.Hi <= iv.Hi {
				t.Fatalf("99 %%: %v inside %v", wide, iv)
			}
		}
	}
}
