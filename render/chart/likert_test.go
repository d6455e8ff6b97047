package chart

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// The bars of one scale stay inside the picture, and their neutral answers are centred on the
// same place.
func TestLikertBarsAreCentred(t *testing.T) {
	all := []Answers{{8, 25, 45, 70, 32}, {0, 0, 1, 0, 0}, {50, 1, 0, 0, 0}, {0, 0, 0, 2, 40}, {}}
	scale := NewLikert(all)
	var centres []string
	for i := range all {
		svg := string(scale.AppendBar(nil, &all[i], "name"))
		checkMarkup(t, svg)
		for _, sum := range barEnds(t, svg) {
			if sum < 0 || sum > 100.2 {
				t.Errorf("%v: a part ends at %g %%", all[i], sum)
			}
		}
		if _, at, ok := strings.Cut(svg, `<line class="base" x1="`); ok {
			at, _, _ = strings.Cut(at, `"`)
			centres = append(centres, at)
		}
	}
	if len(centres) != 4 {
		t.Fatalf("%d bars have a centre, want all with answers", len(centres))
	}
	for _, c := range centres {
		if c != centres[0] {
			t.Errorf("the centres are at %v", centres)
		}
	}
}

// barEnds returns where each part of a bar begins and ends, in percent of the width.
func barEnds(t *testing.T, svg string) []float64 {
	t.Helper()
	var out []float64
	for _, part := range strings.Split(svg, `<rect class="l`)[1:] {
		x, width := percent(t, part, ` x="`), percent(t, part, ` width="`)
		out = append(out, x, x+width)
	}
	return out
}

func percent(t *testing.T, s, name string) float64 {
	t.Helper()
	_, s, _ = strings.Cut(s, name)
	s, _, ok := strings.Cut(s, `%"`)
	if !ok {
		t.Fatalf("%q has no percentage", s)
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// checkMarkup fails the test if a picture is not well-formed or has a style or a script.
func checkMarkup(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		start, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		if start.Name.Local == "script" || start.Name.Local == "style" {
			t.Fatalf("element %s", start.Name.Local)
		}
		for _, a := range start.Attr {
			if name := strings.ToLower(a.Name.Local); name == "style" || strings.HasPrefix(name, "on") {
				t.Fatalf("attribute %s in %s", name, start.Name.Local)
			}
		}
	}
}

func FuzzSurveyPicturesAreWellFormed(f *testing.F) {
	f.Add("October", 1.5, 2.5, 7)
	f.Add("</script><b>", math.Inf(1), math.NaN(), -1)
	f.Add("\x00\u202e\xff", -1e300, 1e-300, 1<<40)
	f.Fuzz(func(t *testing.T, text string, a, b float64, n int) {
		answers := Answers{1, 0, 2, n & 0xff, 3}
		likert := NewLikert([]Answers{answers, {}})
		figure := metric.Figure{Value: &b, Lo: &a, Hi: &b}
		for _, svg := range [][]byte{
			likert.AppendBar(nil, &answers, text),
			AppendGauge(nil, &Gauge{Figure: figure, Bounds: metric.Limits{Lo: &a, Hi: &b}, Min: a, Max: b, Class: text}), AppendCount(nil, n, -n, 7), AppendTone(nil, 4),
		} {
			checkMarkup(t, string(svg))
		}
	})
}

func TestScoresHaveNoLine(t *testing.T) {
	of := metric.Of
	at := func(m time.Month) time.Time { return time.Date(2024, m, 15, 0, 0, 0, 0, time.UTC) }
	w := Scores{ID: "w", Title: "Score", Unit: metric.Points, Overlap: true, Class: "unknown", Points: []metric.Point{
		{At: at(9), Figure: metric.Figure{Value: of(34), Lo: of(27), Hi: of(40)}},
		{At: at(10), Figure: metric.Figure{Value: of(42), Lo: of(36), Hi: of(48)}},
	}}
	svg := string(w.AppendSVG(nil))
	for _, want := range []string{">+34<", ">+42<", ">15 Sep<", ">+20<", ">+60<", `class="unknown"`, `class="dz"`, "15 Oct 2024: +42, likely +36 to +48"} {
		if !strings.Contains(strings.ReplaceAll(svg, "\u00a0", " "), want) {
			t.Errorf("the picture lacks %q", want)
		}
	}
	if strings.Contains(svg, "<path") {
		t.Error("surveys are joined by a line")
	}
	w.Points = append(w.Points, make([]metric.Point, 20)...)
	if n := strings.Count(string(w.AppendSVG(nil)), `class="dot"`); n != 0 {
		t.Errorf("%d dots of surveys that are too old or have no score", n)
	}
}

func TestRoundAxis(t *testing.T) {
	for _, tt := range []struct{ lo, hi, from, to float64 }{
		{-8, 58, -20, 60},
		{20, 20, 20, 40},
		{math.Inf(1), math.Inf(-1), 0, 20},
		{-100, 100, -100, 100},
	} {
		t.Run(fmt.Sprint(tt.lo), func(t *testing.T) {
			if from, to := RoundAxis(tt.lo, tt.hi); from != tt.from || to != tt.to {
				t.Errorf("%g to %g: an axis from %g to %g, want %g to %g", tt.lo, tt.hi, from, to, tt.from, tt.to)
			}
		})
	}
}
