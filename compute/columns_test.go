package compute

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// TestVanishedColumns reads a source on several days, each with the columns of the day before.
func TestVanishedColumns(t *testing.T) {
	day := func(d int) time.Time { return time.Date(2024, 10, d, 0, 0, 0, 0, time.UTC) }
	file := func(rows int, open bool, fields ...string) []fact.Import {
		im := fact.Import{Source: "support", Kind: "tickets", Read: rows, Used: rows, Columns: fact.Columns{Open: open}}
		for _, f := range fields {
			im.Columns.Bound = append(im.Columns.Bound, fact.BoundColumn{Field: f, Header: f})
		}
		return []fact.Import{im}
	}
	const gone = "column resolved was in the export until 7 Oct 2024 and is missing now"
	both := file(9, false, "opened", "resolved")
	for _, tt := range []struct {
		name    string
		imports []fact.Import // of each later day
		on      []int
		want    []string // gap of each later day, or ""
	}{
		{"same", both, []int{8}, []string{""}},
		{"missing", file(9, false, "opened"), []int{8, 9}, []string{gone, gone}},
		{"missing for a month", file(9, false, "opened"), []int{8, 37, 38, 39}, []string{gone, gone, "", ""}},
		{"few rows of JSON", file(99, true, "opened"), []int{8}, []string{""}},
		{"many rows of JSON", file(100, true, "opened"), []int{8}, []string{gone}},
		{"not read", nil, []int{8}, []string{""}},
		{"one file of two", append(file(9, false, "opened"), both...), []int{8}, []string{""}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			known := ListColumns(gradeSources(fact.Events{Imports: both}, day(7), nil))
			for i, on := range tt.on {
				e := fact.Events{Imports: tt.imports}
				if len(e.Imports) == 0 {
					e.Gaps = []fact.Gap{{Source: "support", Reason: "no such file"}}
				}
				got := gradeSources(e, day(on), known)
				var gaps []string
				for _, g := range got[0].Gaps {
					if g.Reason != "no such file" {
						gaps = append(gaps, g.Reason)
					}
				}
				var want []string
				if tt.want[i] != "" {
					want = []string{tt.want[i]}
				}
				if diff := cmp.Diff(want, gaps); diff != "" {
					t.Errorf("on the %dth (-want +got):\n%s", on, diff)
				}
				if partial := got[0].Grade == Partial; partial != (tt.want[i] != "") {
					t.Errorf("on the %dth it is %s", on, got[0].Grade)
				}
				known = ListColumns(got)
			}
			if tt.name == "not read" && len(known[0].Columns) != 2 {
				t.Errorf("the columns of a source that was not read are forgotten: %v", known)
			}
		})
	}
}
