package org

import (
	"fmt"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// people are the content of these tests.
func people() fact.Content {
	return fact.Content{
		Groups: []fact.Group{{ID: "money", Title: "Money makers"}},
		Teams: []fact.Team{
			{ID: "zurich", Title: "Zürich 🚀", Formerly: []string{"zrh"}, Group: "money", Owns: []fact.Ownership{{Repository: "acme/web"}}},
			{ID: "pay", Title: "Payments", Owns: []fact.Ownership{
				{Repository: "acme/mono", Paths: []string{"services/pay/**"}, Service: "Pay API"},
				{Repository: "acme/mono", Paths: []string{"services/card/**"}},
			}},
		},
		Features: []fact.Feature{
			{Item: fact.Item{ID: "buildpacks", Title: "Build packs", Formerly: []string{"bp"}}, Labels: []string{"CNB"}, Adoption: fact.Adoption{Unit: "team"}},
			{Item: fact.Item{ID: "vault", Title: "Vault"}, Adoption: fact.Adoption{Unit: "developer"}},
		},
		Measures: []fact.MeasureDef{{ID: "build_minutes", Title: "Build minutes"}},
	}
}

func TestCanonicalNames(t *testing.T) {
	n := NewNames(people())
	for _, tt := range []struct {
		find func(string) (string, bool)
		name string
		want string
	}{
		{n.Team, "zurich", "zurich"},
		{n.Team, "  Zu\u0308RICH\u00a0🚀 ", "zurich"},
		{n.Team, "ZRH", "zurich"},
		{n.Team, "Money makers", ""},
		{n.Team, "", ""},
		{n.TeamOrGroup, "MONEY  makers", "money"},
		{n.TeamOrGroup, "payments", "pay"},
		{n.Feature, "Build\u00a0 Packs", "buildpacks"},
		{n.Feature, "cnb", "buildpacks"},
		{n.Feature, "BP", "buildpacks"},
		{n.Feature, "build-packs", ""},
		{n.Measure, "BUILD MINUTES", "build_minutes"},
		{n.Repository, "ACME/Web", "acme/web"},
		{n.Repository, "https://github.com/Acme/web.git", "acme/web"},
		{n.Repository, "git@github.com:acme/WEB.git", "acme/web"},
		{n.Repository, "ssh://git@github.com:22/acme/web", "acme/web"},
		{n.Repository, "acme/other", ""},
		{n.Service, "pay api", "Pay API"},
		{n.Service, "https://github.com/acme/web", "acme/web"},
		{n.Service, "acme/mono:services/card", "acme/mono:services/card"},
		{n.Service, "acme/mono", ""}, // two services
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got, ok := tt.find(tt.name); got != tt.want || ok != (tt.want != "") {
				t.Errorf("%q: got %q, %v, want %q", tt.name, got, ok, tt.want)
			}
		})
	}
}

// Facts of one thing under several names are of one thing, whatever their order,
// and what was given stays as it was.
func TestCanonicalFacts(t *testing.T) {
	given := fact.Events{
		Repositories: []fact.Repository{{Name: "Acme/Web"}},
		Changes:      []fact.Change{{Repository: "https://github.com/acme/web/", ID: "1", HeadRepository: "ACME/web"}},
		Deployments:  []fact.Deployment{{Repository: "ACME/WEB", ID: "1"}, {Repository: "b/B", ID: "2"}, {Repository: "B/b", ID: "3"}},
		Incidents:    []fact.Incident{{Service: "PAY  api"}},
		Coverage:     []fact.Coverage{{Repository: "acme/WEB"}},
		Gaps:         []fact.Gap{{Repository: "acme/Web"}},
		Usage:        []fact.Use{{Feature: "CNB", Unit: "Payments"}, {Feature: "vault", Unit: "0af3", Team: "zrh"}},
		Tickets:      []fact.Ticket{{Team: "payments", Feature: "bp"}},
		Tasks:        []fact.Task{{Team: "Zürich 🚀"}},
		Measures:     []fact.Measure{{ID: "Build minutes", Team: "ZURICH"}},
		Answers:      []fact.Answer{{Team: "money  MAKERS"}, {Team: "ann"}},
	}
	before := fmt.Sprintf("%+v", given)
	e, unmatched := NewNames(people()).Canonicalise(people(), given)
	if after := fmt.Sprintf("%+v", given); after != before {
		t.Error("what was given is changed")
	}
	got := []string{
		e.Repositories[0].Name, e.Changes[0].Repository, e.Changes[0].HeadRepository, e.Deployments[0].Repository, e.Deployments[1].Repository,
		e.Deployments[2].Repository, e.Incidents[0].Service, e.Coverage[0].Repository, e.Gaps[0].Repository, e.Usage[0].Feature, e.Usage[0].Unit,
		e.Usage[1].Team, e.Usage[1].Unit, e.Tickets[0].Team, e.Tickets[0].Feature, e.Tasks[0].Team, e.Measures[0].ID, e.Measures[0].Team,
		e.Answers[0].Team, e.Answers[1].Team,
	}
	want := []string{
		"acme/web", "acme/web", "acme/web", "acme/web", "B/b", "B/b", "Pay API", "acme/web", "acme/web", "buildpacks", "pay",
		"zurich", "0af3", "pay", "buildpacks", "zurich", "build_minutes", "zurich", "money", "ann",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(unmatched) != 1 || unmatched[0].Kind != "repository" || unmatched[0].N != 2 {
		t.Errorf("unmatched: %+v", unmatched)
	}
	slices.Reverse(given.Deployments)
	again, _ := NewNames(people()).Canonicalise(people(), given)
	if again.Deployments[0].Repository != "B/b" || again.Deployments[1].Repository != "B/b" {
		t.Error("the spelling depends on the order of the facts")
	}
}

func TestUnmatchedNames(t *testing.T) {
	e := fact.Events{
		Deployments: []fact.Deployment{
			{Repository: "acme/mono", Service: "pay ap"}, {Repository: "acme/web", Service: "frontend"}, // the only service there
			{Repository: "acme/wbe"}, {Repository: "acme/wbe"},
		},
		Incidents: []fact.Incident{{Service: "card"}, {Service: "unheard of"}, {}, {Repository: "acme/web", Service: "unheard of"}},
		Tickets:   []fact.Ticket{{Team: "Paymnets"}, {Team: "ann@example.com"}},
		Measures:  []fact.Measure{{ID: "build_minutes", Team: "paymnets"}},
	}
	for i, name := range []string{"build-packs", "Build-Packs ", "nosuch", "a@example.com", "", "n1", "n2", "n3", "n4"} {
		e.Usage = append(e.Usage, fact.Use{Feature: name, Unit: fmt.Sprint(i)})
	}
	n := NewNames(people())
	e, list := n.Canonicalise(people(), e)
	o, err := Resolve(Options{Calendar: Calendar{AsOf: date(2024, 11, 11)}, Names: n}, people(), e)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range append(o.Unmatched, list...) {
		aside := ""
		if u.Aside {
			aside = " (aside)"
		}
		got = append(got, fmt.Sprintf("%d %s %s%s", u.N, u.Rows, u.Reason(), aside))
	}
	want := []string{
		`1 incidents name an unknown service: "card"; did you mean "acme/mono:services/card"?`,
		`1 incidents name an unknown service: "unheard of"`,
		`1 incidents name no service and no repository: they count for the organisation only`,
		`2 deployments of "acme/wbe", which no team owns; did you mean "acme/web"?`,
		`1 deployments name an unknown service: "pay ap"; did you mean "Pay API"?`,
		`1 figures name an unknown team: "paymnets"; did you mean "pay"?`,
		`2 rows of usage name an unknown feature: "Build-Packs "; did you mean "buildpacks"?`,
		`1 rows of usage name an unknown feature: "n1"`, `1 rows of usage name an unknown feature: "n2"`,
		`1 rows of usage name an unknown feature: "n3"`, `1 rows of usage name an unknown feature: "n4"`,
		`3 rows of usage name an unknown feature, under other names`,
		`1 tickets name an unknown team: "Paymnets"; did you mean "pay"? (aside)`,
		`1 tickets name an unknown team, under other names (aside)`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if len(o.Incidents) != 4 || o.Incidents[3].Service < 0 {
		t.Error("an incident of a known repository matches no service")
	}
}

// A tag or deployment that names an owned part of a repository is no stranger.
func TestPartsOfARepositoryAreKnown(t *testing.T) {
	c := fact.Content{Teams: []fact.Team{
		{ID: "web", Owns: []fact.Ownership{{Repository: "acme/mono", Paths: []string{"packages/web/**"}}}},
		{ID: "api", Owns: []fact.Ownership{{Repository: "acme/mono", Paths: []string{"api/**"}}}},
	}}
	for service, unknown := range map[string]bool{"web": false, "packages/web": false, "Web": false, "docs": true} {
		t.Run(service, func(t *testing.T) {
			e := fact.Events{Deployments: []fact.Deployment{{Repository: "acme/mono", Service: service, ID: "1"}}}
			_, unmatched := NewNames(c).Canonicalise(c, e)
			if got := len(unmatched) > 0; got != unknown {
				t.Errorf("%q: unmatched %v", service, unmatched)
			}
		})
	}
}
