package main

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/merge"

	"github.com/ip3dp/ip3dp/cmd/internal/workspace"
)

// adopt takes from the forges what the team has not written: teams, where
// teams.toml has none, and the new names of repositories that were renamed. The
// facts come back with a note on the forges whose teams were taken.
func adoptTeams(w *workspace.Workspace, facts fact.Events) fact.Events {
	if len(w.Content.Teams) > 0 {
		w.Content.Teams = renamedOwnership(w.Content.Teams, facts.Repositories)
		return facts
	}
	w.Content.Teams = forgeTeams(facts.Teams)
	if len(w.Content.Teams) == 0 {
		return facts
	}
	facts.Syncs = slices.Clone(facts.Syncs)
	for i := range facts.Syncs {
		s := &facts.Syncs[i]
		if slices.ContainsFunc(facts.Teams, func(t fact.ForgeTeam) bool { return t.Source == s.Source }) {
			s.Notes = append(slices.Clone(s.Notes), `teams.toml names no team: those of this forge, and what they may write to, stand in; "ip3dp doctor --teams" prints them`)
		}
	}
	return facts
}

// forgeTeams are the teams of forges as teams.toml would have them: those that may
// write to a repository. Teams of two forges with one ID are told apart by the
// forge's name.
func forgeTeams(list []fact.ForgeTeam) []fact.Team {
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

// renamedOwnership is the teams with the present names of repositories that they
// name by a former one: a rename needs no edit to keep a team's history.
func renamedOwnership(teams []fact.Team, repositories []fact.Repository) []fact.Team {
	now := merge.PresentNames(repositories)
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
