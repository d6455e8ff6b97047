package chart

import (
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// leavingOf returns the chart of units left by week. The deadline, the earliest and the latest end
// are weeks after the last; 0 for none.
func leavingOf(deadline, early, late int, left ...int) *Leaving {
	last := time.Date(2024, 10, 28, 0, 0, 0, 0, time.UTC)
	l := &Leaving{ID: "x", Title: "Teams left", Units: "teams"}
	for i, n := range left {
		l.Points = append(l.Points, metric.Point{At: last.Add(time.Duration(i-len(left)+1) * org.Week), N: n})
	}
	for to, weeks := range map[*time.Time]int{&l.Deadline: deadline, &l.Early: early, &l.Late: late} {
		if weeks != 0 {
			*to = last.Add(time.Duration(weeks) * org.Week)
		}
	}
	if early != 0 {
		l.Words = "end likely 8 Dec 2024–11 Oct 2026"
	}
	return l
}

var leavings = map[string]*Leaving{
	"forecast":          leavingOf(8, 5, 101, 7, 7, 7, 6, 6, 5, 5, 4),
	"open":              leavingOf(8, 5, 0, 9, 9, 8),
	"deadline is late":  leavingOf(60, 2, 9, 300, 220, 180, 90),
	"no deadline":       leavingOf(0, 2, 9, 7, 6, 3),
	"no forecast":       leavingOf(8, 0, 0, 7, 7),
	"rising":            leavingOf(8, 0, 0, 3, 4, 9),
	"nobody":            leavingOf(8, 0, 0, 7, 2, 0),
	"deadline passed":   leavingOf(-2, 3, 30, 7, 7, 6, 5),
	"deadline long ago": leavingOf(-30, 3, 30, 7, 7, 6, 5),
	"many weeks":        leavingOf(1, 1, 2, 90, 80, 70, 60, 50, 40, 30, 20, 10, 5, 4, 3, 2, 1),
}

var leavingText = regexp.MustCompile(`<text(?: class="([^"]*)")? x="([\d.]+)%"(?: dx="(-?[\d.]+)")? y="([\d.]+)"(?: text-anchor="(\w+)")?>([^<]*)</text>`)

// No label lies on another or outside the picture, on a phone and on a wide screen.
func TestTheLabelsOfAWayOutLieApart(t *testing.T) {
	type box struct {
		x0, x1, y float64
		text      string
	}
	number := func(s string) float64 {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil && s != "" {
			t.Fatal(err)
		}
		return v
	}
	for name, l := range leavings {
		svg := string(l.AppendSVG(nil))
		if got := strings.Count(svg, "<text"); got != len(leavingText.FindAllString(svg, -1)) || got < 3 {
			t.Fatalf("%s: %d labels: %s", name, got, svg)
		}
		for _, width := range []float64{leavingPhone, 328, 720, 1152} {
			var boxes []box
			for _, m := range leavingText.FindAllStringSubmatch(svg, -1) {
				x, px := number(m[2])*width/100+number(m[3]), textPx(m[6])
				switch m[5] {
				case "end":
					x -= px
				case "middle":
					x -= px / 2
				}
				b := box{x, x + px, number(m[4]), m[6]}
				if b.x0 < -1 || b.x1 > width+1 {
					t.Errorf("%s at %g px: %q is from %.0f to %.0f", name, width, b.text, b.x0, b.x1)
				}
				for _, o := range boxes {
					if b.x0 < o.x1 && o.x0 < b.x1 && b.y-o.y < 14 && o.y-b.y < 14 {
						t.Errorf("%s at %g px: %q lies on %q", name, width, b.text, o.text)
					}
				}
				boxes = append(boxes, b)
			}
		}
	}
}

func TestTheWayOutIsDrawnFromZero(t *testing.T) {
	svg := string(leavings["forecast"].AppendSVG(nil))
	for _, want := range []string{`class="band"`, `class="thr"`, "deadline 23", ">7</text>", "4 left", "end likely 8 Dec", "V136H0z", `V78.9"/>`} {
		if !strings.Contains(svg, want) {
			t.Errorf("no %q in %s", want, svg)
		}
	}
	if svg := string(leavings["no forecast"].AppendSVG(nil)); strings.Contains(svg, `"band"`) {
		t.Error("a range without a forecast")
	}
	if svg := string(leavings["deadline long ago"].AppendSVG(nil)); strings.Contains(svg, `"thr"`) {
		t.Error("a deadline before the first week is drawn inside the picture")
	}
	if svg := (&Leaving{}).AppendSVG(nil); len(svg) != 0 {
		t.Errorf("a picture of nothing: %s", svg)
	}
	l := leavings["forecast"]
	if table, records := l.Table(), l.Records(); len(table.Rows) != 8 || len(records) != 9 || records[8][0] != "2024-11-03" || records[8][1] != "4" {
		t.Errorf("the table or the file has not all weeks: %v %v", table, records)
	}
}

// Hostile texts stay texts.
func TestAHostileWayOut(t *testing.T) {
	l := *leavings["forecast"]
	l.Title, l.Desc, l.Words, l.Units = `"><script>`, "<img src=x>", "</svg><b>", "\u202e<i>"
	out := string(AppendFigure(nil, &l, FigureOptions{Level: 2, Heading: `<a href="javascript:x">`, Change: "<u>", Class: "unknown"}))
	for _, bad := range []string{"<script", "<img", "<b>", "<i>", "<u>", "\u202e", `<a href="java`} {
		if strings.Contains(out, bad) {
			t.Errorf("%q in %s", bad, out)
		}
	}
}
