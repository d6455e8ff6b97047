package comment

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/diff"
	"github.com/ip3dp/ip3dp/compute/metric"
)

func TestInputs(t *testing.T) {
	of := func(v float64) *float64 { return &v }
	organisation := metric.Scope{Kind: metric.Organisation}
	nps := diff.Number{Metric: "space.nps", Title: "Net promoter score", Scope: organisation, Unit: metric.Points, Now: of(42)}
	fallen, lost := nps, nps
	fallen.After, fallen.From, lost.Lost = of(34), "May", true
	team := func(i int) diff.Number {
		return diff.Number{Metric: "dora.lead_time", Title: "Change lead time", Scope: metric.Scope{Kind: metric.Team, ID: fmt.Sprint("t", i/3), Title: fmt.Sprint("T", i/3)}}
	}
	var many []diff.Number
	for i := range 30 {
		many = append(many, team(i))
	}
	for _, tt := range []struct {
		name string
		in   diff.MeasuredInput
		want []string
	}{
		{"nothing moves", diff.MeasuredInput{Change: "edited"}, []string{"f was edited: no number moves."}},
		{
			"a fallback",
			diff.MeasuredInput{Change: "removed", Numbers: []diff.Number{fallen}},
			[]string{"f was removed: 1 number depends on it.", "Net promoter score +42 → +34 (May)."},
		},
		{
			"lost, and a conclusion",
			diff.MeasuredInput{Change: "edited", Numbers: []diff.Number{lost}, Readers: []diff.Reader{
				{Kind: "goal", Title: "NPS", Before: "met", After: "cannot tell"}, {Kind: "recommendation", Title: "Vault"},
			}},
			[]string{
				"f was edited: 1 number depends on it.", "Net promoter score +42 → not known.", "Goal of NPS: met → can’t tell.",
				"Read by 1 recommendation, which stays.",
			},
		},
		{
			"only the run can tell",
			diff.MeasuredInput{Change: "renamed", Before: "g", Numbers: []diff.Number{nps}},
			[]string{"f was renamed, it was g: 1 number depends on it.", "Net promoter score. The next run gives its value."},
		},
		{
			"many",
			diff.MeasuredInput{Change: "edited", Keys: []string{"a", "b", "c", "d", "e"}, Numbers: many, More: 2},
			[]string{
				"f (a, b, c, d and 1 more) was edited: 32 numbers depend on it.",
				"3 of T0, 3 of T1, 3 of T2, 3 of T3 and 20 others. The next run gives their values.",
			},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			d := diff.Diff{Changes: []diff.Change{{Kind: diff.Nightly, What: "f", Input: &tt.in}}}
			var got []string
			for _, r := range newWords(&d).changeRows(&d.Changes[0]) {
				got = append(got, strings.ReplaceAll(r.String(), "\u00a0", " "))
			}
			if strings.Join(got, "\n") != strings.Join(tt.want, "\n") {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(tt.want, "\n"))
			}
			if len(got) > 6 {
				t.Errorf("%d lines are too long for a phone", len(got))
			}
		})
	}
}
