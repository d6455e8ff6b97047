package render

import (
	"bytes"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/content"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/space"
	"golang.org/x/net/html"
)

// plainSpaces makes texts readable: no-break spaces as spaces.
func plainSpaces(s string) string {
	return strings.NewReplacer("\u202f", " ", "\u00a0", " ").Replace(s)
}

// textOf is what a reader sees of a page's main part, spaces folded.
func textOf(t *testing.T, page string) string {
	t.Helper()
	var b strings.Builder
	for _, main := range find(t, page, "main", "") {
		for n := range main.Descendants() {
			if n.Type == html.TextNode && n.Parent.Data != "script" && n.Parent.Data != "title" && n.Parent.Data != "desc" {
				b.WriteString(n.Data + " ")
			}
		}
	}
	return strings.Join(strings.Fields(plainSpaces(b.String())), " ")
}

// surveyed is an answered survey; name stands wherever people can write.
func surveyed(name string) (space.Result, metric.Section) {
	of := metric.Of
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	wave := func(id, title string, m time.Month, value float64) space.Wave {
		return space.Wave{
			ID: id, Title: title, Sent: day(m, 15), Closed: day(m, 21), Population: 250, Invited: true, Answered: 180,
			Window: metric.Window{From: day(m, 15), To: day(m, 22)},
			Score: &space.Score{
				Value: value, Range: metric.Range{Lo: value - 6, Hi: value + 6}, Worst: of(2), Best: of(58),
				Classes: space.Classes{N: 180, Promoters: 107, Passives: 42, Detractors: 31},
				Scores:  []int{0, 1, 3, 2, 4, 6, 15, 18, 24, 56, 51},
			},
			Loved:       &space.Mentions{Of: 180, Ranked: []space.Mention{{Feature: "gitops", Label: name, N: 144, Share: 0.8, Range: metric.Range{Lo: 0.74, Hi: 0.85}}}, Fewer: 2},
			Frustrating: &space.Mentions{Of: 180, Ranked: []space.Mention{{Label: name, N: 54, Share: 0.3, Range: metric.Range{Lo: 0.24, Hi: 0.37}}}},
			Parts:       []space.PartScore{{ID: "payments", Title: name, Figure: metric.Figure{Value: of(26), Lo: of(-10), Hi: of(55)}, Classes: space.Classes{N: 19}}},
			LeftOut:     []metric.LeftOut{{What: "answers", Reason: name, N: 3}},
		}
	}
	open := wave("2024-11", "November "+name, time.November, 50)
	open.Score, open.Why, open.Open = nil, "fewer than 5 people answered", true
	r := space.Result{
		Latest: "2024-10", Waves: []space.Wave{wave("2024-09", "September", time.September, 33.7), wave("2024-10", "October", time.October, 42.2), open},
		Features: []space.Satisfaction{
			{Feature: "buildpacks", Title: name, Known: true, Positive: 54, Answered: 75, Share: 0.72, Range: metric.Range{Lo: 0.61, Hi: 0.81}, Reasons: []space.Reason{{Name: name, N: 34, Share: 0.45}}},
			{Feature: "vault", Title: "Vault", Why: "no survey asks its users"},
		},
		Missing: []string{"Nobody was asked " + name},
		Dimensions: []space.Dimension{
			{ID: "satisfaction", Title: "Satisfaction", HasData: true, Rows: []space.DimensionMetric{
				{Metric: space.NPS, Title: "Net promoter score", Figure: metric.Figure{Value: of(42), Lo: of(36), Hi: of(48)}, Unit: metric.Points, Target: &metric.Target{Value: 40, Op: metric.Up, Strict: true}, State: space.Met},
			}, Items: []space.ItemAnswers{
				{Question: "easy " + name, Source: "DORA 2025, CC BY", Min: 1, Max: 5, Counts: []int{3, 25, 60, 60, 32}, N: 180, Favourable: of(0.51), Limits: metric.Limits{Lo: of(0.44), Hi: of(0.58)}},
				{Question: "too many tools", Reversed: true, Min: 1, Max: 5, Counts: []int{8, 25, 45, 70, 32}, N: 180, Favourable: of(0.18), Limits: metric.Limits{Lo: of(0.13), Hi: of(0.25)}},
				{Question: "out of ten", Min: 0, Max: 10, Counts: make([]int, 11), N: 180, Favourable: of(0.9), Limits: metric.Limits{Lo: of(0.8), Hi: of(0.95)}},
			}},
			{ID: "performance", Title: "Performance", HasData: true, Rows: []space.DimensionMetric{
				{Metric: "dora.lead_time", Title: "Change lead time", Figure: metric.Figure{Value: of(7200), Lo: of(7000), Hi: of(7400)}, Unit: metric.Seconds, Target: &metric.Target{Value: 3600, Op: metric.Down, Strict: true, From: "DORA 2021, elite"}, State: space.NotMet, Sure: true},
			}},
			{ID: "activity", Title: "Activity"},
			{ID: "communication", Title: "Communication", HasData: true, Rows: []space.DimensionMetric{
				{Metric: "support.tickets_per_week", Title: "Support tickets", Figure: metric.Figure{Value: of(12)}, Unit: metric.PerWeek, Wanted: metric.Down, State: space.AsWanted},
			}},
			{ID: "efficiency", Title: "Efficiency", HasData: true, Rows: []space.DimensionMetric{
				{Metric: space.MinutesID("deploy"), Title: name, Target: &metric.Target{Value: 300, Op: metric.Down, Strict: true}, State: space.Unknown, Why: name, Next: name},
			}},
		},
	}
	nps := moved(space.NPS, metric.Points, metric.Up, 42.2, 33.7, metric.NotEnoughData)
	nps.Title, nps.Lo, nps.Hi, nps.N = "Net promoter score", of(36), of(48), []metric.Count{{What: "answers", N: 180}, {What: "invited", N: 250}}
	return r, metric.Section{Family: "space", Metrics: []metric.Metric{nps}, Definitions: []metric.Definition{
		{ID: space.NPS, Title: name}, {ID: space.Items}, {ID: space.Satisfied}, {ID: space.MostLoved}, {ID: space.Frustrating}, {ID: space.TaskSuccess},
	}}
}

// withSurvey is the site of some teams that answered a survey.
func withSurvey(t *testing.T, name string) map[string]string {
	t.Helper()
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
	var sec metric.Section
	r.Space, sec = surveyed(name)
	r.Dimensions = r.Space.Dimensions
	for i := range r.Sections {
		if r.Sections[i].Family == "space" {
			r.Sections[i] = sec
		}
	}
	return tree(t, options, r, c, ev)
}

func TestExperience(t *testing.T) {
	site := withSurvey(t, "GitOps")
	checkTree(t, site)
	page := textOf(t, site["experience/index.html"])
	for _, want := range []string{
		"2 of 3 measures of developer experience are as wanted, 1 is not.",
		"More developers would recommend the platform than would not: net promoter score +42 (likely +36 to +48), 59 % promoters, 17 % detractors. Whether they are happier than in the survey before nobody can tell yet (may be chance).",
		"Of the 2 as wanted, 1 is not surely so.", "Net promoter score +42, was +34: +8 may be chance",
		"✓ met, but not surely", "✗ not met", "less than 1 h DORA 2021, elite", "should fall ✓ moves as wanted",
		"Satisfaction 1 of 1 as wanted, 1 of them not surely", "Performance 0 of 1 as wanted", "Activity not asked", "Efficiency can’t tell",
		"180 of 250", "72 %", "+2 to +58", "still open 180 of 250 so far", "Results after it closes on 21 Nov 2024", "n/a: fewer than 5 people answered",
		"GitOps 144 of 180 80 %", "2 more were named by fewer than five people each", "54 of 75 users who answered 72 %", "45 % “GitOps”", "n/a no survey asks its users",
		"GitOps 19 answers +26 likely −10 to +55; not compared", "DORA 2025, CC BY", "Nobody was asked GitOps",
		"18 %", "disagree", // of a reversed question disagreement is good
	} {
		if !strings.Contains(page, want) {
			t.Errorf("the page does not say %q", want)
		}
	}
	pictures := 0
	for _, svg := range find(t, site["experience/index.html"], "svg", "") {
		pictures += countTrue(attribute(svg, "role") == "img")
	}
	if pictures != 5 {
		t.Errorf("%d pictures with a name, want the scores, the answers, and three statements", pictures)
	}
	home := textOf(t, site["index.html"])
	for _, want := range []string{"October survey, 180 of 250 answered", "Net promoter score +42: 59 % promoters, 17 % detractors. Was +34; may be chance.", "180 answers, 250 invited, likely +36 to +48", "144 of 180 who answered, likely 74–85 %"} {
		if !strings.Contains(home, want) {
			t.Errorf("the first page does not say %q", want)
		}
	}
	for at, data := range site {
		if at == npsFile && !strings.Contains(data, "42.2") || at == answersFile && !strings.Contains(data, "9,56,promoters") {
			t.Errorf("%s: %s", at, data)
		}
	}
}

// What people answered is text of others: it stays text.
func TestHostileAnswersAreHarmless(t *testing.T) {
	for _, name := range hostile {
		site := withSurvey(t, name)
		checkTree(t, site)
		for _, bad := range []string{"javascript:", "\x00", "\x1b"} {
			if strings.Contains(site["experience/index.html"]+site["search/index.html"], bad) {
				t.Errorf("%.40q: a page contains %q", name, bad)
			}
		}
	}
}

// A platform that asked nobody gets pages that say how to begin.
func TestNobodyWasAsked(t *testing.T) {
	r, c, ev := measure(t, fact.Content{}, fact.Events{}, exampleDay)
	site := tree(t, options, r, c, ev)
	for at, texts := range map[string][]string{
		"experience/index.html": {"Nobody was asked yet how the platform is to work with.", "ip3dp new survey 2024-10"},
		"discovery/index.html":  {goalOfDiscovery, "Nothing was asked yet", "ip3dp new interview NAME", "no survey was sent yet"},
		"index.html":            {"No feature is described yet.", "No request has an answer yet.", "0 talks in 12 weeks", "nothing under way"},
		"search/index.html":     {"Definitions", "Health"},
	} {
		t.Run(at, func(t *testing.T) {
			page := textOf(t, site[at])
			for _, want := range texts {
				if !strings.Contains(page, want) {
					t.Errorf("%s does not say %q", at, want)
				}
			}
		})
	}
}

func BenchmarkProductPages(b *testing.B) {
	c, _ := content.Read(os.DirFS("../site"))
	r, c, ev := measure(b, c, fact.Events{}, exampleDay)
	r.Space, _ = surveyed("GitOps")
	pages, err := Site(options, r, c, ev)
	if err != nil {
		b.Fatal(err)
	}
	for _, p := range pages {
		switch p.Path {
		case "index.html", "discovery/index.html", "experience/index.html", "search/index.html", "search.json":
			b.Run(p.Path, func(b *testing.B) {
				b.ReportAllocs()
				var buf bytes.Buffer
				for b.Loop() {
					buf.Reset()
					if err := p.Write(&buf); err != nil {
						b.Fatal(err)
					}
				}
				b.SetBytes(int64(buf.Len()))
			})
		}
	}
}
