package adoption

import (
	"fmt"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// The current four weeks are 7 October to 3 November 2024.
var asOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

func day(month, d int) time.Time { return time.Date(2024, time.Month(month), d, 12, 0, 0, 0, time.UTC) }

func organisation(t *testing.T, c fact.Content, e fact.Events) *org.Organisation {
	t.Helper()
	o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: asOf, MaturityDays: 7}}, c, e)
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func measure(t *testing.T, f fact.Feature, e fact.Events, edit ...func(*fact.Content)) (Feature, Result) {
	t.Helper()
	f.Item = fact.Item{ID: "f", Title: "Feature F", Formerly: []string{"old-f"}}
	c := fact.Content{
		Features: []fact.Feature{f},
		Teams: []fact.Team{
			{ID: "a", Developers: 4, Owns: []fact.Ownership{{Repository: "r/a"}}},
			{ID: "b", Developers: 4, Owns: []fact.Ownership{{Repository: "r/b", Until: day(10, 20)}}},
		},
	}
	for _, x := range edit {
		x(&c)
	}
	r := Measure(organisation(t, c, e), c, e, 250)
	return r.Features[0], r
}

func used(rows ...any) fact.Events {
	var e fact.Events
	for i := 0; i < len(rows); i += 2 {
		e.Usage = append(e.Usage, fact.Use{Feature: "Feature  f", Unit: rows[i].(string), Team: "team-" + rows[i].(string), At: rows[i+1].(time.Time), Count: 2})
	}
	return e
}

func developers(eligible int) fact.Feature {
	return fact.Feature{Adoption: fact.Adoption{Unit: "developer", Eligible: eligible, Source: "usage"}}
}

func TestActiveAndRetained(t *testing.T) {
	e := used(
		"now", day(10, 7), "now", day(10, 30),
		"both", day(10, 7), "both", day(9, 9),
		"gone", day(9, 10), "gone", day(8, 13),
		"late", day(11, 5), // after the cut-off: next week's business
		"edge", time.Date(2024, 11, 3, 23, 59, 59, 0, time.UTC),
	)
	e.Usage = append(e.Usage, fact.Use{Feature: "f", Unit: "zero", At: day(10, 8), Count: 0})
	f, r := measure(t, developers(10), e)
	if got := fmt.Sprint(f.Active, f.Before, f.Retained, f.Eligible); got != "3 2 2 10" {
		t.Errorf("active, before, retained, eligible: got %s", got)
	}
	if f.Depth != 8./3 {
		t.Errorf("depth: got %v", f.Depth)
	}
	m := r.Section.Metrics[0]
	if *m.Value != 0.3 || m.Lo != nil || fmt.Sprint(m.N) != "[{active 3} {developers 10}]" {
		t.Errorf("metric: got %+v", m)
	}
}

func TestEligibleDefaultsToThePlatform(t *testing.T) {
	for unit, want := range map[string]int{"developer": 250, "team": 2, "service": 2} {
		t.Run(unit, func(t *testing.T) {
			f, _ := measure(t, fact.Feature{Adoption: fact.Adoption{Unit: unit, Source: "usage"}}, used("x", day(10, 8)))
			if f.Eligible != want {
				t.Errorf("%s: got %d, want %d", unit, f.Eligible, want)
			}
		})
	}
}

// More users than there can be are a wrong count, and no good news.
func TestMoreActiveThanEligibleIsNotAvailable(t *testing.T) {
	shipped := developers(1)
	shipped.Shipped = day(1, 8)
	f, r := measure(t, shipped, used("x", day(10, 8), "y", day(10, 8)))
	if f.Known || r.Used != 0 || r.Shipped != 1 || len(r.Section.Series) != 0 {
		t.Errorf("known %v, used %d of %d, %d series", f.Known, r.Used, r.Shipped, len(r.Section.Series))
	}
	m := r.Section.Metrics[0]
	got := fmt.Sprintf("%s %v: %s → %s", m.State, m.Value, m.Why, m.Next)
	want := fmt.Sprintf("%s <nil>: 2 active of 1 eligible: the count of eligible units is out of date → set eligible and eligible_on in features/f.md", metric.NotAvailable)
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if f, _ := measure(t, developers(2), used("x", day(10, 8), "y", day(10, 8))); !f.Known {
		t.Error("everybody is possible")
	}
}

// A feature that is in no row because the rows have its name wrong is told so.
func TestMisnamedUsageIsNoZero(t *testing.T) {
	c := fact.Content{Features: []fact.Feature{developers(10)}}
	c.Features[0].Item = fact.Item{ID: "buildpacks", Title: "Buildpacks"}
	e := fact.Events{Usage: []fact.Use{{Source: "u", Feature: "build-packs", Unit: "ann", At: day(10, 8), Count: 1}}}
	o := organisation(t, c, e)
	_, o.Unmatched = org.NewNames(c).Canonicalise(c, e)
	m := Measure(o, c, e, 250).Section.Metrics[0]
	const said = `1 rows of usage name "build-packs", which is not a feature: did you mean "buildpacks"?`
	if m.State != metric.NotAvailable || m.Why != said {
		t.Errorf("alone: %s %q", m.State, m.Why)
	}
	e.Usage = append(e.Usage, fact.Use{Source: "u", Feature: "Buildpacks\u00a0", Unit: "bob", At: day(10, 8), Count: 1})
	m = Measure(o, c, e, 250).Section.Metrics[0]
	if m.State != metric.Provisional || *m.Value != 0.1 || fmt.Sprint(m.Warnings) != "["+said+"]" {
		t.Errorf("beside others: %s %v %v", m.State, m.Value, m.Warnings)
	}
	if m.Was != nil {
		t.Error("an export that begins in these weeks has an earlier value")
	}
}

// Teams are one by title, ID and former ID; one that teams.toml does not have is no
// adopter where that file is the whole population.
func TestTeamsThatUseAFeature(t *testing.T) {
	use := func(teams ...string) fact.Events {
		var e fact.Events
		for _, name := range teams {
			e.Usage = append(e.Usage, fact.Use{Feature: "f", Team: name, At: day(10, 8), Count: 1})
		}
		return e
	}
	titled := func(c *fact.Content) {
		c.Teams[0].Title, c.Teams[1].Title, c.Teams[1].Formerly = "Zürich 🚀", "Payments", []string{"money"}
	}
	f := fact.Feature{Adoption: fact.Adoption{Unit: "team", Source: "usage"}}
	for _, tt := range []struct {
		teams    []string
		eligible int
		active   int
		warned   bool
	}{
		{[]string{"Zu\u0308rich  🚀", "a", "payments", "MONEY", "b"}, 2, 2, false},
		{[]string{"a", "Nowhere"}, 2, 1, true},
		{[]string{"a", "Nowhere"}, 60, 2, true}, // teams.toml is not the whole population
	} {
		t.Run(fmt.Sprint(tt.teams), func(t *testing.T) {
			f.Adoption.Eligible = tt.eligible
			got, r := measure(t, f, use(tt.teams...), titled)
			if m := r.Section.Metrics[0]; got.Active != tt.active || (m.State == metric.Provisional) != tt.warned || (len(m.Warnings) > 0) != tt.warned {
				t.Errorf("%v of %d: %d active, %s %v", tt.teams, tt.eligible, got.Active, m.State, m.Warnings)
			}
		})
	}
}

func TestUnknownUseIsNotZero(t *testing.T) {
	f, r := measure(t, developers(10), fact.Events{})
	if m := r.Section.Metrics[0]; f.Known || m.State != metric.NotAvailable || m.Next == "" {
		t.Errorf("got %+v", m)
	}
}

func TestParts(t *testing.T) {
	f := developers(10)
	f.Parts = []fact.Part{{ID: "catalog"}, {ID: "docs", Labels: []string{"TechDocs"}}, {ID: "templates"}}
	var e fact.Events
	for unit, part := range map[string]string{"a": "Catalog", "b": "catalog", "c": "techdocs", "d": "wiki"} {
		e.Usage = append(e.Usage, fact.Use{Feature: "old-f", Part: part, Unit: unit, At: day(10, 9), Count: 1})
	}
	got, _ := measure(t, f, e)
	if s := fmt.Sprint(got.Parts, got.Unknown, got.Active); s != "[{catalog catalog 2 0.2} {docs docs 1 0.1} {templates templates 0 0}] [wiki] 4" {
		t.Errorf("got %s", s)
	}
}

func TestRulesAndLists(t *testing.T) {
	team := func(a fact.Adoption) fact.Feature { a.Unit = "team"; return fact.Feature{Adoption: a} }
	deployed := func(repo, source string, at time.Time) fact.Deployment {
		return fact.Deployment{Repository: repo, ID: repo + at.String(), Source: source, Environment: "prod", Statuses: []fact.Status{{State: fact.Success, At: at}}}
	}
	e := fact.Events{
		Repositories: []fact.Repository{{Name: "r/a", Pipelines: map[string]string{".github/workflows/buildpack.yml": "x"}}, {Name: "r/b"}},
		Deployments: []fact.Deployment{
			deployed("r/a", "argo", day(10, 9)), deployed("r/b", "argo", day(10, 10)), deployed("r/b", "jenkins", day(10, 11)),
			deployed("r/b", "argo", day(10, 25)), // nobody owned it any more
		},
	}
	for _, tt := range []struct {
		name   string
		f      fact.Feature
		active int
	}{
		{"by pipeline", team(fact.Adoption{Source: "rule", Rule: fact.AdoptionRule{Pipeline: ".github/workflows/buildpack*"}}), 1},
		{"by deployment", team(fact.Adoption{Source: "rule", Rule: fact.AdoptionRule{Deployed: "argo"}}), 2},
		{"by both source and environment", team(fact.Adoption{Source: "rule", Rule: fact.AdoptionRule{Deployed: "jenkins", Environment: "^prod"}}), 1},
		{"no match", team(fact.Adoption{Source: "rule", Rule: fact.AdoptionRule{Deployed: "spinnaker"}}), 0},
		{"listed", team(fact.Adoption{Source: "list", Uses: []fact.ListedUse{{Unit: "a", From: day(1, 1)}, {Unit: "b", Until: day(9, 1)}}}), 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, _ := measure(t, tt.f, e)
			if f.Active != tt.active || !f.Known {
				t.Errorf("%s: got %d active, known %v; want %d", tt.name, f.Active, f.Known, tt.active)
			}
		})
	}
}

func TestFirstUseIsSustained(t *testing.T) {
	e := used(
		"tried", day(3, 4), // once, never again
		"stayed", day(3, 4), "stayed", day(4, 8), "stayed", day(5, 6),
		"again", day(1, 8), "again", day(6, 3), "again", day(7, 8), // a trial in January, for good from June
	)
	f, _ := measure(t, developers(10), e)
	var got []string
	for _, u := range f.FirstUse {
		got = append(got, u.Team+" "+u.At.Format("01-02"))
	}
	if fmt.Sprint(got) != "[team-stayed 03-04 team-again 06-03]" {
		t.Errorf("got %v", got)
	}
}

func TestGivenAdoptionIsFlagged(t *testing.T) {
	for _, tt := range []struct {
		a    fact.Adoption
		want string
	}{
		{fact.Adoption{Default: true}, "default"},
		{fact.Adoption{Default: true, DefaultSince: day(12, 1)}, ""},
		{fact.Adoption{Mandated: true, MandatedOn: day(1, 1)}, "mandated"},
		{fact.Adoption{}, ""},
	} {
		t.Run(fmt.Sprint(tt.a), func(t *testing.T) {
			if f, _ := measure(t, fact.Feature{Adoption: tt.a}, fact.Events{}); f.Given != tt.want {
				t.Errorf("%+v: got %q, want %q", tt.a, f.Given, tt.want)
			}
		})
	}
}

func TestLaunchWatch(t *testing.T) {
	f := developers(4)
	f.Adoption.Predicted = metric.Of(50)
	ga := func(c *fact.Content) {
		c.Initiatives = []fact.Initiative{{Features: []string{"f"}, Phases: []fact.Phase{{Name: "beta", Start: day(1, 1)}, {Name: "ga", Start: time.Date(2024, 9, 9, 0, 0, 0, 0, time.UTC)}}}}
	}
	got, r := measure(t, f, used("a", day(9, 20), "b", day(10, 20), "a", day(10, 21)), ga)
	var s string
	for _, c := range got.Launch {
		v := "-"
		if c.Share != nil {
			v = fmt.Sprint(*c.Share)
		}
		s += fmt.Sprintf("%d %s %s of %v; ", c.Weeks, c.At, v, *c.Predicted)
	}
	if s != "4 2024-10-07 0.25 of 0.5; 8 2024-11-04 0.5 of 0.5; 12 2024-12-02 - of 0.5; " {
		t.Errorf("got %s", s)
	}
	if r.Shipped != 1 || r.Used != 1 {
		t.Errorf("shipped %d, used %d", r.Shipped, r.Used)
	}
}

// The curve counts what active counts, for every week.
func TestCurveAgreesWithActive(t *testing.T) {
	var e fact.Events
	for i := range 300 {
		e.Usage = append(e.Usage, fact.Use{Feature: "f", Unit: fmt.Sprint(i % 17), At: day(6, 1).Add(time.Duration(i*i%160) * 26 * time.Hour), Count: 1})
	}
	f := developers(17)
	got, r := measure(t, f, e)
	points := r.Section.Series[0].Points
	if last := points[len(points)-1]; last.N != got.Active {
		t.Errorf("the last week's %d is not the %d active", last.N, got.Active)
	}
	for i, p := range points {
		if p.N > 17 || (i > 0 && points[i].At.Sub(points[i-1].At) != org.Week) {
			t.Errorf("week %d: %+v", i, p)
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	var e fact.Events
	for u := range 5000 {
		for w := range 52 {
			e.Usage = append(e.Usage, fact.Use{Feature: "f", Unit: fmt.Sprint(u), Team: fmt.Sprint(u % 60), At: asOf.AddDate(0, 0, -7*w-1), Count: 1})
		}
	}
	c := fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "f", Title: "f"}, Adoption: fact.Adoption{Unit: "developer", Eligible: 5000}}}}
	o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: asOf, MaturityDays: 7}}, c, fact.Events{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		Measure(o, c, e, 5000)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(e.Usage)), "ns/use")
}

// TestAvailable: without a date of general availability it is the end of the first
// four weeks in which a tenth of those who could used it.
func TestAvailable(t *testing.T) {
	f := developers(20)
	e := used("a", day(8, 21), "b", day(9, 11), "b", day(10, 30))
	if got, _ := measure(t, f, e); got.Available.Format(time.DateOnly) != "2024-09-16" || !got.ByUse {
		t.Errorf("available %s, by use %v; want the end of the week in which the second of 20 was active", got.Available, got.ByUse)
	}
	if got, _ := measure(t, developers(40), e); !got.Available.IsZero() || got.ByUse {
		t.Errorf("available %s with two of 40", got.Available)
	}
	f.Shipped = day(7, 1)
	if got, _ := measure(t, f, e); !got.Available.Equal(f.Shipped) || got.ByUse {
		t.Errorf("available %s, want the date declared", got.Available)
	}
}
