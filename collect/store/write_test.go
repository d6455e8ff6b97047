package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// three is a repository with three deployments and a cursor.
func three() collect.Batch {
	return collect.Batch{
		Repositories: []collect.Repository{repo(7, "acme/web")},
		Deployments:  []collect.Kept[fact.Deployment]{deployed(7, "1", 3), deployed(7, "2", 2), deployed(7, "3", 1)},
		Cursors:      []collect.Cursor{{Repository: 7, Kind: collect.Deployments, From: day(90), To: day(1)}},
	}
}

// state is everything in a store, as text.
func state(t testing.TB, s *Store) string {
	t.Helper()
	var out strings.Builder
	for _, query := range []string{
		"SELECT name || reported || report || dropped FROM sources ORDER BY 1",
		"SELECT source || ' ' || number || name || body || sum FROM repositories ORDER BY source, number",
		"SELECT source || id || body || sum FROM teams ORDER BY source, id",
		"SELECT source || ' ' || repository || kind || rule || begins || ends || mark || sum FROM cursors ORDER BY source, repository, kind",
		"SELECT source || ' ' || kind || ' ' || repository || ' ' || id || ' ' || at || open || body || sum FROM facts ORDER BY source, kind, repository, id",
	} {
		rows, err := s.db.Query(query)
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			var line string
			if err := rows.Scan(&line); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintln(&out, line)
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil {
			t.Fatal(err)
		}
	}
	return out.String()
}

func TestPutWholeOrNotAtAll(t *testing.T) {
	unwritable := deployed(7, "9", 1)
	unwritable.Fact.Created = time.Date(10000, 1, 1, 0, 0, 0, 0, time.UTC)
	nameless, timeless := deployed(7, "", 1), deployed(7, "9", 1)
	timeless.At = time.Time{}
	ended, end := context.WithCancel(context.Background())
	end()
	tests := []struct {
		name string
		ctx  context.Context
		b    collect.Batch
		want string
	}{
		{"a fact that has no JSON", t.Context(), collect.Batch{Deployments: []collect.Kept[fact.Deployment]{unwritable}}, "deployments of repository 7, 9"},
		{"a fact without an ID", t.Context(), collect.Batch{Deployments: []collect.Kept[fact.Deployment]{nameless}}, "no ID"},
		{"a fact without a time", t.Context(), collect.Batch{Deployments: []collect.Kept[fact.Deployment]{timeless}}, "no time"},
		{"a fact of an unknown repository", t.Context(), collect.Batch{Deployments: []collect.Kept[fact.Deployment]{deployed(8, "9", 1)}}, "repository 8"},
		{"a cursor of an unknown repository", t.Context(), collect.Batch{Cursors: []collect.Cursor{{Repository: 8, Kind: collect.Commits}}}, "repository 8"},
		{"a drop of no kind of facts", t.Context(), collect.Batch{Drops: []collect.Drop{{Repository: 7, Kind: collect.Teams}}}, `unknown kind of facts "teams"`},
		{"a repository without a number", t.Context(), repositories(repo(0, "acme/x")), "acme/x has the number 0"},
		{"the end of the run", ended, collect.Batch{}, "context canceled"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := writable(t)
			put(t, s, three())
			before := state(t, s)
			b := tt.b
			b.Repositories = append(b.Repositories, repo(7, "acme/renamed"))
			b.Deployments = append([]collect.Kept[fact.Deployment]{deployed(7, "4", 1)}, b.Deployments...)
			b.Drops = append([]collect.Drop{{Repository: 7, Kind: collect.Deployments, From: day(9), To: now}}, b.Drops...)
			b.Teams, b.SetTeams = []fact.ForgeTeam{{ID: "x"}}, true
			err := s.Put(tt.ctx, "acme", b)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one with %q", err, tt.want)
			}
			if after := state(t, s); after != before {
				t.Errorf("part of the batch stayed:\n%s\nwas\n%s", after, before)
			}
		})
	}
}

func TestPutReplaces(t *testing.T) {
	s := writable(t)
	put(t, s, three())
	finished := deployed(7, "2", 2)
	finished.Fact.Statuses = finished.Fact.Statuses[:1]
	finished.Open = true
	put(t, s, collect.Batch{
		Deployments: []collect.Kept[fact.Deployment]{finished},
		Cursors:     []collect.Cursor{{Repository: 7, Kind: collect.Deployments, From: day(90), To: now, Mark: "2"}},
		SetTeams:    true, Teams: []fact.ForgeTeam{{ID: "a"}, {ID: "b"}},
	})
	put(t, s, collect.Batch{SetTeams: true, Teams: []fact.ForgeTeam{{ID: "b", Name: "B"}}})
	put(t, s, collect.Batch{Teams: []fact.ForgeTeam{{ID: "not set"}}})
	e := collected(t, s)
	wantSame(t, "deployments", ids(e.Deployments), []string{"acme/web 1", "acme/web 2", "acme/web 3"})
	wantSame(t, "statuses", len(e.Deployments[1].Statuses), 1)
	wantSame(t, "teams", e.Teams, []fact.ForgeTeam{{Source: "acme", ID: "b", Name: "B"}})
	wantSame(t, "end of the coverage", e.Coverage[0].To, now)
}

func TestDrops(t *testing.T) {
	s := writable(t)
	b := three()
	b.Repositories = append(b.Repositories, repo(8, "acme/api"))
	b.Deployments = append(b.Deployments, deployed(8, "1", 2), deployed(7, "4", 2))
	b.Commits = []collect.Kept[fact.Commit]{{Repository: 7, ID: "2", At: day(2)}}
	put(t, s, b)
	put(t, s, collect.Batch{
		Drops: []collect.Drop{{Repository: 7, Kind: collect.Deployments, From: day(3), To: day(1), Keep: []string{"4", "never seen"}}},
		// Written after the drops, so what comes again stays.
		Deployments: []collect.Kept[fact.Deployment]{deployed(7, "1", 3)},
	})
	e := collected(t, s)
	wantSame(t, "deployments", ids(e.Deployments), []string{"acme/api 1", "acme/web 1", "acme/web 4", "acme/web 3"})
	wantSame(t, "commits", len(e.Commits), 1)
	put(t, s, collect.Batch{Drops: []collect.Drop{{Repository: 8, Kind: collect.Deployments, From: day(30), To: now}}})
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "dropped", stats.Sources[0].Dropped, 3)
}

func TestRetainKeepsCursorsHonest(t *testing.T) {
	s := writable(t)
	b := three()
	b.Repositories = append(b.Repositories, repo(8, "acme/api"), repo(9, "acme/new"))
	b.Cursors = append(
		b.Cursors,
		collect.Cursor{Repository: 8, Kind: collect.Commits, Rule: "r", From: day(90), To: day(60), Mark: "m"},
		collect.Cursor{Repository: 9, Kind: collect.Commits, From: day(1), To: now},
		collect.Cursor{Kind: collect.Teams, Mark: "no span"},
	)
	put(t, s, b)
	removed, err := s.Retain(t.Context(), "acme", day(2))
	if err != nil || removed != 1 {
		t.Fatalf("removed %d, %v", removed, err)
	}
	wantSame(t, "deployments", ids(collected(t, s).Deployments), []string{"acme/web 2", "acme/web 3"})
	got, err := s.Cursors(t.Context(), "acme")
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "cursors", got, []collect.Cursor{
		{Kind: collect.Teams, Mark: "no span"},
		{Repository: 7, Kind: collect.Deployments, From: day(2), To: day(1)},
		{Repository: 8, Kind: collect.Commits, Rule: "r", From: day(60), To: day(60), Mark: "m"},
		{Repository: 9, Kind: collect.Commits, From: day(1), To: now},
	})
	if removed, err = s.Retain(t.Context(), "never seen", now); removed != 0 || err != nil {
		t.Errorf("of a source never seen: %d, %v", removed, err)
	}
}

// TestRetainLeavesNothingBehind: what was dropped is not in the file's free pages
// either, and the file shrinks.
func TestRetainLeavesNothingBehind(t *testing.T) {
	s := writable(t)
	b := realistic(2000)
	for i := range b.Deployments {
		b.Deployments[i].Fact.Creator = "jane.doe.of.old"
	}
	put(t, s, b)
	if _, err := s.Retain(t.Context(), "acme", now); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(s.file)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(data), "jane.doe.of.old") {
		t.Error("a login outlives its facts")
	}
	if len(data) > 200_000 {
		t.Errorf("%d bytes of an empty store", len(data))
	}
}

func TestSourcesForgetStats(t *testing.T) {
	ctx := t.Context()
	s := writable(t)
	put(t, s, three())
	reported(t, s, collect.Report{Until: now})
	other := three()
	other.Repositories = append(other.Repositories, gone(repo(8, "acme/api"), 2))
	other.Commits = []collect.Kept[fact.Commit]{{Repository: 7, ID: "c", At: day(20)}}
	other.Teams, other.SetTeams = []fact.ForgeTeam{{ID: "core"}}, true
	if err := s.Put(ctx, "lab", other); err != nil {
		t.Fatal(err)
	}
	stats, err := s.Stats(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if stats.Bytes < 10_000 || stats.Schema != len(schema) {
		t.Errorf("stats: %d bytes, schema %d", stats.Bytes, stats.Schema)
	}
	wantSame(t, "stats", stats.Sources, []SourceStats{
		{Source: "acme", Repositories: 1, Rows: map[collect.Kind]int{collect.Deployments: 3}, First: day(3), Last: day(1), Collected: now},
		{
			Source: "lab", Repositories: 2, Gone: 1, Teams: 1, First: day(20), Last: day(1),
			Rows: map[collect.Kind]int{collect.Commits: 1, collect.Deployments: 3},
		},
	})
	if err := s.Forget(ctx, "acme"); err != nil {
		t.Fatal(err)
	}
	names, err := s.Sources(ctx)
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "sources", names, []string{"lab"})
	if _, err := s.Source("acme", SourceOptions{}).Collect(ctx, window); !errors.Is(err, ErrNeverCollected) {
		t.Errorf("a forgotten source: %v", err)
	}
	e, err := s.Source("lab", SourceOptions{}).Collect(ctx, window)
	if err != nil || len(e.Deployments) != 3 || len(e.Commits) != 1 {
		t.Errorf("the other one: %v, %v", e, err)
	}
}

func TestFilesArePrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // there are no modes
	}
	name := file(t)
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	s := opened(t, Options{File: name})
	put(t, s, three())
	for _, suffix := range []string{"", "-wal", "-shm", "-lock"} {
		info, err := os.Stat(name + suffix)
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode() != 0o600 {
			t.Errorf("store.db%s: mode %v", suffix, info.Mode())
		}
	}
}

// TestConcurrency has two forges save at once while builds read: every reader sees
// whole batches.
func TestConcurrency(t *testing.T) {
	const batches, size = 20, 10
	ctx := t.Context()
	s := writable(t)
	if err := s.Put(ctx, "acme", repositories(repo(7, "acme/web"))); err != nil {
		t.Fatal(err)
	}
	read := opened(t, Options{File: s.file, ReadOnly: true})
	var wait sync.WaitGroup
	for _, source := range []string{"acme", "lab"} {
		wait.Go(func() {
			for i := range batches {
				b := repositories(repo(7, "acme/web"))
				for j := range size {
					b.Deployments = append(b.Deployments, deployed(7, fmt.Sprintf("%d-%d", i, j), 3))
				}
				b.Cursors = []collect.Cursor{{Repository: 7, Kind: collect.Deployments, From: day(9), To: day(9).Add(time.Duration(i+1) * time.Minute)}}
				if err := s.Put(ctx, source, b); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, from := range []*Store{s, read, read} {
		wait.Go(func() {
			for range batches {
				e, err := from.Source("acme", SourceOptions{}).Collect(ctx, window)
				if err != nil {
					t.Error(err)
					return
				}
				known := 0
				if len(e.Coverage) > 0 {
					known = int(e.Coverage[0].To.Sub(day(9)) / time.Minute)
				}
				if len(e.Deployments) != known*size {
					t.Errorf("%d deployments beside a cursor that says %d", len(e.Deployments), known*size)
				}
			}
		})
	}
	wait.Wait()
	if got := ids(collected(t, s).Deployments); len(slices.Compact(got)) != batches*size {
		t.Errorf("%d deployments in the end", len(got))
	}
}
