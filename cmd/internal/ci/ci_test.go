package ci

import (
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
	"github.com/ip3dp/ip3dp/cmd/internal/state"
	"github.com/ip3dp/ip3dp/compute"
)

// lastNight is the record of a run at a time with one source in each state.
func lastNight() *state.Record {
	asOf := time.Date(2026, 3, 10, 2, 30, 0, 0, time.UTC)
	newest, age := asOf.Add(-30*24*time.Hour), int64(30*24*3600)
	return &state.Record{
		Version: state.RecordVersion, Tool: state.Tool, AsOf: asOf, Exit: exit.Partial,
		Changed: []compute.DecisionLogEntry{
			{Kind: compute.RecommendationChanged, Title: "Buildpacks @all", From: "keep", To: "make default"},
			{Kind: compute.GatePassed, Title: "GitOps", Text: "pilot: 80 % uptime"},
		},
		Sources: []state.SourceRecord{
			{Name: "git", Grade: compute.Complete, Read: 1200, Used: 1200},
			{
				Name: "github|acme", Grade: compute.Stale, Read: 9, Used: 9,
				Collected: &compute.SyncLine{Until: asOf.Add(-5*24*time.Hour - time.Hour)},
				Gaps:      []compute.GapLine{{Reason: "the token was refused <b>", Next: "renew it"}},
			},
			{Name: "jira", Grade: compute.Missing, Newest: &newest, Age: &age, Why: "no row was used"},
			{Name: "survey", Grade: compute.Missing, Why: "it gave nothing"},
			{Name: "usage", Grade: compute.Partial, Why: "3 of 9 rows were rejected"},
		},
	}
}

func TestStaleIssue(t *testing.T) {
	for _, c := range []struct {
		name        string
		record      *state.Record
		days        int
		title       string
		says, hides []string
	}{
		{"no record", nil, 3, "The platform's site was not updated", []string{"published nothing"}, nil},
		{"failed", &state.Record{Exit: exit.Configuration}, 3, "The platform's site was not updated", nil, nil},
		{"all well", &state.Record{Sources: []state.SourceRecord{{Name: "git", Grade: compute.Complete}}}, 3, "", nil, nil},
		{
			"stale", lastNight(), 3, "3 sources of the platform's site are stale",
			[]string{"5 days", "30 days", "ever", "no row was used", `github\|acme`, `\<b\>`},
			[]string{"usage", "| git |"},
		},
		{"only what is older", lastNight(), 29, "2 sources of the platform's site are stale", []string{"jira", "survey"}, []string{`github`}},
	} {
		t.Run(c.name, func(t *testing.T) {
			title, body := WriteIssue(c.record, c.days, "https://forge.example/acme/platform/actions/runs/1")
			if title != c.title || (body == "") != (title == "") {
				t.Errorf("%s: title %q, body %q, want %q", c.name, title, body, c.title)
			}
			if body != "" && !strings.HasPrefix(body, IssueMarker) {
				t.Errorf("%s: later runs would not find it: %q", c.name, body)
			}
			for _, s := range c.says {
				if !strings.Contains(body, s) {
					t.Errorf("%s: it does not say %q:\n%s", c.name, s, body)
				}
			}
			for _, s := range c.hides {
				if strings.Contains(body, s) {
					t.Errorf("%s: it says %q:\n%s", c.name, s, body)
				}
			}
		})
	}
}

func TestJobSummary(t *testing.T) {
	got := WriteSummary(lastNight(), "3")
	for _, s := range []string{
		"published, but a source is partial or stale", "As of 2026-03-10 02:30 UTC", "1,200 of 1,200",
		"make default, before: keep", "GitOps", `github\|acme`, "renew it",
	} {
		if !strings.Contains(got, s) {
			t.Errorf("the summary does not say %q:\n%s", s, got)
		}
	}
	if strings.Contains(got, "@all") {
		t.Errorf("the summary mentions people:\n%s", got)
	}
	if got := WriteSummary(nil, "<b>"); !strings.Contains(got, "no record") || strings.Contains(got, "<b>") {
		t.Errorf("a run without a record: %q", got)
	}
	if got := CutLines("one\ntwo\nthree\n", 9); got != "one\ntwo\n" {
		t.Errorf("atMost = %q", got)
	}
}

func TestSummaryOfHistory(t *testing.T) {
	day := time.Date(2026, 3, 9, 2, 0, 0, 0, time.UTC)
	for _, tt := range []struct {
		name  string
		is    *compute.Readback
		tried []string
		want  []string
	}{
		{"kept", nil, nil, nil},
		{"read back", &compute.Readback{From: "the branch gh-pages", At: day}, nil, []string{"read back from the branch gh-pages, published on 9 Mar 2026."}},
		{"old", &compute.Readback{From: "the artifact", At: day, Aged: true}, nil, []string{"more than 30 days ago"}},
		{
			"lost", &compute.Readback{Begun: day, Because: []string{"a bucket <b>"}}, []string{"bucket: refused"},
			[]string{"History begins on 9 Mar 2026", `a bucket \<b\>`, "Not read back: bucket: refused"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := lastNight()
			r.History, r.Tried = tt.is, tt.tried
			got := WriteSummary(r, "3")
			for _, s := range tt.want {
				if !strings.Contains(got, s) {
					t.Errorf("the summary lacks %q:\n%s", s, got)
				}
			}
			if strings.Contains(got, "istory:") != (tt.is != nil && tt.is.Begun.IsZero()) {
				t.Errorf("the summary about history:\n%s", got)
			}
		})
	}
}
