package impact

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

func assess(t *testing.T, rows []Row, o Options) Assessment {
	t.Helper()
	a, err := Assess(rows, o)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// Beyond a ratio of two nothing is attributed, and the reason has the ratio, also
// where the effect is plain.
func TestUnlikeNoiseIsRefusedWithItsValue(t *testing.T) {
	for _, c := range []struct {
		name          string
		noise, others float64
		reason        string
	}{
		{"noisy adopters", 0.52, 0.2, "adopters’ weeks are 2."},
		{"noisy others", 0.1, 0.3, "the weeks of the teams compared with are "},
		{"alike", 0.3, 0.25, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := trialOf(func(w *trial) { w.noise, w.others, w.effect = c.noise, c.others, -2 })
			rows, _ := w.draw(5)
			a := assess(t, rows, Options{Anticipation: 1, NotYetTreated: true, Permutations: 199})
			verdict, reason := a.Judge(Criteria{Q: 0.001, Meaningful: 0.2, Better: metric.Down})
			refused := verdict == CannotAttribute && strings.HasPrefix(reason, c.reason) && strings.Contains(reason, "times as noisy")
			if refused != (c.reason != "") {
				t.Errorf("%s: %s (%s), ratio %.2f", c.name, verdict, reason, a.Effect.NoiseRatio)
			}
		})
	}
}

// An effect no larger than the drift before it is not attributed, whatever the
// p-value of that drift; one in the other direction is.
func TestDriftContinued(t *testing.T) {
	for _, c := range []struct {
		slope, effect float64
		passed        bool
	}{{-0.03, -0.2, false}, {-0.03, -0.3, true}, {-0.03, 0.2, true}, {0, -0.01, true}} {
		t.Run(fmt.Sprint(c.slope), func(t *testing.T) {
			d := Drift{Slope: c.slope, Extrapolated: 8 * c.slope, Periods: 9, P: 0.5}
			if got := extrapolationCheck(&d, c.effect); got.Passed != c.passed {
				t.Errorf("%+v: %+v", c, got)
			}
		})
	}
	rows, _ := trialOf(func(w *trial) { w.drift, w.noise, w.others = -0.03, 0.01, 0.01 }).draw(1)
	a := assess(t, rows, Options{Anticipation: 1, NotYetTreated: true, Permutations: 199})
	if d := a.Drift; math.Abs(d.Slope+0.03) > 0.002 || d.P > 0.01 || math.Abs(d.Extrapolated-a.Effect.Simple) > 0.03 {
		t.Errorf("%+v of a drift of −0.03, effect %v", d, a.Effect.Simple)
	}
}

// Every point is against the base before anticipation, which is no point itself;
// each has an interval around it and counts teams.
func TestEventsShareABase(t *testing.T) {
	rows, _ := trialOf(func(w *trial) { w.noise, w.others, w.effect = 0.1, 0.1, -0.5 }).draw(3)
	a := assess(t, rows, Options{Anticipation: 1, NotYetTreated: true, Permutations: 199})
	var periods []int
	for _, e := range a.Events {
		periods = append(periods, e.Periods)
		if !e.Interval.Contains(e.ATT) || math.IsInf(e.Interval.Width(), 0) || e.Adopters == 0 || e.Comparators == 0 {
			t.Errorf("%+v", e)
		}
		if want := -0.5; e.Periods >= 0 && math.Abs(e.ATT-want) > 0.3 || e.Periods < 0 && math.Abs(e.ATT) > 0.3 {
			t.Errorf("%+v", e)
		}
	}
	if !slices.IsSorted(periods) || slices.Contains(periods, -2) || !slices.Contains(periods, -1) || !slices.Contains(periods, -12) {
		t.Errorf("periods %v", periods)
	}
	e := a.Effect
	if !(e.Less < 0.01) || !(e.More > 0.9) || e.P < e.Nominal || e.Level <= 0 || e.Level > 0.05 || e.Looks < 2 {
		t.Errorf("%+v", e)
	}
	if !(a.Drift.Breakdown > 0) {
		t.Errorf("%+v", a.Drift)
	}
}

// A period is compared with enough teams or left out, and they are counted for
// each, those that adopt later included.
func TestComparatorsOfAPeriod(t *testing.T) {
	var rows []Row
	for team, first := range []int{5, 6, 7, 8, 9, 10} {
		for period := 1; period <= 12; period++ {
			rows = append(rows, Row{string(rune('a' + team)), period, first, float64(period * team % 5)})
		}
	}
	o := Options{Anticipation: 1, NotYetTreated: true, Permutations: 19}
	if got := estimate(t, rows, o).ComparatorsIn; got[5] != 4 || got[8] != 1 || got[9] != 0 {
		t.Errorf("comparators %v", got)
	}
	o.LeastComparators = 2
	if got := estimate(t, rows, o); got.ComparatorsIn[7] != 2 || got.ComparatorsIn[8] != 0 || got.PerPeriod != 3 {
		t.Errorf("at least two: %+v", got)
	}
}

// A median of many changes weighs more, within bounds; equal numbers change
// nothing, and wrong ones are named.
func TestChangesWeigh(t *testing.T) {
	rows, _ := trialOf(nil).draw(2)
	same, many := make([]int, len(rows)), make([]int, len(rows))
	for i, r := range rows {
		same[i], many[i] = 12, 5
		if r.Unit == "team-003" {
			many[i] = 5000
		}
	}
	o := Options{Anticipation: 1, NotYetTreated: true, Permutations: 19}
	plain := estimate(t, rows, o)
	o.Changes = same
	if got := estimate(t, rows, o); !near(got.Simple, plain.Simple) || !near(got.Interval.Lo, plain.Interval.Lo) || got.P != plain.P {
		t.Errorf("equal numbers: %+v, want %+v", got, plain)
	}
	o.Changes = many
	if got := estimate(t, rows, o); near(got.Simple, plain.Simple) {
		t.Error("a team of many changes weighs like the others")
	}
	if w := scatterOf(5) / scatterOf(1_000_000); w < 4 || w > 5.1 {
		t.Errorf("5,000 changes weigh %v times 5", w)
	}
	for want, changes := range map[string][]int{"numbers of changes for 1 of": {1}, "must be at least 1": make([]int, len(rows))} {
		t.Run(want, func(t *testing.T) {
			o.Changes = changes
			if _, err := Estimate(rows, o); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		})
	}
}
