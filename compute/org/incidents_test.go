package org

import (
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// daily returns an incident for every day of a span, the last at its end.
func daily(from, to time.Time) []fact.Incident {
	var list []fact.Incident
	for at := from; !at.After(to.AddDate(0, 0, 1)); at = at.AddDate(0, 0, 1) {
		list = append(list, fact.Incident{ID: at.Format(time.DateOnly), Opened: at})
	}
	return list
}

// monthly returns 24 incidents, four on one day of six months.
func monthly() []fact.Incident {
	var list []fact.Incident
	for month := range 6 {
		for hour := range 4 {
			at := date(2024, 4+month, 20).Add(-time.Duration(hour) * time.Hour)
			list = append(list, fact.Incident{ID: at.String(), Opened: at})
		}
	}
	return list
}

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
		{"people declared an earlier end", fact.Events{Coverage: []fact.Coverage{func() fact.Coverage {
			c := covers("pager", "a", 5)
			c.Ended = true
			return c
		}()}}, false},
		{"the file ends with its last record, and the silence is long", fact.Events{
			Coverage: []fact.Coverage{covers("pager", "a", 5)}, Incidents: daily(date(2024, 5, 1), date(2024, 9, 19)),
		}, false},
		{"the file goes on after its last record", fact.Events{
			Coverage: []fact.Coverage{covers("pager", "a", 5)}, Incidents: daily(date(2024, 5, 1), date(2024, 9, 15)),
		}, true},
		{"the file ends, and few incidents are expected", fact.Events{
			Coverage: []fact.Coverage{covers("pager", "a", 5)}, Incidents: monthly(),
		}, true},
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
