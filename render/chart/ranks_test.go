package chart

import (
	"encoding/xml"
	"io"
	"strings"
	"testing"
	"time"
)

func specimenRanks(name string) *Ranks {
	day := func(n int) time.Time { return monday.AddDate(0, 0, 7*n) }
	return &Ranks{
		ID: "order", Title: "Place by week", At: []time.Time{day(0), day(4), day(9), day(26)},
		Lines: []RankLine{
			{Name: name, Places: []int{2, 1, 1, 1}, Scores: []float64{90, 180, 180, 180}},
			{Name: "stays", Places: []int{1, 2, 2, 2}},
			{Name: "comes", Places: []int{0, 0, 3, 3}},
			{Name: "goes", Places: []int{3, 3, 0, 0}},
		},
	}
}

func TestRanks(t *testing.T) {
	r := specimenRanks("first")
	svg := string(r.AppendSVG(nil))
	for _, want := range []string{
		`<path class="l" d="M60 64H`, // begins second, in the second row
		`text-anchor="end">first</text>`, `text-anchor="end">stays</text>`, `text-anchor="end">comes</text>`,
		`<circle class="p h"`, // where the one that goes has ended
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
	if strings.Contains(svg, ">goes<") {
		t.Error("what has no place now is named as if it had")
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
		{ID: "x"},
		{ID: "x", At: []time.Time{monday}, Lines: []RankLine{{Name: "a", Places: []int{1}}}},
		{ID: "x", At: []time.Time{monday, monday}, Lines: []RankLine{{Name: "a", Places: []int{1, 0, 7}}, {Name: "b"}}},
		specimenRanks(`</text><script>alert(1)</script>` + "\u202e"),
	} {
		svg := string(r.AppendSVG(nil))
		if strings.Contains(svg, "<script") || strings.Contains(svg, "NaN") || strings.ContainsRune(svg, '\u202e') {
			t.Errorf("%s", svg)
		}
		d := xml.NewDecoder(strings.NewReader(svg))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%v in %s", err, svg)
			}
		}
	}
}
