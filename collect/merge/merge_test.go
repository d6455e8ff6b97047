package merge

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/events"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/measures"
	"github.com/ip3dp/ip3dp/collect/survey"
	"github.com/ip3dp/ip3dp/collect/tabular"
	"github.com/ip3dp/ip3dp/collect/tasks"
	"github.com/ip3dp/ip3dp/collect/tickets"
	"github.com/ip3dp/ip3dp/collect/usage"
)

// window is what the sources of these tests are asked for.
var window = collect.Window{To: time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)}

// file is one file of a table.
type file struct{ table, system, name, text string }

// opened returns the importer of one kind of files.
func opened(t testing.TB, kind, table string, f tabular.File) collect.Source {
	t.Helper()
	salt := make([]byte, 16)
	o := tabular.Options{Zone: time.UTC}
	var s collect.Source
	var err error
	switch kind {
	case "tickets":
		s = tickets.New(table, f, tickets.Options{Tabular: o})
	case "tasks":
		s = tasks.New(table, f, o)
	case "measures":
		s = measures.New(table, f, measures.Options{Tabular: o})
	case "usage":
		s, err = usage.New(table, f, usage.Options{Tabular: o, Salt: salt})
	case "survey":
		s, err = survey.New(fact.Survey{ID: table, NPS: "score", Columns: fact.SurveyColumns{Reason: "why", At: "at"}}, f, o, salt)
	default:
		s, err = events.New(table, events.Kind(kind), f, events.Options{Tabular: o})
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// read reads files of one kind.
func read(t testing.TB, kind string, files ...file) []SourceFacts {
	t.Helper()
	parts := make([]SourceFacts, 0, len(files))
	sources := make([]collect.Source, 0, len(files))
	systems := map[string][]*usage.Source{}
	for _, f := range files {
		s := opened(t, kind, f.table, tabular.File{Path: f.name, Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(f.text)), nil
		}})
		if u, ok := s.(*usage.Source); ok {
			systems[f.system] = append(systems[f.system], u)
		}
		sources = append(sources, s)
	}
	for _, shared := range systems {
		usage.Share(shared)
	}
	for i, f := range files {
		s := sources[i]
		e, err := s.Collect(context.Background(), window)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, SourceFacts{Name: s.Name(), System: f.system, Events: e})
	}
	return parts
}

// describe writes down what a merge came to, one line a fact.
func describe(e *fact.Events) []string {
	var out []string
	hm := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.Format("02T15:04")
	}
	for _, d := range e.Deployments {
		line := fmt.Sprintf("%s %s %s %s created %s:", d.Repository, d.ID, d.Environment, d.Commit, hm(d.Created))
		for _, s := range d.Statuses {
			line += fmt.Sprintf(" %s %s", s.State, hm(s.At))
		}
		out = append(out, line)
	}
	for _, c := range e.Changes {
		out = append(out, fmt.Sprintf("%s %s %q first %s opened %s merged %s closed %s draft %v",
			c.Repository, c.ID, c.Title, hm(c.FirstCommit), hm(c.Opened), hm(c.Merged), hm(c.Closed), c.Draft))
	}
	for _, in := range e.Incidents {
		line := fmt.Sprintf("%s%s %s %s opened %s resolved %s", in.Repository, in.Service, in.ID, in.Severity, hm(in.Opened), hm(in.Resolved))
		for _, t := range in.Reopened {
			line += " reopened " + hm(t)
		}
		out = append(out, line)
	}
	for _, t := range e.Tickets {
		out = append(out, fmt.Sprintf("%s theme %d %s opened %s resolved %s reopened %d", t.ID, t.Theme, t.Team, hm(t.Opened), hm(t.Resolved), t.Reopened))
	}
	for _, t := range e.Tasks {
		out = append(out, fmt.Sprintf("%s %s done %v", t.Task, hm(t.At), t.Done))
	}
	for _, v := range e.Measures {
		out = append(out, fmt.Sprintf("%s %s %g", v.ID, hm(v.At), v.Value))
	}
	for _, u := range e.Usage {
		out = append(out, fmt.Sprintf("%s %s %g", u.Feature, hm(u.At), u.Count))
	}
	for _, a := range e.Answers {
		out = append(out, fmt.Sprintf("%s %s %d %q%s", a.Wave, hm(a.At), *a.Score, a.Reason, a.Response))
	}
	for _, c := range e.Commits {
		out = append(out, fmt.Sprintf("%s %s %v %s", c.Repository, c.SHA, c.Parents, c.Author))
	}
	return out
}

const (
	hd = "repository,id,environment,commit,created,finished,status\n"
	hi = "id,repository,opened,resolved\n"
	hc = "repository,id,title,first_commit,opened,merged,closed,draft,merge_commit\n"
	d  = "2024-10-" // the days of these tests
)

// TestMerge holds what is one and what stays two, for each kind and each way in
// which rows of one thing are spread over files, tables and systems. Each case
// must come to the same in any order of its files.
func TestMerge(t *testing.T) {
	for _, tt := range mergeCases {
		t.Run(tt.name, func(t *testing.T) {
			parts := read(t, tt.kind, tt.files...)
			for range len(parts) {
				parts = append(parts[1:], parts[0])
				for _, list := range [][]SourceFacts{parts, reversed(parts)} {
					got := Merge(list, prod, nil)
					if diff := cmp.Diff(tt.want, describe(&got.Events)); diff != "" {
						t.Errorf("(-want +got):\n%s", diff)
					}
					checkSums(t, &got)
					found := make([]string, 0, len(got.Findings))
					for _, f := range got.Findings {
						found = append(found, f.Text)
					}
					if text := strings.Join(found, "\n"); (tt.finding == "") != (text == "") || !strings.Contains(text, tt.finding) {
						t.Errorf("findings %q, want %q", text, tt.finding)
					}
				}
			}
		})
	}
}

func reversed(parts []SourceFacts) []SourceFacts {
	list := slices.Clone(parts)
	slices.Reverse(list)
	return list
}

// checkSums checks that each row read is used or counted with a reason.
func checkSums(t *testing.T, r *Result) {
	t.Helper()
	for _, im := range r.Events.Imports {
		rejected := 0
		for _, x := range im.Rejected {
			rejected += x.Count
		}
		if im.Used < 0 || im.Read != im.Used+rejected {
			t.Errorf("%s: %d read, %d used, rejected %v", im.File, im.Read, im.Used, im.Rejected)
		}
	}
}

// TestRepeatsAreCounted holds the lines of the imports.
func TestRepeatsAreCounted(t *testing.T) {
	rows := "1,acme/a," + d + "08T10:00:00Z,\n"
	parts := read(t, "incidents",
		file{"incidents", "x", "a.csv", hi + rows},
		file{"incidents", "x", "b.csv", hi + rows + rows + "2,acme/a," + d + "20T10:00:00Z,\n"},
	)
	before := slices.Clone(parts[0].Events.Imports)
	got := Merge(parts, prod, nil)
	want := [][]fact.Rejected{{{Reason: repeatedID, Count: 1, Class: fact.Repeat}}, {{Reason: repeatedID, Count: 1, Class: fact.Repeat}}}
	for i := range got.Imports {
		if diff := cmp.Diff(want[i], got.Imports[i][0].Rejected); diff != "" {
			t.Errorf("file %d (-want +got):\n%s", i, diff)
		}
	}
	if diff := cmp.Diff(before, parts[0].Events.Imports); diff != "" {
		t.Errorf("what was gathered is changed:\n%s", diff)
	}
}

// TestCloneAndExport: an export tells when the work on a request began, and the
// commits that it brought are no changes of their own.
func TestCloneAndExport(t *testing.T) {
	export := read(t, "changes", file{
		"changes", "", "changes.csv",
		"repository,id,first_commit,opened,merged,merge_commit,commits\n" +
			"Acme/a,#2," + d + "06T10:00:00Z," + d + "07T10:00:00Z," + d + "08T10:00:00Z,bbb2,\n" +
			"acme/a,3,," + d + "07T10:00:00Z," + d + "09T10:00:00Z,ccc2,ccc1 ccc2\n",
	})[0]
	change := func(id, sha string, day int) fact.Change {
		return fact.Change{
			Source: "git", Repository: "acme/a", ID: id, MergeCommit: sha, Commits: []string{sha}, Title: "t",
			FirstCommit: october(day), Merged: october(day),
		}
	}
	clone := SourceFacts{Name: "git", Origin: Clone, Events: fact.Events{
		Changes: []fact.Change{change("2", "bbb2", 8), change("ccc1", "ccc1", 9), change("ccc2", "ccc2", 9), change("ddd1", "ddd1", 9)},
		Imports: []fact.Import{{Source: "git", Kind: "changes", Read: 4, Used: 4}},
	}}
	for _, parts := range [][]SourceFacts{{clone, export}, {export, clone}} {
		got := Merge(parts, prod, nil)
		want := []string{
			`Acme/a #2 "t" first 06T10:00 opened 07T10:00 merged 08T10:00 closed - draft false`,
			`acme/a 3 "t" first 09T12:00 opened 07T10:00 merged 09T10:00 closed - draft false`,
			`acme/a ddd1 "t" first 09T12:00 opened - merged 09T12:00 closed - draft false`,
		}
		if diff := cmp.Diff(want, describe(&got.Events)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if c := got.Events.Changes[0].Commits; len(c) != 1 {
			t.Errorf("the commits of the clone are lost: %v", c)
		}
		checkSums(t, &got)
	}
}

// TestSameListWithoutRepeats: what repeats nothing costs no copy.
func TestSameListWithoutRepeats(t *testing.T) {
	parts := read(t, "incidents", file{"incidents", "", "a.csv", hi + "1,acme/a," + d + "08T10:00:00Z,\n2,acme/a," + d + "09T10:00:00Z,\n"})
	got := Merge(parts, prod, nil).Events.Incidents
	if &got[0] != &parts[0].Events.Incidents[0] {
		t.Error("the list was copied")
	}
}

// TestCoverageOfFiles: the files of one table are pieces of one export.
func TestCoverageOfFiles(t *testing.T) {
	row := func(repo, id, day string) string {
		return repo + "," + id + ",prod,," + d + day + "T10:00:00Z,,running\n"
	}
	parts := read(t, "deployments",
		file{"deployments", "", "a.csv", hd + row("acme/a", "1", "01") + row("acme/b", "1", "03")},
		file{"deployments", "", "b.csv", hd + row("acme/a", "2", "09")},
	)
	for _, list := range [][]SourceFacts{parts, reversed(parts)} {
		got := Merge(list, prod, nil).Events.Coverage
		slices.SortFunc(got, func(a, b fact.Coverage) int { return strings.Compare(a.Repository, b.Repository) })
		if len(got) != 2 {
			t.Fatalf("coverage %v, want one of each repository", got)
		}
		for _, c := range got {
			if c.From.Day() != 1 || c.To.Day() != 9 {
				t.Errorf("%s is covered from %s to %s, want the whole table's span", c.Repository, c.From, c.To)
			}
		}
	}
}

// TestTagAndExport: a tag of a commit that an export records as deployed is no
// roll-out of its own; other tags, and those of another component, are.
func TestTagAndExport(t *testing.T) {
	export := read(t, "deployments", file{
		"deployments", "", "d.csv",
		"repository,service,id,environment,commit,finished\n" +
			"acme/a,,1,production,0123456,2024-10-08T14:00:00Z\nacme/a,,2,staging,1123456,2024-10-08T14:00:00Z\nacme/a,api,3,production,2123456,2024-10-08T14:00:00Z\n",
	})[0]
	tag := func(ref, commit string) fact.Deployment {
		return fact.Deployment{
			Source: "git", Repository: "acme/a", ID: ref, Ref: ref, Commit: commit + "789", Environment: "production", Created: october(8),
			Statuses: []fact.Status{{State: fact.Success, At: october(8)}}, Release: true,
		}
	}
	clone := SourceFacts{Name: "git", Origin: Clone, Events: fact.Events{
		Deployments: []fact.Deployment{tag("v1", "0123456"), tag("v2", "1123456"), tag("web@3", "2123456"), tag("api@3", "2123456"), tag("v4", "3123456")},
		Imports:     []fact.Import{{Source: "git", Kind: "deployments", Read: 5, Used: 5}},
	}}
	for _, parts := range [][]SourceFacts{{clone, export}, {export, clone}} {
		got := Merge(parts, prod, nil)
		var ids []string
		for _, d := range got.Events.Deployments {
			ids = append(ids, d.ID)
		}
		if diff := cmp.Diff([]string{"v2", "v4", "web@3", "1", "2", "3"}, ids); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		checkSums(t, &got)
	}
}
