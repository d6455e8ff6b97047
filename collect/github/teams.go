package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// teamsPage is how many teams a query shows, each with its members and repositories.
const teamsPage = 40

// readAllTeams reads the organisations' teams. They replace those of the last night only
// if all of them could be read.
func (r *syncer) readAllTeams(ctx context.Context) error {
	if !r.f.o.Teams || len(r.f.o.Organisations) == 0 {
		return nil
	}
	r.reportProgress("teams")
	var all []fact.ForgeTeam
	for _, org := range r.f.o.Organisations {
		teams, err := r.readTeams(ctx, org)
		if err != nil {
			if isFatal(ctx, err) {
				return err
			}
			r.addGap("", r.o.Window.From, fmt.Sprintf("the teams of %s could not be read: %s", org, oneLine(err.Error())),
				"give the token read access to the organisation's members")
			return nil
		}
		if len(r.f.o.Organisations) > 1 {
			for i := range teams {
				teams[i].ID = org + "/" + teams[i].ID
			}
		}
		all = append(all, teams...)
	}
	w := r.o.Window
	return r.store.Put(ctx, r.f.name, collect.Batch{
		Teams: all, SetTeams: true,
		Cursors: []collect.Cursor{{
			Kind: collect.Teams, Rule: "1 " + strings.Join(r.f.o.Organisations, " "), From: w.From,
			To: w.To,
		}},
	})
}

// readTeams reads the teams of an organisation.
func (r *syncer) readTeams(ctx context.Context, org string) ([]fact.ForgeTeam, error) {
	l := list[qTeam]{title: "teams of " + org, size: teamsPage, id: func(t *qTeam) string { return t.Slug }}
	found, err := readList(ctx, r.client, &l, func() (*connection[qTeam], error) {
		query := fmt.Sprintf("query { o: organization(login: %s) { teams(%s, orderBy: {field: NAME, direction: ASC}) "+
			"{ %s nodes { slug name %s %s } } } }",
			quoteText(org), l.formatArgs(), pageFields, membersField(""), repositoriesField(""))
		var o *struct {
			Teams *connection[qTeam] `json:"teams"`
		}
		if err := r.queryOwner(ctx, query, l.size <= 5, &o); err != nil || o == nil {
			return nil, cmp.Or(err, errPage)
		}
		return o.Teams, nil
	})
	if err != nil {
		return nil, err
	}
	var teams []fact.ForgeTeam
	for _, q := range found {
		team, err := r.readTeam(ctx, org, q)
		if err != nil {
			return nil, err
		}
		teams = append(teams, team)
	}
	return teams, nil
}

// queryOwner sends a query for one object with the alias "o". Any error of the answer is an
// error.
func (r *syncer) queryOwner(ctx context.Context, query string, smallest bool, out any) error {
	a, err := r.client.sendQuery(ctx, query, smallest)
	if err != nil {
		return err
	}
	if len(a.errors) > 0 {
		if a.errors[0].isExceeded() {
			return fmt.Errorf("%w: %w", errTooMuch, &a.errors[0])
		}
		return &a.errors[0]
	}
	return json.Unmarshal(orNull(a.data["o"]), out)
}

func membersField(after string) string {
	return fmt.Sprintf("members(first: %d%s) { %s nodes { login } }", fullPage, after, pageFields)
}

func repositoriesField(after string) string {
	return fmt.Sprintf("repositories(first: %d%s) { %s edges { permission node { nameWithOwner } } }",
		fullPage, after, pageFields)
}

// readTeam returns the fact, with the remaining members and repositories of a large team.
func (r *syncer) readTeam(ctx context.Context, org string, q *qTeam) (fact.ForgeTeam, error) {
	team := fact.ForgeTeam{ID: q.Slug, Name: q.Name}
	for {
		if q.Members == nil || q.Repos == nil {
			return team, fmt.Errorf("team %s: %w: null", team.ID, errPage)
		}
		for _, m := range q.Members.Nodes {
			team.Members = append(team.Members, m.name())
		}
		for _, e := range q.Repos.Edges {
			if e != nil && e.Node != nil && slices.Contains([]string{"WRITE", "MAINTAIN", "ADMIN"}, e.Permission) {
				team.Repositories = append(team.Repositories, e.Node.NameWithOwner)
			}
		}
		members, repos := q.Members.PageInfo, q.Repos.PageInfo
		if !members.HasNextPage && !repos.HasNextPage {
			break
		}
		fields := ""
		if members.HasNextPage {
			fields += " " + membersField(", after: "+quoteText(members.EndCursor))
		}
		if repos.HasNextPage {
			fields += " " + repositoriesField(", after: "+quoteText(repos.EndCursor))
		}
		query := fmt.Sprintf("query { o: organization(login: %s) { team(slug: %s) { slug name%s } } }", quoteText(org),
			quoteText(team.ID), fields)
		var o *struct {
			Team *qTeam `json:"team"`
		}
		if err := r.queryOwner(ctx, query, true, &o); err != nil {
			return team, err
		}
		if o == nil || o.Team == nil || o.Team.Slug != team.ID {
			return team, fmt.Errorf("team %s: %w: null", team.ID, errPage)
		}
		q = o.Team
		// A list that has ended is not asked for again.
		if q.Members == nil && !members.HasNextPage {
			q.Members = &connection[actor]{}
		}
		if q.Repos == nil && !repos.HasNextPage {
			q.Repos = &teamRepositories{}
		}
	}
	slices.Sort(team.Members)
	slices.Sort(team.Repositories)
	return team, nil
}
