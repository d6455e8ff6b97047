package render

import (
	"slices"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// Columns that say nothing are left out; the first, that links, stays.
func TestFilledLeavesOutEmptyColumns(t *testing.T) {
	columns, rows := dropEmptyColumns([]string{"Finished, UTC", "Failed", "Fix", "Title"}, []metric.Row{
		{URL: "https://forge.example/1", Cells: []string{"", "", "revert"}},
		{Cells: []string{"", "", "", ""}},
	})
	if want := []string{"Finished, UTC", "Fix"}; !slices.Equal(columns, want) {
		t.Errorf("columns %q, want %q", columns, want)
	}
	if want := []string{"", "revert"}; !slices.Equal(rows[0].Cells, want) || rows[0].URL == "" || len(rows[1].Cells) != 2 {
		t.Errorf("rows %+v, want the first to be %q", rows, want)
	}
}
