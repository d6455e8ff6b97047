package chart

import (
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/render/format"
)

// points of a path with relative commands (m, implicit l, h, H, V, z) in the nested viewport.
func drawn(d string) (xs, ys []float64) {
	var x, y float64
	for _, part := range commands.FindAllString(d, -1) {
		n := numbers.FindAllString(part, -1)
		v := make([]float64, len(n))
		for i := range n {
			v[i], _ = strconv.ParseFloat(n[i], 64)
		}
		switch part[0] {
		case 'm', 'l':
			for i := 0; i+1 < len(v); i += 2 {
				x, y = x+v[i], y+v[i+1]
				xs, ys = append(xs, x), append(ys, y)
			}
		case 'M':
			x, y = v[0], v[1]
			xs, ys = append(xs, x), append(ys, y)
		case 'h':
			x += v[0]
			xs, ys = append(xs, x), append(ys, y)
		case 'H':
			x = v[0]
			xs, ys = append(xs, x), append(ys, y)
		case 'V':
			y = v[0]
			xs, ys = append(xs, x), append(ys, y)
		}
	}
	return xs, ys
}

// wildSeries makes a series with wide, unlimited and missing ranges.
func wildSeries(r *rand.Rand) []metric.Point {
	points := series(make([]float64, 2+r.IntN(60))...)
	for i := range points {
		v := r.Float64() * 100
		points[i].N = 20
		points[i].Value, points[i].Lo, points[i].Hi = &v, metric.Of(v*r.Float64()), metric.Of(v+100*math.Exp(4*r.NormFloat64()))
		switch r.IntN(12) {
		case 0:
			points[i] = metric.Point{At: points[i].At}
		case 1:
			points[i].Hi = nil
		case 2:
			points[i].Provisional = true
		}
	}
	return points
}

// Nothing is drawn outside the plot, and a range that leaves it has a label with its value or
// with a larger one.
func TestNothingIsDrawnOutsideThePlot(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 500 {
		l := &Line{ID: "x", Title: "t", Unit: metric.Number, Points: wildSeries(r)}
		p := l.plan()
		for _, svg := range [][]byte{l.AppendSVG(nil), l.AppendSpark(nil)} {
			es := parse(t, svg)
			checkInside(t, es)
			reach := math.Inf(-1)
			for _, e := range es {
				if e.text == "↑ no upper limit" {
					reach = math.Inf(1)
				} else if text, ok := strings.CutPrefix(e.text, "↑ to "); ok {
					v, err := strconv.ParseFloat(strings.ReplaceAll(text, ",", ""), 64)
					if err != nil {
						t.Fatal(err)
					}
					reach = max(reach, v)
				}
			}
			q := p
			if strings.Contains(string(svg), `class="end"`) {
				lo, hi := l.bounds()
				q.sparkScale(lo, hi, l.Unit)
			}
			for i := range q.points {
				_, hi, ok := rangeEnds(&q.points[i])
				shown, _ := strconv.ParseFloat(strings.ReplaceAll(format.Number(hi), ",", ""), 64)
				if ok && hi > q.hi && !math.IsInf(hi, 1) && reach < shown {
					t.Fatalf("the range to %v leaves the axis to %v; the labels reach %v", hi, q.hi, reach)
				}
			}
		}
	}
}

// checkInside fails if a path leaves its viewport, or a dot, line or rectangle its picture.
func checkInside(t *testing.T, es []element) {
	t.Helper()
	var width, height, outer float64
	for _, e := range es {
		number := func(name string) float64 {
			v, _ := strconv.ParseFloat(strings.TrimSuffix(e.attrs[name], "%"), 64)
			return v
		}
		switch e.name {
		case "svg":
			if box := strings.Fields(e.attrs["viewbox"]); len(box) == 4 {
				width, _ = strconv.ParseFloat(box[2], 64)
				height, _ = strconv.ParseFloat(box[3], 64)
			} else if outer = number("height"); outer == 0 {
				outer = 100 // percent
			}
		case "path":
			if e.class == "hat" {
				continue
			}
			xs, ys := drawn(e.attrs["d"])
			for i := range xs {
				if xs[i] < 0 || xs[i] > width || ys[i] < 0 || ys[i] > height {
					t.Fatalf("%s %q: %v, %v is outside %v × %v", e.class, e.attrs["d"], xs[i], ys[i], width, height)
				}
			}
		case "circle":
			if cy := number("cy"); cy < 0 || cy > outer || number("cx") < 0 || number("cx") > 100 {
				t.Fatalf("a dot is outside: %v", e.attrs)
			}
		case "rect":
			if number("x") < 0 || number("x")+number("width") > 100.11 || number("y") < 0 || number("y")+number("height") > outer {
				t.Fatalf("a rectangle is outside: %v of %v", e.attrs, outer)
			}
		}
	}
}

// On a 360 px screen no label touches another in its row, or leaves the picture with its margins.
func TestLabelsDoNotOverlapOnANarrowScreen(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	words := strings.Fields("GA beta alpha decided Buildpacks freeze holidays a-rather-long-release-name a-name-that-is-longer-than-any-screen-of-a-phone")
	for range 300 {
		l := &Line{ID: "x", Title: "t", Unit: metric.Number, Points: wildSeries(r)}
		for range r.IntN(6) {
			m := Mark{At: monday.AddDate(0, 0, r.IntN(7*len(l.Points))), Label: words[r.IntN(len(words))]}
			if r.IntN(3) == 0 {
				m.To = m.At.AddDate(0, 0, 14)
			}
			l.Marks = append(l.Marks, m)
		}
		for range r.IntN(3) {
			l.Limits = append(l.Limits, Limit{Value: 120 * r.Float64(), Label: words[r.IntN(len(words))]})
		}
		if r.IntN(2) == 0 {
			l.Target = &metric.Target{Value: 100 * r.Float64(), Op: metric.Up}
		}
		n := len(l.Points)
		l.Windows = []Mark{
			{At: l.Points[max(0, n-8)].At, To: l.Points[max(0, n-4)].At, Label: "49.5"},
			{At: l.Points[max(0, n-4)].At, To: l.Points[n-1].At.AddDate(0, 0, 7), Label: "42.1"},
		}
		checkLabels(t, parse(t, l.AppendSVG(nil)))
	}
}

// checkLabels estimates the places of all texts that a narrow screen shows.
func checkLabels(t *testing.T, es []element) {
	t.Helper()
	type place struct{ from, to, y float64 }
	var seen []place
	var texts []string
	for _, e := range es {
		if e.name != "text" || strings.HasSuffix(e.class, "wd") {
			continue
		}
		number := func(name string) float64 {
			v, _ := strconv.ParseFloat(strings.TrimSuffix(e.attrs[name], "%"), 64)
			return v
		}
		width := labelShare(e.text) * narrowPlot / 100
		x := number("x")*narrowPlot/100 + number("dx")
		switch e.attrs["text-anchor"] {
		case "end":
			x -= width
		case "middle":
			x -= width / 2
		}
		p := place{x, x + width, number("y")}
		if p.from < -sideMargin-8 || p.to > narrowPlot+sideMargin+16 {
			t.Fatalf("%q is at %.0f to %.0f of −%d to %d", e.text, p.from, p.to, sideMargin, narrowPlot+sideMargin)
		}
		for i, q := range seen {
			if math.Abs(p.y-q.y) < 11 && p.from < q.to-1 && q.from < p.to-1 {
				t.Fatalf("%q touches %q: %+v, %+v", e.text, texts[i], p, q)
			}
		}
		seen, texts = append(seen, p), append(texts, e.text)
	}
}
