package chart

import (
	"bytes"
	"flag"
	"html/template"
	"math"
	"os"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// monday is the first week of the specimen's series.
var monday = time.Date(2024, 5, 13, 0, 0, 0, 0, time.UTC)

// weeks makes a plausible series that falls or rises by drift over its length,
// with two weeks without data and provisional ones at the end.
func weeks(n int, start, drift, wobble float64) []metric.Point {
	out := make([]metric.Point, n)
	for i := range out {
		out[i].At = monday.AddDate(0, 0, 7*i)
		if i == 11 || i == 12 {
			out[i].Note = "no data: rate limit reached"
			continue
		}
		v := start * (1 + drift*float64(i)/float64(n-1) + wobble*math.Sin(float64(i)*1.7))
		half := v * (0.08 + 0.04*math.Abs(math.Cos(float64(i))))
		out[i].Value, out[i].Lo, out[i].Hi = metric.Of(v), metric.Of(v-half), metric.Of(v+half)
		out[i].N = 80 + 7*i
		out[i].Provisional = i >= n-1
	}
	return out
}

func specimenLine() *Line {
	return &Line{
		ID: "lead-time", Title: "Change lead time", Unit: metric.Seconds, Better: metric.Down,
		Points: weeks(26, 3300, -0.25, 0.05),
		Target: &metric.Target{Value: 3600, Op: metric.Down},
		Marks: []Mark{
			{At: monday.AddDate(0, 0, 7*17), Label: "prototype"},
			{At: monday.AddDate(0, 0, 7*19), Label: "alpha"},
			{At: monday.AddDate(0, 0, 7*21), Label: "beta"},
			{At: monday.AddDate(0, 0, 7*25), Label: "general availability"},
		},
	}
}

func specimenCharts() []Chart {
	bare := func(p []metric.Point) []metric.Point {
		for i := range p {
			p[i].Lo, p[i].Hi, p[i].N = nil, nil, 0
		}
		return p
	}
	of := metric.Of
	var nps []metric.Point
	for i, p := range weeks(26, 30, 0.4, 0.3) {
		if i%4 == 0 {
			nps = append(nps, p)
		}
	}
	nps[6].Hi = nil
	return []Chart{
		specimenLine(),
		&Bars{ID: "tickets", Title: "Tickets opened", Unit: metric.PerWeek, Points: bare(weeks(26, 19, -0.4, 0.2)), Target: &metric.Target{Value: 15, Op: metric.Down}},
		&Line{ID: "short", Title: "Change failure rate, eight weeks", Unit: metric.Share, Points: weeks(8, 0.08, 0.1, 0.2)},
		&Line{ID: "long", Title: "Uptime, two years", Unit: metric.Share, Points: bare(weeks(104, 0.985, 0.01, 0.002)), Target: &metric.Target{Value: 0.995, Op: metric.Up}},
		&Line{ID: "nps", Title: "Net promoter score", Unit: metric.Points, Points: nps},
		&Line{ID: "none", Title: "Time to restore", Unit: metric.Seconds},
		&Effect{ID: "effect", Title: "Lead time against the last period before", Unit: metric.Share, Event: "adopted Buildpacks", Periods: specimenPeriods()},
		&Rows{ID: "forest", Title: "Effect on lead time", What: "Feature", Unit: metric.Share, Dots: true, Items: []Item{
			{"Buildpacks", metric.Figure{Value: of(-0.25), Lo: of(-0.33), Hi: of(-0.17)}, "50 teams"},
			{"GitOps", metric.Figure{Value: of(-0.04), Lo: of(-0.19), Hi: of(0.11)}, "12 teams"},
			{"Custom Helm Charts", metric.Figure{}, "7 teams, 12 needed"},
		}},
		&Rows{ID: "parts", Title: "Teams using it", What: "Part", Unit: metric.Share, Max: 1, Items: []Item{
			{"Software catalog", metric.Figure{Value: of(0.8)}, "48/60 teams"},
			{"Documentation", metric.Figure{Value: of(0.1)}, "6/60 teams"},
			{"Templates", metric.Figure{Value: of(0.02)}, "1/60 teams"},
		}},
		&Distribution{ID: "dist", Title: "How likely are you to recommend this platform?", Counts: [11]int{1, 0, 2, 2, 4, 6, 8, 21, 33, 58, 45}},
	}
}

func specimenPeriods() []Period {
	var out []Period
	for i := -5; i <= 6; i++ {
		p := Period{At: i, N: 50 - i*i/2}
		if i != 3 {
			v := 0.01 * float64(i%2)
			if i >= 0 {
				v = -0.25 + 0.15/float64(i+1)
			}
			p.Value, p.Lo, p.Hi = metric.Of(v), metric.Of(v-0.07), metric.Of(v+0.06)
		}
		out = append(out, p)
	}
	return out
}

func specimenGantt() *Gantt {
	day := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	return &Gantt{
		ID: "gantt", Title: "Plan and reality", Today: day(11, 11),
		Sections: []GanttSection{
			{"Discovery", []GanttBar{
				{Title: "User interviews", State: Done, From: day(10, 1), To: day(10, 15)},
				{Title: "Data analysis", URL: "#evidence", State: Done, From: day(10, 15), To: day(10, 22), Ended: day(10, 29), Note: "7 days late"},
			}},
			{"Delivery", []GanttBar{
				{Title: "GitOps auto-deploy alpha", URL: "#why", State: Active, From: day(11, 1), To: day(11, 22)},
				{Title: "Beta", URL: "#why", State: Planned, From: day(11, 22), To: day(12, 20)},
			}},
			{"Measurement", []GanttBar{{Title: "Survey", State: Planned, From: day(12, 16), To: day(12, 23)}}},
		},
	}
}

func specimenTree() *Tree {
	leaf := func(answer, text string) TreeNode { return TreeNode{Answer: answer, Text: text} }
	return &Tree{
		ID: "tree", Title: "Why Buildpacks should be the default", Desc: "Satisfied: yes. Delivery improved: yes. Adoption high: yes.",
		Root: TreeNode{Text: "Are its users satisfied?", Detail: "72 % (61–81 %), at least 60 %", Taken: true, Branches: []TreeNode{
			{Answer: "no", Text: "Is adoption low, or delivery worse?", Branches: []TreeNode{
				{Answer: "yes", Text: "Is there a successor?", Branches: []TreeNode{leaf("yes", "Deprecate in favour of it"), leaf("no", "Pivot or sunset")}},
				leaf("no", "Investigate"),
			}},
			{Answer: "yes", Text: "Did delivery improve?", URL: "#figures", Detail: "lead time −25 % (−33 to −17 %), beyond doubt", Taken: true, Branches: []TreeNode{
				leaf("no, can’t tell", "Investigate"),
				{Answer: "yes", Text: "Is adoption high?", URL: "#adoption", Detail: "50/60 teams, 83 %, at least 70 %", Taken: true, Branches: []TreeNode{
					leaf("no", "Invest: double down, expand adoption"),
					{Answer: "yes", Text: "Make default", Taken: true},
				}},
			}},
		}},
	}
}

// tile is the view of one number, as a page would prepare it.
type tile struct {
	Title, Familiar, Number, Unit, N, Badge string
	Change                                  format.Change
	Spark                                   template.HTML
}

func specimenTiles() []tile {
	rel := func(outcome metric.Outcome, change, lo, hi float64, better metric.Direction) *metric.Trend {
		return &metric.Trend{Outcome: outcome, Change: change, Range: metric.Range{Lo: lo, Hi: hi}, Relative: true, Better: better}
	}
	var out []tile
	for _, m := range []struct {
		title, familiar, n, badge string
		value                     float64
		unit                      metric.Unit
		trend                     *metric.Trend
		drift                     float64
	}{
		{"Deployments", "", "8,736 deployments", "elite", 5.2, metric.PerDayPer, rel(metric.Changed, 0.3, 0.19, 0.43, metric.Up), 0.3},
		{"Lead time", "", "9,120 changes", "elite", 2520, metric.Seconds, rel(metric.Changed, -0.15, -0.2, -0.1, metric.Down), -0.2},
		{"Change failure rate", "", "699 of 8,736", "high", 0.08, metric.Share, rel(metric.AboutTheSame, 0.01, -0.1, 0.1, metric.Down), 0},
		{"Time to restore", "MTTR", "112 incidents", "", 1320, metric.Seconds, rel(metric.Changed, -0.4, -0.55, -0.2, metric.Down), -0.4},
	} {
		t := tile{Title: m.title, Familiar: m.familiar, N: m.n, Badge: m.badge, Change: format.Moved(&metric.Metric{Trend: m.trend, Unit: m.unit})}
		t.Number, t.Unit = format.Parts(m.value, m.unit)
		t.Spark = template.HTML(AppendSpark(nil, m.title, weeks(26, m.value, m.drift, 0.06), m.unit))
		out = append(out, t)
	}
	return out
}

func specimenShares() any {
	type share struct {
		Name, Figures string
		Bar           template.HTML
	}
	var out []share
	for _, s := range []struct {
		name, unit  string
		part, whole int
	}{{"Backstage", "developers", 220, 250}, {"Buildpacks", "teams", 50, 60}, {"GitOps", "teams", 45, 60}, {"Custom Helm Charts", "teams", 7, 60}} {
		p := float64(s.part) / float64(s.whole)
		out = append(out, share{s.name, format.Of(s.part, s.whole) + " " + s.unit + " · " + format.Share(p), template.HTML(AppendShareBar(nil, p, 0.7))})
	}
	return out
}

// The specimen shows every component of site.css and every chart. It is the
// golden file of both: open it in a browser.
func TestSpecimen(t *testing.T) {
	page, err := template.ParseFiles("testdata/specimen.gohtml")
	if err != nil {
		t.Fatal(err)
	}
	figure := func(c Chart, note string) template.HTML {
		return template.HTML(AppendFigure(nil, c, FigureOptions{CSV: "data.csv", Note: note, Level: 3}))
	}
	var figures, multiples []template.HTML
	for _, c := range specimenCharts() {
		figures = append(figures, figure(c, "13 May–10 Nov 2024, 60 teams"))
	}
	var lines []*Line
	for i, team := range []string{"checkout", "search", "payments"} {
		lines = append(lines, &Line{ID: "m-" + team, Title: team, Unit: metric.Seconds, Points: weeks(26, 2000+900*float64(i), -0.2, 0.08)})
	}
	Share(lines...)
	for _, l := range lines {
		multiples = append(multiples, figure(l, ""))
	}
	var out bytes.Buffer
	if err := page.Execute(&out, map[string]any{
		"Tiles": specimenTiles(), "Shares": specimenShares(), "Figures": figures, "Multiples": multiples,
		"Tree": template.HTML(specimenTree().AppendSVG(nil)), "Gantt": figure(specimenGantt(), "to 11 Nov 2024"),
	}); err != nil {
		t.Fatal(err)
	}
	const golden = "testdata/specimen.html"
	if *update {
		if err := os.WriteFile(golden, out.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(out.Bytes(), want) {
		t.Errorf("%s is out of date: go test ./render/chart -update, then look at it in a browser", golden)
	}
}
