package compute

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/adoption"
	"github.com/ip3dp/ip3dp/compute/decision"
	"github.com/ip3dp/ip3dp/compute/stat"
)

// exportedX has a feature whose use is in an export.
var exportedX = fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "x"}}}}

// leavingOf returns the way out of a feature whose units were counted by week. The decision was
// made after so many of the weeks, the deadline is so many weeks after the last.
func leavingOf(decided, deadline int, active ...int) Leaving {
	m := measuredUse(60, active...)
	m.Adoption.Features[0].Active = active[len(active)-1]
	d := decision.Decided{State: decision.Accepted, On: m.CutOff.AddDate(0, 0, 7*(decided-len(active)))}
	if deadline > 0 {
		d.Deadline = m.CutOff.AddDate(0, 0, 7*deadline)
	}
	list := newLeavings(exportedX, &m, []decision.Recommendation{{Feature: "x", Decision: d, Announced: "deprecate"}})
	return list[0]
}

func TestLeaving(t *testing.T) {
	day := func(s string) time.Time {
		at, err := time.Parse(time.DateOnly, s)
		if err != nil {
			t.Fatal(err)
		}
		return at
	}
	for name, c := range map[string]struct {
		decided, deadline       int
		active                  []int
		at, left, moved, joined int
		weeks                   int
		forecast                bool
		early, late             string // "" is beyond the horizon, or without a forecast
		risk                    DeadlineRisk
	}{
		// By tables of F(8, 7): 2.52 and 55.99 weeks.
		"some moved":          {2, 20, []int{8, 7, 7, 6, 6, 6, 5, 5, 5, 4, 4, 4}, 7, 4, 3, 0, 10, true, "2024-11-24", "2025-11-30", EndMaybe},
		"most moved":          {1, 100, []int{40, 38, 36, 33, 29, 25, 21, 17, 13, 9, 5}, 40, 5, 35, 0, 10, true, "2024-11-10", "2024-12-01", EndBefore},
		"too late":            {1, 4, []int{60, 58, 55, 54, 52, 50, 48, 47, 45, 43, 40}, 60, 40, 20, 0, 10, true, "2025-01-26", "2025-07-06", EndAfter},
		"one moved":           {1, 10, []int{9, 9, 9, 8, 8}, 9, 8, 1, 0, 4, true, "2024-12-15", "", EndMaybe},
		"far away":            {1, 10, append(slices.Repeat([]int{60}, 40), 59), 60, 59, 1, 0, 40, true, "", "", EndAfter},
		"joined and moved":    {1, 0, []int{7, 6, 8, 5, 5}, 7, 5, 2, 2, 4, true, "2024-11-17", "2025-11-09", EndUnknown},
		"nobody moved":        {1, 10, []int{7, 7, 7, 7}, 7, 7, 0, 0, 3, false, "", "", EndUnknown},
		"more than before":    {1, 10, []int{7, 7, 8, 9}, 7, 9, 0, 2, 3, false, "", "", EndUnknown},
		"nobody is left":      {1, 10, []int{7, 4, 1, 0}, 7, 0, 7, 0, 3, false, "", "", EndUnknown},
		"decided this week":   {4, 10, []int{7, 7, 7, 7}, 0, 7, 0, 0, 0, false, "", "", EndUnknown},
		"decided before data": {-2, 10, []int{7, 7, 7, 7}, 0, 7, 0, 0, 0, false, "", "", EndUnknown},
	} {
		t.Run(name, func(t *testing.T) {
			l := leavingOf(c.decided, c.deadline, c.active...)
			if l.At != c.at || l.Left != c.left || l.Moved != c.moved || l.Joined != c.joined || l.Weeks != c.weeks {
				t.Errorf("%d at the decision, %d left, %d moved, %d joined in %d weeks", l.At, l.Left, l.Moved, l.Joined, l.Weeks)
			}
			if l.Forecast != c.forecast || l.Risk() != c.risk {
				t.Errorf("forecast %v, %q", l.Forecast, l.Risk())
			}
			for _, d := range []struct {
				got  time.Time
				want string
			}{{l.Early, c.early}, {l.Late, c.late}} {
				if (d.want == "") != d.got.IsZero() || d.want != "" && !d.got.Equal(day(d.want)) {
					t.Errorf("%v to %v, want %s to %s", l.Early, l.Late, c.early, c.late)
				}
			}
		})
	}
}

func TestLeavingNeedsAnAcceptedDeprecationAndKnownUse(t *testing.T) {
	m := measuredUse(60, 7, 7, 6)
	deprecated := decision.Recommendation{Feature: "x", Announced: "deprecate"}
	if got := newLeavings(exportedX, &m, []decision.Recommendation{deprecated}); len(got) != 1 || got[0].Forecast || got[0].Points != nil {
		t.Errorf("a decision without a day: %+v", got)
	}
	if got := newLeavings(exportedX, &m, []decision.Recommendation{{Feature: "x"}, {Feature: "y", Announced: "deprecate"}}); got != nil {
		t.Errorf("not deprecated, or of unknown use: %+v", got)
	}
	m.Adoption.Features = []adoption.Feature{{ID: "x"}}
	if got := newLeavings(exportedX, &m, []decision.Recommendation{deprecated}); got != nil {
		t.Errorf("unknown use: %+v", got)
	}
}

// Units whose uses are missing in the data have not moved for sure, so there is no forecast.
func TestNoForecastFromIncompleteUsage(t *testing.T) {
	usage := []ImportLine{{Kind: "usage"}}
	for name, c := range map[string]struct {
		quality Quality
		source  string
		want    string
	}{
		"complete":      {Quality{Source: "u", Grade: Complete, Imports: usage}, "", ""},
		"rejected rows": {Quality{Source: "u", Grade: Partial, Why: "9 of 90 rows were rejected", Imports: usage}, "", "u: 9 of 90 rows were rejected"},
		"a gap":         {Quality{Source: "u", Grade: Partial, Gaps: []GapLine{{Reason: "no file for May"}}, Imports: usage}, "", "u: no file for May"},
		"it ended":      {Quality{Source: "u", Grade: Complete, Last: time.Date(2024, 10, 20, 9, 0, 0, 0, time.UTC), Imports: usage}, "", "the usage data end on 20 Oct 2024"},
		"last week":     {Quality{Source: "u", Grade: Complete, Last: time.Date(2024, 10, 28, 0, 0, 0, 0, time.UTC), Imports: usage}, "", ""},
		"another kind":  {Quality{Source: "t", Grade: Partial, Why: "broken", Imports: []ImportLine{{Kind: "tickets"}}}, "", ""},
		"by a rule":     {Quality{Source: "u", Grade: Partial, Why: "broken", Imports: usage}, "rule", ""},
	} {
		t.Run(name, func(t *testing.T) {
			m := measuredUse(60, 7, 7, 6)
			m.Adoption.Features[0].Active, m.Quality = 6, []Quality{c.quality}
			content := fact.Content{Features: []fact.Feature{{Item: fact.Item{ID: "x"}, Adoption: fact.Adoption{Source: c.source}}}}
			d := decision.Decided{On: m.CutOff.AddDate(0, 0, -14)}
			list := newLeavings(content, &m, []decision.Recommendation{{Feature: "x", Decision: d, Announced: "deprecate"}})
			if l := &list[0]; l.Doubt != c.want || l.Forecast != (c.want == "") || l.Moved != 1 {
				t.Errorf("%q, forecast %v, %d moved", l.Doubt, l.Forecast, l.Moved)
			}
		})
	}
}

// The range holds the true end about as often as it promises, for fast and for slow moves, if
// units leave at a steady rate.
func TestTheRangeOfAnEndHoldsIt(t *testing.T) {
	for name, c := range map[string]struct {
		units, weeks int
		rate         float64
	}{
		"many, fast": {60, 12, 2}, "many, slow": {40, 20, 0.5}, "few, slow": {12, 10, 0.4}, "few weeks": {30, 4, 1.5},
	} {
		t.Run(name, func(t *testing.T) {
			held, all := 0, 0
			for seed := range uint64(600) {
				r := rand.New(rand.NewPCG(seed, 13))
				active, end := simulateLeaving(r, c.units, c.weeks, c.rate)
				l := leavingOf(1, 0, active...)
				if !l.Forecast {
					continue
				}
				all++
				cut := measuredUse(1, 1).CutOff
				at := cut.AddDate(0, 0, 7*(end-c.weeks)-1)
				if !l.Early.IsZero() && !at.Before(l.Early) && (l.Late.IsZero() || !at.After(l.Late)) {
					held++
				}
			}
			if all < 500 {
				t.Fatalf("only %d of 600 have a forecast", all)
			}
			if iv := stat.Wilson(held, all, 0.999); iv.Hi < leavingConfidence || iv.Lo > 0.99 {
				t.Errorf("%d of %d ranges hold the end, likely %.3f to %.3f", held, all, iv.Lo, iv.Hi)
			}
		})
	}
}

// simulateLeaving returns the units left at the ends of the weeks of a Poisson process, and the
// number of the week in which the last one leaves.
func simulateLeaving(r *rand.Rand, units, weeks int, rate float64) (active []int, end int) {
	active = slices.Repeat([]int{units}, weeks+1)
	at := 0.0
	for range units {
		at += r.ExpFloat64() / rate
		for i := range active {
			if at <= float64(i) {
				active[i]--
			}
		}
	}
	return active, int(at) + 1
}
