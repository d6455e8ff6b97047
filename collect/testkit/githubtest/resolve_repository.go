package githubtest

import (
	"slices"
	"strings"
	"time"

	"github.com/graph-gophers/graphql-go"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

type repository struct {
	*view
	r *testkit.Repository
}

func (r *repository) ID() graphql.ID        { return graphID("R", r.r.ID) }
func (r *repository) DatabaseID() *int32    { return databaseID(r.r.ID) }
func (r *repository) NameWithOwner() string { return r.r.Name(r.now) }
func (r *repository) URL() word             { return word(web + r.r.Name(r.now)) }
func (r *repository) IsArchived() bool      { return r.r.IsArchived(r.now) }
func (r *repository) IsEmpty() bool         { return r.r.Head(r.now) == "" }
func (r *repository) CreatedAt() moment     { return moment{r.r.Created} }

func (r *repository) DefaultBranchRef() *ref {
	if r.IsEmpty() {
		return nil
	}
	return &ref{r.view, r.r, "refs/heads/" + r.r.DefaultBranch}
}

func (r *repository) Refs(args struct {
	RefPrefix string
	paging
	OrderBy *ordering
},
) (*connection[*ref], error) {
	var all []testkit.Tag
	switch args.RefPrefix {
	case "refs/tags/":
		all = r.shownTags(r.r)
		slices.Reverse(all) // alphabetical
	case "refs/heads/":
		if !r.IsEmpty() {
			all = []testkit.Tag{{Name: r.r.DefaultBranch}}
		}
	}
	if o := args.OrderBy; o != nil {
		if o.Field == "TAG_COMMIT_DATE" {
			slices.SortStableFunc(all, func(a, b testkit.Tag) int { return r.commitTime(a).Compare(r.commitTime(b)) })
		}
		if o.Direction == "DESC" {
			slices.Reverse(all)
		}
	}
	return makePage(all, args.paging, func(t testkit.Tag) *ref { return &ref{r.view, r.r, args.RefPrefix + t.Name} })
}

// commitTime returns the time of the commit of a tag.
func (r *repository) commitTime(t testkit.Tag) time.Time {
	if c := r.r.Commit(t.SHA); c != nil {
		return c.CommitTime
	}
	return t.At
}

type ref struct {
	*view
	r    *testkit.Repository
	full string
}

func (f *ref) ID() graphql.ID { return graphID("REF", f.r.ID, ":", f.full) }

func (f *ref) Name() string {
	return strings.TrimPrefix(strings.TrimPrefix(f.full, "refs/heads/"), "refs/tags/")
}

func (f *ref) Target() *gitObject {
	c := f.commitOf(f.r, f.resolveSHA(f.r, f.full))
	if c == nil {
		return nil
	}
	for _, t := range f.shownTags(f.r) {
		if t.Annotated && f.full == "refs/tags/"+t.Name {
			return &gitObject{&annotated{c, t}}
		}
	}
	return &gitObject{c}
}

// Object finds "HEAD", a SHA, or a folder: "HEAD:.github/workflows".
func (r *repository) Object(args struct {
	Expression *string
	Oid        *word
},
) *gitObject {
	expression := ""
	if args.Expression != nil {
		expression = *args.Expression
	}
	if args.Oid != nil {
		expression = string(*args.Oid)
	}
	name, file, inside := strings.Cut(expression, ":")
	sha := r.resolveSHA(r.r, name)
	switch {
	case sha == "":
		return nil
	case !inside:
		return &gitObject{r.commitOf(r.r, sha)}
	}
	t := &tree{r.r, strings.Trim(file, "/")}
	if len(t.listFiles()) == 0 {
		return nil
	}
	return &gitObject{t}
}

func (r *repository) PullRequest(args struct{ Number int32 }) (*pull, error) {
	q := r.requestNumbered(r.r, int64(args.Number))
	if q == nil {
		return nil, notFound("Could not resolve to a PullRequest with the number of %d.", args.Number)
	}
	return &pull{r.view, r.r, q}, nil
}

func (r *repository) PullRequests(args struct {
	paging
	OrderBy *ordering
	States  *[]string
},
) (*connection[*pull], error) {
	var all []*pull
	for i := range r.r.Requests {
		q := &pull{r.view, r.r, &r.r.Requests[i]}
		if !q.q.Visible(r.now) || args.States != nil && !slices.Contains(*args.States, q.State()) {
			continue
		}
		all = append(all, q)
	}
	sortCards(all, args.OrderBy, func(q *pull) card { return card{request: q.q} }, r.now)
	return makePage(all, args.paging, func(q *pull) *pull { return q })
}

// hasLabel reports whether an issue has one of the labels. GitHub ignores their case.
func (x *issue) hasLabel(wanted []string) bool {
	return slices.ContainsFunc(testkit.LabelsAt(x.x.Labels, x.now), func(has string) bool {
		return slices.ContainsFunc(wanted, func(l string) bool { return strings.EqualFold(l, has) })
	})
}

// sortCards sorts by creation, oldest first, unless an order is given.
func sortCards[T any](all []T, o *ordering, of func(T) card, now time.Time) {
	slices.SortStableFunc(all, func(a, b T) int {
		if o != nil && o.Field == "UPDATED_AT" {
			return of(a).updatedAt(now).Compare(of(b).updatedAt(now))
		}
		return of(a).openedAt().Compare(of(b).openedAt())
	})
	if o != nil && o.Direction == "DESC" {
		slices.Reverse(all)
	}
}

// filters is an IssueFilters.
type filters struct {
	Labels *[]string
	Since  *moment
}

func (r *repository) Issues(args struct {
	paging
	OrderBy  *ordering
	FilterBy *filters
	Labels   *[]string
},
) (*connection[*issue], error) {
	f := filters{}
	if args.FilterBy != nil {
		f = *args.FilterBy
	}
	var all []*issue
	for i := range r.r.Issues {
		x := &issue{r.view, r.r, &r.r.Issues[i]}
		has := func(labels *[]string) bool { return labels == nil || x.hasLabel(*labels) }
		early := f.Since != nil && x.x.Updated(r.now).Before(f.Since.Time)
		if !x.x.Opened.After(r.now) && has(args.Labels) && has(f.Labels) && !early {
			all = append(all, x)
		}
	}
	sortCards(all, args.OrderBy, func(x *issue) card { return card{issue: x.x} }, r.now)
	return makePage(all, args.paging, func(x *issue) *issue { return x })
}

func (r *repository) Deployments(args struct {
	paging
	Environments *[]string
	OrderBy      ordering
},
) (*connection[*deployment], error) {
	all := r.shownDeployments(r.r, func(d *testkit.Deployment) bool {
		return args.Environments == nil || slices.Contains(*args.Environments, d.Environment)
	})
	if args.OrderBy.Direction == "DESC" {
		slices.Reverse(all)
	}
	return makePage(all, args.paging, func(d *testkit.Deployment) *deployment { return &deployment{r.view, r.r, d} })
}

func (r *repository) Releases(args struct {
	paging
	OrderBy *ordering
},
) (*connection[*release], error) {
	all := r.shownReleases(r.r)
	if o := args.OrderBy; o != nil && o.Direction == "ASC" {
		slices.Reverse(all)
	}
	return makePage(all, args.paging, func(l *testkit.Release) *release { return &release{r.view, r.r, l} })
}
