package space

import (
	"reflect"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestAim(t *testing.T) {
	metrics := map[string]metric.Metric{
		NPS:                         {ID: NPS, Title: "Net promoter score", Unit: metric.Points, Figure: metric.Figure{Value: metric.Of(42), Lo: metric.Of(36), Hi: metric.Of(48)}},
		"dora.lead_time":            {ID: "dora.lead_time", Title: "Lead time", Unit: metric.Seconds, Figure: metric.Figure{Value: metric.Of(2520), Lo: metric.Of(2400), Hi: metric.Of(2600)}},
		MinutesID("deploy"):         {ID: MinutesID("deploy"), Title: "Time to deploy", Unit: metric.Seconds, Figure: metric.Figure{Value: metric.Of(400), Lo: metric.Of(350), Hi: metric.Of(450)}},
		"dora.deployment_frequency": {ID: "dora.deployment_frequency", Unit: metric.PerDayPer, Figure: metric.Figure{Value: metric.Of(5)}},
	}
	find := func(id string) *metric.Metric {
		if m, ok := metrics[id]; ok {
			return &m
		}
		return nil
	}
	before := []Dimension{
		{ID: "satisfaction", Rows: []DimensionMetric{{Metric: NPS, Title: "NPS", Wanted: metric.Up, State: CannotTell}}},
		{ID: "performance", Rows: []DimensionMetric{{Metric: "dora.lead_time", Title: "Change lead time", Target: newEliteTarget(3600, metric.Down), State: Met}}},
		{ID: "activity", Rows: []DimensionMetric{{Metric: "dora.deployment_frequency", Wanted: metric.Up, State: AsWanted}}},
		{ID: "communication"},
		{ID: "efficiency", Rows: []DimensionMetric{{Metric: TaskSuccess}, {Metric: "measure.x"}}},
	}
	same := ApplyGoals(before, nil, find)
	if !reflect.DeepEqual(same, before) {
		t.Errorf("without goals the table changed: %+v", same)
	}
	after := ApplyGoals(before, []Goal{
		{NPS, "", metric.Target{Value: 40, Op: metric.Up}},
		{NPS, "", metric.Target{Value: 99, Op: metric.Up}}, // a later day: the first counts
		{"dora.lead_time", "Mine", metric.Target{Value: 1800, Op: metric.Down}},
		{"dora.deployment_frequency", "", metric.Target{Value: 4, Op: metric.Up}},
		{MinutesID("deploy"), "", metric.Target{Value: 300, Op: metric.Down}},
		{SuccessID("deploy"), "", metric.Target{Value: .9, Op: metric.Up}},
		{"discovery.interviews", "", metric.Target{Value: 1, Op: metric.Up}}, // of no dimension
	}, find)
	if r := rowOf(after, NPS); r.State != Met || r.Sure || r.Title != "NPS" || r.Wanted != "" || r.Target.Value != 40 {
		t.Errorf("NPS %+v", r)
	}
	if r := rowOf(after, "dora.lead_time"); r.State != NotMet || !r.Sure || r.Title != "Change lead time" {
		t.Errorf("lead time %+v", r)
	}
	if r := after[2].Rows[0]; r.State != AsWanted || r.Target != nil {
		t.Errorf("activity is judged by a level: %+v", r)
	}
	if n := len(after[1].Rows); n != 2 {
		t.Errorf("%d rows of performance", n)
	}
	rows := after[4].Rows
	if len(rows) != 4 || rows[0].Metric != MinutesID("deploy") || rows[0].State != NotMet || rows[1].Metric != SuccessID("deploy") ||
		rows[1].State != Unknown || rows[1].Why != "not measured" || rows[2].Metric != TaskSuccess {
		t.Errorf("efficiency %+v", rows)
	}
	if !after[4].HasData || before[4].HasData || len(before[4].Rows) != 2 {
		t.Error("the dimensions given were changed")
	}
}
