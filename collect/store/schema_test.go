package store

import (
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// written1 is a file that the first version of the schema wrote.
func written1(t *testing.T) string {
	t.Helper()
	statements, err := os.ReadFile("testdata/schema1.sql")
	if err != nil {
		t.Fatal(err)
	}
	name := file(t)
	run(t, name, string(statements))
	return name
}

// TestReadsSchema1 holds the format: what was once written is read for ever.
func TestReadsSchema1(t *testing.T) {
	s := opened(t, Options{File: written1(t)})
	e := collected(t, s)
	wantSame(t, "teams", e.Teams, []fact.ForgeTeam{{Source: "acme", ID: "core", Name: "Core", Members: []string{"octo"}, Repositories: []string{"acme/web"}}})
	wantSame(t, "repositories", e.Repositories, []fact.Repository{{Name: "acme/web", DefaultBranch: "main", Former: []string{"acme/site"}}})
	wantSame(t, "commits", e.Commits, []fact.Commit{{
		Repository: "acme/web", SHA: "c1", Parents: []string{"c0"}, Author: "octo", AuthorTime: day(4), CommitTime: day(3),
	}})
	wantSame(t, "changes", e.Changes, []fact.Change{{
		Source: "acme", Repository: "acme/web", ID: "12", Title: "A change", Author: "octo", Labels: []string{"fix"},
		Opened: day(4), Merged: day(3), MergeCommit: "c1",
	}})
	var want []fact.Deployment
	for _, k := range three().Deployments {
		k.Fact.Source, k.Fact.Repository = "acme", "acme/web"
		want = append(want, k.Fact)
	}
	wantSame(t, "deployments", e.Deployments, want)
	wantSame(t, "incidents", e.Incidents, []fact.Incident{{
		Source: "acme", Repository: "acme/web", ID: "44", Title: "Down", Opened: day(1), Severity: "sev1",
	}})
	wantSame(t, "coverage", e.Coverage, []fact.Coverage{
		{Source: "acme", Repository: "acme/web", Kind: "deployments", From: window.From, To: day(1)},
	})
	open, err := s.Open(t.Context(), "acme", collect.Incidents, day(9))
	if err != nil {
		t.Fatal(err)
	}
	wantSame(t, "open", open, []collect.Ref{{Repository: 7, Kind: collect.Incidents, ID: "44", At: day(1)}})
}

func version(t *testing.T, s *Store) int {
	t.Helper()
	stats, err := s.Stats(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return stats.Schema
}

func TestUpgradeStepByStep(t *testing.T) {
	const (
		good = "ALTER TABLE sources ADD COLUMN note TEXT NOT NULL DEFAULT 'new'"
		bad  = "CREATE TABLE half (x); INSERT INTO nowhere VALUES (1)"
	)
	name := written1(t)
	if _, err := openSteps(t.Context(), Options{File: name, ReadOnly: true}, append(schema, good)); !errors.Is(err, ErrMissing) ||
		!strings.Contains(err.Error(), "older schema 1: run ip3dp collect") {
		t.Errorf("reading an older one: %v", err)
	}
	if _, err := openSteps(t.Context(), Options{File: name}, append(schema, good, bad)); err == nil || !strings.Contains(err.Error(), "upgrade to schema 3") {
		t.Errorf("a step that fails: %v", err)
	}
	s, err := openSteps(t.Context(), Options{File: name}, append(schema, good))
	if err != nil {
		t.Fatal(err)
	}
	if v := version(t, s); v != 2 {
		t.Errorf("version %d: the step before the one that failed should stand, and no other", v)
	}
	var tables int
	var note string
	if err := s.db.QueryRow("SELECT (SELECT count(*) FROM sqlite_schema WHERE name = 'half'), note FROM sources").Scan(&tables, &note); err != nil {
		t.Fatal(err)
	}
	if tables != 0 || note != "new" || len(collected(t, s).Deployments) != 3 {
		t.Errorf("%d tables of the step that failed, note %q, facts %v", tables, note, collected(t, s).Deployments)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), Options{File: name}); !errors.Is(err, ErrNewer) {
		t.Errorf("a later version's file: %v", err)
	}
}

// TestAge says what a build is told about when a source was collected.
func TestAge(t *testing.T) {
	gap := func(from time.Time, reason string) []fact.Gap {
		return []fact.Gap{{Source: "acme", From: from, To: now, Reason: reason, Next: "run ip3dp collect"}}
	}
	cut := fact.Gap{Source: "acme", From: day(3), To: now, Reason: "budget"}
	tests := []struct {
		name   string
		report *collect.Report
		want   []fact.Gap
	}{
		{"never ended", nil, gap(window.From, "the first collection has not ended")},
		{"today", &collect.Report{Until: now}, nil},
		{"last night", &collect.Report{Until: day(1)}, nil},
		{"three nights ago", &collect.Report{Until: day(3)}, gap(day(3), "last collected until 2026-10-30")},
		{"cut short and told", &collect.Report{Until: day(3), Gaps: []fact.Gap{cut}}, []fact.Gap{cut}},
		{"before the window", &collect.Report{Until: day(50)}, gap(window.From, "nothing of this time could be collected so far")},
		{"nothing known", &collect.Report{}, gap(window.From, "nothing of this time could be collected so far")},
		{"after the window", &collect.Report{Until: now.Add(48 * time.Hour), Gaps: []fact.Gap{{From: now, To: now.Add(time.Hour), Reason: "later"}}}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := writable(t)
			put(t, s, three())
			if tt.report != nil {
				reported(t, s, *tt.report)
			}
			wantSame(t, "gaps", collected(t, s).Gaps, tt.want)
		})
	}
	t.Run("never collected", func(t *testing.T) {
		e, err := writable(t).Source("acme", SourceOptions{}).Collect(t.Context(), window)
		if !errors.Is(err, ErrNeverCollected) || !strings.Contains(err.Error(), "acme") {
			t.Errorf("error %v", err)
		}
		wantSame(t, "gaps", e.Gaps, gap(window.From, "never collected"))
	})
}
