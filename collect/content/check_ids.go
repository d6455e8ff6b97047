package content

import (
	"fmt"
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// named is one ID with the place it was written at.
type named struct {
	id       string
	formerly []string
	at       place
}

// index collects every ID, and reports those that are invalid, written twice
// or claimed as a former ID by something else.
func (k *checker) index() {
	c := k.content
	k.known = map[kind]map[string]string{}
	k.indexKind(groups, "-", list(c.Groups, func(i int, g *fact.Group) named {
		return named{g.ID, nil, k.groupPlace(i)}
	}))
	k.indexKind(teams, "-", list(c.Teams, func(i int, t *fact.Team) named {
		return named{t.ID, t.Formerly, k.teamPlace(i)}
	}))
	k.indexKind(measures, "-_", list(c.Measures, func(i int, m *fact.MeasureDef) named {
		return named{m.ID, nil, k.measurePlace(m)}
	}))
	k.indexKind(themes, "-", list(c.Themes, func(i int, t *fact.Theme) named {
		return named{t.ID, nil, k.themePlace(i)}
	}))
	k.indexKind(activities, "-", list(c.Activities, func(i int, a *fact.Activity) named {
		return named{a.ID, nil, activityPlace(a)}
	}))
	k.indexKind(features, "-", items(c.Features, func(f *fact.Feature) *fact.Item { return &f.Item }))
	k.indexKind(initiatives, "-", items(c.Initiatives, func(i *fact.Initiative) *fact.Item { return &i.Item }))
	k.indexKind(research, "-", items(c.Research, func(r *fact.Research) *fact.Item { return &r.Item }))
	k.indexKind(cases, "-", items(c.Cases, func(x *fact.Case) *fact.Item { return &x.Item }))
	k.indexKind(decisions, "-", items(c.Decisions, func(d *fact.Decision) *fact.Item { return &d.Item }))
	k.indexKind(pages, "-", items(c.Pages, func(p *fact.Page) *fact.Item { return &p.Item }))
	for id := range maps.Clone(k.known[groups]) {
		if _, clash := k.known[teams][id]; clash {
			k.problem(k.groupPlace(indexOf(c.Groups, func(g fact.Group) bool { return g.ID == id })), "id",
				fmt.Sprintf("%q is a team and a group", id), "surveys name both: give one another ID")
		}
	}
}

func indexOf[T any](list []T, is func(T) bool) int { return slices.IndexFunc(list, is) }

func list[T any](items []T, name func(int, *T) named) []named {
	out := make([]named, len(items))
	for i := range items {
		out[i] = name(i, &items[i])
	}
	return out
}

func items[T any](all []T, item func(*T) *fact.Item) []named {
	return list(all, func(_ int, v *T) named {
		it := item(v)
		return named{it.ID, it.Formerly, itemPlace(it)}
	})
}

func (k *checker) indexKind(what kind, marks string, all []named) {
	known := map[string]string{}
	k.known[what] = known
	for _, n := range all {
		wrong, next := wrongID(n.id, marks)
		switch _, twice := known[n.id]; {
		case n.id == "":
			k.missing(n.at, "id", "every "+singular(what)+" needs one")
		case wrong != "":
			k.problem(n.at, "id", wrong, next)
		case twice:
			k.problem(n.at, "id", fmt.Sprintf("%s %q is written twice", singular(what), n.id), "remove one")
		}
		known[n.id] = n.id
	}
	delete(known, "")
	for _, n := range all {
		for i, old := range n.formerly {
			key := fmt.Sprintf("formerly.%d", i)
			if now, taken := known[old]; taken {
				k.problem(n.at, key, fmt.Sprintf("former ID %q of %q is taken by %s %q", old, n.id, singular(what), now), "")
				continue
			}
			known[old] = n.id
		}
	}
}

func (k *checker) groupPlace(i int) place {
	return place{"teams.toml", k.teamLines, fmt.Sprintf("group.%d", i), 0}
}

func (k *checker) teamPlace(i int) place {
	return place{"teams.toml", k.teamLines, fmt.Sprintf("team.%d", i), 0}
}

func (k *checker) themePlace(i int) place {
	return place{"tickets/themes.toml", k.themeLines, fmt.Sprintf("theme.%d", i), 0}
}

// measurePlace names the measure's line only: measures are in order of ID, so
// their number in the file is gone.
func (k *checker) measurePlace(m *fact.MeasureDef) place {
	return place{m.File, nil, "", m.Line}
}

func activityPlace(a *fact.Activity) place { return place{a.File, a.Lines, "", a.Line} }
