package render

import (
	"fmt"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// hostileBodies are Markdown that must not come through.
var hostileBodies = []string{
	"[a](javascript:alert(1)) <script>document.title='pwned'</script> ![x](data:image/svg+xml,x)",
	"# one\n# one\n##### five\n[out](//evil.example/x) [file](../../../../etc/passwd) [gone](../roadmap/gone.md) [self](#plan)",
	"<img src=x onerror=alert(1)>\n\n| a |\n|---|\n| <b onclick=x> |",
	strings.Repeat("[", 3000), // costs more than it says: the page tells the problem
}

// hostilePlan puts hostile text into every field of the plan that reaches a page.
func hostilePlan() fact.Content {
	of := func(v float64) *float64 { return &v }
	var c fact.Content
	for i, text := range hostile {
		id := fmt.Sprintf("h%d", i)
		item := fact.Item{
			ID: id, Title: text, Body: hostileBodies[i%len(hostileBodies)], Origin: fact.Origin{File: "roadmap/" + text + ".md"},
			Links: []fact.Link{{Title: text, URL: "javascript:alert(1)"}, {URL: "data:text/html,x"}, {Title: text, URL: "https://example.org/" + text}},
		}
		result := []fact.Result{
			{Measure: text, Before: of(40), After: of(8), Because: text}, {Text: text, Basis: fact.Reported, Because: text}, {Measure: id, Change: of(1), Basis: fact.Estimated},
		}
		score := &fact.RICE{
			Reach: of(100), ReachBecause: text, Impact: &fact.Level{Word: "high"}, ImpactBecause: text,
			Confidence: &fact.Level{Number: 80}, ConfidenceBecause: text, Effort: of(float64(i + 1)), EffortBecause: text, Approved: exampleDay,
		}
		if i%3 == 2 {
			score.Impact.Word = text // no word of the scale
		}
		status := []string{fact.Active, fact.Idea, fact.WontBuild, fact.Done}[i%4]
		c.Initiatives = append(c.Initiatives, fact.Initiative{
			Item: item, GanttTitle: text, Status: status, Owner: text, Features: []string{id, text}, Research: []string{id, text}, Cases: []string{id}, Tracker: "javascript:alert('" + text,
			Rice: score, Override: &fact.Override{Priority: 1, Reason: text, By: text}, Reason: text, Instead: text, Results: result,
			Phases: []fact.Phase{{
				Name: text, Status: []string{"", "active", "planned", "stopped"}[i%4], Start: exampleDay.AddDate(0, 0, -20), Weeks: []float64{0, 1, 500}[i%3], Question: text,
				Audience: fact.Audience{All: text}, Retro: fact.Retro{Worked: text, DidNot: text, Change: text},
				Criteria: []fact.Criterion{{Text: text, MetBecause: text, Met: exampleDay}, {Text: text, Measure: text, AtLeast: of(1)}, {Measure: id, Under: of(1), Over: of(0)}},
			}},
		})
		c.Activities = append(c.Activities, fact.Activity{ID: id, Title: text, Track: tracks[i%3], Status: "active", Start: exampleDay.AddDate(0, 0, -9), Weeks: 1})
		c.Measures = append(c.Measures, fact.MeasureDef{ID: id, Title: text, Unit: text, Better: "down"})
		c.Features = append(c.Features, fact.Feature{Item: item})
		c.Research = append(c.Research, fact.Research{Item: item, Kind: fact.Conversation, Request: text, Initiatives: []string{id}})
		c.Pages = append(c.Pages, fact.Page{Item: item, Summary: text, Order: -i})
		c.Cases = append(c.Cases, fact.Case{
			Item: item, Request: text, Traditional: text, Findings: []string{text}, Job: text, Discovery: []string{text}, Prioritisation: []string{text},
			Delivery: []fact.Step{{Phase: text, Text: text}}, Measurement: []string{text}, Rice: score, Results: result, Outcome: text, Quotes: []string{text},
			Value:    &fact.Value{SavedPerYear: of(5), Currency: text, Basis: text, Because: text},
			Features: []string{id}, Research: []string{id}, Initiatives: []string{id},
		})
	}
	return c
}

func TestHostilePlanIsHarmless(t *testing.T) {
	site := siteOf(t, hostilePlan())
	checkTree(t, site)
	for at, data := range site {
		if at == notFound {
			data = withoutStyle(data)
		}
		switch {
		case strings.HasSuffix(at, ".html"):
			for _, bad := range []string{`"javascript:`, `"data:`, `"//evil`, "<script>document", "<img", "\x00", "\x1b", "etc/passwd\""} {
				if strings.Contains(data, bad) {
					t.Errorf("%s contains %q", at, bad)
				}
			}
		case strings.HasSuffix(at, ".csv"):
			checkCells(t, at, data)
		}
	}
	says(t, "initiatives/h3", site["initiatives/h3/index.html"], "This text cannot be shown", "more than 2000 brackets")
	says(t, "roadmap", site["roadmap/index.html"], "goes on to", "a number is zero, or a word is not on the scale")
}
