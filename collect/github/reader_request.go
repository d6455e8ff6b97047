package github

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
)

// mostCommits is how many commits of a request GitHub lists, however many it has.
const mostCommits = 250

// requestReader reads the commits and reviews of a request that has more of them
// than come along with it.
type requestReader struct {
	t       *repository
	r       *request
	number  int
	commits list[qRequestCommit]
	reviews list[qReview]
	want    [2]bool // commits, reviews: still to read
}

func newRemainingReader(t *repository, r *request, q *qRequest) *requestReader {
	p := newWholeReader(t, q)
	p.want = [2]bool{q.Commits.PageInfo.HasNextPage, q.Reviews.PageInfo.HasNextPage}
	p.r = r
	p.commits.after, p.reviews.after = q.Commits.PageInfo.EndCursor, q.Reviews.PageInfo.EndCursor
	p.commits.addWithin(q.Commits)
	p.reviews.addWithin(q.Reviews)
	return p
}

func newWholeReader(t *repository, q *qRequest) *requestReader {
	bare := *q
	bare.Commits, bare.Reviews = nil, nil
	return &requestReader{
		t: t, r: bare.newRequest(t.repo.DefaultBranch), number: q.Number, want: [2]bool{true, true},
		commits: list[qRequestCommit]{
			title: "commits of a pull request", size: fullPage, most: mostCommits,
			id: func(c *qRequestCommit) string { return c.Commit.OID },
		},
		reviews: list[qReview]{title: "reviews of a pull request", size: fullPage, id: (*qReview).key},
	}
}

func (p *requestReader) factKind() collect.Kind { return collect.Changes }
func (p *requestReader) title() string          { return "pull request " + strconv.Itoa(p.number) }
func (p *requestReader) countNodes() int        { return p.commits.size + p.reviews.size }
func (p *requestReader) halveSize() bool        { return p.commits.halveSize() && p.reviews.halveSize() }

func (p *requestReader) queryField() string {
	var b strings.Builder
	fmt.Fprintf(&b, "pullRequest(number: %d) { number", p.number)
	if p.want[0] {
		fmt.Fprintf(&b, " commits(%s) { %s }", p.commits.formatArgs(), requestCommits)
	}
	if p.want[1] {
		fmt.Fprintf(&b, " reviews(%s) { %s }", p.reviews.formatArgs(), requestReviews)
	}
	return b.String() + " }"
}

func (p *requestReader) takePage(raw json.RawMessage) (bool, []listReader, error) {
	var q *qRequest
	if err := json.Unmarshal(raw, &q); err != nil || q == nil {
		return false, nil, fmt.Errorf("pull request %d: %w: null", p.number, errPage)
	}
	if p.want[0] {
		if _, done, err := p.commits.addPage(q.Commits); err != nil {
			return false, nil, err
		} else if p.r.addCommits(q.Commits); done {
			p.want[0] = false
		}
	}
	if p.want[1] {
		if _, done, err := p.reviews.addPage(q.Reviews); err != nil {
			// The page of commits was taken; only reviews are asked for again.
			return false, nil, err
		} else if p.r.addReviews(q.Reviews); done {
			p.want[1] = false
		}
	}
	if p.want[0] || p.want[1] {
		return false, nil, nil
	}
	p.t.batch.Changes = append(p.t.batch.Changes, p.r.keepChange(p.t.repo.ID))
	return true, nil, nil
}
