package trend

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestSimultaneous(t *testing.T) {
	ratio := func(change, lo, hi float64) *metric.Trend {
		return &metric.Trend{Change: change, Range: metric.Range{Lo: lo, Hi: hi}, Bounded: true, Relative: true}
	}
	t.Run("one look changes nothing", func(t *testing.T) {
		got := Simultaneous([]*metric.Trend{ratio(0.3, 0.1, 0.5), nil, {Change: 1}})
		if got[1] != nil || got[2] != nil {
			t.Fatal("a change without limits has a range")
		}
		if math.Abs(got[0].Lo-0.1) > 1e-9 || math.Abs(got[0].Hi-0.5) > 1e-9 {
			t.Errorf("range %v", got[0])
		}
	})
	t.Run("sixty looks", func(t *testing.T) {
		list := make([]*metric.Trend, 60)
		for i := range list {
			list[i] = ratio(0, math.Exp(-1.96)-1, math.Exp(1.96)-1)
		}
		got := Simultaneous(list)[7]
		if lo, hi := math.Log1p(got.Lo), math.Log1p(got.Hi); math.Abs(lo+3.34) > 0.01 || math.Abs(hi-3.34) > 0.01 {
			t.Errorf("log limits %.3f and %.3f, want ∓3.34", lo, hi)
		}
	})
	t.Run("limits of the scale", func(t *testing.T) {
		got := Simultaneous([]*metric.Trend{
			ratio(0.2, -1, 4), ratio(-1, -1, 0.5),
			{Change: 0.9, Range: metric.Range{Lo: 0.2, Hi: 1}, Bounded: true},
		})
		if got[0].Lo != -1 || got[1].Lo != -1 || got[1].Hi < 0.5 || got[2].Hi != 1 || got[2].Lo < -1 {
			t.Errorf("ranges %v %v %v", got[0], got[1], got[2])
		}
	})
}

// TestSimultaneousCovers draws estimates of teams that did not change: in nearly all pages every
// range contains no change.
func TestSimultaneousCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const pages, teams = 2000, 60
	whole := 0
	for range pages {
		list := make([]*metric.Trend, teams)
		for i := range list {
			sd := 0.05 + 0.4*r.Float64()
			at := sd * r.NormFloat64()
			list[i] = &metric.Trend{
				Change: math.Expm1(at), Relative: true, Bounded: true,
				Range: metric.Range{Lo: math.Expm1(at - 1.96*sd), Hi: math.Expm1(at + 1.96*sd)},
			}
		}
		inside := true
		for i, x := range Simultaneous(list) {
			inside = inside && x.Lo <= 0 && x.Hi >= 0
			if x.Lo > list[i].Lo || x.Hi < list[i].Hi {
				t.Fatalf("range %v is narrower than %v", x, list[i].Range)
			}
		}
		if inside {
			whole++
		}
	}
	if share := float64(whole) / pages; share < 0.935 || share > 0.97 {
		t.Errorf("%.3f of the pages have every range around no change, want about 0.95", share)
	}
}
