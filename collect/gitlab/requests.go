package gitlab

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
)

// requestRule stands for the settings that changes are read by.
func (f *Forge) requestRule() string { return fmt.Sprintf("1 bots=%q", f.o.Bots) }

// The cursor of a project's changes ends where both its requests and its commits are
// known, since a commit of its own is a change, too. How far the requests alone are
// known is the cursor's mark.
func requestsUntil(c collect.Cursor) time.Time {
	t, err := time.Parse(time.RFC3339Nano, c.Mark)
	if err != nil {
		return time.Time{}
	}
	return t
}

// requestsKnown is until when the requests of a project are known; zero when they
// must be read anew.
func (r *run) requestsKnown(p *target) time.Time {
	if c := p.cursors[collect.Changes]; r.valid(c, r.f.requestRule()) {
		return requestsUntil(c)
	}
	return time.Time{}
}

// requestCursor says that requests are known until a time.
func (r *run) requestCursor(p *target, until time.Time) collect.Cursor {
	to := r.from
	if c := p.cursors[collect.Commits]; r.valid(c, r.f.commitRule(p)) && c.To.After(to) {
		to = c.To
	}
	if until.Before(to) {
		to = until
	}
	return r.cursor(p, collect.Changes, r.f.requestRule(), to, until.Format(time.RFC3339Nano))
}

// readRequests reads the merge requests of every scope: one list for all projects of
// a group. Projects that are new to us, by a transfer for instance, have requests
// that nobody touched lately: those projects are asked one by one, unless most are
// new.
func (r *run) readRequests(ctx context.Context) error {
	r.begin("merge requests", 0)
	for _, s := range r.scopes {
		if !slices.ContainsFunc(s.members, func(p *target) bool { return r.requestsKnown(p).Before(r.now) }) {
			continue // an earlier run for the same now has read them
		}
		var fresh, known []*target
		since := r.now
		for _, p := range s.members {
			until := r.requestsKnown(p)
			if until.IsZero() {
				fresh = append(fresh, p)
				continue
			}
			known = append(known, p)
			if until.Before(since) {
				since = until
			}
		}
		lists := []*requestList{{scope: s, of: known, since: r.since(since)}}
		if len(fresh) > len(known) {
			lists = []*requestList{{scope: s, of: s.members, since: r.from}}
		} else {
			for _, p := range fresh {
				lists = append(lists, &requestList{scope: p.alone(), of: []*target{p}, since: r.from})
			}
		}
		for _, l := range lists {
			if err := r.requestsOf(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// requestList is a list of requests and the projects that it is read for.
type requestList struct {
	*scope
	of    []*target
	since time.Time
}

func (r *run) requestsOf(ctx context.Context, l *requestList) error {
	if len(l.of) == 0 {
		return nil
	}
	list, err := all(ctx, r.c, newestFirst[mergeRequest](l.scope, "merge_requests", l.since, nil))
	if err != nil {
		if ends(ctx, err) {
			return err
		}
		for _, p := range l.of {
			p.requestsSince = r.now
			r.gap(p, collect.Changes, "merge requests cannot be read: "+err.Error(),
				"run again; if it stays, check that the token may read them: "+howTo)
		}
		return nil
	}
	targets := make(map[int64]*target, len(l.of))
	for _, p := range l.of {
		targets[p.ID] = p
		p.requestsSince = r.since(cmp.Or(r.requestsKnown(p), r.from))
	}
	list = slices.DeleteFunc(list, func(m *mergeRequest) bool {
		p := targets[m.Project]
		return p == nil || !m.Created.Before(r.now) || m.Updated.Before(p.requestsSince)
	})
	// Oldest first, so that what is saved reaches from the beginning up to a time
	// whenever the run is cut short.
	slices.SortStableFunc(list, func(a, b *mergeRequest) int { return a.Updated.Compare(b.Updated.Time) })
	r.begin("merge requests of "+l.name, len(list))
	return r.saveRequests(ctx, l, targets, list)
}

// chunk is how many requests are saved together.
const chunk = 100

func (r *run) saveRequests(ctx context.Context, l *requestList, targets map[int64]*target, list []*mergeRequest) error {
	keep := map[int64][]string{}
	anew := map[int64]bool{} // projects of which older rows may have to go
	for _, p := range l.of {
		anew[p.ID] = r.requestsKnown(p).IsZero() && p.had[collect.Changes]
	}
	for {
		part := list[:min(chunk, len(list))]
		rows, done, cut := r.detailed(ctx, targets, part)
		if cut != nil && (done == 0 || !errors.Is(cut, rest.ErrBudget)) {
			return cut
		}
		list = list[done:]
		until := r.now
		if len(list) > 0 && list[0].Updated.Before(until) {
			until = list[0].Updated.Time
		}
		batch := collect.Batch{Changes: rows}
		for i := range rows {
			keep[rows[i].Repository] = append(keep[rows[i].Repository], rows[i].ID)
		}
		for _, p := range l.of {
			last := len(list) == 0
			if r.hasFailed(p, collect.Changes) || anew[p.ID] && !last {
				continue // its cursor stays where it was
			}
			if anew[p.ID] {
				batch.Drops = append(batch.Drops, collect.Drop{
					Repository: p.ID, Kind: collect.Changes, From: r.from, To: r.now,
					Keep: keep[p.ID],
				})
				// The commits without a request went with the rest: they are read anew,
				// by the next run if this one does not come to it.
				p.anew = true
				batch.Cursors = append(batch.Cursors, collect.Cursor{
					Repository: p.ID, Kind: collect.Commits, From: r.from,
					To: r.from,
				})
			}
			batch.Cursors = append(batch.Cursors, r.requestCursor(p, until))
		}
		if err := r.put(ctx, batch); err != nil {
			return err
		}
		r.step(done)
		if cut != nil || len(list) == 0 {
			return cut
		}
	}
}

// detailed asks for the commits and notes of requests, some at a time, and returns
// the rows of those before the first that an error kept it from, how many those are,
// and the error if it ends the run.
func (r *run) detailed(ctx context.Context, targets map[int64]*target,
	part []*mergeRequest,
) (rows []collect.Kept[fact.Change], done int, err error) {
	found := make([]*collect.Kept[fact.Change], len(part))
	settled := make([]bool, len(part))
	indices := make([]int, len(part))
	for i := range indices {
		indices[i] = i
	}
	failed := func(i int, err error) {
		p := targets[part[i].Project]
		r.mu.Lock()
		p.requestsSince, settled[i] = r.now, true
		r.mu.Unlock()
		if r.hasFailed(p, collect.Changes) { // one gap a project says enough
			r.count("merge requests that cannot be read, beside those that gaps name", 1)
			return
		}
		r.gap(p, collect.Changes, fmt.Sprintf("merge request !%d cannot be read: %v", part[i].IID, err),
			"run again; one that was deleted meanwhile is not asked for then")
	}
	err = each(ctx, indices, func(ctx context.Context, i int) error {
		p := targets[part[i].Project]
		q, err := r.detail(ctx, p, part[i])
		if q != nil && statusOf(err) == http.StatusNotFound {
			failed(i, err) // what is known is kept, without its reviews, and asked for again
			err = nil
		}
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if p.moved = true; q.State == "merged" {
			for _, sha := range q.landed() {
				p.landed[sha] = true
			}
		}
		settled[i] = true
		found[i] = &collect.Kept[fact.Change]{
			Repository: p.ID, ID: strconv.FormatInt(q.IID, 10), At: asOf(q.Updated.Time, r.now), Fact: q.change(&r.f.rules,
				p.project, r.now),
		}
		return nil
	}, failed)
	for done < len(part) && settled[done] {
		if found[done] != nil {
			rows = append(rows, *found[done])
		}
		done++
	}
	return rows, done, err
}

// detail asks for what the list does not say: the commits, of which the first begins
// the lead time, and the notes, which tell of reviews and of drafts. If only the
// notes cannot be read, the request comes beside the error.
func (r *run) detail(ctx context.Context, p *target, m *mergeRequest) (*request, error) {
	q := &request{mergeRequest: *m}
	base := fmt.Sprintf("projects/%d/merge_requests/%d", p.ID, m.IID)
	var err error
	if q.commits, err = r.requestCommits(ctx, p, m); err != nil {
		return nil, err
	}
	q.notes, err = all(ctx, r.c, listing[note]{
		name: fmt.Sprintf("notes of %s!%d", p.Path, m.IID), path: base + "/notes",
		query: url.Values{"order_by": {"created_at"}, "sort": {"asc"}},
		key:   func(n *note) string { return strconv.FormatInt(n.ID, 10) },
	})
	return q, err
}

func (r *run) requestCommits(ctx context.Context, p *target, m *mergeRequest) ([]*commit, error) {
	return all(ctx, r.c, listing[commit]{
		name: fmt.Sprintf("commits of %s!%d", p.Path, m.IID), path: fmt.Sprintf("projects/%d/merge_requests/%d/commits",
			p.ID, m.IID),
		key: func(c *commit) string { return c.SHA },
	})
}
