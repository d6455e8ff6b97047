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

// commitRule stands for the settings that commits are read by: the branch.
func (f *Forge) commitRule(p *target) string { return "1 " + p.DefaultBranch }

// history is what was read of the commits of one project.
type history struct {
	p    *target
	head string
	// fresh are the commits that were not known before: those of the window, or
	// those that the head known has not.
	fresh []*commit
	// anew says that they are all of the window's, and that older rows may have to go.
	anew bool
	// requests are the IDs of all requests of the window, when anew.
	requests []string
	err      error
}

// atOnce is how many projects' commits are held in memory at a time.
const atOnce = 50

// readCommits reads the commits of the default branches that moved. Those that
// belong to no request are changes of their own, which needs all requests that were
// merged before the commits were listed: some were since ours were.
func (r *run) readCommits(ctx context.Context) error {
	var moved []*target
	var still collect.Batch
	for _, p := range r.projects {
		if !r.needsCommits(p) {
			r.settle(&still, p, p.cursors[collect.Commits].Mark)
			continue
		}
		moved = append(moved, p)
	}
	if err := r.put(ctx, still); err != nil {
		return err
	}
	r.begin("commits", len(moved))
	for part := range slices.Chunk(moved, atOnce) {
		if err := r.commitsOf(ctx, part); err != nil {
			return err
		}
	}
	return nil
}

// needsCommits says whether a project's branch may have moved: GitLab counts a push
// as activity, and requests or deployments that were seen are another sign.
func (r *run) needsCommits(p *target) bool {
	c := p.cursors[collect.Commits]
	if !p.hasCommits() || r.done(c, r.f.commitRule(p)) {
		return false
	}
	return !r.valid(c, r.f.commitRule(p)) || p.moved || r.active(p, r.since(c.To))
}

// settle moves the cursors of a project whose commits are known until now.
func (r *run) settle(b *collect.Batch, p *target, head string) {
	b.Cursors = append(b.Cursors, r.cursor(p, collect.Commits, r.f.commitRule(p), r.now, head))
	if until := r.requestsKnownNow(p); !until.IsZero() {
		b.Cursors = append(b.Cursors, r.cursor(p, collect.Changes, r.f.requestRule(), until, until.Format(time.RFC3339Nano)))
	}
}

// requestsKnownNow is until when requests are known after this run read them.
func (r *run) requestsKnownNow(p *target) time.Time {
	c := p.cursors[collect.Changes]
	if c.Rule != r.f.requestRule() || c.From.After(r.from) {
		return time.Time{}
	}
	return requestsUntil(c)
}

func (r *run) commitsOf(ctx context.Context, part []*target) error {
	histories := make([]*history, len(part))
	indices := make([]int, len(part))
	for i, p := range part {
		indices[i] = i
		histories[i] = &history{p: p}
	}
	err := each(ctx, indices, func(ctx context.Context, i int) error {
		return r.history(ctx, histories[i])
	}, func(i int, err error) { histories[i].err = err })
	if err == nil {
		err = r.mergedMeanwhile(ctx, histories)
	}
	if err != nil {
		return err
	}
	for _, h := range histories {
		if h.err != nil {
			r.gap(h.p, collect.Commits, "commits cannot be read: "+h.err.Error(),
				"run again; if it stays, check that the token has the role Reporter")
			continue
		}
		if err := r.saveCommits(ctx, h); err != nil {
			return err
		}
		r.step(1)
	}
	return nil
}

// history reads the commits that are new since the head known. If that head is not
// in the history any more, which a push by force does, the whole window is read.
func (r *run) history(ctx context.Context, h *history) error {
	p, old := h.p, h.p.cursors[collect.Commits]
	known := r.valid(old, r.f.commitRule(p)) && old.Mark != ""
	if known {
		head, err := r.head(ctx, p)
		if err != nil {
			return err
		}
		if h.head = head; head == old.Mark {
			return r.catchUpRequests(ctx, h, old.To)
		}
		list, err := r.listCommits(ctx, p, url.Values{"ref_name": {old.Mark + ".." + head}})
		switch status := statusOf(err); {
		case err == nil && descends(list, old.Mark, head):
			h.fresh = since(list, old.Mark)
			return r.catchUpRequests(ctx, h, old.To)
		case err == nil:
			r.note("the default branch of %s was pushed by force: its window is read again", p.Path)
		case status != http.StatusNotFound && status != http.StatusBadRequest:
			return err
		}
	}
	return r.wholeWindow(ctx, h)
}

// wholeWindow reads all commits of the window, and the IDs of its requests, so that
// everything else of the window can go.
func (r *run) wholeWindow(ctx context.Context, h *history) error {
	p := h.p
	var err error
	h.anew = true
	if h.fresh, err = r.listCommits(ctx, p, url.Values{
		"ref_name": {p.DefaultBranch},
		"since":    {r.from.Format(time.RFC3339)},
	}); err != nil {
		return err
	}
	if h.head = tip(h.fresh); h.head == "" {
		if h.head, err = r.head(ctx, p); err != nil {
			return err
		}
	}
	if !p.requestsSince.After(r.from) && (p.anew || !p.had[collect.Commits]) {
		return nil // this run has read its requests, and nothing older is kept
	}
	list, err := r.landedSince(ctx, p.alone(), r.from, map[int64]*target{p.ID: p})
	for _, m := range list {
		h.requests = append(h.requests, fmt.Sprint(m.IID))
	}
	return err
}

// alone is the project as a scope of its own.
func (p *target) alone() *scope {
	return &scope{base: fmt.Sprintf("projects/%d", p.ID), name: p.Path}
}

// catchUpRequests sees to requests that an earlier run has read, when it could not
// read the commits then, or that this one could not read: without them their commits
// would seem to have none.
func (r *run) catchUpRequests(ctx context.Context, h *history, commitsUntil time.Time) error {
	since := r.since(commitsUntil)
	if len(h.fresh) == 0 || !h.p.requestsSince.After(since) {
		return nil
	}
	_, err := r.landedSince(ctx, h.p.alone(), since, map[int64]*target{h.p.ID: h.p})
	return err
}

// mergedMeanwhile sees to requests that were merged while this run went on.
func (r *run) mergedMeanwhile(ctx context.Context, histories []*history) error {
	of := map[int64]*target{}
	for _, h := range histories {
		if h.err == nil && len(h.fresh) > 0 {
			of[h.p.ID] = h.p
		}
	}
	for _, s := range r.scopes {
		if !slices.ContainsFunc(s.members, func(p *target) bool { return of[p.ID] != nil }) {
			continue
		}
		if _, err := r.landedSince(ctx, s, r.since(r.now), of); err != nil {
			if ends(ctx, err) {
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

// landedSince notes what requests that were updated since then put on branches. Only
// a request that moved the branch forward has to be asked for its commits.
func (r *run) landedSince(ctx context.Context, s *scope, since time.Time, of map[int64]*target) ([]*mergeRequest,
	error,
) {
	list, err := all(ctx, r.c, newestFirst[mergeRequest](s, "merge_requests", since, nil))
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
			if q.commits, err = r.requestCommits(ctx, p, m); err != nil {
				return nil, err
			}
		}
		r.mu.Lock()
		for _, sha := range q.landed() {
			p.landed[sha] = true
		}
		r.mu.Unlock()
	}
	return list, nil
}

// head is the SHA that the default branch points to.
func (r *run) head(ctx context.Context, p *target) (string, error) {
	list, err := r.firstCommits(ctx, p)
	if err != nil {
		return "", err
	}
	if len(list) == 0 {
		return "", errors.New("the default branch has no commits, though the project is not said to be empty")
	}
	return list[0].SHA, nil
}

func (r *run) firstCommits(ctx context.Context, p *target) ([]*commit, error) {
	page, err := fetch(ctx, r.c, listing[commit]{
		name: "head of " + p.Path, path: fmt.Sprintf("projects/%d/repository/commits", p.ID),
	}, url.Values{"ref_name": {p.DefaultBranch}, "per_page": {"1"}}.Encode())
	return page.Items, err
}

func (r *run) listCommits(ctx context.Context, p *target, q url.Values) ([]*commit, error) {
	return all(ctx, r.c, listing[commit]{
		name: "commits of " + p.Path, path: fmt.Sprintf("projects/%d/repository/commits", p.ID), query: q,
		key: func(c *commit) string { return c.SHA },
	})
}

// descends says whether commits that are reachable from head and not from old prove
// that head descends from old: then one of them is a child of old.
func descends(list []*commit, old, head string) bool {
	return slices.ContainsFunc(list, func(c *commit) bool { return c.SHA == head }) &&
		slices.ContainsFunc(list, func(c *commit) bool { return slices.Contains(c.Parents, old) })
}

// since leaves out the commit known and what it builds on, which a server that takes
// no range for a branch's name would list as well.
func since(list []*commit, known string) []*commit {
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

// tip is the one commit of a list that no other builds on; "" if there are several,
// which commits with wrong dates can do to a list that ends at a date.
func tip(list []*commit) string {
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
func (r *run) saveCommits(ctx context.Context, h *history) error {
	p := h.p
	var batch collect.Batch
	inWindow := func(c *commit) bool { return !c.Committed.Before(r.from) && c.Committed.Before(r.now) }
	var shas []string
	for _, c := range h.fresh {
		if inWindow(c) {
			shas = append(shas, c.SHA)
			batch.Commits = append(batch.Commits, collect.Kept[fact.Commit]{
				Repository: p.ID, ID: c.SHA,
				At: c.Committed.Time, Fact: c.fact(),
			})
		}
	}
	var own []string
	for _, c := range bare(h.fresh, h.head, p.landed) {
		if inWindow(c) {
			own = append(own, c.SHA)
			batch.Changes = append(batch.Changes, c.bare(p.ID))
		}
	}
	if h.anew && p.had[collect.Commits] {
		batch.Drops = append(batch.Drops, collect.Drop{
			Repository: p.ID, Kind: collect.Commits, From: r.from, To: r.now,
			Keep: shas,
		})
		if !p.anew {
			batch.Drops = append(batch.Drops, collect.Drop{
				Repository: p.ID, Kind: collect.Changes, From: r.from, To: r.now, Keep: append(own, h.requests...),
			})
		}
	}
	r.settle(&batch, p, h.head)
	return r.put(ctx, batch)
}

// bare are the commits on the branch itself, along first parents from its head, that
// belong to no request. A merge that belongs to none brings the commits of its other
// side to the branch: they are changes, and it is not.
func bare(list []*commit, head string, landed map[string]bool) []*commit {
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
