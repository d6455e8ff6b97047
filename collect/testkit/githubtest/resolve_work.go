package githubtest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/graph-gophers/graphql-go"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// pull is a PullRequest.
type pull struct {
	*view
	r *testkit.Repository
	q *testkit.Request
}

func (q *pull) ID() graphql.ID          { return graphID("PR", q.q.ID) }
func (q *pull) Number() int32           { return int32(q.q.Number) }
func (q *pull) Title() string           { return q.q.Title }
func (q *pull) Body() string            { return q.requestBody(q.r, q.q) }
func (q *pull) Author() *account        { return q.findAccount(q.q.Author) }
func (q *pull) CreatedAt() moment       { return moment{q.q.Opened} }
func (q *pull) UpdatedAt() moment       { return moment{q.q.Updated(q.now)} }
func (q *pull) ClosedAt() *moment       { return orNull(q.closedAt(card{request: q.q})) }
func (q *pull) MergedAt() *moment       { return orNull(q.orNever(q.q.Merged)) }
func (q *pull) IsDraft() bool           { return q.q.IsDraft(q.now) }
func (q *pull) IsCrossRepository() bool { return q.q.Fork != "" }
func (q *pull) BaseRefName() string     { return q.q.Base }
func (q *pull) HeadRefName() string     { return q.q.Head }
func (q *pull) HeadRefOid() word        { return word(q.headSHA(q.q)) }
func (q *pull) Repository() *repository { return &repository{q.view, q.r} }

func (q *pull) URL() word {
	return word(web + q.r.Name(q.now) + "/pull/" + strconv.Itoa(q.q.Number))
}

func (q *pull) State() string {
	switch {
	case q.q.IsMerged(q.now):
		return "MERGED"
	case q.q.IsClosed(q.now):
		return "CLOSED"
	}
	return "OPEN"
}

// HeadRepository returns null for forks: they are outside of the World, or deleted.
func (q *pull) HeadRepository() *repository {
	if q.q.Fork != "" {
		return nil
	}
	return q.Repository()
}

func (q *pull) MergeCommit() *commit {
	if !q.q.IsMerged(q.now) {
		return nil
	}
	return q.commitOf(q.r, q.q.MergeCommit)
}

func (q *pull) Labels(args struct{ paging }) (*labels, error) {
	return q.labelsOf(testkit.LabelsAt(q.q.Labels, q.now), args.paging)
}

func (q *pull) Commits(args struct{ paging }) (*connection[*pullCommit], error) {
	return makePage(q.q.CommitsAt(q.now), args.paging,
		func(sha string) *pullCommit { return &pullCommit{q.commitOf(q.r, sha)} })
}

type pullCommit struct{ c *commit }

func (p *pullCommit) ID() graphql.ID  { return graphID("PRC", p.c.c.SHA) }
func (p *pullCommit) Commit() *commit { return p.c }

func (q *pull) Reviews(args struct{ paging }) (*connection[*review], error) {
	return makePage(q.shownReviews(q.q), args.paging, func(v testkit.Review) *review { return &review{q.view, v} })
}

type review struct {
	*view
	v testkit.Review
}

func (v *review) ID() graphql.ID   { return graphID("PRR", v.v.Author, v.v.At.Unix()) }
func (v *review) Author() *account { return v.findAccount(v.v.Author) }
func (v *review) State() string    { return strings.ToUpper(v.v.State) }

func (v *review) SubmittedAt() *moment {
	if v.v.State == "pending" {
		return nil
	}
	return orNull(v.v.At)
}

func (q *pull) TimelineItems(args struct {
	paging
	ItemTypes *[]string
},
) (*timeline, error) {
	return q.timelineOf(card{repo: q.r, request: q.q}, args.paging, args.ItemTypes)
}

type issue struct {
	*view
	r *testkit.Repository
	x *testkit.Issue
}

func (x *issue) ID() graphql.ID          { return graphID("I", x.x.ID) }
func (x *issue) Number() int32           { return int32(x.x.Number) }
func (x *issue) Title() string           { return x.x.Title }
func (x *issue) Body() string            { return x.x.Body }
func (x *issue) Author() *account        { return x.findAccount(x.x.Author) }
func (x *issue) CreatedAt() moment       { return moment{x.x.Opened} }
func (x *issue) UpdatedAt() moment       { return moment{x.x.Updated(x.now)} }
func (x *issue) ClosedAt() *moment       { return orNull(x.x.ClosedAt(x.now)) }
func (x *issue) Repository() *repository { return &repository{x.view, x.r} }

func (x *issue) URL() word {
	return word(web + x.r.Name(x.now) + "/issues/" + strconv.Itoa(x.x.Number))
}

func (x *issue) Labels(args struct{ paging }) (*labels, error) {
	return x.labelsOf(testkit.LabelsAt(x.x.Labels, x.now), args.paging)
}

func (x *issue) TimelineItems(args struct {
	paging
	ItemTypes *[]string
},
) (*timeline, error) {
	return x.timelineOf(card{repo: x.r, issue: x.x}, args.paging, args.ItemTypes)
}

type deployment struct {
	*view
	r *testkit.Repository
	d *testkit.Deployment
}

func (d *deployment) ID() graphql.ID          { return graphID("DE", d.d.ID) }
func (d *deployment) DatabaseID() *int32      { return databaseID(d.d.ID) }
func (d *deployment) CommitOid() string       { return d.d.SHA }
func (d *deployment) CreatedAt() moment       { return moment{d.d.Created} }
func (d *deployment) Environment() *string    { return &d.d.Environment }
func (d *deployment) Repository() *repository { return &repository{d.view, d.r} }

// Creator never returns null: a deleted account is shown as ghost.
func (d *deployment) Creator() *account {
	if a := d.findAccount(d.d.Creator); a != nil {
		return a
	}
	return &account{view: d.view, login: "ghost"}
}

// Ref returns null when the deployment was made for a SHA, or the branch is gone.
func (d *deployment) Ref() *ref {
	for _, full := range []string{"refs/heads/" + d.d.Ref, "refs/tags/" + d.d.Ref} {
		if d.d.Ref != "" && d.d.Ref != d.d.SHA && d.resolveSHA(d.r, full) != "" {
			return &ref{d.view, d.r, full}
		}
	}
	return nil
}

// Statuses returns the newest first.
func (d *deployment) Statuses(args struct{ paging }) (*connection[*status], error) {
	var all []*status
	for n := len(d.d.StatusesAt(d.now)); n > 0; n-- {
		all = append(all, &status{d, n})
	}
	return makePage(all, args.paging, func(s *status) *status { return s })
}

// status is the n-th DeploymentStatus of a deployment, from 1.
type status struct {
	d *deployment
	n int
}

func (s *status) current() testkit.Status { return s.d.d.Statuses[s.n-1] }
func (s *status) ID() graphql.ID          { return graphID("DES", s.d.d.ID, ":", s.n) }
func (s *status) CreatedAt() moment       { return moment{s.current().At} }
func (s *status) State() string           { return strings.ToUpper(s.current().State) }

type release struct {
	*view
	r *testkit.Repository
	l *testkit.Release
}

func (l *release) ID() graphql.ID       { return graphID("RE", l.l.ID) }
func (l *release) DatabaseID() *int32   { return databaseID(l.l.ID) }
func (l *release) TagName() string      { return l.l.Tag }
func (l *release) CreatedAt() moment    { return moment{l.l.Created} }
func (l *release) PublishedAt() *moment { return orNull(l.l.Published) }
func (l *release) IsDraft() bool        { return false }
func (l *release) IsPrerelease() bool   { return l.l.Prerelease }
func (l *release) TagCommit() *commit   { return l.commitOf(l.r, l.resolveSHA(l.r, "tags/"+l.l.Tag)) }

func (l *release) URL() word {
	return word(fmt.Sprintf("%s%s/releases/tag/%s", web, l.r.Name(l.now), l.l.Tag))
}

func (l *release) Author() *account {
	if a := l.findAccount(l.l.Author); a != nil && !a.bot {
		return a
	}
	return nil
}
