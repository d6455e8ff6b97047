package compute

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

var gradedAt = time.Date(2024, 11, 11, 3, 0, 0, 0, time.UTC)

func TestGradesSayWhy(t *testing.T) {
	until := func(hours int) *SyncLine { return &SyncLine{Until: gradedAt.Add(time.Duration(-hours) * time.Hour)} }
	differs := []CheckLine{{What: "deployments of acme/shop", Theirs: 10, Ours: 9, Comparable: true}}
	for _, tt := range []struct {
		read, used, gaps int
		nobody           int
		sync             *SyncLine
		checks           []CheckLine
		declared         bool
		grade            Grade
		why              string
	}{
		{read: 1000, used: 1000, grade: Complete},
		{read: 1000, used: 990, grade: Complete},
		{read: 1000, used: 989, grade: Partial, why: "11 of 1000 rows were rejected"},
		{read: 1000, used: 950, nobody: 50, grade: Partial, why: `50 of 1,000 rows name nobody that the content has: 50 × names "x"`},
		{read: 1000, used: 951, nobody: 49, grade: Complete},
		{read: 1000, used: 940, nobody: 49, grade: Partial, why: "11 of 951 rows were rejected"},
		{read: 9, nobody: 9, grade: Missing, why: `9 of 9 rows name nobody that the content has: 9 × names "x"`},
		{read: 1000, used: 900, gaps: 1, grade: Partial, why: "100 of 1000 rows were rejected"},
		{read: 1000, used: 1000, gaps: 1, grade: Partial}, // the gap says it
		{read: 3, grade: Missing, why: "no row was used"},
		{grade: Missing, why: "no row was used"},
		{declared: true, grade: Complete}, // a complete file without a row
		{read: 3, declared: true, grade: Missing, why: "no row was used"},
		{gaps: 1, declared: true, grade: Missing},
		{gaps: 1, grade: Missing},
		{read: 9, used: 9, sync: until(24), grade: Complete},
		{read: 9, used: 9, sync: until(25), grade: Stale, why: "nothing after 2024-11-10 02:00 UTC is known"},
		{read: 9, used: 9, gaps: 1, sync: until(25), grade: Stale},
		{gaps: 1, sync: until(25), grade: Missing},
		{sync: until(0), grade: Complete},            // a quiet organisation
		{sync: &SyncLine{}, gaps: 1, grade: Missing}, // never read
		{sync: &SyncLine{}, grade: Missing, why: "no row was used"},
		{read: 9, used: 9, sync: until(0), checks: differs, grade: Partial, why: "its own count differs: deployments of acme/shop"},
		{read: 9, used: 9, sync: until(0), checks: []CheckLine{{Theirs: 0.3, Ours: 0.1 + 0.2, Comparable: true}, {Theirs: 1}}, grade: Complete},
	} {
		t.Run(fmt.Sprint(tt.read), func(t *testing.T) {
			q := Quality{Gaps: make([]GapLine, tt.gaps), Sync: tt.sync, Checks: tt.checks}
			q.addImport(fact.Import{Read: tt.read, Used: tt.used, Rejected: []fact.Rejected{
				{Reason: "no date", Count: tt.read - tt.used - tt.nobody, Class: fact.Refused},
				{Reason: `names "x"`, Count: tt.nobody, Class: fact.Nobody},
			}})
			if g, why := q.grade(tt.declared, gradedAt); g != tt.grade || why != tt.why {
				t.Errorf("%+v: got %s, %q", tt, g, why)
			}
		})
	}
}

// TestQualityOfForge: all that is said of a kept source stands on its own entry.
func TestQualityOfForge(t *testing.T) {
	at := gradedAt.Add(-time.Hour)
	e := fact.Events{
		Imports: []fact.Import{
			{Source: "git", Kind: "commits", Read: 2, Used: 2},
			{Source: "github", Kind: "changes", Read: 3, Used: 1, Rejected: []fact.Rejected{{Reason: "by rule", Count: 2, Class: fact.ByRule}}},
		},
		Checks: []fact.Check{{Source: "github", What: "b", Theirs: 2, Ours: 1, Note: "other definition"}, {Source: "github", What: "a"}},
		Syncs:  []fact.Sync{{Source: "github", At: at, Until: at, Requests: 7, Retries: 1, Pages: 4, Items: 90}},
	}
	got := gradeSources(e, gradedAt, nil)
	want := []Quality{
		{Source: "git", Grade: Complete, Rows: RowCounts{Read: 2, Counted: 2}, Imports: []ImportLine{{Kind: "commits", Read: 2, Used: 2}}},
		{
			Source: "github", Grade: Complete, Rows: RowCounts{Read: 3, Counted: 1, ByRule: 2},
			Imports: []ImportLine{{Kind: "changes", Read: 3, Used: 1, Rejected: e.Imports[1].Rejected}},
			Sync:    &SyncLine{At: at, Until: at, Requests: 7, Retries: 1, Pages: 4, Items: 90},
			Checks:  []CheckLine{{What: "a"}, {What: "b", Theirs: 2, Ours: 1, Note: "other definition"}},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// TestDescribeRest holds that pages of a longer list make their source partial, and that files
// with all pages do not.
func TestDescribeRest(t *testing.T) {
	page := func(read, total int, more bool) fact.Import {
		return fact.Import{Source: "s", Read: read, Used: read, Whole: &fact.Whole{Total: total, More: more}}
	}
	tests := []struct {
		name    string
		imports []fact.Import
		want    string
	}{
		{"no pages", []fact.Import{{Source: "s", Read: 5, Used: 5}}, ""},
		{"one of several pages", []fact.Import{page(50, 120, false)}, "its files are pages with 50 of 120 rows: export all pages"},
		{"all pages", []fact.Import{page(50, 70, true), page(20, 70, false)}, ""},
		{"a first page", []fact.Import{page(50, 0, true)}, "its files are pages with the first 50 rows of a longer list: export all pages"},
		{"the last page as well", []fact.Import{page(50, 0, true), page(9, 0, false)}, ""},
		{"more rows than the total", []fact.Import{page(60, 50, false)}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			grades := gradeSources(fact.Events{Imports: tt.imports}, time.Date(2024, 10, 15, 0, 0, 0, 0, time.UTC), nil)
			if len(grades) != 1 || grades[0].Why != tt.want || (grades[0].Grade == Partial) != (tt.want != "") {
				t.Errorf("grades %+v, want %q", grades, tt.want)
			}
		})
	}
}
