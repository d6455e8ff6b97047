package tasks

import (
	"context"
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

func collectText(text string) (fact.Events, error) {
	file := tabular.File{Path: "tasks.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
	return New("observed", file, tabular.Options{}).Collect(context.Background(), window)
}

func TestTasks(t *testing.T) {
	e, err := collectText(`task,date,minutes,unaided,done,team
deploy,2024-10-15,4.5,yes,yes,checkout
deploy,2024-10-15,,no,no,
onboard,2024-10-15,25,,,
onboard,2024-10-15,,,,
onboard,2024-10-15,-1,,,
onboard,2024-11-11,,,,
`)
	if err != nil {
		t.Fatal(err)
	}
	minutes, onboard, yes, no := 4.5, 25.0, true, false
	want := []fact.Task{
		{Source: "observed", Task: "deploy", At: day, Minutes: &minutes, Unaided: &yes, Done: true, Team: "checkout"},
		{Source: "observed", Task: "deploy", At: day, Unaided: &no},
		{Source: "observed", Task: "onboard", At: day, Minutes: &onboard, Done: true},
		{Source: "observed", Task: "onboard", At: day},
	}
	if diff := cmp.Diff(want, e.Tasks); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	rejected := []fact.Rejected{{Reason: "minutes are negative", Count: 1, Line: 6, Class: fact.Refused}, {Reason: "in the future", Count: 1, Line: 7, Class: fact.ByRule}}
	if diff := cmp.Diff(rejected, e.Imports[0].Rejected); diff != "" {
		t.Errorf("rejected (-want +got):\n%s", diff)
	}
}

func TestUnreadable(t *testing.T) {
	e, err := collectText("date\n2024-10-15\n")
	if err == nil || len(e.Gaps) != 1 {
		t.Errorf("gaps %v, error %v", e.Gaps, err)
	}
}

func FuzzTasks(f *testing.F) {
	f.Add("task,date,minutes,unaided,done\ndeploy,2024-10-15,3,yes,no\n")
	f.Fuzz(func(t *testing.T, in string) {
		e, err := collectText(in)
		if err != nil {
			return
		}
		if e.Imports[0].Used != len(e.Tasks) {
			t.Errorf("import %+v with %d tasks", e.Imports[0], len(e.Tasks))
		}
		for _, k := range e.Tasks {
			if k.Task == "" || k.At.IsZero() || k.Minutes != nil && *k.Minutes < 0 {
				t.Errorf("task %+v", k)
			}
		}
	})
}

func BenchmarkTask(b *testing.B) {
	const rows = 10_000
	file := "task,date,minutes,unaided,done,team\n" + strings.Repeat("deploy,2024-10-15,4.5,true,true,checkout\n", rows)
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		if e, err := collectText(file); err != nil || len(e.Tasks) != rows {
			b.Fatal(len(e.Tasks), err)
		}
	}
}
