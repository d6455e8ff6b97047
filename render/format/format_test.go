package format

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// plain makes expected texts readable: no-break spaces as spaces, minus as hyphen.
func plain(s string) string {
	return strings.NewReplacer(Space, " ", nbsp, " ", Minus, "-").Replace(s)
}

func TestValue(t *testing.T) {
	for _, c := range []struct {
		v    float64
		u    metric.Unit
		want string
	}{
		{0, metric.Seconds, "0 s"},
		{42, metric.Seconds, "42 s"},
		{59.7, metric.Seconds, "1 min"},
		{90, metric.Seconds, "1.5 min"},
		{2520, metric.Seconds, "42 min"},
		{59.6 * 60, metric.Seconds, "1 h"},
		{3.2 * 3600, metric.Seconds, "3.2 h"},
		{23.6 * 3600, metric.Seconds, "1 day"},
		{2.1 * 86400, metric.Seconds, "2.1 days"},
		{1234 * 86400, metric.Seconds, "1,234 days"},
		{-90, metric.Seconds, "-1.5 min"},
		{0.08, metric.Share, "8 %"},
		{0.0849, metric.Share, "8 %"},
		{0.004, metric.Share, "0.4 %"},
		{0.996, metric.Share, "99.6 %"},
		{1, metric.Share, "100 %"},
		{0, metric.Share, "0 %"},
		{5.2, metric.PerDayPer, "5.2/day/team"},
		{12.04, metric.PerWeek, "12 a week"},
		{0.03, metric.PerDay, "0.03 a day"},
		{2, metric.PerWeek, "2.0 a week"},
		{4, metric.PerDayPer, "4.0/day/team"},
		{0.5 / 7, metric.RarePerDayPer, "0.5/week/team"},
		{0.4, metric.RarePerDay, "2.8 a week"},
		{0, metric.PerDay, "0 a day"},
		{42, metric.Points, "+42"},
		{-7.6, metric.Points, "-8"},
		{0.2, metric.Points, "0"},
		{-0.2, metric.Points, "0"},
		{8736, metric.Number, "8,736"},
		{26.25, metric.Score, "26"},
		{180, metric.Score, "180"},
		{1234567.8, metric.Number, "1,234,568"},
		{-1234567.8, metric.Number, "-1,234,568"},
		{8, "minutes", "8 minutes"},
		{math.NaN(), metric.Seconds, "n/a"},
		{math.Inf(1), metric.Share, "n/a"},
	} {
		t.Run(fmt.Sprint(c.v), func(t *testing.T) {
			if got := plain(Value(c.v, c.u)); got != c.want {
				t.Errorf("Value(%v, %s) = %q, want %q", c.v, c.u, got, c.want)
			}
		})
	}
}

func TestInterval(t *testing.T) {
	of := metric.Of
	for _, c := range []struct {
		lo, hi *float64
		u      metric.Unit
		want   string
	}{
		{nil, nil, metric.Seconds, ""},
		{of(2280), of(2760), metric.Seconds, "38–46 min"},
		{of(2280), nil, metric.Seconds, "at least 38 min"},
		{of(2280), of(math.Inf(1)), metric.Seconds, "at least 38 min"},
		{nil, of(2760), metric.Seconds, "at most 46 min"},
		{of(3000), of(3.3 * 3600), metric.Seconds, "0.8–3.3 h"},
		{of(0.074), of(0.086), metric.Share, "7–9 %"},
		{of(0.081), of(0.084), metric.Share, "8.1–8.4 %"},
		{of(0.08), of(0.08), metric.Share, "8 %"},
		{of(0.0), of(0.004), metric.Share, "0–0.4 %"},
		{of(-3), of(19), metric.Points, "-3 to +19"},
		{of(-19), of(-3), metric.Points, "-19 to -3"},
		{of(36), of(48), metric.Points, "+36 to +48"},
		{of(4.9), of(5.5), metric.PerDayPer, "4.9–5.5/day/team"},
		{of(8000), of(9000.4), metric.Number, "8,000–9,000"},
	} {
		t.Run(fmt.Sprint(c.lo), func(t *testing.T) {
			if got := plain(Interval(c.lo, c.hi, c.u)); got != c.want {
				t.Errorf("Interval(%s, %s, %s) = %q, want %q", Maybe(c.lo, c.u), Maybe(c.hi, c.u), c.u, got, c.want)
			}
		})
	}
}

func day(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func TestSpan(t *testing.T) {
	for _, c := range []struct{ from, to, want string }{
		{"2024-10-07", "2024-11-04", "7 Oct–3 Nov 2024"},
		{"2024-10-07", "2024-10-28", "7–27 Oct 2024"},
		{"2024-12-16", "2025-01-13", "16 Dec 2024–12 Jan 2025"},
		{"2024-10-07", "2024-10-08", "7 Oct 2024"},
		{"2024-10-07", "2024-10-07", "7 Oct 2024"},
		{"2024-10-07", "2024-10-01", "7 Oct 2024"},
	} {
		t.Run(c.from, func(t *testing.T) {
			if got := plain(Span(day(c.from), day(c.to))); got != c.want {
				t.Errorf("Span(%s, %s) = %q, want %q", c.from, c.to, got, c.want)
			}
		})
	}
	if got := ISO(day("2024-10-07").Add(23 * time.Hour)); got != "2024-10-07" {
		t.Errorf("ISO = %q", got)
	}
}

func TestMoved(t *testing.T) {
	for _, c := range []struct {
		name  string
		trend *metric.Trend
		unit  metric.Unit
		want  string
		rng   string
	}{
		{"none", nil, metric.Share, "", ""},
		{"one of many", &metric.Trend{Outcome: metric.NotEnoughData, Change: 0.3, Range: metric.Range{Lo: 0.05, Hi: 0.5}, Relative: true, Better: metric.Up}, metric.PerDay, "likely +5 to +50 %: may be chance, among so many numbers", ""},
		{"better", &metric.Trend{Outcome: metric.Changed, Change: 0.3, Range: metric.Range{Lo: 0.19, Hi: 0.43}, Relative: true, Better: metric.Up}, metric.PerDay, "↑ 30 % better", "+19 to +43 %"},
		{"down is better", &metric.Trend{Outcome: metric.Changed, Change: -0.15, Range: metric.Range{Lo: -0.2, Hi: -0.1}, Relative: true, Better: metric.Down}, metric.Seconds, "↓ 15 % better", "-20 to -10 %"},
		{"worse", &metric.Trend{Outcome: metric.Changed, Change: 0.15, Relative: true, Better: metric.Down}, metric.Seconds, "↑ 15 % worse", ""},
		{"neutral", &metric.Trend{Outcome: metric.Changed, Change: 0.15, Relative: true, Better: metric.Neutral}, metric.Seconds, "↑ 15 % changed", ""},
		{"worth watching has no arrow, and its interval first", &metric.Trend{Outcome: metric.WorthWatching, Change: 0.01, Range: metric.Range{Lo: 0.001, Hi: 0.019}, Better: metric.Down}, metric.Share, "likely +0.1 to +1.9 points: worth watching", ""},
		{"same", &metric.Trend{Outcome: metric.AboutTheSame, Change: 0.0003, Range: metric.Range{Lo: -0.0086, Hi: 0.0086}, Better: metric.Down}, metric.Share, "→ about the same", "-0.86 to +0.86 points"},
		{"another mix of teams", &metric.Trend{Outcome: metric.AboutTheSame, Change: -0.002, Range: metric.Range{Lo: -0.01, Hi: 0.006}, Mix: 0.03, Better: metric.Down}, metric.Share, "→ about the same", "-1 to +0.6 points"},
		{"chance has no arrow", &metric.Trend{Outcome: metric.NotEnoughData, Change: 8, Range: metric.Range{Lo: -3, Hi: 19}, Better: metric.Up}, metric.Points, "likely -3 to +19: may be chance", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Moved(&metric.Metric{Trend: c.trend, Unit: c.unit})
			if plain(got.String()) != c.want || plain(got.Range) != c.rng {
				t.Errorf("%s: %q, range %q; want %q, range %q", c.name, plain(got.String()), plain(got.Range), c.want, c.rng)
			}
		})
	}
}

// What is printed is the change of the two values that stand beside it. The
// test's estimate has its own name, and where the signs differ there is no size.
func TestMovedIsOfThePrintedValues(t *testing.T) {
	of := metric.Of
	tested := func(o metric.Outcome, change, lo, hi float64) *metric.Trend {
		return &metric.Trend{Outcome: o, Change: change, Range: metric.Range{Lo: lo, Hi: hi}, Relative: true, Better: metric.Up, Of: "a typical team"}
	}
	for _, c := range []struct {
		name                  string
		unit                  metric.Unit
		now, was              float64
		change                metric.Change
		trend                 *metric.Trend
		text, rng, before, of string
	}{
		{
			"another estimate", metric.PerDayPer, 5.2, 4,
			metric.Change{Value: .3, Relative: true, Limits: metric.Limits{Lo: of(.19), Hi: of(.42)}},
			tested(metric.Changed, .31, .28, .33),
			"↑ 30 % better", "+19 to +42 %", "was 4.0/day/team", "a typical team: +31 %, likely +28 to +33 %",
		},
		{
			"the same estimate", metric.PerDayPer, 5.2, 4,
			metric.Change{Value: .3, Relative: true, Limits: metric.Limits{Lo: of(.28), Hi: of(.33)}},
			tested(metric.Changed, .3, .28, .33),
			"↑ 30 % better", "+28 to +33 %", "was 4.0/day/team", "",
		},
		{
			"opposite signs", metric.PerDay, 1.9, 2,
			metric.Change{Value: -.05, Relative: true, Limits: metric.Limits{Lo: of(-.3), Hi: of(.4)}},
			tested(metric.NotEnoughData, .04, -.3, .5),
			"likely -30 to +40 %: may be chance", "", "was 2.0 a day", "",
		},
		{
			"opposite signs, beyond chance", metric.PerDay, 1.9, 2,
			metric.Change{Value: -.05, Relative: true, Limits: metric.Limits{Lo: of(-.3), Hi: of(.4)}},
			tested(metric.Changed, .2, .1, .3),
			"better for a typical team", "-30 to +40 %", "was 2.0 a day", "",
		},
		{
			"a decimal more makes the sum right", metric.Seconds, 2520, 2964,
			metric.Change{Value: 2520./2964 - 1, Relative: true},
			tested(metric.Changed, -.15, -.2, -.1),
			"↓ 15 % worse", "", "was 49.4 min", "a typical team: -15 %, likely -20 to -10 %",
		},
		{
			"only one end is known", metric.PerDay, 1, 2,
			metric.Change{Value: -.5, Relative: true, Limits: metric.Limits{Hi: of(.4)}},
			tested(metric.NotEnoughData, -.5, 0, 0),
			"likely at most +40 %: may be chance", "", "was 2.0 a day", "",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := metric.Metric{Unit: c.unit, Figure: metric.Figure{Value: &c.now}, Was: &metric.Was{Figure: metric.Figure{Value: &c.was}}, Change: &c.change, Trend: c.trend}
			got := Moved(&m)
			if plain(got.String()) != c.text || plain(got.Range) != c.rng || plain(got.Was) != c.before || plain(got.Test) != c.of {
				t.Errorf("%s: %q, %q, %q, %q", c.name, plain(got.String()), plain(got.Range), plain(got.Was), plain(got.Test))
			}
		})
	}
	untested := metric.Metric{Unit: metric.PerDay, Figure: metric.Figure{Value: of(1)}, Was: &metric.Was{Figure: metric.Figure{Value: of(2)}}}
	if got := Moved(&untested); got.String() != "" || plain(got.Was) != "was 2.0 a day" {
		t.Errorf("not tested: %+v", got)
	}
}

func TestWords(t *testing.T) {
	for got, want := range map[string]string{
		Counts([]metric.Count{{What: "deployments", N: 8736}, {What: "people", N: 1}}): "8,736 deployments, 1 person",
		Things(1, "bodies of work"): "1 bodies of work",
		Things(1, "criteria"):       "1 criterion",
		Things(1, "replies"):        "1 reply",
		Things(1, "class"):          "1 class",
		Things(1, "fixes"):          "1 fix",
		Things(0, "teams"):          "0 teams",
		Of(220, 250):                "220/250",
		Signed(-8):                  "-8",
		RelativeChange(-0.25):       "-25 %",
		Delta(0.02, metric.Share):   "+2 points",
		Target(&metric.Target{Value: 0.15, Op: metric.Down}, metric.Share):               "at most 15 %",
		Target(&metric.Target{Value: 300, Op: metric.Up}, metric.Seconds):                "at least 5 min",
		Target(&metric.Target{Value: 40, Op: metric.Up, Strict: true}, metric.Points):    "more than +40",
		Target(&metric.Target{Value: 0.15, Op: metric.Down, Strict: true}, metric.Share): "less than 15 %",
		Target(nil, metric.Share):         "",
		Maybe(nil, metric.Share):          "n/a",
		Duration(2520) + " " + Share(0.5): "42 min 50 %",
		Number(math.NaN()):                "n/a",
	} {
		t.Run(got, func(t *testing.T) {
			if plain(got) != want {
				t.Errorf("got %q, want %q", plain(got), want)
			}
		})
	}
}

func TestAxisLabelsAgree(t *testing.T) {
	for _, c := range []struct {
		top, step float64
		u         metric.Unit
		want      string
	}{
		{3600 * 0.9, 1200, metric.Seconds, "0|20 min|40 min"},
		{3 * 3600, 5400, metric.Seconds, "0|1.5 h|3.0 h"},
		{4800, 1200, metric.Seconds, "0|20 min|40 min"},
		{86400, 21600, metric.Seconds, "0|6 h|12 h"},
		{1, 0.25, metric.Seconds, "0|0.25 s|0.50 s"},
		{0.1, 0.05, metric.Share, "0|5 %|10 %"},
		{100, 50, metric.Points, "0|+50|+100"},
		{6, 2, metric.PerDayPer, "0|2|4"},
		{2000, 1000, metric.Number, "0|1,000|2,000"},
	} {
		t.Run(fmt.Sprint(c.top), func(t *testing.T) {
			a := NewAxis(c.top, c.step, c.u)
			got := plain(a.Label(0) + "|" + a.Label(c.step) + "|" + a.Label(2*c.step))
			if got != c.want {
				t.Errorf("%s: %q, want %q", c.u, got, c.want)
			}
		})
	}
	if got := plain(NewAxis(0.1, 0.1, metric.Share).Signed().Label(0.1)); got != "+10 %" {
		t.Errorf("signed label %q", got)
	}
	if a := NewAxis(6, 2, metric.PerDayPer); a.Unit() != "/day/team" || a.Suffix() != "" {
		t.Errorf("unit %q suffix %q", a.Unit(), a.Suffix())
	}
	if a := NewAxis(3600*0.9, 1200, metric.Seconds); a.Scaled(2520) != 42 || a.Suffix() != Space+"min" {
		t.Errorf("scaled %v suffix %q", a.Scaled(2520), a.Suffix())
	}
}

// Nothing that Value or Interval returns may break inside a number and its unit.
func FuzzValueNeverWraps(f *testing.F) {
	f.Add(2520.0, 2760.0)
	f.Add(-0.5, 1e300)
	f.Fuzz(func(t *testing.T, a, b float64) {
		for _, u := range []metric.Unit{metric.Seconds, metric.Share, metric.Points, metric.Number} {
			got := Value(a, u)
			if got == "" || strings.ContainsFunc(got, func(r rune) bool { return r == ' ' || r == '-' || unicode.IsControl(r) }) {
				t.Fatalf("Value(%v, %s) = %q", a, u, got)
			}
			if got := Interval(&a, &b, u); strings.Contains(got, "--") || strings.Contains(got, "NaN") {
				t.Fatalf("Interval(%v, %v, %s) = %q", a, b, u, got)
			}
		}
	})
}

func BenchmarkValue(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Value(2520, metric.Seconds)
	}
}

func TestRelativeRange(t *testing.T) {
	lo, hi := -0.35, 0.1
	for _, c := range []struct {
		lo, hi *float64
		want   string
	}{
		{&lo, &hi, "-35 to +10 %"},
		{&lo, nil, "at least -35 %"},
		{nil, &hi, "at most +10 %"},
		{nil, nil, ""},
	} {
		t.Run(fmt.Sprint(c.lo), func(t *testing.T) {
			if got := plain(RelativeRange(c.lo, c.hi)); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Where the mix of teams made the change of the totals, the page tells both parts.
func TestMixOfTeams(t *testing.T) {
	m := metric.Metric{Unit: metric.Share, Trend: &metric.Trend{Outcome: metric.AboutTheSame, Change: -0.002, Range: metric.Range{Lo: -0.01, Hi: 0.006}, Mix: 0.03}}
	if got := plain(Moved(&m).Test); got != "within teams -0.2 points (likely -1 to +0.6 points), another mix of teams +3 points" {
		t.Error(got)
	}
	m.Trend.Mix = 0.001
	if got := Moved(&m).Test; got != "" {
		t.Error(got)
	}
}
