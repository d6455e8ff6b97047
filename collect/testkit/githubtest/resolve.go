package githubtest

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/graph-gophers/graphql-go"
)

// moment is a DateTime or a GitTimestamp.
type moment struct{ time.Time }

// ImplementsGraphQLType says which scalars it stands for.
func (moment) ImplementsGraphQLType(name string) bool {
	return name == "DateTime" || name == "GitTimestamp"
}

// UnmarshalGraphQL reads an argument.
func (m *moment) UnmarshalGraphQL(input any) error {
	text, ok := input.(string)
	if !ok {
		return errors.New("a time is a string")
	}
	var err error
	m.Time, err = time.Parse(time.RFC3339, text)
	return err
}

// MarshalJSON writes it as GitHub does.
func (m moment) MarshalJSON() ([]byte, error) { return json.Marshal(m.UTC().Format(time.RFC3339)) }

// when is a nullable time.
func when(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	return &moment{t}
}

// word is a URI, a GitObjectID or a BigInt.
type word string

// ImplementsGraphQLType says which scalars it stands for.
func (word) ImplementsGraphQLType(name string) bool {
	return name == "URI" || name == "GitObjectID" || name == "BigInt"
}

// UnmarshalGraphQL reads an argument.
func (w *word) UnmarshalGraphQL(input any) error {
	text, ok := input.(string)
	if !ok {
		return errors.New("it is a string")
	}
	*w = word(text)
	return nil
}

// number is a database id. GitHub's Int has 32 bits; where a number has more it
// gives null.
func number(id int64) *int32 {
	if id != int64(int32(id)) {
		return nil
	}
	n := int32(id)
	return &n
}

func id(prefix string, parts ...any) graphql.ID { return graphql.ID(nodeID(prefix, parts...)) }

// paging are the arguments of every connection.
type paging struct {
	First, Last *int32
	After       *string
}

// ordering is an orderBy of any type.
type ordering struct {
	Field     string
	Direction string
}

// connection is a page of a list with what is around it.
type connection[T any] struct {
	total, from int
	page        []T
}

// pick makes a page of a list.
func pick[S, T any](all []S, p paging, item func(S) T) (*connection[T], error) {
	from := 0
	if p.After != nil && *p.After != "" {
		n, err := position(*p.After)
		if err != nil {
			return nil, err
		}
		from = min(n, len(all))
	}
	to := len(all)
	switch {
	case p.First != nil:
		to = min(from+int(*p.First), to)
	case p.Last != nil:
		from = max(from, to-int(*p.Last))
	}
	c := &connection[T]{total: len(all), from: from}
	for _, s := range all[from:to] {
		c.page = append(c.page, item(s))
	}
	return c, nil
}

func cursor(n int) string {
	return base64.StdEncoding.EncodeToString([]byte("cursor:v2:" + strconv.Itoa(n)))
}

func position(text string) (int, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	n, ok := strings.CutPrefix(string(b), "cursor:v2:")
	i, bad := strconv.Atoi(n)
	if err != nil || !ok || bad != nil || i < 0 {
		return 0, &refusal{"INVALID_CURSOR_ARGUMENTS", fmt.Sprintf("`%s` does not appear to be a valid cursor.", text)}
	}
	return i, nil
}

// Nodes are the records of the page.
func (c *connection[T]) Nodes() *[]T {
	nodes := c.page
	if nodes == nil {
		nodes = []T{} // a list that is empty is not null
	}
	return &nodes
}

// TotalCount is the number of records of all pages.
func (c *connection[T]) TotalCount() int32 { return int32(c.total) }

// FilteredCount is the same of timelines: the types are chosen before.
func (c *connection[T]) FilteredCount() int32 { return int32(c.total) }

// Edges are the records, each with its cursor.
func (c *connection[T]) Edges() *[]*edge[T] {
	edges := []*edge[T]{}
	for i, node := range c.page {
		edges = append(edges, &edge[T]{node, cursor(c.from + i + 1)})
	}
	return &edges
}

// PageInfo says where the page lies.
func (c *connection[T]) PageInfo() *pageInfo { return &pageInfo{c.from, c.from + len(c.page), c.total} }

type edge[T any] struct {
	node T
	at   string
}

// Node is the record.
func (e *edge[T]) Node() T { return e.node }

// Cursor is what asks for the records after it.
func (e *edge[T]) Cursor() string { return e.at }

// Permission is what a team may do with a repository: write, as World.Teams says.
func (e *edge[T]) Permission() string { return "WRITE" }

type pageInfo struct{ from, to, total int }

func (p *pageInfo) HasNextPage() bool     { return p.to < p.total }
func (p *pageInfo) HasPreviousPage() bool { return p.from > 0 }
func (p *pageInfo) StartCursor() *string  { return p.cursor(p.from + 1) }
func (p *pageInfo) EndCursor() *string    { return p.cursor(p.to) }

func (p *pageInfo) cursor(n int) *string {
	if p.from == p.to {
		return nil
	}
	text := cursor(n)
	return &text
}

// account is a User, a Bot or the Organization.
type account struct {
	*view
	login string
	bot   bool
	org   bool
}

// actor is an account by its login, nil where it was deleted. Bots go without
// "[bot]" in GraphQL.
func (v *view) actor(login string) *account {
	p := v.Person(login)
	if p == nil || p.Ghost || p.Unlinked {
		return nil
	}
	return &account{view: v, login: strings.TrimSuffix(p.Login, "[bot]"), bot: p.Bot}
}

func (a *account) ID() graphql.ID     { return id("U", a.login) }
func (a *account) DatabaseID() *int32 { return number(int64(userID(a.login))) }
func (a *account) Login() string      { return a.login }
func (a *account) Name() *string      { return &a.login }
func (a *account) Email() string      { return "" }

func (a *account) URL() word {
	if a.bot {
		return word(web + "apps/" + a.login)
	}
	return word(web + a.login)
}

func (a *account) ToUser() (*account, bool)         { return a, !a.bot && !a.org }
func (a *account) ToBot() (*account, bool)          { return a, a.bot }
func (a *account) ToOrganization() (*account, bool) { return a, a.org }

// happening is an event of a timeline.
type happening struct {
	*view
	occurrence
	card card
}

func (h *happening) ID() graphql.ID    { return id("EV", h.kind, h.label, h.at.Unix()) }
func (h *happening) CreatedAt() moment { return moment{h.at} }
func (h *happening) Actor() *account   { return nil }
func (h *happening) Label() *label     { return &label{h.label} }

func (h *happening) Commit() *commit {
	if h.card.request == nil {
		return nil
	}
	return h.commitOf(h.card.repo, h.card.request.MergeCommit)
}

func (h *happening) is(kind string) (*happening, bool) { return h, h.kind == kind }
func (h *happening) ToClosedEvent() (*happening, bool) { return h.is("closed") }

// Closer is always nothing: what closes an issue in a World refers to it as well.
func (h *happening) Closer() *closer { return nil }

// closer is a request or a commit that closed an issue.
type closer struct{}

func (*closer) ToCommit() (*commit, bool)    { return nil, false }
func (*closer) ToPullRequest() (*pull, bool) { return nil, false }

// Source is the request that refers to an issue.
func (h *happening) Source() *result {
	return &result{h.view, card{repo: h.card.repo, request: h.source}}
}

func (h *happening) ToCrossReferencedEvent() (*happening, bool) { return h.is(crossReferenced) }
func (h *happening) ToReopenedEvent() (*happening, bool)        { return h.is("reopened") }
func (h *happening) ToMergedEvent() (*happening, bool)          { return h.is("merged") }
func (h *happening) ToReadyForReviewEvent() (*happening, bool)  { return h.is("ready_for_review") }

func (h *happening) ToConvertToDraftEvent() (*happening, bool)     { return h.is("convert_to_draft") }
func (h *happening) ToLabeledEvent() (*happening, bool)            { return h.is("labeled") }
func (h *happening) ToUnlabeledEvent() (*happening, bool)          { return h.is("unlabeled") }
func (v *view) happen(k card, o occurrence) *happening             { return &happening{v, o, k} }
func (v *view) labelsOf(names []string, p paging) (*labels, error) { return pick(names, p, newLabel) }

type (
	labels   = connection[*label]
	timeline = connection[*happening]
)

// timelineOf are the events of a card of some types, all if none is named.
func (v *view) timelineOf(k card, p paging, types *[]string, since *moment) (*timeline, error) {
	all := slices.DeleteFunc(v.occurrences(k), func(o occurrence) bool {
		if since != nil && o.at.Before(since.Time) {
			return true
		}
		name := strings.ToUpper(strings.NewReplacer("-", "_").Replace(o.kind)) + "_EVENT"
		return types != nil && !slices.Contains(*types, name)
	})
	return pick(all, p, func(o occurrence) *happening { return v.happen(k, o) })
}

type label struct{ name string }

func newLabel(name string) *label { return &label{name} }
func (l *label) ID() graphql.ID   { return id("LA", l.name) }
func (l *label) Name() string     { return l.name }
