package merge

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Adopt adds to the content what the team has not written: the forges' teams, if teams.toml
// names none, and the new names of repositories that were renamed. It returns the facts with
// a note on the forges whose teams it added.
func Adopt(c *fact.Content, facts fact.Events) fact.Events {
	if len(c.Teams) > 0 {
		c.Teams = renameOwnership(c.Teams, facts.Repositories)
		return facts
	}
	c.Teams = ForgeTeams(facts.Teams)
	if len(c.Teams) == 0 {
		return facts
	}
	facts.Syncs = slices.Clone(facts.Syncs)
	for i := range facts.Syncs {
		s := &facts.Syncs[i]
		if slices.ContainsFunc(facts.Teams, func(t fact.ForgeTeam) bool { return t.Source == s.Source }) {
			s.Notes = append(slices.Clone(s.Notes), "teams.toml names no team: the teams of "+
				`this forge replace them, with the repositories they may write to; "ip3dp doctor --teams" prints them`)
		}
	}
	return facts
}

// ForgeTeams returns the teams of forges that may write to a repository, as teams.toml would
// have them. If teams of two forges have one ID, the forge's name is added to it.
func ForgeTeams(list []fact.ForgeTeam) []fact.Team {
	taken := map[string]int{}
	for _, t := range list {
		taken[t.ID]++
	}
	var out []fact.Team
	for _, t := range list {
		if len(t.Repositories) == 0 {
			continue
		}
		id := t.ID
		if taken[id] > 1 {
			id = t.Source + "-" + id
		}
		team := fact.Team{ID: strings.ToLower(strings.ReplaceAll(id, "/", "-")), Title: t.Name, Members: t.Members}
		repositories := slices.Sorted(slices.Values(t.Repositories))
		for _, repository := range slices.Compact(repositories) {
			team.Owns = append(team.Owns, fact.Ownership{Repository: repository})
		}
		out = append(out, team)
	}
	slices.SortStableFunc(out, func(a, b fact.Team) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// renameOwnership returns the teams with the present names of their repositories. A renamed
// repository needs no edit to keep a team's history.
func renameOwnership(teams []fact.Team, repositories []fact.Repository) []fact.Team {
	now := PresentNames(repositories)
	if len(now) == 0 {
		return teams
	}
	out := slices.Clone(teams)
	for i := range out {
		out[i].Owns = slices.Clone(out[i].Owns)
		for k := range out[i].Owns {
			own := &out[i].Owns[k]
			if name, ok := now[strings.ToLower(own.Repository)]; ok {
				own.Repository = name
			}
		}
	}
	return out
}
