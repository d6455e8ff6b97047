package explain

import (
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render"
	"github.com/ip3dp/ip3dp/render/view"
)

// A rate of rare events has the unit of the pages, in the list and in the explanation.
func TestUnitsAreThoseOfThePages(t *testing.T) {
	m := metric.Metric{
		ID: dora.Frequency, Scope: metric.Scope{Kind: metric.Team, ID: "shop"}, Unit: metric.PerDay,
		Figure: metric.Figure{Value: metric.Of(0.2), Lo: metric.Of(0.1), Hi: metric.Of(0.4)},
		Was:    &metric.Was{Figure: metric.Figure{Value: metric.Of(0.1)}},
	}
	in := Source{
		Sections: render.MarkRareRates([]metric.Section{{Family: "dora", Metrics: []metric.Metric{m}}}),
		Shipped:  func(metric.Scope) *dora.Shipped { return &dora.Shipped{} },
		Page:     func(string) []byte { return nil },
	}
	found, err := in.Find(m.ID, m.Scope)
	if err != nil {
		t.Fatal(err)
	}
	tile := view.NewTile(found, "")
	e := in.Explain(found)
	text := strings.Join(Text(&e, false), "\n")
	line := in.List(m.Scope)[0].Line()
	for _, want := range []string{tile.Number + " " + tile.Unit, strings.TrimPrefix(tile.Interval, "likely ")} {
		want = plainSpaces.Replace(want)
		if want == "" || !strings.Contains(want, "a week") || !strings.Contains(text, want) || !strings.Contains(line, want) {
			t.Errorf("the page has %q, explain\n%s\nand the list\n%s", want, text, line)
		}
	}
	if strings.Contains(text, "a day") {
		t.Errorf("two units:\n%s", text)
	}
}

// Durations in evidence have the units of the page.
func TestEvidenceHasFittingUnits(t *testing.T) {
	e := Explanation{
		Metric: &metric.Metric{ID: dora.LeadTime, Scope: metric.Scope{Kind: metric.Organisation}}, Shipped: &dora.Shipped{},
		Evidence: &metric.Evidence{
			Title: "Changes", Columns: []string{"Change", "Lead time, min"},
			Rows: []metric.Row{{Cells: []string{"12", "473623.8"}}},
		},
		Rows: 1,
	}
	text := strings.Join(Text(&e, false), "\n")
	if !strings.Contains(text, "Change | Lead time\n") || !strings.Contains(text, "12 | 329 days") {
		t.Errorf("evidence:\n%s", text)
	}
}
