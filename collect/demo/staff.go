package demo

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// developer is one of the platform's users, known by an opaque key only.
type developer struct {
	key  string
	team *team
}

// staff adds what people answered, asked, used and tried, and what was measured.
func (g *generator) staff(e *fact.Events) {
	people := g.developers()
	for _, w := range g.waves() {
		e.Answers = append(e.Answers, g.answers(w, people)...)
	}
	e.Tickets = g.tickets(len(people))
	e.Usage = g.usage(people)
	e.Measures = g.measures()
	e.Tasks = g.tasks(len(people))
}

func (g *generator) developers() []developer {
	var out []developer
	for i, t := range g.Teams {
		for range t.Developers {
			out = append(out, developer{fmt.Sprintf("dev-%04d", len(out)+1), g.teams[i]})
		}
	}
	return out
}

// usersOf are the teams that had adopted a feature by a time.
func (g *generator) usersOf(feature string, by int64) map[string]bool {
	out := map[string]bool{}
	for _, a := range g.adopted {
		if a.Feature == feature && a.From.Unix() < by {
			out[a.Team] = true
		}
	}
	return out
}

// part is a share of n, rounded to a whole number.
func part(share float64, n int) int { return int(math.Round(share * float64(n))) }

// choose draws k of the candidates, in the order of the candidates.
func choose(r *rand.Rand, candidates []int, k int) []int {
	c := slices.Clone(candidates)
	r.Shuffle(len(c), func(a, b int) { c[a], c[b] = c[b], c[a] })
	c = c[:min(k, len(c))]
	slices.Sort(c)
	return c
}
