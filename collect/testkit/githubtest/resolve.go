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

// ImplementsGraphQLType reports whether it can be a scalar of that name.
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

// orNull returns a nullable time.
func orNull(t time.Time) *moment {
	if t.IsZero() {
		return nil
	}
	return &moment{t}
}

// word is a URI, a GitObjectID or a BigInt.
type word string

// ImplementsGraphQLType reports whether it can be a scalar of that name.
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

// databaseID returns a number as databaseId, null if it has more than the 32 bits of GitHub's
// Int.
func databaseID(id int64) *int32 {
	if id != int64(int32(id)) {
		return nil
	}
	n := int32(id)
	return &n
}

func graphID(prefix string, parts ...any) graphql.ID { return graphql.ID(nodeID(prefix, parts...)) }

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

// connection is a page of a list with its position.
type connection[T any] struct {
	total, from int
	page        []T
}

// makePage makes a page of a list.
func makePage[S, T any](all []S, p paging, item func(S) T) (*connection[T], error) {
	from := 0
	if p.After != nil && *p.After != "" {
		n, err := parseCursor(*p.After)
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

func formatCursor(n int) string {
	return base64.StdEncoding.EncodeToString([]byte("cursor:v2:" + strconv.Itoa(n)))
}

func parseCursor(text string) (int, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	n, ok := strings.CutPrefix(string(b), "cursor:v2:")
	i, bad := strconv.Atoi(n)
	if err != nil || !ok || bad != nil || i < 0 {
		return 0, &refusal{"INVALID_CURSOR_ARGUMENTS", fmt.Sprintf("`%s` does not appear to be a valid cursor.", text)}
	}
	return i, nil
}

// Nodes returns the records of the page.
func (c *connection[T]) Nodes() *[]T {
	nodes := c.page
	if nodes == nil {
		nodes = []T{} // a list that is empty is not null
	}
	return &nodes
}

// TotalCount returns the number of records of all pages.
func (c *connection[T]) TotalCount() int32 { return int32(c.total) }

// Edges returns the records, each with its cursor.
func (c *connection[T]) Edges() *[]*edge[T] {
	edges := []*edge[T]{}
	for i, node := range c.page {
		edges = append(edges, &edge[T]{node, formatCursor(c.from + i + 1)})
	}
	return &edges
}

// PageInfo returns the position of the page.
func (c *connection[T]) PageInfo() *pageInfo { return &pageInfo{c.from, c.from + len(c.page), c.total} }

type edge[T any] struct {
	node T
	at   string
}

// Node returns the record.
func (e *edge[T]) Node() T { return e.node }

// Cursor returns the cursor of the records after it.
func (e *edge[T]) Cursor() string { return e.at }

// Permission returns the permission of a team on a repository: write, as in World.Teams.
func (e *edge[T]) Permission() string { return "WRITE" }

type pageInfo struct{ from, to, total int }

func (p *pageInfo) HasNextPage() bool     { return p.to < p.total }
func (p *pageInfo) HasPreviousPage() bool { return p.from > 0 }
func (p *pageInfo) StartCursor() *string  { return p.cursorAt(p.from + 1) }
func (p *pageInfo) EndCursor() *string    { return p.cursorAt(p.to) }

func (p *pageInfo) cursorAt(n int) *string {
	if p.from == p.to {
		return nil
	}
	text := formatCursor(n)
	return &text
}

// account is a User, a Bot or the Organization.
type account struct {
	*view
	login string
	bot   bool
	org   bool
}

// findAccount returns an account by its login, nil where it was deleted. Bots have no "[bot]"
// in GraphQL.
func (v *view) findAccount(login string) *account {
	p := v.Person(login)
	if p == nil || p.Ghost || p.Unlinked {
		return nil
	}
	return &account{view: v, login: strings.TrimSuffix(p.Login, "[bot]"), bot: p.Bot}
}

func (a *account) ID() graphql.ID { return graphID("U", a.login) }
func (a *account) Login() string  { return a.login }

func (a *account) URL() word {
	if a.bot {
		return word(web + "apps/" + a.login)
	}
	return word(web + a.login)
}

func (a *account) ToUser() (*account, bool)         { return a, !a.bot && !a.org }
func (a *account) ToBot() (*account, bool)          { return a, a.bot }
func (a *account) ToOrganization() (*account, bool) { return a, a.org }

// timelineEvent is an event of a timeline.
type timelineEvent struct {
	*view
	event
	card card
}

func (h *timelineEvent) ID() graphql.ID    { return graphID("EV", h.kind, h.at.Unix()) }
func (h *timelineEvent) CreatedAt() moment { return moment{h.at} }

func (h *timelineEvent) isKind(kind string) (*timelineEvent, bool) { return h, h.kind == kind }
func (h *timelineEvent) ToClosedEvent() (*timelineEvent, bool)     { return h.isKind("closed") }

// Closer returns nothing: a request that closes an issue in a World refers to it as well.
func (h *timelineEvent) Closer() *closer { return nil }

// closer is a request or a commit that closed an issue.
type closer struct{}

func (*closer) ToCommit() (*commit, bool)    { return nil, false }
func (*closer) ToPullRequest() (*pull, bool) { return nil, false }

// Source returns the request that refers to an issue.
func (h *timelineEvent) Source() *issueOrPull {
	return &issueOrPull{h.view, card{repo: h.card.repo, request: h.source}}
}

func (h *timelineEvent) ToCrossReferencedEvent() (*timelineEvent, bool) {
	return h.isKind(crossReferenced)
}

func (h *timelineEvent) ToReopenedEvent() (*timelineEvent, bool) { return h.isKind("reopened") }

func (h *timelineEvent) ToReadyForReviewEvent() (*timelineEvent, bool) {
	return h.isKind("ready_for_review")
}

func (v *view) newTimelineEvent(k card, o event) *timelineEvent { return &timelineEvent{v, o, k} }

func (v *view) labelsOf(names []string, p paging) (*labels, error) {
	return makePage(names, p, newLabel)
}

type (
	labels   = connection[*label]
	timeline = connection[*timelineEvent]
)

// timelineOf returns the events of a card of some types, all if types is nil.
func (v *view) timelineOf(k card, p paging, types *[]string) (*timeline, error) {
	all := slices.DeleteFunc(v.listEvents(k), func(o event) bool {
		name := strings.ToUpper(strings.NewReplacer("-", "_").Replace(o.kind)) + "_EVENT"
		return types != nil && !slices.Contains(*types, name)
	})
	return makePage(all, p, func(o event) *timelineEvent { return v.newTimelineEvent(k, o) })
}

type label struct{ name string }

func newLabel(name string) *label { return &label{name} }
func (l *label) ID() graphql.ID   { return graphID("LA", l.name) }
func (l *label) Name() string     { return l.name }
