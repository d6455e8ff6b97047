package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// developer is one of the platform's users, with an opaque key only.
type developer struct {
	key  string
	team *team
}

// addStaff adds survey answers, tickets, usage, measures and tasks.
func (g *generator) addStaff(e *fact.Events) {
	people := g.listDevelopers()
	for _, w := range g.listWaves() {
		e.Answers = append(e.Answers, g.drawAnswers(w, people)...)
	}
	e.Tickets = g.generateTickets(len(people))
	e.Usage = g.generateUsage(people)
	e.Measures = g.generateMeasures()
	e.Tasks = g.generateTasks(len(people))
}

func (g *generator) listDevelopers() []developer {
	var out []developer
	for i, t := range g.Teams {
		for range t.Developers {
			out = append(out, developer{fmt.Sprintf("dev-%04d", len(out)+1), g.teams[i]})
		}
	}
	return out
}

// adoptersOf returns the teams that had adopted a feature by a time.
func (g *generator) adoptersOf(feature string, by int64) map[string]bool {
	out := map[string]bool{}
	for _, a := range g.adopted {
		if a.Feature == feature && a.From.Unix() < by {
			out[a.Team] = true
		}
	}
	return out
}

// roundShare returns a share of n, rounded to a whole number.
func roundShare(share float64, n int) int { return int(math.Round(share * float64(n))) }

// drawSome draws k of the candidates and keeps their order.
func drawSome(r *rand.Rand, candidates []int, k int) []int {
	c := slices.Clone(candidates)
	r.Shuffle(len(c), func(a, b int) { c[a], c[b] = c[b], c[a] })
	c = c[:min(k, len(c))]
	slices.Sort(c)
	return c
}
