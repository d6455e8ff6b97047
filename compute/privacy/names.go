package privacy

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// unit is the smallest thing that is shown alone: a group of teams, or a team without a group.
type unit struct{ key, id, title string }

// member is the team or group that an answer names, and its unit.
type member struct {
	key  string
	unit *unit
}

// unnamedMember is the member and unit of answers that name no team or group of teams.toml. The
// name that they give instead is never shown, because a person may have typed anything.
var unnamedMember = member{key: "none", unit: &unit{key: "none", id: "_none", title: "no group given"}}

// directory finds members by the names in answers.
type directory map[string]member

// newDirectory returns a directory of every team and group by its ID, title and former IDs. If
// two names are equal, an ID wins over a title, and a team over a group.
func newDirectory(c fact.Content) directory {
	groups := map[string]*unit{}
	for i := range c.Groups {
		g := &c.Groups[i]
		groups[g.ID] = &unit{key: "group/" + g.ID, id: g.ID, title: either(g.Title, g.ID)}
	}
	members := make([]member, len(c.Teams))
	for i := range c.Teams {
		t := &c.Teams[i]
		members[i] = member{key: "team/" + t.ID, unit: groups[t.Group]}
		if members[i].unit == nil {
			lone := &unit{key: members[i].key, id: t.ID, title: either(t.Title, t.ID)}
			if groups[t.ID] != nil {
				lone.id = "_team_" + t.ID
			}
			members[i].unit = lone
		}
	}
	d := directory{}
	add := func(m member, names ...string) {
		for _, name := range names {
			if name = text.Fold(name); name == "" {
				continue
			}
			if _, taken := d[name]; !taken {
				d[name] = m
			}
		}
	}
	for i := range c.Teams {
		add(members[i], c.Teams[i].ID)
	}
	for i := range c.Groups {
		g := groups[c.Groups[i].ID]
		add(member{g.key, g}, g.id)
	}
	for i := range c.Teams {
		add(members[i], slices.Concat([]string{c.Teams[i].Title}, c.Teams[i].Formerly)...)
	}
	for i := range c.Groups {
		g := groups[c.Groups[i].ID]
		add(member{g.key, g}, g.title)
	}
	return d
}

func (d directory) findMember(name string) member {
	if m, ok := d[text.Fold(name)]; ok {
		return m
	}
	return unnamedMember
}

func either(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}
