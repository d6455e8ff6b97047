package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// teamsPage is how many teams a query shows, each with its members and repositories.
const teamsPage = 40

// teams reads the organisations' teams. They replace those of the last night only
// if all of them could be read.
func (r *run) teams(ctx context.Context) error {
	if !r.f.o.Teams || len(r.f.o.Organisations) == 0 {
		return nil
	}
	r.progress("teams")
	var all []fact.ForgeTeam
	for _, org := range r.f.o.Organisations {
		teams, err := r.teamsOf(ctx, org)
		if err != nil {
			if fatal(ctx, err) {
				return err
			}
			r.gap("", r.o.Window.From, fmt.Sprintf("the teams of %s could not be read: %s", org, oneLine(err.Error())),
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
		Cursors: []collect.Cursor{{Kind: collect.Teams, Rule: "1 " + strings.Join(r.f.o.Organisations, " "), From: w.From, To: w.To}},
	})
}

func (r *run) teamsOf(ctx context.Context, org string) ([]fact.ForgeTeam, error) {
	l := list[qTeam]{what: "teams of " + org, size: teamsPage, id: func(t *qTeam) string { return t.Slug }}
	var teams []fact.ForgeTeam
	for tries := 0; ; {
		query := fmt.Sprintf("query { o: organization(login: %s) { teams(%s, orderBy: {field: NAME, direction: ASC}) "+
			"{ totalCount pageInfo { hasNextPage endCursor } nodes { slug name %s %s } } } }",
			quote(org), l.args(), membersField(""), repositoriesField(""))
		var o *struct {
			Teams *connection[qTeam] `json:"teams"`
		}
		var found []*qTeam
		done := false
		err := r.owner(ctx, query, l.size <= 5, &o)
		if err == nil && o == nil {
			err = errPage
		}
		if err == nil {
			found, done, err = l.page(o.Teams)
		}
		if err != nil {
			if tries++; fatal(ctx, err) || missing(err) || tries >= partTries && !l.halve() {
				return nil, err
			}
			if errors.Is(err, errTooMuch) {
				l.halve()
			}
			continue
		}
		tries = 0
		r.client.pages++
		for _, q := range found {
			team, err := r.team(ctx, org, q)
			if err != nil {
				return nil, err
			}
			teams = append(teams, team)
		}
		if done {
			return teams, nil
		}
	}
}

// owner sends a query about an organisation, of which every error is one.
func (r *run) owner(ctx context.Context, query string, smallest bool, out any) error {
	a, err := r.client.query(ctx, query, smallest)
	if err != nil {
		return err
	}
	if len(a.errors) > 0 {
		if a.errors[0].exceeded() {
			return fmt.Errorf("%w: %w", errTooMuch, &a.errors[0])
		}
		return &a.errors[0]
	}
	return json.Unmarshal(orNull(a.data["o"]), out)
}

func membersField(after string) string {
	return fmt.Sprintf("members(first: %d%s) { totalCount pageInfo { hasNextPage endCursor } nodes { login } }",
		fullPage, after)
}

func repositoriesField(after string) string {
	return fmt.Sprintf("repositories(first: %d%s) { totalCount pageInfo { hasNextPage endCursor } edges { "+
		"permission node { nameWithOwner } } }", fullPage, after)
}

// team is the fact, with the rest of the members and repositories of a large team.
func (r *run) team(ctx context.Context, org string, q *qTeam) (fact.ForgeTeam, error) {
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
			fields += " " + membersField(", after: "+quote(members.EndCursor))
		}
		if repos.HasNextPage {
			fields += " " + repositoriesField(", after: "+quote(repos.EndCursor))
		}
		query := fmt.Sprintf("query { o: organization(login: %s) { team(slug: %s) { slug name%s } } }", quote(org),
			quote(team.ID), fields)
		var o *struct {
			Team *qTeam `json:"team"`
		}
		if err := r.owner(ctx, query, true, &o); err != nil {
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
