package dora

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// rateOf measures one service with so many deployments in each week up to the
// cut-off, the last one last.
func rateOf(t *testing.T, perWeek []int) *metric.Metric {
	t.Helper()
	cal := org.Calendar{AsOf: time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC), MaturityDays: 7}
	from := cal.CutOff().Add(-time.Duration(len(perWeek)) * org.Week)
	s := org.Service{ID: "s", Repository: "s", Collected: []metric.Window{{From: from, To: cal.AsOf}}}
	for w, n := range perWeek {
		for k := range n {
			at := from.Add(time.Duration(w)*org.Week + time.Duration(k+1)*time.Hour)
			s.Deployments = append(s.Deployments, org.Deployment{ID: at.String(), Environment: "production", Release: true, Created: at, Finished: at, Ended: at})
		}
	}
	res, err := Measure(Defaults(), &org.Organisation{Services: []org.Service{s}, Calendar: cal})
	if err != nil {
		t.Fatal(err)
	}
	return res.Section.Find(Frequency, metric.Scope{Kind: metric.Organisation})
}

// every is n weeks with a deployment in every k-th, the last week among them.
func every(k, n int) []int {
	weeks := make([]int, n)
	for i := n - 1; i >= 0; i -= k {
		weeks[i] = 1
	}
	return weeks
}

func TestLongRate(t *testing.T) {
	const none = 0
	for _, c := range []struct {
		name     string
		weeks    []int
		want, n  int // weeks of the longer window and its deployments
		fourWeek int // deployments of the metric itself: they stay as they are
	}{
		{"six in four weeks are enough", []int{0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 1, 1}, none, 0, 6},
		{"every second week: 12 weeks hold six", every(2, 60), 12, 6, 2},
		{"every fourth week: 26 weeks hold seven", every(4, 60), 26, 7, 1},
		{"every eighth week: 52 weeks hold seven", every(8, 60), 52, 7, 1},
		{"one a year", every(52, 60), 52, 1, 1},
		{"none", make([]int, 60), 52, 0, 0},
		{"20 weeks are known and hold five", every(4, 20), 20, 5, 1},
		{"eight weeks are known", every(4, 8), 8, 2, 1},
		{"five weeks are known", every(4, 5), 5, 2, 1},
		{"four weeks are known", every(4, 4), none, 0, 1},
		{"12 weeks hold six in one burst: more weeks narrow it", append(every(8, 46), 0, 6, 0, 0, 0, 0), 52, 12, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := rateOf(t, c.weeks)
			if m.N[0].N != c.fourWeek || m.Value == nil || math.Abs(*m.Value-float64(c.fourWeek)/28) > 1e-9 || m.Window.Days() != 28 {
				t.Errorf("%s: the four weeks have %v and %v", c.name, *m.Value, m.N)
			}
			l := m.Longer
			if c.want == none {
				if l != nil {
					t.Errorf("%s: %d weeks", c.name, l.Weeks)
				}
				return
			}
			if l == nil || l.Weeks != c.want || l.N[0].N != c.n {
				t.Errorf("%s: %+v, want %d weeks with %d", c.name, l, c.want, c.n)
				return
			}
			days := float64(7 * c.want)
			if l.Window.Days() != days || !l.Window.To.Equal(m.CutOff) || math.Abs(*l.Value-float64(c.n)/days) > 1e-9 {
				t.Errorf("%s: %v over %v", c.name, *l.Value, l.Window)
			}
			if *l.Lo > *l.Value || *l.Hi < *l.Value || c.n > 0 && *l.Lo <= 0 {
				t.Errorf("%s: %v to %v around %v", c.name, *l.Lo, *l.Hi, *l.Value)
			}
		})
	}
}

// From 12 deployments a year on, the upper end of the longer rate is at most ten
// times the lower, up to a dispersion of 2.5, and the interval covers the truth.
func TestLongRateIsUsefulAndCovers(t *testing.T) {
	const seeds = 1000
	cal := org.Calendar{AsOf: time.Date(2026, 3, 16, 0, 0, 0, 0, time.UTC), MaturityDays: 7}
	first := cal.CutOff().Add(-longest * org.Week)
	known := org.Service{Collected: []metric.Window{{From: first, To: cal.AsOf}}}
	m := measurer{cut: cal.CutOff(), org: &org.Organisation{Services: []org.Service{known}, Calendar: cal}}
	for _, perYear := range []float64{12, 18, 26, 40, 60} {
		for _, phi := range []float64{1, 1.5, 2, 2.5} {
			shown, covered, enough, narrow := 0, 0, 0, 0
			for seed := uint64(0); shown < seeds; seed++ {
				r := rand.New(rand.NewPCG(seed, uint64(perYear*10+phi)))
				x := scopeSamples{p: &pool{services: []int{0}}, services: 1}
				for week := range time.Duration(longest) {
					n := dispersed(r, perYear/longest, phi)
					if week >= longest-4 {
						x.now.deployments += n
					}
					for range n {
						x.p.deliveries = append(x.p.deliveries, &Delivery{Finished: first.Add(week * org.Week)})
					}
				}
				year := len(x.p.deliveries)
				l := m.computeLongRate(&x, metric.PerDay)
				if l == nil {
					continue
				}
				shown++
				if truth := perYear / longest / 7; *l.Lo <= truth && truth <= *l.Hi {
					covered++
				}
				if year < 12 {
					continue
				}
				enough++
				if *l.Hi <= widest**l.Lo {
					narrow++
				} else if l.Dispersion <= 2.5 {
					t.Errorf("%g a year, seed %d: %v to %v with a dispersion of %g", perYear, seed, *l.Lo, *l.Hi, l.Dispersion)
				}
			}
			if share := float64(covered) / seeds; share < .925 { // 93 %, and what a thousand seeds leave open
				t.Errorf("%g a year, dispersion %g: covered in %.3f", perYear, phi, share)
			}
			if narrow*20 < enough*19 {
				t.Errorf("%g a year, dispersion %g: %d of %d are narrow enough", perYear, phi, narrow, enough)
			}
		}
	}
}

// dispersed draws a count of that mean whose variance is phi times as large: a
// Poisson number of bursts, each of a logarithmic number of events.
func dispersed(r *rand.Rand, mean, phi float64) int {
	size := func() int { return 1 }
	bursts := mean
	if phi > 1 {
		p := 1 - 1/phi // of the logarithmic distribution: together a negative binomial
		bursts = mean / (phi - 1) * math.Log(phi)
		size = func() int {
			u, k, term := r.Float64(), 1, -p/math.Log(1-p)
			for ; u > term; k++ {
				u -= term
				term *= p * float64(k) / float64(k+1)
			}
			return k
		}
	}
	n := 0
	for limit, product := math.Exp(-bursts), r.Float64(); product > limit; product *= r.Float64() {
		n += size()
	}
	return n
}
