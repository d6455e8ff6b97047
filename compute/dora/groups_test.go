package dora

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// groupsOf measures teams of declared sizes, each with a service that deploys every day.
func groupsOf(t *testing.T, c fact.Content) Result {
	t.Helper()
	var e fact.Events
	for i := range c.Teams {
		team := &c.Teams[i]
		repository := "acme/" + team.ID
		team.Owns = append(team.Owns, fact.Ownership{Repository: repository})
		e.Coverage = append(e.Coverage, fact.Coverage{Source: "test", Repository: repository, Kind: "deployments", From: at(-60, 0), To: at(70, 0)})
		for day := -50; day < 60; day++ {
			e.Deployments = append(e.Deployments, fact.Deployment{
				Repository: repository, ID: fmt.Sprint(team.ID, day), Environment: "production", Commit: fmt.Sprintf("%s%d", team.ID, day),
				Created: at(day, 10), Statuses: []fact.Status{{State: fact.Success, At: at(day, 11)}},
			})
		}
	}
	o, err := org.Resolve(org.Options{Calendar: org.Calendar{AsOf: at(63, 0), MaturityDays: 7}}, c, e)
	if err != nil {
		t.Fatal(err)
	}
	r, err := Measure(Defaults(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestGroups(t *testing.T) {
	r := groupsOf(t, fact.Content{
		Groups: []fact.Group{
			{ID: "shop", Title: "Shop"}, {ID: "money", Title: "Money", Parent: "shop"}, {ID: "tiny"}, {ID: "empty"}, {ID: "merged"},
		},
		Teams: []fact.Team{
			{ID: "cart", Group: "shop", Developers: 5},
			{ID: "cards", Group: "money", Developers: 4},
			{ID: "tax", Group: "money", Developers: 2},
			{ID: "lone", Group: "tiny", Developers: 2},
			{ID: "one", Group: "merged", Developers: 2},
			{ID: "two", Group: "merged", Developers: 2},
			{ID: "six", Group: "merged", Developers: 1},
			{ID: "free", Developers: 3},
		},
	})
	want(t, "groups", r.Groups, []GroupTeams{
		{ID: "shop", Teams: 3, Small: 1},
		{ID: "money", Teams: 2, Small: 1},
		{ID: "tiny", Teams: 1, Small: 1},
		{ID: "merged", Teams: 3, Small: 3, Merged: 3},
	})
	for _, tt := range []struct {
		group string
		teams int
	}{{"shop", 2}, {"money", 1}, {"tiny", 0}, {"merged", 3}} {
		t.Run(tt.group, func(t *testing.T) {
			scope := metric.Scope{Kind: metric.Group, ID: tt.group}
			m := r.Section.Find(Frequency, scope)
			if tt.teams == 0 {
				if m.Value != nil || m.Why == "" || m.N != nil || r.Section.FindSeries(Frequency, scope) != nil {
					t.Errorf("%s: has numbers: %+v", tt.group, m)
				}
				return
			}
			want(t, tt.group, fmt.Sprint(*m.Value, m.N), fmt.Sprint(1, []metric.Count{
				{What: "deployments", N: 28 * tt.teams}, {What: "teams", N: tt.teams},
			}))
			if m.Trend == nil || r.Section.FindSeries(Frequency, scope) == nil {
				t.Errorf("%s has no trend or no series", tt.group)
			}
		})
	}
	if r.Section.Find(Frequency, metric.Scope{Kind: metric.Group, ID: "empty"}) != nil {
		t.Error("a group without a team has numbers")
	}
	for _, e := range r.Evidence {
		if e.Scope.Kind == metric.Group && e.Scope.ID == "shop" {
			var names []string
			for _, row := range e.Rows {
				names = append(names, row.Team)
			}
			want(t, "evidence", names, []string{"cards", "cart"})
			want(t, "left out", fmt.Sprint(e.LeftOut), "[{teams too small to show; only the organisation's numbers count them 1}]")
		}
	}
}

// A service that two teams of a group share counts once in the group.
func TestGroupCountsASharedServiceOnce(t *testing.T) {
	r := groupsOf(t, fact.Content{
		Groups: []fact.Group{{ID: "shop"}},
		Teams: []fact.Team{
			{ID: "cart", Group: "shop", Developers: 5, Owns: []fact.Ownership{{Repository: "acme/cards"}}},
			{ID: "cards", Group: "shop", Developers: 4},
		},
	})
	m := r.Section.Find(Frequency, metric.Scope{Kind: metric.Group, ID: "shop"})
	want(t, "n", fmt.Sprint(m.N), "[{deployments 56} {teams 2}]")
}

// TestGroupsRevealNoSmallTeam subtracts, in random trees, the totals of groups and teams from
// the total above them: the rest has no small team, or several of them.
func TestGroupsRevealNoSmallTeam(t *testing.T) {
	for seed := range uint64(3000) {
		r := rand.New(rand.NewPCG(seed, 1))
		o := &org.Organisation{}
		for i := range 1 + r.IntN(6) {
			g := org.Group{ID: fmt.Sprint("g", i)}
			if i > 0 && r.IntN(2) == 0 {
				g.Parent = fmt.Sprint("g", r.IntN(i))
			}
			o.Groups = append(o.Groups, g)
		}
		for i := range 1 + r.IntN(12) {
			team := org.Team{ID: fmt.Sprintf("t%02d", i), People: 1 + r.IntN(4)}
			if r.IntN(4) > 0 {
				team.Group = fmt.Sprint("g", r.IntN(len(o.Groups)))
			}
			o.Teams = append(o.Teams, team)
		}
		checkRests(t, seed, o, gatherPools(o, nil))
	}
}

func checkRests(t *testing.T, seed uint64, o *org.Organisation, ps pools) {
	t.Helper()
	small := func(p *pool) map[string]*org.Team {
		out := map[string]*org.Team{}
		for _, team := range p.teams {
			if !team.Shown() {
				out[team.ID] = team
			}
		}
		return out
	}
	check := func(what string, p *pool, below string, enough int) {
		rest := small(p)
		for _, g := range ps.groups {
			if i := slices.IndexFunc(o.Groups, func(x org.Group) bool { return x.ID == g.scope.ID }); o.Groups[i].Parent == below {
				for id := range small(g) {
					if p.teams != nil && rest[id] == nil {
						t.Errorf("seed %d: %s counts less than its group %s", seed, what, g.scope.ID)
					}
					delete(rest, id)
				}
			}
		}
		var left []*org.Team
		for _, team := range rest {
			left = append(left, team)
		}
		if n := len(left); n > 0 && (n < 2 || org.CountPeople(left) < enough) {
			t.Errorf("seed %d: a subtraction from %s reveals %d small teams", seed, what, n)
		}
	}
	check("the organisation", ps.whole, "", org.MinPeople)
	for _, g := range ps.groups {
		check(g.scope.ID, g, g.scope.ID, minMerged)
	}
}
