package githubtest

import (
	"path"
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

func (r *repository) ID() graphql.ID        { return id("R", r.r.ID) }
func (r *repository) DatabaseID() *int32    { return number(r.r.ID) }
func (r *repository) Name() string          { return path.Base(r.r.Name(r.now)) }
func (r *repository) NameWithOwner() string { return r.r.Name(r.now) }
func (r *repository) URL() word             { return word(web + r.r.Name(r.now)) }
func (r *repository) IsArchived() bool      { return r.r.IsArchived(r.now) }
func (r *repository) IsDisabled() bool      { return false }
func (r *repository) IsEmpty() bool         { return r.r.Head(r.now) == "" }
func (r *repository) IsFork() bool          { return false }
func (r *repository) IsLocked() bool        { return false }
func (r *repository) IsMirror() bool        { return false }
func (r *repository) IsPrivate() bool       { return true }
func (r *repository) IsTemplate() bool      { return false }
func (r *repository) ArchivedAt() *moment   { return when(r.before(r.r.Archived)) }
func (r *repository) CreatedAt() moment     { return moment{r.r.Created} }

// PushedAt is null of a repository that nobody ever pushed to.
func (r *repository) PushedAt() *moment {
	if r.IsEmpty() {
		return nil
	}
	return when(r.r.Pushed(r.now))
}

func (r *repository) Owner() *account {
	owner := path.Dir(r.r.Name(r.now))
	return &account{view: r.view, login: owner, org: owner == r.Organisation}
}

func (r *repository) DefaultBranchRef() *ref {
	if r.IsEmpty() {
		return nil
	}
	return &ref{r.view, r.r, "refs/heads/" + r.r.DefaultBranch}
}

func (r *repository) Ref(args struct{ QualifiedName string }) *ref {
	name := args.QualifiedName
	if !strings.HasPrefix(name, "refs/") {
		name = "refs/heads/" + name
	}
	if r.resolve(r.r, name) == "" {
		return nil
	}
	return &ref{r.view, r.r, name}
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
			slices.SortStableFunc(all, func(a, b testkit.Tag) int { return r.committed(a).Compare(r.committed(b)) })
		}
		if o.Direction == "DESC" {
			slices.Reverse(all)
		}
	}
	return pick(all, args.paging, func(t testkit.Tag) *ref { return &ref{r.view, r.r, args.RefPrefix + t.Name} })
}

// committed is when the commit of a tag was made.
func (r *repository) committed(t testkit.Tag) time.Time {
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

func (f *ref) ID() graphql.ID { return id("REF", f.r.ID, ":", f.full) }

func (f *ref) Name() string {
	return strings.TrimPrefix(strings.TrimPrefix(f.full, "refs/heads/"), "refs/tags/")
}

func (f *ref) Prefix() string { return strings.TrimSuffix(f.full, f.Name()) }

func (f *ref) Target() *gitObject {
	c := f.commitOf(f.r, f.resolve(f.r, f.full))
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

// Object finds "HEAD", a SHA, or a folder or file: "HEAD:.github/workflows".
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
	sha := r.resolve(r.r, name)
	switch {
	case sha == "":
		return nil
	case !inside:
		return &gitObject{r.commitOf(r.r, sha)}
	}
	file = strings.Trim(file, "/")
	for _, f := range r.r.Workflows {
		if f.Path == file {
			return &gitObject{&blob{f}}
		}
	}
	t := &tree{r.r, file}
	if len(t.files()) == 0 {
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
	OrderBy     *ordering
	States      *[]string
	BaseRefName *string
	HeadRefName *string
	Labels      *[]string
},
) (*connection[*pull], error) {
	var all []*pull
	for i := range r.r.Requests {
		q := &pull{r.view, r.r, &r.r.Requests[i]}
		if !q.q.Visible(r.now) || args.States != nil && !slices.Contains(*args.States, q.State()) {
			continue
		}
		if args.BaseRefName != nil && *args.BaseRefName != q.q.Base || args.HeadRefName != nil &&
			*args.HeadRefName != q.q.Head {
			continue
		}
		if args.Labels == nil || anyLabel(card{request: q.q}, r.now, *args.Labels) {
			all = append(all, q)
		}
	}
	sortCards(all, args.OrderBy, func(q *pull) card { return card{request: q.q} }, r.now)
	return pick(all, args.paging, func(q *pull) *pull { return q })
}

// anyLabel: in GraphQL labels are OR, unlike in REST.
func anyLabel(k card, now time.Time, wanted []string) bool {
	return slices.ContainsFunc(wanted, func(l string) bool { return k.labelled(now, []string{l}) })
}

// sortCards sorts by creation, oldest first, unless an order says otherwise.
func sortCards[T any](all []T, o *ordering, of func(T) card, now time.Time) {
	slices.SortStableFunc(all, func(a, b T) int {
		if o != nil && o.Field == "UPDATED_AT" {
			return of(a).updated(now).Compare(of(b).updated(now))
		}
		return of(a).opened().Compare(of(b).opened())
	})
	if o != nil && o.Direction == "DESC" {
		slices.Reverse(all)
	}
}

func (r *repository) Issue(args struct{ Number int32 }) (*issue, error) {
	for i := range r.r.Issues {
		if x := &r.r.Issues[i]; x.Number == int(args.Number) && !x.Opened.After(r.now) {
			return &issue{r.view, r.r, x}, nil
		}
	}
	return nil, notFound("Could not resolve to an Issue with the number of %d.", args.Number)
}

// filters is an IssueFilters.
type filters struct {
	Labels *[]string
	Since  *moment
	States *[]string
}

func (r *repository) Issues(args struct {
	paging
	OrderBy  *ordering
	FilterBy *filters
	Labels   *[]string
	States   *[]string
},
) (*connection[*issue], error) {
	f := filters{}
	if args.FilterBy != nil {
		f = *args.FilterBy
	}
	var all []*issue
	for i := range r.r.Issues {
		x := &issue{r.view, r.r, &r.r.Issues[i]}
		has := func(labels *[]string) bool { return labels == nil || anyLabel(card{issue: x.x}, r.now, *labels) }
		in := func(states *[]string) bool { return states == nil || slices.Contains(*states, x.State()) }
		early := f.Since != nil && x.x.Updated(r.now).Before(f.Since.Time)
		if !x.x.Opened.After(r.now) && has(args.Labels) && has(f.Labels) && in(args.States) &&
			in(f.States) && !early {
			all = append(all, x)
		}
	}
	sortCards(all, args.OrderBy, func(x *issue) card { return card{issue: x.x} }, r.now)
	return pick(all, args.paging, func(x *issue) *issue { return x })
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
	return pick(all, args.paging, func(d *testkit.Deployment) *deployment { return &deployment{r.view, r.r, d} })
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
	return pick(all, args.paging, func(l *testkit.Release) *release { return &release{r.view, r.r, l} })
}
