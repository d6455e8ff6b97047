package discovery

import (
	"math"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// now is a Monday; with a maturity of 7 days the cut-off is 4 November.
var now = day(2024, 11, 11)

func day(year int, month time.Month, d int) time.Time {
	return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
}

func input(c fact.Content) Input {
	return Input{Content: c, Calendar: org.Calendar{AsOf: now, MaturityDays: 7}, Goals: DefaultGoals()}
}

func item(id string) fact.Item { return fact.Item{ID: id, Title: "Title of " + id} }

func value(t *testing.T, r *Result, id string) *metric.Metric {
	t.Helper()
	m := r.Section.Find(id, metric.Scope{Kind: metric.Organisation})
	if m == nil {
		t.Fatalf("no metric %s", id)
	}
	return m
}

// TestNothing: without content every metric says why it is missing, and what next.
func TestNothing(t *testing.T) {
	r := Discover(input(fact.Content{}))
	if len(r.Section.Metrics) != 5 {
		t.Fatalf("%d metrics", len(r.Section.Metrics))
	}
	for _, m := range r.Section.Metrics {
		if m.State != metric.NotAvailable || m.Value != nil || m.Why == "" || m.Next == "" || m.DefinitionHash == "" {
			t.Errorf("%s: %+v", m.ID, m)
		}
	}
	if r.OfficeHours != nil || len(r.Asked) > 0 || len(r.Tree) > 0 {
		t.Errorf("%+v", r)
	}
}

func TestDraftsCountNowhere(t *testing.T) {
	draft := func(id string) fact.Item { return fact.Item{ID: id, Title: id, Draft: true} }
	c := fact.Content{
		Research: []fact.Research{
			{Item: draft("r"), Kind: fact.Interview, Date: day(2024, 10, 1), Teams: []string{"a"}, Problem: "p", Initiatives: []string{"live"}, PersonDays: 3},
			{Item: draft("q"), Kind: fact.Conversation, Date: day(2024, 10, 1), Request: "please", Initiatives: []string{"i"}},
			{Item: draft("o"), Kind: fact.OfficeHours, Date: day(2024, 10, 1), EveryWeeks: 1},
			{Item: draft("j"), Kind: fact.Job, Job: "job"},
		},
		Initiatives: []fact.Initiative{{Item: draft("i"), Status: fact.WontBuild}, {Item: item("live"), Status: fact.Idea}},
		Features:    []fact.Feature{{Item: draft("f")}},
		Cases:       []fact.Case{{Item: draft("c"), Request: "please"}},
		Surveys:     []fact.Survey{{ID: "s", Draft: true, Sent: day(2024, 10, 1), NPS: "?"}},
		Teams:       []fact.Team{{ID: "a"}},
	}
	in := input(c)
	in.Adoption = []Adoption{{Feature: "f", Known: true, Eligible: 10, Active: 1, Shipped: day(2020, 1, 1)}}
	r := Discover(in)
	if len(r.Asked)+len(r.Talks)+len(r.Conversations)+len(r.Jobs)+len(r.Tree)+len(r.Hints.Unused) > 0 || r.OfficeHours != nil || r.Loop.Refused > 0 {
		t.Errorf("a draft counts: %+v", r)
	}
	if len(r.Debt.NotAsked) != 1 || len(r.Debt.Unspoken) != 1 {
		t.Errorf("a draft pays debt: %+v", r.Debt)
	}
	if r.Questions.Dimensions[0].Items != 0 {
		t.Error("a draft survey asks")
	}
}

func TestTicks(t *testing.T) {
	met := []fact.Criterion{{Text: "works", Met: day(2024, 9, 20)}}
	gate := []fact.Criterion{{Measure: "uptime"}}
	tests := []struct {
		name string
		i    fact.Initiative
		want Ticks
	}{
		{"nothing", fact.Initiative{Status: fact.Idea}, Ticks{}},
		{"prototype done", fact.Initiative{Status: fact.Active, Phases: []fact.Phase{{Name: prototype, Status: done, Criteria: met}}}, Ticks{Validated: true}},
		{"prototype not declared done, alpha begun", fact.Initiative{Status: fact.Active, Phases: []fact.Phase{
			{Name: prototype, Start: day(2024, 9, 9), Criteria: met}, {Name: alpha, Start: day(2024, 9, 23)},
		}}, Ticks{Validated: true}},
		{"alpha not begun", fact.Initiative{Status: fact.Active, Phases: []fact.Phase{
			{Name: prototype, Start: day(2024, 9, 9), Criteria: met}, {Name: alpha, Start: day(2024, 12, 23)},
		}}, Ticks{}},
		{"no criteria", fact.Initiative{Status: fact.Active, Phases: []fact.Phase{{Name: prototype, Status: done}}}, Ticks{}},
		{"a beta validates nothing", fact.Initiative{Status: fact.Active, Phases: []fact.Phase{{Name: beta, Status: done, Criteria: met}}}, Ticks{}},
		{"met tomorrow", fact.Initiative{Status: fact.Active, Phases: []fact.Phase{{Name: prototype, Status: done, Criteria: []fact.Criterion{{Met: day(2024, 12, 1)}}}}}, Ticks{}},
		{"gate passed", fact.Initiative{Item: item("gated"), Status: fact.Active, Phases: []fact.Phase{{Name: alpha, Status: done, Criteria: gate}}}, Ticks{Validated: true}},
		{"gate not passed", fact.Initiative{Item: item("shut"), Status: fact.Active, Phases: []fact.Phase{{Name: alpha, Status: done, Criteria: gate}}}, Ticks{}},
		{"general availability measured", fact.Initiative{Item: item("gated"), Status: fact.Active, Phases: []fact.Phase{{Name: ga, Start: day(2024, 11, 4), Criteria: gate}}}, Ticks{Measured: true}},
		{"not yet available", fact.Initiative{Item: item("gated"), Status: fact.Active, Phases: []fact.Phase{{Name: ga, Status: planned, Criteria: gate}}}, Ticks{}},
		{"results", fact.Initiative{Results: []fact.Result{{Text: "better"}}}, Ticks{Measured: true}},
		{"results of its case", fact.Initiative{Cases: []string{"story"}}, Ticks{Measured: true}},
		{"prediction compared", fact.Initiative{Spent: metric.Of(3), Rice: &fact.RICE{Effort: metric.Of(2)}}, Ticks{Measured: true}},
		{"spent without prediction", fact.Initiative{Spent: metric.Of(3)}, Ticks{}},
		{"a retrospective changed something", fact.Initiative{Phases: []fact.Phase{{Name: beta, Retro: fact.Retro{Change: "docs"}}}}, Ticks{Iterated: true}},
		{"a phase after a retrospective", fact.Initiative{Phases: []fact.Phase{{Name: beta, Retro: fact.Retro{Worked: "docs"}}, {Name: ga, Status: active}}}, Ticks{Iterated: true}},
		{"no phase after it", fact.Initiative{Phases: []fact.Phase{{Name: beta, Retro: fact.Retro{Worked: "docs"}}, {Name: ga, Status: planned}}}, Ticks{}},
		{"retrospective as research", fact.Initiative{Research: []string{"retro"}, Phases: []fact.Phase{{Name: alpha, Start: day(2024, 9, 1)}}}, Ticks{Discovered: true, Iterated: true}},
		{"retrospective of where it came from", fact.Initiative{Research: []string{"retro"}, Phases: []fact.Phase{{Name: alpha, Start: day(2024, 11, 1)}}}, Ticks{Discovered: true}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.i.ID == "" {
				tt.i.Item = item("x")
			}
			in := input(fact.Content{
				Initiatives: []fact.Initiative{tt.i},
				Research:    []fact.Research{{Item: item("retro"), Kind: fact.Retrospective, Date: day(2024, 10, 1), Retro: fact.Retro{Change: "docs"}}},
				Cases:       []fact.Case{{Item: item("story"), Results: []fact.Result{{Text: "better"}}}},
			})
			in.Gates = []Gate{{Initiative: "gated", Phase: alpha, Met: true}, {Initiative: "gated", Phase: ga}, {Initiative: "shut", Phase: alpha}}
			if diff := cmp.Diff(tt.want, Discover(in).Journeys[0].Ticks); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestYouAsked(t *testing.T) {
	request := fact.Research{Item: item("flags"), Kind: fact.Conversation, Date: day(2024, 9, 18), Request: "we need flags", Solution: "deploy faster"}
	with := func(change func(*fact.Research)) fact.Research {
		r := request
		change(&r)
		return r
	}
	initiative := func(id, status string) fact.Initiative {
		return fact.Initiative{Item: item(id), Status: status, Reason: "low confidence"}
	}
	tests := []struct {
		name   string
		c      fact.Content
		n      int
		state  AskedState
		answer string
		days   int // −1: not known
	}{
		{"talked about", fact.Content{Research: []fact.Research{request}}, 1, Answered, "deploy faster", -1},
		{"not answered", fact.Content{Research: []fact.Research{with(func(r *fact.Research) { r.Solution = "" })}}, 1, Open, "", -1},
		{"answered", fact.Content{Research: []fact.Research{with(func(r *fact.Research) {
			r.Asked, r.Answered, r.Answer = day(2024, 9, 16), day(2024, 9, 18), "soon"
		})}}, 1, Answered, "soon", 2},
		{
			"refused under its own name, linked from the initiative",
			fact.Content{Research: []fact.Research{request}, Initiatives: []fact.Initiative{{Item: item("flags"), Status: fact.WontBuild, Reason: "no", Revisit: day(2025, 1, 6), Research: []string{"flags"}}}},
			1, NotThisQuarter, "no", -1,
		},
		{
			"refused for good, linked from research",
			fact.Content{Research: []fact.Research{with(func(r *fact.Research) { r.Initiatives = []string{"canary", "flagd"} })}, Initiatives: []fact.Initiative{initiative("canary", fact.Done), initiative("flagd", fact.WontBuild)}},
			1, Refused, "low confidence", -1,
		},
		{
			"worked on",
			fact.Content{Research: []fact.Research{with(func(r *fact.Research) { r.Initiatives = []string{"a", "b"} })}, Initiatives: []fact.Initiative{initiative("a", fact.Idea), initiative("b", fact.Active)}},
			1, Working, "deploy faster", -1,
		},
		{
			"built, told by a case",
			fact.Content{
				Research:    []fact.Research{with(func(r *fact.Research) { r.Initiatives = []string{"b"} })},
				Initiatives: []fact.Initiative{initiative("b", fact.Done)},
				Cases:       []fact.Case{{Item: item("c"), Request: "we need flags", Outcome: "canaries", Initiatives: []string{"b"}}},
			},
			1, Built, "canaries", -1,
		},
		{"an initiative alone", fact.Content{Initiatives: []fact.Initiative{initiative("b", fact.WontBuild)}}, 1, Refused, "low confidence", -1},
		{"an idea of our own", fact.Content{Initiatives: []fact.Initiative{initiative("b", fact.Idea)}}, 0, "", "", 0},
		{"a case alone", fact.Content{Cases: []fact.Case{{Item: item("c"), Request: "please", Outcome: "done"}}}, 1, Answered, "done", -1},
		{
			"a case of an initiative",
			fact.Content{Cases: []fact.Case{{Item: item("c"), Request: "please", Outcome: "done"}}, Initiatives: []fact.Initiative{{Item: item("b"), Status: fact.Active, Cases: []string{"c"}, Phases: []fact.Phase{{Name: ga, Status: active}}}}},
			1, Built, "done", -1,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			list := Discover(input(tt.c)).Asked
			if len(list) != tt.n {
				t.Fatalf("%d requests, want %d: %+v", len(list), tt.n, list)
			}
			if tt.n == 0 {
				return
			}
			a := list[0]
			days := -1
			if a.Days != nil {
				days = *a.Days
			}
			if a.State != tt.state || a.Answer != tt.answer || days != tt.days {
				t.Errorf("%q %q after %d days, want %q %q after %d", a.State, a.Answer, days, tt.state, tt.answer, tt.days)
			}
		})
	}
}

func TestCopiedPipelines(t *testing.T) {
	repo := func(files map[string]string) fact.Repository { return fact.Repository{Pipelines: files} }
	got := FindCopiedPipelines([]fact.Repository{
		repo(map[string]string{"ci.yml": "blessed", "copy.yml": "blessed"}),
		repo(map[string]string{"ci.yml": "blessed", "own.yml": "1"}),
		repo(map[string]string{"build.yml": "blessed"}),
		repo(map[string]string{"ci.yml": "twins"}),
		repo(map[string]string{"ci.yml": "twins"}),
		repo(nil),
		repo(map[string]string{"ci.yml": ""}),
		{Archived: true, Pipelines: map[string]string{"ci.yml": "twins"}},
	})
	want := Copied{Repositories: 5, Copying: 3, Files: []Copy{{Path: "ci.yml", Repositories: 3}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if s := got.Share(); s != 0.6 {
		t.Errorf("share %g, want 0.6", s)
	}
	if s := new(Copied).Share(); s != 0 {
		t.Errorf("share of nothing %g", s)
	}
}

func TestNextDate(t *testing.T) {
	tests := []struct {
		name  string
		first time.Time
		every int
		asOf  time.Time
		want  time.Time
	}{
		{"weekly", day(2024, 9, 5), 1, now, day(2024, 11, 14)},
		{"today", day(2024, 9, 5), 1, day(2024, 11, 14).Add(15 * time.Hour), day(2024, 11, 14)},
		{"every other week", day(2024, 9, 5), 2, now, day(2024, 11, 14)},
		{"every four weeks", day(2024, 9, 5), 4, now, day(2024, 11, 28)},
		{"has not begun", day(2025, 1, 9), 1, now, day(2025, 1, 9)},
		{"once", day(2024, 9, 5), 0, now, time.Time{}},
		{"undated", time.Time{}, 1, now, time.Time{}},
		{"a slip of the finger", day(2024, 9, 5), math.MaxInt, now, time.Time{}},
		{"long ago", day(1, 1, 8), 1, day(9999, 12, 30), day(9999, 12, 30).AddDate(0, 0, 5)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, ok := findNextDate(tt.first, tt.every, tt.asOf)
			if tt.name == "long ago" {
				if !ok || got.Before(tt.asOf) || got.Sub(tt.asOf) >= org.Week {
					t.Errorf("%s: %v", tt.name, got)
				}
				return
			}
			if !got.Equal(tt.want) || ok == tt.want.IsZero() {
				t.Errorf("%s: %v %v, want %v", tt.name, got, ok, tt.want)
			}
		})
	}
}

func TestEffort(t *testing.T) {
	c := fact.Content{
		Activities: []fact.Activity{
			{ID: "a", Track: "discovery", Status: done, Start: day(2024, 10, 1), Weeks: 2, PersonDays: 10, Research: []string{"listed"}},
			{ID: "b", Track: "measurement", Status: active, Start: day(2024, 10, 28), Weeks: 2, PersonDays: 4}, // half of it before the cut-off
			{ID: "c", Track: "discovery", Start: day(2024, 10, 1), Weeks: 2, PersonDays: 100},                  // planned
			{ID: "d", Track: "delivery", Status: done, Start: day(2024, 6, 3), Weeks: 4, PersonDays: 100},      // before the quarter
		},
		Initiatives: []fact.Initiative{{Item: item("i"), Status: fact.Active, Phases: []fact.Phase{
			{Name: alpha, Start: day(2024, 9, 9), Weeks: 2, PersonDays: 8},
			{Name: ga, Start: day(2024, 10, 28), PersonDays: 14},                               // no end: two weeks up to now
			{Name: "more", Status: planned, Start: day(2024, 9, 9), Weeks: 2, PersonDays: 100}, // late
		}}},
		Research: []fact.Research{
			{Item: item("listed"), Kind: fact.Interview, Date: day(2024, 10, 2), PersonDays: 1},
			{Item: item("own"), Kind: fact.Shadowing, Date: day(2024, 10, 2), PersonDays: 1.5},
			{Item: item("undated"), Kind: fact.Shadowing, PersonDays: 100},
		},
	}
	got := Discover(input(c)).Effort
	got.Window = metric.Window{}
	if diff := cmp.Diff(Effort{Discovery: 11.5, Delivery: 15, Measurement: 2}, got); diff != "" {
		t.Error(diff)
	}
}

func TestUnusedEffort(t *testing.T) {
	phases := func(personDays float64) []fact.Phase {
		return []fact.Phase{{Name: ga, Status: done, Start: day(2023, 1, 2), Weeks: 4, PersonDays: personDays}}
	}
	in := input(fact.Content{
		Features: []fact.Feature{{Item: item("loved")}, {Item: item("ignored")}, {Item: item("new")}, {Item: item("unknown")}, {Item: item("gone"), Retired: day(2024, 1, 1)}},
		Initiatives: []fact.Initiative{
			{Item: item("a"), Status: fact.Done, Features: []string{"loved"}, Phases: phases(20)},
			{Item: item("b"), Status: fact.Done, Features: []string{"ignored", "new"}, Phases: phases(20)},
			{Item: item("c"), Status: fact.Done, Features: []string{"unknown", "gone"}, Phases: phases(100)},
		},
	})
	in.Adoption = []Adoption{
		{Feature: "loved", Known: true, Active: 12, Eligible: 60, Shipped: day(2024, 5, 6)}, // 20 %, 26 weeks
		{Feature: "ignored", Known: true, Active: 11, Eligible: 60, Shipped: day(2024, 5, 6)},
		{Feature: "new", Known: true, Active: 1, Eligible: 60, Shipped: day(2024, 5, 7)},
		{Feature: "unknown", Eligible: 60, Shipped: day(2020, 1, 1)},
		{Feature: "gone", Known: true, Eligible: 60, Shipped: day(2020, 1, 1)},
	}
	r := Discover(in)
	m := value(t, &r, UnusedEffort)
	if m.Value == nil || math.Abs(*m.Value-1.0/3) > 1e-12 {
		t.Errorf("share %v, want a third: 10 of 30 days", m.Value)
	}
	if len(r.Hints.Unused) != 1 || r.Hints.Unused[0].Feature != "ignored" {
		t.Errorf("unused %+v", r.Hints.Unused)
	}
}

func TestWaits(t *testing.T) {
	initiative := func(id, status string, requested, ga time.Time) fact.Initiative {
		i := fact.Initiative{Item: item(id), Status: status, Requested: requested}
		if !ga.IsZero() {
			i.Phases = []fact.Phase{{Name: "ga", Status: done, Start: ga}}
		}
		return i
	}
	r := Discover(input(fact.Content{Initiatives: []fact.Initiative{
		initiative("a", fact.Done, day(2024, 1, 1), day(2024, 1, 11)),
		initiative("b", fact.Done, day(2024, 1, 1), day(2024, 1, 21)),
		initiative("c", fact.Active, day(2024, 1, 1), time.Time{}),
		initiative("refused", fact.WontBuild, day(2024, 1, 1), time.Time{}),
		initiative("impossible", fact.Done, day(2024, 2, 1), day(2024, 1, 1)),
		initiative("undated", fact.Done, day(2024, 1, 1), time.Time{}),
		initiative("unasked", fact.Done, time.Time{}, day(2024, 1, 1)),
		initiative("future", fact.Idea, day(2025, 1, 1), time.Time{}),
	}}))
	m := value(t, &r, IdeaToGA)
	if m.Value == nil || *m.Value != 20*secondsDay {
		t.Fatalf("%+v, want 20 days: the open one is longer", m)
	}
	if diff := cmp.Diff([]metric.Count{{What: "initiatives", N: 3}, {What: "still open", N: 1}}, m.N); diff != "" {
		t.Error(diff)
	}
	if len(m.Warnings) != 1 {
		t.Errorf("warnings %q, want one about the impossible", m.Warnings)
	}
	r = Discover(input(fact.Content{Initiatives: []fact.Initiative{
		initiative("a", fact.Done, day(2024, 1, 1), day(2024, 1, 11)),
		initiative("b", fact.Active, day(2024, 1, 1), time.Time{}),
		initiative("c", fact.Active, day(2024, 1, 1), time.Time{}),
	}}))
	if m := value(t, &r, IdeaToGA); m.State != metric.NotAvailable || m.Why == "" {
		t.Errorf("%+v, want n/a: most are not there yet", m)
	}
}

func TestQuestions(t *testing.T) {
	c := fact.Content{
		Surveys: []fact.Survey{
			{ID: "2", Sent: day(2024, 10, 1), Items: []fact.SurveyItem{{ID: "kept", Dimension: "efficiency"}}, Features: []fact.FeatureQuestion{{Feature: "f"}}},
			{ID: "1", Sent: day(2024, 9, 1), NPS: "?", Items: []fact.SurveyItem{{ID: "kept", Dimension: "efficiency"}, {ID: "dropped", Question: "d"}}},
			{ID: "3", Sent: day(2024, 12, 1), Items: []fact.SurveyItem{{ID: "dropped"}, {ID: "planned", Question: "p"}}},
		},
		Features: []fact.Feature{{Item: item("f")}, {Item: item("g")}},
		Research: []fact.Research{
			{Item: item("i"), Kind: fact.Interview, Date: day(2024, 10, 1), Questions: []fact.Exchange{{Question: "why?"}, {Question: "how?", Answer: "so"}}},
			{Item: item("tomorrow"), Kind: fact.Shadowing, Date: day(2024, 11, 12)},
		},
		Measures: []fact.MeasureDef{{ID: "m", Dimension: "activity"}},
	}
	in := input(c)
	in.Adoption = []Adoption{{Feature: "f", Known: true, Active: 1, Eligible: 2}, {Feature: "g", Known: true, Active: 1, Eligible: 2}}
	want := Questions{
		Dimensions: []Dimension{{"satisfaction", 1, 0}, {"performance", 0, 0}, {"activity", 0, 1}, {"communication", 0, 0}, {"efficiency", 1, 0}},
		Methods:    []Method{{"interviews", 1}, {"shadowing", 0}, {"surveys", 2}, {"analytics", 2}, {"tickets", 0}},
		Items:      []Dropped{{ID: "dropped", Question: "d", Wave: "1"}, {ID: "planned", Question: "p"}},
		Features:   []ItemRef{{"g", "Title of g"}},
		Open:       []OpenItem{{"i", "Title of i", "why?"}},
	}
	if diff := cmp.Diff(want, Discover(in).Questions); diff != "" {
		t.Error(diff)
	}
}
