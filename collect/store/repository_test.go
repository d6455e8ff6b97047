package store

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// gone is a repository that its forge no longer has since so many days.
func gone(r collect.Repository, days int) collect.Repository {
	r.Gone = day(days)
	return r
}

func repositories(list ...collect.Repository) collect.Batch {
	return collect.Batch{Repositories: list}
}

// TestRepositoriesOverNights saves repositories night after night and looks at what
// a build sees in the end. Number 1 and number 2 have a deployment each.
func TestRepositoriesOverNights(t *testing.T) {
	archived := repo(1, "acme/web")
	archived.Archived = true
	tests := []struct {
		name        string
		nights      [][]collect.Repository
		deployments []string
		former      map[string][]string
		notes       []string
	}{
		{
			name:        "renamed twice",
			nights:      [][]collect.Repository{{repo(1, "acme/web"), repo(2, "acme/api")}, {repo(1, "acme/site")}, {repo(1, "new/site")}},
			deployments: []string{"acme/api d2", "new/site d1"},
			former:      map[string][]string{"new/site": {"acme/web", "acme/site"}},
			notes:       []string{"new/site was acme/site: its history is kept"},
		},
		{
			name:        "renamed and back",
			nights:      [][]collect.Repository{{repo(1, "acme/web"), repo(2, "acme/api")}, {repo(1, "acme/site")}, {repo(1, "acme/web")}},
			deployments: []string{"acme/api d2", "acme/web d1"},
			former:      map[string][]string{"acme/web": {"acme/site"}},
			notes:       []string{"acme/web was acme/site: its history is kept"},
		},
		{
			name:        "gone since the first time",
			nights:      [][]collect.Repository{{repo(1, "acme/web"), repo(2, "acme/api")}, {gone(repo(1, "acme/web"), 4)}, {gone(repo(1, "acme/web"), 3)}},
			deployments: []string{"acme/api d2", "acme/web d1"},
			notes:       []string{"acme/web is gone from the forge since 2026-10-29: its history is kept"},
		},
		{
			name:        "gone and back",
			nights:      [][]collect.Repository{{repo(1, "acme/web"), repo(2, "acme/api")}, {gone(repo(1, "acme/web"), 4)}, {repo(1, "acme/web")}},
			deployments: []string{"acme/api d2", "acme/web d1"},
		},
		{
			name:        "archived",
			nights:      [][]collect.Repository{{repo(1, "acme/web"), repo(2, "acme/api")}, {archived}},
			deployments: []string{"acme/api d2", "acme/web d1"},
			notes:       []string{"archived: 1"},
		},
		{
			name:        "another takes the name of one that is gone",
			nights:      [][]collect.Repository{{repo(1, "acme/web")}, {gone(repo(1, "acme/web"), 4), repo(2, "acme/web")}},
			deployments: []string{"acme/web d2", "acme/web~1 d1"},
			notes: []string{
				"acme/web names two repositories: number 1 is shown as acme/web~1",
				"acme/web~1 is gone from the forge since 2026-10-29: its history is kept",
			},
		},
		{
			name:        "an older one takes the name of one that is gone",
			nights:      [][]collect.Repository{{repo(1, "acme/old"), repo(2, "acme/web")}, {repo(1, "acme/web"), gone(repo(2, "acme/web"), 4)}},
			deployments: []string{"acme/web d1", "acme/web~2 d2"},
			former:      map[string][]string{"acme/web": {"acme/old"}},
			notes: []string{
				"acme/web was acme/old: its history is kept",
				"acme/web names two repositories: number 2 is shown as acme/web~2",
				"acme/web~2 is gone from the forge since 2026-10-29: its history is kept",
			},
		},
		{
			name:        "another takes the name that one had",
			nights:      [][]collect.Repository{{repo(1, "acme/web")}, {repo(1, "acme/site"), repo(2, "acme/web")}},
			deployments: []string{"acme/site d1", "acme/web d2"},
		},
		{
			name:        "another takes a name before the first is seen under its new one",
			nights:      [][]collect.Repository{{repo(1, "acme/web")}, {repo(2, "acme/web")}},
			deployments: []string{"acme/web d2", "acme/web~1 d1"},
			notes:       []string{"acme/web names two repositories: number 1 is shown as acme/web~1"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := writable(t)
			for _, night := range tt.nights {
				put(t, s, repositories(night...))
			}
			put(t, s, collect.Batch{Deployments: []collect.Kept[fact.Deployment]{deployed(1, "d1", 9), deployed(2, "d2", 9)}})
			e := collected(t, s)
			wantSame(t, "deployments", ids(e.Deployments), tt.deployments)
			for _, r := range e.Repositories {
				wantSame(t, "former names of "+r.Name, strings.Join(r.Former, " "), strings.Join(tt.former[r.Name], " "))
			}
			wantSame(t, "notes", e.Imports[0].Notes, tt.notes)
		})
	}
}

// TestGoneIsCoveredUntilItWent: weeks after a repository went are not weeks
// without deployments.
func TestGoneIsCoveredUntilItWent(t *testing.T) {
	s := writable(t)
	b := repositories(gone(repo(1, "acme/web"), 4), repo(2, "acme/api"))
	b.Cursors = []collect.Cursor{
		{Repository: 1, Kind: collect.Deployments, From: day(20), To: now},
		{Repository: 2, Kind: collect.Deployments, From: day(20), To: now},
		{Kind: collect.Incidents, From: day(20), To: now},
		{Repository: 2, Kind: collect.Incidents, Mark: "never reached"},
	}
	put(t, s, b)
	wantSame(t, "coverage", collected(t, s).Coverage, []fact.Coverage{
		{Source: "acme", Repository: "acme/api", Kind: "deployments", From: day(20), To: now},
		{Source: "acme", Repository: "acme/web", Kind: "deployments", From: day(20), To: day(4)},
		{Source: "acme", Repository: "acme/web", Kind: "incidents", From: day(20), To: day(4)},
	})
}

// TestRepositoriesAsTheForgeNamesThem: what a forge reads back is not what a build
// is shown.
func TestRepositoriesAsTheForgeNamesThem(t *testing.T) {
	s := writable(t)
	want := []collect.Repository{gone(repo(1, "acme/web"), 4), repo(2, "acme/web")}
	put(t, s, collect.Batch{
		Repositories: []collect.Repository{want[1], want[0]},
		Cursors:      []collect.Cursor{{Kind: collect.Repositories, Mark: "x"}}, // makes number 0
	})
	got, err := s.Repositories(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "repositories", got, want)
	if got, err = s.Repositories(t.Context(), "other"); err != nil || got != nil {
		t.Errorf("of a source never seen: %v, %v", got, err)
	}
}
