package compute

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
)

// TestOutcomeBeforeAndAfter: an outcome without teams is held against its own past;
// it leans at most, and has a value wherever there is one.
func TestOutcomeBeforeAndAfter(t *testing.T) {
	cut := time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	shipped := cut.AddDate(0, 0, -7*20)
	scope := metric.Scope{Kind: metric.Organisation}
	series := metric.Series{ID: measures.MetricID("calls"), Scope: scope}
	for w := 40; w > 0; w-- {
		v := 30 + float64(w%3)
		if w <= 20 {
			v = 5 + float64(w%3)
		}
		series.Points = append(series.Points, metric.Point{At: cut.AddDate(0, 0, -7*w), Figure: metric.Figure{Value: &v}})
	}
	reported := []fact.Result{{Measure: "calls", Before: metric.Of(30), After: metric.Of(5)}}
	measured := func(s *metric.Series) *Measured {
		m := &Measured{
			AsOf: cut.AddDate(0, 0, 7), CutOff: cut,
			Adoption: adoption.Result{Features: []adoption.Feature{{ID: "grafana", Available: shipped, Known: true}}},
		}
		if s != nil {
			m.Sections = []metric.Section{{
				Family: "measures", Series: []metric.Series{*s},
				Metrics: []metric.Metric{{ID: s.ID, Scope: scope, Better: metric.Down}},
			}}
		}
		return m
	}
	f := &fact.Feature{Item: fact.Item{ID: "grafana"}, Decision: fact.Thresholds{Outcome: "calls"}}
	with := &fact.Content{Initiatives: []fact.Initiative{{Features: []string{"grafana"}, Results: reported}}}
	tests := []struct {
		name    string
		series  *metric.Series
		content *fact.Content
		value   bool
		leans   bool
	}{
		{"weeks on both sides", &series, &fact.Content{}, true, true},
		{"a report only", nil, with, true, false},
		{"nothing", nil, &fact.Content{}, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			d := deliveryFacts(f, tt.content, measured(tt.series))
			if (d.Change.Value != nil) != tt.value || tt.value && *d.Change.Value > -0.7 {
				t.Errorf("change %+v", d.Change)
			}
			r := decision.Recommend(decision.Input{
				Thresholds: decision.Defaults(), AsOf: cut.AddDate(0, 0, 7), Delivery: d, Satisfaction: decision.Census(0.9, 40),
				Available: decision.Availability{At: shipped}, Answers: decision.Answers{Sent: cut.AddDate(0, 0, -20), Teams: 12},
				Adoption: decision.Adoption{Given: "default"},
			})
			want := decision.FindOut
			if tt.leans {
				want = decision.Leaning
			}
			if r.Strength != want {
				t.Errorf("%s: %s, want %s", r.Strength, r.Verdict, want)
			}
		})
	}
}

func TestNextWave(t *testing.T) {
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	monthly := []space.Wave{{Sent: day(9, 15), Closed: day(9, 21)}, {Sent: day(10, 15), Closed: day(10, 21)}}
	tests := []struct {
		name        string
		waves       []space.Wave
		since, want time.Time
	}{
		{"no survey yet", nil, day(1, 1), day(11, 25)},
		{"in the rhythm", monthly, day(1, 1), day(11, 21)},
		{"four weeks after general availability", monthly, day(11, 4), day(12, 21)},
		{"one survey: a quarter later", monthly[1:], day(1, 1), day(10, 15).AddDate(0, 0, 91+7)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := nextWave(tt.waves, tt.since, day(11, 11)); !got.Equal(tt.want) {
				t.Errorf("%s: %s, want %s", tt.name, got.Format(time.DateOnly), tt.want.Format(time.DateOnly))
			}
		})
	}
}
