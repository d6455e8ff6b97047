package render

import (
	"slices"
	"testing"
)

// Columns that say nothing are left out; the first, that links, stays.
func TestFilledLeavesOutEmptyColumns(t *testing.T) {
	columns, rows := dropEmptyColumns([]string{"Finished, UTC", "Failed", "Fix", "Title"}, []evidenceRow{
		{Href: "https://forge.example/1", Cells: []string{"", "", "revert"}},
		{Cells: []string{"", "", "", ""}},
	})
	if want := []string{"Finished, UTC", "Fix"}; !slices.Equal(columns, want) {
		t.Errorf("columns %q, want %q", columns, want)
	}
	if want := []string{"", "revert"}; !slices.Equal(rows[0].Cells, want) || rows[0].Href == "" || len(rows[1].Cells) != 2 {
		t.Errorf("rows %+v, want the first to be %q", rows, want)
	}
}
