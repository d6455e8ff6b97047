package compute

import (
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestRename(t *testing.T) {
	t.Parallel()
	m := Measured{
		History: []Row{{Subject: "packs"}, {Subject: "helm"}}, Effects: []Effect{{Feature: "packs"}},
		Teams:    []TeamInfo{{ID: "cart"}},
		Adoption: adoption.Result{Features: []adoption.Feature{{ID: "packs"}}},
		Sections: []metric.Section{{Metrics: []metric.Metric{
			{ID: "packs", Scope: metric.Scope{Kind: metric.Feature, ID: "packs"}},
			{Scope: metric.Scope{Kind: metric.Team, ID: "cart"}},
			{Scope: metric.Scope{Kind: metric.Group, ID: "cart"}},
		}}},
	}
	m.Rename(&fact.Content{
		Features: []fact.Feature{{Item: fact.Item{ID: "buildpacks", Formerly: []string{"packs", "helm"}}}, {Item: fact.Item{ID: "helm"}}},
		Teams:    []fact.Team{{ID: "basket", Formerly: []string{"cart"}}},
	})
	scopes := m.Sections[0].Metrics
	got := []string{
		m.History[0].Subject, m.History[1].Subject, m.Effects[0].Feature, m.Teams[0].ID, m.Adoption.Features[0].ID,
		scopes[0].Scope.ID, scopes[1].Scope.ID, scopes[2].Scope.ID, scopes[0].ID,
	}
	for i, want := range []string{"buildpacks", "helm", "buildpacks", "basket", "buildpacks", "buildpacks", "basket", "cart", "packs"} {
		if got[i] != want {
			t.Errorf("name %d is %q, want %q", i, got[i], want)
		}
	}
}
