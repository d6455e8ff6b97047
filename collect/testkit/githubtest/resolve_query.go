package githubtest

import (
	"context"
	"encoding/base64"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/graph-gophers/graphql-go"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// query resolves the fields of Query. What a request sees comes with its context.
type query struct{}

func notFound(format string, args ...any) error {
	return &refusal{"NOT_FOUND", fmt.Sprintf(format, args...)}
}

// Node finds one object by its id.
func (*query) Node(ctx context.Context, args struct{ ID graphql.ID }) (*node, error) {
	return viewOf(ctx).node(args.ID)
}

// Nodes finds many; an unknown one is null, with an error.
func (*query) Nodes(ctx context.Context, args struct{ Ids []graphql.ID }) ([]*lookup, error) {
	v := viewOf(ctx)
	var all []*lookup
	for i, id := range args.Ids {
		n, err := v.node(id)
		if err != nil {
			v.unknown = append(v.unknown, object{"type": "NOT_FOUND", "path": []any{"nodes", i}, "message": err.Error()})
		}
		all = append(all, n)
	}
	return all, nil
}

func (*query) Organization(ctx context.Context, args struct{ Login string }) (*account, error) {
	v := viewOf(ctx)
	if !strings.EqualFold(args.Login, v.Organisation) {
		return nil, notFound("Could not resolve to an Organization with the login of '%s'.", args.Login)
	}
	return &account{view: v, login: v.Organisation, org: true}, nil
}

func (*query) RepositoryOwner(ctx context.Context, args struct{ Login string }) *account {
	v := viewOf(ctx)
	if strings.EqualFold(args.Login, v.Organisation) {
		return &account{view: v, login: v.Organisation, org: true}
	}
	return v.actor(args.Login)
}

func (*query) User(ctx context.Context, args struct{ Login string }) (*account, error) {
	if a := viewOf(ctx).actor(args.Login); a != nil && !a.bot {
		return a, nil
	}
	return nil, notFound("Could not resolve to a User with the login of '%s'.", args.Login)
}

func (*query) Viewer(ctx context.Context) *account {
	return &account{view: viewOf(ctx), login: viewerLogin}
}

func (*query) Repository(ctx context.Context, args struct {
	Owner, Name   string
	FollowRenames bool
},
) (*repository, error) {
	return viewOf(ctx).repositoryNamed(args.Owner+"/"+args.Name, args.FollowRenames)
}

func (v *view) repositoryNamed(full string, follow bool) (*repository, error) {
	r, moved := v.Find(full, v.now)
	if r == nil || moved && !follow {
		return nil, notFound("Could not resolve to a Repository with the name '%s'.", full)
	}
	return &repository{v, r}, nil
}

// result is an issue or a request.
type result struct {
	*view
	card card
}

func (f *result) ToIssue() (*issue, bool) {
	return &issue{f.view, f.card.repo, f.card.issue}, f.card.issue != nil
}

func (f *result) ToPullRequest() (*pull, bool) {
	return &pull{f.view, f.card.repo, f.card.request}, f.card.request != nil
}

// RateLimit is what may be asked until when.
func (*query) RateLimit(ctx context.Context, _ struct{ DryRun bool }) *rate {
	v := viewOf(ctx)
	return &rate{v.cost, v.server.limitOf("graphql")}
}

type rate struct {
	cost cost
	l    limit
}

func (r *rate) Cost() int32      { return int32(r.cost.points) }
func (r *rate) NodeCount() int32 { return int32(r.cost.nodes) }
func (r *rate) Limit() int32     { return int32(r.l.size) }
func (r *rate) Remaining() int32 { return int32(r.l.left()) }
func (r *rate) Used() int32      { return int32(r.l.used) }
func (r *rate) ResetAt() moment  { return moment{r.l.reset} }

// node finds the object of an id made by nodeID.
func (v *view) node(id graphql.ID) (*lookup, error) {
	prefix, text, _ := strings.Cut(string(id), "_")
	b, err := base64.RawURLEncoding.DecodeString(text)
	if err == nil {
		if n := v.nodeOf(prefix, string(b)); n != nil {
			return n, nil
		}
	}
	return nil, notFound("Could not resolve to a node with the global id of '%s'.", id)
}

func (v *view) nodeOf(prefix, key string) *lookup {
	number, _ := strconv.ParseInt(key, 10, 64)
	if prefix == "R" {
		if r := v.World.Repository(number); r != nil && r.Visible(v.now) {
			return &lookup{&repository{v, r}}
		}
		return nil
	}
	if prefix == "C" {
		owner, sha, _ := strings.Cut(key, ":")
		number, _ = strconv.ParseInt(strings.TrimSpace(owner), 10, 64)
		if r := v.World.Repository(number); r != nil && r.Visible(v.now) {
			if c := v.commitOf(r, strings.TrimSpace(sha)); c != nil {
				return &lookup{c}
			}
		}
		return nil
	}
	for _, r := range v.visible() {
		if n := v.nodeIn(r, prefix, number); n != nil {
			return n
		}
	}
	return nil
}

// nodeIn finds a numbered object in one repository.
func (v *view) nodeIn(r *testkit.Repository, prefix string, number int64) *lookup {
	switch prefix {
	case "PR":
		i := slices.IndexFunc(r.Requests, func(q testkit.Request) bool { return q.ID == number && q.Visible(v.now) })
		if i >= 0 {
			return &lookup{&pull{v, r, &r.Requests[i]}}
		}
	case "I":
		i := slices.IndexFunc(r.Issues, func(x testkit.Issue) bool { return x.ID == number && !x.Opened.After(v.now) })
		if i >= 0 {
			return &lookup{&issue{v, r, &r.Issues[i]}}
		}
	case "DE":
		if d := v.deploymentNumbered(r, number); d != nil {
			return &lookup{&deployment{v, r, d}}
		}
	}
	return nil
}

type node = lookup

// lookup is what a node turned out to be.
type lookup struct{ what any }

func as[T any](l *lookup) (*T, bool) {
	t, ok := l.what.(*T)
	return t, ok
}

func (l *lookup) ID() graphql.ID {
	if n, ok := l.what.(interface{ ID() graphql.ID }); ok {
		return n.ID()
	}
	return ""
}

func (l *lookup) ToRepository() (*repository, bool) { return as[repository](l) }
func (l *lookup) ToPullRequest() (*pull, bool)      { return as[pull](l) }
func (l *lookup) ToIssue() (*issue, bool)           { return as[issue](l) }
func (l *lookup) ToDeployment() (*deployment, bool) { return as[deployment](l) }
func (l *lookup) ToCommit() (*commit, bool)         { return as[commit](l) }

// Repositories of an account.
func (a *account) Repositories(args struct {
	paging
	OrderBy           *ordering
	Affiliations      *[]*string
	OwnerAffiliations []*string
	IsArchived        *bool
	IsFork            *bool
},
) (*connection[*repository], error) {
	all := slices.DeleteFunc(a.owned(a.login), func(r *testkit.Repository) bool {
		return args.IsArchived != nil && *args.IsArchived != r.IsArchived(a.now) || args.IsFork != nil && *args.IsFork
	})
	if o := args.OrderBy; o != nil {
		slices.SortStableFunc(all, func(x, y *testkit.Repository) int { return a.compareRepositories(o.Field, x, y) })
		if o.Direction == "DESC" {
			slices.Reverse(all)
		}
	}
	return pick(all, args.paging, func(r *testkit.Repository) *repository { return &repository{a.view, r} })
}

func (v *view) compareRepositories(field string, x, y *testkit.Repository) int {
	switch field {
	case "NAME":
		return strings.Compare(x.Name(v.now), y.Name(v.now))
	case "PUSHED_AT":
		return x.Pushed(v.now).Compare(y.Pushed(v.now))
	}
	return x.Created.Compare(y.Created)
}

// Repository of an account.
func (a *account) Repository(args struct {
	Name          string
	FollowRenames bool
},
) (*repository, error) {
	return a.repositoryNamed(a.login+"/"+args.Name, args.FollowRenames)
}

// Team of the organisation.
func (a *account) Team(args struct{ Slug string }) *team {
	for i := range a.World.Teams {
		if t := &a.World.Teams[i]; t.Slug == args.Slug {
			return &team{a.view, t}
		}
	}
	return nil
}

// Teams of the organisation.
func (a *account) Teams(args struct {
	paging
	OrderBy *ordering
	Privacy *string
},
) (*connection[*team], error) {
	all := make([]*team, 0, len(a.World.Teams))
	for i := range a.World.Teams {
		all = append(all, &team{a.view, &a.World.Teams[i]})
	}
	if o := args.OrderBy; o != nil {
		slices.SortFunc(all, func(x, y *team) int { return strings.Compare(x.t.Name, y.t.Name) })
		if o.Direction == "DESC" {
			slices.Reverse(all)
		}
	}
	return pick(all, args.paging, func(t *team) *team { return t })
}

type team struct {
	*view
	t *testkit.Team
}

func (t *team) ID() graphql.ID       { return id("T", t.t.Slug) }
func (t *team) DatabaseID() *int32   { return number(int64(userID(t.t.Slug))) }
func (t *team) Name() string         { return t.t.Name }
func (t *team) Slug() string         { return t.t.Slug }
func (t *team) CombinedSlug() string { return t.Organisation + "/" + t.t.Slug }
func (t *team) Privacy() string      { return "VISIBLE" }

func (t *team) Members(args struct {
	paging
	Membership string
},
) (*connection[*account], error) {
	return pick(t.t.Members, args.paging, t.actor)
}

func (t *team) Repositories(args struct{ paging }) (*connection[*repository], error) {
	return pick(t.ofTeam(t.t), args.paging, func(r *testkit.Repository) *repository { return &repository{t.view, r} })
}
