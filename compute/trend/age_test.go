package trend

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
)

// TestAgeIsNeverLess settles random runs of weeks, of which some at the end are lost: the looks of
// the last run that is known, aged to the last one, have spent at least what was spent.
func TestAgeIsNeverLess(t *testing.T) {
	for seed := range uint64(200) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 5))
			at := time.Date(2023, 11, 6, 0, 0, 0, 0, time.UTC)
			var looks, known []Look
			lost := 1 + r.IntN(70)
			for week := range 20 + lost {
				if r.IntN(5) > 0 { // not every night runs
					cell := Cell{Scope: metric.Scope{}, Metric: "m", Trend: &metric.Trend{P: 1, Attainable: 1}, At: at, PerYear: LooksPerYear}
					looks = Settle([][]Cell{{cell}}, looks, false)
				}
				if week < 20 {
					known = looks
				}
				at = at.AddDate(0, 0, 7)
			}
			if len(known) == 0 || len(looks) == 0 {
				t.Fatal("nothing was settled")
			}
			truth, aged := looks[0], Age(known, looks[0].Last)[0]
			if aged.Year != truth.Year && truth.Year > known[0].Year || aged.Looks < truth.Looks || aged.Spent < truth.Spent-1e-12 {
				t.Errorf("%d looks of %d, %g spent; in truth %d of %d, %g", aged.Looks, aged.Year, aged.Spent, truth.Looks, truth.Year, truth.Spent)
			}
			if aged.Looks > LooksPerYear || aged.Last.Before(truth.Last) {
				t.Errorf("%d looks, the last on %s", aged.Looks, aged.Last)
			}
		})
	}
}

// TestHealLooks replaces the year that a lost look counts as by the looks that were made.
func TestHealLooks(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2024, 3, n, 0, 0, 0, 0, time.UTC) }
	earlier := []Look{
		{Metric: "m", Year: 2024, Looks: 9, Spent: 9 * LookAlpha, Last: day(4), Claim: &metric.Claim{Until: day(30)}},
		{Metric: "gone", Year: 2024, Looks: 3, Last: day(4)},
	}
	again := []Look{
		{Metric: "m", Year: 2024, Looks: LooksPerYear, Spent: LooksPerYear * LookAlpha, Last: day(18)},
		{Metric: "new", Year: 2024, Looks: 1, Last: day(18)},
	}
	got := Heal(again, earlier)
	if len(got) != 3 || got[0].Looks != 11 || got[0].Claim == nil || !got[0].Last.Equal(day(18)) || got[1].Looks != 1 || got[2].Looks != 3 {
		t.Errorf("healed: %+v", got)
	}
}
