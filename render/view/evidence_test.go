package view

import (
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestReadableEvidence(t *testing.T) {
	columns := []string{"Change", "Lead time, min", "Took, min", "Finished, UTC"}
	rows := []metric.Row{
		{Cells: []string{"12", "473623.8", "resolved before it was opened: left out", "2024-10-07 10:00"}, URL: "u"},
		{Cells: []string{"13", "≥ 90.0", "", "2024-10-07 10:00"}},
		{Cells: []string{"14", "0.4"}},
	}
	named, got := ReadableEvidence(columns, rows)
	if want := []string{"Change", "Lead time", "Took", "Finished, UTC"}; !slices.Equal(named, want) {
		t.Errorf("columns %q", named)
	}
	for i, want := range []string{
		"12|329 days|resolved before it was opened: left out|2024-10-07 10:00",
		"13|≥ 1.5 h||2024-10-07 10:00",
		"14|24 s",
	} {
		if text := strings.ReplaceAll(strings.ReplaceAll(strings.Join(got[i].Cells, "|"), "\u00a0", " "), "\u202f", " "); text != want {
			t.Errorf("row %q, want %q", text, want)
		}
	}
	if got[0].URL != "u" || rows[0].Cells[1] != "473623.8" || columns[1] != "Lead time, min" {
		t.Error("the arguments were changed, or a link was lost")
	}
}
