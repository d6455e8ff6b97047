package usage

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

var (
	window = collect.Window{To: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)}
	day    = time.Date(2024, 10, 15, 0, 0, 0, 0, time.UTC)
)

func inMemory(text string) tabular.File {
	return tabular.File{Path: "usage.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

func collectText(t *testing.T, text string, o Options) (fact.Events, error) {
	t.Helper()
	if o.Salt == nil {
		o.Salt = []byte("0123456789abcdef")
	}
	s, err := New("logs", inMemory(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return s.Collect(context.Background(), window)
}

func TestUsage(t *testing.T) {
	e, err := collectText(t, `feature,part,unit,team,date,count
buildpacks,,checkout,checkout,2024-10-15,3
Build  Packs,,,search,2024-10-15,
backstage,docs,ann@example.org,checkout,2024-10-15,2
backstage,docs,Ann@example.org ,checkout,2024-10-15,1
`, Options{NotPeople: []string{"buildpacks", "Build Packs"}})
	if err != nil {
		t.Fatal(err)
	}
	// printf ann@example.org | openssl dgst -sha256 -hmac 0123456789abcdef | cut -c1-24
	const ann = "b2eadfbaaca8f7b30b765633"
	want := []fact.Use{
		{Source: "logs", Feature: "buildpacks", Unit: "checkout", Team: "checkout", At: day, Count: 3},
		{Source: "logs", Feature: "Build  Packs", Unit: "search", Team: "search", At: day, Count: 1},
		{Source: "logs", Feature: "backstage", Part: "docs", Unit: ann, Team: "checkout", At: day, Count: 2},
		{Source: "logs", Feature: "backstage", Part: "docs", Unit: ann, Team: "checkout", At: day, Count: 1},
	}
	if diff := cmp.Diff(want, e.Usage); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestNoLoginLeaves holds that nothing of a login is in the facts, whatever the
// feature, and that another run's key joins nothing.
func TestNoLoginLeaves(t *testing.T) {
	const file = "feature,login,date\nbackstage,ann.of.green.gables,2024-10-15\nunknown feature,ann.of.green.gables,2024-10-15\n"
	one, err := collectText(t, file, Options{NotPeople: []string{"buildpacks"}})
	if err != nil {
		t.Fatal(err)
	}
	if text := fmt.Sprintf("%+v", one); strings.Contains(text, "gables") {
		t.Errorf("a login left the importer: %s", text)
	}
	if one.Usage[0].Unit != one.Usage[1].Unit {
		t.Error("one developer has two keys in one run")
	}
	two, err := collectText(t, file, Options{Salt: []byte("fedcba9876543210")})
	if err != nil {
		t.Fatal(err)
	}
	if one.Usage[0].Unit == two.Usage[0].Unit {
		t.Error("two runs give a developer the same key")
	}
}

func TestRejected(t *testing.T) {
	e, err := collectText(t, `feature,unit,date,count
,ann,2024-10-15,1
x,,2024-10-15,1
x,ann,2024-11-11,1
x,ann,2024-10-15,0
x,ann,2024-10-15,-1
x,ann,,1
x,ann,2024-10-15,1
`, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []fact.Rejected{
		{Reason: "no feature: add the column, or set feature for the source", Count: 1, Line: 2, Class: fact.Refused},
		{Reason: "no unit: which developer, team or service used it", Count: 1, Line: 3, Class: fact.Refused},
		{Reason: "in the future", Count: 1, Line: 4, Class: fact.ByRule},
		{Reason: "count is zero: no use", Count: 1, Line: 5, Class: fact.ByRule},
		{Reason: "count is negative", Count: 1, Line: 6, Class: fact.Refused},
		{Reason: "date is blank", Count: 1, Line: 7, Class: fact.Refused},
	}
	if diff := cmp.Diff(want, e.Imports[0].Rejected); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if e.Imports[0].Used != 1 {
		t.Errorf("used %d, want 1", e.Imports[0].Used)
	}
}

func TestErrors(t *testing.T) {
	if _, err := New("logs", inMemory(""), Options{Salt: []byte("short")}); err == nil {
		t.Error("a short salt is no error")
	}
	e, err := collectText(t, "feature,unit\nx,y\n", Options{})
	if err == nil || len(e.Gaps) != 1 {
		t.Errorf("gaps %v, error %v", e.Gaps, err)
	}
}

func FuzzUsage(f *testing.F) {
	f.Add("feature,unit,date,count\nx,ann,2024-10-15,1\n")
	f.Add(`{"tool":"x","user":"ann","at":1728984600,"hits":2}`)
	f.Fuzz(func(t *testing.T, in string) {
		e, err := collectText(t, in, Options{})
		if err != nil {
			return
		}
		if e.Imports[0].Used != countRows(e.Usage) {
			t.Errorf("import %+v with %d rows", e.Imports[0], countRows(e.Usage))
		}
		for _, u := range e.Usage {
			if len(u.Unit) != len(tabular.HashID(nil, "")) || u.Count <= 0 || u.At.IsZero() {
				t.Errorf("use %+v", u)
			}
		}
	})
}

func countRows(list []fact.Use) int {
	n := 0
	for i := range list {
		n += list[i].CountRows()
	}
	return n
}

func BenchmarkUse(b *testing.B) {
	const rows = 10_000
	var file strings.Builder
	file.WriteString("feature,part,unit,team,date,count\n")
	for i := range rows {
		fmt.Fprintf(&file, "backstage,docs,developer-%d,checkout,2024-10-15,2\n", i%250)
	}
	s, err := New("logs", inMemory(file.String()), Options{Salt: []byte("0123456789abcdef")})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		if e, err := s.Collect(context.Background(), window); err != nil || countRows(e.Usage) != rows {
			b.Fatal(len(e.Usage), err)
		}
	}
}

// A bot adopts nothing: its rows are counted apart, whatever its name is hashed to.
func TestAutomationIsNoAdopter(t *testing.T) {
	e, err := collectText(t, "feature,user,date\nbuildpacks,app/dependabot,2024-10-15\nbuildpacks,ann,2024-10-15\nteams,app/x,2024-10-15\n",
		Options{NotPeople: []string{"teams"}, Automation: func(unit string) bool { return strings.HasPrefix(unit, "app/") }})
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Usage) != 2 || e.Usage[1].Unit != "app/x" {
		t.Errorf("usage %+v", e.Usage)
	}
	want := []fact.Rejected{{Reason: "by automation: a bot is not an adopter", Count: 1, Line: 2, Class: fact.ByRule}}
	if diff := cmp.Diff(want, e.Imports[0].Rejected); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
}
