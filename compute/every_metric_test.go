package compute_test

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/metric"
)

const hour = 3600.0

// valuesByHand are the metrics of the world byHand, worked out by hand.
var valuesByHand = []struct {
	id, scope string // scope: "" for the organisation, else a team's or feature's ID
	value     float64
	n         string
	how       string
}{
	{"dora.deployment_frequency", "", 4. / 28, "[{deployments 4} {teams 1}]", "d1 to d4 in 28 days, of one team; d5 is automation, d6 never succeeded"},
	{"dora.lead_time", "", 2.75 * hour, "[{changes 4} {deployments 4}]", "first commit to finish: 2, 3.5, 7 and 1.5 hours; the median is between 2 and 3.5"},
	{"dora.lead_time.coding", "", 0.75 * hour, "[{changes 4}]", "30 minutes, 1 hour, 2 hours, 30 minutes"},
	{"dora.lead_time.pickup", "", 0.5 * hour, "[{changes 4}]", "30 minutes, 30 minutes, 3 hours, and 30 minutes to the merge without review"},
	{"dora.lead_time.review", "", 0.5 * hour, "[{changes 3}]", "30 minutes, 1 hour, 30 minutes; change 4 had none"},
	{"dora.lead_time.deploy", "", 0.75 * hour, "[{changes 4}]", "30 minutes, 1 hour, 1.5 hours, 30 minutes"},
	{"dora.change_fail_rate", "", 2. / 4, "[{failed 2} {deployments 4}]", "d2 by incident i1, which names it; d3 by the hotfix in d4. i2 is a week after any deployment"},
	{"dora.recovery_time", "", 11.25 * hour, "[{failed deployments 2}]", "d2 11:30 to 13:30 is 2 hours, d3 14:00 to d4 10:30 next day is 20.5 hours"},
	{"dora.rework_rate", "", 1. / 4, "[{fixes 1} {deployments 4}]", "d4 brought a hotfix"},
	{"dora.restore_time", "", hour, "[{incidents 2}]", "1.5 hours and 30 minutes"},
	{"dora.deploy_job_failure_rate", "", 1. / 5, "[{never succeeded 1} {roll-outs 5}]", "d6 of d1, d2, d3, d4 and d6"},
	{"dora.automated_deployments", "", 1, "[{deployments 1}]", "d5 brought the change of a bot alone"},
	{"dora.waiting_changes", "", 1, "[{changes 1}]", "change 7"},
	{"adoption.share", "portal", 2. / 8, "[{active 2} {developers 8}]", "two of eight developers"},
	{"support.tickets_per_week", "", 3. / 4, "[{tickets 3}]", "three tickets in four weeks"},
	{"support.tickets_per_100", "", 3. / 8, "[{tickets 3}]", "the same of 200 developers, per 100"},
	{"support.resolution_time", "", 2 * hour, "[{tickets 3}]", "1, 2 and 6 hours"},
	{"measure.build", "", 15, "[{figures 2}]", "10 and 20"},
	{"space.nps", "", 20, "[{answers 10} {invited 20}]", "five promoters, two passives, three detractors: 50 % − 30 %"},
	{"space.response_rate", "", 10. / 20, "[{answers 10} {invited 20}]", "ten of twenty"},
	{"space.satisfied", "portal", 6. / 8, "[{positive 6} {users who answered 8}]", "six of eight answered positively"},
	{"space.most_loved", "portal", 6. / 10, "[{mentions 6} {respondents 10}]", "six of ten"},
	{"space.frustrating", "wiki", 5. / 10, "[{mentions 5} {respondents 10}]", "five of ten, one of whom names it twice"},
	{"space.item.ease", "", 5. / 8, "[{answers 8}]", "five answered 4 of 5, three 2 of 5"},
	{"space.task_success", "", 4. / 6, "[{completed without help 4} {attempts 6}]", "four of six; one needed help, one gave up"},
	{"space.task_minutes.deploy", "", 6 * 60, "[{completed attempts 5}]", "2, 4, 6, 8 and 20 minutes"},
	{"space.changes_per_week", "", 5. / 4, "[{changes 5}]", "changes 1 to 4 and 7 in four weeks; 5 is a bot's"},
	{"space.commits_per_week", "", 8. / 4, "[{commits 8}]", "1 + 2 + 1 + 1 + 3 commits"},
	{"discovery.interviews_per_quarter", "", 2, "[{interviews 2}]", "those of September and October; July is before the twelve weeks"},
	{"discovery.share", "", 2. / 8, "[{person-days 8}]", "two interviews of a day each, six days of delivery"},
	{"discovery.unused_effort", "", 30. / 40, "[{person-days 40} {features 2}]", "1 of 8 uses the wiki, which took 30 days; 2 of 8 use the portal, which took 10"},
	{"discovery.idea_to_ga", "", 35 * 24 * hour, "[{initiatives 2}]", "1 January to 31 January and to 10 February: 30 and 40 days"},
	{"discovery.first_answer", "", 3 * 24 * hour, "[{requests 1}]", "1 to 4 October"},
}

// neverWithout are metrics that are never n/a, and why: they are missing instead.
var neverWithout = map[string]string{
	"space.most_loved":  "no feature is the most loved where none has five mentions",
	"space.frustrating": "no feature is the most frustrating where none has five mentions",
}

// world measures and decides small facts.
func world(t *testing.T, c fact.Content, e fact.Events, developers int) []metric.Section {
	t.Helper()
	o := compute.DefaultOptions()
	o.ShowFew = true // the facts by hand have one author
	o.Platform.Developers = developers
	m, _, err := compute.Measure(o, c, e, compute.Past{}, byHandAsOf)
	if err != nil {
		t.Fatal(err)
	}
	r := compute.Decide(o, c, m)
	return append(r.Sections, r.Found)
}

// Every metric is explained, has a case without a value, a trend or a reason for
// none, and a value worked out by hand. What a new metric lacks is named here.
func TestEveryMetricIsComplete(t *testing.T) {
	specs := allSpecs(t, func(*compute.Options) {})
	headings := headingsOf(t, "../docs/definitions/*.md")
	without := map[string]bool{} // definitions of which a case without a value is known
	for _, make := range []func() (fact.Content, fact.Events){
		func() (fact.Content, fact.Events) { return fact.Content{}, fact.Events{} }, inVain,
	} {
		c, e := make()
		for _, s := range world(t, c, e, 0) {
			for _, m := range s.Metrics {
				if m.State != metric.NotAvailable {
					continue
				}
				if m.Value != nil || m.Why == "" {
					t.Errorf("%s is n/a with value %v and reason %q", m.ID, m.Value, m.Why)
				}
				without[m.Definition] = true
			}
		}
	}
	byHand := map[string]bool{}
	for id := range definitionsByHand(t) {
		byHand[id] = true
	}
	seen := map[string]bool{}
	for i := range specs {
		s := &specs[i]
		id, title := s.ID, s.Title
		if strings.HasPrefix(id, "measure.") {
			id, title = "measure.build", "Measures"
		}
		for what, lacks := range map[string]bool{
			"an ID of its own":       seen[id],
			"words for its estimate": s.Estimate == "",
			"a unit":                 s.Unit == "",
			"a better side":          s.Better == "",
			"a heading in docs/definitions called \"" + title + "\"":   !headings[title],
			"a case without a value, in the worlds of by_hand_test.go": !without[id] && neverWithout[id] == "",
			"a trend, or a reason for none (Untested), not both":       (s.Trend == "") == (s.Untested == ""),
			"a value worked out by hand, in valuesByHand":              !byHand[id],
		} {
			if lacks {
				t.Errorf("%s lacks %s", s.ID, what)
			}
		}
		seen[id] = true
	}
}

// definitionsByHand returns the definitions of the metrics in valuesByHand, which
// must have these values.
func definitionsByHand(t *testing.T) map[string]bool {
	t.Helper()
	c, e := byHand()
	sections := world(t, c, e, 200)
	found := map[string]bool{}
	for _, want := range valuesByHand {
		var m *metric.Metric
		for i := range sections {
			for k := range sections[i].Metrics {
				if x := &sections[i].Metrics[k]; x.ID == want.id && x.Scope.ID == want.scope {
					m = x
				}
			}
		}
		switch {
		case m == nil:
			t.Errorf("%s %s: there is no such metric", want.id, want.scope)
			continue
		case m.Value == nil:
			t.Errorf("%s %s: n/a (%s), want %v: %s", want.id, want.scope, m.Why, want.value, want.how)
		case math.Abs(*m.Value-want.value) > 1e-6*math.Max(1, want.value) || fmt.Sprint(m.N) != want.n:
			t.Errorf("%s %s: got %v of %v, want %v of %s: %s", want.id, want.scope, *m.Value, m.N, want.value, want.n, want.how)
		}
		found[m.Definition] = true
	}
	return found
}

// headingsOf returns the headings of documents.
func headingsOf(t *testing.T, pattern string) map[string]bool {
	t.Helper()
	pages, err := filepath.Glob(pattern)
	if err != nil || len(pages) == 0 {
		t.Fatalf("no page matches %s: %v", pattern, err)
	}
	out := map[string]bool{}
	for _, page := range pages {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			if strings.HasPrefix(line, "#") {
				title := strings.TrimSpace(strings.TrimLeft(line, "#"))
				out[title] = true
			}
		}
	}
	return out
}

// What is declared is what the example shows: a tested change, a weekly series,
// the unit, the better side.
func TestTheExampleKeepsToTheDeclarations(t *testing.T) {
	r := theExample(t)
	type shows struct{ trend, series bool }
	shown := map[string]*shows{}
	specs := allSpecs(t, func(*compute.Options) {})
	for i := range specs {
		shown[specs[i].ID] = &shows{}
	}
	for _, sec := range append(r.Sections, r.Found) {
		for i := range sec.Metrics {
			m := &sec.Metrics[i]
			x := shown[m.Definition]
			if x == nil {
				continue // a measure that the team brings
			}
			x.trend = x.trend || m.Trend != nil
			s := specs.Find(m.Definition)
			if m.ID == s.ID && m.Scope.Kind == metric.Organisation && m.Title != s.Title {
				t.Errorf("%s is called %q; declared is %q", m.ID, m.Title, s.Title)
			}
			if unit := s.Unit; m.Better != s.Better || m.Unit != unit && (unit != metric.PerDayPer || m.Unit != metric.PerDay) {
				t.Errorf("%s of %q: %s, %s is better; declared are %s, %s", m.ID, m.Scope.ID, m.Unit, m.Better, s.Unit, s.Better)
			}
		}
		for i := range sec.Series {
			if x := shown[sec.Series[i].ID]; x != nil {
				x.series = true
			}
		}
	}
	for i := range specs {
		s := &specs[i]
		if x := shown[s.ID]; s.ID != "measure.example" && (x.trend != (s.Trend != "") || x.series != s.Series) {
			t.Errorf("%s: tested %v, series %v; declared are %v, %v", s.ID, x.trend, x.series, s.Trend != "", s.Series)
		}
	}
}
