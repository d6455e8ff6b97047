package github

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// issuePart reads the issues with one spelling of the incident label that were
// updated in the window. Labels given together would all be required, so each
// spelling has a part of its own.
type issuePart struct {
	t     *target
	l     list[qIssue]
	label string
	from  time.Time
}

// linksWithin is how many requests and commits are looked at that refer to an issue.
const linksWithin = 20

const linkedRequest = "__typename ... on PullRequest { number repository { nameWithOwner } }"

func newIssuePart(t *target, label string, from time.Time) *issuePart {
	return &issuePart{t: t, label: label, from: from, l: list[qIssue]{
		what: "issues labelled " + strconv.Quote(label), size: fullRequests,
		id:    func(i *qIssue) string { return strconv.Itoa(i.Number) },
		order: func(i *qIssue) time.Time { return i.UpdatedAt },
	}}
}

func (p *issuePart) kind() collect.Kind { return collect.Incidents }
func (p *issuePart) what() string       { return p.l.what }
func (p *issuePart) nodes() int         { return p.l.size * (1 + labelsWithin + fullRequests + linksWithin) }
func (p *issuePart) halve() bool        { return p.l.halve() }

func (p *issuePart) field() string {
	return fmt.Sprintf("issues(%s, orderBy: {field: UPDATED_AT, direction: DESC}, labels: [%s], filterBy: {since: "+
		"%s}) { totalCount pageInfo { hasNextPage endCursor } nodes { %s labels(first: %d) { nodes { name } } "+
		"timelineItems(first: %d, itemTypes: [REOPENED_EVENT]) { nodes { __typename ... on ReopenedEvent { createdAt "+
		"} } } links: timelineItems(first: %d, itemTypes: [CROSS_REFERENCED_EVENT, CLOSED_EVENT]) { nodes { ... on "+
		"CrossReferencedEvent { source { %s } } ... on ClosedEvent { closer { %s ... on Commit { oid repository { "+
		"nameWithOwner } } } } } } } }",
		p.l.args(), quote(p.label), quote(p.from.Format(time.RFC3339)), "number url title body createdAt updatedAt "+
			"closedAt", labelsWithin, fullRequests, linksWithin, linkedRequest, linkedRequest)
}

func (p *issuePart) take(raw json.RawMessage) (bool, []part, error) {
	var c *connection[qIssue]
	if err := json.Unmarshal(raw, &c); err != nil {
		return false, nil, p.l.wrong("%v", err)
	}
	found, done, err := p.l.page(c)
	for _, q := range found {
		p.t.incident(q.issue())
	}
	return done, nil, err
}

// releasePart reads all releases, newest first. They are few, and one that is
// published long after it was drafted stands far down the list.
type releasePart struct {
	t *target
	l list[qRelease]
}

func newReleasePart(t *target, size int) *releasePart {
	return &releasePart{t: t, l: list[qRelease]{
		what: "releases", size: size,
		id:    func(r *qRelease) string { return number(r.ID) },
		order: func(r *qRelease) time.Time { return r.CreatedAt },
	}}
}

func (p *releasePart) kind() collect.Kind { return collect.Deployments }
func (p *releasePart) what() string       { return "releases" }
func (p *releasePart) nodes() int         { return p.l.size }
func (p *releasePart) halve() bool        { return p.l.halve() }

func (p *releasePart) field() string {
	return fmt.Sprintf("releases(%s, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount pageInfo { "+
		"hasNextPage endCursor } nodes { databaseId url tagName isDraft isPrerelease createdAt publishedAt author { "+
		"login } tagCommit { oid } } }", p.l.args())
}

func (p *releasePart) take(raw json.RawMessage) (bool, []part, error) {
	var c *connection[qRelease]
	if err := json.Unmarshal(raw, &c); err != nil {
		return false, nil, p.l.wrong("%v", err)
	}
	found, done, err := p.l.page(c)
	for _, q := range found {
		p.t.release(q.release())
	}
	return done, nil, err
}

// tagPart reads all tags. GitHub sorts them by their commits' times, so that a new
// tag of an old commit may stand anywhere.
type tagPart struct {
	t *target
	l list[qTag]
}

func newTagPart(t *target, size int) *tagPart {
	return &tagPart{t: t, l: list[qTag]{what: "tags", size: size, id: func(g *qTag) string { return g.Name }}}
}

func (p *tagPart) kind() collect.Kind { return collect.Deployments }
func (p *tagPart) what() string       { return "tags" }
func (p *tagPart) nodes() int         { return p.l.size * 3 }
func (p *tagPart) halve() bool        { return p.l.halve() }

func (p *tagPart) field() string {
	const commit = "__typename oid ... on Commit { committedDate }"
	return fmt.Sprintf(`refs(refPrefix: "refs/tags/", %s, orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) { totalCount pageInfo { hasNextPage endCursor } nodes { name target { %s ... on Tag { tagger { date } target { %s } } } } }`,
		p.l.args(), commit, commit)
}

func (p *tagPart) take(raw json.RawMessage) (bool, []part, error) {
	var c *connection[qTag]
	if err := json.Unmarshal(raw, &c); err != nil {
		return false, nil, p.l.wrong("%v", err)
	}
	found, done, err := p.l.page(c)
	for _, q := range found {
		p.t.tag(q.tag())
	}
	return done, nil, err
}
