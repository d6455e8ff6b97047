package sources

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"maps"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/cmd/internal/config"
	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
)

var updateExports = flag.Bool("update", false, "rewrite the numbers of testdata/exports/*/expected.json")

// expected is the expected.json of a case: what a build must make of its exports.
type expected struct {
	Tool string `json:"tool"` // and its kind of export
	Seen string `json:"seen"` // where the shape is documented or was observed
	// Read and Used count the rows of all files, Rejected the others by reason.
	Read     int            `json:"read"`
	Used     int            `json:"used"`
	Rejected map[string]int `json:"rejected,omitempty"`
	// Unclear counts the answers of a survey that were given and not understood, by question.
	Unclear map[string]int `json:"unclear,omitempty"`
	// Values are the measured values that the case is about. A case need not list all.
	Values map[string]float64 `json:"values,omitempty"`
	Notes  []string           `json:"notes,omitempty"` // parts of the notes that must be there
	Error  string             `json:"error,omitempty"` // part of the error of a refused file
}

// TestExports reads each folder of testdata/exports as a build does: its config.toml, its
// content (surveys/*.toml) and its exports. A new case is a new folder.
func TestExports(t *testing.T) {
	folders, err := filepath.Glob("testdata/exports/*/expected.json")
	if err != nil || len(folders) == 0 {
		t.Fatal(folders, err)
	}
	for _, file := range folders {
		folder := filepath.Dir(file)
		t.Run(filepath.Base(folder), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var want expected
			d := json.NewDecoder(bytes.NewReader(data))
			d.DisallowUnknownFields()
			if err := d.Decode(&want); err != nil {
				t.Fatal(err)
			}
			if want.Tool == "" || want.Seen == "" {
				t.Error("a case names its tool, and where the shape was seen")
			}
			got := readCase(t, folder)
			got.Tool, got.Seen = want.Tool, want.Seen
			maps.DeleteFunc(got.Values, func(name string, _ float64) bool {
				_, asked := want.Values[name]
				return !asked && !(*updateExports && len(want.Values) == 0)
			})
			if len(got.Values) == 0 {
				got.Values = nil
			}
			got.keepNamed(&want)
			if *updateExports {
				writeExpected(t, file, &got)
				return
			}
			if diff := cmp.Diff(&want, &got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// keepNamed replaces the error and each note by the part of it that is wanted.
func (e *expected) keepNamed(want *expected) {
	if want.Error != "" && strings.Contains(e.Error, want.Error) {
		e.Error = want.Error
	}
	var kept []string
	for _, part := range want.Notes {
		if slices.ContainsFunc(e.Notes, func(note string) bool { return strings.Contains(note, part) }) {
			kept = append(kept, part)
		}
	}
	if len(kept) == len(want.Notes) {
		e.Notes = kept
	}
}

func writeExpected(t *testing.T, file string, e *expected) {
	t.Helper()
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(e); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, out.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// caseEnd is after all dates of the cases.
var caseEnd = time.Date(2024, 12, 1, 0, 0, 0, 0, time.UTC)

// readCase reads all exports of a folder and measures what they hold.
func readCase(t *testing.T, folder string) expected {
	t.Helper()
	settings, err := os.ReadFile(filepath.Join(folder, "config.toml"))
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	c, problems := config.Parse("config.toml", settings)
	read, more := content.Read(os.DirFS(folder))
	for _, p := range slices.Concat(problems, more) {
		t.Fatal(p)
	}
	s := &Setup{Root: folder, ContentRoot: folder, File: "config.toml", Config: &c, Content: &read, AsOf: caseEnd, eachTicket: true}
	list, err := List(s)
	if err != nil {
		t.Fatal(err)
	}
	return measure(t, s, list)
}

// measure reads the sources and returns what they hold.
func measure(t *testing.T, s *Setup, list []Source) expected {
	t.Helper()
	gathered, err := Gather(context.Background(), s, func() time.Time { return caseEnd }, list)
	if err != nil {
		t.Fatal(err)
	}
	facts, _ := Merge(s, gathered, true)
	e := expected{Values: measureFacts(&facts), Rejected: map[string]int{}}
	for i := range gathered {
		if err := gathered[i].Err; err != nil {
			e.Error += err.Error() + "\n"
		}
		for _, im := range gathered[i].Events.Imports {
			e.Read += im.Read
			e.Used += im.Used
			e.Notes = append(e.Notes, im.Notes...)
			for _, a := range im.Answers {
				if e.Unclear == nil && a.Unclear > 0 {
					e.Unclear = map[string]int{}
				}
				if a.Unclear > 0 {
					e.Unclear[a.Measure] += a.Unclear
				}
			}
			for _, r := range im.Rejected {
				e.Rejected[r.Reason] += r.Count
			}
		}
	}
	if len(e.Rejected) == 0 {
		e.Rejected = nil
	}
	if e.Error != "" {
		e.Values = nil // of a file that was refused
	}
	return e
}

// measureFacts returns counts, sums and rates of facts, by name.
func measureFacts(e *fact.Events) map[string]float64 {
	values := map[string]float64{}
	measureAnswers(values, e.Answers)
	for i := range e.Tickets {
		t := &e.Tickets[i]
		values["tickets"]++
		values["opened "+t.Opened.Format("2006-01-02 15:04")]++
		values["ticket team "+t.Team]++
		values["ticket feature "+t.Feature]++
		values["reopened"] += float64(t.Reopened)
		for _, label := range t.Labels {
			values["label "+label]++
		}
		if !t.Resolved.IsZero() {
			values["resolved"]++
			values["hours to resolve"] += t.Resolved.Sub(t.Opened).Hours()
		}
		if t.Unsolved != "" {
			values["unsolved"]++
		}
	}
	for i := range e.Deployments {
		d := &e.Deployments[i]
		values["deployments"]++
		values["deployments of "+d.Repository+d.Service+" to "+d.Environment]++
		values["deployed "+d.Created.Format(time.DateOnly)]++
		if n := len(d.Statuses); n > 0 {
			values["deployments "+string(d.Statuses[n-1].State)]++
		}
	}
	for i := range e.Changes {
		values["changes"]++
		if c := &e.Changes[i]; !c.Merged.IsZero() {
			values["merged"]++
			values["hours to merge"] += c.Merged.Sub(c.Opened).Hours()
		}
	}
	for i := range e.Incidents {
		values["incidents"]++
		if n := &e.Incidents[i]; !n.Resolved.IsZero() {
			values["incidents resolved"]++
			values["hours of incidents"] += n.Resolved.Sub(n.Opened).Hours()
		}
	}
	values["commits"] += float64(len(e.Commits))
	units := map[string]bool{}
	for i := range e.Usage {
		u := &e.Usage[i]
		values["uses"] += u.Count
		values["uses of "+u.Feature] += u.Count
		units[u.Unit] = true
	}
	values["units"] += float64(len(units))
	for i := range e.Measures {
		values["measure "+e.Measures[i].ID] += e.Measures[i].Value
	}
	for i := range e.Tasks {
		values["tasks"]++
		if m := e.Tasks[i].Minutes; m != nil {
			values["minutes"] += *m
		}
	}
	for name, v := range values {
		values[name] = math.Round(v*1000) / 1000
		if v == 0 {
			delete(values, name)
		}
	}
	return values
}

// measureAnswers adds the numbers of a survey.
func measureAnswers(values map[string]float64, answers []fact.Answer) {
	net, scores := 0, 0
	for i := range answers {
		a := &answers[i]
		values["answers"]++
		values["answer team "+a.Team]++
		values["answered "+a.At.Format("2006-01-02 15:04")]++
		if a.Reason != "" {
			values["reasons"]++
		}
		for _, name := range a.Loved {
			values["loved "+name]++
		}
		for _, name := range a.Hated {
			values["frustrating "+name]++
		}
		for _, f := range a.Features {
			switch {
			case f.Positive == nil:
				values["neutral about "+f.Feature]++
			case *f.Positive:
				values["positive about "+f.Feature]++
			default:
				values["negative about "+f.Feature]++
			}
		}
		for id, v := range a.Items {
			values["answers to "+id]++
			values["sum of "+id] += v
		}
		if a.Score == nil {
			continue
		}
		scores++
		switch {
		case *a.Score >= 9:
			net++
		case *a.Score <= 6:
			net--
		}
	}
	if scores > 0 {
		values["scores"] = float64(scores)
		values["nps"] = 100 * float64(net) / float64(scores)
	}
}
