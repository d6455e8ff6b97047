package step

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

var pages = flag.Int("pages", 24, "simulated pages of each kind")

var firstWeek = time.Date(2022, 10, 3, 0, 0, 0, 0, time.UTC)

// newSeries is a series of weekly values; NaN is a week without one.
func newSeries(u metric.Unit, values ...float64) *metric.Series {
	s := &metric.Series{Unit: u}
	for i, v := range values {
		p := metric.Point{At: firstWeek.Add(time.Duration(i) * week)}
		if !math.IsNaN(v) {
			p.Value = metric.Of(v)
		}
		s.Points = append(s.Points, p)
	}
	return s
}

// world is a kind of platform without any step.
type world struct {
	name   string
	rho    float64 // correlation of neighbouring weeks
	weeks  int
	series int
	heavy  bool    // one week in twenty-five has three times the noise
	drift  float64 // standard deviations a week
	common float64 // share of the variance that all series have in common
	holes  float64 // share of weeks without a value
}

var worlds = []world{
	{"independent weeks", 0, 104, 4, false, 0, 0, 0},
	{"ρ .3", .3, 104, 4, false, 0, 0, 0},
	{"ρ .5", .5, 104, 4, false, 0, 0, 0},
	{"ρ .5, one year", .5, 52, 4, false, 0, 0, 0},
	{"ρ .5, 30 weeks", .5, 30, 4, false, 0, 0, 0},
	{"ρ .3, one series", .3, 64, 1, false, 0, 0, 0},
	{"ρ .3, thirteen series", .3, 64, 13, false, 0, 0, 0},
	{"ρ .3, outliers", .3, 64, 4, true, 0, 0, 0},
	{"ρ .3, a drift of .05 a week", .3, 64, 4, false, .05, 0, 0},
	{"ρ .3, a drift of .2 a week", .3, 64, 4, false, .2, 0, 0},
	{"ρ .3, half of the variance common", .3, 64, 4, false, 0, .5, 0},
	{"ρ .3, a fifth of the weeks missing", .3, 64, 4, false, 0, 0, .2},
}

// draw returns the series of a page.
func (w *world) draw(r *rand.Rand) []*metric.Series {
	walk := func() []float64 {
		out := make([]float64, w.weeks)
		last := r.NormFloat64()
		for t := range out {
			e := r.NormFloat64()
			if w.heavy && r.Float64() < .04 {
				e *= 3
			}
			last = w.rho*last + math.Sqrt(1-w.rho*w.rho)*e
			out[t] = last
		}
		return out
	}
	shared := walk()
	var page []*metric.Series
	for range w.series {
		own := walk()
		for t := range own {
			own[t] = math.Sqrt(1-w.common)*own[t] + math.Sqrt(w.common)*shared[t] + w.drift*float64(t)
			if r.Float64() < w.holes {
				own[t] = math.NaN()
			}
		}
		page = append(page, newSeries(metric.Number, own...))
	}
	return page
}

// On a page without any step, no week is named in 95 of 100 pages, however many series it has.
func TestPagesWithoutAStep(t *testing.T) {
	for i, w := range worlds {
		t.Run(w.name, func(t *testing.T) {
			wrong := 0
			for k := range *pages {
				page := w.draw(rand.New(rand.NewPCG(uint64(k), uint64(i))))
				Find(fmt.Sprint(k), page)
				for _, s := range page {
					if len(s.Steps) > 0 {
						wrong++
						break
					}
				}
			}
			iv := stat.Wilson(wrong, *pages, .95)
			t.Logf("%s: %d of %d pages, %.1f %% (%.1f–%.1f)", w.name, wrong, *pages, 100*float64(wrong)/float64(*pages), 100*iv.Lo, 100*iv.Hi)
			if iv.Lo > Level {
				t.Errorf("a week is named on %d of %d pages without any step", wrong, *pages)
			}
		})
	}
}

// A large step four weeks before the end is found, in its own week.
func TestStepsAreFound(t *testing.T) {
	for i, c := range []struct {
		size, rho float64
		after     int // weeks
		least     float64
	}{
		{3, 0, 4, .1},
		{5, 0, 4, .5},
		{5, .3, 4, .3},
		{8, .3, 4, .7},
		{3, 0, 20, .2},
		{5, .3, 20, .4},
	} {
		t.Run(fmt.Sprintf("%g of ρ %g after %d", c.size, c.rho, c.after), func(t *testing.T) {
			found, elsewhere := 0, 0
			for k := range *pages {
				w := world{rho: c.rho, weeks: 64, series: 4}
				page := w.draw(rand.New(rand.NewPCG(uint64(k), uint64(100+i))))
				at := w.weeks - c.after
				for t := at; t < w.weeks; t++ {
					*page[0].Points[t].Value += c.size
				}
				Find(fmt.Sprint(k), page)
				for _, s := range page[0].Steps {
					if d := s.Week.Sub(page[0].Points[at].At); d == 0 && s.Rises() {
						found++
					} else if d.Abs() > week {
						elsewhere++
					}
				}
			}
			iv := stat.Wilson(found, *pages, .95)
			t.Logf("%g standard deviations, ρ %g, %d weeks before the end: %.0f %% (%.0f–%.0f) in its week, %d elsewhere", c.size, c.rho, c.after, 100*float64(found)/float64(*pages), 100*iv.Lo, 100*iv.Hi, elsewhere)
			if float64(found) < c.least*float64(*pages) || float64(elsewhere) > .1*float64(*pages) {
				t.Errorf("%d found and %d elsewhere of %d", found, elsewhere, *pages)
			}
		})
	}
}

// wave is noise without randomness.
func wave(t int) float64 { return math.Sin(float64(t)*2.3) + .5*math.Cos(float64(t)*5.1) }

// Dips, slopes, breaks and weeks that may still change are no steps.
func TestWhatIsNoStep(t *testing.T) {
	level := func(of func(t int) float64) []float64 {
		out := make([]float64, 64)
		for t := range out {
			out[t] = 100 + wave(t) + of(t)
		}
		return out
	}
	from := func(at int, size float64) func(int) float64 {
		return func(t int) float64 {
			if t >= at {
				return size
			}
			return 0
		}
	}
	for _, c := range []struct {
		name string
		s    *metric.Series
		want []int
	}{
		{"nothing", newSeries(metric.Number, level(func(int) float64 { return 0 })...), nil},
		{"a step", newSeries(metric.Number, level(from(60, 8))...), []int{60}},
		{"two steps", newSeries(metric.Number, level(func(t int) float64 { return from(20, 8)(t) + from(50, -8)(t) })...), []int{20, 50}},
		{"a dip of two weeks", newSeries(metric.Number, level(func(t int) float64 { return from(60, -8)(t) + from(62, 8)(t) })...), nil},
		{"a dip of two weeks at the end", newSeries(metric.Number, level(from(62, -8))...), nil},
		{"a steady slope", newSeries(metric.Number, level(func(t int) float64 { return .5 * float64(t) })...), nil},
		{"three weeks are too few", newSeries(metric.Number, level(from(61, 8))...), nil},
		{"too few weeks", newSeries(metric.Number, level(from(20, 8))[:25]...), nil},
		{"all weeks alike", newSeries(metric.Number, make([]float64, 64)...), nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			Find("a", []*metric.Series{c.s})
			var got []int
			for _, s := range c.s.Steps {
				got = append(got, int(s.Week.Sub(firstWeek)/week))
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
	left := newSeries(metric.Number, level(from(60, 8))...)
	for i := 60; i < 64; i++ {
		left.Points[i].Provisional = true
	}
	Find("a", []*metric.Series{left})
	if len(left.Steps) > 0 {
		t.Error("weeks that may still change make a step")
	}
	for i := 60; i < 64; i++ {
		left.Points[i].Provisional, left.Points[i].Break = false, true
	}
	Find("a", []*metric.Series{left})
	if len(left.Steps) > 0 {
		t.Error("weeks of the calendar make a step")
	}
}

// The same page has the same steps in every run. Another unit of the same values has them, too,
// and weeks before the chart have no influence.
func TestSamePageSameSteps(t *testing.T) {
	w := world{rho: .3, weeks: 120, series: 3}
	page := w.draw(rand.New(rand.NewPCG(1, 2)))
	for t := 100; t < 120; t++ {
		*page[1].Points[t].Value += 6
	}
	Find("a", page)
	want := page[1].Steps
	if len(want) != 1 {
		t.Fatalf("%d steps", len(want))
	}
	Find("a", page)
	if diff := cmp.Diff(want, page[1].Steps); diff != "" {
		t.Error(diff)
	}
	for i := range 16 {
		*page[1].Points[i].Value = 1e6
	}
	Find("a", page)
	if diff := cmp.Diff(want, page[1].Steps); diff != "" {
		t.Error(diff)
	}
}

func BenchmarkFind(b *testing.B) {
	page := (&world{rho: .3, weeks: 104, series: 4}).draw(rand.New(rand.NewPCG(1, 2)))
	for b.Loop() {
		Find("a", page)
	}
}
