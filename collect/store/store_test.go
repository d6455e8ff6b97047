package store

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// now is the end of the windows of these tests.
var now = time.Date(2026, 11, 2, 3, 0, 0, 0, time.UTC)

// window is the thirty days before now.
var window = collect.Window{From: now.AddDate(0, 0, -30), To: now}

func day(n int) time.Time { return now.AddDate(0, 0, -n) }

// file is a place for a store.
func file(t testing.TB) string { return filepath.Join(t.TempDir(), "store.db") }

// opened is an open store that the test closes.
func opened(t testing.TB, o Options) *Store {
	t.Helper()
	s, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func writable(t testing.TB) *Store { return opened(t, Options{File: file(t)}) }

func put(t testing.TB, s *Store, b collect.Batch) {
	t.Helper()
	if err := s.Put(t.Context(), "acme", b); err != nil {
		t.Fatal(err)
	}
}

// reported ends a collection.
func reported(t testing.TB, s *Store, r collect.Report) {
	t.Helper()
	if err := s.PutReport(t.Context(), "acme", now, r); err != nil {
		t.Fatal(err)
	}
}

func collected(t testing.TB, s *Store) fact.Events {
	t.Helper()
	e, err := s.Source("acme", SourceOptions{}).Collect(t.Context(), window)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// repo is a repository by number and name.
func repo(id int64, name string) collect.Repository {
	return collect.Repository{ID: id, Repository: fact.Repository{Name: name, DefaultBranch: "main"}}
}

// deployed is a deployment of a repository so many days ago.
func deployed(repository int64, id string, days int) collect.Kept[fact.Deployment] {
	return collect.Kept[fact.Deployment]{
		Repository: repository, ID: id, At: day(days),
		Fact: fact.Deployment{
			ID: id, Environment: "production", Commit: "c" + id, Creator: "octo", Created: day(days),
			Statuses: []fact.Status{{State: fact.Pending, At: day(days)}, {State: fact.Success, At: day(days).Add(time.Minute)}},
		},
	}
}

// ids are the repositories and IDs of deployments, in order.
func ids(list []fact.Deployment) []string {
	var out []string
	for _, d := range list {
		out = append(out, d.Repository+" "+d.ID)
	}
	return out
}

func wantSame(t testing.TB, what string, got, want any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", what, diff)
	}
}

func TestSourceServesWhatWasPut(t *testing.T) {
	s := writable(t)
	put(t, s, collect.Batch{
		Repositories: []collect.Repository{repo(7, "acme/web"), repo(3, "acme/zoo"), repo(9, "acme/app")},
		Teams:        []fact.ForgeTeam{{ID: "core", Name: "Core", Members: []string{"octo"}, Repositories: []string{"acme/web"}}},
		SetTeams:     true,
		Deployments: []collect.Kept[fact.Deployment]{
			deployed(3, "5", 1), deployed(7, "2", 3), deployed(7, "1", 3), deployed(9, "4", 2),
			deployed(7, "old", 31), deployed(7, "late", -1),
		},
		Cursors: []collect.Cursor{
			{Repository: 7, Kind: collect.Deployments, Rule: "r", From: day(90), To: now, Mark: "m"},
			{Kind: collect.Changes, From: day(20), To: day(1)},
		},
	})
	reported(t, s, collect.Report{
		Source: "acme", Until: now,
		Gaps:  []fact.Gap{{Repository: "acme/zoo", From: day(5), To: day(4), Reason: "refused"}, {From: day(90), To: day(80), Reason: "long ago"}},
		Check: []fact.Check{{What: "deployments", Theirs: 3, Ours: 3, Comparable: true}},
	})
	e := collected(t, s)
	wantSame(t, "deployments", ids(e.Deployments), []string{"acme/app 4", "acme/web 1", "acme/web 2", "acme/zoo 5"})
	want := deployed(7, "1", 3).Fact
	want.Source, want.Repository = "acme", "acme/web"
	wantSame(t, "a deployment", e.Deployments[1], want)
	wantSame(t, "teams", e.Teams, []fact.ForgeTeam{{Source: "acme", ID: "core", Name: "Core", Members: []string{"octo"}, Repositories: []string{"acme/web"}}})
	wantSame(t, "coverage", e.Coverage, []fact.Coverage{
		{Source: "acme", Repository: "acme/app", Kind: "changes", From: day(20), To: day(1)},
		{Source: "acme", Repository: "acme/web", Kind: "changes", From: day(20), To: day(1)},
		{Source: "acme", Repository: "acme/web", Kind: "deployments", From: window.From, To: now},
		{Source: "acme", Repository: "acme/zoo", Kind: "changes", From: day(20), To: day(1)},
	})
	wantSame(t, "gaps", e.Gaps, []fact.Gap{{Source: "acme", Repository: "acme/zoo", From: day(5), To: day(4), Reason: "refused"}})
	wantSame(t, "checks", e.Checks, []fact.Check{{Source: "acme", What: "deployments", Theirs: 3, Ours: 3, Comparable: true}})
	wantSame(t, "imports", e.Imports, []fact.Import{
		{Source: "acme", Kind: "repositories", Read: 3, Used: 3},
		{
			Source: "acme", Kind: "deployments", Read: 5, Used: 4, First: day(3), Last: day(1),
			Rejected: []fact.Rejected{{Reason: afterWindow, Count: 1, Class: fact.ByRule}},
		},
	})
}

func TestCursorsReportAndOpen(t *testing.T) {
	ctx := context.Background()
	s := writable(t)
	cursors := []collect.Cursor{
		{Kind: collect.Teams, Mark: "etag"},
		{Repository: 7, Kind: collect.Commits, Rule: "main", From: day(9), To: now.Add(time.Nanosecond), Mark: "abc"},
	}
	open := deployed(7, "2", 3)
	open.Open = true
	put(t, s, collect.Batch{
		Repositories: []collect.Repository{repo(7, "acme/web")}, Cursors: cursors,
		Deployments: []collect.Kept[fact.Deployment]{deployed(7, "1", 3), open},
	})
	got, err := s.Cursors(ctx, "acme")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "cursors", got, cursors)
	for from, want := range map[time.Time][]collect.Ref{
		day(3): {{Repository: 7, Kind: collect.Deployments, ID: "2", At: day(3)}},
		day(2): nil,
	} {
		refs, err := s.Open(ctx, "acme", collect.Deployments, from)
		if err != nil {
			t.Fatal(err)
		}
		wantSame(t, "open", refs, want)
	}
	if _, _, ok, err := s.LastReport(ctx, "acme"); ok || err != nil {
		t.Errorf("a report before there is one: %v, %v", ok, err)
	}
	report := collect.Report{Source: "acme", Requests: 12, Until: now, Gaps: []fact.Gap{{Reason: "x"}}, Budget: collect.Budget{Limit: 5}}
	reported(t, s, report)
	r, at, ok, err := s.LastReport(ctx, "acme")
	if err != nil || !ok || !at.Equal(now) {
		t.Errorf("report: %v, %v, %v", at, ok, err)
	}
	wantSame(t, "report", r, report)
}
