package demo

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Shares of all developers that use Backstage and its parts: 220 of 250 altogether, 80 % the
// catalog, 10 % the docs, 2 % the templates.
const (
	backstageShare = .88
	formerShare    = .04 // used it once and stopped
	catalogShare   = .80
	docsShare      = .10
	templatesShare = .02
)

// generateUsage returns one row per unit, feature and week of use, sorted by day.
func (g *generator) generateUsage(people []developer) []fact.Use {
	var out []fact.Use
	for _, a := range g.adopted {
		from := max(a.From.Unix(), g.From.Unix())
		out = g.appendWeekly(out, fact.Use{Feature: a.Feature, Unit: a.Team, Team: a.Team}, from, g.AsOf.Unix(), 40)
	}
	if !g.Small {
		out = g.appendBackstage(out, people)
	}
	slices.SortStableFunc(out, func(a, b fact.Use) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Feature, b.Feature), cmp.Compare(a.Part, b.Part),
			cmp.Compare(a.Unit, b.Unit))
	})
	return out
}

// appendBackstage appends the use of Backstage. Developers begin one after the other until half
// a year before the end; some of the early ones stop again.
func (g *generator) appendBackstage(out []fact.Use, people []developer) []fact.Use {
	n := len(people)
	order := newRand(g.Seed, "backstage").Perm(n)
	users, former := roundShare(backstageShare, n), roundShare(formerShare, n)
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
		case rank < roundShare(catalogShare, n):
			u.Part = "catalog"
		}
		out = g.appendWeekly(out, u, from, until, 12)
		for _, p := range []struct {
			id   string
			upTo int
		}{{"docs", roundShare(docsShare, n)}, {"templates", roundShare(templatesShare, n)}} {
			if rank < p.upTo {
				u.Part = p.id
				out = g.appendWeekly(out, u, from, until, 3)
			}
		}
	}
	return out
}

// appendWeekly appends the rows of one unit's use from its first day on. It skips a week now
// and then, but never two in a row, so that the unit stays active.
func (g *generator) appendWeekly(out []fact.Use, u fact.Use, from, until int64, count float64) []fact.Use {
	r := newRand(g.Seed, "usage", u.Feature, u.Part, u.Unit)
	u.Source = source
	skipped := false
	for start := mondayBefore(from); start < until; start += week {
		day := start + r.Int64N(5)*day
		quiet, n := r.IntN(8) == 0, 1+float64(int(count*drawLognormal(r, .4)))
		if start <= from {
			day = from - (from-epoch)%(24*60*60)
		} else if skipped = quiet && !skipped; skipped {
			continue
		}
		if day < until {
			u.At, u.Count = timeAt(day), n
			out = append(out, u)
		}
	}
	return out
}
