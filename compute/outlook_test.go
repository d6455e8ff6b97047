package compute

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// measuredUse is what is measured of a feature whose active units were counted by week.
func measuredUse(eligible int, active ...int) Measured {
	cut := time.Date(2024, 11, 4, 0, 0, 0, 0, time.UTC)
	s := metric.Series{ID: adoption.Share, Scope: metric.Scope{Kind: metric.Feature, ID: "x"}, Unit: metric.Share}
	for i, n := range active {
		at := cut.Add(time.Duration(i-len(active)) * org.Week)
		s.Points = append(s.Points, metric.Point{At: at, Figure: metric.Figure{Value: metric.Of(float64(n) / float64(eligible))}, N: n})
	}
	return Measured{
		AsOf: cut.AddDate(0, 0, 7), CutOff: cut,
		Adoption: adoption.Result{Features: []adoption.Feature{{ID: "x", Known: true, Unit: "team", Eligible: eligible}}},
		Sections: []metric.Section{{Family: "adoption", Series: []metric.Series{s}}},
	}
}

func TestOutlooks(t *testing.T) {
	by := time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)
	goal := fact.Goal{Metric: adoption.Share, AtLeast: metric.Of(50), Unit: "%", By: by, For: "x", Kind: fact.GoalFeature, Owner: "x"}
	half := metric.Of(50.0)
	rising := []int{2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20}
	flat := []int{6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6, 6}
	for name, c := range map[string]struct {
		eligible  int
		active    []int
		goals     []fact.Goal
		predicted *float64
		from      string
		want      func(o *Outlook) bool
	}{
		"rising reaches it": {60, rising, []fact.Goal{goal}, nil, "goals.toml", func(o *Outlook) bool {
			return !o.Mid.IsZero() && o.Early.Before(o.Mid) && o.Mid.Before(by) && o.Mid.After(time.Date(2024, 11, 30, 0, 0, 0, 0, time.UTC)) && len(o.Fan) >= 26
		}},
		"what was predicted stands in": {60, rising, nil, half, "predicted", func(o *Outlook) bool { return !o.Mid.IsZero() && o.By.IsZero() }},
		"the written goal goes first":  {60, rising, []fact.Goal{goal}, metric.Of(90.0), "goals.toml", func(o *Outlook) bool { return o.Goal == .5 }},
		"flat does not reach it":       {60, flat, []fact.Goal{goal}, nil, "goals.toml", func(o *Outlook) bool { return o.Mid.IsZero() && o.Late.IsZero() && len(o.Fan) >= 26 }},
		"reached already":              {60, []int{30, 31, 32, 33, 34, 35, 36, 37}, []fact.Goal{goal}, nil, "goals.toml", func(o *Outlook) bool { return o.Reached && o.Mid.IsZero() }},
		"too few weeks, with a date": {60, rising[:5], []fact.Goal{goal}, nil, "goals.toml", func(o *Outlook) bool {
			return o.Why != "" && o.First.Equal(time.Date(2024, 12, 2, 0, 0, 0, 0, time.UTC))
		}},
		"nobody uses it":       {60, []int{0, 0, 0}, []fact.Goal{goal}, nil, "goals.toml", func(o *Outlook) bool { return o.Why == "nobody uses it yet" && o.First.IsZero() }},
		"too few could use it": {4, []int{1, 1, 1, 1, 1, 1, 1, 1, 1}, []fact.Goal{goal}, nil, "goals.toml", func(o *Outlook) bool { return o.Why != "" && len(o.Fan) == 0 }},
	} {
		t.Run(name, func(t *testing.T) {
			m := measuredUse(c.eligible, c.active...)
			content := fact.Content{Goals: c.goals, Features: []fact.Feature{{Item: fact.Item{ID: "x"}, Adoption: fact.Adoption{Predicted: c.predicted}}}}
			list := newOutlooks(content, &m, judgeGoals(content, &m, newLookup(DefaultOptions(), content, &m)))
			if len(list) != 1 || list[0].From != c.from || !c.want(&list[0]) {
				t.Errorf("%s: %+v", name, list)
				return
			}
			for i, p := range list[0].Fan {
				if p.Lo > p.Mid || p.Mid > p.Hi || p.Lo < 0 || p.Hi > 1 || i > 0 && !p.At.Equal(list[0].Fan[i-1].At.Add(org.Week)) {
					t.Errorf("%s: week %d: %+v", name, i, p)
				}
			}
		})
	}
	m := measuredUse(60, rising...)
	if list := newOutlooks(fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "x"}}}}, &m, nil); len(list) > 0 {
		t.Errorf("without a goal: %+v", list)
	}
}

func TestGoalsOfAdoption(t *testing.T) {
	by := time.Date(2025, 6, 30, 0, 0, 0, 0, time.UTC)
	m := measuredUse(60, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20)
	m.Sections[0].Metrics = []metric.Metric{{
		ID: adoption.Share, Scope: metric.Scope{Kind: metric.Feature, ID: "x"}, Unit: metric.Share, Figure: metric.Figure{Value: metric.Of(1.0 / 3)}, Window: metric.Window{To: m.CutOff},
	}}
	judge := func(g fact.Goal) goals.Standing {
		g.By, g.For, g.Kind = by, "x", fact.GoalFeature
		c := fact.Content{Goals: []fact.Goal{g}, Features: []fact.Feature{{Item: fact.Item{ID: "x", Title: "X"}}}}
		return judgeGoals(c, &m, newLookup(DefaultOptions(), c, &m))[0]
	}
	if s := judge(fact.Goal{Metric: adoption.Share, AtLeast: metric.Of(30), Unit: "%"}); s.State != goals.Met || s.Scope.Title != "X" {
		t.Errorf("a census is sure: %+v", s)
	}
	if s := judge(fact.Goal{Metric: adoption.Share, AtLeast: metric.Of(35), Unit: "%"}); s.State != goals.OnTrack || s.Forecast == nil || s.Forecast.Lo < .35 {
		t.Errorf("just above: %+v %+v", s, s.Forecast)
	}
	if s := judge(fact.Goal{Metric: adoption.Share, AtLeast: metric.Of(99), Unit: "%"}); s.State != goals.CannotTell || s.Forecast == nil {
		t.Errorf("nearly all: %+v", s)
	}
	if s := judge(fact.Goal{Metric: activeUnits, AtLeast: metric.Of(21)}); s.State != goals.OnTrack || s.Forecast.Lo < 21 || s.Forecast.Hi > 60 {
		t.Errorf("counted in teams: %+v %+v", s, s.Forecast)
	}
}
