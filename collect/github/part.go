package github

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// part is one list of a repository that is read page by page. What it finds goes
// into its target's batch.
type part interface {
	kind() collect.Kind
	// what names it in a gap: "pull requests".
	what() string
	// field is the GraphQL field of the next page, without an alias.
	field() string
	// nodes is about how many nodes GitHub counts for it.
	nodes() int
	// take reads the field's value. With more, further parts are to be read.
	take(raw json.RawMessage) (done bool, more []part, err error)
	// halve asks for smaller pages; false if they are small already.
	halve() bool
}

// How much of what lies within a node is asked for with it. What has more is read
// by a part of its own.
const (
	statusesWithin = 10
	commitsWithin  = 40
	reviewsWithin  = 20
	eventsWithin   = 20
	// labelsWithin is as many as GitHub lets one request or issue have: there are
	// never more to read.
	labelsWithin = 100
)

// Sizes of pages: full ones, and those of an ordinary night.
const (
	fullPage      = 100
	fullRequests  = 50 // a request brings its commits and reviews along
	nightPage     = 30
	nightRequests = 15
)

var deploymentFields = fmt.Sprintf(`id databaseId environment createdAt commitOid ref { name } creator { __typename login }`+
	` statuses(first: %d) { totalCount pageInfo { hasNextPage endCursor } nodes { %s } }`, statusesWithin, statusFields)

const statusFields = `id state createdAt`

// deploymentPart reads deployments, newest first, back to a time.
type deploymentPart struct {
	t            *target
	l            list[qDeployment]
	environments []string
	now          time.Time
}

func newDeploymentPart(t *target, back, now time.Time, size int, environments []string) *deploymentPart {
	return &deploymentPart{t: t, environments: environments, now: now, l: list[qDeployment]{
		what: "deployments", size: size,
		id:    func(d *qDeployment) string { return number(d.ID) },
		order: func(d *qDeployment) time.Time { return d.CreatedAt },
		stop:  func(d *qDeployment) bool { return d.CreatedAt.Before(back) },
	}}
}

func (p *deploymentPart) kind() collect.Kind { return collect.Deployments }
func (p *deploymentPart) what() string       { return "deployments" }
func (p *deploymentPart) nodes() int         { return p.l.size * (1 + statusesWithin) }
func (p *deploymentPart) halve() bool        { return p.l.halve() }

func (p *deploymentPart) field() string {
	only := ""
	if len(p.environments) > 0 {
		only = ", environments: " + quoteAll(p.environments)
	}
	return fmt.Sprintf("deployments(%s, orderBy: {field: CREATED_AT, direction: DESC}%s) { totalCount pageInfo { "+
		"hasNextPage endCursor } nodes { %s } }",
		p.l.args(), only, deploymentFields)
}

func (p *deploymentPart) take(raw json.RawMessage) (bool, []part, error) {
	var c *connection[qDeployment]
	if err := json.Unmarshal(raw, &c); err != nil {
		return false, nil, p.l.wrong("%v", err)
	}
	found, done, err := p.l.page(c)
	for _, d := range found {
		p.t.deployment(d, p.now)
	}
	return done, nil, err
}

const (
	requestFields  = `number url title body isDraft createdAt updatedAt mergedAt closedAt author { __typename login } baseRefName headRefName headRefOid isCrossRepository headRepository { nameWithOwner } mergeCommit { oid }`
	requestCommits = `totalCount pageInfo { hasNextPage endCursor } nodes { commit { oid message authoredDate author { name email user { __typename login } } } }`
	requestReviews = `totalCount pageInfo { hasNextPage endCursor } nodes { id state submittedAt author { __typename login } }`
	// The last ones, because the latest is what counts.
	requestEvents = `timelineItems(last: %d, itemTypes: [READY_FOR_REVIEW_EVENT]) { nodes { __typename ... on ReadyForReviewEvent { createdAt } } }`
)

// requestPart reads pull requests, last updated first, back to a time.
type requestPart struct {
	t *target
	l list[qRequest]
}

func newRequestPart(t *target, back time.Time, size int) *requestPart {
	return &requestPart{t: t, l: list[qRequest]{
		what: "pull requests", size: size,
		id:    func(r *qRequest) string { return strconv.Itoa(r.Number) },
		order: func(r *qRequest) time.Time { return r.UpdatedAt },
		stop:  func(r *qRequest) bool { return r.UpdatedAt.Before(back) },
	}}
}

func (p *requestPart) kind() collect.Kind { return collect.Changes }
func (p *requestPart) what() string       { return "pull requests" }
func (p *requestPart) halve() bool        { return p.l.halve() }
func (p *requestPart) nodes() int {
	return p.l.size * (1 + commitsWithin + reviewsWithin + eventsWithin + labelsWithin)
}

func (p *requestPart) field() string {
	return fmt.Sprintf("pullRequests(%s, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount pageInfo { "+
		"hasNextPage endCursor } nodes { %s labels(first: %d) { nodes { name } } commits(first: %d) { %s } "+
		"reviews(first: %d) { %s } %s } }",
		p.l.args(), requestFields, labelsWithin, commitsWithin, requestCommits, reviewsWithin, requestReviews, fmt.Sprintf(requestEvents, eventsWithin))
}

func (p *requestPart) take(raw json.RawMessage) (bool, []part, error) {
	var c *connection[qRequest]
	if err := json.Unmarshal(raw, &c); err != nil {
		return false, nil, p.l.wrong("%v", err)
	}
	found, done, err := p.l.page(c)
	var more []part
	for _, q := range found {
		if q.Commits == nil || q.Reviews == nil {
			// A part of an answer that failed: the whole request is read once more.
			more = append(more, newWholeRequest(p.t, q))
			continue
		}
		r := q.request(p.t.repo.DefaultBranch)
		if q.Commits.PageInfo.HasNextPage || q.Reviews.PageInfo.HasNextPage {
			more = append(more, newRestOfRequest(p.t, r, q))
			continue
		}
		p.t.batch.Changes = append(p.t.batch.Changes, r.row(p.t.repo.ID))
	}
	return done, more, err
}
