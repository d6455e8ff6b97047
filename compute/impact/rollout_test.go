package impact

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/stat"
)

// One look at 5 % has the normal quantile; five equal ones that spend as Pocock's
// do have Pocock's boundary.
func TestBoundaries(t *testing.T) {
	if z := lookBoundaries([]float64{3}, []float64{0.05})[0]; math.Abs(z-1.96) > 0.005 {
		t.Errorf("one look: %v", z)
	}
	for k, z := range lookBoundaries([]float64{1, 2, 3, 4, 5}, []float64{0.01582, 0.02755, 0.03673, 0.04413, 0.05}) {
		if math.Abs(z-2.413) > 0.03 {
			t.Errorf("look %d: %v, want 2.413", k+1, z)
		}
	}
}

// The share to be spent grows with every look, is 5 % after a year and never 6.25 %.
func TestSpending(t *testing.T) {
	before := 0.0
	for k := 1; k < 1000; k++ {
		if s := spentBy(k); s < before || s > 0.0625+1e-12 {
			t.Fatalf("%v by look %d, %v before", s, k, before)
		} else {
			before = s
		}
	}
	for k, want := range map[int]float64{periodsPerYear: 0.05, 2 * periodsPerYear: 0.06, 3 * periodsPerYear: 0.062} {
		if s := spentBy(k); math.Abs(s-want) > 1e-12 {
			t.Errorf("%v by look %d, want %v", s, k, want)
		}
	}
}

// rollOut is the trial's roll-out as planned: as many teams begin in each period.
func (w trial) rollOut() RollOut {
	r := RollOut{Pre: w.start - 1, Comparators: w.teams - w.adopters}
	for i := range w.spread {
		r.Begin = append(r.Begin, w.adopters*(i+1)/w.spread-w.adopters*i/w.spread)
	}
	return r
}

var plans = []struct {
	name  string
	trial trial
	looks int // periods since the first team began
}{
	{"−20 % at once, 13 periods", trialOf(func(w *trial) { w.effect, w.spread = fifthLess, 1 }), 13},
	{"−20 % at once, 7 periods", trialOf(func(w *trial) { w.effect, w.spread = fifthLess, 1 }), 7},
	{"−20 % over six periods, noisy", trialOf(func(w *trial) { w.effect, w.noise, w.others = fifthLess, 0.4, 0.4 }), 13},
	{"−20 % with memory", trialOf(func(w *trial) { w.effect, w.memory = fifthLess, 0.5 }), 10},
	{"−20 %, medians of changes", trialOf(func(w *trial) {
		w.effect, w.counted, w.noise, w.others = fifthLess, true, 0.2, 0.2
	}), 10},
	{"−30 %, 24 teams", trialOf(func(w *trial) { w.effect, w.teams, w.adopters = math.Log(0.7), 24, 14 }), 10},
}

// TestPlansAreTrue compares the chance that a plan gives, from the periods before
// the roll-out alone, with the share of panels in which the effect is then found:
// no more than 5 points apart, beyond the chance of the panels.
func TestPlansAreTrue(t *testing.T) {
	for _, c := range plans {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			n, sure := *panels, 0.95
			if n == 0 {
				n, sure = 20, 0.999
			}
			w := c.trial
			w.periods = w.start - 1 + c.looks
			planned := make([]float64, n+1)
			seeds := SeedOf(t.Name())
			k := tallyOf(n, func(seed uint64) string {
				rows, changes := w.draw(seeds + seed)
				known, o := w.until(rows, changes, w.start-1)
				m, err := MeasureMotion(known, o)
				if err != nil {
					return err.Error()
				}
				planned[seed] = m.Plan(w.rollOut(), w.effect, o, c.looks)[c.looks-1].Power
				return fmt.Sprint(found(seeds+seed, w))
			})["true"]
			mean := 0.0
			for _, v := range planned {
				mean += v / float64(n)
			}
			iv := stat.Wilson(k, n, sure)
			t.Logf("| %s | %.0f %% | %.0f %% | %.0f–%.0f %% | %d |",
				c.name, 100*mean, 100*float64(k)/float64(n), 100*iv.Lo, 100*iv.Hi, n)
			if mean < iv.Lo-0.05 || mean > iv.Hi+0.05 {
				t.Errorf("planned %.3f, found %d of %d (%.3f–%.3f)", mean, k, n, iv.Lo, iv.Hi)
			}
		})
	}
}

// TestTradeOff prints what holding false claims and refusing drift leaves: the
// share of effects found in 60 teams of which 30 begin at once, by noise and look.
// More noise never finds more, and more periods never less.
func TestTradeOff(t *testing.T) {
	w := trialOf(func(w *trial) { w.spread = 1 })
	o := Options{Anticipation: 1, NotYetTreated: true}
	for _, effect := range []float64{-0.1, -0.2, -0.3} {
		above := math.Inf(1)
		for _, noise := range []float64{0.1, 0.2, 0.3, 0.4, 0.5} {
			m := Motion{Teams: w.teams, Periods: 13, Counted: 0.95, Apart: []float64{noise * noise}}
			line, before := fmt.Sprintf("| %.0f %% | %.1f |", 100*effect, noise), 0.0
			looks := m.Plan(w.rollOut(), math.Log1p(effect), o, 17)
			for _, k := range []int{3, 5, 7, 10, 13, 17} {
				power := looks[k-1].Power
				line += fmt.Sprintf(" %.0f %% |", 100*power)
				if k <= periodsPerYear && power < before-1e-9 {
					t.Errorf("%s: less after %d periods", line, k)
				}
				before = power
			}
			t.Log(strings.TrimSpace(line))
			if before > above+1e-9 {
				t.Errorf("noise %v finds more than less noise", noise)
			}
			above = before
		}
	}
}

// An effect is told from a base two periods before: a plan with fewer periods
// before, or fewer teams than the gates ask for, never promises an answer.
func TestPlansWithoutAnswer(t *testing.T) {
	m := Motion{Teams: 60, Periods: 13, Counted: 1, Apart: []float64{0.01}}
	o := Options{Anticipation: 1, NotYetTreated: true, LeastComparators: 2}
	for name, r := range map[string]RollOut{
		"no past":             {Pre: 0, Begin: []int{30}, Comparators: 30},
		"three periods":       {Pre: 3, Begin: []int{30}, Comparators: 30},
		"seven teams":         {Pre: 13, Begin: []int{7}, Comparators: 30},
		"nobody to compare":   {Pre: 13, Begin: []int{30}},
		"three to compare":    {Pre: 13, Begin: []int{30}, Comparators: 3},
		"nobody":              {Pre: 13, Comparators: 30},
		"one team at the end": {Pre: 13, Begin: []int{10}, Comparators: 1},
	} {
		t.Run(name, func(t *testing.T) {
			for _, l := range m.Plan(r, fifthLess, o, 26) {
				if l.Power != 0 || !math.IsInf(l.Smallest, 1) {
					t.Errorf("%s: %+v", name, l)
				}
			}
		})
	}
	easy := RollOut{Pre: 13, Begin: []int{10, 10}, Comparators: 10}
	if l := m.Plan(easy, fifthLess, o, 13)[12]; l.Power < 0.8 || l.Smallest > 0.2 {
		t.Errorf("an easy one: %+v", l)
	}
}
