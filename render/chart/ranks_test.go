package chart

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func specimenRanks(name string) *Ranks {
	week := func(n int) time.Time { return monday.AddDate(0, 0, 7*n) }
	return &Ranks{
		At: []time.Time{week(0), week(4), week(9), week(26)},
		Lines: []RankLine{
			{Name: name, Places: []int{2, 1, 1, 1}, Scores: []float64{90, 180, 180, 180}},
			{Name: "stays", Places: []int{1, 2, 2, 2}},
			{Name: "comes", Places: []int{0, 0, 3, 3}},
			{Name: "goes", Places: []int{3, 3, 0, 0}},
		},
	}
}

// Every line has the same axis: the first place on top, the last at the bottom.
func TestRanks(t *testing.T) {
	r := specimenRanks("first")
	for i, want := range [][]string{
		{`<path class="ln" d="M0 18H`, `L153.8 6`, `<circle class="dot" r="4" cx="100%" cy="6"/>`},
		{`d="M0 6H`, `cy="18"`},
		{`d="M346.2 30H1000"`, `cy="30"`},
		{`<circle class="hollow" r="4" cx="34.6%" cy="30"/>`},
	} {
		svg := string(r.AppendLine(nil, &r.Lines[i]))
		for _, w := range want {
			if !strings.Contains(svg, w) {
				t.Errorf("line %d: no %q in %s", i, w, svg)
			}
		}
	}
	if got := len(r.Table().Rows); got != 4 {
		t.Errorf("%d rows", got)
	}
	var records []string
	for _, row := range r.Records() {
		records = append(records, strings.Join(row, ","))
	}
	if got := strings.Join(records, " "); !strings.HasPrefix(got, "from,what,place,score 2024-05-13,first,2,90 2024-05-13,stays,1, 2024-05-13,goes,3,") {
		t.Errorf("%s", got)
	}
}

func TestRanksOfLittle(t *testing.T) {
	for _, r := range []*Ranks{
		{Lines: []RankLine{{}}},
		{At: []time.Time{monday}, Lines: []RankLine{{Name: "a", Places: []int{1}}}},
		{At: []time.Time{monday, monday}, Lines: []RankLine{{Name: "a", Places: []int{1, 0, 7}}, {Name: "b"}}},
	} {
		for i := range r.Lines {
			svg := r.AppendLine(nil, &r.Lines[i])
			if strings.Contains(string(svg), "NaN") {
				t.Errorf("%s", svg)
			}
			parse(t, svg)
		}
	}
}

func TestChances(t *testing.T) {
	for _, c := range []struct {
		chances []float64
		want    []string
	}{
		{[]float64{0.25, 0.75, 0, 0.001}, []string{"0% 20% 19 6", "25% 20% 7 18"}},
		{[]float64{1}, []string{"0% 20% 1 24"}},
		{nil, nil},
	} {
		t.Run(fmt.Sprint(c.chances), func(t *testing.T) {
			var got []string
			for _, e := range parse(t, AppendChances(nil, c.chances, 1, `<likely> "first"`)) {
				if e.name == "rect" {
					got = append(got, e.attrs["x"]+" "+e.attrs["width"]+" "+e.attrs["y"]+" "+e.attrs["height"])
				}
			}
			if strings.Join(got, "|") != strings.Join(c.want, "|") {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Scores that differ by powers of ten still have at most six labels, all within the axis.
func TestLogAxis(t *testing.T) {
	for _, c := range []struct {
		lo, hi float64
		want   string
	}{
		{9, 459, "10 30 100 300"},
		{0.02, 9e5, ""},
		{40, 60, ""},
		{5, 5e5, "10 100 1,000 10,000 100,000"},
	} {
		t.Run(fmt.Sprint(c.lo, c.hi), func(t *testing.T) {
			axis := NewLogAxis(c.lo, c.hi)
			var got []string
			for _, e := range parse(t, AppendLogLabels(nil, &axis)) {
				if e.name == "text" {
					got = append(got, e.text)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
			if lines := strings.Count(string(AppendLogGrid(nil, &axis)), "<line"); lines != len(got) {
				t.Errorf("%d lines, %d labels", lines, len(got))
			}
		})
	}
}

func TestStack(t *testing.T) {
	svg := string(AppendStack(nil, []float64{30, 60, 10}, 0.2))
	for _, want := range []string{`class="bar" x="0%" width="30%"`, `class="band" x="30%" width="60%"`, `class="track" x="90%" width="10%"`, `class="thr" x1="20%"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %s in %s", want, svg)
		}
	}
	if svg := string(AppendStack(nil, []float64{0, -1}, 0)); strings.Contains(svg, "rect") || strings.Contains(svg, "NaN") {
		t.Errorf("%s", svg)
	}
}
