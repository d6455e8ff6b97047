package impact

import (
	"math"
	"testing"
)

// One look at 5 % has the normal quantile; many looks of growing information have
// the boundaries of the literature (Lan and DeMets with the spending of the square).
func TestBoundaries(t *testing.T) {
	if z := boundaries([]float64{3}, []float64{0.05})[0]; math.Abs(z-1.96) > 0.005 {
		t.Errorf("one look: %v", z)
	}
	// Pocock: five equal looks, all at 2.413, spend 5 % in all.
	// What they spend by look: 0.01582, 0.02755, 0.03670, 0.04400, 0.05.
	for k, z := range boundaries([]float64{1, 2, 3, 4, 5}, []float64{0.01582, 0.02755, 0.03673, 0.04413, 0.05}) {
		if math.Abs(z-2.413) > 0.03 {
			t.Errorf("look %d: %v, want 2.413", k+1, z)
		}
	}
}
