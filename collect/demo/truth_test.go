package demo

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// example is generated once for all tests.
var example = sync.OnceValues(func() (memory, error) {
	m := memory{}
	_, err := Write(m.create, ExampleOptions(nil))
	return m, err
})

func exampleFiles(t *testing.T) (memory, []fact.Team) {
	t.Helper()
	m, err := example()
	if err != nil {
		t.Fatal(err)
	}
	return m, GenerateTeams(ExampleOptions(nil))
}

var exampleCount = sync.OnceValue(func() *recounted { return new(recounted) })

func countedExample(t *testing.T) *recounted {
	t.Helper()
	c := exampleCount()
	if c.deployments == nil {
		m, teams := exampleFiles(t)
		*c = recount(t, m, teams)
	}
	return c
}

func TestExampleHitsItsNumbers(t *testing.T) {
	c := countedExample(t)
	for _, want := range []struct {
		from          string
		human, failed int
		lead, restore float64
	}{
		{"2024-10-07", 8736, 699, 42, 22},
		{"2024-09-09", 6720, 538, 49.4, 36.7},
		{"2024-07-15", 6216, 510, 52, 38},
	} {
		t.Run(want.from, func(t *testing.T) {
			w := c.window(t, want.from)
			if w.human != want.human || w.failed != want.failed {
				t.Errorf("%s: %d human deployments, %d failed; want %d, %d", want.from, w.human, w.failed, want.human, want.failed)
			}
			if got := at7(w.lead, .5); math.Abs(got-want.lead) > .1 {
				t.Errorf("%s: median lead time %.2f min, want %g", want.from, got, want.lead)
			}
			if got := at7(w.restore, .5); math.Abs(got-want.restore) > .1 {
				t.Errorf("%s: median time to restore %.2f min, want %g", want.from, got, want.restore)
			}
			if w.open > 0 {
				t.Errorf("%s: %d incidents still open in a mature window", want.from, w.open)
			}
			p75, p90 := at7(w.lead, .75), at7(w.lead, .9)
			if p75 < 60 || p75 > 300 || p90 < 180 || p90 > 24*60 {
				t.Errorf("%s: p75 %.0f min, p90 %.0f min: not believable", want.from, p75, p90)
			}
			if m := mean(w.restore); m < 1.2*want.restore {
				t.Errorf("%s: mean time to restore %.1f min is not above the median", want.from, m)
			}
			t.Logf("%s: %+v automated, %d leads, p75 %.0f p90 %.0f p99 %.0f, %d incidents, mean restore %.0f",
				want.from, w.automated, len(w.lead), p75, p90, at7(w.lead, .99), len(w.restore), mean(w.restore))
		})
	}
}

func TestExampleHasTheNoiseThatMustNotCount(t *testing.T) {
	c := countedExample(t)
	m, _ := exampleFiles(t)
	n := map[string]int{}
	for _, d := range m.rows(t, "deployments.csv.gz") {
		n["environment "+d.get("environment")]++
	}
	for _, r := range m.rows(t, "changes.csv.gz") {
		for what, is := range map[string]bool{
			"draft": r.get("draft") == "true", "unmerged": r.get("merged") == "", "was a draft": r.get("ready") != "",
			"unreviewed": r.get("merged") != "" && r.get("first_review") == "", "in a monorepo": r.get("paths") != "",
		} {
			if is {
				n[what]++
			}
		}
	}
	unlinked, open, twice := 0, 0, map[string]int{}
	for _, in := range c.incidents {
		switch {
		case in.get("resolved") == "":
			open++
		case in.get("deployment") == "":
			unlinked++
		}
		twice[in.get("deployment")]++
	}
	delete(twice, "")
	for _, k := range twice {
		if k > 1 {
			n["failed by two incidents"]++
		}
	}
	n["stillborn"], n["retries"], n["waiting"], n["open incidents"], n["unlinked incidents"] = c.stillborn, c.retries, c.waiting, open, unlinked
	for _, what := range []string{
		"environment staging", "environment prod", "draft", "unmerged", "was a draft", "unreviewed", "in a monorepo",
		"stillborn", "retries", "waiting", "open incidents", "unlinked incidents", "failed by two incidents",
	} {
		if n[what] < 3 {
			t.Errorf("only %d of: %s", n[what], what)
		}
	}
	if open > 40 {
		t.Errorf("%d incidents are open", open)
	}
	t.Log(n)
}

// Teams differ, but plausibly.
func TestTeamFailureRates(t *testing.T) {
	c := countedExample(t)
	all, failed := map[string]int{}, map[string]int{}
	for i := range c.deployments {
		if d := &c.deployments[i]; !d.automated() && d.finished.Year() == 2024 && d.finished.Month() >= 6 {
			all[d.team]++
			if d.failed {
				failed[d.team]++
			}
		}
	}
	if len(all) != 60 {
		t.Fatalf("%d teams deployed", len(all))
	}
	lo, hi := 1.0, 0.0
	for team, n := range all {
		rate := float64(failed[team]) / float64(n)
		lo, hi = min(lo, rate), max(hi, rate)
	}
	if lo < .025 || hi > .15 || hi < 2*lo {
		t.Errorf("failure rates of teams from %.3f to %.3f", lo, hi)
	}
}

// The −25 % of Buildpacks can be found by comparing each adopter's change with
// that of teams that have not adopted yet; its speed before does not matter.
func TestBuildpacksEffectIsRecoverable(t *testing.T) {
	c := countedExample(t)
	o := ExampleOptions(nil)
	adopted, err := listAdoptions(o)
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]int{}
	for _, a := range adopted {
		if a.Feature == Buildpacks {
			first[a.Team] = periodAt(a.From.Unix())
		}
	}
	if len(first) != 50 {
		t.Fatalf("%d teams adopted Buildpacks, want 50", len(first))
	}
	y, last := teamPeriods(c), periodAt(o.AsOf.Unix()-mature)-1
	var effects, placebo []float64
	for team, g := range first {
		base := g - 2
		for at := base - 2; at <= last; at++ {
			var control []float64
			for other := range y {
				if f, ok := first[other]; other != team && (!ok || f > max(at, base)+1) {
					control = append(control, y[other][at]-y[other][base])
				}
			}
			if len(control) < 4 {
				continue
			}
			effect := y[team][at] - y[team][base] - mean(control)
			switch {
			case at >= g:
				effects = append(effects, effect)
			case at < base:
				placebo = append(placebo, effect)
			}
		}
	}
	if got := mean(effects); math.Abs(got-math.Log(buildpacksEffect)) > .05 {
		t.Errorf("effect on the log of lead time %.3f, want %.3f", got, math.Log(buildpacksEffect))
	}
	if got := mean(placebo); math.Abs(got) > .04 {
		t.Errorf("effect before adoption %.3f, want none", got)
	}
	t.Logf("effect %.3f over %d cells, before %.3f", mean(effects), len(effects), mean(placebo))
}

// teamPeriods is the log of the median lead time per team and period.
func teamPeriods(c *recounted) map[string]map[int]float64 {
	minutes := map[string]map[int][]float64{}
	for _, l := range c.leads {
		if minutes[l.team] == nil {
			minutes[l.team] = map[int][]float64{}
		}
		p := periodAt(l.deployed.Unix())
		minutes[l.team][p] = append(minutes[l.team][p], l.minutes)
	}
	out := map[string]map[int]float64{}
	for team, byPeriod := range minutes {
		out[team] = map[int]float64{}
		for p, x := range byPeriod {
			slices.Sort(x)
			out[team][p] = math.Log(at7(x, .5))
		}
	}
	return out
}

// Team and period noise must stay below a tenth, or small effects drown.
func TestPeriodNoise(t *testing.T) {
	y := teamPeriods(countedExample(t))
	var squares []float64
	for team := range y {
		for p := 76; p < 79; p++ { // before anyone adopts
			d := y[team][p] - y[team][p-1]
			common := 0.0
			for other := range y {
				common += (y[other][p] - y[other][p-1]) / float64(len(y))
			}
			squares = append(squares, (d-common)*(d-common)/2)
		}
	}
	if sd := math.Sqrt(mean(squares)); sd > .105 {
		t.Errorf("sd of the log of a team's median is %.3f", sd)
	} else {
		t.Logf("sd of the log of a team's median: %.3f", sd)
	}
}

func TestAdoptionCounts(t *testing.T) {
	o := ExampleOptions(nil)
	all, err := listAdoptions(o)
	if err != nil {
		t.Fatal(err)
	}
	n := map[string]int{}
	for _, a := range all {
		n[a.Feature]++
		if !a.From.Before(o.AsOf.AddDate(0, 0, -7)) {
			t.Errorf("%s adopts %s on %s, after the last mature week", a.Team, a.Feature, a.From)
		}
	}
	if n[Buildpacks] != 50 || n[GitOps] != 45 || n[HelmCharts] != 7 {
		t.Errorf("adopters: %v", n)
	}
	if !slices.IsSortedFunc(all[:50], func(a, b Adoption) int { return cmp.Compare(a.From.Unix(), b.From.Unix()) }) {
		t.Error("not sorted by date")
	}
}
