package render

import (
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/impact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/support"
)

// conceptContent is the platform of this repository's own site.
func conceptContent(t testing.TB) fact.Content {
	t.Helper()
	c, problems := content.Read(os.DirFS("../site"))
	for _, p := range problems {
		t.Fatal(p)
	}
	return c
}

// concept is that platform with the concept's figures: 50 of 60 teams use
// Buildpacks, 7 use Custom Helm Charts, and so on.
func concept(t testing.TB, c fact.Content) (compute.Report, fact.Content, []metric.Evidence) {
	t.Helper()
	var e fact.Events
	for _, f := range []struct {
		id                    string
		teams, from, joinedIn int // the weeks before the as-of date of the first use, and until the last team joined
	}{
		{"buildpacks", 50, 40, 24},
		{"custom-helm-charts", 7, 50, 4},
		{"gitops", 45, 10, 7},
		{"grafana-dashboards", 60, 30, 10},
	} {
		for u := range f.teams {
			for week := f.from - u*f.joinedIn/f.teams; week > 0; week-- {
				e.Usage = append(e.Usage, fact.Use{
					Feature: f.id, Unit: c.Teams[u].ID, Team: c.Teams[u].ID, At: exampleDay.AddDate(0, 0, -7*week), Count: 3,
				})
			}
		}
	}
	r, c, ev := measure(t, c, e, exampleDay)
	r.Space.Features = nil
	for id, n := range map[string][2]int{"buildpacks": {54, 75}, "custom-helm-charts": {7, 25}, "gitops": {47, 60}, "grafana-dashboards": {42, 50}} {
		iv := stat.Wilson(n[0], n[1], 0.95)
		s := space.Satisfaction{
			Feature: id, Wave: "2024-10", Known: true, Positive: n[0], Negative: n[1] - n[0], Answered: n[1],
			Teams: 20, Sent: exampleDay.AddDate(0, 0, -27), Share: float64(n[0]) / float64(n[1]), Range: metric.Range(iv),
		}
		if id == "custom-helm-charts" {
			s.Reasons = []space.Reason{{Name: "too complex", N: 10, Share: 0.4}}
		}
		r.Space.Features = append(r.Space.Features, s)
	}
	r.Effects = []compute.Effect{
		effectOf("buildpacks", impact.Improved, -0.35, -0.25, -0.13),
		effectOf("gitops", impact.Insufficient, -0.30, -0.12, 0.10),
	}
	r.Effects[1].Next = exampleDay.AddDate(0, 0, 21)
	r.Effects[1].Forecast = &compute.Forecast{Effect: -0.2, Next: r.Effects[1].Next, Chance: 0.4, At: exampleDay.AddDate(0, 3, 0)}
	r.Support.Tickets = 48
	r.Support.Themes = []support.Theme{{ID: "my-build-is-slow", Title: "My build is slow", Feature: "buildpacks", N: 12, Share: 0.25, Range: metric.Range{Lo: 0.15, Hi: 0.39}, Rising: true}}
	return compute.Decide(conceptOptions(), c, r.Measured), c, ev
}

func conceptOptions() compute.Options {
	o := compute.DefaultOptions()
	o.Platform = compute.Platform{Name: "Fawkes", Developers: 250}
	return o
}

func effectOf(feature string, v impact.Verdict, lo, change, hi float64) compute.Effect {
	return compute.Effect{
		Feature: feature, Outcome: "dora.lead_time", Verdict: string(v), Reason: "p = 0.04", Change: &change, Limits: metric.Limits{Lo: &lo, Hi: &hi},
		Detectable: metric.Of(-0.2), Adopters: 45, Comparators: 12, PrePeriods: 6, PostPeriods: 4,
		Checks: []compute.Check{{Name: "pre-period", Passed: true}, {Name: "placebo date"}, {Name: "new", Passed: true, Note: "looked at"}},
		Events: []compute.EventTime{
			{Periods: -3, Change: 0.01, Limits: metric.Limits{Lo: &lo, Hi: &hi}, Teams: 45, Compared: 12},
			{Periods: 0, Change: -0.2, Limits: metric.Limits{Lo: &lo, Hi: &hi}, Teams: 45, Compared: 12},
			{Periods: 1, Change: -0.25, Limits: metric.Limits{Lo: &lo, Hi: &hi}, Teams: 40, Compared: 9},
		},
		Looks: 3, Breakdown: metric.Of(0.6),
	}
}

// conceptSite is the site of the concept's figures, with every page held to the
// rules of all pages.
func conceptSite(t *testing.T) map[string]string {
	t.Helper()
	r, c, ev := concept(t, conceptContent(t))
	site := tree(t, options, r, c, ev)
	checkTree(t, site)
	return site
}

func TestFeaturePageAnswersWhatAndWhy(t *testing.T) {
	site := conceptSite(t)
	says(t, "buildpacks", site["features/buildpacks/index.html"],
		"Buildpacks: lead time 25 % shorter for its teams", "Recommended: make default for all new services", "not decided", "Record a decision", "ip3dp new decision 2024-11-11-buildpacks",
		"83 %", "✓ high", "50 of 60 teams", "−25 %", "✓ improved", "likely −35 to −13 %", "72 %", "✓ satisfied", "positive, likely 61–81 %, 54 of 75 answers of 20 teams",
		"1 Are its users satisfied?", "at least 60 % Yes, beyond doubt yes, taken 2 Did delivery improve?", "high until it is under 60 % for four weeks", "no, not taken Invest: expand adoption",
		"15 teams stop using it (58 %: adoption under 60 % for four weeks) → invest: expand adoption",
		"Fewer than 60 % of its users are satisfied → investigate",
		"Change lead time fell about 25 % (likely −35 to −13 %): 45 teams that began to use it",
		"Holds unless later drift exceeded 0.6 × the worst before", "This is look 3", "A made-up earlier date shows an effect, too", "Looked at",
		"72 % of the 75 users who answered are positive (likely 61–81 %), October 2024.", "Positive 54", "Negative 21",
		"My build is slow 12 of 48 tickets, likely 15–39 % ▲ rising 25 %",
		"Deploy changes quickly", "70 % adoption", "Buildpack layer caching: 2 weeks", "40 minutes → 8 minutes",
		"!p = 0.04", "!accepted")
	says(t, "charts", site["features/custom-helm-charts/index.html"],
		"Custom Helm Charts: 7 of 60 teams use it, 28 % of answers are positive", "Decided: deprecate in favour of Buildpacks · accepted by the product manager on 5 Nov 2024: “seven teams, successor ready” · 7 teams to move by 30 Jun 2025", "✓ Decided 5 Nov 2024 Deprecate in favour of Buildpacks Accepted by the product manager on 5 Nov 2024, until 30 Jun 2025: “seven teams, successor ready”", "cannot tell, not needed",
		"Holds whatever its effect on delivery turns out to be.", "⚠ low", "✗ not satisfied", "“too complex” 10", "Buildpacks named as its successor",
		"11 teams start using it (30 %: adoption of at least 30 % for four weeks)", "under 20 % it became low, until it is at least 30 % for four weeks",
		"Looked at again on 18 Nov 2024.", "!record a decision")
	says(t, "gitops", site["features/gitops/index.html"],
		"Too early: first possible on 27 Jan 2025", "Nothing counts against it before 12 weeks since general availability (4 Nov 2024): possible from 27 Jan 2025.", "earliest answer 2 Dec 2024", "Can’t tell yet, earliest answer 2 Dec 2024",
		"Still possible:", "Yes → ", "!Did delivery get worse?",
		"When is there an answer? If no further team begins, a change of lead time by 20 % would be found in four of five cases from 11 Feb 2025 on; at the next look, 2 Dec 2024, in 40 % of cases.",
		"only a change beyond 20 % would have shown four times in five")
	says(t, "grafana", site["features/grafana-dashboards/index.html"],
		"default, so no evidence", "earlier, “make default” was accepted by the product manager on 8 Jul 2024", "Did its outcome improve?", "!Is adoption high?")
	says(t, "vault", site["features/vault/index.html"], "Nothing says who uses it", "Its users were not asked yet.", "It takes at least 8 teams")
}

func TestEffectInWords(t *testing.T) {
	for v, want := range map[impact.Verdict]string{
		impact.Improved:           "Change lead time fell about 25 % (likely −35 to −13 %): 45 teams that began to use it",
		impact.NoMeaningfulEffect: "Change lead time is about the same (likely −35 to −13 %): 45 teams",
		impact.CannotAttribute:    "but the comparison fails a check",
		impact.Insufficient:       "only a change beyond 20 % would have shown four times in five",
	} {
		e := effectOf("x", v, -0.35, -0.25, -0.13)
		if got := strings.Join(strings.Fields(effectWords(&e)), " "); !strings.Contains(got, want) || strings.Contains(got, "needed") {
			t.Errorf("%s: %q does not say %q", v, got, want)
		}
	}
	few := effectOf("x", impact.Insufficient, -0.1, 0.2, 0.4)
	few.PostPeriods = 1
	if got := effectWords(&few); !strings.HasSuffix(got, " At least 2 periods after are needed.") {
		t.Errorf("too little: %q", got)
	}
}

func BenchmarkFeaturePage(b *testing.B) {
	r, c, ev := concept(b, conceptContent(b))
	pages, err := Site(options, r, c, ev)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range pages {
		if p.Path != featurePath("buildpacks") && p.Path != featuresPath && p.Path != decisionsPath {
			continue
		}
		b.Run(p.Path, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Write(io.Discard); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func TestFeatureListAndDecisions(t *testing.T) {
	site := conceptSite(t)
	says(t, "features", site["features/index.html"],
		"Quantify impact, not just activity.", "and not retired are in use: at least 20 % of those who could use them",
		"Waits for a decision", "12 % ⚠ low", "7 of 60 teams", "Launch watch", "due 2 Dec 2024", "as predicted")
	says(t, "decisions", site["decisions/index.html"],
		"2 recommendations beyond doubt", "is not decided",
		"Custom Helm Charts: The product manager accepted: deprecate until 30 Jun 2025", "Vault: The head of platform rejected: pivot or sunset",
		"Changed since people decided", "We need a feature flag service", "2 days", "no: we help to sunset the two apps")
	for _, row := range find(t, site["decisions/index.html"], "time", "") {
		if attribute(row, "datetime") == "" {
			t.Error("a date without its machine-readable form")
		}
	}
}

// A deprecation that nobody decided is a recommendation, on every page.
func TestNothingIsAnnouncedThatNobodyDecided(t *testing.T) {
	c := conceptContent(t)
	c.Decisions = slices.DeleteFunc(c.Decisions, func(d fact.Decision) bool { return d.Feature == "custom-helm-charts" })
	late := fact.Decision{Feature: "custom-helm-charts", Recommended: "deprecate", Decision: "accept", On: exampleDay.AddDate(0, 0, 9), Reason: "too early to tell"}
	draft := fact.Decision{Feature: "custom-helm-charts", Recommended: "deprecate", Decision: "accept", On: exampleDay.AddDate(0, 0, -9), Reason: "too early to tell"}
	late.ID, draft.ID, draft.Draft = "late", "draft", true
	c.Decisions = append(c.Decisions, late, draft)
	r, c, ev := concept(t, c)
	site := tree(t, options, r, c, ev)
	says(t, "charts", site["features/custom-helm-charts/index.html"], "Recommended: deprecate in favour of Buildpacks", "not decided", "!accepted", "!too early to tell")
	says(t, "decisions", site["decisions/index.html"], "!too early to tell")
	for at, page := range site {
		if strings.Contains(page, "will be deprecated") || strings.Contains(page, "is deprecated") {
			t.Errorf("%s announces a deprecation", at)
		}
	}
	if strings.Contains(site[feedPath], "accepted: deprecate") {
		t.Error("the feed announces what nobody decided")
	}
}

func TestVerdictsInWords(t *testing.T) {
	s, err := newSite(options, compute.Report{}, fact.Content{}, nil)
	if err != nil {
		t.Fatal(err)
	}
	r := decision.Recommendation{Title: "X", SuccessorTitle: "Y"}
	for v, want := range map[decision.Verdict][2]string{
		decision.MakeDefault:      {"Make X the default for new services", "make default for all new services"},
		decision.Deprecate:        {"Deprecate X in favour of Y", "deprecate in favour of Y"},
		decision.Pivot:            {"Pivot or sunset X", "pivot or sunset"},
		decision.Invest:           {"Invest in X: expand adoption", "invest: expand adoption"},
		decision.DoubleDown:       {"Double down on X", "double down"},
		decision.Investigate:      {"Find out: is X the wrong solution, or does something keep people from it?", "investigate: is X the wrong solution, or does something keep people from it?"},
		decision.InsufficientData: {"Find out: what does X do for its users?", "what does X do for its users?"},
	} {
		r.Verdict = v
		if got := [2]string{s.adviceTitle(&r), s.adviceShort(&r)}; got != want {
			t.Errorf("%s: got %q, want %q", v, got, want)
		}
	}
	r.Verdict = decision.InsufficientData
	r.Settle = []decision.Key{decision.Improved, decision.Satisfied}
	if got := s.treeWords(&r).FindOut(&r); got != "are users of X satisfied?" {
		t.Errorf("what to find out first: %q", got)
	}
	r.Contradiction = true
	if got := s.treeWords(&r).FindOut(&r); got != "why do the figures of X contradict each other?" {
		t.Errorf("a contradiction: %q", got)
	}
}

func TestFeaturesWithoutAnything(t *testing.T) {
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
	site := tree(t, options, r, c, ev)
	says(t, "features", site["features/index.html"], "No feature is shipped yet.", "ip3dp new feature NAME", "!Launch watch")
	says(t, "decisions", site["decisions/index.html"], "Nothing to recommend yet", "ip3dp new decision DATE-FEATURE", "No request is written down yet")
}

func TestDraftFeatureIsShownAsOne(t *testing.T) {
	c := conceptContent(t)
	c.Features[0].Draft = true
	r, c, ev := concept(t, c)
	site := tree(t, options, r, c, ev)
	checkTree(t, site)
	says(t, "features", site["features/index.html"], "draft: not counted")
	says(t, "draft", site[featurePath(c.Features[0].ID)], "A draft: it does not count yet.", "!Are its users satisfied?")
}
