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

// request is a pull request while its pages are put together.
type request struct {
	fact    fact.Change
	author  *actor
	body    string
	updated time.Time
	commits []*qCommit
	reviews []*qReview
}

// deletedFork is the head repository of a request whose fork was deleted.
const deletedFork = "(deleted)"

// makeChange returns the fact. The authors and the time of the first commit come from the
// commits of the request. The first review is the first one that another human submitted.
func (r *request) makeChange() fact.Change {
	c := r.fact
	c.Author, c.Updated = r.author.name(), r.updated.UTC()
	c.Reverts = text.Reverted(r.body)
	for _, m := range r.commits {
		c.Commits = append(c.Commits, m.OID)
		if author := m.author(); author != "" && !slices.Contains(c.Authors, author) {
			c.Authors = append(c.Authors, author)
		}
		for _, who := range text.CoAuthors(m.Message) {
			if !slices.Contains(c.CoAuthors, who) {
				c.CoAuthors = append(c.CoAuthors, who)
			}
		}
		if written := m.AuthoredDate; !written.IsZero() && (c.FirstCommit.IsZero() || written.Before(c.FirstCommit)) {
			c.FirstCommit = written.UTC()
		}
	}
	if c.Reverts == "" && len(r.commits) == 1 {
		c.Reverts = text.RevertedCommit(r.commits[0].Message)
	}
	for _, v := range r.reviews {
		at := orZero(v.SubmittedAt)
		if at.IsZero() || strings.EqualFold(v.State, "pending") || v.Author.isBot() || v.Author.name() == c.Author {
			continue
		}
		if c.FirstReview.IsZero() || at.Before(c.FirstReview) {
			c.FirstReview = at
		}
	}
	return c
}

// keepChange returns the change as it is kept. It is never read again by its number, since
// GitHub lists a request that moves as updated.
func (r *request) keepChange(repo int64) collect.Kept[fact.Change] {
	return collect.Kept[fact.Change]{Repository: repo, ID: r.fact.ID, At: r.updated.UTC(), Fact: r.makeChange()}
}

func (q *qRequest) newRequest(defaultBranch string) *request {
	r := &request{
		author: q.Author, body: q.Body, updated: q.UpdatedAt,
		fact: fact.Change{
			ID: strconv.Itoa(q.Number), URL: q.URL, Title: q.Title, Branch: q.BaseRefName,
			HeadBranch: q.HeadRefName, Head: q.HeadRefOID, Draft: q.IsDraft, Opened: q.CreatedAt.UTC(),
			Merged: orZero(q.MergedAt), Labels: labelNames(q.Labels),
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
		r.fact.Closed = orZero(q.ClosedAt)
	} else if q.MergeCommit != nil {
		r.fact.MergeCommit = q.MergeCommit.OID
	}
	if q.Timeline != nil {
		for _, e := range q.Timeline.Nodes {
			if e != nil && e.Typename == "ReadyForReviewEvent" && e.CreatedAt.After(r.fact.Ready) {
				r.fact.Ready = e.CreatedAt.UTC()
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
			r.commits = append(r.commits, &n.Commit)
		}
	}
}

func (r *request) addReviews(c *connection[qReview]) {
	if c == nil {
		return
	}
	for _, v := range c.Nodes {
		if v != nil {
			r.reviews = append(r.reviews, v)
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

// newDirectChange returns the change of a commit of the default branch that belongs to no
// request.
func newDirectChange(repo int64, c *collect.Kept[fact.Commit], url, message string) collect.Kept[fact.Change] {
	f := &c.Fact
	return collect.Kept[fact.Change]{
		Repository: repo, ID: f.SHA, At: f.CommitTime, Fact: fact.Change{
			ID: f.SHA, URL: url, Title: firstLine(message), Author: f.Author, Authors: listAuthors(f.Author),
			CoAuthors:   text.CoAuthors(message),
			FirstCommit: f.AuthorTime, Merged: f.CommitTime, MergeCommit: f.SHA, Commits: []string{f.SHA}, Reverts: f.Reverts,
		},
	}
}

func listAuthors(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

func firstLine(s string) string {
	s, _, _ = strings.Cut(s, "\n")
	return strings.TrimSpace(s)
}
