package org

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestWhenIncidentsWereCollected(t *testing.T) {
	month := metric.Window{From: date(2024, 9, 9), To: date(2024, 10, 7)}
	covers := func(source, repo string, from int) fact.Coverage {
		return fact.Coverage{Source: source, Repository: repo, Kind: "incidents", From: date(2024, from, 1), To: date(2024, 9, 20)}
	}
	for _, tt := range []struct {
		name   string
		events fact.Events
		want   bool
	}{
		{"nothing was said, and there are none", fact.Events{}, true},
		{"nothing was said: known from the first on", fact.Events{Incidents: []fact.Incident{{ID: "1", Opened: date(2024, 9, 12)}}}, false},
		{"nothing was said, the first is older", fact.Events{Incidents: []fact.Incident{{ID: "1", Opened: date(2024, 5, 1)}}}, true},
		{"the last record is no end", fact.Events{Coverage: []fact.Coverage{covers("pager", "a", 5), covers("pager", "b", 10)}}, true},
		{"a second source began later", fact.Events{Coverage: []fact.Coverage{covers("pager", "a", 5), covers("forge", "a", 10)}}, false},
		{"the source was down", fact.Events{
			Coverage: []fact.Coverage{covers("pager", "a", 5)},
			Gaps:     []fact.Gap{{Source: "pager", From: date(2024, 9, 15), To: date(2024, 9, 16)}},
		}, false},
		{"another source was down", fact.Events{
			Coverage: []fact.Coverage{covers("pager", "a", 5)},
			Gaps:     []fact.Gap{{Source: "git", From: date(2024, 9, 15), To: date(2024, 9, 16)}},
		}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, err := Resolve(Options{Calendar: Calendar{AsOf: date(2024, 11, 11), MaturityDays: 7}}, fact.Content{}, tt.events)
			if err != nil {
				t.Fatal(err)
			}
			if got := o.IncidentsKnownIn(month); got != tt.want {
				t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
			}
		})
	}
}
