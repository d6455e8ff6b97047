package content

import (
	"fmt"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// named is one ID with its location.
type named struct {
	id       string
	formerly []string
	at       location
}

// indexIDs collects every ID, and reports IDs that are invalid, written twice or in use as a
// former ID of something else.
func (k *checker) indexIDs() {
	c := k.content
	k.known = map[kind]map[string]string{}
	k.indexKind(groups, "-", nameAll(c.Groups, func(i int, g *fact.Group) named {
		return named{g.ID, nil, k.locateGroup(i)}
	}))
	k.indexKind(teams, "-", nameAll(c.Teams, func(i int, t *fact.Team) named {
		return named{t.ID, t.Formerly, k.locateTeam(i)}
	}))
	k.indexKind(measures, "-_", nameAll(c.Measures, func(i int, m *fact.MeasureDef) named {
		return named{m.ID, nil, k.locateMeasure(m)}
	}))
	k.indexKind(themes, "-", nameAll(c.Themes, func(i int, t *fact.Theme) named {
		return named{t.ID, nil, k.locateTheme(i)}
	}))
	k.indexKind(activities, "-", nameAll(c.Activities, func(i int, a *fact.Activity) named {
		return named{a.ID, nil, locateActivity(a)}
	}))
	k.indexKind(features, "-", nameItems(c.Features, func(f *fact.Feature) *fact.Item { return &f.Item }))
	k.indexKind(initiatives, "-", nameItems(c.Initiatives, func(i *fact.Initiative) *fact.Item { return &i.Item }))
	k.indexKind(research, "-", nameItems(c.Research, func(r *fact.Research) *fact.Item { return &r.Item }))
	k.indexKind(cases, "-", nameItems(c.Cases, func(x *fact.Case) *fact.Item { return &x.Item }))
	k.indexKind(decisions, "-", nameItems(c.Decisions, func(d *fact.Decision) *fact.Item { return &d.Item }))
	k.indexKind(pages, "-", nameItems(c.Pages, func(p *fact.Page) *fact.Item { return &p.Item }))
	for i, g := range c.Groups {
		if _, clash := k.known[teams][g.ID]; clash {
			k.addProblem(k.locateGroup(i), "id", fmt.Sprintf("%q is a team and a group", g.ID),
				"surveys name both: give one of them another ID")
		}
	}
}

func nameAll[T any](items []T, name func(int, *T) named) []named {
	out := make([]named, len(items))
	for i := range items {
		out[i] = name(i, &items[i])
	}
	return out
}

func nameItems[T any](all []T, item func(*T) *fact.Item) []named {
	return nameAll(all, func(_ int, v *T) named {
		it := item(v)
		return named{it.ID, it.Formerly, locateItem(it)}
	})
}

func (k *checker) indexKind(what kind, marks string, all []named) {
	known := map[string]string{}
	k.known[what] = known
	for _, n := range all {
		wrong, next := wrongID(n.id, marks)
		switch _, twice := known[n.id]; {
		case n.id == "":
			k.addMissing(n.at, "id", "every "+toSingular(what)+" needs one")
		case wrong != "":
			k.addProblem(n.at, "id", wrong, next)
		case twice:
			k.addProblem(n.at, "id", fmt.Sprintf("%s %q is written twice", toSingular(what), n.id), "remove one")
		}
		known[n.id] = n.id
	}
	delete(known, "")
	for _, n := range all {
		for i, old := range n.formerly {
			key := fmt.Sprintf("formerly.%d", i)
			if now, taken := known[old]; taken {
				k.addProblem(n.at, key, fmt.Sprintf("former ID %q of %q is taken by %s %q", old, n.id, toSingular(what), now), "")
				k.addCauses(reference{what, now})
				continue
			}
			known[old] = n.id
		}
	}
	for at, now := range k.elsewhere {
		if _, taken := known[at.id]; at.what == what && !taken {
			known[at.id] = now
		}
	}
}

func (k *checker) locateGroup(i int) location {
	return location{teamsFile, k.lines.teams, fmt.Sprintf("group.%d", i), 0}
}

func (k *checker) locateTeam(i int) location {
	return location{teamsFile, k.lines.teams, fmt.Sprintf("team.%d", i), 0}
}

func (k *checker) locateTheme(i int) location {
	return location{themesFile, k.lines.themes, fmt.Sprintf("theme.%d", i), 0}
}

// locateMeasure returns the location of the measure's first line only: measures are sorted by
// ID, so their number in the file is lost.
func (k *checker) locateMeasure(m *fact.MeasureDef) location {
	return location{m.File, nil, "", m.Line}
}

func locateActivity(a *fact.Activity) location { return location{a.File, a.Lines, "", a.Line} }
