package githubtest

import (
	"path"
	"slices"
	"time"

	"github.com/graph-gophers/graphql-go"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// gitObject is a Commit, a Tag, a Tree or a Blob.
type gitObject struct{ what any }

func (o *gitObject) ID() graphql.ID {
	if n, ok := o.what.(interface{ ID() graphql.ID }); ok {
		return n.ID()
	}
	return ""
}

func (o *gitObject) Oid() word {
	if n, ok := o.what.(interface{ Oid() word }); ok {
		return n.Oid()
	}
	return ""
}

func (o *gitObject) ToCommit() (*commit, bool) {
	c, ok := o.what.(*commit)
	return c, ok
}

func (o *gitObject) ToTag() (*annotated, bool) {
	t, ok := o.what.(*annotated)
	return t, ok
}

func (o *gitObject) ToTree() (*tree, bool) {
	t, ok := o.what.(*tree)
	return t, ok
}

type commit struct {
	*view
	r *testkit.Repository
	c *testkit.Commit
}

// commitOf returns a commit by its SHA, nil if there is none.
func (v *view) commitOf(r *testkit.Repository, sha string) *commit {
	c := r.Commit(sha)
	if c == nil {
		return nil
	}
	return &commit{v, r, c}
}

func (c *commit) Repository() *repository { return &repository{c.view, c.r} }

func (c *commit) ID() graphql.ID        { return graphID("C", c.r.ID, ":", c.c.SHA) }
func (c *commit) Oid() word             { return word(c.c.SHA) }
func (c *commit) URL() word             { return word(web + c.r.Name(c.now) + "/commit/" + c.c.SHA) }
func (c *commit) AuthoredDate() moment  { return moment{c.c.AuthorTime} }
func (c *commit) CommittedDate() moment { return moment{c.c.CommitTime} }
func (c *commit) Message() string       { return c.c.Message }
func (c *commit) Author() *gitActor     { return &gitActor{c: c, author: true} }

func (c *commit) Parents(args struct{ paging }) (*connection[*commit], error) {
	return makePage(c.c.Parents, args.paging, func(sha string) *commit { return c.commitOf(c.r, sha) })
}

func (c *commit) AssociatedPullRequests(args struct{ paging }) (*connection[*pull], error) {
	return makePage(c.requestsOf(c.r, c.c), args.paging, func(q *testkit.Request) *pull { return &pull{c.view, c.r, q} })
}

func (c *commit) History(args struct {
	paging
	Since, Until *moment
},
) (*connection[*commit], error) {
	all := slices.DeleteFunc(c.r.Reachable(c.c.SHA), func(k *testkit.Commit) bool {
		return args.Since != nil && k.CommitTime.Before(args.Since.Time) || args.Until != nil &&
			k.CommitTime.After(args.Until.Time)
	})
	return makePage(all, args.paging, func(k *testkit.Commit) *commit { return &commit{c.view, c.r, k} })
}

// annotated is a Tag: the object of an annotated one.
type annotated struct {
	c *commit
	t testkit.Tag
}

func (a *annotated) ID() graphql.ID     { return graphID("TA", a.t.Name) }
func (a *annotated) Oid() word          { return word(blobSHA("tag " + a.t.Name + a.t.SHA)) }
func (a *annotated) Target() *gitObject { return &gitObject{a.c} }
func (a *annotated) Tagger() *gitActor  { return &gitActor{c: a.c, at: a.t.At} }

// gitActor is who wrote or made a commit, or a tag.
type gitActor struct {
	c      *commit
	author bool
	at     time.Time // of a tag
}

func (a *gitActor) findPerson() *testkit.Person { return a.c.Person(a.c.c.Author) }

func (a *gitActor) Date() *moment {
	if !a.at.IsZero() {
		return orNull(a.at)
	}
	if a.author {
		return orNull(a.c.c.AuthorTime)
	}
	return orNull(a.c.c.CommitTime)
}

func (a *gitActor) Email() *string {
	if p := a.findPerson(); p != nil {
		return &p.Email
	}
	return nil
}

func (a *gitActor) Name() *string {
	if p := a.findPerson(); p != nil {
		return &p.Name
	}
	return nil
}

// User returns null for bots: a Bot is not a User.
func (a *gitActor) User() *account {
	if u := a.c.findAccount(a.c.c.Author); u != nil && !u.bot {
		return u
	}
	return nil
}

// tree is a folder of workflow files.
type tree struct {
	r      *testkit.Repository
	folder string
}

func (t *tree) listFiles() []testkit.Workflow {
	var all []testkit.Workflow
	for _, f := range t.r.Workflows {
		if path.Dir(f.Path) == t.folder {
			all = append(all, f)
		}
	}
	return all
}

func (t *tree) ID() graphql.ID { return graphID("TR", t.r.ID, ":", t.folder) }
func (t *tree) Oid() word      { return word(treeSHA(t.folder)) }

func (t *tree) Entries() *[]*treeEntry {
	entries := []*treeEntry{}
	for _, f := range t.listFiles() {
		entries = append(entries, &treeEntry{f})
	}
	return &entries
}

type treeEntry struct{ f testkit.Workflow }

func (e *treeEntry) Name() string { return path.Base(e.f.Path) }
func (e *treeEntry) Oid() word    { return word(blobSHA(e.f.Content)) }
