package demo

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// wave is one survey: the shares of people and of their answers.
type wave struct {
	id                    string
	sent                  int64
	answered              float64 // of the population
	promoters, detractors float64 // of the answers
	loved, frustrating    []mention
	satisfied             []satisfaction
	lift                  float64 // added to the mean of every item
}

type mention struct {
	feature string // as written in the form
	share   float64
}

// satisfaction has the answers of a feature's own users.
type satisfaction struct {
	feature            string  // feature ID
	answered           float64 // of the population; everyone asked uses the feature
	positive, negative float64 // of those
	reason             string  // coded reason of some answers
	because            float64 // share with the reason
}

// listWaves returns two surveys, a month apart, in the two calendar months before the end of
// the events.
func (g *generator) listWaves() []wave {
	if g.Small {
		return g.smallWaves()
	}
	latest := time.Date(g.AsOf.Year(), g.AsOf.Month()-1, 15, 0, 0, 0, 0, time.UTC)
	before := latest.AddDate(0, -1, 0)
	return []wave{{
		id: before.Format("2006-01"), sent: before.Unix(), answered: 172. / 250, promoters: 92. / 172, detractors: 34. / 172,
		loved: []mention{
			{"GitOps auto-deploy", .36},
			{"Buildpacks", .43},
			{"Backstage catalog", .32},
			{"Grafana dashboards", .25},
		},
		frustrating: []mention{
			{"Vault secret rotation", .31}, {"Backstage docs", .14}, {"Custom Helm Charts", .06}, {"Backstage templates", .05},
		},
		satisfied: []satisfaction{
			{Buildpacks, 70. / 250, .7, .13, "faster builds", .4},
			{HelmCharts, 18. / 250, 6. / 18, .5, tooComplex, 7. / 18},
			{Vault, 36. / 250, .42, .36, "rotation breaks deployments", .36},
			{Backstage, 80. / 250, .66, .12, "finds owners quickly", .3},
			{Dashboards, 46. / 250, .8, .07, "shows what users feel", .35},
		},
	}, {
		id: latest.Format("2006-01"), sent: latest.Unix(), answered: 180. / 250, promoters: 107. / 180,
		detractors: 31. / 180, lift: .15,
		loved: []mention{
			{"GitOps auto-deploy", .8},
			{"Buildpacks", .45},
			{"Backstage catalog", .31},
			{"Grafana dashboards", .28},
		},
		frustrating: []mention{
			{"Vault secret rotation", .3}, {"Backstage docs", .12}, {"Custom Helm Charts", .06}, {"Backstage templates", .04},
		},
		satisfied: []satisfaction{
			{Buildpacks, 75. / 250, .72, .12, "faster builds", .45},
			{HelmCharts, 20. / 250, .3, .5, tooComplex, .4},
			{GitOps, 60. / 250, 47. / 60, .08, "no manual steps", .5},
			{Vault, 40. / 250, .45, .35, "rotation breaks deployments", .35},
			{Backstage, 90. / 250, 61. / 90, .11, "finds owners quickly", .3},
			{Dashboards, 50. / 250, .84, .06, "shows what users feel", .36},
		},
	}}
}

const tooComplex = "too complex"

// question is one question on a scale from 1 (strongly disagree) to 5.
type question struct {
	id, question string
	mean         float64
}

// questions are the questions of both waves. The platform's are DORA's ("To what extent does
// your platform(s) demonstrate the following characteristics?", DORA, 2025 research questions,
// https://dora.dev/research/2025/questions/, CC BY).
var questions = []question{
	{"dora_independence", "The platform provides the tools and information I need to work independently.", 3.5},
	{"dora_processes", "The platform helps me follow required processes (e.g., code reviews, security sign-offs).", 3.3},
	{"dora_feedback", "The platform gives me clear feedback on the outcome of my tasks.", 3.4},
	{"dora_automation", "The tasks I perform on the platform are well-automated.", 3.6},
	{"dora_listening", "The platform team acts on the feedback I provide.", 3.3},
	{"dora_ease", "The platform is easy to use.", 3.5},
	{"dora_reliability", "The platform helps me build and run reliable applications and services.", 3.7},
	{"load_tools", "I have to learn too many tools to bring a change to production.", 3.1},
	{"load_find", "I can find what I need to know without asking anyone.", 3.2},
	{"load_switch", "Running my service keeps me from working on its features.", 2.8},
	{"pulse_flow", "This week I could work without being held up by the platform.", 3.5},
	{"pulse_satisfied", "This week the platform was a help to me.", 3.6},
	{"pulse_heard", "When I ask the platform team something, I get an answer that helps.", 3.7},
}

// drawAnswers draws the answers of one wave, sorted by time.
func (g *generator) drawAnswers(w wave, people []developer) []fact.Answer {
	r := newRand(g.Seed, "survey", w.id)
	who := g.drawRespondents(r, w, people)
	n := len(who)
	out := make([]fact.Answer, n)
	when := drawTimes(r, span{from: w.sent, to: w.sent + week}, n, n)
	scores := g.drawScores(r, w, n)
	for i := range out {
		out[i] = fact.Answer{
			Wave: w.id, Team: people[who[i]].team.id, At: timeAt(when[i]), Score: &scores[i],
			Items: drawRatings(r, w),
		}
		switch {
		case r.IntN(3) == 0:
		case scores[i] >= 9:
			out[i].Reason = pick(r, praise)
		case scores[i] <= 6:
			out[i].Reason = pick(r, complaints)
		}
	}
	fans := g.respondentsIn(who, people, g.adoptersOf(GitOps, w.sent))
	for k, m := range w.loved {
		chosen := drawSome(r, countUp(n), roundShare(m.share, n))
		if k == 0 { // its own users first
			chosen = drawPreferring(r, fans, n, roundShare(m.share, n))
		}
		for _, i := range chosen {
			out[i].Loved = append(out[i].Loved, m.feature)
		}
	}
	for _, m := range w.frustrating {
		for _, i := range drawSome(r, countUp(n), roundShare(m.share, n)) {
			out[i].Hated = append(out[i].Hated, m.feature)
		}
	}
	for _, s := range w.satisfied {
		g.addSatisfaction(r, w, s, out, who, people)
	}
	return out
}

// drawRespondents draws the people who answer. Users of custom charts answer eagerly: they are
// few, and they have strong opinions.
func (g *generator) drawRespondents(r *rand.Rand, w wave, people []developer) []int {
	helm := g.adoptersOf(HelmCharts, w.sent)
	gitops := g.adoptersOf(GitOps, w.sent)
	eager := make([]float64, len(people))
	for i, p := range people {
		eager[i] = r.Float64()
		if helm[p.team.id] {
			eager[i] -= .5
		}
		if gitops[p.team.id] {
			eager[i] -= .15
		}
	}
	order := countUp(len(people))
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(eager[a], eager[b]) })
	who := order[:roundShare(w.answered, len(people))]
	r.Shuffle(len(who), func(a, b int) { who[a], who[b] = who[b], who[a] })
	return who
}

// drawScores draws the answers to the recommendation question, with exactly the wave's numbers
// of promoters and detractors.
func (g *generator) drawScores(r *rand.Rand, w wave, n int) []int {
	out := make([]int, n)
	promoters, detractors := roundShare(w.promoters, n), roundShare(w.detractors, n)
	for i := range out {
		switch {
		case i < promoters:
			out[i] = 9 + r.IntN(2)
		case i < promoters+detractors:
			out[i] = 6 - int(float64(7)*r.Float64()*r.Float64())
		default:
			out[i] = 7 + r.IntN(2)
		}
	}
	r.Shuffle(n, func(a, b int) { out[a], out[b] = out[b], out[a] })
	return out
}

// drawRatings draws a 1–5 answer per question; now and then one is blank.
func drawRatings(r *rand.Rand, w wave) map[string]float64 {
	out := make(map[string]float64, len(questions))
	for _, it := range questions {
		v := it.mean + w.lift + r.NormFloat64()
		if r.IntN(20) > 0 {
			out[it.id] = min(max(float64(int(v+.5)), 1), 5)
		}
	}
	return out
}

// addSatisfaction adds the answers of a feature's own users.
func (g *generator) addSatisfaction(r *rand.Rand, w wave, s satisfaction, out []fact.Answer, who []int,
	people []developer,
) {
	candidates := countUp(len(who))
	if s.feature != Backstage {
		candidates = g.respondentsIn(who, people, g.adoptersOf(s.feature, w.sent))
	}
	users := drawSome(r, candidates, roundShare(s.answered, len(people)))
	r.Shuffle(len(users), func(a, b int) { users[a], users[b] = users[b], users[a] })
	n := len(users)
	positive, negative, because := roundShare(s.positive, n), roundShare(s.negative, n), roundShare(s.because, n)
	for k, i := range users {
		a := fact.FeatureAnswer{Feature: s.feature}
		switch {
		case k < positive:
			a.Positive = yes
		case k >= n-negative:
			a.Positive = no
		}
		given := k < because // praise comes from the satisfied, complaints from the others
		if s.positive < .5 {
			given = k >= n-because
		}
		if given {
			a.Reasons = []string{s.reason}
		}
		out[i].Features = append(out[i].Features, a)
	}
}

var yes, no = new(true), new(false)

// respondentsIn returns the indices in who of the people in one of the teams.
func (g *generator) respondentsIn(who []int, people []developer, teams map[string]bool) []int {
	var out []int
	for i, p := range who {
		if teams[people[p].team.id] {
			out = append(out, i)
		}
	}
	return out
}

// drawPreferring draws k of n, and takes the preferred ones first.
func drawPreferring(r *rand.Rand, preferred []int, n, k int) []int {
	chosen := drawSome(r, preferred, k)
	var rest []int
	for i := range n {
		if !slices.Contains(preferred, i) {
			rest = append(rest, i)
		}
	}
	return append(chosen, drawSome(r, rest, k-len(chosen))...)
}

// countUp returns 0, 1, … n−1.
func countUp(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

var praise = []string{
	"Deploying is a merge now", "Builds are fast", "The team answers within the hour", "I find every service's owner",
	"New services start in minutes", "I can see what my service does",
}

var complaints = []string{
	"Secrets rotate while I deploy", "The docs are out of date", "Too many tools to learn", "Nobody told us about " +
		"the change",
	"I still need kubectl for half of it", "Templates do not fit our stack",
}
