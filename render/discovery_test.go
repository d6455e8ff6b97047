package render

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/support"
)

// The example's discovery page has what the concept says, in its words.
func TestDiscoveryOfTheExample(t *testing.T) {
	site := example(t)
	page := textOf(t, site["discovery/index.html"])
	if i := strings.Index(page, goalOfDiscovery); i < 0 || i > len("Discovery ") {
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
		"“Merge, and it is live”", "14 Nov 2024 : Thursdays, 14:00 UTC, in the platform channel",
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

func TestTicketThemes(t *testing.T) {
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
	r.Support = support.Result{Tickets: 48, Unmatched: 20, Themes: []support.Theme{
		{ID: "rare", Title: "Rare", N: 1, Share: 0.02, Range: metric.Range{Hi: 0.11}},
		{ID: "never", Title: "Never asked"},
		{ID: "deploy", Title: "How do I deploy?", N: 19, Share: 0.4, Range: metric.Range{Lo: 0.27, Hi: 0.54}, Before: 8, Rising: true, Hint: "docs"},
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
		"“ How do I deploy? ” rising 19 tickets 40 % likely 27–54 % 8 docs", "42 % (20) match no theme: the themes cover too little.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	if strings.Contains(page, "Never asked") || strings.Index(page, "Rare") < strings.Index(page, "How do I deploy?") {
		t.Error("themes are not in the order of their tickets, or one without any is listed")
	}
}
