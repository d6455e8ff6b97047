package render

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/discovery"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
)

// The example's discovery page has what the concept has, in its words.
func TestDiscoveryOfTheExample(t *testing.T) {
	site := example(t)
	page := textOf(t, site["discovery/index.html"])
	if !strings.HasPrefix(page, goalOfDiscovery) {
		t.Errorf("the first sentence is not the goal: %.80q", page)
	}
	for _, want := range []string{
		"40 % of tickets: \"How do I deploy to production?\" Hint docs/onboarding problem",
		"60 % of pipelines copy-pasted from \"blessed-pipeline\" repo Hint make template",
		"“ I need a Kubernetes dashboard ” UI to see pods Monitor application health Grafana dashboard showing SLIs, not low-level K8s resources",
		"“We need a feature flag service” 18 Sep 2024 · 1 team Why do you need feature flags? “To deploy without breaking production” What breaks today when you deploy?",
		"Real problem Deployment is too slow and risky, so teams batch changes and deploy infrequently. Solution Not feature flags",
		"✓ goal: at least 10, met", "✓ goal: at least 20 %, met",
		"Teams never spoken to 39 of 60 teams", "Initiatives nobody asked for Custom Backstage theme",
		"What did not work: secrets", "6 talks named no problem", "nobody works on it",
		"GitOps rollout active 10 Jun 2024 91 days 147 days",
		"“Merge, and it is live”", "Next office hours: 14 Nov 2024 Thursdays, 14:00 UTC, in the platform channel",
		"Nobody works on 2 ticket themes; no ticket about that is counted now",
		"No talk is recorded with 39 of 60 teams", "Both goals are met", "“My build is slow” 0 tickets", "conversation, 3 teams",
		"no tickets were collected yet",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	for _, never := range []string{"Abuse prevention", "checkout", "partner-api"} { // teams are counted
		if strings.Contains(page, never) {
			t.Errorf("the page names the team %q", never)
		}
	}
	footer := find(t, site["index.html"], "footer", "")
	if len(footer) != 1 || !strings.Contains(plainSpaces(site["index.html"]), `<time datetime="2024-11-14">14 Nov 2024</time>`) {
		t.Error("the footer does not tell of the next office hours")
	}
	home := textOf(t, site["index.html"])
	for _, want := range []string{
		"not this quarter slow deployment is the real problem", "Kubernetes dashboard asked 4 Mar 2024 built Grafana dashboard for every service",
		"Faster builds asked 15 Jan 2024 built 40 to 8 min · answer after 2 days", "13 talks in 12 weeks gives problems", "4 ranked, 2 refused gives roadmap", "1 alpha, 1 GA gives features",
	} {
		if !strings.Contains(home, want) {
			t.Errorf("the first page does not say %q", want)
		}
	}
}

// Every piece of research has its place on the page, but for drafts.
func TestResearchHasAnchors(t *testing.T) {
	day := time.Date(2024, 10, 1, 0, 0, 0, 0, time.UTC)
	var c fact.Content
	for _, kind := range []string{fact.Interview, fact.Shadowing, fact.Job, fact.Insight, fact.OfficeHours, fact.Retrospective, fact.Conversation} {
		c.Research = append(c.Research, fact.Research{
			Item: fact.Item{ID: kind + "-1", Title: "About " + kind, Body: "# Heading\n\n<script>1</script>"}, Kind: kind, Date: day,
			Request: "a request", Job: "a job", Finding: "a finding",
		})
	}
	c.Research = append(c.Research, fact.Research{Item: fact.Item{ID: "draft", Title: "Unfinished", Draft: true}, Kind: fact.Insight, Finding: "draft"})
	site := siteOf(t, c)
	checkTree(t, site)
	d := parse(t, "discovery/index.html", site["discovery/index.html"])
	for i := range c.Research {
		if id := c.Research[i].ID; d.ids[researchAnchor(id)] != !c.Research[i].Draft {
			t.Errorf("%s: anchor is %v", id, d.ids[researchAnchor(id)])
		}
	}
}

// The index holds what the site has pages for; each entry leads somewhere.
func TestSearchIndex(t *testing.T) {
	site := example(t)
	var list []finding
	if err := json.Unmarshal([]byte(site["search.json"]), &list); err != nil {
		t.Fatal(err)
	}
	parsed := map[string]*document{}
	for _, f := range list {
		at, fragment, _ := strings.Cut(f.Path, "#")
		if parsed[at] == nil {
			parsed[at] = parse(t, at, site[at])
		}
		if _, ok := site[at]; !ok || fragment != "" && !parsed[at].ids[fragment] {
			t.Errorf("%s %q leads to nothing: %s", f.Kind, f.Title, f.Path)
		}
	}
	for _, want := range []finding{
		{Kind: "Page", Title: "Discovery", Path: "discovery/index.html"},
		{Kind: "Feature", Title: "Custom Helm Charts", Path: "features/custom-helm-charts/index.html"},
		{Kind: "Initiative", Title: "Auto-deploy on merge", Path: "initiatives/auto-deploy-on-merge/index.html"},
		{Kind: "Team", Title: "Checkout", Path: "teams/checkout/index.html"},
		{Kind: "Case", Title: "The Faster Builds Problem", Path: "cases/faster-builds/index.html"},
		{Kind: "Research", Title: "Deploying on Fridays", Path: "discovery/index.html#research-interview-checkout"},
	} {
		if !slices.ContainsFunc(list, func(f finding) bool { return f.Kind == want.Kind && f.Title == want.Title && f.Path == want.Path }) {
			t.Errorf("no %+v", want)
		}
	}
}

// The headline names the largest pains without work: by tickets, then by teams. A theme without
// a ticket is no pain of now.
func TestHeadlineOfDiscovery(t *testing.T) {
	theme := func(id string, tickets int, work ...discovery.Work) discovery.Pain {
		return discovery.Pain{Kind: discovery.PainTheme, ID: id, Title: "Theme " + id, Tickets: tickets, Work: work}
	}
	said := discovery.Pain{Kind: fact.Interview, ID: "i", Title: "Said", Text: "A pain that teams name. ", Teams: 4}
	work := discovery.Work{ID: "w", Title: "Some work"}
	job := discovery.PainRef{Kind: fact.Job, ID: "j", Title: "A job"}
	for _, test := range []struct {
		name        string
		pains       []discovery.Pain
		open        []discovery.PainRef
		want, sizes string
	}{
		{"no research", nil, nil, "Nothing was asked yet", ""},
		{"all answered", []discovery.Pain{theme("a", 9, work)}, nil, "Every pain that is written down has an answer", "The most frequent theme of tickets, “Theme a” (9 of 20), has an initiative: Some work."},
		{"a job", []discovery.Pain{theme("a", 9, work)}, []discovery.PainRef{job}, "Every pain has an answer; nobody works on the job “A job”", ""},
		{"no ticket now", []discovery.Pain{theme("a", 0)}, nil, "Nobody works on 1 ticket theme; no ticket about that is counted now", ""},
		{"one", []discovery.Pain{said}, nil, "Nobody works on one pain: “A pain that teams name”", "4 teams said so."},
		{"the same size", []discovery.Pain{theme("a", 3), theme("b", 3), theme("c", 7, work)}, nil, "Nobody works on two pains: “Theme a” and “Theme b”", "3 tickets in the last four weeks each. The most frequent theme of tickets, “Theme c” (7 of 20), has an initiative: Some work."},
		{"the largest of three", []discovery.Pain{said, theme("a", 3), theme("b", 5)}, []discovery.PainRef{job}, "Nobody works on 3 pains; the largest are “Theme b” and “Theme a”", "5 tickets in the last four weeks and 3 tickets in the last four weeks."},
	} {
		t.Run(test.name, func(t *testing.T) {
			r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
			r.Support.Tickets = 20
			d := &r.Discovery
			d.Debt.NotWorked = test.open
			for _, p := range test.pains {
				if len(p.Work) == 0 {
					d.Debt.NotWorked = append(d.Debt.NotWorked, discovery.PainRef{Kind: p.Kind, ID: p.ID, Title: p.Title, Tickets: p.Tickets})
				}
			}
			if test.pains != nil {
				d.Tree = []discovery.Opportunity{{Pains: test.pains}}
				d.Insights = []discovery.Insight{{ID: "x"}}
			}
			page := plainSpaces(textOf(t, tree(t, options, r, c, ev)["discovery/index.html"]))
			if !strings.Contains(page, test.want) || !strings.Contains(page, test.sizes) {
				t.Errorf("no %q with %q in %.600s", test.want, test.sizes, page)
			}
		})
	}
}

// A long name in a headline is cut at a word.
func TestQuoteShort(t *testing.T) {
	for in, want := range map[string]string{
		"Short. ": "“Short”",
		"Running services keep the old secret after a rotation and fail until someone restarts them.": "“Running services keep the old secret after a rotation and…”",
		strings.Repeat("x", 70): "“" + strings.Repeat("x", 60) + "…”",
	} {
		t.Run(in, func(t *testing.T) {
			if got := quoteShort(in); got != want {
				t.Errorf("%q: got %q, want %q", in, got, want)
			}
		})
	}
}

// A long tree keeps the pains that nobody works on in view and folds the others.
func TestLongOpportunityTree(t *testing.T) {
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
	o := discovery.Opportunity{ID: "j", Job: "A job"}
	for i := range 30 {
		o.Pains = append(o.Pains, discovery.Pain{
			Kind: fact.Conversation, ID: fmt.Sprint(i), Text: fmt.Sprintf("pain %d of many", i), Teams: 200,
			Work: []discovery.Work{{ID: fmt.Sprint(i), Title: fmt.Sprintf("work %d", i), Status: fact.Active}},
		})
	}
	for i := range 12 {
		p := discovery.Pain{Kind: fact.Interview, ID: fmt.Sprintf("o%d", i), Title: "open", Text: fmt.Sprintf("open pain %d", i), Teams: i}
		o.Pains = append(o.Pains, p)
		r.Discovery.Debt.NotWorked = append(r.Discovery.Debt.NotWorked, discovery.PainRef{Kind: p.Kind, ID: p.ID, Title: p.Title})
	}
	r.Discovery.Tree, r.Discovery.Insights = []discovery.Opportunity{o}, []discovery.Insight{{ID: "x"}}
	page := tree(t, options, r, c, ev)["discovery/index.html"]
	for i := range 30 {
		if n := strings.Count(page, fmt.Sprintf("pain %d of many", i)); n != 1 {
			t.Errorf("pain %d is %d times on the page", i, n)
		}
	}
	says(t, "discovery", page, "28 more groups of pains", "24 more groups of pains", "10 more pains", "nobody works on it")
	if row := find(t, page, "div", "none"); len(row) != 1 || len(within(row[0], "ul", "")) != 2 {
		t.Errorf("%d rows of pains that nobody works on", len(row))
	}
}

func TestTicketThemes(t *testing.T) {
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
	r.Support = support.Result{Tickets: 48, Unmatched: 20, UnmatchedRange: &metric.Range{Lo: 0.29, Hi: 0.56}, Undated: 2, Duplicates: 3, Suggestions: []support.Suggestion{{Word: "quota", Tickets: 12}}, Themes: []support.Theme{
		{ID: "rare", Title: "Rare", N: 1, Share: 0.02, Range: metric.Range{Hi: 0.11}},
		{ID: "never", Title: "Never asked"},
		{ID: "deploy", Title: "How do I deploy?", N: 19, Share: 0.4, Range: metric.Range{Lo: 0.27, Hi: 0.54}, Before: 8, Rising: true, Hint: "docs", Changes: []support.Change{
			{Title: "Old page", On: exampleDay.AddDate(-1, 0, 0), State: support.CannotTell, Why: "too few"},
			{
				Title: "New page", On: exampleDay.AddDate(0, -6, 0), State: support.Fewer, PerDeveloper: true, Before: 130, After: 39, WeeksBefore: 52, WeeksAfter: 26,
				Ratio: &metric.Figure{Value: metric.Of(0.6), Lo: metric.Of(0.45), Hi: metric.Of(0.8)},
			},
		}},
	}}
	for i := range r.Sections {
		if r.Sections[i].Family == "support" {
			for k := range r.Sections[i].Metrics {
				r.Sections[i].Metrics[k].Why = ""
			}
		}
	}
	page := textOf(t, tree(t, options, r, c, ev)["discovery/index.html"])
	for _, want := range []string{
		"“How do I deploy?” is rising", "“ How do I deploy? ” ▲ rising docs 8 → tickets three months ago, now 19 40 % of tickets, likely 27–54 %",
		"42 % (20, likely 29–56 %) match no theme.", "without a theme: quota (12) . Next: a match in tickets/themes.toml",
		"After “New page” (11 May 2024): tickets per active developer −40 % (likely −55 % to −20 %); 130 tickets in 52 weeks before, 39 in 26 after.",
		"2 closed without a date: not open, and in no resolution time, 3 closed as duplicates: not counted",
		"The themes cover too little.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "Never asked") || strings.Contains(page, "Old page") || strings.Index(page, "Rare") < strings.Index(page, "How do I deploy?") {
		t.Error("themes are not in the order of their tickets, or one without any is listed")
	}
}
