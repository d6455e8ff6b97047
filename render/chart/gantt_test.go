package chart

import (
	"testing"
	"time"
)

// A name stands at its bar's start where it fits, at its end where it does not, and
// on wide screens only at the start where only those have room.
func TestGanttNamesFit(t *testing.T) {
	day := func(n int) time.Time { return monday.AddDate(0, 0, n) }
	g := &Gantt{ID: "g", Sections: []GanttSection{{"Delivery", []GanttBar{
		{Title: "First", State: Done, From: day(0), To: day(50)},
		{Title: "In the middle of the plan", State: Active, From: day(50), To: day(60)},
		{Title: "Last", State: Planned, From: day(96), To: day(100)},
	}}}}
	var got []string
	for _, e := range parse(t, g.AppendSVG(nil)) {
		if e.name == "text" && (e.class == "n" || e.class == "n narrow" || e.class == "n wide") {
			got = append(got, e.class+": "+e.text+" "+e.attrs["x"]+" "+e.attrs["text-anchor"])
		}
	}
	want := []string{
		"n: First · done 0% ",
		"n narrow: In the middle of the plan · active 70.9% end", "n wide: In the middle of the plan · active 50% ",
		"n: Last · planned 100% end",
	}
	if len(got) != len(want) {
		t.Fatalf("got %q", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("got %q, want %q", got[i], want[i])
		}
	}
}
