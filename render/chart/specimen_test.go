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
	at := func(week int) time.Time { return monday.AddDate(0, 0, 7*week) }
	return &Line{
		ID: "lead-time", Title: "Change lead time", Unit: metric.Seconds, Better: metric.Down,
		Points: weeks(26, 3300, -0.25, 0.05),
		Target: &metric.Target{Value: 3600, Op: metric.Down},
		Windows: []Mark{
			{At: at(17), To: at(21), Label: "49 min"},
			{At: at(21), To: at(25), Label: "42 min"},
		},
		Marks: []Mark{
			{At: at(17), Label: "prototype"},
			{At: at(19), Label: "alpha"},
			{At: at(21), Label: "beta"},
			{At: at(25), Label: "general availability"},
			{At: at(5), To: at(7), Label: "summer freeze"},
		},
	}
}

// specimenClipped has a week whose range leaves the plot, and one without an upper limit.
func specimenClipped() *Line {
	points := weeks(26, 1500, 0.1, 0.4)
	points[8].Hi = metric.Of(18600)
	points[20].Hi = nil
	return &Line{ID: "restore", Title: "Time to restore", Unit: metric.Seconds, Points: points}
}

// specimenSteps is an adoption curve with thresholds, phases, a prediction and a forecast.
func specimenSteps() *Line {
	l := &Line{
		ID: "adoption", Title: "Share of teams that use it", Unit: metric.Share, Form: Steps, Body: 220,
		Bounds: []float64{0, 1},
		Limits: []Limit{
			{Value: 0.6, Label: "60 % to stay high"},
			{Value: 0.2, Label: "low under 20 %"},
			{Value: 0.7, At: monday.AddDate(0, 0, 7*24), Label: "predicted 70 %"},
		},
		Marks: []Mark{
			{At: monday.AddDate(0, 0, 7*2), Label: "Alpha 27 May"},
			{At: monday.AddDate(0, 0, 7*4), Label: "Beta 10 Jun"},
			{At: monday.AddDate(0, 0, 7*12), Label: "GA 5 Aug"},
		},
	}
	for i := range 41 {
		p := metric.Point{At: monday.AddDate(0, 0, 7*i), N: 60}
		v := min(0.033+0.1*float64(i/4), 0.83)
		p.Value = &v
		if i > 30 {
			p.Provisional = true
			p.Lo, p.Hi = metric.Of(v-0.01*float64(i-30)), metric.Of(min(v+0.01*float64(i-30), 1))
		}
		l.Points = append(l.Points, p)
	}
	return l
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
	return []Chart{
		specimenSteps(),
		&Bars{ID: "tickets", Title: "Tickets opened", Unit: metric.PerWeek, Points: bare(weeks(26, 19, -0.4, 0.2)), Target: &metric.Target{Value: 15, Op: metric.Down}, Windows: specimenLine().Windows},
		&Line{ID: "short", Title: "Change failure rate, eight weeks", Unit: metric.Share, Points: weeks(8, 0.08, 0.1, 0.2)},
		&Line{ID: "long", Title: "Uptime, two years", Unit: metric.Share, Points: bare(weeks(104, 0.985, 0.01, 0.002)), Target: &metric.Target{Value: 0.995, Op: metric.Up}},
		&Line{ID: "nps", Title: "Net promoter score", Unit: metric.Points, Form: Waves, Points: nps},
		&Line{ID: "none", Title: "Time to restore", Unit: metric.Seconds},
		&Effect{ID: "effect", Title: "Lead time against the last period before", Unit: metric.Share, Event: "each team begins", Periods: specimenPeriods(), Total: metric.Figure{Value: of(-0.25), Lo: of(-0.27), Hi: of(-0.22)}, TotalWords: "−25 %, likely −27 to −22 %", Step: 4},
	}
}

func specimenPeriods() []Period {
	var out []Period
	for i := -5; i <= 6; i++ {
		p := Period{At: i, N: 50 - i*i/2, Outside: i < -3 || i > 4}
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

// tile is the view of one number, as a page would prepare it.
type tile struct {
	Title, Class, Number, Unit string
	Spark                      template.HTML
}

func specimenTiles() []tile {
	var out []tile
	for _, m := range []struct {
		title, class string
		value        float64
		unit         metric.Unit
		drift        float64
	}{
		{"Change lead time", " lead", 2520, metric.Seconds, -0.2},
		{"Deployments", "", 5.2, metric.PerDayPer, 0.3},
		{"Change failure rate", "", 0.08, metric.Share, 0},
		{"Time to restore", "", 1320, metric.Seconds, -0.4},
	} {
		t := tile{Title: m.title, Class: m.class}
		t.Number, t.Unit = format.Parts(m.value, m.unit)
		l := &Line{ID: "tile-" + m.title[:2], Title: m.title, Unit: m.unit, Points: weeks(26, m.value, m.drift, 0.06), Windows: specimenLine().Windows}
		l.Windows[0].Label, l.Windows[1].Label = format.Value(m.value, m.unit), format.Value(m.value*(1+m.drift), m.unit)
		t.Spark = template.HTML(l.AppendSpark(nil))
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

// The specimen shows every chart. It is a golden file: open it in a browser.
func TestSpecimen(t *testing.T) {
	page, err := template.ParseFiles("testdata/specimen.gohtml")
	if err != nil {
		t.Fatal(err)
	}
	figure := func(c Chart, panel bool) template.HTML {
		return template.HTML(AppendFigure(nil, c, FigureOptions{
			CSV: "data.csv", Evidence: "#evidence", Method: "#method", Count: "11,217 changes", Level: 3, Panel: panel,
			Note: "13 May–10 Nov 2024, 60 teams", Change: "↓ 14 % better", Class: "better", Range: "likely −17 to −13 %",
		}))
	}
	var figures, panels, minis []template.HTML
	for _, c := range specimenCharts() {
		figures = append(figures, figure(c, false))
	}
	for _, c := range []Chart{specimenLine(), specimenClipped()} {
		panels = append(panels, figure(c, true))
	}
	for i := range 6 {
		minis = append(minis, template.HTML(AppendMini(nil, weeks(24, 2000, -0.2+0.1*float64(i), 0.08), 4)))
	}
	var out bytes.Buffer
	if err := page.Execute(&out, map[string]any{
		"Tiles": specimenTiles(), "Shares": specimenShares(), "Figures": figures, "Panels": panels, "Minis": minis,
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
