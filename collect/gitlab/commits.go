package gitlab

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// commitRule returns a text of the settings by which commits are read: the branch.
func (f *Forge) commitRule(p *repository) string { return "1 " + p.DefaultBranch }

// history collects the commits of one project.
type history struct {
	p    *repository
	head string
	// fresh lists the commits that are new: all of the window, or those that the last head does
	// not reach.
	fresh []*commit
	// whole means that fresh has all commits of the window, so that older rows may be dropped.
	whole bool
	// requests lists the IDs of all requests of the window, if whole is set.
	requests []string
	err      error
}

// atOnce is the number of projects whose commits are in memory at a time.
const atOnce = 50

// readCommits reads the commits of the default branches that moved. Those that
// belong to no request are changes of their own, which needs all requests that were
// merged before the commits were listed: some were since ours were.
func (r *syncer) readCommits(ctx context.Context) error {
	var moved []*repository
	var still collect.Batch
	for _, p := range r.projects {
		if !r.needsCommits(p) {
			r.settleCursors(&still, p, p.cursors[collect.Commits].Mark)
			continue
		}
		moved = append(moved, p)
	}
	if err := r.saveBatch(ctx, still); err != nil {
		return err
	}
	r.beginPhase("commits", len(moved))
	for part := range slices.Chunk(moved, atOnce) {
		if err := r.readCommitsOf(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// needsCommits reports whether a project's branch may have moved: GitLab counts a push as
// activity, and new requests or deployments are another sign.
func (r *syncer) needsCommits(p *repository) bool {
	c := p.cursors[collect.Commits]
	if !p.hasCommits() || r.isDone(c, r.f.commitRule(p)) {
		return false
	}
	return !r.isValid(c, r.f.commitRule(p)) || p.moved || r.isActive(p, r.readFrom(c.To))
}

// settleCursors moves the cursors of a project whose commits were read up to now.
func (r *syncer) settleCursors(b *collect.Batch, p *repository, head string) {
	b.Cursors = append(b.Cursors, r.newCursor(p, collect.Commits, r.f.commitRule(p), r.now, head))
	if until := r.requestsKnownNow(p); !until.IsZero() {
		b.Cursors = append(b.Cursors, r.newCursor(p, collect.Changes, r.f.requestRule(), until,
			until.Format(time.RFC3339Nano)))
	}
}

// requestsKnownNow returns the end of the requests' cursor after this run read them.
func (r *syncer) requestsKnownNow(p *repository) time.Time {
	c := p.cursors[collect.Changes]
	if c.Rule != r.f.requestRule() || c.From.After(r.from) {
		return time.Time{}
	}
	return requestsUntil(c)
}

func (r *syncer) readCommitsOf(ctx context.Context, part []*repository) error {
	histories := make([]*history, len(part))
	indices := make([]int, len(part))
	for i, p := range part {
		indices[i] = i
		histories[i] = &history{p: p}
	}
	err := forEach(ctx, indices, func(ctx context.Context, i int) error {
		return r.readHistory(ctx, histories[i])
	}, func(i int, err error) { histories[i].err = err })
	if err == nil {
		err = r.addMerged(ctx, histories)
	}
	if err != nil {
		return err
	}
	for _, h := range histories {
		if h.err != nil {
			r.addGap(h.p, collect.Commits, "commits cannot be read: "+h.err.Error(),
				"run again; if it stays, check that the token has the role Reporter")
			continue
		}
		if err := r.saveCommits(ctx, h); err != nil {
			return err
		}
		r.reportStep(1)
	}
	return nil
}

// readHistory reads the commits since the last head. If that head is no longer in the history,
// because of a forced push, it reads the whole window.
func (r *syncer) readHistory(ctx context.Context, h *history) error {
	p, old := h.p, h.p.cursors[collect.Commits]
	known := r.isValid(old, r.f.commitRule(p)) && old.Mark != ""
	if known {
		head, err := r.readHead(ctx, p)
		if err != nil {
			return err
		}
		if h.head = head; head == old.Mark {
			return r.catchUpRequests(ctx, h, old.To)
		}
		list, err := r.listCommits(ctx, p, url.Values{"ref_name": {old.Mark + ".." + head}})
		switch status := statusOf(err); {
		case err == nil && isDescendant(list, old.Mark, head):
			h.fresh = cutKnown(list, old.Mark)
			return r.catchUpRequests(ctx, h, old.To)
		case err == nil:
			r.addNote("the default branch of %s was pushed by force: its window is read again", p.Path)
		case status != http.StatusNotFound && status != http.StatusBadRequest:
			return err
		}
	}
	return r.readWholeWindow(ctx, h)
}

// readWholeWindow reads all commits of the window, and the IDs of its requests, so that
// everything else of the window can go.
func (r *syncer) readWholeWindow(ctx context.Context, h *history) error {
	p := h.p
	var err error
	h.whole = true
	if h.fresh, err = r.listCommits(ctx, p, url.Values{
		"ref_name": {p.DefaultBranch},
		"since":    {r.from.Format(time.RFC3339)},
	}); err != nil {
		return err
	}
	if h.head = findTip(h.fresh); h.head == "" {
		if h.head, err = r.readHead(ctx, p); err != nil {
			return err
		}
	}
	if !p.requestsSince.After(r.from) && (p.whole || !p.had[collect.Commits]) {
		return nil // this run has read its requests, and nothing older is kept
	}
	list, err := r.listLanded(ctx, p.asScope(), r.from, map[int64]*repository{p.ID: p})
	for _, m := range list {
		h.requests = append(h.requests, fmt.Sprint(m.IID))
	}
	return err
}

// asScope returns the project as a scope of its own.
func (p *repository) asScope() *scope {
	return &scope{base: fmt.Sprintf("projects/%d", p.ID), name: p.Path}
}

// catchUpRequests sees to requests that an earlier run has read, when it could not
// read the commits then, or that this one could not read: without them their commits
// would seem to have none.
func (r *syncer) catchUpRequests(ctx context.Context, h *history, commitsUntil time.Time) error {
	since := r.readFrom(commitsUntil)
	if len(h.fresh) == 0 || !h.p.requestsSince.After(since) {
		return nil
	}
	_, err := r.listLanded(ctx, h.p.asScope(), since, map[int64]*repository{h.p.ID: h.p})
	return err
}

// addMerged sees to requests that were merged while this run went on.
func (r *syncer) addMerged(ctx context.Context, histories []*history) error {
	of := map[int64]*repository{}
	for _, h := range histories {
		if h.err == nil && len(h.fresh) > 0 {
			of[h.p.ID] = h.p
		}
	}
	for _, s := range r.scopes {
		if !slices.ContainsFunc(s.members, func(p *repository) bool { return of[p.ID] != nil }) {
			continue
		}
		if _, err := r.listLanded(ctx, s, r.readFrom(r.now), of); err != nil {
			if isFatal(ctx, err) {
				return err
			}
			for _, h := range histories {
				if slices.Contains(s.members, h.p) && h.err == nil {
					h.err = err
				}
			}
		}
	}
	return nil
}

// listLanded lists the merged requests that were updated since a time, with their commits on
// branches. Only a request that moved the branch forward takes a request for its commits.
func (r *syncer) listLanded(ctx context.Context, s *scope, since time.Time, of map[int64]*repository) ([]*mergeRequest,
	error,
) {
	list, err := fetchAll(ctx, r.c, listUpdated[mergeRequest](s, "merge_requests", since, nil))
	if err != nil {
		return nil, err
	}
	for _, m := range list {
		p := of[m.Project]
		if p == nil || m.State != "merged" {
			continue
		}
		q := request{mergeRequest: *m}
		r.mu.Lock()
		seen := p.landed[q.mergeCommit()]
		r.mu.Unlock()
		if seen {
			continue
		}
		if m.MergeSHA == "" && m.SquashSHA == "" {
			if q.commits, err = r.listRequestCommits(ctx, p, m); err != nil {
				return nil, err
			}
		}
		r.mu.Lock()
		for _, sha := range q.landedSHAs() {
			p.landed[sha] = true
		}
		r.mu.Unlock()
	}
	return list, nil
}

// readHead returns the SHA of the default branch's head.
func (r *syncer) readHead(ctx context.Context, p *repository) (string, error) {
	list, err := r.listFirstCommits(ctx, p)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", errors.New("the default branch has no commits, though the project is not marked as empty")
	}
	return list[0].SHA, nil
}

func (r *syncer) listFirstCommits(ctx context.Context, p *repository) ([]*commit, error) {
	page, err := fetchPage(ctx, r.c, listing[commit]{
		name: "head of " + p.Path, path: fmt.Sprintf("projects/%d/repository/commits", p.ID),
	}, url.Values{"ref_name": {p.DefaultBranch}, "per_page": {"1"}}.Encode())
	return page.Items, err
}

func (r *syncer) listCommits(ctx context.Context, p *repository, q url.Values) ([]*commit, error) {
	return fetchAll(ctx, r.c, listing[commit]{
		name: "commits of " + p.Path, path: fmt.Sprintf("projects/%d/repository/commits", p.ID), query: q,
		key: func(c *commit) string { return c.SHA },
	})
}

// isDescendant reports whether the commits that head reaches and old does not prove that head
// descends from old: then one of them is a child of old.
func isDescendant(list []*commit, old, head string) bool {
	return slices.ContainsFunc(list, func(c *commit) bool { return c.SHA == head }) &&
		slices.ContainsFunc(list, func(c *commit) bool { return slices.Contains(c.Parents, old) })
}

// cutKnown removes the known commit and its ancestors. A server that takes no range in place of
// a branch lists them as well.
func cutKnown(list []*commit, known string) []*commit {
	bySHA := make(map[string]*commit, len(list))
	for _, c := range list {
		bySHA[c.SHA] = c
	}
	old := map[string]bool{}
	for stack := []string{known}; len(stack) > 0; {
		c := bySHA[stack[len(stack)-1]]
		if stack = stack[:len(stack)-1]; c != nil && !old[c.SHA] {
			old[c.SHA] = true
			stack = append(stack, c.Parents...)
		}
	}
	return slices.DeleteFunc(list, func(c *commit) bool { return old[c.SHA] })
}

// findTip returns the one commit of a list that no other builds on; "" if there are several, as
// in a list that ends at a date and has commits with wrong dates.
func findTip(list []*commit) string {
	parents := map[string]bool{}
	for _, c := range list {
		for _, p := range c.Parents {
			parents[p] = true
		}
	}
	found := ""
	for _, c := range list {
		if parents[c.SHA] {
			continue
		}
		if found != "" {
			return ""
		}
		found = c.SHA
	}
	return found
}

// saveCommits saves a project's commits, and those of them that belong to no request
// as changes.
func (r *syncer) saveCommits(ctx context.Context, h *history) error {
	p := h.p
	var batch collect.Batch
	inWindow := func(c *commit) bool { return !c.Committed.Before(r.from) && c.Committed.Before(r.now) }
	var shas []string
	for _, c := range h.fresh {
		if inWindow(c) {
			shas = append(shas, c.SHA)
			batch.Commits = append(batch.Commits, collect.Kept[fact.Commit]{
				Repository: p.ID, ID: c.SHA,
				At: c.Committed.Time, Fact: c.makeCommit(),
			})
		}
	}
	var own []string
	for _, c := range findDirect(h.fresh, h.head, p.landed) {
		if inWindow(c) {
			own = append(own, c.SHA)
			batch.Changes = append(batch.Changes, c.makeDirectChange(p.ID))
		}
	}
	if h.whole && p.had[collect.Commits] {
		batch.Drops = append(batch.Drops, collect.Drop{
			Repository: p.ID, Kind: collect.Commits, From: r.from, To: r.now,
			Keep: shas,
		})
		if !p.whole {
			batch.Drops = append(batch.Drops, collect.Drop{
				Repository: p.ID, Kind: collect.Changes, From: r.from, To: r.now, Keep: append(own, h.requests...),
			})
		}
	}
	r.settleCursors(&batch, p, h.head)
	return r.saveBatch(ctx, batch)
}

// findDirect returns the commits on the branch itself, along first parents from its head, that
// belong to no request. A merge without a request brings commits to the branch: those are
// changes, and the merge commit is not.
func findDirect(list []*commit, head string, landed map[string]bool) []*commit {
	bySHA := make(map[string]*commit, len(list))
	for _, c := range list {
		bySHA[c.SHA] = c
	}
	var found []*commit
	seen := map[string]bool{}
	for stack := []string{head}; len(stack) > 0; {
		sha := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		c := bySHA[sha]
		if c == nil || seen[sha] {
			continue
		}
		seen[sha] = true
		switch {
		case len(c.Parents) > 1 && !landed[sha]:
			stack = append(stack, c.Parents...)
			continue
		case !landed[sha]:
			found = append(found, c)
		}
		if len(c.Parents) > 0 {
			stack = append(stack, c.Parents[0])
		}
	}
	slices.SortFunc(found, func(a, b *commit) int { return a.Committed.Compare(b.Committed.Time) })
	return found
}
