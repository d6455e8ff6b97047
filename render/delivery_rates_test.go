package render

import (
	"testing"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/chart"
	"github.com/ip3dp/ip3dp/render/view"
)

// A number, its range, its earlier value and its chart are shown in one unit, and values and
// units stay as they were computed.
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
		name           string
		v, lo, hi, was float64
		shown, line    string
	}{
		{"rare, its range reaches above", 0.4, 0.2, 1, 0.3, "2.8/week/team, likely 1.4–7.0/week/team, goal: at least 7.0/week/team", "2.8|per week and team"},
		{"not rare", 5.2, 4.9, 5.5, 4, "5.2/day/team, likely 4.9–5.5/day/team, goal: at least 1.0/day/team", "5.2|per day and team"},
		{"rare now, not before", 0.4, 0.2, 1, 2, "0.4/day/team, likely 0.2–1.0/day/team, goal: at least 1.0/day/team", "0.4|per day and team"},
		{"none", 0, 0, 0.1, 0, "0/day/team, likely 0.0–0.1/day/team, goal: at least 1.0/day/team", "0|per day and team"},
	} {
		t.Run(c.name, func(t *testing.T) {
			in := rate(c.v, c.lo, c.hi, c.was)
			out := withRareRates(in)
			m, s := &out.Sections[0].Metrics[0], &out.Sections[0].Series[0]
			tile := view.NewTile(m, "").WithGoal(m)
			if got := tile.Number + tile.Unit + ", " + tile.Interval + ", " + tile.Goal; got != c.shown {
				t.Errorf("the tile shows %q, want %q", got, c.shown)
			}
			row := chart.NewLine("", s).Records()[1]
			if got := row[1] + "|" + row[5]; got != c.line {
				t.Errorf("the chart has %q, want %q", got, c.line)
			}
			if m.Unit != metric.PerDayPer || *m.Value != c.v || m.Target.Value != 1 || *s.Points[0].Value != c.v {
				t.Errorf("value or unit was changed: %v %s", *m.Value, m.Unit)
			}
			if in.Sections[0].Metrics[0].Rare {
				t.Error("the computed report was changed")
			}
		})
	}
}
