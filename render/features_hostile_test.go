package render

import (
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/support"
)

// Hostile text in every field that a feature's page, the decisions or the feed
// take over stays text.
func TestHostileFeaturesAreHarmless(t *testing.T) {
	c := fact.Content{Teams: conceptContent(t).Teams}
	var said []space.Satisfaction
	var themes []support.Theme
	for i, text := range hostile {
		id := fmt.Sprintf("h%d", i)
		item := fact.Item{ID: id, Title: text, Body: hostileBodies[i%len(hostileBodies)], Origin: fact.Origin{File: "features/" + id + ".md"}}
		predicted := 50.0
		f := fact.Feature{Item: item, Owner: text, Successor: text, Shipped: exampleDay.AddDate(0, -3, 0), Measures: []string{text}, Research: []string{id}}
		f.Adoption = fact.Adoption{Unit: []string{"team", "developer", text}[i%3], Eligible: 9, Source: "list", Predicted: &predicted, PredictedBecause: text, Uses: []fact.ListedUse{{Unit: text}}}
		f.Parts, f.Decision = []fact.Part{{ID: text, Title: text}}, fact.Thresholds{Outcome: []string{"", text}[i%2], Because: text}
		c.Features = append(c.Features, f)
		c.Research = append(c.Research, fact.Research{Item: item, Kind: []string{fact.Job, fact.Conversation, fact.Interview}[i%3], Says: text, Job: text, Request: text, Features: []string{id}, Answer: text})
		c.Decisions = append(c.Decisions, fact.Decision{Item: item, Feature: id, Recommended: text, Decision: []string{"accept", "reject", text}[i%3], By: text, Reason: text, On: exampleDay.AddDate(0, 0, -i), Deadline: exampleDay})
		c.Initiatives = append(c.Initiatives, fact.Initiative{Item: item, Status: fact.WontBuild, Features: []string{id}, Reason: text, Answer: text, Instead: text, Override: &fact.Override{Reason: text, By: text}})
		said = append(said, space.Satisfaction{Feature: id, Known: true, Positive: 3, Negative: 4, Answered: 7, Range: metric.Range{Lo: 0.1, Hi: 0.5}, Share: 0.4, Reasons: []space.Reason{{Name: text, N: 5, Share: 0.7}}})
		themes = append(themes, support.Theme{ID: id, Title: text, Hint: text, Feature: id, N: 5})
	}
	r, c, ev := measure(t, c, fact.Events{}, exampleDay)
	r.Space.Features, r.Support.Themes = said, themes
	site := tree(t, options, compute.Decide(conceptOptions(), c, r.Measured), c, ev)
	checkTree(t, site)
	for at, data := range site {
		if at == notFound {
			data = withoutStyle(data)
		}
		for _, bad := range []string{`"javascript:`, `"data:text`, `"//evil`, "<script>document", "<img", "\x00", "\x1b"} {
			if strings.HasSuffix(at, ".html") && strings.Contains(data, bad) {
				t.Errorf("%s contains %q", at, bad)
			}
		}
	}
	for d := xml.NewDecoder(strings.NewReader(site[feedPath])); ; {
		if _, err := d.Token(); err == io.EOF {
			break
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
