package events

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/text"
)

var window = collect.Window{From: day("2024-09-01"), To: day("2024-11-11")}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func at(s string) time.Time {
	t, err := time.Parse(time.RFC3339, "2024-10-15T"+s+"Z")
	if err != nil {
		panic(err)
	}
	return t
}

func inMemory(text string) tabular.File {
	return tabular.File{Path: "file.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
}

func onDisk(path string) tabular.File {
	return tabular.File{Path: filepath.Base(path), Open: func() (io.ReadCloser, error) { return os.Open(path) }}
}

func collectText(t testing.TB, kind Kind, text string, o Options) (fact.Events, error) {
	t.Helper()
	s, err := New("ci", kind, inMemory(text), o)
	if err != nil {
		t.Fatal(err)
	}
	return s.Collect(context.Background(), window)
}

func mustCollect(t testing.TB, kind Kind, text string, o Options) fact.Events {
	t.Helper()
	e, err := collectText(t, kind, text, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestDeployment(t *testing.T) {
	got := mustCollect(t, Deployments, `repository,service,id,environment,commit,ref,created,started,finished,status,creator,url,changes,commits
fawkes/mono,checkout,7,production,abc,v1,2024-10-15T09:00:00Z,2024-10-15T09:01:00Z,2024-10-15T11:05:00+02:00,SUCCESS,ann,https://ci/7,12;13,abc def
`, Options{}).Deployments
	want := []fact.Deployment{{
		Source: "ci", Repository: "fawkes/mono", Service: "checkout", ID: "7", URL: "https://ci/7",
		Environment: "production", Commit: "abc", Ref: "v1", Creator: "ann", Created: at("09:00:00"),
		Statuses: []fact.Status{{State: fact.Pending, At: at("09:00:00")}, {State: fact.Success, At: at("09:05:00")}},
		Changes:  []string{"12", "13"}, Commits: []string{"abc", "def"},
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestStatuses(t *testing.T) {
	const header = "id,environment,created,finished,status\n"
	o := Options{Repository: "r", Statuses: map[string]fact.State{"UNSTABLE": fact.Success}}
	pending := fact.Status{State: fact.Pending, At: at("09:00:00")}
	tests := []struct {
		row    string
		want   []fact.Status
		reason string
	}{
		{"1,prod,2024-10-15T09:00:00Z,2024-10-15T09:05:00Z,Succeeded", []fact.Status{pending, {State: fact.Success, At: at("09:05:00")}}, ""},
		{"1,prod,2024-10-15T09:00:00Z,2024-10-15T09:05:00Z,ABORTED", []fact.Status{pending, {State: fact.Failure, At: at("09:05:00")}}, ""},
		{"1,prod,2024-10-15T09:00:00Z,2024-10-15T09:05:00Z,unstable", []fact.Status{pending, {State: fact.Success, At: at("09:05:00")}}, ""},
		{"1,prod,2024-10-15T09:00:00Z,,in_progress", []fact.Status{pending}, ""},
		{"1,prod,2024-10-15T09:00:00Z,,", []fact.Status{pending}, ""},
		{"1,prod,,2024-10-15T09:05:00Z,error", []fact.Status{{State: fact.Failure, At: at("09:05:00")}}, ""},
		{"1,prod,,2024-10-15T09:05:00Z,", []fact.Status{{State: fact.Success, At: at("09:05:00")}}, ""},
		{"1,prod,2024-10-15T09:00:00Z,2024-10-15T09:05:00Z,completed", nil, `the status is unknown: declare it in statuses`},
		{"1,prod,2024-10-15T09:00:00Z,,success", nil, "success without the time it finished"},
		{"1,prod,,,", nil, "no time: created, started, finished and at are blank"},
		{"1,,2024-10-15T09:00:00Z,,", nil, "no environment: add the column, or set environment for the source"},
		{"1,prod,2024-11-11T00:00:00Z,,", nil, "in the future"},
		{"1,prod,2024-10-15T09:00:00Z,soon,", nil, "finished: not a date"},
	}
	for _, tt := range tests {
		t.Run(tt.row, func(t *testing.T) {
			e := mustCollect(t, Deployments, header+tt.row+"\n", o)
			if tt.reason != "" {
				class := fact.Refused
				switch {
				case tt.reason == "in the future":
					class = fact.ByRule
				case strings.HasPrefix(tt.reason, "the status is unknown"):
					class = fact.NotUnderstood
				}
				if diff := cmp.Diff([]fact.Rejected{{Reason: tt.reason, Count: 1, Line: 2, Class: class}}, e.Imports[0].Rejected); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				return
			}
			if len(e.Deployments) != 1 {
				t.Fatalf("%d deployments; rejected %v", len(e.Deployments), e.Imports[0].Rejected)
			}
			if diff := cmp.Diff(tt.want, e.Deployments[0].Statuses); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// TestRowsAreFacts checks that each row is a fact: package merge joins those of
// one id.
func TestRowsAreFacts(t *testing.T) {
	e := mustCollect(t, Deployments, `{"id":"1","repository":"r","env":"prod","at":"2024-10-15T09:05:00Z","status":"success","seq":"2"}
{"id":"1","repository":"r","env":"prod","at":"2024-10-15T09:00:00Z","status":"queued","seq":"1"}
{"repository":"r","env":"prod","created":"2024-10-15T09:00:00Z","finished":"2024-10-15T09:05:00Z","updated_at":"2024-10-16T09:00:00Z"}
`, Options{})
	success, pending := fact.Status{State: fact.Success, At: at("09:05:00")}, fact.Status{State: fact.Pending, At: at("09:00:00")}
	want := []fact.Deployment{
		{Source: "ci", Repository: "r", ID: "1", Environment: "prod", Sequence: 2, Statuses: []fact.Status{success}},
		{Source: "ci", Repository: "r", ID: "1", Environment: "prod", Sequence: 1, Statuses: []fact.Status{pending}},
		{
			Source: "ci", Repository: "r", Environment: "prod", Created: at("09:00:00"), Updated: at("09:00:00").AddDate(0, 0, 1),
			Statuses: []fact.Status{pending, success},
		},
	}
	if diff := cmp.Diff(want, e.Deployments); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChange(t *testing.T) {
	e := mustCollect(t, Changes, `repository,number,title,author,target_branch,draft,first commit,created_at,ready,first_review,merged_at,closed_at,merge_commit_sha,head,labels,paths
r,12,Fix,ann,main,false,2024-10-15T08:00:00Z,2024-10-15T09:00:00Z,,2024-10-15T09:10:00Z,2024-10-15T10:00:00Z,2024-10-15T10:00:00Z,abc,def,good first issue,a/b.go;c.go
r,13,Draft,bob,main,true,,2024-10-15T09:00:00Z,,,,,,,,
r,13,Draft,bob,main,false,,2024-10-15T09:00:00Z,,,2024-10-15T11:00:00Z,,,,,
r,14,,,,,,,,,,,,,,
`, Options{})
	want := []fact.Change{
		{
			Source: "ci", Repository: "r", ID: "12", Title: "Fix", Author: "ann", Branch: "main", Labels: []string{"good first issue"},
			FirstCommit: at("08:00:00"), Opened: at("09:00:00"), FirstReview: at("09:10:00"), Merged: at("10:00:00"),
			MergeCommit: "abc", Head: "def", Paths: []string{"a/b.go", "c.go"},
		},
		{Source: "ci", Repository: "r", ID: "13", Title: "Draft", Author: "bob", Branch: "main", Draft: true, Opened: at("09:00:00")},
		{Source: "ci", Repository: "r", ID: "13", Title: "Draft", Author: "bob", Branch: "main", Opened: at("09:00:00"), Merged: at("11:00:00")},
	}
	if diff := cmp.Diff(want, e.Changes); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if im := e.Imports[0]; im.Used != 3 || len(im.Rejected) != 1 {
		t.Errorf("import %+v", im)
	}
}

func TestIncident(t *testing.T) {
	e := mustCollect(t, Incidents, `{"id":"P1","description":"Down","service_name":"checkout","urgency":"high","created_on":"2024-10-15T09:00:00Z","resolved_on":null}
{"id":"P1","created_on":"2024-10-15T09:00:00Z","resolved_on":"2024-10-15T09:22:00Z","deployment":"7","reopened":["2024-10-15T09:15:00Z"],"last modified":"2024-10-15T09:23:00Z"}
{"id":"P2","created_on":"2024-10-15T09:00:00Z","reopened":["soon"]}
{"id":"P1","created_on":"2024-10-15T10:00:00Z"}
`, Options{})
	want := []fact.Incident{
		{Source: "ci", ID: "P1", Title: "Down", Service: "checkout", Severity: "high", Opened: at("09:00:00")},
		{
			Source: "ci", ID: "P1", Opened: at("09:00:00"), Resolved: at("09:22:00"), Reopened: []time.Time{at("09:15:00")},
			Deployment: "7", Updated: at("09:23:00"),
		},
		{Source: "ci", ID: "P1", Opened: at("10:00:00")},
	}
	if diff := cmp.Diff(want, e.Incidents); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if im := e.Imports[0]; im.Read != 4 || im.Used != 3 || len(im.Rejected) != 1 {
		t.Errorf("import %+v", im)
	}
}

// A long description is read for what it refers to, and not kept.
func TestIncidentText(t *testing.T) {
	e := mustCollect(t, Incidents, "id,summary,description,opened,change\nP1,Down,\"broke after deployment 7,\nsee acme/shop#12\",2024-10-15T09:00:00Z,https://git.example.com/acme/shop/pull/9\n", Options{})
	want := []fact.Incident{{
		Source: "ci", ID: "P1", Title: "Down", Opened: at("09:00:00"), Change: "https://git.example.com/acme/shop/pull/9",
		Mentions: []text.Mention{
			{Kind: text.DeploymentMention, ID: "7"}, {Repository: "acme/shop", Kind: text.ChangeMention, ID: "12"}, {Repository: "acme/shop", Kind: text.ChangeMention, ID: "9"},
		},
	}}
	if diff := cmp.Diff(want, e.Incidents); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestCommit(t *testing.T) {
	e := mustCollect(t, Commits, "sha,parents,author,authored_at,committed_at\nabc,a b,ann,2024-10-15T08:00:00Z,2024-10-15T09:00:00Z\ndef,,,,\n", Options{Repository: "r"})
	want := []fact.Commit{{Repository: "r", SHA: "abc", Parents: []string{"a", "b"}, Author: "ann", AuthorTime: at("08:00:00"), CommitTime: at("09:00:00")}}
	if diff := cmp.Diff(want, e.Commits); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if im := e.Imports[0]; im.Used != 1 || len(im.Rejected) != 1 {
		t.Errorf("import %+v", im)
	}
}

// A complete file without a row is a quiet span; one that does not say that it is
// complete says nothing.
func TestFileWithoutRows(t *testing.T) {
	both := Options{CoversFrom: day("2024-08-01"), CoversTo: day("2024-11-01")}
	one := both
	one.Repository = "acme/a"
	for _, tt := range []struct {
		o    Options
		want []fact.Coverage
	}{
		{Options{}, nil},
		{Options{CoversFrom: day("2024-08-01")}, nil},
		{both, []fact.Coverage{{Source: "ci", Kind: "incidents", From: day("2024-08-01"), To: day("2024-11-01"), Declared: true, Ended: true}}},
		{one, []fact.Coverage{{Source: "ci", Repository: "acme/a", Kind: "incidents", From: day("2024-08-01"), To: day("2024-11-01"), Declared: true, Ended: true}}},
	} {
		t.Run(fmt.Sprint(tt.o), func(t *testing.T) {
			if diff := cmp.Diff(tt.want, mustCollect(t, Incidents, "id,opened\n", tt.o).Coverage); diff != "" {
				t.Errorf("%+v (-want +got):\n%s", tt.o, diff)
			}
		})
	}
}

func TestCoverageAndSpan(t *testing.T) {
	const file = "repository,environment,finished\nb,prod,2024-10-20T00:00:00Z\na,prod,2023-01-01T00:00:00Z\na,prod,2024-10-10T00:00:00Z\n"
	tests := []struct {
		name     string
		o        Options
		from, to time.Time
		used     int
	}{
		{"records", Options{}, day("2023-01-01"), day("2024-10-20").Add(time.Second), 3},
		{"start", Options{Start: day("2024-01-01")}, day("2024-10-10"), day("2024-10-20").Add(time.Second), 2},
		{"declared", Options{CoversFrom: day("2022-01-01"), CoversTo: day("2024-11-01")}, day("2022-01-01"), day("2024-11-01"), 3},
		{"declared beyond the run", Options{CoversTo: day("2025-01-01")}, day("2023-01-01"), window.To, 3},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e := mustCollect(t, Deployments, file, tt.o)
			declared, ended := tt.name == "declared", !tt.o.CoversTo.IsZero()
			want := []fact.Coverage{
				{Source: "ci", Repository: "a", Kind: "deployments", From: tt.from, To: tt.to, Declared: declared, Ended: ended},
				{Source: "ci", Repository: "b", Kind: "deployments", From: tt.from, To: tt.to, Declared: declared, Ended: ended},
			}
			if diff := cmp.Diff(want, e.Coverage); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if e.Imports[0].Used != tt.used {
				t.Errorf("used %d, want %d", e.Imports[0].Used, tt.used)
			}
		})
	}
}

// TestExamples reads the examples of docs/events.md.
func TestExamples(t *testing.T) {
	tests := []struct {
		file string
		kind Kind
		o    Options
		used int
	}{
		{"jenkins.jsonl", Deployments, Options{Repository: "fawkes/mono", Environment: "production"}, 3},
		{"argocd.jsonl", Deployments, Options{Repository: "fawkes/mono"}, 2},
		{"pagerduty.csv", Incidents, Options{}, 2},
	}
	for _, tt := range tests {
		t.Run(tt.file, func(t *testing.T) {
			s, err := New("ci", tt.kind, onDisk(filepath.Join("testdata", tt.file)), tt.o)
			if err != nil {
				t.Fatal(err)
			}
			e, err := s.Collect(context.Background(), window)
			if err != nil {
				t.Fatal(err)
			}
			if im := e.Imports[0]; im.Used != tt.used || im.Read != tt.used {
				t.Errorf("import %+v, want all of %d rows", im, tt.used)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	s, err := New("ci", Deployments, onDisk("no-such-file.csv"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	e, err := s.Collect(context.Background(), window)
	if !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v, want that the file does not exist", err)
	}
	want := fact.Events{Gaps: []fact.Gap{{
		Source: "ci", From: window.From, To: window.To, Reason: "no-such-file.csv: no such file",
		Next: "export it to no-such-file.csv, or remove the source from config.toml",
	}}}
	if diff := cmp.Diff(want, e); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	e, err = collectText(t, Deployments, "repository,environment,finished\nr,prod,2024-10-15T09:00:00Z\nr,prod,3/4/2024\n", Options{})
	if err == nil || len(e.Deployments) != 0 || len(e.Gaps) != 1 {
		t.Errorf("half a file gave %d deployments, %d gaps, error %v", len(e.Deployments), len(e.Gaps), err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if s, err = New("ci", Deployments, inMemory("id\n1\n"), Options{}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Collect(ctx, window); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want context canceled", err)
	}
}

func TestNew(t *testing.T) {
	if _, err := New("ci", "builds", inMemory(""), Options{}); err == nil {
		t.Error("an unknown kind is no error")
	}
	if _, err := New("ci", Deployments, inMemory(""), Options{Statuses: map[string]fact.State{"x": "good"}}); err == nil {
		t.Error("an unknown state is no error")
	}
}
