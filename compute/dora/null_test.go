package dora

import (
	"flag"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// platforms and years are how many the simulations draw; make proof draws more.
var (
	platforms = flag.Int("platforms", 6, "platforms that a simulation of one look draws")
	years     = flag.Int("years", 1, "years that a simulation of weekly looks draws")
)

// world is a platform whose weeks differ. Nothing changes in it, unless a factor
// other than 1 sets in with its first look.
type world struct {
	name   string
	teams  int
	pace   float64 // deployments a week and team
	common float64 // part of the variance of weeks that all teams have in common
	// skewed gives one team a hundred times the duration of the others.
	skewed bool
	// mixed moves a third of the deployments to teams with other failure rates.
	mixed bool
	// Factors of what changes: 0 is 1.
	lead, rate, fails, restore float64
}

// weekShare is the part of the variance of log lead times that weeks explain.
const weekShare = 0.15

func poisson(r *rand.Rand, mean float64) int {
	if mean > 30 {
		return max(0, int(math.Round(mean+math.Sqrt(mean)*r.NormFloat64())))
	}
	n, p, limit := 0, r.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= r.Float64()
	}
	return n
}

func orOne(f float64) float64 {
	if f == 0 {
		return 1
	}
	return f
}

// weeks draws what every team does in n weeks; changes set in at the week from.
func (w *world) weeks(r *rand.Rand, n, from int) [][]totals {
	shared := make([]float64, n)
	for i := range shared {
		shared[i] = math.Sqrt(w.common) * r.NormFloat64()
	}
	teams := make([][]totals, w.teams)
	for t := range teams {
		hours := 8 * math.Exp(.8*r.NormFloat64())
		if w.skewed && t == 0 {
			hours *= 100
		}
		fails, pace := .04+.1*r.Float64(), w.pace*math.Exp(.3*r.NormFloat64())
		teams[t] = make([]totals, n)
		for i := range teams[t] {
			factor := func(f float64) float64 {
				if i < from {
					return 1
				}
				return orOne(f)
			}
			week := shared[i] + math.Sqrt(1-w.common)*r.NormFloat64()
			mix := 1.0
			if w.mixed && i >= from {
				mix = .5 + float64(t)/float64(max(w.teams-1, 1))
			}
			s := &teams[t][i]
			s.deployments = poisson(r, pace*mix*factor(w.rate)*math.Exp(.25*r.NormFloat64()-.03))
			for range s.deployments {
				x := math.Sqrt(weekShare)*week + math.Sqrt(1-weekShare)*r.NormFloat64()
				s.lead.add(3600*hours*factor(w.lead)*math.Exp(x), true)
				if r.Float64() < fails*factor(w.fails) {
					s.failed++
					s.restore.add(1800*factor(w.restore)*math.Exp(r.NormFloat64()), true)
				}
			}
			s.recovery = s.restore
		}
	}
	return teams
}

// compareWeeks is the comparison of windows of k weeks that end before the week end.
func compareWeeks(teams [][]totals, end, k int, kind metric.ScopeKind) *comparison {
	cut := time.Date(2023, 1, 2, 0, 0, 0, 0, time.UTC).Add(time.Duration(end) * org.Week)
	length := time.Duration(k) * org.Week
	past := min(referenceWeeks, end-2*k)
	c := &comparison{
		measurer: &measurer{rules: &rules{Options: Defaults()}, org: &org.Organisation{Teams: make([]org.Team, len(teams))}, cut: cut},
		p:        &pool{scope: metric.Scope{Kind: kind}}, strays: -1, nowWeeks: k, beforeWeeks: k,
		now:    metric.Window{From: cut.Add(-length), To: cut},
		before: metric.Window{From: cut.Add(-2 * length), To: cut.Add(-length)},
		skip:   make([]bool, past+2*k),
	}
	for _, weeks := range teams {
		c.units = append(c.units, unit{weeks: weeks[end-2*k-past : end]})
	}
	c.sumWindows()
	return c
}

// simulated are the tests of a front page.
var simulated = []struct {
	metric string
	test   func(*comparison) *metric.Trend
}{
	{Frequency, (*comparison).testRate},
	{LeadTime, func(c *comparison) *metric.Trend { return c.testTimes(selectLead, evDeploy) }},
	{FailRate, func(c *comparison) *metric.Trend { return c.testShare(countFailed, countFailed) }},
	{RestoreTime, func(c *comparison) *metric.Trend { return c.testTimes(selectRestore, evIncident) }},
}

// cells tests a page's metrics at one look.
func cells(teams [][]totals, end int, scope metric.Scope) []trend.Cell {
	narrow, wide := compareWeeks(teams, end, windowWeeks, scope.Kind), compareWeeks(teams, end, 2*windowWeeks, scope.Kind)
	var out []trend.Cell
	for _, s := range simulated {
		t := s.test(narrow)
		if t == nil {
			continue
		}
		t.Now, t.Before = narrow.now, narrow.before
		if t.Wide = s.test(wide); t.Wide != nil {
			t.Wide.Now, t.Wide.Before = wide.now, wide.before
		}
		out = append(out, trend.Cell{Scope: scope, Metric: s.metric, Trend: t, At: narrow.cut, PerYear: trend.LooksPerYear})
	}
	return out
}

// firstLook is the week that a simulation looks at first: the reference and the
// wider windows lie before it.
const firstLook = referenceWeeks + 4*windowWeeks

func seedOf(name string, i int) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), uint64(i)))
}

// inParallel calls f for 0 … n−1 on all processors.
func inParallel(n int, f func(i int)) {
	var wait sync.WaitGroup
	next := make(chan int)
	for range runtime.GOMAXPROCS(0) {
		wait.Go(func() {
			for i := range next {
				f(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	wait.Wait()
}

// nullWorlds are platforms on which nothing changes.
var nullWorlds = []world{
	{name: "5 teams, 8 a week", teams: 5, pace: 8},
	{name: "5 teams, 40 a week, a tenth common", teams: 5, pace: 40, common: .1},
	{name: "20 teams, 8 a week", teams: 20, pace: 8},
	{name: "20 teams, 8 a week, a tenth common", teams: 20, pace: 8, common: .1},
	{name: "20 teams, 8 a week, a quarter common", teams: 20, pace: 8, common: .25},
	{name: "20 teams, 40 a week, a quarter common", teams: 20, pace: 40, common: .25},
	{name: "20 teams, 8 a week, another mix", teams: 20, pace: 8, mixed: true},
	{name: "20 teams, 8 a week, one team slow", teams: 20, pace: 8, skewed: true},
}

// isMarked reports whether a trend is marked at one look.
func isMarked(t *metric.Trend) bool {
	return t.Outcome == metric.WorthWatching || t.Outcome == metric.Changed
}

// With nothing changed, at most every twentieth front page and every twentieth page
// of teams has a mark.
func TestNothingChangedNothingMarked(t *testing.T) {
	for _, w := range nullWorlds {
		t.Run(w.name, func(t *testing.T) {
			if w.mixed && *platforms < 1000 {
				w.common = 0
			}
			var mu sync.Mutex
			front, page := 0, 0
			by := map[string]int{}
			inParallel(*platforms, func(i int) {
				teams := w.weeks(seedOf(t.Name(), i), firstLook, firstLook-windowWeeks)
				list := cells(teams, firstLook, metric.Scope{Kind: metric.Organisation})
				if w.mixed { // the pace changes in it, and nothing else
					list = slices.DeleteFunc(list, func(c trend.Cell) bool { return c.Metric == Frequency })
				}
				var rows []trend.Cell
				for k := range min(len(teams), 5) {
					rows = append(rows, cells(teams[k:k+1], firstLook, metric.Scope{Kind: metric.Team, ID: fmt.Sprint(k)})...)
				}
				if w.mixed {
					rows = nil
				}
				trend.Settle([][]trend.Cell{list, rows}, nil, false)
				mu.Lock()
				defer mu.Unlock()
				marked := func(list []trend.Cell) int {
					n := 0
					for _, c := range list {
						if isMarked(c.Trend) {
							n = 1
							by[string(c.Scope.Kind)+" "+c.Metric]++
						}
					}
					return n
				}
				front, page = front+marked(list), page+marked(rows)
			})
			for name, n := range map[string]int{"front pages": front, "pages of teams": page} {
				iv := stat.Wilson(n, *platforms, .95)
				t.Logf("%d of %d %s marked: %.1f %%, %.1f to %.1f", n, *platforms, name, 100*float64(n)/float64(*platforms), 100*iv.Lo, 100*iv.Hi)
				if iv.Lo > .06 || *platforms >= 2000 && iv.Hi > .065 {
					t.Errorf("%d of %d %s have a mark where nothing changed", n, *platforms, name)
				}
			}
			t.Log(by)
		})
	}
}

// yearOf looks at a platform every week of a year and returns, for each metric, the
// week of its first arrow (0: none), and how often an arrow came, went or turned.
func yearOf(w *world, r *rand.Rand, looks int) (first map[string]int, flips int) {
	teams := w.weeks(r, firstLook+looks, firstLook)
	first = map[string]int{}
	standing := map[string]metric.Direction{}
	var past []trend.Look
	for i := range looks {
		list := cells(teams, firstLook+i+1, metric.Scope{Kind: metric.Organisation})
		past = trend.Settle([][]trend.Cell{list}, past, false)
		for _, c := range list {
			arrow := c.Trend.Arrow()
			if arrow != "" && first[c.Metric] == 0 {
				first[c.Metric] = i + 1
			}
			if arrow != standing[c.Metric] {
				flips++
				standing[c.Metric] = arrow
			}
		}
	}
	return first, flips
}

// In a year of weekly looks at a platform on which nothing changes, at most one in
// ten shows an arrow.
func TestYearOfLooks(t *testing.T) {
	for _, w := range nullWorlds {
		if w.mixed || w.skewed || *years == 1 && w.teams > 5 { // make test has time for one small platform
			continue
		}
		t.Run(w.name, func(t *testing.T) {
			var mu sync.Mutex
			arrows, flips := 0, 0
			by := map[string]int{}
			inParallel(*years, func(i int) {
				first, n := yearOf(&w, seedOf(t.Name(), i), 52)
				mu.Lock()
				defer mu.Unlock()
				if flips += n; len(first) > 0 {
					arrows++
				}
				for name := range first {
					by[name]++
				}
			})
			iv := stat.Wilson(arrows, *years, .95)
			t.Logf("%d of %d years have an arrow: %.1f %%, %.1f to %.1f; %.2f flips a year; %v", arrows, *years, 100*float64(arrows)/float64(*years), 100*iv.Lo, 100*iv.Hi, float64(flips)/float64(*years), by)
			if iv.Lo > .10 || *years >= 500 && float64(flips) > float64(*years) {
				t.Errorf("%d of %d years have an arrow, %d flips", arrows, *years, flips)
			}
		})
	}
}

// A lasting change gets its arrow, most often within eight weeks.
func TestArrowsAreFound(t *testing.T) {
	for _, tt := range []struct {
		world
		metric string
		want   float64 // share of platforms with an arrow after eight looks
	}{
		{world{name: "lead time −30 %", teams: 20, pace: 8, lead: .7}, LeadTime, .8},
		{world{name: "lead time −30 %, a tenth common", teams: 20, pace: 8, common: .1, lead: .7}, LeadTime, 0},
		{world{name: "lead time halves", teams: 20, pace: 8, lead: .5}, LeadTime, .8},
		{world{name: "pace doubles", teams: 20, pace: 8, rate: 2}, Frequency, .8},
		{world{name: "pace halves", teams: 20, pace: 8, rate: .5}, Frequency, .8},
		{world{name: "failures double", teams: 20, pace: 8, fails: 2}, FailRate, .6},
		{world{name: "failures halve", teams: 20, pace: 8, fails: .5}, FailRate, .6},
		{world{name: "restore time doubles", teams: 20, pace: 8, restore: 2}, RestoreTime, .5},
		{world{name: "restore time halves", teams: 20, pace: 8, restore: .5}, RestoreTime, .5},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if *years == 1 && tt.metric != LeadTime {
				tt.want = 0 // two platforms tell nothing but that it runs
			}
			const looks = 10
			n := 2 * *years
			var mu sync.Mutex
			var found [looks + 1]int
			inParallel(n, func(i int) {
				first, _ := yearOf(&tt.world, seedOf(t.Name(), i), looks)
				mu.Lock()
				defer mu.Unlock()
				if at := first[tt.metric]; at > 0 {
					for k := at; k <= looks; k++ {
						found[k]++
					}
				}
			})
			iv := stat.Wilson(found[8], n, .95)
			t.Logf("found by week 1 … %d of %d: %v", looks, n, found[1:])
			if iv.Hi < tt.want {
				t.Errorf("found in %d of %d within eight weeks, want %.0f %%", found[8], n, 100*tt.want)
			}
		})
	}
}
