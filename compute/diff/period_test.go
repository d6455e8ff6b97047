package diff

import (
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/goals"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// TestComparePeriod holds changes to the days of the commits that made them: those of the file,
// or of the part of an initiative.
func TestComparePeriod(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2024, 10, n, 0, 0, 0, 0, time.UTC) }
	plan := func(start time.Time, override *fact.Override) fact.Initiative {
		return fact.Initiative{
			Item: fact.Item{ID: "a", Title: "A", Origin: fact.Origin{File: "roadmap/a.md"}}, Status: fact.Active, Override: override,
			Phases: []fact.Phase{{Name: "alpha", Start: start, Weeks: 2}},
		}
	}
	put := &fact.Override{Priority: 1, Reason: "first"}
	side := func(in fact.Initiative, more ...fact.Research) Side {
		c := fact.Content{Initiatives: []fact.Initiative{in}, Research: more}
		var m compute.Measured
		m.AsOf = day(31)
		return Side{Content: c, Report: compute.Decide(compute.DefaultOptions(), c, m)}
	}
	version := func(n int, in fact.Initiative) fact.Version[fact.Initiative] {
		return fact.Version[fact.Initiative]{At: day(n).Add(9 * time.Hour), Commit: "c", Item: &in}
	}
	rec := &fact.Recorded{Initiatives: map[string][]fact.Version[fact.Initiative]{"a": {
		version(1, plan(day(14), nil)), version(7, plan(day(21), nil)), version(10, plan(day(21), put)),
		version(21, plan(day(28), put)),
	}}}
	touched := Touched{
		"roadmap/a.md":  {{At: day(7)}, {At: day(10)}, {At: day(21)}},
		"research/b.md": {{At: day(8), Added: true}, {At: day(9)}},
	}
	p := Period{From: day(2), To: day(31)}
	in := Input{
		Base: side(plan(day(14), nil)),
		Head: side(plan(day(28), put), fact.Research{Item: fact.Item{ID: "b", Title: "B", Origin: fact.Origin{File: "research/b.md"}}}),
	}
	got := ComparePeriod(p, in, touched, rec)
	for kind, want := range map[Kind][]time.Time{
		Dated: {day(7), day(21)}, Overridden: {day(10)}, Listed: {day(8)},
	} {
		t.Run(string(kind), func(t *testing.T) {
			i := slices.IndexFunc(got.Diff.Changes, func(x Change) bool { return x.Kind == kind })
			if i < 0 || !slices.EqualFunc(got.Days[i], want, time.Time.Equal) {
				t.Errorf("change %d of %+v on %v, want %v", i, got.Diff.Changes, got.Days, want)
			}
		})
	}
	periods := Periods{List: []Period{got}}
	periods.Withhold()
	if d := periods.List[0]; d.Diff.Has(Listed) || len(d.Days) != len(d.Diff.Changes) {
		t.Errorf("research is not withheld: %+v", d.Diff.Changes)
	}
}

// TestWithholdGoals: a goal that is or was about a team or a group is left out.
func TestWithholdGoals(t *testing.T) {
	about := func(kind metric.ScopeKind) *goals.Standing { return &goals.Standing{Scope: metric.Scope{Kind: kind}} }
	for _, tt := range []struct {
		name          string
		before, after *goals.Standing
		open          bool
	}{
		{"of the organisation", about(metric.Organisation), about(metric.Organisation), true},
		{"of a feature, new", nil, about(metric.Feature), true},
		{"of a team, removed", about(metric.Team), nil, false},
		{"of a team before", about(metric.Team), about(metric.Organisation), false},
		{"of a group now", about(metric.Organisation), about(metric.Group), false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := Periods{List: []Period{{
				Diff: Diff{Changes: []Change{{Goal: &Goal{Before: tt.before, After: tt.after}}}}, Days: make([][]time.Time, 1),
			}}}
			p.Withhold()
			if got := len(p.List[0].Diff.Changes) == 1; got != tt.open {
				t.Errorf("shown: %t", got)
			}
		})
	}
}

func TestQuarterOf(t *testing.T) {
	for at, want := range map[string]string{
		"2024-01-01T00:00:00Z": "2024-01-01", "2024-03-31T23:59:59Z": "2024-01-01", "2024-11-11T06:00:00Z": "2024-10-01",
		"2025-01-01T00:30:00+01:00": "2024-10-01",
	} {
		t.Run(at, func(t *testing.T) {
			when, err := time.Parse(time.RFC3339, at)
			if got := QuarterOf(when).Format(time.DateOnly); err != nil || got != want {
				t.Errorf("%s, want %s (%v)", got, want, err)
			}
		})
	}
}
