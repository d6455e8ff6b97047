package measures

import (
	"context"
	"io"
	"math"
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

func collectText(text string, o Options) (fact.Events, error) {
	file := tabular.File{Path: "measures.csv", Open: func() (io.ReadCloser, error) {
		return io.NopCloser(strings.NewReader(text)), nil
	}}
	return New("figures", file, o).Collect(context.Background(), window)
}

func TestMeasures(t *testing.T) {
	tests := []struct {
		name, in string
		o        Options
		want     []fact.Measure
		rejected []fact.Rejected
	}{
		{
			"all columns", "measure,date,value,n,team\ngitops_uptime,2024-10-15,99.95 %,1440,checkout\n",
			Options{},
			[]fact.Measure{{Source: "figures", ID: "gitops_uptime", At: day, Value: 99.95, N: 1440, Team: "checkout"}},
			nil,
		},
		{
			"one measure", "date;value\n15.10.2024;1.234,5\n",
			Options{Measure: "cost"},
			[]fact.Measure{{Source: "figures", ID: "cost", At: day, Value: 1234.5}},
			nil,
		},
		{
			"zero is a value, blank is none", "measure,date,value\nerrors,2024-10-15,0\nerrors,2024-10-15,\n",
			Options{},
			[]fact.Measure{{Source: "figures", ID: "errors", At: day}},
			[]fact.Rejected{{Reason: "value is blank", Count: 1, Line: 3, Class: fact.Refused}},
		},
		{
			"undeclared", "measure,date,value\nuptime,2024-10-15,1\nuptine,2024-10-15,1\n",
			Options{Declared: func(name string) (id, near string) {
				if name == "uptime" {
					return name, ""
				}
				return "", ""
			}},
			[]fact.Measure{{Source: "figures", ID: "uptime", At: day, Value: 1}},
			[]fact.Rejected{{Reason: `the measure is not declared in measures.toml`, Count: 1, Line: 3, Class: fact.Nobody}},
		},
		{
			"unusable", "measure,date,value,n\n,2024-10-15,1,\nx,2024-11-11,1,\nx,2024-10-15,1,-1\n",
			Options{},
			nil,
			[]fact.Rejected{
				{Reason: "no measure: add the column, or set measure for the source", Count: 1, Line: 2, Class: fact.Refused},
				{Reason: "in the future", Count: 1, Line: 3, Class: fact.ByRule},
				{Reason: "n is negative", Count: 1, Line: 4, Class: fact.Refused},
			},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			e, err := collectText(tt.in, tt.o)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, e.Measures); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.rejected, e.Imports[0].Rejected); diff != "" {
				t.Errorf("rejected (-want +got):\n%s", diff)
			}
		})
	}
}

func TestUnreadable(t *testing.T) {
	e, err := collectText("measure,date\nx,2024-10-15\n", Options{})
	if err == nil || !strings.Contains(err.Error(), `no column "value"`) || len(e.Gaps) != 1 {
		t.Errorf("gaps %v, error %v", e.Gaps, err)
	}
}

func FuzzMeasures(f *testing.F) {
	f.Add("measure,date,value,n\nx,2024-10-15,\"1,5\",3\n")
	f.Fuzz(func(t *testing.T, in string) {
		e, err := collectText(in, Options{})
		if err != nil {
			return
		}
		if e.Imports[0].Used != len(e.Measures) {
			t.Errorf("import %+v with %d measures", e.Imports[0], len(e.Measures))
		}
		for _, m := range e.Measures {
			if m.ID == "" || m.At.IsZero() || m.N < 0 || math.IsNaN(m.Value) || math.IsInf(m.Value, 0) {
				t.Errorf("measure %+v", m)
			}
		}
	})
}

func BenchmarkMeasure(b *testing.B) {
	const rows = 10_000
	file := "measure,date,value,n,team\n" + strings.Repeat("build_minutes,2024-10-15,8.25,40,checkout\n", rows)
	b.ReportAllocs()
	b.ResetTimer()
	for done := 0; done < b.N; done += rows {
		if e, err := collectText(file, Options{}); err != nil || len(e.Measures) != rows {
			b.Fatal(len(e.Measures), err)
		}
	}
}
