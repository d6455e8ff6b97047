package impact

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
)

var smallWorld = world{teams: 24, periods: 14, noise: 0.3, effect: -0.4, adopting: "faster first"}

func estimate(t *testing.T, rows []Row, o Options) Effect {
	t.Helper()
	e, err := Estimate(rows, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// changed returns a copy of the rows with another outcome.
func changed(rows []Row, y func(Row) float64) []Row {
	out := slices.Clone(rows)
	for i, r := range out {
		out[i].Y = y(r)
	}
	return out
}

func sameEffect(a, b Effect, scale float64) bool {
	close := func(x, y float64) bool { return math.Abs(x*scale-y) < 1e-9*math.Max(1, math.Abs(scale)) }
	lo, hi := a.Interval.Lo, a.Interval.Hi
	if scale < 0 {
		lo, hi = hi, lo
	}
	return close(a.Simple, b.Simple) && close(lo, b.Interval.Lo) && close(hi, b.Interval.Hi) &&
		math.Abs(a.P-b.P) < 1e-12 && math.Abs(a.MDE*math.Abs(scale)-b.MDE) < 1e-9*math.Max(1, math.Abs(scale))
}

func TestWhatMayNotMatterDoesNot(t *testing.T) {
	rows := smallWorld.draw(3)
	o := Options{Anticipation: 1, NotYetTreated: true, Permutations: 99, Seed: 7}
	e := estimate(t, rows, o)
	backwards := slices.Clone(rows)
	slices.Reverse(backwards)
	for _, c := range []struct {
		name  string
		rows  []Row
		scale float64
	}{
		{"the same again", rows, 1},
		{"the order of the rows", backwards, 1},
		{"the teams' levels", changed(rows, func(r Row) float64 { return r.Y + float64(r.Unit[6]) }), 1},
		{"what all teams share in a period", changed(rows, func(r Row) float64 { return r.Y + float64(r.Period*r.Period) }), 1},
		{"the unit of the outcome", changed(rows, func(r Row) float64 { return 8 * r.Y }), 8},
		{"its sign", changed(rows, func(r Row) float64 { return -r.Y }), -1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := estimate(t, c.rows, o); !sameEffect(e, got, c.scale) {
				t.Errorf("%s: %+v, want %v times %+v", c.name, got, c.scale, e)
			}
		})
	}
}

// With an effect that begins one period early, only a matching anticipation
// keeps both the base and the comparison clean.
func TestAnticipation(t *testing.T) {
	var rows []Row
	for _, team := range []struct {
		name  string
		first int
	}{{"a", 5}, {"b", 5}, {"c", 8}, {"d", 8}, {"e", 0}, {"f", 0}} {
		for period := 1; period <= 10; period++ {
			y := float64(team.name[0]) + float64(period%3)
			if team.first > 0 && period >= team.first-1 {
				y--
			}
			rows = append(rows, Row{team.name, period, team.first, y})
		}
	}
	if got := estimate(t, rows, Options{Anticipation: 1, NotYetTreated: true}); !near(got.Simple, -1) || !near(got.Dynamic[-1], -1) || !near(got.Dynamic[-2], 0) {
		t.Errorf("anticipated: %+v", got)
	}
	if got := estimate(t, rows, Options{NotYetTreated: true}); got.Simple < -0.5 {
		t.Errorf("the textbook's base is affected already: %v", got.Simple)
	}
	// In period 7 the teams c and d are about to adopt: no comparison any more.
	got := estimate(t, rows, Options{Anticipation: 1, NotYetTreated: true})
	for _, c := range got.ATTGT {
		if c.G == 5 && c.T == 7 && !near(c.ATT, -1) {
			t.Errorf("ATT(5, 7) = %v: compared with teams about to adopt", c.ATT)
		}
	}
}

func TestTeamsThatCanNotBeUsed(t *testing.T) {
	rows := readExact(t).rows()
	early := slices.Clone(rows)
	for period := 1; period <= 6; period++ {
		early = append(early, Row{"early", period, 1, 100}, Row{"late", period, 9, float64(period)})
	}
	e := estimate(t, early, Options{})
	if e.Unusable != 1 {
		t.Errorf("%d unusable, want the early team", e.Unusable)
	}
	if e.Comparators != 3 {
		t.Errorf("%d comparators: the one that adopts after the panel is one", e.Comparators)
	}

	// A team without its base period takes no part in its cohort's effects.
	missing := slices.DeleteFunc(slices.Clone(rows), func(r Row) bool { return r.Unit == "1" && r.Period == 2 })
	e = estimate(t, missing, Options{})
	if e.Adopters != 3 || !near(e.Group[3], 2.5) {
		t.Errorf("without a base: %d adopters, %v", e.Adopters, e.Group)
	}
}

func TestContradictions(t *testing.T) {
	for _, c := range []struct {
		name, want string
		rows       []Row
		options    Options
	}{
		{"nothing", "no observations", nil, Options{}},
		{"not a number", "outcome is NaN", []Row{{"a", 1, 0, math.NaN()}}, Options{}},
		{"twice", "two outcomes in period 1", []Row{{"a", 1, 0, 1}, {"a", 1, 0, 2}}, Options{}},
		{"two dates", "adopts once", []Row{{"a", 1, 0, 1}, {"a", 2, 3, 2}}, Options{}},
		{"before time", "0 for never", []Row{{"a", 1, -3, 1}}, Options{}},
		{"far away", "must be less", []Row{{"a", math.MaxInt, 0, 1}}, Options{}},
		{"too long", "spans at most", []Row{{"a", 1, 0, 1}, {"a", 5000, 0, 1}}, Options{}},
		{"negative", "anticipation", []Row{{"a", 1, 0, 1}}, Options{Anticipation: -1}},
		{"nobody adopts", "no adopters", []Row{{"a", 1, 0, 1}, {"a", 2, 0, 1}}, Options{}},
		{"all adopt", "no adopters", []Row{{"a", 1, 2, 1}, {"a", 2, 2, 1}}, Options{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Estimate(c.rows, c.options)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%s: error %v, want %q", c.name, err, c.want)
			}
			if _, err := Assess(c.rows, c.options); err == nil {
				t.Errorf("%s: assessed", c.name)
			}
		})
	}
	if _, err := Estimate([]Row{{"a", 1, 0, 1}}, Options{}); !errors.Is(err, ErrNothingToCompare) {
		t.Errorf("error %v is not ErrNothingToCompare", err)
	}
}

func TestIntervalCoversAndAgreesWithP(t *testing.T) {
	const panels = 100
	counts := tallyOf(panels, func(seed uint64) string {
		e, err := Estimate(smallWorld.draw(seed), Options{Anticipation: 1, NotYetTreated: true, Permutations: 199, Seed: seed})
		if err != nil || !e.Interval.Contains(e.Simple) || e.P < 1.0/200 {
			return "unsound"
		}
		if e.Interval.Contains(smallWorld.effect) {
			return "covers"
		}
		return "misses"
	})
	if counts["unsound"] > 0 || counts["covers"] < 88 {
		t.Errorf("%v of %d panels", counts, panels)
	}
}

func TestChecksOfTheExactPanel(t *testing.T) {
	a, err := Assess(readExact(t).rows(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Checks {
		if c.Name != NoiseCheck && (!c.Passed || !near(c.Value, 0)) {
			t.Errorf("%+v: the panel has no noise to deviate by", c)
		}
	}
	if len(a.Checks) != 6 || len(a.Sensitivity) != 3 {
		t.Errorf("%d checks, sensitivity %v", len(a.Checks), a.Sensitivity)
	}
	// Two periods before adoption are too few for any check.
	short := slices.DeleteFunc(readExact(t).rows(), func(r Row) bool { return r.FirstUse == 5 || r.Period < 2 })
	a, err = Assess(short, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range a.Checks {
		if c.Name != NoiseCheck && (!c.Passed || c.P != 1) || c.Name != NoiseCheck && !strings.HasPrefix(c.Note, "not made") {
			t.Errorf("%+v", c)
		}
	}
}

func TestJudge(t *testing.T) {
	effect := func(simple, half float64) Effect {
		e := Effect{Simple: simple, Adopters: 8, Comparators: 4, PrePeriods: 4, PostPeriods: 2}
		e.Interval.Lo, e.Interval.Hi = simple-half, simple+half
		return e
	}
	few := effect(-0.5, 0.1)
	few.Adopters = 7
	failed := []Check{{Name: "pre-period", Passed: true}, {Name: "placebo date", Note: "x"}}
	for _, c := range []struct {
		name   string
		a      Assessment
		q      float64
		better metric.Direction
		want   Verdict
		reason string
	}{
		{"zero", Assessment{}, 0.001, metric.Down, Insufficient, "0 teams that adopted"},
		{"gate before checks", Assessment{Effect: few, Checks: failed}, 0.001, metric.Down, Insufficient, "7 teams that adopted, at least 8"},
		{"check before claim", Assessment{Effect: effect(-0.5, 0.1), Checks: failed}, 0.001, metric.Down, CannotAttribute, "placebo date"},
		{"less is better", Assessment{Effect: effect(-0.5, 0.1)}, 0.05, metric.Down, Improved, "excludes"},
		{"less is worse", Assessment{Effect: effect(-0.5, 0.1)}, 0.05, metric.Up, Worse, "excludes"},
		{"more is worse", Assessment{Effect: effect(0.5, 0.1)}, 0.05, metric.Down, Worse, "excludes"},
		{"many features", Assessment{Effect: effect(-0.5, 0.1)}, 0.06, metric.Down, Insufficient, "both"},
		{"small", Assessment{Effect: effect(-0.01, 0.1)}, 0.7, metric.Down, NoMeaningfulEffect, "whole interval"},
		{"wide", Assessment{Effect: effect(-0.1, 0.3)}, 0.4, metric.Down, Insufficient, "both"},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, reason := c.a.Judge(Criteria{Q: c.q, Meaningful: math.Log(1.2), Better: c.better})
			if got != c.want || !strings.Contains(reason, c.reason) {
				t.Errorf("%s: %s (%s), want %s (%s)", c.name, got, reason, c.want, c.reason)
			}
		})
	}
}

func TestSeedOfTellsFeaturesApart(t *testing.T) {
	if SeedOf("buildpacks") == SeedOf("gitops") {
		t.Error("two features have one seed")
	}
}

func FuzzAssess(f *testing.F) {
	f.Add([]byte{1, 0, 9, 2, 0, 8, 3, 0, 1, 65, 3, 4, 66, 3, 2, 67, 3, 200, 129, 0, 1, 130, 0, 7}, byte(1), true)
	f.Fuzz(func(t *testing.T, data []byte, anticipation byte, notYet bool) {
		var rows []Row
		for ; len(data) >= 3 && len(rows) < 200; data = data[3:] {
			rows = append(rows, Row{
				Unit: string('a' + rune(data[0]>>5)), Period: int(data[0] & 31),
				FirstUse: int(data[1] & 31), Y: float64(int8(data[2])),
			})
		}
		a, err := Assess(rows, Options{Anticipation: int(anticipation % 4), NotYetTreated: notYet, Permutations: 9})
		if err != nil {
			return
		}
		e := a.Effect
		if !e.Interval.Contains(e.Simple) || !(e.P > 0 && e.P <= 1) || math.IsNaN(e.MDE) {
			t.Errorf("%+v", e)
		}
		for _, c := range a.Checks {
			if !(c.P > 0 && c.P <= 1) || math.IsNaN(c.Value) {
				t.Errorf("%+v", c)
			}
		}
		a.Judge(Criteria{Q: e.P, Meaningful: 0.2, Better: metric.Down})
	})
}
