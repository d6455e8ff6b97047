package support

import (
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/org"
)

var worlds = flag.Int("worlds", 200, "simulated pages of each kind")

// world is a platform whose tickets are counted for 78 weeks.
type world struct {
	name    string
	perWeek float64 // tickets of each theme
	themes  int
	rho     float64 // correlation of neighbouring weeks of a theme
	noise   float64 // standard deviation of the logarithm of its rate
	common  float64 // the same of a movement that all tickets share, with a correlation of 0.7
	growth  float64 // of the rate of all tickets and of the developers, a week
	drift   float64 // of the rates of the themes alone, a week
	after   float64 // factor of the rate of the first theme after its change
	lately  float64 // factor of its rate in the current four weeks
	all     float64 // factor of the rate of all tickets after that change
}

const simWeeks, changedBefore = 78, 27

// draw returns the tickets of a world, and themes with a change each.
func (w *world) draw(seed uint64) ([]fact.Ticket, []fact.Theme) {
	r := rand.New(rand.NewPCG(seed, 7))
	end := org.WeekOf(asOf.AddDate(0, 0, -7))
	var tickets []fact.Ticket
	themes := make([]fact.Theme, w.themes)
	common := make([]float64, simWeeks)
	for t := range common {
		common[t] = walk(r, common, t, 0.7, w.common)
	}
	for k := range w.themes + 1 { // the last has no theme
		place, rate := int16(k+1), w.perWeek
		if k < w.themes {
			at := end.AddDate(0, 0, -7*(changedBefore-k%2*4)).Add(50 * time.Hour)
			themes[k] = fact.Theme{ID: fmt.Sprint("t", k), Title: "T", Changes: []fact.ThemeChange{{On: at, Title: "docs"}}}
		} else {
			place, rate = fact.Unthemed, 2*w.perWeek
		}
		own := make([]float64, simWeeks)
		for t := range own {
			own[t] = walk(r, own, t, w.rho, w.noise)
			level := rate * math.Exp(own[t]+common[t]+w.growth*float64(t))
			from := end.AddDate(0, 0, -7*(simWeeks-t))
			if k < w.themes {
				level *= math.Exp(w.drift * float64(t))
			}
			if k == 0 && w.after > 0 && from.After(themes[0].Changes[0].On) {
				level *= w.after
			}
			if w.all > 0 && from.After(themes[0].Changes[0].On) {
				level *= w.all
			}
			if k == 0 && w.lately > 0 && t >= simWeeks-4 {
				level *= w.lately
			}
			for i := range poisson(r, level) {
				tickets = append(tickets, fact.Ticket{
					ID: fmt.Sprint(k, t, i), Theme: place, Opened: from.Add(time.Duration(r.Int64N(int64(org.Week)))),
				})
			}
		}
	}
	return tickets, themes
}

// walk returns the next value of an autoregression with a standard deviation.
func walk(r *rand.Rand, values []float64, t int, rho, sd float64) float64 {
	if t == 0 {
		return sd * r.NormFloat64()
	}
	return rho*values[t-1] + math.Sqrt(1-rho*rho)*sd*r.NormFloat64()
}

func poisson(r *rand.Rand, mean float64) int {
	n := 0
	for left := r.ExpFloat64(); left < mean; left += r.ExpFloat64() {
		n++
	}
	return n
}

// staff returns an organisation with a number of active developers that grows a week.
func staff(growth float64) *org.Organisation {
	o := &org.Organisation{Calendar: org.Calendar{AsOf: asOf, MaturityDays: 7}, Services: make([]org.Service, 1)}
	end := o.Calendar.CutOff()
	for t := range simWeeks + activeWeeks {
		developers := math.Round(200 * math.Exp(growth*float64(t-simWeeks)))
		for d := range int(developers) {
			o.Services[0].Changes = append(o.Services[0].Changes, org.Change{
				Lane: org.Human, Author: uint32(d + 1), Merged: end.AddDate(0, 0, -7*(simWeeks+activeWeeks-t)).Add(time.Hour),
			})
		}
	}
	return o
}

// run counts the pages with any claim, and those with the claim about the first theme.
func (w *world) run() (any, first, rising int) {
	o := staff(w.growth)
	active := countActive(o)
	for seed := range *worlds {
		tickets, themes := w.draw(uint64(seed))
		m, _ := newMeasurer(o, &Input{Content: fact.Content{Themes: themes}, Tickets: tickets, Sesoi: 0.1}, active)
		list, _ := m.byTheme(openedIn(m.counted, m.cal.Current()), openedIn(m.counted, m.cal.Quarter()))
		claimed := false
		for i := range list {
			t := &list[i]
			claimed = claimed || t.Rising
			for _, c := range t.Changes {
				claimed = claimed || c.State == Fewer || c.State == More
			}
		}
		if claimed {
			any++
		}
		if t := &list[0]; len(t.Changes) > 0 && t.Changes[0].State == Fewer {
			first++
		}
		if list[0].Rising {
			rising++
		}
	}
	return any, first, rising
}

// With nothing changed, at most 5 % of the pages claim anything about any theme.
func TestNothingChanged(t *testing.T) {
	for _, w := range []world{
		{name: "independent weeks", perWeek: 5, themes: 6},
		{name: "few tickets", perWeek: 1, themes: 8},
		{name: "many tickets", perWeek: 30, themes: 4},
		{name: "weeks differ", perWeek: 8, themes: 6, noise: 0.3},
		{name: "dependent weeks", perWeek: 8, themes: 6, rho: 0.5, noise: 0.3},
		{name: "all tickets move together", perWeek: 8, themes: 6, common: 0.3},
		{name: "the platform grows", perWeek: 4, themes: 6, growth: 0.01},
		{name: "themes fall all the time", perWeek: 12, themes: 6, drift: -0.015},
		{name: "all tickets fall at once", perWeek: 8, themes: 6, all: 0.6},
	} {
		t.Run(w.name, func(t *testing.T) {
			any, _, _ := w.run()
			t.Logf("%d of %d pages claim something", any, *worlds)
			if limit := 0.05*float64(*worlds) + 2*math.Sqrt(0.05*0.95*float64(*worlds)); float64(any) > limit {
				t.Errorf("%d of %d pages claim something", any, *worlds)
			}
		})
	}
}

// A change by 40 % is found in most pages, and so is a theme that doubles.
func TestPower(t *testing.T) {
	for _, tt := range []struct {
		world
		least float64
	}{
		{world{name: "five tickets a week", perWeek: 5, themes: 6, after: 0.6}, 0.3},
		{world{name: "twelve tickets a week", perWeek: 12, themes: 6, after: 0.6, noise: 0.1}, 0.6},
		{world{name: "a theme triples", perWeek: 8, themes: 6, lately: 3}, 0.7},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, fewer, rising := tt.run()
			found := fewer
			if tt.lately > 0 {
				found = rising
			}
			t.Logf("found in %d of %d pages", found, *worlds)
			if float64(found) < tt.least*float64(*worlds) {
				t.Errorf("found in %d of %d pages", found, *worlds)
			}
		})
	}
}
