package public

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/rice"
)

// TestHidePlaces: the reason stays, and names go.
func TestHidePlaces(t *testing.T) {
	for text, want := range map[string]string{
		"exports/checkout.csv: no such file":                       "…: no such file",
		"deployments-checkout.csv.gz cannot be read":               "… cannot be read",
		"acme/checkout is gone":                                    "… is gone",
		"GET https://git.example/api/v4/projects/acme: 403":        "GET … 403",
		`name an unknown team: "check \"out"; see the log`:         "name an unknown team: “…”; see the log",
		"3 of 5 incidents match no service: services seen: a ×2":   "3 of 5 incidents match no service: services seen (names are not published)",
		"credentials are missing or were refused":                  "credentials are missing or were refused",
		"nothing after 2024-11-03 02:00 UTC is known":              "nothing after 2024-11-03 02:00 UTC is known",
		"the incidents end on 3 Nov 2024, before the end of these": "the incidents end on 3 Nov 2024, before the end of these",
	} {
		t.Run(text, func(t *testing.T) {
			if got := hidePlaces(text); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

// TestReduceKeepsItsInput: the whole report, which the state keeps, does not change, and numbers
// that were reduced before keep their counts.
func TestReduceKeepsItsInput(t *testing.T) {
	team := metric.Scope{Kind: metric.Team, ID: "checkout"}
	c := fact.Content{
		Teams:    []fact.Team{{ID: "checkout", Title: "Checkout"}},
		Features: []fact.Feature{{Item: fact.Item{ID: "vault"}, Owner: "Checkout"}, {Item: fact.Item{ID: "gitops"}, Owner: "head of platform"}},
		Research: []fact.Research{{Item: fact.Item{ID: "interview-checkout"}, Kind: fact.Interview, Quotes: []string{"slow"}}},
	}
	r := compute.Report{Measured: compute.Measured{
		Teams:     []compute.TeamInfo{{ID: "checkout"}},
		Sections:  []metric.Section{{Family: "dora", Metrics: []metric.Metric{{ID: "dora.lead_time", Scope: team}, {ID: "dora.lead_time"}}}},
		Unmatched: []org.Unmatched{{Rows: "incidents", Kind: "service", Name: "x", N: 2}, {Rows: "incidents", Kind: "service", Name: "y", N: 1}},
	}}
	got, content := Reduce(r, c)
	again, _ := Reduce(got, c)
	switch {
	case len(r.Teams) != 1 || len(r.Sections[0].Metrics) != 2 || c.Features[0].Owner != "Checkout" || c.Research[0].ID != "interview-checkout":
		t.Error("the input changed")
	case len(got.Sections[0].Metrics) != 1 || got.CountTeams() != 1 || again.CountTeams() != 1 || again.Withheld.Quotes != 1:
		t.Errorf("%+v, then %+v", got.Withheld, again.Withheld)
	case len(got.Unmatched) != 1 || got.Unmatched[0].N != 3 || got.Unmatched[0].Name != "":
		t.Errorf("unmatched: %+v", got.Unmatched)
	case content.Features[0].Owner != "a team" || content.Features[1].Owner != "head of platform":
		t.Errorf("owners: %+v", content.Features)
	case strings.Contains(content.Research[0].ID, "checkout") || content.Research[0].Quotes != nil:
		t.Errorf("research: %+v", content.Research[0])
	}
}

// TestReduceHidesCommits: predictions and expected effects keep their days, not their commits. A
// change that is not committed stays one.
func TestReduceHidesCommits(t *testing.T) {
	record := rice.Record{Recorded: time.Date(2024, 10, 7, 9, 0, 0, 0, time.UTC), Commit: "e0412c5"}
	r := compute.Report{
		Plan:     rice.Plan{Predictions: []rice.Prediction{{Record: record, Since: []rice.Edit{{Commit: "c0ffee1"}, {}}}}},
		Expected: []rice.Expectation{{Record: record, Since: []rice.EffectEdit{{Commit: "c0ffee1"}, {}}}},
	}
	got, _ := Reduce(r, fact.Content{})
	p, e := got.Plan.Predictions[0], got.Expected[0]
	switch {
	case r.Plan.Predictions[0].Commit == "" || r.Plan.Predictions[0].Since[0].Commit != "c0ffee1" || r.Expected[0].Since[0].Commit != "c0ffee1":
		t.Error("the input changed")
	case p.Commit != "" || e.Commit != "" || !p.Recorded.Equal(record.Recorded) || !e.Recorded.Equal(record.Recorded):
		t.Errorf("records: %+v, %+v", p.Record, e.Record)
	case p.Since[0].Commit != noCommit || e.Since[0].Commit != noCommit || p.Since[1].Commit != "" || e.Since[1].Commit != "":
		t.Errorf("changes: %+v, %+v", p.Since, e.Since)
	}
}
