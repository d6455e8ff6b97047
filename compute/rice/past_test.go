package rice

import (
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

func day(month time.Month, d int) time.Time { return time.Date(2024, month, d, 0, 0, 0, 0, time.UTC) }

// Order is the order of Measure, without its doubt.
func TestOrderAgreesWithMeasure(t *testing.T) {
	judged := func(id, status string, reach, effort float64) fact.Initiative {
		return fact.Initiative{Item: fact.Item{ID: id}, Status: status, Rice: &fact.RICE{
			Reach: &reach, Impact: &fact.Level{Word: "high"}, Confidence: &fact.Level{Number: 90}, Effort: &effort,
		}}
	}
	c := fact.Content{Initiatives: []fact.Initiative{
		judged("a", fact.Approved, 10, 3), judged("b", fact.Idea, 200, 3), judged("c", fact.Done, 900, 1),
		judged("d", fact.Active, 200, 2), judged("e", fact.WontBuild, 900, 1),
		{Item: fact.Item{ID: "f"}},
		judged("g", fact.Idea, 200, 3),
	}}
	c.Initiatives[0].Override = &fact.Override{Priority: 1, Reason: "first"}
	c.Initiatives[6].Draft = true
	order := Order(Defaults(), c, day(11, 11))
	plan := Measure(Defaults(), c, day(11, 11))
	if len(order) != 3 || len(order) != len(plan.Ranked) {
		t.Fatalf("%+v", order)
	}
	for i, it := range plan.Ranked {
		if got := order[i]; got.ID != it.ID || got.Rank != it.PublishedRank || got.By != it.ComputedRank || got.Score != it.Score {
			t.Errorf("%+v, want %+v", got, it)
		}
	}
}

func TestPast(t *testing.T) {
	placed := func(ids ...string) []Placed {
		var out []Placed
		for i, id := range ids {
			out = append(out, Placed{ID: id, Title: "old " + id, Rank: i + 1, By: i + 1})
		}
		return out
	}
	var p Past
	p.AddPoint(day(1, 1), placed("a", "b"))
	renamed := placed("a", "b")
	renamed[0].Title = "another title"
	p.AddPoint(day(1, 8), renamed)
	p.AddPoint(day(1, 15), placed("b", "a"))
	p.AddPoint(day(1, 22), nil)
	p.AddPresent(day(1, 22), []Placed{{ID: "new", Title: "A new name", Rank: 1, By: 1}}, []fact.Initiative{{Item: fact.Item{ID: "new", Formerly: []string{"a"}}}})
	var days []int
	for _, x := range p.Points {
		days = append(days, x.At.Day())
	}
	if !slices.Equal(days, []int{1, 15, 22}) {
		t.Fatalf("points of the days %v", days)
	}
	if it := p.Points[0].Items[0]; it.ID != "new" || it.Title != "A new name" {
		t.Errorf("%+v", it)
	}
	if it := p.Points[0].Items[1]; it.Title != "old b" {
		t.Errorf("%+v", it)
	}
}
