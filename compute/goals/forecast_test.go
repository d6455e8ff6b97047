package goals

import (
	"flag"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
)

var proof = flag.Bool("proof", false, "simulate as often as docs/methods.md says")

// monday is where the weeks of these tests begin.
var monday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC)

func weekly(values ...float64) []metric.Point {
	out := make([]metric.Point, len(values))
	for i, v := range values {
		out[i] = metric.Point{At: monday.Add(time.Duration(i) * org.Week), Figure: metric.Figure{Value: metric.Of(v)}}
	}
	return out
}

// world is a weekly series of a kind that is met: length weeks known, ahead weeks to
// come.
type world struct {
	name  string
	trend bool
	make  func(r *rand.Rand, n int) []float64
}

var worlds = []world{
	{"trend", true, func(r *rand.Rand, n int) []float64 { return noisy(r, n, r.NormFloat64()*.1, 0, 1) }},
	{"correlated", true, func(r *rand.Rand, n int) []float64 { return noisy(r, n, r.NormFloat64()*.2, .6, 1) }},
	{"level", false, func(r *rand.Rand, n int) []float64 { return noisy(r, n, 0, .3, 1) }},
	{"random walk", false, func(r *rand.Rand, n int) []float64 { return noisy(r, n, 0, 1, .3) }},
	{"step", false, func(r *rand.Rand, n int) []float64 {
		y := noisy(r, n, 0, .3, 1)
		for i := r.IntN(n); i < n; i++ {
			y[i] += 3
		}
		return y
	}},
}

// noisy is a line with noise that keeps the share rho of the week before.
func noisy(r *rand.Rand, n int, slope, rho, sd float64) []float64 {
	y := make([]float64, n)
	e := 0.0
	for i := range y {
		e = rho*e + sd*r.NormFloat64()
		y[i] = slope*float64(i) + e
	}
	return y
}

// looked is what forecasts of one kind of world were worth.
type looked struct{ n, inside, onTrack, reached, failed int }

func (l *looked) add(o looked) {
	l.n, l.inside, l.onTrack = l.n+o.n, l.inside+o.inside, l.onTrack+o.onTrack
	l.reached, l.failed = l.reached+o.reached, l.failed+o.failed
}

// look sets goals that are missed now, by up to a few standard deviations, and asks
// what became of those that were called on track.
func look(w world, r *rand.Rand, total int) (l looked) {
	mean := func(y []float64) (sum float64) {
		for _, v := range y[len(y)-readingWeeks:] {
			sum += v / readingWeeks
		}
		return sum
	}
	for range total {
		n, ahead := 12+r.IntN(20), 4+r.IntN(16)
		ahead = min(ahead, n-1)
		y := w.make(r, n+ahead)
		f, _ := Linear(weekly(y[:n]...), monday.Add(time.Duration(n+ahead)*org.Week), metric.Number, fewestWeeks, readingWeeks)
		then, goal := mean(y), mean(y[:n])+math.Abs(r.NormFloat64())
		l.n++
		if then >= f.Lo && then <= f.Hi {
			l.inside++
		}
		if then < goal {
			l.failed++
		}
		if f.Lo >= goal {
			l.onTrack++
			if then >= goal {
				l.reached++
			}
		}
	}
	return l
}

// TestOnTrackIsReached simulates the words "on track". Where a trend lasts, at least
// four in five of the goals they are said of are reached; and of all goals that are
// then missed, in worlds with and without a trend, they are said of one in twenty at
// most.
func TestOnTrackIsReached(t *testing.T) {
	total := 2000
	if *proof {
		total = 20_000
	}
	r := rand.New(rand.NewPCG(seed(t.Name()), 1))
	var lasting, all looked
	for _, w := range worlds {
		l := look(w, r, total)
		iv := stat.Wilson(l.inside, l.n, .95)
		t.Logf("%-12s inside the 80 %% range %.1f %% (%.1f to %.1f); on track %d, reached %d; missed %d, wrongly on track %.1f %%", w.name,
			100*float64(l.inside)/float64(l.n), 100*iv.Lo, 100*iv.Hi, l.onTrack, l.reached, l.failed, 100*float64(l.onTrack-l.reached)/float64(l.failed))
		all.add(l)
		if w.trend {
			lasting.add(l)
		}
	}
	reached, wrong := stat.Wilson(lasting.reached, lasting.onTrack, .95), stat.Wilson(all.onTrack-all.reached, all.failed, .95)
	t.Logf("with a trend, reached when on track: %.1f %% (%.1f to %.1f) of %d", 100*float64(lasting.reached)/float64(lasting.onTrack), 100*reached.Lo, 100*reached.Hi, lasting.onTrack)
	t.Logf("all: wrongly on track %.1f %% (%.1f to %.1f) of %d missed", 100*float64(all.onTrack-all.reached)/float64(all.failed), 100*wrong.Lo, 100*wrong.Hi, all.failed)
	if reached.Hi < .8 || lasting.onTrack < 50 {
		t.Error("where a trend lasts, a goal called on track is reached less than four times in five")
	}
	if wrong.Lo > .05 {
		t.Error("more than one in twenty of the missed goals was called on track")
	}
}

// seed is made of a test's name, so that no seed was chosen.
func seed(name string) uint64 {
	h := uint64(14695981039346656037)
	for _, b := range []byte(name) {
		h = (h ^ uint64(b)) * 1099511628211
	}
	return h
}
