package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// manyInitiatives is a plan of n initiatives with names of more than eighty characters: some
// finished, some refused, some without a score, most of them too close to call.
func manyInitiatives(n int) fact.Content {
	of := func(v float64) *float64 { return &v }
	var c fact.Content
	for i := range n {
		title := fmt.Sprintf("Move every service of the payments and settlement domain onto automatic rollback, part %d of %d", i+1, n)
		if i%7 == 3 {
			title = strings.Repeat("Zustellungsbevollmächtigungen", 4) + fmt.Sprint(i)
		}
		why := fmt.Sprintf("because %s", strings.Repeat("developers wait for it every day, ", 3))
		begin := exampleDay.AddDate(0, 0, 9*(i-n/2))
		in := fact.Initiative{
			Item:   fact.Item{ID: fmt.Sprintf("part-%d", i), Title: title, Origin: fact.Origin{File: fmt.Sprintf("roadmap/part-%d.md", i)}},
			Status: []string{fact.Active, fact.Active, fact.Approved, fact.Idea}[i%4], Owner: "delivery-experience",
			Rice: &fact.RICE{
				Reach: of(float64(50 + 7*i)), ReachRange: &fact.Range{Lo: 20, Hi: float64(300 + 10*i)}, ReachBecause: why,
				Impact: &fact.Level{Word: []string{"low", "medium", "high"}[i%3]}, ImpactBecause: why,
				Confidence: &fact.Level{Word: "medium"}, ConfidenceBecause: why, Effort: of(float64(1 + i%6)), EffortBecause: why,
			},
		}
		for k, name := range []string{"prototype", "alpha", "beta", "ga"} {
			in.Phases = append(in.Phases, fact.Phase{
				Name: name, Start: begin.AddDate(0, 0, 28*k), Weeks: 4, Audience: fact.Audience{Teams: 5 * (k + 1)},
				Criteria: []fact.Criterion{{Text: "Works for every team that tried it"}},
			})
		}
		switch {
		case i%10 == 8:
			in.Status, in.Reason, in.Instead, in.Revisit = fact.WontBuild, why, why, exampleDay.AddDate(0, 2, 0)
		case i%10 == 9:
			in.Status, in.Spent = fact.Done, of(float64(2+i%5))
			in.Results = []fact.Result{{Measure: "minutes", Before: of(40), After: of(40 - float64(i))}}
		case i%10 == 7:
			in.Rice = nil
		}
		if in.Rice != nil && i%2 == 0 {
			in.Rice.Approved = exampleDay.AddDate(0, -2, 0)
			in.Expected = &fact.Expected{Outcome: "dora.lead_time", Change: of(-20), On: exampleDay.AddDate(0, -2, 0), From: exampleDay, Looks: []time.Time{exampleDay.AddDate(0, 3, 0)}, Because: why}
		}
		c.Initiatives = append(c.Initiatives, in)
		c.Activities = append(c.Activities, fact.Activity{
			ID: in.ID, Title: "Interviews about " + title, Track: tracks[2*(i%2)], Status: "done",
			Start: exampleDay.AddDate(0, 0, -3*i), Weeks: 2, PersonDays: 5,
		})
	}
	c.Measures = []fact.MeasureDef{{ID: "minutes", Title: "Minutes that a developer waits for the build of a service", Unit: "minutes", Better: "down"}}
	return c
}

// All initiatives are on the roadmap, although it folds the long lists.
func TestRoadmapOfManyInitiatives(t *testing.T) {
	site := siteOf(t, manyInitiatives(30))
	checkTree(t, site)
	page := site["roadmap/index.html"]
	ranked := 0
	for _, table := range find(t, page, "table", "rice") {
		ranked += len(within(within(table, "tbody", "")[0], "tr", ""))
	}
	if ranked != 21 {
		t.Errorf("%d initiatives are ranked, want 21", ranked)
	}
	if n := len(find(t, page, "li", "")); n < 3 {
		t.Errorf("%d entries", n)
	}
	for i := range 30 {
		if link := fmt.Sprintf("initiatives/part-%d/index.html", i); !strings.Contains(page, link) {
			t.Errorf("no link to %s", link)
		}
	}
	says(t, "roadmap", page, "Places 6 to 21", "Every close call", "more close calls", "neighbours are ties, so people decide", "more, further from today", ", and ")
	// At most two close calls stand in a sentence.
	for _, row := range find(t, page, "dl", "in") {
		if n := strings.Count(text(row), "would tie with"); n > mostTies {
			t.Errorf("%d close calls in a sentence: %s", n, text(row))
		}
	}
}
