package measures

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/demo"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// The current four weeks are 7 October to 3 November 2024.
var asOf = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

func day(month, d int) time.Time { return time.Date(2024, time.Month(month), d, 12, 0, 0, 0, time.UTC) }

func organisation(t testing.TB, c fact.Content) *org.Organisation {
	t.Helper()
	o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: asOf, MaturityDays: 7}}, c, fact.Events{})
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func teams() []fact.Team {
	return []fact.Team{
		{ID: "a", Title: "Team A", Developers: 5, Formerly: []string{"old a"}},
		{ID: "b", Developers: 4},
		{ID: "one", Developers: 1},
	}
}

func def(aggregate string) fact.MeasureDef {
	return fact.MeasureDef{ID: "x", Title: "X", Unit: "minutes", Better: "down", Target: metric.Of(5), Aggregate: aggregate}
}

func fig(month, d int, v float64, n int, team string) fact.Measure {
	return fact.Measure{ID: "x", At: day(month, d), Value: v, N: n, Team: team}
}

func measure(t testing.TB, d fact.MeasureDef, figures ...fact.Measure) Result {
	t.Helper()
	c := fact.Content{Measures: []fact.MeasureDef{d}, Teams: teams()}
	return Measure(organisation(t, c), c, figures)
}

func shown(v *float64) string {
	if v == nil {
		return "–"
	}
	return fmt.Sprint(*v)
}

func TestAggregates(t *testing.T) {
	figures := []fact.Measure{
		fig(10, 8, 4, 10, ""), fig(10, 9, 10, 30, ""), fig(10, 30, 6, 20, ""), // two weeks of the current four
		fig(9, 10, 8, 0, ""),  // before
		fig(7, 16, 20, 0, ""), // a quarter ago
	}
	for _, tt := range []struct{ aggregate, value, weeks, state string }{
		{"", "7.666666666666667", "8.5 – – 6", NotMet},
		{"mean", "7.666666666666667", "8.5 – – 6", NotMet},
		{"median", "6", "7 – – 6", NotMet},
		{"sum", "10", "14 – – 6", NotMet}, // (14 + 6) / 2
		{"last", "6", "10 – – 6", NotMet},
	} {
		t.Run("aggregate "+tt.aggregate, func(t *testing.T) {
			slices.Reverse(figures)
			r := measure(t, def(tt.aggregate), figures...)
			mt := r.Section.Find("measure.x", metric.Scope{Kind: metric.Organisation})
			if shown(mt.Value) != tt.value || shown(mt.Was.Value) != "8" || shown(mt.Details[0].Value) != "20" || mt.Unit != "minutes" {
				t.Errorf("now %s, before %s, quarter %s; want %s, 8, 20", shown(mt.Value), shown(mt.Was.Value), shown(mt.Details[0].Value), tt.value)
			}
			points := r.Section.FindSeries("measure.x", metric.Scope{Kind: metric.Organisation}).Points
			var last string
			for _, p := range points[len(points)-5 : len(points)-1] {
				last += shown(p.Value) + " "
			}
			if last != tt.weeks+" " || points[0].At != day(7, 15).Add(-12*time.Hour) || !points[len(points)-1].Provisional {
				t.Errorf("weeks %s, want %s; %d from %s", last, tt.weeks, len(points), points[0].At)
			}
			s := r.Standing("x")
			if s.State != tt.state || shown(s.Latest) != "6" || s.LatestWeek != day(10, 28).Add(-12*time.Hour) {
				t.Errorf("standing %+v", s)
			}
		})
	}
}

func TestMeanIsUnweightedWhereAFigureDoesNotSayN(t *testing.T) {
	r := measure(t, def(""), fig(10, 8, 4, 100, ""), fig(10, 9, 10, 0, ""))
	if v, n, at, ok := r.Level("x"); v != 7 || n != 100 || !ok || at.Day() != 7 {
		t.Errorf("level %g of %d at %s, %v", v, n, at, ok)
	}
	if _, _, _, ok := r.Level("y"); ok {
		t.Error("a measure that nobody declared has a level")
	}
}

func TestTeams(t *testing.T) {
	figures := []fact.Measure{
		fig(10, 8, 4, 1, "A"), fig(10, 9, 10, 1, "old  A"), fig(10, 9, 20, 1, "one"), fig(10, 9, 30, 1, "nobody"),
		fig(10, 15, 3, 1, ""), fig(10, 16, 9, 1, "b"), // the platform's own goes before a team's
	}
	r := measure(t, def("mean"), figures...)
	var got []string
	for _, m := range r.Section.Metrics {
		got = append(got, fmt.Sprintf("%s %s %s", m.Scope.Kind, m.Scope.ID, shown(m.Value)))
	}
	want := []string{"organisation  13.4", "team a 7", "team b 9"} // (4+10+20+30+3)/5; "one" is one person
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	var left []metric.LeftOut // Canonical counts what names an unknown team
	if diff := cmp.Diff(left, r.LeftOut); diff != "" {
		t.Error(diff)
	}
	d := def("mean")
	d.Dimension = "satisfaction"
	if r := measure(t, d, figures...); len(r.Section.Metrics) != 1 {
		t.Errorf("what people answered is shown by team: %d metrics", len(r.Section.Metrics))
	}
}

func TestLeftOut(t *testing.T) {
	bad := []fact.Measure{
		{ID: "y", At: day(10, 8), Value: 1},
		{ID: "y", At: day(10, 9), Value: 1},
		{ID: `q"uote`, At: day(10, 9), Value: 1},
		fig(11, 12, 1, 0, ""), fig(10, 8, math.NaN(), 0, ""), fig(10, 8, math.Inf(-1), 0, ""),
		{ID: "x", At: time.Date(24, 10, 1, 0, 0, 0, 0, time.UTC), Value: 1},
	}
	r := measure(t, def(""), bad...)
	want := []metric.LeftOut{
		{What: "figures", Reason: "in the future", N: 1},
		{What: "figures", Reason: `measure "q\"uote" is not declared in measures.toml`, N: 1},
		{What: "figures", Reason: `measure "y" is not declared in measures.toml`, N: 2},
		{What: "figures", Reason: "no number", N: 2},
		{What: "figures", Reason: "older than 10 years", N: 1},
	}
	if diff := cmp.Diff(want, r.LeftOut); diff != "" {
		t.Error(diff)
	}
	mt := r.Section.Metrics[0]
	if mt.State != metric.NotAvailable || mt.Why == "" || mt.Next == "" || len(r.Section.Series) != 0 || r.Standing("x").State != Unknown {
		t.Errorf("no figure is no value: %+v", mt)
	}
	var many []fact.Measure
	for i := range 100 {
		many = append(many, fact.Measure{ID: fmt.Sprint("m", i), At: day(10, 8)})
	}
	r = measure(t, def(""), many...)
	if last := r.LeftOut[len(r.LeftOut)-1]; len(r.LeftOut) != maxReasons+1 || last.N != 100-maxReasons {
		t.Errorf("%d reasons, the last %+v", len(r.LeftOut), last)
	}
}

func TestOldFiguresAreNoLevelOfToday(t *testing.T) {
	r := measure(t, def(""), fig(3, 5, 4, 1, ""))
	mt := r.Section.Metrics[0]
	if mt.Value != nil || mt.Why != "no figure in these weeks; the last is of 2024-03-05" {
		t.Errorf("value %s: %s", shown(mt.Value), mt.Why)
	}
}

func TestDeterministicAndJSON(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	var figures []fact.Measure
	for range 300 {
		figures = append(figures, fig(1+r.IntN(11), 1+r.IntN(9), float64(r.IntN(50))/7, r.IntN(3), []string{"", "a", "b"}[r.IntN(3)]))
	}
	one := measure(t, def(""), figures...)
	r.Shuffle(len(figures), func(i, j int) { figures[i], figures[j] = figures[j], figures[i] })
	two := measure(t, def(""), figures...)
	if diff := cmp.Diff(one, two); diff != "" {
		t.Errorf("depends on the order of rows:\n%s", diff)
	}
	b, err := json.Marshal(one)
	if err != nil {
		t.Fatal(err)
	}
	var back Result
	if err := json.Unmarshal(b, &back); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(one, back); diff != "" {
		t.Error(diff)
	}
}

// example is the example platform's content and figures.
func example(t testing.TB) (fact.Content, Result) {
	t.Helper()
	c, problems := content.Read(os.DirFS("../../site"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	o := demo.ExampleOptions(c.Teams)
	o.Targets, o.Level.PerDay = nil, .02 // what is measured does not depend on deliveries
	e, err := demo.GenerateEvents(o)
	if err != nil {
		t.Fatal(err)
	}
	return c, Measure(organisation(t, c), c, e.Measures)
}

func TestExample(t *testing.T) {
	c, r := example(t)
	if len(r.LeftOut) > 0 || len(r.Measures) != len(c.Measures) {
		t.Fatalf("%d measures of %d, left out %v", len(r.Measures), len(c.Measures), r.LeftOut)
	}
	for id, want := range map[string]struct {
		state  string
		lo, hi float64
	}{
		"build_minutes": {"", 7, 9}, "kubectl_get_pods": {"", 4, 6}, "deploy_minutes": {Met, 4, 5}, "onboarding_minutes": {Met, 24, 29},
		"slack_questions": {"", 50, 70}, "app_health_nps": {"", 25, 29},
	} {
		t.Run(id, func(t *testing.T) {
			s := r.Standing(id)
			if s.Value == nil || *s.Value < want.lo || *s.Value > want.hi || s.State != want.state {
				t.Errorf("%s: %s, %q", id, shown(s.Value), s.State)
			}
		})
	}
	// The phases of the example were left when their criteria were met.
	find := func(id, _ string) Found {
		return Found{Series: r.Section.FindSeries(id, metric.Scope{Kind: metric.Organisation})}
	}
	for i := range c.Initiatives {
		for _, p := range c.Initiatives[i].Phases {
			for _, k := range p.Criteria {
				e := Evaluate(k, asOf, find)
				if k.Measure != "" && (e.State != Met || e.Value == nil || e.FirstMet.IsZero()) && p.Status == "done" {
					t.Errorf("%s, %s: %s is %+v", c.Initiatives[i].ID, p.Name, k.Measure, e)
				}
			}
		}
	}
}

func BenchmarkMeasure(b *testing.B) {
	c := fact.Content{Measures: []fact.MeasureDef{def("")}, Teams: teams()}
	o := organisation(b, c)
	var figures []fact.Measure
	for i := range 10000 {
		figures = append(figures, fact.Measure{ID: "x", At: asOf.AddDate(0, 0, -1-i%700), Value: float64(i % 91), N: i % 7, Team: []string{"", "a", "b"}[i%3]})
	}
	b.ReportAllocs()
	for b.Loop() {
		Measure(o, c, figures)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(len(figures)), "ns/figure")
}
