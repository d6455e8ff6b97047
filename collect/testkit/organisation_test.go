package testkit

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestOrganisation(t *testing.T) {
	o := Size{Repositories: 50, Teams: 6, People: 30, Requests: 400, Deployments: 900, Staging: 100, Incidents: 30, Days: 30}
	w := Organisation(o)
	sound(t, w)
	requests, production, staging, incidents, dormant, archived := 0, 0, 0, 0, 0, 0
	for _, r := range w.Repositories {
		requests += len(r.Requests)
		incidents += len(r.Issues)
		for i := range r.Deployments {
			switch r.Deployments[i].Environment {
			case "production":
				production++
			case "staging":
				staging++
			}
		}
		if len(r.Deployments)+len(r.Requests) == 0 {
			dormant++
		}
		if r.IsArchived(w.To) {
			archived++
		}
	}
	got := []int{len(w.Repositories), len(w.Teams), requests, production, staging, incidents, dormant, archived}
	if want := []int{50, 6, 400, 900, 100, 30, 10, 1}; !slices.Equal(got, want) {
		t.Errorf("repositories, teams, requests, production, staging, incidents, dormant, archived: %v, want %v", got, want)
	}
	rules := Rules{Incidents: []string{"incident"}, Teams: true}
	e := w.Facts("forge", w.From, []time.Time{w.To}, rules)
	if len(e.Deployments) != 1000 || len(e.Incidents) != 30 || len(e.Changes) != 400 {
		t.Errorf("facts: %d deployments, %d incidents, %d changes", len(e.Deployments), len(e.Incidents), len(e.Changes))
	}
	if len(w.Repositories[0].Deployments) < 5*len(w.Repositories[35].Deployments) {
		t.Error("activity is not skewed")
	}
	again := Organisation(o).Facts("forge", w.From, []time.Time{w.To}, rules)
	if diff := cmp.Diff(e, again); diff != "" {
		t.Errorf("the same size makes another organisation:\n%s", diff)
	}
}

func BenchmarkOrganisation(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Organisation(Size{})
	}
}
