package org

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Breaks returns the breaks of a calendar with the IDs of their teams, and the names of teams
// that nobody declares. A break of all teams is one of everybody.
func (n *Names) Breaks(list []metric.Break, teams int) ([]metric.Break, []Unmatched) {
	var out []metric.Break
	var unmatched []Unmatched
	for _, b := range list {
		var ids []string
		for _, name := range b.Teams {
			id, known := n.Team(name)
			switch {
			case !known:
				unmatched = append(unmatched, Unmatched{
					Rows: "calendar entries", Kind: "team", Name: name, Near: n.teams.findNear(text.Fold(name)), N: 1,
				})
			case !slices.Contains(ids, id):
				ids = append(ids, id)
			}
		}
		if len(b.Teams) > 0 && len(ids) == 0 {
			continue // a break of unknown teams is not one of everybody
		}
		if len(ids) == teams {
			ids = nil
		}
		b.Teams = ids
		out = append(out, b)
	}
	return out, unmatched
}
