package dora

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// shops is a history of n teams with a repository each. Every team deploys one
// change a day for eight weeks; deployments take twice as long in the later four.
func shops(n int, faster float64) *history {
	h := &history{}
	for i := range n {
		id := fmt.Sprintf("team-%02d", i)
		r := "acme/" + id
		h.teams = append(h.teams, fact.Team{ID: id, Developers: 5, Owns: []fact.Ownership{{Repository: r}}})
		for _, kind := range []string{"deployments", "incidents"} {
			h.Coverage = append(h.Coverage, fact.Coverage{Source: "test", Repository: r, Kind: kind, From: at(-365, 0), To: at(365, 0)})
		}
		for day := -1; day < 2*currentDay; day++ {
			hours := 10.0 + float64(i) + float64((day+28)%7)/10
			if day >= currentDay {
				hours *= faster
			}
			done := at(day, 20)
			sha := fmt.Sprintf("%s-%d", id, day)
			h.Changes = append(h.Changes, fact.Change{
				Repository: r, ID: sha, MergeCommit: sha, Merged: done.Add(-time.Hour), Opened: done.Add(-2 * time.Hour),
				FirstCommit: done.Add(-time.Duration(hours * float64(time.Hour))),
			})
			h.Deployments = append(h.Deployments, fact.Deployment{
				Repository: r, ID: sha, Environment: "production", Commit: sha, Created: done.Add(-time.Minute),
				Statuses: []fact.Status{{State: fact.Success, At: done}},
			})
		}
	}
	return h
}

// The test depends on how many teams there are to speak about.
func TestLeadTimeTrendByNumberOfTeams(t *testing.T) {
	for _, tt := range []struct {
		teams  int
		method string
		n      string
	}{
		{1, "Mann–Whitney test over deployments, ratio by Hodges and Lehmann", "[{deployments 28} {deployments before 28}]"},
		{2, "van Elteren's test over deployments, within each team; for these 2 teams", "[{deployments 56} {deployments before 56}]"},
		{7, "van Elteren's test over deployments, within each team; for these 7 teams", "[{deployments 196} {deployments before 196}]"},
		{8, "Wilcoxon's signed rank test over the log ratios of teams, ratio of the typical team by Hodges and Lehmann", "[{teams 8}]"},
	} {
		t.Run(fmt.Sprint(tt.teams), func(t *testing.T) {
			got := shops(tt.teams, 0.7).measure(t).Section.Find(LeadTime, whole).Trend
			want(t, "method", got.Method, tt.method)
			want(t, "n", got.N, tt.n)
			want(t, "outcome", got.Outcome, metric.WorthWatching)
			if got.Change > -0.29 || got.Change < -0.31 {
				t.Errorf("%d teams: changed by %.3f, want −0.30", tt.teams, got.Change)
			}
		})
	}
}

func TestTrendOfTeams(t *testing.T) {
	r := shops(9, 0.7).measure(t)
	for i := range r.Section.Metrics {
		m := &r.Section.Metrics[i]
		if m.Scope.Kind != metric.Team || m.Trend == nil {
			continue
		}
		switch m.ID {
		case LeadTime:
			want(t, m.Scope.ID, m.Trend.Method, "Mann–Whitney test over deployments, ratio by Hodges and Lehmann")
			want(t, m.Scope.ID, m.Trend.Outcome, metric.WorthWatching)
		case Frequency:
			want(t, m.Scope.ID, m.Trend.Method, "quasi-Poisson ratio of the deployments per week")
			want(t, m.Scope.ID, m.Trend.Outcome, metric.NotEnoughData)
		case FailRate:
			t.Errorf("%s: no failure can be seen, and yet a trend", m.Scope.ID)
		}
		if m.Trend.Q < m.Trend.P {
			t.Errorf("%s of %s: q %v is below p %v", m.ID, m.Scope.ID, m.Trend.Q, m.Trend.P)
		}
	}
}

func incidents(h *history, hours float64, days ...int) *history {
	for _, d := range days {
		in := fact.Incident{ID: fmt.Sprint("i", d), Repository: h.Deployments[0].Repository, Opened: at(d, 1)}
		if hours > 0 {
			in.Resolved = in.Opened.Add(time.Duration(hours * (1 + float64(d%3)/10) * float64(time.Hour)))
		}
		h.Incidents = append(h.Incidents, in)
	}
	return h
}

func everyDay(from, n int) []int {
	var days []int
	for i := range n {
		days = append(days, from+i)
	}
	return days
}

func TestRestoreTrend(t *testing.T) {
	for _, tt := range []struct {
		name    string
		make    func() *history
		outcome metric.Outcome
		method  string
	}{
		{"resolved faster", func() *history {
			return incidents(incidents(shops(1, 1), 4, everyDay(2, 12)...), 1, everyDay(currentDay+2, 12)...)
		}, metric.WorthWatching, "Mann–Whitney test over incidents"},
		{"one is open: it stays in", func() *history {
			h := incidents(incidents(shops(1, 1), 4, everyDay(2, 12)...), 1, everyDay(currentDay+2, 12)...)
			return incidents(h, 0, currentDay+20)
		}, metric.WorthWatching, "Gehan's test over incidents, open ones included"},
		{"some are open, and they are few: no claim", func() *history {
			h := incidents(incidents(shops(1, 1), 40, everyDay(2, 12)...), .1, everyDay(currentDay+2, 8)...)
			return incidents(h, 0, currentDay+20)
		}, metric.NotEnoughData, "none: some are still open, and there are fewer than 10 in a window"},
		{"three against three can show nothing", func() *history {
			return incidents(incidents(shops(1, 1), 40, 2, 3, 4), .1, currentDay+2, currentDay+3, currentDay+4)
		}, metric.NotEnoughData, "Mann–Whitney test over incidents"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.make().measure(t).Section.Find(RestoreTime, metric.Scope{Kind: metric.Team, ID: "team-00"}).Trend
			if got == nil {
				t.Fatal("not tested")
			}
			want(t, "outcome", got.Outcome, tt.outcome)
			if !strings.HasPrefix(got.Method, tt.method) {
				t.Errorf("method: got %s, want %s", got.Method, tt.method)
			}
		})
	}
}

// What cannot be compared prints what it was, and no more.
func TestNoTrendWithoutAFullEarlierWindow(t *testing.T) {
	for _, tt := range []struct {
		name   string
		make   func() *history
		id     string
		tested bool
	}{
		{"both windows collected", func() *history { return shops(1, .7) }, LeadTime, true},
		{"collected from the middle of the earlier window", func() *history {
			h := shops(1, .7)
			h.Coverage[0].From = at(14, 0)
			return h
		}, LeadTime, false},
		{"nothing deployed before: there is no ratio", func() *history {
			h := shops(1, .7)
			h.Deployments = h.Deployments[30:]
			return h
		}, Frequency, false},
		{"the team took the service over", func() *history {
			h := shops(1, .7)
			h.teams[0].Owns[0].From = at(14, 0)
			return h
		}, LeadTime, false},
		{"incidents known for both windows", func() *history {
			return incidents(shops(1, 1), 4, 5, currentDay+5)
		}, RestoreTime, true},
		{"incidents known from the second week on", func() *history {
			h := incidents(shops(1, 1), 4, 9, currentDay+5)
			h.Coverage[1].From = at(7, 0)
			return h
		}, RestoreTime, false},
		{"failures need incidents", func() *history {
			h := incidents(shops(1, 1), 4, 9, currentDay+5)
			h.Incidents[1].Deployment = fmt.Sprintf("team-00-%d", currentDay+4)
			h.Coverage[1].From = at(7, 0)
			return h
		}, FailRate, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			id := tt.id
			r, err := Measure(Defaults(), tt.make().organisation(t))
			if err != nil {
				t.Fatal(err)
			}
			m := r.Section.Find(id, metric.Scope{Kind: metric.Team, ID: "team-00"})
			if m.Value == nil || m.Was == nil && id != Frequency && id != FailRate {
				t.Fatalf("should have two values: %+v", m)
			}
			want(t, "tested", m.Trend != nil, tt.tested)
		})
	}
}

// Incidents that name no service are the organisation's only.
func TestIncidentsOfNoServiceAreTested(t *testing.T) {
	h := incidents(incidents(shops(2, 1), 4, everyDay(2, 12)...), 1, everyDay(currentDay+2, 12)...)
	for i := range h.Incidents {
		h.Incidents[i].Repository = ""
	}
	sec := h.measure(t).Section
	got := sec.Find(RestoreTime, whole).Trend
	if got == nil || got.Outcome != metric.WorthWatching {
		t.Errorf("organisation: %+v, want worth watching", got)
	}
	if m := sec.Find(RestoreTime, metric.Scope{Kind: metric.Team, ID: "team-00"}); m.Value != nil {
		t.Errorf("a team was given incidents of no service: %+v", m)
	}
}
