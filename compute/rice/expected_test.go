package rice

import (
	"fmt"
	"math"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// TestScoresByHand holds the scores to their formulas, worked out by hand.
func TestScoresByHand(t *testing.T) {
	for _, c := range []struct{ lo, hi, x, coverage, want float64 }{
		{1, 3, 2, .9, 2},                // inside: the width
		{1, 3, 3, .9, 2},                // at the end
		{1, 3, 3.5, .9, 2 + 20*.5},      // 2/0.1 a unit above
		{1, 3, 0, .8, 2 + 10},           // 2/0.2 a unit below
		{-.35, -.05, -.08, .9, .3},      // an effect
		{-.35, -.05, .02, .9, .3 + 1.4}, // 20·0.07
	} {
		t.Run(fmt.Sprint(c.lo), func(t *testing.T) {
			if got := Winkler(c.lo, c.hi, c.x, c.coverage); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("Winkler(%v, %v, %v, %v) = %v, want %v", c.lo, c.hi, c.x, c.coverage, got, c.want)
			}
		})
	}
	for _, c := range []struct {
		p    []float64
		came []bool
		want float64
	}{
		{nil, nil, 0},
		{[]float64{1}, []bool{true}, 0},
		{[]float64{1}, []bool{false}, 1},
		{[]float64{.5, .5}, []bool{true, false}, .25},
		{[]float64{.9, .7, .5}, []bool{true, false, true}, (.01 + .49 + .25) / 3},
	} {
		t.Run(fmt.Sprint(c.p), func(t *testing.T) {
			if got := Brier(c.p, c.came); math.Abs(got-c.want) > 1e-12 {
				t.Errorf("Brier(%v, %v) = %v, want %v", c.p, c.came, got, c.want)
			}
		})
	}
}

func TestCalibrateEffects(t *testing.T) {
	x := func(change, lo, hi, got, confidence float64) Expectation {
		return Expectation{Relative: true, Change: change, Range: metric.Range{Lo: lo, Hi: hi}, Got: &got, Confidence: &confidence}
	}
	list := []Expectation{
		x(-.2, -.35, -.05, -.08, .9), // a hit, and it came
		x(-.2, -.35, -.05, 0, .7),    // a miss, and it did not come
		x(-.2, -.35, -.05, -.5, .5),  // a miss on the good side: it came
		x(.5, .1, 1, .5, .9),         // a hit
	}
	late, unseen := x(-.2, -.35, -.05, -.2, .9), Expectation{Change: -.2, Range: metric.Range{Lo: -.3, Hi: -.1}}
	late.Late = true
	list = append(list, late, unseen)
	if c, ok := CalibrateEffects(list); ok || c.N != 4 {
		t.Errorf("four are listed only: %+v", c)
	}
	points := Expectation{Change: 5, Range: metric.Range{Lo: 2, Hi: 8}, Got: metric.Of(3)} // no ratio, no confidence
	c, ok := CalibrateEffects(append(list, points))
	if !ok || c.N != 5 || c.Hits != 3 || c.Share != .6 || c.Relative != 4 || c.Confident != 4 {
		t.Fatalf("%+v", c)
	}
	// Ratios found ÷ expected: .92/.8, 1/.8, .5/.8, 1.5/1.5.
	if want := math.Pow(.92/.8*1/.8*.5/.8, .25); math.Abs(c.Bias-want) > 1e-12 {
		t.Errorf("bias %v, want %v", c.Bias, want)
	}
	if want := (.01 + .49 + .25 + .01) / 4; math.Abs(c.Brier-want) > 1e-12 {
		t.Errorf("Brier %v, want %v", c.Brier, want)
	}
	width := math.Log(.95 / .65)
	if want := (3*width + 20*math.Log(1/.95) + 20*math.Log(.65/.5) + math.Log(2/1.1)) / 4; math.Abs(c.Winkler-want) > 1e-12 {
		t.Errorf("Winkler %v, want %v", c.Winkler, want)
	}
	if c.Likely.Lo > .6 || c.Likely.Hi < .6 {
		t.Errorf("%+v", c.Likely)
	}
}

func TestExpectations(t *testing.T) {
	day := func(m, d int) time.Time { return time.Date(2024, time.Month(m), d, 0, 0, 0, 0, time.UTC) }
	in := fact.Initiative{
		Item: fact.Item{ID: "a"}, Rice: &fact.RICE{Approved: day(3, 1), Confidence: &fact.Level{Word: "high"}},
		Phases:   []fact.Phase{{Start: day(5, 1)}, {Start: day(4, 1)}, {}},
		Expected: &fact.Expected{Outcome: "dora.lead_time", Change: metric.Of(-20), Looks: []time.Time{day(6, 1), day(8, 1)}},
	}
	content := fact.Content{Initiatives: []fact.Initiative{in, {Item: fact.Item{ID: "none"}}}}
	list := Defaults().Expectations(content, day(7, 1))
	if len(list) != 1 {
		t.Fatalf("%+v", list)
	}
	x := list[0]
	if x.Change != -.2 || x.Lo != -.3 || x.Hi != -.1 || !x.Assumed || !x.On.Equal(day(3, 1)) || !x.From.Equal(day(4, 1)) || *x.Confidence != .9 ||
		!x.Look.Equal(day(6, 1)) || !x.Next.Equal(day(8, 1)) || x.Late {
		t.Errorf("%+v", x)
	}
	in.Expected.On = day(4, 2)
	if x := Defaults().Expectations(content, day(5, 1))[0]; !x.Late || !x.Look.IsZero() || !x.Next.Equal(day(6, 1)) {
		t.Errorf("written down after the first phase began: %+v", x)
	}
}
