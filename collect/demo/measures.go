package demo

import (
	"cmp"
	"math"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// course gives a measure's values: before until the week begin, then smoothly to after at the
// week end. Weeks count from the cut-off.
type course struct {
	id            string
	before, after float64
	since         int // first week measured; 0: from the start
	begin, end    int
	noise         float64 // relative
	n             int     // observations behind one value
	digits        float64 // 10 for one digit, 100 for two
}

var courses = []course{
	{"build_minutes", 40, 8, 0, -38, -28, .03, 900, 10},
	{"kubectl_get_pods", 30, 5, 0, -28, -14, .03, 250, 10},
	{"slack_questions", 95, 58, 0, -40, 0, .04, 0, 1},
	{"deploy_minutes", 9, 4.2, 0, -34, -4, .02, 400, 10},
	{"onboarding_minutes", 70, 26, 0, -30, -4, .03, 8, 10},
	{"gitops_uptime", 78, 99.7, -8, -8, -1, .0003, 7, 100},
	{"gitops_onboarding", 14, 4.1, -8, -8, -2, .03, 10, 10},
	{"app_health_nps", 12, 27, 0, -28, -10, .02, 170, 1},
}

// generateMeasures returns one value per measure and week, sorted by day.
func (g *generator) generateMeasures() []fact.Measure {
	var out []fact.Measure
	cut := g.cutOff()
	for _, c := range courses {
		r := newRand(g.Seed, "measure", c.id)
		from := mondayBefore(g.From.Unix())
		if c.since != 0 {
			from = max(from, cut+int64(c.since)*week)
		}
		for t := from; t < g.AsOf.Unix(); t += week {
			v := c.levelAt(float64(t-cut)/week) * (1 + c.noise*r.NormFloat64())
			out = append(out, fact.Measure{
				Source: source, ID: c.id, At: timeAt(t), Value: math.Round(v*c.digits) / c.digits, N: c.n,
			})
		}
	}
	slices.SortStableFunc(out, func(a, b fact.Measure) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return out
}

// levelAt returns the value without noise, in weeks from the cut-off.
func (c course) levelAt(week float64) float64 {
	x := min(max((week-float64(c.begin))/float64(c.end-c.begin), 0), 1)
	return c.before + (c.after-c.before)*x*x*(3-2*x)
}

// attempt is a common task: attempts a week on a platform with 250 developers, their length,
// and the share without help, at the start of the events and at the cut-off.
type attempt struct {
	task            string
	perWeek         int
	minutes, now    float64
	unaided, better float64
}

var attempts = []attempt{
	{"deploy", 25, 8.5, 4.4, .78, .92},
	{"onboard-service", 5, 62, 26, .55, .8},
}

// generateTasks returns the attempts at common tasks, sorted by time.
func (g *generator) generateTasks(developers int) []fact.Task {
	var out []fact.Task
	begin, cut := g.From.Unix(), g.cutOff()
	for _, a := range attempts {
		r := newRand(g.Seed, "task", a.task)
		for t := begin; t < g.AsOf.Unix(); t += week {
			x := min(float64(t-begin)/float64(max(cut-begin, week)), 1)
			n := roundShare(float64(developers)/250, a.perWeek)
			for _, when := range drawTimes(r, span{from: t, to: min(t+week, g.AsOf.Unix())}, n, n) {
				minutes := math.Round(10*(a.minutes+(a.now-a.minutes)*x)*drawLognormal(r, .35)) / 10
				unaided := r.Float64() < a.unaided+(a.better-a.unaided)*x
				task := fact.Task{
					Source: source, Task: a.task, At: timeAt(when), Unaided: &unaided, Done: unaided || r.IntN(5) > 0,
					Team: g.teams[r.IntN(len(g.teams))].id,
				}
				if task.Done {
					task.Minutes = &minutes
				}
				out = append(out, task)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b fact.Task) int { return a.At.Compare(b.At) })
	return out
}
