package render

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/dora"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
	"github.com/ip3dp/ip3dp/render/view"
)

// newConceptSite returns a site of the concept's features.
func newConceptSite(t *testing.T, c fact.Content) *site {
	t.Helper()
	r, c, ev := concept(t, c)
	s, err := newSite(options, r, c, ev)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// A card recommends, asks or follows up; nothing that people decided asks again.
func TestActionCards(t *testing.T) {
	got := newConceptSite(t, conceptContent(t)).actionCards()
	want := []struct{ title, tag, class, facts, waits string }{
		{"Make Buildpacks the default for new services", "Recommended", "", "satisfied 72 % · change lead time −25 % · teams 50 of 60", "Not decided"},
		{"Too early to judge GitOps: first possible on 27 Jan 2025", "Too early", "unknown", "satisfied 78 %? · change lead time −12 %? · teams 45 of 60?", "Not decided"},
		{"Deprecate Custom Helm Charts. 7 teams to move by 30 Jun 2025", "Decided", "done", "", ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d cards, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		t.Run(w.title, func(t *testing.T) {
			var facts []string
			for _, f := range got[i].Facts {
				text := f.Name.Title + " " + f.Value
				if f.Unsure {
					text += "?"
				}
				if f.Bar == "" {
					t.Errorf("%s has no picture", f.Name.Title)
				}
				facts = append(facts, text)
			}
			have := [...]string{plainSpaces(got[i].Title), got[i].Tag.Word, got[i].Class, plainSpaces(strings.Join(facts, " · ")), got[i].Waits}
			if have != [...]string{w.title, w.tag, w.class, w.facts, w.waits} {
				t.Errorf("card %d is %q", i, have)
			}
		})
	}
	follow := plainSpaces(strings.Join(got[2].Notes, " "))
	for _, want := range []string{"In favour of Buildpacks; accepted by the product manager on 5 Nov 2024.", "40 % “too complex”", "Holds whatever"} {
		if !strings.Contains(follow, want) {
			t.Errorf("the follow-up has no %q: %s", want, follow)
		}
	}
	if got[0].Tag.Class != "" || got[1].Tag.Class != "unknown" {
		t.Error("only a recommendation beyond doubt has a filled tag")
	}
}

// A decided feature leaves the cards. Without anything to decide the page says so.
func TestDecidedFeaturesLeaveTheCards(t *testing.T) {
	c := conceptContent(t)
	c.Decisions = append(c.Decisions, fact.Decision{Feature: "buildpacks", Recommended: "make default", Decision: "reject", On: exampleDay})
	s := newConceptSite(t, c)
	for _, card := range s.actionCards() {
		if strings.Contains(card.Title, "Make Buildpacks") {
			t.Error("a card asks again for a rejected recommendation")
		}
	}
	if got := plainSpaces(s.waitingWords()); got != "Nothing waits for a decision: all of 2 recommendations beyond doubt are decided." {
		t.Errorf("all decided: %q", got)
	}
	if cards := newConceptSite(t, fact.Content{Teams: conceptContent(t).Teams}).actionCards(); len(cards) != 0 {
		t.Errorf("cards without features: %+v", cards)
	}
}

// A question is never recommended, and a leaning recommendation is outlined.
func TestCardLabels(t *testing.T) {
	s, err := newSite(options, compute.Report{}, fact.Content{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		verdict          decision.Verdict
		strength         decision.Strength
		title, tag, look string
	}{
		{decision.MakeDefault, decision.Recommended, "Make X the default for new services", "Recommended", ""},
		{decision.MakeDefault, decision.Leaning, "Make X the default for new services", "Leaning towards", "unknown"},
		{decision.Investigate, decision.Recommended, "Is X the wrong solution, or does something keep people from it?", "Find out", "unknown"},
		{decision.InsufficientData, decision.FindOut, "What does X do for its users?", "Find out", "unknown"},
	} {
		t.Run(fmt.Sprint(c.verdict), func(t *testing.T) {
			got := s.newActionCard(&decision.Recommendation{Title: "X", Verdict: c.verdict, Strength: c.strength})
			if got.Title != c.title || got.Tag.Word != c.tag || got.Tag.Class != c.look {
				t.Errorf("%s, %s: got %q, %+v", c.verdict, c.strength, got.Title, got.Tag)
			}
		})
	}
}

// The words of a verdict have its colour, and a sentence about an unchanged number has none.
func TestMarkVerdicts(t *testing.T) {
	for claim, want := range map[string]string{
		"Delivery is faster and fails no more often.":               "faster:better",
		"Delivery is slower but fails less often.":                  "slower:worse less often:better",
		"Teams deploy less often; incidents last longer.":           "less often:worse longer:worse",
		"Nothing in delivery has changed beyond chance.":            "",
		"16 releases since 4 Aug 2025, the last v1.0 of is-faster.": "",
	} {
		t.Run(claim, func(t *testing.T) {
			var marked []string
			whole := ""
			for _, m := range markVerdicts(claim) {
				whole += m.Word
				if m.Class != "" {
					marked = append(marked, m.Word+":"+m.Class)
				}
			}
			if got := strings.Join(marked, " "); got != want || whole != claim {
				t.Errorf("%s: got %q of %q", claim, got, whole)
			}
		})
	}
}

// The last week is a line: new claims, decisions, or nothing.
func TestSinceLastWeek(t *testing.T) {
	asOf, cut := on("2024-11-11"), on("2024-11-04")
	claimed := moved(dora.LeadTime, metric.Seconds, metric.Down, 2520, 2964, metric.Changed)
	claimed.Title, claimed.Trend.Claim = "Change lead time", &metric.Claim{Direction: metric.Down, Found: cut}
	old := moved(dora.FailRate, metric.Share, metric.Down, 0.1, 0.2, metric.Changed)
	old.Trend.Claim = &metric.Claim{Direction: metric.Down, Found: cut.AddDate(0, 0, -7)}
	entry := func(kind, title string, at time.Time) compute.DecisionLogEntry {
		return compute.DecisionLogEntry{Kind: kind, On: at, Title: title, Text: "decided"}
	}
	var many []compute.DecisionLogEntry
	for i := range 5 {
		many = append(many, entry(compute.DecisionMade, fmt.Sprint("D", i), asOf))
	}
	for _, c := range []struct {
		name    string
		metrics []metric.Metric
		log     []compute.DecisionLogEntry
		want    string
	}{
		{"nothing", []metric.Metric{old}, nil, "nothing changed beyond chance."},
		{"a claim", []metric.Metric{claimed, old}, nil, "now beyond chance: change lead time."},
		{"a decision", nil, []compute.DecisionLogEntry{entry(compute.DecisionMade, "Vault", asOf.AddDate(0, 0, -2))}, "Vault: decided."},
		{"nothing compared", nil, nil, "none of the four numbers can be compared yet."},
		{"an old decision", []metric.Metric{old}, []compute.DecisionLogEntry{entry(compute.DecisionMade, "Vault", asOf.AddDate(0, 0, -8))}, "nothing changed beyond chance."},
		{"a gate", nil, []compute.DecisionLogEntry{entry(compute.GatePassed, "Rollout", cut)}, "Rollout: decided."},
		{"many", nil, many, "D0: decided; D1: decided; D2: decided; 2 further changes."},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := compute.Report{}
			r.AsOf, r.CutOff, r.Log = asOf, cut, compute.DecisionLog{Begun: on("2024-01-01"), Changes: c.log}
			r.Sections = []metric.Section{{Family: "dora", Metrics: c.metrics}}
			s := &site{report: r}
			if got := plainSpaces(s.sinceLastWeek()); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// The banner names the claims that a source touches.
func TestSourcesInDoubt(t *testing.T) {
	imports := func(kinds ...string) []compute.ImportLine {
		var out []compute.ImportLine
		for _, k := range kinds {
			out = append(out, compute.ImportLine{Kind: k})
		}
		return out
	}
	s := &site{}
	s.report.Quality = []compute.Quality{
		{Source: "survey 2024-10", Grade: compute.Stale, Why: "nothing after 2024-10-01", Imports: imports("survey")},
		{Source: "tickets", Grade: compute.Complete, Imports: imports("tickets")},
		{Source: "github", Grade: compute.Partial, Gaps: []compute.GapLine{{Repository: "a/b", Reason: "no access"}}, Imports: imports("changes", "deployments")},
		{Source: "tickets late", Grade: compute.Missing, Gaps: []compute.GapLine{{Reason: "the file is gone"}}},
	}
	want := []view.Labelled{
		{Label: "survey 2024-10: nothing after 2024-10-01", Value: "satisfaction"},
		{Label: "github (a/b): no access", Value: "the four numbers"},
		{Label: "tickets late: the file is gone", Value: "support"},
	}
	got := s.sourcesInDoubt()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A doubt about input names the numbers that it touches, in the banner and on the page of
// deliveries, and the sources are not marked as good. Doubts about other numbers stay there.
func TestDoubtsInBanner(t *testing.T) {
	const why = "2 incidents match no service: services seen: a, b"
	number := func(id, title, reason string, warnings ...string) metric.Metric {
		return metric.Metric{ID: id, Title: title, Scope: organisation, Why: reason, Warnings: warnings}
	}
	s := &site{}
	s.report.Doubts = []string{why + ": name them", "hotfixes match no rule: set it"}
	s.report.Sections = []metric.Section{{Family: "dora", Metrics: []metric.Metric{
		number(dora.LeadTime, "Change lead time", ""), number(dora.FailRate, "Change failure rate", why),
		number(dora.RestoreTime, "Time to restore service", "", "early", why),
	}}}
	want := "2 incidents match no service: services seen: a, b (touches change failure rate and time to restore service)"
	if got := s.sourcesInDoubt(); len(got) != 1 || format.UpperFirst(want) != got[0].Label+" (touches "+got[0].Value+")" {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.gapsOf(organisation); len(got) != 1 || got[0] != format.UpperFirst(want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := s.gapsOf(metric.Scope{Kind: metric.Team, ID: "a"}); len(got) > 0 {
		t.Errorf("a team has %q", got)
	}
	good := []compute.Quality{{Grade: compute.Complete}}
	if mark := sourceMark(good, s.report.Doubts); mark.Class != "unknown" || mark.Icon != "" {
		t.Errorf("sources with doubts have the mark %v", mark)
	}
}

// Six features: those that wait for a decision, those that moved, then those with many units.
func TestAdoptionShowsSixFeatures(t *testing.T) {
	r := compute.Report{}
	sec := metric.Section{Family: "adoption"}
	for i := range 40 {
		f := adoption.Feature{ID: fmt.Sprint("f", i), Title: fmt.Sprint("F", i), Unit: "team", Known: true, Eligible: 20 + i, Active: 10}
		points := make([]metric.Point, 20)
		for k := range points {
			points[k] = metric.Point{At: on("2024-01-01").AddDate(0, 0, 7*k), N: 10, Figure: metric.Figure{Value: metric.Of(0.5)}}
			if i == 1 && k > 10 {
				points[k].N = 20
			}
		}
		r.Adoption.Features = append(r.Adoption.Features, f)
		sec.Series = append(sec.Series, metric.Series{ID: adoption.Share, Scope: metric.Scope{Kind: metric.Feature, ID: f.ID}, Points: points})
	}
	r.Adoption.Features[3].Known = false
	r.Sections = []metric.Section{sec}
	r.Recommendations = []decision.Recommendation{
		{Feature: "f0", Verdict: decision.MakeDefault, Strength: decision.Recommended},
		{Feature: "f2", Verdict: decision.Investigate, Strength: decision.FindOut},
	}
	s := &site{report: r, paths: map[string]bool{featuresPath: true}}
	strip := s.adoptionStrip("")
	got := map[string]bool{}
	for _, row := range strip.Rows {
		got[row.Name.Title] = true
	}
	for _, want := range []string{"F0", "F1", "F39", "F38", "F37", "F36"} {
		if !got[want] {
			t.Errorf("%s is missing: %v", want, got)
		}
	}
	if len(strip.Rows) != mostFeatures || plainSpaces(strip.Note) != "all 40 features" {
		t.Errorf("%d rows, link %q", len(strip.Rows), strip.Note)
	}
}

// The first night has levels and the day of the first comparison.
func TestFirstComparison(t *testing.T) {
	m := moved(dora.LeadTime, metric.Seconds, metric.Down, 2520, 0, "")
	m.Was = nil
	points := []metric.Point{{At: on("2024-10-07")}, {At: on("2024-10-14"), Figure: metric.Figure{Value: metric.Of(2500)}}}
	sec := metric.Section{Family: "dora", Metrics: []metric.Metric{m}, Series: []metric.Series{{ID: dora.LeadTime, Scope: organisation, Points: points}}}
	s := &site{}
	s.report.AsOf, s.report.CutOff = on("2024-11-18"), on("2024-11-11")
	if got := plainSpaces(s.firstComparison(&sec, &sec.Metrics[0])); got != "first comparison by 16 Dec 2024" {
		t.Errorf("got %q", got)
	}
	s.report.AsOf, s.report.CutOff = on("2025-01-18"), on("2025-01-11")
	if got := s.firstComparison(&sec, &sec.Metrics[0]); got != "" {
		t.Errorf("the day has passed: %q", got)
	}
}
