package render

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/rice"
	"golang.org/x/net/html"
)

var exampleDay = time.Date(2024, 11, 11, 0, 0, 0, 0, time.UTC)

// example is the site of the example platform's content, with the figures given.
func example(t *testing.T, figures ...fact.Measure) map[string]string {
	t.Helper()
	c, problems := content.Read(os.DirFS("../site"))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	return siteOf(t, c, figures...)
}

func siteOf(t *testing.T, c fact.Content, figures ...fact.Measure) map[string]string {
	t.Helper()
	r, c, ev := measure(t, c, fact.Events{Measures: figures}, exampleDay)
	return tree(t, options, r, c, ev)
}

// find returns the elements with that name and, if it is not "", class.
func find(t *testing.T, page, name, class string) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	return within(root, name, class)
}

func within(root *html.Node, name, class string) []*html.Node {
	var out []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && n.Data == name && (class == "" || slices.Contains(strings.Fields(attribute(n, "class")), class)) {
			out = append(out, n)
		}
	}
	return out
}

func attribute(n *html.Node, key string) string {
	for _, a := range n.Attr {
		if a.Key == key {
			return a.Val
		}
	}
	return ""
}

// text is what a reader sees of a node, with single spaces and spaces between
// blocks.
func text(n *html.Node) string {
	inline := []string{"a", "b", "bdi", "code", "data", "q", "span"}
	var b strings.Builder
	for c := range n.Descendants() {
		switch {
		case c.Type == html.TextNode:
			b.WriteString(c.Data)
		case !slices.Contains(inline, c.Data):
			b.WriteByte(' ')
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// says fails if a page's text has not all of the words, or has one it must not.
func says(t *testing.T, at, page string, words ...string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	seen := text(root)
	for _, w := range words {
		if not, ok := strings.CutPrefix(w, "!"); ok {
			if strings.Contains(seen, not) {
				t.Errorf("%s says %q", at, not)
			}
		} else if !strings.Contains(seen, w) {
			t.Errorf("%s does not say %q", at, w)
		}
	}
}

func TestExamplePagesKeepTheRules(t *testing.T) { checkTree(t, example(t)) }

func TestPlanPagesHaveTheirHeadingsInOrder(t *testing.T) {
	for at, page := range example(t) {
		if first, _, _ := strings.Cut(at, "/"); !slices.Contains([]string{"roadmap", "initiatives", "cases", "pages", "how-we-work"}, first) {
			continue
		}
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		level := 0
		for n := range root.Descendants() {
			if n.Type != html.ElementNode || len(n.Data) != 2 || n.Data[0] != 'h' || n.Data[1] < '1' || n.Data[1] > '6' {
				continue
			}
			now := int(n.Data[1] - '0')
			if now > level+1 {
				t.Errorf("%s: %q is an h%d after an h%d", at, text(n), now, level)
			}
			level = now
		}
	}
}

func TestRoadmapHasThePublishedOrder(t *testing.T) {
	page := example(t)["roadmap/index.html"]
	table := find(t, page, "table", "rice")
	if len(table) != 1 {
		t.Fatalf("%d score tables", len(table))
	}
	var got []string
	for _, row := range within(within(table[0], "tbody", "")[0], "tr", "") {
		data := within(row, "data", "")[0]
		line := attribute(row, "id") + " " + text(data) + " " + attribute(data, "value") + " " + text(within(row, "th", "place")[0])
		for _, tie := range within(row, "td", "br") {
			line += " | " + attribute(tie, "rowspan") + " " + text(tie)
		}
		got = append(got, line)
	}
	want := []string{ // where a place is not that of the score, the row names it
		"rice-auto-deploy-on-merge 180 180 1 2nd by score | 2 Tie, 44 : 56 too close to call", "rice-custom-backstage-theme 200 200 2 1st by score",
		"rice-vault-auto-rotation 26 26.25 3 | 2 Tie, 53 : 47 too close to call", "rice-ai-code-assistant 25 25 4",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if sub := find(t, page, "p", "sub"); !strings.HasPrefix(text(sub[0]), goalOfPrioritisation) {
		t.Errorf("the first sentence is %q", text(sub[0]))
	}
	says(t, "roadmap", page,
		"First comes Auto-deploy on merge: highest impact, reasonable effort.",
		"What comes first: both pairs are ties, so people decide", "reach 200 × impact 3 × confidence 90 % ÷ effort 3 weeks", "÷ effort 1 week:",
		"Override of the product manager, 7 Oct 2024: highest impact, reasonable effort", "A tie-break",
		"A close call: 44 % against Custom Backstage theme.", "Close call 44 % against Custom Backstage theme (would tie with a score 11 % higher)", "likely by score: 2nd (56 %) or 1st (43 %)",
		"find out more about impact (43 % of the doubt) and effort (43 % of the doubt)", "80 % of 250 developers are in teams that deploy daily",
		"very high 4, high 3, medium 2, low 1", "high 90 %, medium 70 %, low 50 %", "Effort is in weeks",
		"GitOps rollout reached general availability on 4 November; next is Vault auto-rotation, beta on 22 November.",
		"Behind their dates: Data Analysis by 13 days, NPS Survey Monthly by 10 days.", "!add [rice]",
	)
}

func TestRefusalsAndPredictionsStayPublic(t *testing.T) {
	page := example(t)["roadmap/index.html"]
	says(t, "roadmap", page,
		"Because: Low confidence it solves real problem.", "Instead: Canary deployments, automated rollback.", "Looked at again on 6 Jan 2025",
		"Because: Reach is 2 legacy apps, sunset them instead.", "no day set", "No day is set to look again",
		"GitOps rollout active, not estimated",
		"2 weeks ✓ within the predicted range", "3 weeks ▲ longer than predicted", "not over yet",
		"How good predictions are is judged once five are over; 2 are so far, and only listed.",
		"40 minutes → 8 minutes", "−80 % measured, lower is better",
	)
}

func TestGanttHoldsThePlan(t *testing.T) {
	site := example(t)
	rows, err := csv.NewReader(strings.NewReader(site["data/roadmap.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, r := range rows[1:] {
		got = append(got, strings.Join([]string{r[1], r[0], r[2], r[6]}, "|"))
	}
	want := []string{
		"Discovery|Developer Interviews|done|", "Discovery|Survey Deployment|done|", "Discovery|Data Analysis|active|13\u00a0days late",
		"Delivery|GitOps rollout Prototype|done|", "Delivery|GitOps rollout Alpha|done|", "Delivery|GitOps rollout Beta|done|",
		"Delivery|GitOps Auto-Deploy Alpha|active|", "Delivery|GitOps rollout GA|active|no end set",
		"Delivery|Vault Auto-Rotation Beta|planned|", "Delivery|Backstage Templates GA|planned|",
		"Measurement|DORA Metrics Dashboard|done|early", "Measurement|NPS Survey Monthly|planned|10\u00a0days late to start",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q\nwant %q", got, want)
	}
	for _, link := range []string{"../initiatives/gitops-rollout/index.html", "../initiatives/vault-auto-rotation/index.html"} {
		if gantt := find(t, site["roadmap/index.html"], "table", "gantt"); !slices.ContainsFunc(within(gantt[0], "a", ""), func(a *html.Node) bool { return attribute(a, "href") == link }) {
			t.Errorf("no row leads to %s", link)
		}
	}
}

func TestRiceCSV(t *testing.T) {
	rows, err := csv.NewReader(strings.NewReader(example(t)["data/rice.csv"])).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	cell := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	got := []string{
		cell(1, "id"), cell(1, "published_rank"), cell(1, "computed_rank"), cell(1, "score"), cell(1, "effort_low"), cell(1, "close_calls"),
		cell(1, "override_reason"), cell(1, "override_on"), cell(1, "override_is_tie_break"), cell(3, "score"), cell(3, "override_reason"),
	}
	want := []string{"auto-deploy-on-merge", "1", "2", "180", "2", "custom-backstage-theme", "highest impact, reasonable effort", "2024-10-07", "true", "26.25", ""}
	if len(rows) != 5 || !slices.Equal(got, want) {
		t.Errorf("%d rows, got %q, want %q", len(rows), got, want)
	}
}

func TestInitiativeTellsItsPhases(t *testing.T) {
	week := func(day int, value float64) fact.Measure {
		return fact.Measure{ID: "gitops_uptime", At: time.Date(2024, 10, day, 12, 0, 0, 0, time.UTC), Value: value}
	}
	figures := []fact.Measure{week(14, 99.1), week(21, 99.2), week(28, 98.4)}
	page := example(t, figures...)["initiatives/gitops-rollout/index.html"]
	says(t, "gitops-rollout", page,
		"Active, now in GA for all teams; without a score.", "owner delivery-experience", "9–22 Sep 2024 · for 2 teams", "Does this solve your problem?",
		"Can deploy via Git commit (manual sync) met on 20 Sep 2024",
		"Uptime of GitOps sync at least 80 % met in the week of 14 Oct 2024, measured: 98.4 % in the week of 28 Oct 2024",
		"Uptime of GitOps sync at least 99.5 % not met, measured: 98.4 %",
		"Time to bring a service onto GitOps under 5 minutes not measured yet", "Default for new services not met yet",
		"What did not nobody knew when the sync had run", "No score",
	)
	if got := ticked(t, page); got != "Discovered Validated Measured Iterated" {
		t.Errorf("ticks with measures: %s", got)
	}
	if got := ticked(t, example(t)["initiatives/gitops-rollout/index.html"]); got != "Discovered Validated Iterated" {
		t.Errorf("ticks without measures: %s", got)
	}
}

// ticked names the ticks of an initiative's page that are set.
func ticked(t *testing.T, page string) string {
	t.Helper()
	var done []string
	for _, li := range within(find(t, page, "ul", "ticks")[0], "li", "done") {
		done = append(done, strings.Fields(text(li))[1])
	}
	return strings.Join(done, " ")
}

func TestInitiativesSayWhereTheyStand(t *testing.T) {
	site := example(t)
	for id, words := range map[string][]string{
		"auto-deploy-on-merge":    {"1st of 4 on the roadmap, now in Alpha for 15 developers; 2nd by score, a close call.", "Because", "no reason recorded", "A merge reaches production without a manual step not met yet"},
		"feature-flags":           {"We won’t build this: low confidence it solves real problem.", "Instead: Canary deployments", "\"We won't build feature flags this quarter.\""},
		"buildpack-layer-caching": {"Done: it took 2 weeks, 2 weeks were predicted.", "Score: 225", "general availability after 98 days", "83–188 assumed", "!To be surer"},
		"custom-backstage-theme":  {"2nd of 4 on the roadmap; 1st by score, a close call.", "a theme is a style sheet: nothing can go wrong"},
	} {
		t.Run(id, func(t *testing.T) {
			says(t, id, site["initiatives/"+id+"/index.html"], words...)
		})
	}
	if !strings.Contains(site["initiatives/auto-deploy-on-merge/index.html"], `href="../../discovery/index.html#research-feature-flags"`) {
		t.Error("no link to the research behind auto-deploy-on-merge")
	}
}

func TestCasesToldTheTeamsWordAsTheTeamsWord(t *testing.T) {
	site := example(t)
	page := site["cases/faster-builds/index.html"]
	says(t, "faster-builds", page,
		"Our builds are too slow, need faster build servers", "Provision larger Jenkins agents", "70 % of build time is npm install", "RICE score 225",
		"4 very high", "5 teams, validate caching works", "USD 50,000 a year saved (estimated: larger build agents that were not bought)",
		"Deployment frequency ↑3x reported by the team, not measured here", "Solved with caching, not more powerful servers", "−80 % measured",
	)
	// What was only reported stands in quotations, and nowhere else.
	for _, q := range append(find(t, page, "blockquote", ""), find(t, page, "q", "")...) {
		page = strings.ReplaceAll(page, strings.TrimSpace(text(q)), "")
	}
	says(t, "faster-builds without quotations", page, "!3x")
	if n := len(find(t, site["cases/faster-builds/index.html"], "figure", "")); n != 1 {
		t.Errorf("%d figures, want the one with a before and an after", n)
	}
	says(t, "kubernetes-dashboard", site["cases/kubernetes-dashboard/index.html"], "RICE score 210", "30 calls → 5 calls", "−83 % measured", "+15 points measured, higher is better")
	says(t, "cases", site["cases/index.html"], "The Faster Builds Problem", "40 minutes → 8 minutes", "!3x")
}

func TestOwnPagesStandInTheMenuInTheirOrder(t *testing.T) {
	site := example(t)
	var got []string
	for _, a := range within(within(find(t, site["index.html"], "nav", "nav")[0], "details", "")[0], "a", "") {
		got = append(got, text(a))
	}
	want := []string{"What changed", "Review", "Decisions", "Cases", "How we work", "Why this process", "Principles", "The loop: four phases", "What it gives, what it costs", "What the arrows say", "Related reading"}
	if len(got) < len(want) || !slices.Equal(got[:len(want)], want) {
		t.Errorf("got %q, want %q first", got, want)
	}
	says(t, "trade-offs", site["pages/trade-offs/index.html"], "Spending 20 % time on discovery prevents 80 % waste on wrong features.", "Transparent prioritization (RICE scores public)")
	says(t, "principles", site["pages/principles/index.html"], "Treat developers like customers. Listen, validate, measure, iterate.")
	loop := site["pages/the-loop/index.html"]
	for _, link := range []string{"../../initiatives/feature-flags/index.html", "../../discovery/index.html#research-shadowing-media"} {
		if !strings.Contains(loop, `href="`+link+`"`) {
			t.Errorf("the-loop has no link to %s", link)
		}
	}
	says(t, "how-we-work", site["how-we-work/index.html"], "Goal: Quantify impact, not just activity.", "Principles Always in discovery")
}

func TestPlanWithoutContentSaysHowToBegin(t *testing.T) {
	site := siteOf(t, fact.Content{})
	says(t, "roadmap", site["roadmap/index.html"], "Nothing is planned yet", "ip3dp new initiative NAME", "Reach × impact × confidence ÷ effort", "!NaN")
	says(t, "cases", site["cases/index.html"], "No case is written yet", "ip3dp new case NAME")
	says(t, "how-we-work", site["how-we-work/index.html"], "Goal: Ship iteratively, get feedback fast, pivot if needed.", "No page of your own yet")
	checkTree(t, site)

	idea := fact.Content{Initiatives: []fact.Initiative{{Item: fact.Item{ID: "idea", Title: "Idea"}, Status: fact.Idea}}}
	says(t, "roadmap with an idea", siteOf(t, idea)["roadmap/index.html"],
		"No initiative has a date yet.", "Nothing has a score yet", "Idea idea, not estimated", "Nothing was refused yet", "No prediction is recorded yet", "!ip3dp new")
}

func TestDraftsCountNowhere(t *testing.T) {
	reach, effort := 10.0, 1.0
	site := siteOf(t, fact.Content{
		Initiatives: []fact.Initiative{{
			Item: fact.Item{ID: "sample", Title: "Sample", Draft: true}, Status: fact.Active,
			Rice:   &fact.RICE{Reach: &reach, Impact: &fact.Level{Word: "high"}, Confidence: &fact.Level{Number: 80}, Effort: &effort},
			Phases: []fact.Phase{{Name: "alpha", Start: exampleDay, Weeks: 1, Criteria: []fact.Criterion{{Text: "works"}}}},
		}},
		Pages: []fact.Page{{Item: fact.Item{ID: "p", Title: "Unfinished", Draft: true}}},
	})
	says(t, "roadmap", site["roadmap/index.html"], "0 ranked", "1 draft left out", "No dates yet", "!Sample")
	says(t, "sample", site["initiatives/sample/index.html"], "A draft: it does not count yet.", "works not looked at yet")
	if more := find(t, site["index.html"], "nav", "nav"); strings.Contains(text(more[0]), "Unfinished") {
		t.Error("a draft stands in the menu")
	}
}

func TestWordsOfScores(t *testing.T) {
	for n, want := range map[int]string{1: "1st", 2: "2nd", 3: "3rd", 4: "4th", 11: "11th", 12: "12th", 13: "13th", 21: "21st", 112: "112th"} {
		if got := formatOrdinal(n); got != want {
			t.Errorf("ordinal(%d) = %s", n, got)
		}
	}
	for _, c := range []struct {
		chances []float64
		want    string
	}{
		{nil, ""}, {[]float64{1}, "clearly 1st (100\u202f%)"}, {[]float64{0.43, 0.56, 0.01}, "2nd (56\u202f%) or 1st (43\u202f%)"},
	} {
		t.Run(fmt.Sprint(c.chances), func(t *testing.T) {
			if got := placeWords(c.chances); got != c.want {
				t.Errorf("placeWords(%v) = %q, want %q", c.chances, got, c.want)
			}
		})
	}
	if got := trimStop("We looked. "); got != "We looked" {
		t.Errorf("clause: %q", got)
	}
	for v, want := range map[float64]string{1: "1\u00a0week", 2: "2\u00a0weeks", 0.5: "0.5\u202fweeks"} {
		if got := formatAmount(v, "weeks"); got != want {
			t.Errorf("amount(%v) = %q, want %q", v, got, want)
		}
	}
	if got := (&site{}).overrideOf(&rice.Item{Override: &rice.Override{Agrees: true}}).Text; !strings.Contains(got, "not needed any more") {
		t.Errorf("an override that agrees: %q", got)
	}
	if got := (&site{}).overrideOf(&rice.Item{Override: &rice.Override{}}).Text; !strings.Contains(got, "Against the score") {
		t.Errorf("an override against the score: %q", got)
	}
}

func TestCalibrationNeedsFive(t *testing.T) {
	var list []rice.Prediction
	for _, spent := range []float64{2, 3, 3, 4, 8} {
		list = append(list, rice.Prediction{Effort: 3, Range: metric.Range{Lo: 2, Hi: 4.5}, Spent: &spent})
	}
	if got := calibrationWords(list[:4]); !strings.Contains(got, "4 are so far") {
		t.Errorf("four: %q", got)
	}
	if got := calibrationWords(list); !strings.HasPrefix(got, "4 of 5 finished initiatives took an effort within their range (80\u202f%") {
		t.Errorf("five: %q", got)
	}
}

func TestResultsKeepTheirBasis(t *testing.T) {
	of := func(v float64) *float64 { return &v }
	s := &site{content: fact.Content{Measures: []fact.MeasureDef{
		{ID: "up", Title: "Uptime", Unit: "%", Better: "up"}, {ID: "min", Unit: "minutes", Better: "down"},
	}}}
	for _, c := range []struct {
		name string
		in   fact.Result
		want resultView
	}{
		{"measured", fact.Result{Measure: "min", Before: of(40), After: of(8)}, resultView{Title: "min", Before: "40\u202fminutes", After: "8\u202fminutes", Change: "−80\u202f%", Aim: "lower is better", Basis: "measured"}},
		{"no effect", fact.Result{Measure: "min", Before: of(8), After: of(8)}, resultView{Title: "min", Before: "8\u202fminutes", After: "8\u202fminutes", Change: "0\u202f%", Aim: "lower is better", Basis: "measured"}},
		{"shares differ by points", fact.Result{Measure: "up", Before: of(80), After: of(99.5)}, resultView{Title: "Uptime", Before: "80\u202f%", After: "99.5\u202f%", Change: "+19.5\u202fpoints", Aim: "higher is better", Basis: "measured"}},
		{"from nothing", fact.Result{Measure: "min", Before: of(0), After: of(3)}, resultView{Title: "min", Before: "0\u202fminutes", After: "3\u202fminutes", Change: "+3\u202fminutes", Aim: "lower is better", Basis: "measured"}},
		{"reported", fact.Result{Text: "Deployment frequency ↑3x"}, resultView{Claim: "Deployment frequency ↑3x", Basis: "reported"}},
		{"reported with numbers", fact.Result{Measure: "min", Before: of(40), After: of(8), Basis: "reported"}, resultView{Claim: "min, from 40\u202fminutes to 8\u202fminutes", Basis: "reported"}},
		{"estimated", fact.Result{Text: "Less waiting", Change: of(-2), Basis: "estimated"}, resultView{Title: "Less waiting", Change: "−2", Basis: "estimated"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := s.resultOf(&c.in)
			got.measure, got.unit, got.before, got.after = "", "", nil, nil
			if got != c.want {
				t.Errorf("%s: got %+v, want %+v", c.name, got, c.want)
			}
		})
	}
}
