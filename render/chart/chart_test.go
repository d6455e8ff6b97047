package chart

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// element is what a test looks at in a picture.
type element struct {
	name  string
	class string
	attrs map[string]string
	text  string
}

// parse reads a picture strictly, failing the test on anything that is not
// well-formed or not allowed under the content security policy.
func parse(t *testing.T, svg []byte) []element {
	t.Helper()
	d := xml.NewDecoder(bytes.NewReader(svg))
	var out []element
	for {
		tok, err := d.Token()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatalf("not well-formed: %v\n%s", err, svg)
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			e := element{name: tok.Name.Local, attrs: map[string]string{}}
			for _, a := range tok.Attr {
				name := strings.ToLower(a.Name.Local)
				if name == "style" || strings.HasPrefix(name, "on") {
					t.Fatalf("attribute %s in %s", name, e.name)
				}
				e.attrs[name] = a.Value
			}
			e.class = e.attrs["class"]
			if !slices.Contains([]string{"svg", "title", "desc", "path", "circle", "text", "a", "rect", "line", "pattern"}, e.name) {
				t.Fatalf("element %s", e.name)
			}
			out = append(out, e)
		case xml.CharData:
			if len(out) > 0 {
				out[len(out)-1].text += string(tok)
			}
		}
	}
}

func count(es []element, name, class string) int {
	n := 0
	for _, e := range es {
		if e.name == name && e.class == class {
			n++
		}
	}
	return n
}

func paths(es []element, class string) string {
	var out []string
	for _, e := range es {
		if e.name == "path" && e.class == class {
			out = append(out, e.attrs["d"])
		}
	}
	return strings.Join(out, " ")
}

// series makes weekly points; NaN is a gap.
func series(values ...float64) []metric.Point {
	out := make([]metric.Point, len(values))
	for i, v := range values {
		out[i].At = monday.AddDate(0, 0, 7*i)
		if !math.IsNaN(v) {
			out[i].Value = metric.Of(v)
		}
	}
	return out
}

var gap = math.NaN()

// segments counts the lines of a path with relative commands: its points without its moves.
func segments(d string) int {
	return len(numbers.FindAllString(d, -1))/2 - strings.Count(d, "m")
}

var (
	numbers  = regexp.MustCompile(`-?[0-9.]+`)
	commands = regexp.MustCompile(`[a-zA-Z][^a-zA-Z]*`)
)

func TestGapsAreNeverJoined(t *testing.T) {
	for _, c := range []struct {
		name         string
		points       []metric.Point
		moves, lines int // in the line
		dots, shades int
	}{
		{"whole", series(1, 2, 3, 4), 1, 3, 1, 0},
		{"one gap", series(1, 2, gap, 4, 5), 2, 2, 1, 1},
		{"alone between gaps", series(1, 2, gap, 4, gap, 5, 6), 2, 2, 2, 2},
		{"gaps at the ends", series(gap, 1, 2, gap), 1, 1, 1, 2},
		{"only gaps", series(gap, gap), 0, 0, 0, 1},
		{"nothing", nil, 0, 0, 0, 0},
		{"one point", series(3), 0, 0, 1, 0},
		{"missing week", append(series(1, 2), metric.Point{At: monday.AddDate(0, 0, 28), Figure: metric.Figure{Value: metric.Of(3)}}), 1, 1, 1, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			es := parse(t, (&Line{ID: "x", Title: "t", Points: c.points}).AppendSVG(nil))
			d := paths(es, "ln")
			if m, l := strings.Count(d, "m"), segments(d); m != c.moves || l != c.lines {
				t.Errorf("%s: line %q has %d moves and %d lines, want %d and %d", c.name, d, m, l, c.moves, c.lines)
			}
			if n := count(es, "circle", "dot"); n != c.dots {
				t.Errorf("%s: %d dots, want %d", c.name, n, c.dots)
			}
			if n := count(es, "rect", ""); n != c.shades {
				t.Errorf("%s: %d hatched gaps, want %d", c.name, n, c.shades)
			}
		})
	}
}

func TestProvisionalPointsAreHollow(t *testing.T) {
	points := series(1, 2, 3)
	points[2].Provisional = true
	es := parse(t, (&Line{ID: "x", Points: points}).AppendSVG(nil))
	if count(es, "circle", "hollow") != 1 || segments(paths(es, "ln un")) != 1 || segments(paths(es, "ln")) != 1 {
		t.Errorf("hollow dots %d, dashed %q, firm %q", count(es, "circle", "hollow"), paths(es, "ln un"), paths(es, "ln"))
	}
	es = parse(t, (&Bars{ID: "x", Points: points}).AppendSVG(nil))
	if strings.Count(paths(es, "bar un"), "z") != 1 || strings.Count(paths(es, "bar"), "z") != 2 {
		t.Errorf("hollow bars %q, firm %q", paths(es, "bar un"), paths(es, "bar"))
	}
}

func TestBarsStartAtZero(t *testing.T) {
	for _, values := range [][]float64{{100, 101, 102}, {5, gap, 7}, {-3, 4}, {-3, -4}, {0, 0}} {
		p := (&Bars{ID: "x", Points: series(values...)}).plan()
		if p.lo > 0 || p.hi < 0 {
			t.Errorf("%v: axis %v to %v", values, p.lo, p.hi)
		}
	}
}

func TestTimeIsChronological(t *testing.T) {
	points := series(1, 2, 3)
	want := (&Line{ID: "x", Points: points}).AppendSVG(nil)
	shuffled := []metric.Point{points[2], points[0], points[1]}
	if got := (&Line{ID: "x", Points: shuffled}).AppendSVG(nil); !bytes.Equal(got, want) {
		t.Errorf("order of input shows:\n%s\n%s", got, want)
	}
	if *shuffled[0].Value != 3 {
		t.Error("the input was reordered")
	}
}

func TestIntervalWithoutUpperLimitReachesTheTop(t *testing.T) {
	points := series(1, 2)
	points[0].Lo, points[1].Lo = metric.Of(0.5), metric.Of(1)
	l := &Line{ID: "x", Points: points}
	es := parse(t, l.AppendSVG(nil))
	if d := paths(es, "band"); segments(d) != 3 {
		t.Errorf("area %q", d)
	}
	if !slices.ContainsFunc(es, func(e element) bool { return e.text == "↑ no upper limit" }) {
		t.Error("the range that leaves the plot has no words")
	}
}

func TestOneWildIntervalDoesNotFlattenTheRest(t *testing.T) {
	points := series(10, 11, 12)
	points[1].Lo, points[1].Hi = metric.Of(1), metric.Of(1e6)
	if p := (&Line{ID: "x", Points: points}).plan(); p.hi > 50 {
		t.Errorf("axis reaches %v", p.hi)
	}
}

func TestShareGivesOneAxis(t *testing.T) {
	a, b := &Line{Points: series(1, 2)}, &Line{Points: series(100, 200)}
	Share(a, b)
	if pa, pb := a.plan(), b.plan(); pa.scale != pb.scale {
		t.Errorf("%+v and %+v", pa.scale, pb.scale)
	}
}

func TestScale(t *testing.T) {
	for _, c := range []struct {
		lo, hi       float64
		u            metric.Unit
		wantLo, want float64
		step         float64
	}{
		{0, 3300, metric.Seconds, 0, 3600, 900},
		{0.92, 0.995, metric.Share, 0.92, 1, 0.02},
		{0, 0.93, metric.Share, 0, 1, 0.5},
		{-20, 60, metric.Points, -20, 60, 20},
		{5, 5, metric.Number, 0, 6, 2},
		{0, 0, metric.Share, 0, 0.01, 0.005},
		{0, 40 * 86400, metric.Seconds, 0, 40 * 86400, 10 * 86400},
	} {
		t.Run(fmt.Sprint(c.lo), func(t *testing.T) {
			s := newScale(c.lo, c.hi, c.u, false)
			if math.Abs(s.step-c.step) > 1e-9 || math.Abs(s.lo-c.wantLo) > 1e-9 || math.Abs(s.hi-c.want) > 1e-9 {
				t.Errorf("newScale(%v, %v, %s) = %v to %v by %v; want %v to %v by %v", c.lo, c.hi, c.u, s.lo, s.hi, s.step, c.wantLo, c.want, c.step)
			}
		})
	}
}

func TestTimeTicksAreFewAndInOrder(t *testing.T) {
	for weeks := 0; weeks < 1500; weeks += 1 + weeks/9 {
		to := monday.AddDate(0, 0, 7*weeks)
		ticks := timeTicks(monday, to)
		if len(ticks) > 9 || (weeks != 1 && len(ticks) == 0) {
			t.Errorf("%d weeks: %d ticks", weeks, len(ticks))
		}
		for i, tick := range ticks {
			if tick.At.Before(monday) || tick.At.After(to) || (i > 0 && !tick.At.After(ticks[i-1].At)) {
				t.Errorf("%d weeks: tick %d at %v", weeks, i, tick.At)
			}
		}
	}
}

func TestTextIsEscapedAndCleaned(t *testing.T) {
	for in, want := range map[string]string{
		`<script>&"'`:                     "&lt;script&gt;&amp;&#34;&#39;",
		"a\x00b\x1bc\u0085d\x7fe":         "abcde",
		"a\tb\nc":                         "a b c",
		"abc\u202egnp.exe\u2066\u2069":    "abcgnp.exe",
		"\xff\xfe":                        "\uFFFD\uFFFD",
		"Überschrift 東京 🙂":                "Überschrift 東京 🙂",
		"line\u2028separator\ufeff\u061c": "lineseparator",
	} {
		t.Run(in, func(t *testing.T) {
			if got := string(appendText(nil, in)); got != want {
				t.Errorf("%q: %q, want %q", in, got, want)
			}
		})
	}
}

func TestGuardCell(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1":            "'=1+1",
		"+42":             "'+42",
		"-cmd":            "'-cmd",
		"@SUM(A1)":        "'@SUM(A1)",
		"\t=1":            "'\t=1",
		"\r=1":            "'\r=1",
		"\n=1":            "'\n=1",
		"  =1":            "'  =1",
		"＝1":              "'＝1",
		"＋1":              "'＋1",
		"－1":              "'－1",
		"＠x":              "'＠x",
		"-3":              "-3",
		"-3.25e-07":       "-3.25e-07",
		"-3-cmd":          "'-3-cmd",
		"-inf":            "'-inf",
		"":                "",
		"a=1":             "a=1",
		"\u22128 minutes": "\u22128 minutes",
	} {
		t.Run(in, func(t *testing.T) {
			if got := GuardCell(in); got != want {
				t.Errorf("GuardCell(%q) = %q, want %q", in, got, want)
			}
		})
	}
}

// failing is a writer whose disk is full.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteCSVReportsErrors(t *testing.T) {
	if err := WriteCSV(failing{}, [][]string{{"a"}}); err == nil || !strings.Contains(err.Error(), "disk full") {
		t.Errorf("error %v", err)
	}
}

func TestTableAndRecordsAgreeWithThePicture(t *testing.T) {
	points := series(0.1, gap, 0.3)
	points[0].Lo, points[0].N = metric.Of(0.05), 12
	points[2].Provisional, points[2].Note = true, "one source late"
	l := &Line{ID: "x", Title: "Failure rate", Unit: metric.Share, Points: points}
	table := l.Table()
	want := [][]string{
		{"13\u00a0May\u00a02024", "10\u202f%", "at least 5\u202f%", "12", ""},
		{"20\u00a0May\u00a02024", "no data", "", "", ""},
		{"27\u00a0May\u00a02024", "30\u202f%", "", "0", "provisional: one source late"},
	}
	for i, r := range table.Rows {
		if !slices.Equal(r.Cells, want[i]) || r.Gap != (i == 1) {
			t.Errorf("row %d: %q, gap %v; want %q", i, r.Cells, r.Gap, want[i])
		}
	}
	if head := table.Head[0].Title; head != "Week of" {
		t.Errorf("first head %q", head)
	}
	var out bytes.Buffer
	if err := WriteCSV(&out, l.Records()); err != nil {
		t.Fatal(err)
	}
	const wantCSV = "from,value,low,high,n,unit,provisional,note\n" +
		"2024-05-13,0.1,0.05,,12,share,false,\n2024-05-20,,,,0,share,false,\n2024-05-27,0.3,,,0,share,true,one source late\n"
	if out.String() != wantCSV {
		t.Errorf("csv:\n%s\nwant:\n%s", out.String(), wantCSV)
	}
}

// option is the part of an ECharts option that the tests look at.
type option struct {
	Tooltip struct{ RenderMode string }
	XAxis   struct{ Data []string }
	YAxis   struct{ Min, Max, Interval float64 }
	Series  []struct {
		Type string
		Data []*float64
	}
}

func TestOptionIsTheSameChart(t *testing.T) {
	l := specimenLine()
	var o option
	if err := json.Unmarshal(l.AppendOption(nil), &o); err != nil {
		t.Fatal(err)
	}
	if o.Tooltip.RenderMode != "richText" || len(o.Series) != 4 || len(o.XAxis.Data) != 26 {
		t.Fatalf("option %+v", o)
	}
	for i, p := range l.Points {
		firm, provisional := o.Series[2].Data[i], o.Series[3].Data[i]
		switch {
		case p.Value == nil && (firm != nil || provisional != nil):
			t.Errorf("point %d is a gap, the option says %v, %v", i, firm, provisional)
		case p.Provisional && provisional == nil, p.Value != nil && !p.Provisional && firm == nil:
			t.Errorf("point %d is missing", i)
		}
		if firm != nil && math.Abs(*firm*60-*p.Value) > 0.01 {
			t.Errorf("point %d: %v min, want %v s", i, *firm, *p.Value)
		}
	}
	if o.YAxis.Max != 80 || o.YAxis.Interval != 20 {
		t.Errorf("axis %+v", o.YAxis)
	}
}

// What go-echarts would turn into live code stays a string.
func TestOptionIsHarmless(t *testing.T) {
	const evil = `</script><img src=x onerror=alert(1)>__f__alert(1)__f__@@x@@ "\ ` + "\u2028"
	l := &Line{ID: evil, Title: evil, Desc: evil, Points: series(1, 2), Marks: []Mark{{At: monday, Label: evil}}}
	out := l.AppendOption(nil)
	if regexp.MustCompile(`[<>&\x{2028}]`).Match(out) {
		t.Errorf("option %s", out)
	}
	var o struct {
		Series []struct {
			MarkLine struct{ Data []struct{ Name string } }
		}
	}
	if err := json.Unmarshal(out, &o); err != nil {
		t.Fatal(err)
	}
	if got := o.Series[2].MarkLine.Data[0].Name; got != strings.TrimSuffix(evil, "\u2028") {
		t.Errorf("name %q", got)
	}
}

func FuzzChartsAreWellFormed(f *testing.F) {
	f.Add("id", "Lead time", "a note", 1.5, 2.5, 7, true)
	f.Add("<", "</script>__f__alert(1)__f__", "\x00\u202e", math.Inf(1), math.NaN(), -1, false)
	f.Add("a b", "=cmd", "\xff", -1e300, 1e-300, 1<<40, true)
	f.Fuzz(func(t *testing.T, id, title, note string, a, b float64, days int, flag bool) {
		at := monday.AddDate(0, 0, days%100000)
		points := []metric.Point{
			{At: monday, Figure: metric.Figure{Value: &a, Lo: &b}, Note: note, Provisional: flag},
			{At: at, Figure: metric.Figure{Value: &b, Lo: &a, Hi: &b}, N: days, Provisional: !flag},
			{At: at.Add(time.Hour), Note: title},
		}
		units := []metric.Unit{metric.Seconds, metric.Share, metric.Points, metric.Unit(note)}
		u := units[uint(days)%4]
		target := &metric.Target{Value: a}
		if math.IsNaN(a) || math.Abs(a) > 1e15 {
			target = nil
		}
		for _, c := range []Chart{
			&Line{ID: id, Title: title, Desc: note, Unit: u, Points: points, Target: target, Form: Form(uint(days) % 3), Marks: []Mark{{At: at, Label: title}, {At: monday, To: at, Label: note}}, Limits: []Limit{{Value: 1, Label: note}, {Value: 2, At: at, Label: title}}, Windows: []Mark{{At: monday, To: at, Label: note}}},
			&Bars{ID: id, Title: title, Desc: note, Unit: u, Points: points, Target: target},
			&Rows{ID: id, Title: title, Unit: u, Dots: flag, Items: []Item{{title, metric.Figure{Value: &a, Lo: &b}, note}, {note, metric.Figure{}, ""}}},
			&Effect{ID: id, Title: title, Event: note, Unit: u, Periods: []Period{{At: days, Figure: metric.Figure{Value: &a, Lo: &b, Hi: &b}}}},
			&Distribution{ID: id, Title: title, Counts: [11]int{days & 0xffff}},
		} {
			parse(t, c.AppendSVG(nil))
			if o := c.AppendOption(nil); len(o) > 0 && (!json.Valid(o) || bytes.ContainsAny(o, "<>")) {
				t.Fatalf("option %s", o)
			}
			for _, r := range c.Table().Rows {
				if len(r.Cells) != len(c.Table().Head) {
					t.Fatalf("row %q has %d cells", r.Cells, len(c.Table().Head))
				}
			}
			checkCSV(t, c.Records())
		}
		parse(t, AppendAnswers(nil, days&0xff, len(note), len(title)))
		parse(t, (&Line{ID: id, Title: title, Unit: u, Points: points, Windows: []Mark{{At: monday, To: at, Label: note}}}).AppendSpark(nil))
		parse(t, (&Bars{ID: id, Title: title, Unit: u, Points: points}).AppendSpark(nil))
		parse(t, AppendMini(nil, points, days))
		parse(t, AppendShareBar(nil, a, b))
	})
}

// checkCSV reads back what was written: as many cells, none a formula.
func checkCSV(t *testing.T, records [][]string) {
	t.Helper()
	var out bytes.Buffer
	if err := WriteCSV(&out, records); err != nil {
		t.Fatal(err)
	}
	back, err := csv.NewReader(&out).ReadAll()
	if err != nil || len(back) != len(records) {
		t.Fatalf("%d records, %v; want %d", len(back), err, len(records))
	}
	for _, r := range back {
		for _, cell := range r {
			if cell != "" && strings.ContainsAny(cell[:1], "=+@\t\r\n") {
				t.Fatalf("cell %q", cell)
			}
		}
	}
}

func BenchmarkLineSVG(b *testing.B) {
	l := specimenLine()
	dst := make([]byte, 0, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		dst = l.AppendSVG(dst[:0])
	}
}

func BenchmarkLineFigure(b *testing.B) {
	l := specimenLine()
	dst := make([]byte, 0, 64<<10)
	b.ReportAllocs()
	for b.Loop() {
		dst = AppendFigure(dst[:0], l, FigureOptions{CSV: "lead-time.csv"})
	}
}

func BenchmarkSpark(b *testing.B) {
	l := specimenLine()
	dst := make([]byte, 0, 16<<10)
	b.ReportAllocs()
	for b.Loop() {
		dst = l.AppendSpark(dst[:0])
	}
}
