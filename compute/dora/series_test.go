package dora

import (
	"math"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Limits are of mature weeks; a week outside of them is marked, and the last,
// which is not mature, is not looked at.
func TestProcessLimits(t *testing.T) {
	h := newHistory()
	for week := range 9 {
		n := 3 + week%2
		if week == 4 {
			n = 20
		}
		for i := range n {
			id := string(rune('a'+week)) + string(rune('a'+i))
			h.change(merged(id, id, at(7*week+i%7, 8+i/7))).deploy(id, id, at(7*week+i%7, 9+i/7))
		}
	}
	h.Coverage[0].From, h.Coverage[0].To = at(0, 0), at(63, 0)
	s := h.measure(t).Section.FindSeries(Frequency, shopTeam)
	if s.Centre == nil {
		t.Fatal("no limits")
	}
	// 3 4 3 4 20 4 3 4 deployments a week: mean 45/8, mean moving range 37/7.
	near(t, "centre", *s.Centre, 45./8/7)
	near(t, "upper", *s.Upper, (45./8+3/1.128*37./7)/7)
	want(t, "lower", *s.Lower, 0)
	var outside []int
	for i, p := range s.Points {
		if p.Outside {
			outside = append(outside, i)
		}
	}
	want(t, "worth a look", outside, []int{4})
	want(t, "the last is not mature", s.Points[8].Provisional, true)

	// Durations spread by factors: their limits are symmetric in the logarithm.
	lead := h.measure(t).Section.FindSeries(LeadTime, shopTeam)
	near(t, "geometric", *lead.Centre**lead.Centre, *lead.Lower**lead.Upper)

	// A break is in no limit.
	o := h.organisation(t)
	o.Calendar.Breaks = []metric.Break{{Window: metric.Window{From: at(28, 0), To: at(35, 0)}}}
	r, err := Measure(Defaults(), o)
	if err != nil {
		t.Fatal(err)
	}
	if s := r.Section.FindSeries(Frequency, shopTeam); s.Centre != nil {
		t.Errorf("seven weeks are too few for limits, got %v", *s.Centre)
	}
}

func near(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-9*math.Max(1, math.Abs(want)) {
		t.Errorf("%s: got %v, want %v", what, got, want)
	}
}

func TestSharesHaveLimitsWithinTheirRange(t *testing.T) {
	s := metric.Series{Unit: metric.Share}
	for i := range 10 {
		s.Points = append(s.Points, metric.Point{At: at(7*i, 0), Figure: metric.Figure{Value: metric.Of(float64(i % 2))}})
	}
	setProcessLimits(&s)
	want(t, "limits", []float64{*s.Lower, *s.Centre, *s.Upper}, []float64{0, .5, 1})
}
