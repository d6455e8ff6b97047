package github

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// request is a pull request as either API tells it, put together.
type request struct {
	fact    fact.Change
	author  *actor
	body    string
	updated time.Time
	commits []requestCommit
	reviews []review
	ready   []time.Time // when it was marked ready for review
}

// deletedFork stands for the repository of a request from a fork that is gone.
const deletedFork = "(deleted)"

type requestCommit struct {
	sha, author, message string
	written              time.Time
}

type review struct {
	author *actor
	state  string
	at     time.Time // zero: pending
}

// change is the fact: of the commits their authors and the first one's time, of
// the reviews the first that another human submitted.
func (r *request) change() fact.Change {
	c := r.fact
	c.Author, c.Updated = r.author.name(), r.updated.UTC()
	c.Reverts = text.Reverted(r.body)
	for _, m := range r.commits {
		c.Commits = append(c.Commits, m.sha)
		if m.author != "" && !slices.Contains(c.Authors, m.author) {
			c.Authors = append(c.Authors, m.author)
		}
		for _, who := range text.CoAuthors(m.message) {
			if !slices.Contains(c.CoAuthors, who) {
				c.CoAuthors = append(c.CoAuthors, who)
			}
		}
		if !m.written.IsZero() && (c.FirstCommit.IsZero() || m.written.Before(c.FirstCommit)) {
			c.FirstCommit = m.written.UTC()
		}
	}
	if c.Reverts == "" && len(r.commits) == 1 {
		c.Reverts = text.RevertedCommit(r.commits[0].message)
	}
	for _, v := range r.reviews {
		if v.at.IsZero() || strings.EqualFold(v.state, "pending") || v.author.bot() || v.author.name() == c.Author {
			continue
		}
		if c.FirstReview.IsZero() || v.at.Before(c.FirstReview) {
			c.FirstReview = v.at.UTC()
		}
	}
	for _, t := range r.ready {
		if t.After(c.Ready) {
			c.Ready = t.UTC()
		}
	}
	return c
}

// row is the change as it is kept. A request that moves is listed as updated, so
// it never needs to be asked for.
func (r *request) row(repo int64) collect.Kept[fact.Change] {
	return collect.Kept[fact.Change]{Repository: repo, ID: r.fact.ID, At: r.updated.UTC(), Fact: r.change()}
}

func (q *qRequest) request(defaultBranch string) *request {
	r := &request{
		author: q.Author, body: q.Body, updated: q.UpdatedAt,
		fact: fact.Change{
			ID: strconv.Itoa(q.Number), URL: q.URL, Title: q.Title, Branch: q.BaseRefName,
			HeadBranch: q.HeadRefName, Head: q.HeadRefOID, Draft: q.IsDraft, Opened: q.CreatedAt.UTC(),
			Merged: optional(q.MergedAt), Labels: labelNames(q.Labels),
		},
	}
	if r.fact.Branch == defaultBranch {
		r.fact.Branch = ""
	}
	switch {
	case !q.IsFromFork:
	case q.HeadRepo == nil:
		r.fact.HeadRepository = deletedFork
	default:
		r.fact.HeadRepository = q.HeadRepo.NameWithOwner
	}
	if r.fact.Merged.IsZero() {
		r.fact.Closed = optional(q.ClosedAt)
	} else if q.MergeCommit != nil {
		r.fact.MergeCommit = q.MergeCommit.OID
	}
	if q.Timeline != nil {
		for _, e := range q.Timeline.Nodes {
			if e != nil && e.Typename == "ReadyForReviewEvent" {
				r.ready = append(r.ready, e.CreatedAt)
			}
		}
	}
	r.addCommits(q.Commits)
	r.addReviews(q.Reviews)
	return r
}

func (r *request) addCommits(c *connection[qRequestCommit]) {
	if c == nil {
		return
	}
	for _, n := range c.Nodes {
		if n != nil {
			r.commits = append(r.commits, requestCommit{
				n.Commit.OID, n.Commit.author(), n.Commit.Message,
				n.Commit.AuthoredDate,
			})
		}
	}
}

func (r *request) addReviews(c *connection[qReview]) {
	if c == nil {
		return
	}
	for _, v := range c.Nodes {
		if v != nil {
			r.reviews = append(r.reviews, review{v.Author, v.State, optional(v.SubmittedAt)})
		}
	}
}

func labelNames(c *connection[struct{ Name string }]) []string {
	if c == nil {
		return nil
	}
	var names []string
	for _, l := range c.Nodes {
		if l != nil {
			names = append(names, l.Name)
		}
	}
	return names
}

// bare is a commit of the default branch that belongs to no request.
func bare(repo int64, c *collect.Kept[fact.Commit], url, message string) collect.Kept[fact.Change] {
	f := &c.Fact
	return collect.Kept[fact.Change]{
		Repository: repo, ID: f.SHA, At: f.CommitTime, Fact: fact.Change{
			ID: f.SHA, URL: url, Title: firstLine(message), Author: f.Author, Authors: authors(f.Author), CoAuthors: text.CoAuthors(message),
			FirstCommit: f.AuthorTime, Merged: f.CommitTime, MergeCommit: f.SHA, Commits: []string{f.SHA}, Reverts: f.Reverts,
		},
	}
}

func authors(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}
