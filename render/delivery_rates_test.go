package render

import (
	"testing"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// A number, its range, its earlier value and its chart have one unit, and what is
// published for programs stays as it was computed.
func TestRareRatesArePerWeek(t *testing.T) {
	rate := func(v, lo, hi, was float64) compute.Report {
		m := metric.Metric{
			ID: dora.Frequency, Scope: organisation, Unit: metric.PerDayPer, Figure: metric.Figure{Value: &v, Lo: &lo, Hi: &hi},
			Was: &metric.Was{Figure: metric.Figure{Value: &was}}, Target: &metric.Target{Value: 1, Op: metric.Up},
		}
		s := metric.Series{ID: dora.Frequency, Scope: organisation, Unit: metric.PerDayPer, Points: []metric.Point{{Figure: metric.Figure{Value: &v}}, {}}}
		return compute.Report{Measured: compute.Measured{Sections: []metric.Section{{Family: "dora", Metrics: []metric.Metric{m}, Series: []metric.Series{s}}}}}
	}
	for _, c := range []struct {
		name              string
		v, lo, hi, was, x float64
		unit              metric.Unit
	}{
		{"rare, its range reaches above", 0.4, 0.2, 1, 0.3, 7, metric.PerWeekPer},
		{"not rare", 5.2, 4.9, 5.5, 4, 1, metric.PerDayPer},
		{"rare now, not before", 0.4, 0.2, 1, 2, 1, metric.PerDayPer},
		{"none", 0, 0, 0.1, 0, 1, metric.PerDayPer},
	} {
		in := rate(c.v, c.lo, c.hi, c.was)
		out := inReadableRates(in)
		m, s := &out.Sections[0].Metrics[0], &out.Sections[0].Series[0]
		if m.Unit != c.unit || s.Unit != c.unit || *m.Value != c.v*c.x || *m.Lo != c.lo*c.x || *m.Hi != c.hi*c.x ||
			*m.Was.Value != c.was*c.x || m.Target.Value != c.x || *s.Points[0].Value != c.v*c.x || s.Points[1].Value != nil {
			t.Errorf("%s: got %v %s (%v to %v), was %v, series %s", c.name, *m.Value, m.Unit, *m.Lo, *m.Hi, *m.Was.Value, s.Unit)
		}
		if was := &in.Sections[0].Metrics[0]; was.Unit != metric.PerDayPer || *was.Value != c.v || was.Target.Value != 1 {
			t.Errorf("%s: the computed report was changed: %v %s", c.name, *was.Value, was.Unit)
		}
	}
}
