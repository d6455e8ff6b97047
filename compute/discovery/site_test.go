package discovery_test

import (
	"encoding/json"
	"flag"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

var update = flag.Bool("update", false, "write the golden file")

// site is the example platform's content on its day, with the adoption and the
// tickets that the concept tells of.
func site(t testing.TB) discovery.Input {
	t.Helper()
	c, problems := content.Read(os.DirFS("../../site"))
	if len(problems) > 0 {
		t.Fatalf("the example has problems: %v", problems[0])
	}
	day := func(year int, month time.Month, d int) time.Time {
		return time.Date(year, month, d, 0, 0, 0, 0, time.UTC)
	}
	return discovery.Input{
		Content: c, Calendar: org.Calendar{AsOf: day(2024, 11, 11), MaturityDays: 7}, Goals: discovery.DefaultGoals(),
		Adoption: []discovery.Adoption{
			{
				Feature: "backstage", Known: true, Active: 220, Eligible: 250, Shipped: day(2023, 7, 3),
				Parts: []discovery.FeaturePart{{ID: "catalog", Title: "Service catalog", Active: 200}, {ID: "docs", Title: "Docs", Active: 25}, {ID: "templates", Title: "Templates", Active: 5}},
			},
			{Feature: "buildpacks", Known: true, Active: 50, Eligible: 60, Shipped: day(2024, 4, 22)},
			{Feature: "custom-helm-charts", Known: true, Active: 7, Eligible: 60, Shipped: day(2023, 11, 6)},
			{Feature: "gitops", Known: true, Active: 45, Eligible: 60, Shipped: day(2024, 11, 4)},
		},
		Themes: []discovery.Theme{
			{ID: "how-do-i-deploy-to-production", N: 19, Before: 32, Share: 0.4},
			{ID: "my-build-is-slow", N: 12, Before: 4, Share: 0.25, Rising: true},
		},
		Tickets: 48, Recommendations: 2,
		Copied: discovery.Copied{Repositories: 100, Copying: 60, Files: []discovery.Copy{{Path: ".github/workflows/ci.yml", Repositories: 60}}},
	}
}

func TestSite(t *testing.T) {
	got := rounded(t, discovery.Discover(site(t)))
	const name = "testdata/site.json"
	if *update {
		if err := os.WriteFile(name, got, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("result changed, -update writes it:\n%s", diff)
	}
}

// rounded is the result as JSON, with as many digits as machines agree on that
// multiply and add in one step or in two.
func rounded(t *testing.T, r discovery.Result) []byte {
	t.Helper()
	raw, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatal(err)
	}
	raw, err = json.MarshalIndent(round(v), "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(raw, '\n')
}

func round(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for key := range v {
			v[key] = round(v[key])
		}
	case []any:
		for i := range v {
			v[i] = round(v[i])
		}
	case float64:
		return json.Number(strconv.FormatFloat(v, 'g', 9, 64))
	}
	return v
}

// TestTeamsAreCounts: which teams research was done with stays in the content.
func TestTeamsAreCounts(t *testing.T) {
	in := site(t)
	in.Content.Teams = append(in.Content.Teams, fact.Team{ID: "shy-team", Title: "Shy team"})
	for i := range in.Content.Research {
		in.Content.Research[i].Teams = []string{"shy-team"}
	}
	if got := string(rounded(t, discovery.Discover(in))); strings.Contains(got, "shy-team") || strings.Contains(got, "Shy team") {
		t.Error("the result names a team that research was done with")
	}
}

func TestSiteYouAsked(t *testing.T) {
	type line struct {
		title, answer string
		state         discovery.AskedState
		days          int
	}
	var got []line
	for _, a := range discovery.Discover(site(t)).Asked {
		l := line{a.Title, a.Answer, a.State, -1}
		if a.Days != nil {
			l.days = *a.Days
		}
		got = append(got, l)
	}
	want := []line{
		{"Feature flags", "not this quarter: slow deployment is the real problem", discovery.NotThisQuarter, 2},
		{"Python 2.7 support", "no: we help to sunset the two apps that still need it", discovery.Refused, 5},
		{"Kubernetes dashboard", "Grafana dashboard for every service", discovery.Built, 2},
		{"Faster builds", "40 to 8 min", discovery.Built, 2},
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(line{})); diff != "" {
		t.Error(diff)
	}
}

func TestSiteNumbers(t *testing.T) {
	r := discovery.Discover(site(t))
	value := func(id string) float64 {
		t.Helper()
		m := r.Section.Find(id, metric.Scope{Kind: metric.Organisation})
		if m == nil || m.Value == nil {
			t.Fatalf("%s: %+v", id, m)
		}
		return *m.Value
	}
	if n := value(discovery.Interviews); n != 10 {
		t.Errorf("%g interviews, want the concept's 10", n)
	}
	if share := value(discovery.Share); share < 0.2 || share > 0.4 {
		t.Errorf("discovery takes %.2f of the time", share)
	}
	if share := value(discovery.UnusedEffort); share != 0 {
		t.Errorf("%g of the effort on unused features, want 0: the charts have no initiative", share)
	}
	if days := value(discovery.IdeaToGA) / 86400; days != 119 {
		t.Errorf("idea to production %g days, want 119, of the Grafana dashboard", days)
	}
	if days := value(discovery.FirstAnswer) / 86400; days != 2 {
		t.Errorf("first answer after %g days, want 2", days)
	}
	want := discovery.Loop{
		Window: r.Loop.Window, Talks: 13, Ranked: 4, Refused: 2, Recommendations: 2,
		Phases: []discovery.PhaseCount{{Name: "alpha", N: 1}, {Name: "ga", N: 1}},
	}
	if diff := cmp.Diff(want, r.Loop); diff != "" {
		t.Error(diff)
	}
	if r.OfficeHours == nil || !r.OfficeHours.On.Equal(time.Date(2024, 11, 14, 0, 0, 0, 0, time.UTC)) {
		t.Errorf("office hours %+v, want Thursday 14 November", r.OfficeHours)
	}
}

func TestSiteDebt(t *testing.T) {
	d := discovery.Discover(site(t)).Debt
	if d.Teams != 60 || len(d.Unspoken) == 0 || len(d.Unspoken) >= 60 {
		t.Errorf("%d of %d teams never spoken to", len(d.Unspoken), d.Teams)
	}
	for _, team := range d.Unspoken {
		if slices.Contains([]string{"checkout", "shipping", "warehouse", "facilities"}, team.ID) {
			t.Errorf("%s was spoken to", team.ID)
		}
	}
	if diff := cmp.Diff([]discovery.ItemRef{{ID: "custom-backstage-theme", Title: "Custom Backstage theme"}}, d.NotAsked); diff != "" {
		t.Error(diff)
	}
	var notWorked []string
	for _, p := range d.NotWorked {
		notWorked = append(notWorked, p.Kind+" "+p.ID)
	}
	for _, want := range []string{"job troubleshoot-applications", "theme i-lack-access"} {
		if !slices.Contains(notWorked, want) {
			t.Errorf("%s is missing in %q", want, notWorked)
		}
	}
}

func BenchmarkDiscover(b *testing.B) {
	in := site(b)
	b.ReportAllocs()
	for b.Loop() {
		discovery.Discover(in)
	}
}
