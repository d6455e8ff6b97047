package merge

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// prod is the rule of these tests: what production is called, or its tier.
func prod(environment, tier string) bool { return environment == "production" || tier == "production" }

func october(day int) time.Time { return time.Date(2024, 10, day, 12, 0, 0, 0, time.UTC) }

// twice is what a forge and a clone tell of acme/shop, which the clone knows as
// Acme/Till. The forge knows it from 10 October on.
func twice(environment string) []SourceFacts {
	span := func(kind string) fact.Coverage {
		return fact.Coverage{Source: "github", Repository: "acme/shop", Kind: kind, From: october(10), To: october(20)}
	}
	forge := fact.Events{
		Repositories: []fact.Repository{{Name: "acme/shop", Former: []string{"acme/till"}}},
		Commits:      []fact.Commit{{Repository: "acme/shop", SHA: "a"}, {Repository: "acme/shop", SHA: "new"}, {Repository: "acme/other", SHA: "a"}},
		Changes:      []fact.Change{{Repository: "acme/shop", ID: "7", MergeCommit: "m", Commits: []string{"a"}}},
		Deployments:  []fact.Deployment{{Repository: "acme/shop", ID: "900", Environment: environment, Created: october(12)}},
		Coverage:     []fact.Coverage{span("changes"), span("deployments")},
		Imports:      []fact.Import{{Source: "github", Kind: "commits", Read: 3, Used: 3}},
	}
	clone := fact.Events{
		Repositories: []fact.Repository{{Name: "Acme/Till"}},
		Commits:      []fact.Commit{{Repository: "Acme/Till", SHA: "a"}, {Repository: "Acme/Till", SHA: "old"}},
		Changes: []fact.Change{
			{Repository: "Acme/Till", ID: "7", MergeCommit: "m", Merged: october(1)}, // the forge has it by its commit
			{Repository: "Acme/Till", ID: "old", Merged: october(2)},
			{Repository: "Acme/Till", ID: "12", Merged: october(15)}, // of a time that the forge knows all of
		},
		Deployments: []fact.Deployment{{Repository: "Acme/Till", ID: "v1", Environment: "production", Created: october(3)}},
		Coverage:    []fact.Coverage{{Source: "git", Repository: "Acme/Till", Kind: "deployments", From: october(1), To: october(20)}},
		Imports: []fact.Import{
			{Source: "git", Kind: "changes", Read: 3, Used: 3}, {Source: "git", Kind: "deployments", Read: 1, Used: 1},
		},
	}
	return []SourceFacts{
		{Name: "github", Origin: Forge, Events: forge},
		{Name: "git", Origin: Clone, Events: clone},
	}
}

// TestSettle: facts that a forge and a clone both tell of count once.
func TestSettle(t *testing.T) {
	list := twice("production")
	before := []fact.Events{list[0].Events, list[1].Events}
	got := settleSources(list, prod)
	left := func(by string, n int) []fact.Rejected {
		return []fact.Rejected{{Reason: "also in source " + by, Count: n, Class: fact.Repeat}}
	}
	forge, clone := before[0], before[1]
	forge.Commits = []fact.Commit{{Repository: "acme/shop", SHA: "new"}, {Repository: "acme/other", SHA: "a"}}
	forge.Imports = []fact.Import{{Source: "github", Kind: "commits", Read: 3, Used: 2, Rejected: left("git", 1)}}
	clone.Repositories, clone.Deployments, clone.Coverage = []fact.Repository{}, nil, []fact.Coverage{}
	clone.Commits = []fact.Commit{{Repository: "acme/shop", SHA: "a"}, {Repository: "acme/shop", SHA: "old"}}
	clone.Changes = []fact.Change{{Repository: "acme/shop", ID: "old", Merged: october(2)}}
	clone.Imports = []fact.Import{
		{Source: "git", Kind: "changes", Read: 3, Used: 1, Rejected: left("github", 2)},
		{Source: "git", Kind: "deployments", Read: 1, Used: 0, Rejected: left("github", 1)},
	}
	for i, want := range []fact.Events{forge, clone} {
		if diff := cmp.Diff(want, got[i].Events); diff != "" {
			t.Errorf("source %s (-want +got):\n%s", got[i].Name, diff)
		}
	}
	fresh := twice("production")
	for i := range list { // serve settles the same facts again
		if diff := cmp.Diff(fresh[i].Events, list[i].Events); diff != "" {
			t.Errorf("what was gathered is changed:\n%s", diff)
		}
	}
}

// TestSettleWithoutProduction: tags and branches stand for deployments as long as
// the forge has none that counts.
func TestSettleWithoutProduction(t *testing.T) {
	got := settleSources(twice("github-pages"), prod)[1].Events
	if len(got.Deployments) != 1 || got.Deployments[0].Repository != "acme/shop" || len(got.Coverage) != 1 {
		t.Errorf("deployments %v, coverage %v", got.Deployments, got.Coverage)
	}
	list := twice("blue")
	list[0].Events.Deployments[0].Tier = "production"
	if got := settleSources(list, prod)[1].Events; len(got.Deployments) != 0 {
		t.Errorf("the tier says production, and yet: %v", got.Deployments)
	}
}

// TestSettleAlone: without a forge nothing is touched.
func TestSettleAlone(t *testing.T) {
	list := twice("production")[1:]
	if diff := cmp.Diff(list[0].Events, settleSources(list, prod)[0].Events); diff != "" {
		t.Error(diff)
	}
}

// TestShallowCloneStaysKnown: that a clone's history is cut must not be forgotten.
func TestShallowCloneStaysKnown(t *testing.T) {
	list := twice("production")
	list[1].Events.Repositories[0].Shallow = true
	got := settleSources(list, prod)[1].Events.Repositories
	if len(got) != 1 || !got[0].Shallow || got[0].Name != "acme/shop" {
		t.Errorf("got %+v", got)
	}
}

func TestPresentNames(t *testing.T) {
	got := PresentNames([]fact.Repository{
		{Name: "acme/shop", Former: []string{"Acme/Till", "acme/taken"}}, {Name: "acme/Taken"}, {Name: "acme/b", Former: []string{"acme/a"}},
	})
	if diff := cmp.Diff(map[string]string{"acme/till": "acme/shop", "acme/a": "acme/b"}, got); diff != "" {
		t.Error(diff)
	}
}
