package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// query is the request in the shape of GraphQL. The commit that would merge it
// stands in merge_commit_sha until it is merged, and is none of the repository's.
func (v *rPull) query() *qRequest {
	q := &qRequest{
		Number: v.Number, URL: v.HTMLURL, Title: v.Title, Body: v.Body, IsDraft: v.Draft, CreatedAt: v.CreatedAt, UpdatedAt: v.UpdatedAt,
		MergedAt: v.MergedAt, ClosedAt: v.ClosedAt, Author: v.User, BaseRefName: v.Base.Ref, HeadRefName: v.Head.Ref, HeadRefOID: v.Head.SHA,
		Labels: &connection[struct{ Name string }]{},
	}
	if v.MergedAt != nil && v.MergeCommit != "" {
		q.MergeCommit = &qMergeCommit{v.MergeCommit}
	}
	if v.Head.Repo != nil {
		q.HeadRepo = &struct{ NameWithOwner string }{v.Head.Repo.FullName}
	}
	q.IsFromFork = v.Base.Repo != nil && (v.Head.Repo == nil || v.Head.Repo.FullName != v.Base.Repo.FullName)
	for _, name := range rLabels(v.Labels) {
		q.Labels.Nodes = append(q.Labels.Nodes, &struct{ Name string }{name})
	}
	return q
}

// fewRepositories is up to how many repositories the commits and reviews of requests
// that are not merged are read without GraphQL. Nothing is measured by them.
const fewRepositories = 50

// pulls reads the pull requests that were updated, and how they came about: always of
// those that are merged, of others where there are few repositories. It returns the
// commits that were brought.
func (r *run) pulls(ctx context.Context, t *target) (map[string]bool, error) {
	s := t.spans[collect.Changes]
	size := fullPage
	if !s.anew {
		size = nightPage
	}
	found, err := fetch(ctx, r.client, restList[*rPull]{
		name: "pull requests of " + t.repo.Name, path: "repos/" + t.repo.Name + "/pulls", size: size,
		query: url.Values{"state": {"all"}, "sort": {"updated"}, "direction": {"desc"}},
		key:   func(v *rPull) string { return strconv.Itoa(v.Number) },
		order: func(a, b *rPull) int { return b.UpdatedAt.Compare(a.UpdatedAt) },
		stop:  func(v *rPull) bool { return v.UpdatedAt.Before(s.back) },
	})
	if err != nil {
		return nil, err
	}
	brought := map[string]bool{}
	for _, v := range found {
		q := v.query().request(t.repo.DefaultBranch)
		if v.MergedAt != nil || len(r.targets) <= fewRepositories {
			if err := r.details(ctx, t, v.Number, q); err != nil {
				return nil, err
			}
		}
		if v.MergedAt != nil {
			brought[v.MergeCommit] = true
			for _, c := range q.commits {
				brought[c.sha] = true
			}
		}
		t.batch.Changes = append(t.batch.Changes, q.row(t.repo.ID))
	}
	return brought, nil
}

// details reads the commits, the reviews and the events of a request.
func (r *run) details(ctx context.Context, t *target, n int, q *request) error {
	pull := fmt.Sprintf("repos/%s/pulls/%d", t.repo.Name, n)
	commits, err := fetch(ctx, r.client, restList[*rCommit]{
		name: fmt.Sprintf("commits of pull request %d of %s", n, t.repo.Name), path: pull + "/commits",
		key: func(c *rCommit) string { return c.SHA },
	})
	if err != nil {
		return err
	}
	for _, c := range commits {
		m := c.query()
		q.commits = append(q.commits, requestCommit{m.OID, m.author(), m.Message, m.AuthoredDate})
	}
	reviews, err := fetch(ctx, r.client, restList[*rReview]{
		name: fmt.Sprintf("reviews of pull request %d of %s", n, t.repo.Name), path: pull + "/reviews",
		key: func(v *rReview) string { return number(v.ID) + " " + optional(v.SubmittedAt).String() },
	})
	if err != nil {
		return err
	}
	for _, v := range reviews {
		q.reviews = append(q.reviews, review{v.User, v.State, optional(v.SubmittedAt)})
	}
	events, err := r.events(ctx, t, n)
	for _, e := range events {
		if e.Event == "ready_for_review" {
			q.ready = append(q.ready, e.CreatedAt)
		}
	}
	return err
}

// timeline is what happened to an issue, references to it among that.
func (r *run) timeline(ctx context.Context, t *target, n int) ([]*rEvent, error) {
	return fetch(ctx, r.client, restList[*rEvent]{
		name: fmt.Sprintf("timeline of %s#%d", t.repo.Name, n), path: fmt.Sprintf("repos/%s/issues/%d/timeline",
			t.repo.Name, n),
		key: func(e *rEvent) string {
			by := ""
			if l := e.link(""); l != nil {
				by = fmt.Sprint(l.Repository.Name, l.Number, l.OID)
			}
			return number(e.ID) + e.Event + e.CreatedAt.String() + by
		},
	})
}

// events are those of an issue or request.
func (r *run) events(ctx context.Context, t *target, n int) ([]*rEvent, error) {
	return fetch(ctx, r.client, restList[*rEvent]{
		name: fmt.Sprintf("events of %s#%d", t.repo.Name, n), path: fmt.Sprintf("repos/%s/issues/%d/events", t.repo.Name, n),
		key: func(e *rEvent) string { return number(e.ID) + e.Event + e.CreatedAt.String() },
	})
}

// commits reads the default branch. Of a commit that no request of this run brought,
// GitHub is asked whether any did.
func (r *run) commits(ctx context.Context, t *target, brought map[string]bool) error {
	s := t.spans[collect.Commits]
	old := mark{}
	if !s.anew {
		old = markOf(s.cursor.Mark)
	}
	found, forced, err := r.newCommits(ctx, t, old)
	if err != nil {
		return err
	}
	if forced && !s.anew {
		// Requests are read anew too, since their commits may have gone.
		t.forced()
		if brought, err = r.pulls(ctx, t); err != nil {
			return err
		}
		if found, _, err = r.newCommits(ctx, t, mark{}); err != nil {
			return err
		}
	}
	for _, c := range found {
		q := c.query()
		if brought[q.OID] {
			q.Requests = mergedBySome
		} else if err := r.broughtBy(ctx, t, q); err != nil {
			return err
		}
		t.commit(q)
	}
	if t.head != "" {
		s.mark.Head, s.mark.At = t.head, t.headTime
	}
	return nil
}

// newCommits lists the commits that the branch did not have when its head was the
// mark; forced says that it has lost that.
func (r *run) newCommits(ctx context.Context, t *target, old mark) (found []*rCommit, forced bool, err error) {
	l := restList[*rCommit]{
		name: "commits of " + t.repo.Name, path: "repos/" + t.repo.Name + "/commits",
		query: url.Values{"sha": {t.repo.DefaultBranch}, "since": {r.o.Window.From.Format(time.RFC3339)}},
		key:   func(c *rCommit) string { return c.SHA },
	}
	complete := false
	if old.Head != "" {
		var walk *ancestry
		l.size = nightPage
		l.enough = func(page []*rCommit) bool {
			for _, c := range page {
				if walk == nil {
					walk = newAncestry(c.SHA, old.Head)
				}
				walk.take(c.SHA, c.query().parents())
			}
			complete = walk != nil && walk.complete()
			return complete
		}
	}
	all, err := fetch(ctx, r.client, l)
	if t.unpushed { // else it cannot be empty
		all, err = emptyOr(all, err, http.StatusConflict, http.StatusNotFound)
	}
	if err != nil || len(all) == 0 {
		return nil, false, err
	}
	head := all[0].query()
	t.head, t.headTime = head.OID, head.CommittedDate
	if old.Head == "" {
		return all, false, nil
	}
	walk := newAncestry(t.head, old.Head)
	for _, c := range all {
		if walk.take(c.SHA, c.query().parents()) {
			found = append(found, c)
		}
	}
	return found, !complete && !walk.met && !old.At.Before(r.o.Window.From), nil
}

// mergedBySome stands for the request that brought a commit.
var mergedBySome = &connection[qAssociated]{Nodes: []*qAssociated{{State: "MERGED"}}}

func (r *run) broughtBy(ctx context.Context, t *target, q *qCommit) error {
	pulls, err := fetch(ctx, r.client, restList[*rPull]{
		name: "pull requests of a commit of " + t.repo.Name, path: fmt.Sprintf("repos/%s/commits/%s/pulls", t.repo.Name,
			q.OID),
		key: func(v *rPull) string { return v.HTMLURL },
	})
	if err != nil {
		return err
	}
	if slices.ContainsFunc(pulls, func(v *rPull) bool { return v.MergedAt != nil }) {
		q.Requests = mergedBySome
	}
	return nil
}
