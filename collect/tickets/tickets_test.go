package tickets

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

var window = collect.Window{To: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)}

var rules = NewThemes([]fact.Theme{{Match: []string{"slow.*build", "build.*slow"}}, {Match: []string{"deploy"}}})

func inMemory(text string) tabular.File {
	return tabular.File{Path: "tickets.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

func show(t *fact.Ticket) string {
	resolved := "open"
	switch {
	case !t.Resolved.IsZero():
		resolved = t.Resolved.Sub(t.Opened).String()
	case t.Ending == fact.Undated:
		resolved = "undated"
	case t.Ending == fact.Doubtful:
		resolved = "unclear"
	}
	return fmt.Sprintf("%s theme=%d team=%s feature=%s labels=%s opened=%s resolved=%s reopened=%d",
		t.ID, t.Theme, t.Team, t.Feature, strings.Join(t.Labels, "|"), t.Opened.Format(time.RFC3339), resolved, t.Reopened)
}

func TestDialects(t *testing.T) {
	utc := tabular.Options{Zone: time.UTC}
	jira := tabular.Options{Zone: time.FixedZone("+2", 7200), Columns: map[string][]string{"team": {"Squad"}}}
	tests := []struct {
		file string
		o    tabular.Options
		want []string
	}{
		{"jira.csv", jira, []string{
			`PLAT-1 theme=1 team=checkout feature=Buildpacks labels=build|slow opened=2024-10-15T07:30:00Z resolved=4h12m0s reopened=0`,
			`PLAT-2 theme=2 team=search feature= labels= opened=2024-10-16T07:00:00Z resolved=open reopened=0`,
		}},
		{"zendesk.csv", tabular.Options{}, []string{`811 theme=-1 team=payments feature= labels=vault|rotation opened=2024-10-15T07:30:00Z resolved=4h12m0s reopened=1`}},
		{"servicenow.csv", utc, []string{`INC0010023 theme=-1 team= feature= labels= opened=2024-10-15T07:30:00Z resolved=4h12m0s reopened=0`}},
		{"freshdesk.csv", utc, []string{`42 theme=-1 team= feature= labels=docs|backstage opened=2024-10-15T07:30:00Z resolved=open reopened=0`}},
		{"github.jsonl", tabular.Options{}, []string{`7 theme=-1 team= feature= labels=good first issue|helm opened=2024-10-15T07:30:00Z resolved=4h12m0s reopened=0`}},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			s := New("support", tabular.File{Path: tt.file, Open: func() (io.ReadCloser, error) {
				return os.Open(filepath.Join("testdata", tt.file))
			}}, Options{Tabular: tt.o, Themes: rules})
			e, err := s.Collect(context.Background(), window)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range e.Tickets {
				got = append(got, show(&e.Tickets[i]))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestRejected(t *testing.T) {
	s := New("support", inMemory("id,opened,reopened\n1,2024-10-15,\n2,2024-11-11,\n3,,\n4,2024-10-15,-1\n"), Options{})
	e, err := s.Collect(context.Background(), window)
	if err != nil {
		t.Fatal(err)
	}
	day := time.Date(2024, 10, 15, 0, 0, 0, 0, time.UTC)
	want := []fact.Import{{
		Source: "support", Kind: "tickets", File: "tickets.csv", Read: 4, Used: 1, First: day, Last: day,
		Rejected: []fact.Rejected{
			{Reason: "in the future", Count: 1, Line: 3, Class: fact.ByRule},
			{Reason: "opened is blank", Count: 1, Line: 4, Class: fact.Refused},
			{Reason: "reopened is negative", Count: 1, Line: 5, Class: fact.Refused},
		},
	}}
	if diff := cmp.Diff(want, e.Imports); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestUnreadable(t *testing.T) {
	e, err := New("support", inMemory("subject\nx\n"), Options{}).Collect(context.Background(), window)
	if err == nil || len(e.Gaps) != 1 || e.Gaps[0].Source != "support" {
		t.Errorf("gaps %v, error %v", e.Gaps, err)
	}
}

func FuzzTickets(f *testing.F) {
	f.Add("id,opened,resolved,labels,labels,reopened\n1,2024-10-15,2024-10-16,a,b;c,2\n")
	f.Add(`[{"number":1,"created_at":1728984600,"labels":["a"]}]`)
	f.Fuzz(func(t *testing.T, in string) {
		e, err := New("support", inMemory(in), Options{}).Collect(context.Background(), window)
		if err != nil {
			return
		}
		if e.Imports[0].Used != len(e.Tickets) {
			t.Errorf("import %+v with %d tickets", e.Imports[0], len(e.Tickets))
		}
		for _, k := range e.Tickets {
			if k.ID == "" || k.Opened.IsZero() || k.Reopened < 0 {
				t.Errorf("ticket %+v", k)
			}
		}
	})
}

func BenchmarkTicket(b *testing.B) {
	const rows = 10_000
	var file strings.Builder
	file.WriteString("id,opened,resolved,title,team,labels,reopened\n")
	for i := range rows {
		fmt.Fprintf(&file, "%d,2024-10-15T09:00:00Z,2024-10-15T13:12:00Z,My build is slow,checkout,build;slow,0\n", i)
	}
	s := New("support", inMemory(file.String()), Options{Themes: rules})
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		if e, err := s.Collect(context.Background(), window); err != nil || len(e.Tickets) != rows {
			b.Fatal(len(e.Tickets), err)
		}
	}
}

// Closed is not solved: what was closed as a duplicate or will not be done is told
// apart, in the words of each tool.
func TestUnsolved(t *testing.T) {
	for word, want := range map[string]string{
		"Done": "", "Fixed": "", "completed": "", "Solved (Permanently)": "", "": "", "reopened": "", "Something else": "",
		"Duplicate": "duplicate", " DUPLICATE\u00a0": "duplicate", "Won't Do": "won't do", "Won\u2019t Fix": "won't do", "Wont Fix": "won't do",
		"not_planned": "won't do", "Not planned": "won't do", "Declined": "won't do", "Invalid": "invalid", "Cannot Reproduce": "cannot reproduce",
		"Incomplete": "incomplete", "Cancelled": "cancelled", "canceled": "cancelled", "Canceled by caller": "cancelled", "Obsolete": "cancelled",
		"Not Solved (Not Reproducible)": "cannot reproduce", "Closed/Rejected": "won't do", "Unresolved": "unresolved",
	} {
		t.Run(word, func(t *testing.T) {
			if got := findUnsolved(word); got != want {
				t.Errorf("unsolved(%q) = %q, want %q", word, got, want)
			}
		})
	}
	for _, header := range []string{"Resolution", "state_reason", "close_code", "Close code", "Closure Code"} {
		s := New("support", inMemory("id,opened,closed,"+header+"\n1,2024-10-14,2024-10-15,Duplicate\n2,2024-10-14,,Duplicate\n"), Options{})
		e, err := s.Collect(context.Background(), window)
		if err != nil || len(e.Tickets) != 2 || e.Tickets[0].Unsolved != "duplicate" || e.Tickets[1].Unsolved != "" {
			t.Errorf("%s: %+v, %v", header, e.Tickets, err)
		}
	}
}
