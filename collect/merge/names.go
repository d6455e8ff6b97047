package merge

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// maxNames is the number of unknown names of one kind that the import of a file shows.
const maxNames = 5

// describeNames returns the rows left out of a source with the most frequent unknown names in
// their reasons. Other names, which may be any text, are counted together.
func (p *sourceRows) describeNames(judge Judge) map[leftOut]int {
	type group struct {
		kind, reason, about string
		class               fact.Class
	}
	type named struct {
		leftOut
		n int
	}
	out, groups := make(map[leftOut]int, len(p.left)), map[group][]named{}
	for l, n := range p.left {
		if l.about == "" {
			out[l] += n
			continue
		}
		g := group{l.kind, l.reason, l.about, l.class}
		groups[g] = append(groups[g], named{l, n})
	}
	for g, list := range groups {
		slices.SortFunc(list, func(a, b named) int { return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.name, b.name)) })
		for i, x := range list {
			l := leftOut{kind: g.kind, reason: g.reason, class: g.class}
			if i < maxNames {
				l.reason = judge.Describe(fact.Verdict{Class: g.class, Reason: g.reason, Kind: g.about, Name: x.name})
			}
			out[l] += x.n
		}
	}
	return out
}
