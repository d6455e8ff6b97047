package compute

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/measures"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

var gateDay = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

func word(text string, met bool) fact.Criterion {
	c := fact.Criterion{Text: text}
	if met {
		c.Met = gateDay.AddDate(0, -1, 0)
	}
	return c
}

func phase(name, status string, criteria ...fact.Criterion) fact.Phase {
	return fact.Phase{Name: name, Status: status, Criteria: criteria}
}

func TestCrossed(t *testing.T) {
	overridden := phase("alpha", "done", word("a", false))
	overridden.Override = &fact.GateOverride{Reason: "the customer could not wait", By: "product manager"}
	later, earlier := phase("beta", "", word("b", false)), phase("beta", "", word("b", false))
	later.Start, earlier.Start = gateDay.AddDate(0, 0, 1), gateDay.AddDate(0, 0, -1)
	for _, tt := range []struct {
		name   string
		status string
		phases []fact.Phase
		want   []string // "left>entered unmet!" where it failed
	}{
		{"one phase", fact.Active, []fact.Phase{phase("alpha", "active", word("a", false))}, nil},
		{"met", fact.Active, []fact.Phase{phase("alpha", "done", word("a", true)), phase("beta", "active", word("b", false))}, []string{"alpha>beta 0"}},
		{"not met", fact.Active, []fact.Phase{phase("alpha", "done", word("a", false), word("a", true)), phase("beta", "active")}, []string{"alpha>beta 1!"}},
		{"declared done", fact.Active, []fact.Phase{phase("alpha", "done", word("a", false)), phase("beta", "planned")}, []string{"alpha> 1!"}},
		{"overridden", fact.Active, []fact.Phase{overridden, phase("beta", "active")}, []string{"alpha>beta 1"}},
		{"not yet by date", fact.Active, []fact.Phase{phase("alpha", "active", word("a", false)), later}, nil},
		{"by date", fact.Active, []fact.Phase{phase("alpha", "active", word("a", false)), earlier}, []string{"alpha>beta 1!"}},
		{"stopped", fact.Active, []fact.Phase{phase("alpha", "stopped", word("a", false))}, nil},
		{"left out", fact.Active, []fact.Phase{phase("alpha", "planned", word("a", false)), phase("beta", "active")}, []string{"alpha>beta 1!"}},
		{"initiative done", fact.Done, []fact.Phase{phase("alpha", "active", word("a", false))}, []string{"alpha> 1!"}},
		{"no criteria", fact.Active, []fact.Phase{phase("alpha", "done"), phase("beta", "active")}, nil},
		{"refused", fact.WontBuild, []fact.Phase{phase("alpha", "done", word("a", false))}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := fact.Content{Initiatives: []fact.Initiative{{Item: fact.Item{ID: "x"}, Status: tt.status, Phases: tt.phases}}}
			m := &Measured{AsOf: gateDay}
			var got []string
			for _, x := range Crossed(c, Gates(DefaultOptions(), c, m), gateDay) {
				text := x.Left + ">" + x.Entered + " " + string(rune('0'+len(x.Unmet)))
				if x.Failed() {
					text += "!"
				}
				got = append(got, text)
			}
			if len(got) != len(tt.want) || len(got) > 0 && got[0] != tt.want[0] {
				t.Errorf("crossed %q, want %q", got, tt.want)
			}
		})
	}
}

// Drafts are looked at nowhere.
func TestGatesOfDrafts(t *testing.T) {
	c := fact.Content{Initiatives: []fact.Initiative{{Item: fact.Item{ID: "x", Draft: true}, Phases: []fact.Phase{phase("a", "done", word("a", false))}}}}
	gates := Gates(DefaultOptions(), c, &Measured{AsOf: gateDay})
	if len(gates) != 0 || len(Crossed(c, gates, gateDay)) != 0 {
		t.Errorf("%d gates", len(gates))
	}
}

// A criterion may be about a metric of a feature, about the number of its units,
// and about discovery.
func TestGatesOfMetrics(t *testing.T) {
	scope := metric.Scope{Kind: metric.Feature, ID: "gitops"}
	series := metric.Series{ID: adoption.Share, Scope: scope, Unit: metric.Share}
	for i, n := range []int{40, 48, 50, 51} {
		series.Points = append(series.Points, metric.Point{At: gateDay.Add(time.Duration(i-4) * org.Week), Figure: metric.Figure{Value: metric.Of(float64(n) / 60)}, N: n})
	}
	m := &Measured{
		AsOf:     gateDay,
		Adoption: adoption.Result{Features: []adoption.Feature{{ID: "gitops", Unit: "team", Eligible: 60, Known: true}}},
		Sections: []metric.Section{
			{Family: "adoption", Series: []metric.Series{series}},
			{Family: "space", Metrics: []metric.Metric{{
				ID: "space.satisfied", Scope: scope, State: metric.OK, Figure: metric.Figure{Value: metric.Of(0.62), Lo: metric.Of(0.55), Hi: metric.Of(0.69)},
				Unit: metric.Share, Window: metric.Window{From: gateDay.AddDate(0, 0, -28), To: gateDay},
			}}},
		},
	}
	criteria := []fact.Criterion{
		{Measure: "adoption.active", Feature: "gitops", AtLeast: metric.Of(50)},
		{Measure: "adoption.active", Feature: "vault", AtLeast: metric.Of(50)},
		{Measure: "adoption.share", Feature: "gitops", AtLeast: metric.Of(90), Unit: "%"},
		{Measure: "space.satisfied", Feature: "gitops", AtLeast: metric.Of(60), Unit: "%"},
		{Measure: "discovery.interviews_per_quarter", AtLeast: metric.Of(1)},
		{Measure: "dora.nothing", AtLeast: metric.Of(1)},
	}
	c := fact.Content{Initiatives: []fact.Initiative{{Item: fact.Item{ID: "x"}, Status: fact.Active, Phases: []fact.Phase{phase("alpha", "active", criteria...)}}}}
	c.Research = []fact.Research{{Item: fact.Item{ID: "r"}, Kind: "interview", Date: gateDay.AddDate(0, 0, -20)}}
	gates := Gates(DefaultOptions(), c, m)
	for i, want := range []struct {
		state  string
		value  float64
		unit   metric.Unit
		chance bool
	}{
		{measures.Met, 51, "teams", false},
		{measures.Unknown, 0, "", false},
		{measures.NotMet, 0.85, metric.Share, false},
		{measures.Met, 0.62, metric.Share, true},
		{measures.Met, 1, metric.Number, false},
		{measures.Unknown, 0, "", false},
	} {
		t.Run(want.state, func(t *testing.T) {
			e := gates[i].Evaluation
			got := 0.0
			if e.Value != nil {
				got = *e.Value
			}
			if e.State != want.state || got != want.value || e.Unit != want.unit || e.MayBeChance != want.chance {
				t.Errorf("%s of %q: %s, %g %s, may be chance %t; want %+v", criteria[i].Measure, criteria[i].Feature, e.State, got, e.Unit, e.MayBeChance, want)
			}
			if e.State == measures.Unknown && (e.Why == "" || e.Next == "") {
				t.Errorf("%s: not known, and neither why nor what to do", criteria[i].Measure)
			}
		})
	}
	if first := gates[0].Evaluation.FirstMet; !first.Equal(gateDay.Add(-2 * org.Week)) {
		t.Errorf("50 teams were met for good in the week of %s", first.Format(time.DateOnly))
	}
}
