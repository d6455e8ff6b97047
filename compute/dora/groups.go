package dora

import (
	"fmt"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// minMerged is the number of people that teams too small to show need together before a group
// counts them.
const minMerged = 5

// GroupTeams counts the teams of a group and of the groups below it.
type GroupTeams struct {
	ID    string `json:"id"`
	Teams int    `json:"teams"`
	// Small counts the teams that are too small to show. Merged counts those of them that the
	// group's numbers contain, only as a sum of several teams.
	Small  int `json:"small,omitempty"`
	Merged int `json:"merged,omitempty"`
}

// groupNode is a group in the tree of groups.
type groupNode struct {
	*pool
	small  []*pool // its own teams that are too small to show
	merged []*pool // the small teams that it counts, with those of the groups below
	below  []*groupNode
}

// newGroupPools returns the pool of each group with a team, in the order of the groups, and
// sets the groups that count each team. A group counts the teams that are shown.
//
// A group counts small teams as well, if no subtraction reveals fewer than several of them: at
// every level the small teams that no level below counts are two or more, of five people or
// more together, or none of them is counted there. The same holds for the rest of the
// organisation, which counts all of them.
func newGroupPools(o *org.Organisation, teams []*pool) (groups []*pool, counts []GroupTeams) {
	nodes, roots := newGroupTree(o)
	rest := []*pool{} // small teams of no group
	for _, p := range teams {
		n := nodes[p.teams[0].Group]
		if p.hidden != "" {
			if n == nil {
				rest = append(rest, p)
			} else {
				n.small = append(n.small, p)
			}
		}
		for at := p.teams[0].Group; nodes[at] != nil; at = nodes[at].parent {
			nodes[at].members = append(nodes[at].members, p)
		}
	}
	for _, n := range roots {
		rest = append(rest, n.mergeSmall()...)
	}
	for _, n := range slices.Backward(roots) {
		if len(rest) == 0 || len(rest) > 1 && org.CountPeople(listTeams(rest)) >= org.MinPeople {
			break
		}
		rest = append(rest, n.merged...)
		n.unmerge()
	}
	for _, g := range o.Groups {
		n := nodes[g.ID]
		if len(n.members) == 0 {
			continue
		}
		counts = append(counts, n.countMembers())
		groups = append(groups, n.pool)
	}
	return groups, counts
}

// newGroupTree returns the groups by ID, and those without a parent.
func newGroupTree(o *org.Organisation) (nodes map[string]*groupNode, roots []*groupNode) {
	nodes = map[string]*groupNode{}
	for _, g := range o.Groups {
		nodes[g.ID] = &groupNode{pool: &pool{
			scope: metric.Scope{Kind: metric.Group, ID: g.ID, Title: g.Title}, parent: g.Parent,
		}}
	}
	for _, g := range o.Groups {
		if parent := nodes[g.Parent]; parent != nil {
			parent.below = append(parent.below, nodes[g.ID])
		} else {
			roots = append(roots, nodes[g.ID])
		}
	}
	return nodes, roots
}

// mergeSmall merges the small teams of a group, after those of the groups below it. It returns
// the small teams that are not counted.
func (n *groupNode) mergeSmall() (rest []*pool) {
	rest = n.small
	for _, sub := range n.below {
		left := sub.mergeSmall()
		rest = append(slices.Clip(rest), left...)
		n.merged = append(n.merged, sub.merged...)
	}
	if len(rest) < 2 || org.CountPeople(listTeams(rest)) < minMerged {
		return rest
	}
	n.merged = append(n.merged, rest...)
	return nil
}

// unmerge removes the small teams from a group and from the groups below it.
func (n *groupNode) unmerge() {
	n.merged = nil
	for _, sub := range n.below {
		sub.unmerge()
	}
}

// countMembers sets the teams that the group counts, and counts them.
func (n *groupNode) countMembers() GroupTeams {
	c := GroupTeams{ID: n.scope.ID, Teams: len(n.members), Merged: len(n.merged)}
	for _, p := range n.members {
		if p.hidden != "" {
			c.Small++
			if !slices.Contains(n.merged, p) {
				continue
			}
		}
		n.teams = append(n.teams, p.teams[0])
		p.groups = append(p.groups, n.pool)
	}
	if left := c.Small - c.Merged; left > 0 {
		n.leftOut.add("teams", "too small to show; only the organisation's numbers count them", left)
	}
	if len(n.teams) == 0 {
		n.hidden, n.next = n.members[0].hidden, n.members[0].next
		if len(n.members) > 1 {
			n.hidden = fmt.Sprintf("its teams are too small: numbers of fewer than %d people would be theirs", minMerged)
			n.next = seeFew
		}
	}
	return c
}

func listTeams(pools []*pool) []*org.Team {
	out := make([]*org.Team, len(pools))
	for i, p := range pools {
		out[i] = p.teams[0]
	}
	return out
}

// appendGroups appends the groups that count any of the teams in a list of pools.
func appendGroups(of []*pool) []*pool {
	for i := range len(of) {
		for _, g := range of[i].groups {
			if !slices.Contains(of, g) {
				of = append(of, g)
			}
		}
	}
	return of
}

// findMember returns the first team of the pool, in the order of teams.toml, that owned s at t.
func (p *pool) findMember(s *org.Service, t time.Time) string {
	for _, o := range s.Owners {
		if s.OwnedBy(o.Team, t) && slices.ContainsFunc(p.teams, func(of *org.Team) bool { return of.ID == o.Team }) {
			return o.Team
		}
	}
	return ""
}
