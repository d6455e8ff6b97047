package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/rice"
)

func TestPastOfTheRoadmap(t *testing.T) {
	placed := func(n int) []rice.Placed {
		var out []rice.Placed
		for i := range n {
			out = append(out, rice.Placed{ID: fmt.Sprint("i", i), Title: fmt.Sprint("Initiative ", i), Rank: i + 1})
		}
		return out
	}
	at := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name       string
		past       rice.Past
		chart      bool
		why, other string
	}{
		{"nothing read", rice.Past{}, false, "for today only", ""},
		{"only now", rice.Past{Points: []rice.Point{{At: at, Items: placed(2)}}, Why: "the clone is new"}, false, "The clone is new", ""},
		{"two times", rice.Past{Points: []rice.Point{{At: at.AddDate(0, -1, 0), Items: placed(1)}, {At: at, Items: placed(2)}}}, true, "", ""},
		{"too many", rice.Past{Points: []rice.Point{{At: at.AddDate(0, -1, 0), Items: placed(1)}, {At: at, Items: placed(20)}}}, true, "", "8"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := &site{report: compute.Report{Past: c.past}}
			v, table := s.pastView("../")
			if (len(v.Rows) > 0) != c.chart || (table != "") != c.chart || !strings.Contains(v.Note, c.why) || c.why == "" && v.Note != "" || !strings.HasPrefix(v.None, c.other) || c.other == "" && v.None != "" {
				t.Errorf("%s: %d rows, %q, %q", c.name, len(v.Rows), v.Note, v.None)
			}
		})
	}
}

func TestRanksOfAPast(t *testing.T) {
	at := time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)
	r := ranksOf(&rice.Past{Points: []rice.Point{
		{At: at.AddDate(0, -2, 0), Items: []rice.Placed{{ID: "gone", Rank: 1}, {ID: "a", Rank: 2}}},
		{At: at, Items: []rice.Placed{{ID: "b", Title: "B", Rank: 1}, {ID: "a", Title: "A", Rank: 2}}},
	}})
	if len(r.Lines) != 3 || r.Lines[0].Name != "B" || r.Lines[1].Name != "A" || fmt.Sprint(r.Lines[1].Places) != "[2 2]" || fmt.Sprint(r.Lines[2].Places) != "[1 0]" {
		t.Errorf("%+v", r.Lines)
	}
}
