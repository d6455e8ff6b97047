package impact

import (
	"fmt"
	"math"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// quarterLess is the effect of −25 % on a logarithm.
var quarterLess = math.Log(0.75)

// scenario is a world and what must come of its panels.
type scenario struct {
	name  string
	world world
	// holds judges the share of verdicts over n panels.
	holds func(counts map[string]int, n int) bool
	want  string
}

func claims(counts map[string]int) int {
	return counts[string(Improved)] + counts[string(Worse)]
}

func fewFalseClaims(counts map[string]int, n int) bool {
	return stat.Wilson(claims(counts), n, 0.95).Lo <= 0.05
}

func foundInThreeOfFour(counts map[string]int, n int) bool {
	return counts[string(Improved)] >= 3*n/4
}

func mostlyRefused(counts map[string]int, n int) bool {
	return counts[string(CannotAttribute)] >= 9*n/10
}

var scenarios = []scenario{
	{
		"null, faster teams first, 60 teams",
		world{teams: 60, periods: 18, noise: 0.3, adopting: "faster first"},
		fewFalseClaims, "at most 5 % false claims",
	},
	{
		"null, faster teams first, 24 teams",
		world{teams: 24, periods: 18, noise: 0.3, adopting: "faster first"},
		fewFalseClaims, "at most 5 % false claims",
	},
	{
		"null with memory, faster teams first, 60 teams",
		world{teams: 60, periods: 18, noise: 0.3, memory: 0.5, adopting: "faster first"},
		fewFalseClaims, "at most 5 % false claims",
	},
	{
		"25 % faster, 60 teams",
		world{teams: 60, periods: 18, noise: 0.3, effect: quarterLess, adopting: "faster first"},
		foundInThreeOfFour, "found in 75 %",
	},
	{
		"null, after a bad month, 60 teams",
		world{teams: 60, periods: 18, noise: 0.3, adopting: "after a bad month"},
		mostlyRefused, "cannot attribute in 90 %",
	},
	{
		"null with memory, after a bad month, 60 teams",
		world{teams: 60, periods: 18, noise: 0.3, memory: 0.5, adopting: "after a bad month"},
		mostlyRefused, "cannot attribute in 90 %",
	},
}

// verdicts counts the verdicts over n panels of a world, seeds 1 to n.
func verdicts(w world, n, permutations int) map[string]int {
	return tallyOf(n, func(seed uint64) string {
		a, err := Assess(w.draw(seed), Options{Anticipation: 1, NotYetTreated: true, Permutations: permutations, Seed: seed})
		if err != nil {
			return err.Error()
		}
		verdict, _ := a.Judge(Criteria{Q: a.Effect.P, Meaningful: math.Log(1.2), Better: metric.Down})
		return string(verdict)
	})
}

func TestSimulatedWorlds(t *testing.T) {
	const panels = 60
	for _, s := range scenarios {
		if counts := verdicts(s.world, panels, 199); !s.holds(counts, panels) {
			t.Errorf("%s: %v of %d, want %s", s.name, counts, panels, s.want)
		}
	}
}

// The textbook's base, the period just before adoption, reports gains that are
// only the end of a bad month: the reason for anticipation.
func TestTextbookBaseIsFooledByABadMonth(t *testing.T) {
	w := world{teams: 60, periods: 18, noise: 0.3, adopting: "after a bad month"}
	gains := func(anticipation int) int {
		return tallyOf(60, func(seed uint64) string {
			e, err := Estimate(w.draw(seed), Options{Anticipation: anticipation, NotYetTreated: true, Permutations: 99, Seed: seed})
			if err != nil {
				return err.Error()
			}
			return fmt.Sprint(e.P <= 0.05 && e.Interval.Hi < 0)
		})["true"]
	}
	if textbook, ours := gains(0), gains(1); textbook < 55 || ours > 8 {
		t.Errorf("of 60 panels without an effect %d report a gain, %d with anticipation", textbook, ours)
	}
}

// BenchmarkWorlds is the full simulation, 2,000 panels of every world: it
// reports the share of each verdict and fails where a promise is broken. Run it
// with -benchtime 1x.
func BenchmarkWorlds(b *testing.B) {
	const panels = 2000
	for _, s := range scenarios {
		b.Run(s.name, func(b *testing.B) {
			var counts map[string]int
			for b.Loop() {
				counts = verdicts(s.world, panels, defaultPermutations)
			}
			percent := func(n int) float64 { return 100 * float64(n) / panels }
			b.ReportMetric(percent(claims(counts)), "%claimed")
			b.ReportMetric(percent(counts[string(CannotAttribute)]), "%refused")
			if !s.holds(counts, panels) {
				b.Errorf("%v, want %s", counts, s.want)
			}
		})
	}
}
