package github

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// listReader reads one list of a repository page by page. The facts of its pages go
// into the batch of its repository.
type listReader interface {
	factKind() collect.Kind
	// title names the list in a gap: "pull requests".
	title() string
	// queryField returns the GraphQL field of the next page, without an alias.
	queryField() string
	// countNodes returns about how many nodes GitHub counts for that field.
	countNodes() int
	// takePage reads the value of the field. The readers in more are still to be read.
	takePage(raw json.RawMessage) (done bool, more []listReader, err error)
	// halveSize asks for smaller pages. It returns false if they are small already.
	halveSize() bool
}

// Limits of lists within a node. A reader of its own reads the rest.
const (
	statusesWithin = 10
	commitsWithin  = 40
	reviewsWithin  = 20
	eventsWithin   = 20
	// labelsWithin is the most that GitHub allows on one request or issue.
	labelsWithin = 100
	// linksWithin limits the requests and commits that refer to an issue.
	linksWithin = 20
)

// Sizes of pages: full ones, and those of an ordinary night.
const (
	fullPage      = 100
	fullRequests  = 50 // a request comes with its commits and reviews
	nightPage     = 30
	nightRequests = 15
)

const (
	pageFields = `totalCount pageInfo { hasNextPage endCursor }`

	statusFields = `id state createdAt`

	requestFields = `number url title body isDraft createdAt updatedAt mergedAt closedAt ` +
		`author { __typename login } baseRefName headRefName headRefOid isCrossRepository ` +
		`headRepository { nameWithOwner } mergeCommit { oid }`
	requestCommits = pageFields + ` nodes { commit { oid message authoredDate ` +
		`author { name email user { __typename login } } } }`
	requestReviews = pageFields + ` nodes { id state submittedAt author { __typename login } }`
	// The last events, because the latest one counts.
	requestEvents = `timelineItems(last: %d, itemTypes: [READY_FOR_REVIEW_EVENT]) ` +
		`{ nodes { __typename ... on ReadyForReviewEvent { createdAt } } }`

	issueFields = `number url title body createdAt updatedAt closedAt`
	linkFields  = `__typename ... on PullRequest { number repository { nameWithOwner } }`
	issueEvents = `timelineItems(first: %d, itemTypes: [REOPENED_EVENT]) ` +
		`{ nodes { __typename ... on ReopenedEvent { createdAt } } }`
	issueLinks = `links: timelineItems(first: %d, itemTypes: [CROSS_REFERENCED_EVENT, CLOSED_EVENT]) { nodes { ` +
		`... on CrossReferencedEvent { source { ` + linkFields + ` } } ` +
		`... on ClosedEvent { closer { ` + linkFields + ` ... on Commit { oid repository { nameWithOwner } } } } } }`

	releaseFields = `databaseId url tagName isDraft isPrerelease createdAt publishedAt author { login } tagCommit { oid }`
	tagCommit     = `__typename oid ... on Commit { committedDate }`
	tagFields     = `name target { ` + tagCommit + ` ... on Tag { tagger { date } target { ` + tagCommit + ` } } }`
)

var deploymentFields = fmt.Sprintf(`id databaseId environment createdAt commitOid ref { name } `+
	`creator { __typename login } statuses(first: %d) { %s nodes { %s } }`, statusesWithin, pageFields, statusFields)

// nodeReader reads a list whose nodes are taken one by one.
type nodeReader[T any] struct {
	list[T]
	kind  collect.Kind
	field string // name of the list's field
	rest  string // its arguments beside those of the page
	nodes string // fields of a node
	each  int    // nodes that GitHub counts for one of the list
	// add takes a node. It returns readers for lists that did not come whole with the node.
	add func(*T) []listReader
}

func (p *nodeReader[T]) factKind() collect.Kind { return p.kind }
func (p *nodeReader[T]) title() string          { return p.list.title }
func (p *nodeReader[T]) countNodes() int        { return p.size * p.each }

func (p *nodeReader[T]) queryField() string {
	return fmt.Sprintf("%s(%s%s) { %s nodes { %s } }", p.field, p.formatArgs(), p.rest, pageFields, p.nodes)
}

func (p *nodeReader[T]) takePage(raw json.RawMessage) (bool, []listReader, error) {
	var c *connection[T]
	if err := json.Unmarshal(raw, &c); err != nil {
		return false, nil, p.wrongPage("%v", err)
	}
	found, done, err := p.addPage(c)
	var more []listReader
	for _, n := range found {
		more = append(more, p.add(n)...)
	}
	return done, more, err
}

// newDeploymentReader reads deployments, newest first, back to a time.
func newDeploymentReader(t *repository, back, now time.Time, size int, environments []string) listReader {
	only := ""
	if len(environments) > 0 {
		only = ", environments: " + quoteAll(environments)
	}
	return &nodeReader[qDeployment]{
		list: list[qDeployment]{
			title: "deployments", size: size,
			id:    func(d *qDeployment) string { return formatNumber(d.ID) },
			order: func(d *qDeployment) time.Time { return d.CreatedAt },
			stop:  func(d *qDeployment) bool { return d.CreatedAt.Before(back) },
		},
		kind: collect.Deployments, field: "deployments", rest: ", orderBy: {field: CREATED_AT, direction: DESC}" + only,
		nodes: deploymentFields, each: 1 + statusesWithin,
		add: func(d *qDeployment) []listReader { t.takeDeployment(d, now); return nil },
	}
}

// newRequestReader reads pull requests, last updated first, back to a time.
func newRequestReader(t *repository, back time.Time, size int) listReader {
	return &nodeReader[qRequest]{
		list: list[qRequest]{
			title: "pull requests", size: size,
			id:    func(r *qRequest) string { return strconv.Itoa(r.Number) },
			order: func(r *qRequest) time.Time { return r.UpdatedAt },
			stop:  func(r *qRequest) bool { return r.UpdatedAt.Before(back) },
		},
		kind: collect.Changes, field: "pullRequests", rest: ", orderBy: {field: UPDATED_AT, direction: DESC}",
		nodes: fmt.Sprintf("%s labels(first: %d) { nodes { name } } commits(first: %d) { %s } reviews(first: %d) { %s } "+
			requestEvents, requestFields, labelsWithin, commitsWithin, requestCommits, reviewsWithin, requestReviews,
			eventsWithin),
		each: 1 + commitsWithin + reviewsWithin + eventsWithin + labelsWithin,
		add:  t.takeRequest,
	}
}

// newIssueReader reads the issues with one spelling of the incident label that were updated
// in the window. Each spelling has a reader of its own, since GitHub requires all labels
// that are given together.
func newIssueReader(t *repository, label string, from time.Time) listReader {
	return &nodeReader[qIssue]{
		list: list[qIssue]{
			title: "issues labelled " + strconv.Quote(label), size: fullRequests,
			id:    func(i *qIssue) string { return strconv.Itoa(i.Number) },
			order: func(i *qIssue) time.Time { return i.UpdatedAt },
		},
		kind: collect.Incidents, field: "issues",
		rest: fmt.Sprintf(", orderBy: {field: UPDATED_AT, direction: DESC}, labels: [%s], filterBy: {since: %s}",
			quoteText(label), quoteText(from.Format(time.RFC3339))),
		nodes: fmt.Sprintf("%s labels(first: %d) { nodes { name } } "+issueEvents+" "+issueLinks,
			issueFields, labelsWithin, fullRequests, linksWithin),
		each: 1 + labelsWithin + fullRequests + linksWithin,
		add:  func(i *qIssue) []listReader { t.takeIssue(i); return nil },
	}
}

// newReleaseReader reads all releases, newest first. They are few, and a draft that is
// published late is far down the list.
func newReleaseReader(t *repository, size int) listReader {
	return &nodeReader[qRelease]{
		list: list[qRelease]{
			title: "releases", size: size,
			id:    func(r *qRelease) string { return formatNumber(r.ID) },
			order: func(r *qRelease) time.Time { return r.CreatedAt },
		},
		kind: collect.Deployments, field: "releases", rest: ", orderBy: {field: CREATED_AT, direction: DESC}",
		nodes: releaseFields, each: 1,
		add: func(r *qRelease) []listReader { t.takeRelease(r); return nil },
	}
}

// newTagReader reads all tags. GitHub sorts them by their commits' times, so a new tag of
// an old commit may be anywhere in the list.
func newTagReader(t *repository, size int) listReader {
	return &nodeReader[qTag]{
		list: list[qTag]{title: "tags", size: size, id: func(g *qTag) string { return g.Name }},
		kind: collect.Deployments, field: "refs",
		rest:  `, refPrefix: "refs/tags/", orderBy: {field: TAG_COMMIT_DATE, direction: DESC}`,
		nodes: tagFields, each: 3,
		add: func(g *qTag) []listReader { t.takeTag(g); return nil },
	}
}
