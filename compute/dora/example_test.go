package dora

import (
	"math"
	"os"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// measureExample measures the example platform from generated events.
func measureExample(t *testing.T) *Result {
	t.Helper()
	c, problems := content.Read(os.DirFS("../../site"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	options := demo.ExampleOptions(c.Teams)
	e, err := demo.GenerateEvents(options)
	if err != nil {
		t.Fatal(err)
	}
	calendar := org.Calendar{AsOf: options.AsOf, MaturityDays: 7, Breaks: []metric.Break{{
		Title: "holidays", Window: metric.Window{From: time.Date(2023, 12, 25, 0, 0, 0, 0, time.UTC), To: time.Date(2024, 1, 8, 0, 0, 0, 0, time.UTC)},
	}}}
	o, err := org.Resolve(org.Options{Calendar: calendar}, fact.Content{Teams: c.Teams}, e)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Measure(Defaults(), o)
	if err != nil {
		t.Fatal(err)
	}
	pages := map[metric.ScopeKind][]trend.Cell{}
	for i := range r.Section.Metrics {
		m := &r.Section.Metrics[i]
		pages[m.Scope.Kind] = append(pages[m.Scope.Kind], trend.Cell{Scope: m.Scope, Metric: m.ID, Trend: m.Trend, At: m.Window.To, PerYear: trend.LooksPerYear})
	}
	trend.Settle([][]trend.Cell{pages[metric.Organisation], pages[metric.Team]}, nil, false)
	return &r
}

// What the concept's dashboard says of the four, at the example's sizes. The
// change is the typical team's, which is near the change of the pooled number.
func TestExampleEarnsItsArrows(t *testing.T) {
	r := measureExample(t)
	for _, tt := range []struct {
		id           string
		value        float64
		tier         string
		outcome      metric.Outcome
		arrow        metric.Direction
		change, near float64
	}{
		{Frequency, 5.2, "elite", metric.Changed, metric.Up, .30, .02},
		{LeadTime, 42 * minute, "elite", metric.Changed, metric.Down, -.15, .02},
		{FailRate, .08, "elite", metric.AboutTheSame, "", 0, .001},
		{RestoreTime, 22 * minute, "elite", metric.Changed, metric.Down, -.40, .05},
	} {
		t.Run(tt.id, func(t *testing.T) {
			m := r.Section.Find(tt.id, whole)
			if math.Abs(*m.Value-tt.value) > .005*tt.value {
				t.Errorf("%s: got %v, want %v", tt.id, *m.Value, tt.value)
			}
			want(t, tt.id+" tier", *m.Tier, metric.Tier{Name: tt.tier, Source: m.Tier.Source})
			got := m.Trend
			if got == nil {
				t.Errorf("%s: not tested", tt.id)
				return
			}
			want(t, tt.id, got.Outcome, tt.outcome)
			want(t, tt.id+" arrow", got.Arrow(), tt.arrow)
			if math.Abs(got.Change-tt.change) > tt.near || got.Lo > got.Change || got.Hi < got.Change {
				t.Errorf("%s: changed by %.3f (%.3f to %.3f), want about %.2f", tt.id, got.Change, got.Lo, got.Hi, tt.change)
			}
		})
	}
}
