package chart

import (
	"strings"
	"testing"
	"time"
)

func day(n int) time.Time { return monday.AddDate(0, 0, n) }

// specimenRow is a row with a bar of each kind over a hundred days.
func specimenRow() (*Gantt, *GanttRow) {
	g := &Gantt{Today: day(50), Sections: []GanttSection{{"Delivery", []GanttRow{{Title: "First", Bars: []GanttBar{
		{Title: "First Alpha", Labels: []string{"Alpha, 10 teams with a very long name of their audience", "Alpha"}, State: Done, From: day(0), To: day(30)},
		{Title: "First Beta", Labels: []string{"Beta"}, State: Active, From: day(30), To: day(40), Late: "10 days late"},
		{Title: "First GA", Labels: []string{"GA"}, State: Planned, From: day(90), To: day(100)},
	}}}}}}
	return g, &g.Sections[0].Rows[0]
}

// The picture of a row has percentages only: filled until today, an outline after it, what is
// late with its words.
func TestGanttRow(t *testing.T) {
	g, row := specimenRow()
	var got []string
	for _, e := range parse(t, g.AppendRow(nil, row)) {
		switch e.name {
		case "rect":
			got = append(got, e.class+" "+e.attrs["x"]+" "+e.attrs["width"])
		case "text":
			got = append(got, e.class+": "+e.text+" "+e.attrs["x"])
		}
	}
	want := []string{
		"bar 0% 29.8%", "on: Alpha 0%",
		"bar 30% 9.8%", "late 40% 9.8%", "halo v: 10 days late 50%", "on wd: Beta 30%",
		"plan 90% 9.8%", "halo v: GA 90%",
	}
	if strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

// Months whose names would touch today's are left out, on the screens where they would.
func TestGanttAxis(t *testing.T) {
	g, _ := specimenRow()
	var got []string
	for _, e := range parse(t, g.AppendAxis(nil)) {
		if e.name == "text" {
			got = append(got, e.class+": "+e.text)
		}
	}
	if want := " wd: Jun 2024|: Aug|tdy: today, 2 Jul"; strings.ReplaceAll(strings.Join(got, "|"), "\u00a0", " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGanttOfLittle(t *testing.T) {
	hostile := `</text><script>alert(1)</script>` + "\u202e"
	for name, g := range map[string]*Gantt{
		"nothing":        {},
		"without a day":  {Today: day(0), Sections: []GanttSection{{"x", []GanttRow{{Bars: []GanttBar{{State: Done}}}}}}},
		"without an end": {Today: day(9), Sections: []GanttSection{{hostile, []GanttRow{{Bars: []GanttBar{{Labels: []string{hostile}, From: day(0), State: Active, Late: hostile}}}}}}},
		"one moment":     {Today: day(0), Sections: []GanttSection{{"x", []GanttRow{{Bars: []GanttBar{{From: day(0), To: day(0), State: "stopped"}}}}}}},
	} {
		t.Run(name, func(t *testing.T) {
			svg := string(g.AppendAxis(nil))
			for i := range g.Sections {
				svg += string(g.AppendRow(nil, &g.Sections[i].Rows[0]))
			}
			if strings.Contains(svg, "<script") || strings.Contains(svg, "NaN") || strings.ContainsRune(svg, '\u202e') {
				t.Errorf("%s", svg)
			}
			parse(t, []byte("<svg>"+svg+"</svg>"))
			if len(g.Table().Rows)+1 != len(g.Records()) {
				t.Error("the table and the file differ")
			}
		})
	}
}

// Records keep the order of the starts, whichever row a bar is in.
func TestGanttRecords(t *testing.T) {
	g, _ := specimenRow()
	g.Sections[0].Rows = append(g.Sections[0].Rows, GanttRow{Bars: []GanttBar{{Title: "Second", State: Done, From: day(10), To: day(20), Ended: day(18), Note: "early"}}})
	var got []string
	for _, r := range g.Records()[1:] {
		got = append(got, r[0]+" "+r[5]+" "+r[6])
	}
	if want := "First Alpha  |Second 2024-05-31 early|First Beta  10 days late|First GA  "; strings.Join(got, "|") != want {
		t.Errorf("got %q", got)
	}
}
