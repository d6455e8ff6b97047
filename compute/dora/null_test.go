package dora

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
	"github.com/ip3dp/ip3dp/compute/stat"
	"github.com/ip3dp/ip3dp/compute/trend"
)

// world makes both windows of one panel in which nothing changed.
type world struct {
	name  string
	teams int
	fill  func(r *rand.Rand, s *side, team teamLevel)
	test  func(*comparison) *metric.Trend
	// panels that the quick test draws; comparing durations is dear.
	panels int
}

// teamLevel is what a team is like in both windows.
type teamLevel struct{ pace, hours, fails float64 }

func poisson(r *rand.Rand, mean float64) int {
	n, p, limit := 0, r.Float64(), math.Exp(-mean)
	for p > limit {
		n++
		p *= r.Float64()
	}
	return n
}

// deployWeekly draws a window's deployments; weeks differ more than chance alone.
func deployWeekly(r *rand.Rand, s *side, t teamLevel) {
	for w := range s.weeks {
		n := poisson(r, t.pace*math.Exp(.4*r.NormFloat64()-.08))
		s.weeks[w] = float64(n)
		s.deployments += n
	}
}

// clusteredLeads: changes of one deployment share its wait.
func clusteredLeads(r *rand.Rand, s *side, t teamLevel) {
	deployWeekly(r, s, t)
	for range s.deployments {
		wait := r.NormFloat64()
		var changes []float64
		for range 1 + poisson(r, 2) {
			changes = append(changes, 3600*t.hours*math.Exp(wait+.7*r.NormFloat64()))
		}
		s.lead.add(stat.Quantile(slices.Sorted(slices.Values(changes)), .5), true)
	}
}

func failing(n int) func(*rand.Rand, *side, teamLevel) {
	return func(r *rand.Rand, s *side, t teamLevel) {
		s.deployments = n
		for range n {
			if r.Float64() < t.fails {
				s.failed++
			}
		}
	}
}

// someOpen: durations, the youngest of which have not ended.
func someOpen(r *rand.Rand, s *side, t teamLevel) {
	for range 12 + poisson(r, 10) {
		took, age := t.hours*math.Exp(r.NormFloat64()), 100*r.Float64()
		s.restore.add(3600*min(took, age), took < age)
	}
}

func leadOf(c *comparison) *metric.Trend {
	return c.times(func(s *side) *observed { return &s.lead }, evDeploy)
}

func restoreOf(c *comparison) *metric.Trend {
	return c.times(func(s *side) *observed { return &s.restore }, evIncident)
}

func failuresOf(c *comparison) *metric.Trend {
	return c.share(func(s *side) int { return s.failed }, func(s *side) int { return s.failed })
}

var worlds = []world{
	{"lead time of a team, changes clustered", 1, clusteredLeads, leadOf, 100},
	{"lead time of 5 teams, changes clustered", 5, clusteredLeads, leadOf, 100},
	{"lead time of 12 teams, changes clustered", 12, clusteredLeads, leadOf, 100},
	{"deployments of a team, overdispersed", 1, deployWeekly, (*comparison).rate, 400},
	{"deployments of 5 teams, overdispersed", 5, deployWeekly, (*comparison).rate, 400},
	{"deployments of 12 teams, overdispersed", 12, deployWeekly, (*comparison).rate, 400},
	{"failure rate of a team, n = 150", 1, failing(150), failuresOf, 400},
	{"failure rate of 12 teams, n = 150", 12, failing(13), failuresOf, 400},
	{"restore time of a team, some open", 1, someOpen, restoreOf, 100},
	{"restore time of 12 teams, some open", 12, someOpen, restoreOf, 100},
}

// panel draws one panel and reports whether a change is claimed.
func (w *world) panel(seed uint64) bool {
	r := rand.New(rand.NewPCG(seed, 1))
	kind := metric.Organisation
	if w.teams == 1 {
		kind = metric.Team
	}
	c := &comparison{
		measurer: &measurer{rules: &rules{Options: Defaults()}, org: &org.Organisation{Teams: make([]org.Team, w.teams)}},
		p:        &pool{scope: metric.Scope{Kind: kind}}, strays: -1,
		units:   make([]unit, w.teams),
		skipNow: make([]bool, 4), skipBefore: make([]bool, 4),
	}
	for i := range c.units {
		level := teamLevel{pace: 8 * math.Exp(.6*r.NormFloat64()), hours: 8 * math.Exp(.8*r.NormFloat64()), fails: .02 + .15*r.Float64()}
		for _, s := range []*side{&c.units[i].before, &c.units[i].now} {
			s.weeks = make([]float64, 4)
			w.fill(r, s, level)
		}
	}
	t := w.test(c)
	trend.Adjust([]*metric.Trend{t})
	return t != nil && (t.Outcome == metric.Changed || t.Outcome == metric.ChangedSlightly)
}

// claims counts the panels that claim a change where there is none.
func (w *world) claims(panels int) int {
	n := 0
	for seed := range panels {
		if w.panel(uint64(seed + 1)) {
			n++
		}
	}
	return n
}

// With nothing changed, at most every twentieth panel claims a change. The
// benchmark below says the same with 2,000 panels of each.
func TestNothingChangedNothingClaimed(t *testing.T) {
	for i := range worlds {
		t.Run(worlds[i].name, func(t *testing.T) {
			t.Parallel()
			if n := holds(t, &worlds[i], worlds[i].panels); n == 0 {
				t.Error("no claim at all: the test has lost its power")
			}
		})
	}
}

// holds fails when more panels claim a change than may, and returns how many do.
func holds(tb testing.TB, w *world, panels int) int {
	tb.Helper()
	n := w.claims(panels)
	iv := stat.Wilson(n, panels, .95)
	if iv.Lo > trend.Level {
		tb.Errorf("%d of %d panels claim a change where there is none: %.1f to %.1f %%", n, panels, 100*iv.Lo, 100*iv.Hi)
	}
	return n
}

func BenchmarkNothingChangedNothingClaimed(b *testing.B) {
	const panels = 2000
	for i := range worlds {
		b.Run(worlds[i].name, func(b *testing.B) {
			b.ReportAllocs()
			claims := 0
			for b.Loop() {
				claims = holds(b, &worlds[i], panels)
			}
			b.ReportMetric(100*float64(claims)/panels, "%claims")
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/panels, "ns/panel")
		})
	}
}
