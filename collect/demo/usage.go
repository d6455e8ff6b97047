package demo

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Shares of all developers that use Backstage and its parts, from the concept:
// 220 of 250 altogether, 80 % the catalog, 10 % the docs, 2 % the templates.
const (
	backstageShare = .88
	formerShare    = .04 // used it once and stopped
	catalogShare   = .80
	docsShare      = .10
	templatesShare = .02
)

// usage makes one row per unit, feature and week of use, sorted by day.
func (g *generator) usage(people []developer) []fact.Use {
	var out []fact.Use
	for _, a := range g.adopted {
		from := max(a.From.Unix(), g.From.Unix())
		out = g.weekly(out, fact.Use{Feature: a.Feature, Unit: a.Team, Team: a.Team}, from, g.AsOf.Unix(), 40)
	}
	if !g.Small {
		out = g.backstage(out, people)
	}
	slices.SortStableFunc(out, func(a, b fact.Use) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Unit, b.Unit))
	})
	return out
}

// backstage: developers began one after the other until half a year before the
// end; some of those who began early stopped again.
func (g *generator) backstage(out []fact.Use, people []developer) []fact.Use {
	n := len(people)
	order := stream(g.Seed, "backstage").Perm(n)
	users, former := part(backstageShare, n), part(formerShare, n)
	begin, end := g.From.Unix(), g.AsOf.Unix()
	for rank, i := range order[:min(users+former, n)] {
		share := float64(rank) / float64(users)
		from := begin + int64(share*share*float64(end-begin)*.6)
		until := end
		u := fact.Use{Feature: Backstage, Unit: people[i].key, Team: people[i].team.id}
		switch {
		case rank >= users:
			from, until = begin, begin+(end-begin)/2
			u.Part = "catalog"
		case rank < part(catalogShare, n):
			u.Part = "catalog"
		}
		out = g.weekly(out, u, from, until, 12)
		for _, p := range []struct {
			id   string
			upTo int
		}{{"docs", part(docsShare, n)}, {"templates", part(templatesShare, n)}} {
			if rank < p.upTo {
				u.Part = p.id
				out = g.weekly(out, u, from, until, 3)
			}
		}
	}
	return out
}

// weekly appends the rows of one unit's use from its first day on. A week is
// left out now and then, but never two in a row, so that the unit stays active.
func (g *generator) weekly(out []fact.Use, u fact.Use, from, until int64, count float64) []fact.Use {
	r := stream(g.Seed, "usage", u.Feature, u.Part, u.Unit)
	u.Source = source
	skipped := false
	for start := monday(from); start < until; start += week {
		day := start + r.Int64N(5)*day
		quiet, n := r.IntN(8) == 0, 1+float64(int(count*lognormal(r, .4)))
		if start <= from {
			day = from - (from-epoch)%(24*60*60)
		} else if skipped = quiet && !skipped; skipped {
			continue
		}
		if day < until {
			u.At, u.Count = at(day), n
			out = append(out, u)
		}
	}
	return out
}
