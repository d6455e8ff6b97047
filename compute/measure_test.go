package compute_test

import (
	"encoding/json"
	"reflect"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/org"
)

// few is a small organisation without features.
func few(t *testing.T) (fact.Content, fact.Events, time.Time) {
	t.Helper()
	asOf := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	o := demo.Options{Seed: 3, TeamCount: 4, ServiceCount: 5, AsOf: asOf, From: asOf.AddDate(0, -6, 0)}
	e, err := demo.GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	return fact.Content{Teams: demo.GenerateTeams(o)}, e, asOf
}

func run(t *testing.T, o compute.Options, c fact.Content, e fact.Events, history []compute.Row, asOf time.Time) compute.Measured {
	t.Helper()
	m, _, err := compute.Measure(o, c, e, compute.Past{Rows: history}, asOf)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// values are the published values of a metric by week and definition.
func values(m *compute.Measured, id string) map[string]map[time.Time]float64 {
	out := map[string]map[time.Time]float64{}
	for _, r := range m.History {
		if r.Metric != id || r.Value == nil {
			continue
		}
		if out[r.Hash] == nil {
			out[r.Hash] = map[time.Time]float64{}
		}
		out[r.Hash][r.Week] = *r.Value
	}
	return out
}

func TestASecondRunChangesNothing(t *testing.T) {
	c, e, asOf := few(t)
	first := run(t, compute.DefaultOptions(), c, e, nil, asOf)
	data, err := json.Marshal(first.History)
	if err != nil {
		t.Fatal(err)
	}
	var read []compute.Row
	if err := json.Unmarshal(data, &read); err != nil {
		t.Fatal(err)
	}
	second := run(t, compute.DefaultOptions(), c, e, read, asOf)
	again, err := json.Marshal(second.History)
	if err != nil || string(again) != string(data) {
		t.Errorf("history differs after a round trip (%v):\n%s\n%s", err, data, again)
	}
	if n := len(second.Revisions()); n != 0 {
		t.Errorf("%d values are said to differ", n)
	}
}

// Facts that arrive later leave the published values, and are noted beside them.
func TestLateFactsEditNoPublishedValue(t *testing.T) {
	c, e, asOf := few(t)
	first := run(t, compute.DefaultOptions(), c, e, nil, asOf)
	late := e
	late.Deployments = nil
	from, to := first.CutOff.Add(-2*org.Week), first.CutOff.Add(-org.Week)
	for i, d := range e.Deployments {
		if i%2 == 0 || d.Finished().Before(from) || !d.Finished().Before(to) {
			late.Deployments = append(late.Deployments, d) // half of one week turns out not to be production
		}
	}
	next := asOf.Add(org.Week)
	second := run(t, compute.DefaultOptions(), c, late, first.History, next)
	was, is := values(&first, dora.Frequency), values(&second, dora.Frequency)
	for hash, weeks := range was {
		for week, v := range weeks {
			if is[hash][week] != v {
				t.Errorf("week %s: published %v, then %v", week.Format(time.DateOnly), v, is[hash][week])
			}
		}
	}
	revised := map[time.Time]compute.Row{}
	for _, r := range second.Revisions() {
		if r.Metric == dora.Frequency {
			revised[r.Week] = r
		}
	}
	// The windows of four weeks that contain the week: it is the last but one.
	for _, week := range []time.Time{to, to.Add(org.Week)} {
		r, ok := revised[week]
		if !ok || r.Revised.Value >= *r.Value || !r.Revised.Since.Equal(second.CutOff) {
			t.Errorf("week before %s: got %+v, want a lower value noted by this run", week.Format(time.DateOnly), r)
		}
	}
	if len(revised) != 2 {
		t.Errorf("got %d weeks revised, want the 2 published ones with the week in their window", len(revised))
	}
	third := run(t, compute.DefaultOptions(), c, e, second.History, next)
	for _, r := range third.Revisions() {
		if r.Week.Before(second.CutOff) {
			t.Errorf("the facts are as they were, and %s of %s is still noted", r.Metric, r.Week.Format(time.DateOnly))
		}
	}
}

// A changed knob begins a second series beside the first, with weeks of its own.
func TestAChangedDefinitionIsASecondSeries(t *testing.T) {
	c, e, asOf := few(t)
	first := run(t, compute.DefaultOptions(), c, e, nil, asOf)
	o := compute.DefaultOptions()
	o.DORA.CollapseMinutes = 240
	next := asOf.Add(org.Week)
	second := run(t, o, c, e, first.History, next)
	was, is := values(&first, dora.Frequency), values(&second, dora.Frequency)
	if len(was) != 1 || len(is) != 2 {
		t.Fatalf("got %d series, then %d, want 1, then 2", len(was), len(is))
	}
	for hash, weeks := range was {
		if !reflect.DeepEqual(is[hash], weeks) {
			t.Errorf("series %s: got %v, want %v", hash, is[hash], weeks)
		}
	}
	var change *compute.DefinitionChange
	for _, d := range second.DefinitionChanges() {
		if d.Metric == dora.Frequency {
			change = &d
		}
	}
	if change == nil || !change.At.Equal(second.CutOff) || was[change.From] == nil || was[change.To] != nil || change.Rows != len(was[change.From]) {
		t.Errorf("got change %+v", change)
	}
	if anew := run(t, o, c, e, nil, next); len(values(&anew, dora.Frequency)) != 1 || anew.DefinitionChanges() != nil {
		t.Error("a history begun anew has an earlier series")
	}
}

func TestHistoryKeepsToItsBudget(t *testing.T) {
	c, e, asOf := few(t)
	o := compute.DefaultOptions()
	o.HistoryBytes = 8000
	data, err := json.Marshal(run(t, o, c, e, nil, asOf).History)
	if err != nil || len(data) > 8000+2 {
		t.Errorf("got %d bytes (%v)", len(data), err)
	}
}
