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

// requestRule returns a text of the settings by which changes are read.
func (f *Forge) requestRule() string { return fmt.Sprintf("1 bots=%q", f.o.Bots) }

// The cursor of a project's changes ends where both its requests and its commits were read,
// since a direct commit is a change, too. The cursor's mark has the end of the requests alone.
func requestsUntil(c collect.Cursor) time.Time {
	t, err := time.Parse(time.RFC3339Nano, c.Mark)
	if err != nil {
		return time.Time{}
	}
	return t
}

// requestsKnown returns the end of a project's requests in the store; zero if they must all be
// read.
func (r *syncer) requestsKnown(p *repository) time.Time {
	if c := p.cursors[collect.Changes]; r.isValid(c, r.f.requestRule()) {
		return requestsUntil(c)
	}
	return time.Time{}
}

// requestCursor returns the cursor of changes for requests that were read up to a time.
func (r *syncer) requestCursor(p *repository, until time.Time) collect.Cursor {
	to := r.from
	if c := p.cursors[collect.Commits]; r.isValid(c, r.f.commitRule(p)) && c.To.After(to) {
		to = c.To
	}
	if until.Before(to) {
		to = until
	}
	return r.newCursor(p, collect.Changes, r.f.requestRule(), to, until.Format(time.RFC3339Nano))
}

// readRequests reads the merge requests of every scope: one list for all projects of
// a group. Projects that are new to us, by a transfer for instance, have requests
// that nobody touched lately: those projects are asked one by one, unless most are
// new.
func (r *syncer) readRequests(ctx context.Context) error {
	r.beginPhase("merge requests", 0)
	for _, s := range r.scopes {
		if !slices.ContainsFunc(s.members, func(p *repository) bool { return r.requestsKnown(p).Before(r.now) }) {
			continue // an earlier run for the same now has read them
		}
		var fresh, known []*repository
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
		lists := []*requestList{{scope: s, of: known, since: r.readFrom(since)}}
		if len(fresh) > len(known) {
			lists = []*requestList{{scope: s, of: s.members, since: r.from}}
		} else {
			for _, p := range fresh {
				lists = append(lists, &requestList{scope: p.asScope(), of: []*repository{p}, since: r.from})
			}
		}
		for _, l := range lists {
			if err := r.readRequestsOf(ctx, l); err != nil {
				return err
			}
		}
	}
	return nil
}

// requestList is a list of requests and the projects that it is read for.
type requestList struct {
	*scope
	of    []*repository
	since time.Time
}

func (r *syncer) readRequestsOf(ctx context.Context, l *requestList) error {
	if len(l.of) == 0 {
		return nil
	}
	list, err := fetchAll(ctx, r.c, listUpdated[mergeRequest](l.scope, "merge_requests", l.since, nil))
	if err != nil {
		if isFatal(ctx, err) {
			return err
		}
		for _, p := range l.of {
			p.requestsSince = r.now
			r.addGap(p, collect.Changes, "merge requests cannot be read: "+err.Error(),
				"run again; if it stays, check that the token may read them: "+howTo)
		}
		return nil
	}
	targets := make(map[int64]*repository, len(l.of))
	for _, p := range l.of {
		targets[p.ID] = p
		p.requestsSince = r.readFrom(cmp.Or(r.requestsKnown(p), r.from))
	}
	list = slices.DeleteFunc(list, func(m *mergeRequest) bool {
		p := targets[m.Project]
		return p == nil || !m.Created.Before(r.now) || m.Updated.Before(p.requestsSince)
	})
	// Oldest first, so that the saved requests reach from the beginning to a time, whenever the
	// run is cut short.
	slices.SortStableFunc(list, func(a, b *mergeRequest) int { return a.Updated.Compare(b.Updated.Time) })
	r.beginPhase("merge requests of "+l.name, len(list))
	return r.saveRequests(ctx, l, targets, list)
}

// chunk is the number of requests that are saved together.
const chunk = 100

func (r *syncer) saveRequests(ctx context.Context, l *requestList, targets map[int64]*repository,
	list []*mergeRequest,
) error {
	keep := map[int64][]string{}
	dropped := map[int64]bool{} // projects whose older rows may be dropped
	for _, p := range l.of {
		dropped[p.ID] = r.requestsKnown(p).IsZero() && p.had[collect.Changes]
	}
	for {
		part := list[:min(chunk, len(list))]
		rows, done, cut := r.readDetails(ctx, targets, part)
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
			if r.hasFailed(p, collect.Changes) || dropped[p.ID] && !last {
				continue // its cursor stays where it was
			}
			if dropped[p.ID] {
				batch.Drops = append(batch.Drops, collect.Drop{
					Repository: p.ID, Kind: collect.Changes, From: r.from, To: r.now,
					Keep: keep[p.ID],
				})
				// The commits without a request were dropped as well: they are read again, by
				// the next run if this one does not reach them.
				p.whole = true
				batch.Cursors = append(batch.Cursors, collect.Cursor{
					Repository: p.ID, Kind: collect.Commits, From: r.from,
					To: r.from,
				})
			}
			batch.Cursors = append(batch.Cursors, r.requestCursor(p, until))
		}
		if err := r.saveBatch(ctx, batch); err != nil {
			return err
		}
		r.reportStep(done)
		if cut != nil || len(list) == 0 {
			return cut
		}
	}
}

// readDetails asks for the commits and notes of requests, some at a time, and returns
// the rows of those before the first that an error kept it from, how many those are,
// and the error if it ends the run.
func (r *syncer) readDetails(ctx context.Context, targets map[int64]*repository,
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
		if r.hasFailed(p, collect.Changes) { // one gap a project is enough
			r.countItems("merge requests that cannot be read, beside those that gaps name", 1)
			return
		}
		r.addGap(p, collect.Changes, fmt.Sprintf("merge request !%d cannot be read: %v", part[i].IID, err),
			"run again; the next run skips deleted merge requests")
	}
	err = forEach(ctx, indices, func(ctx context.Context, i int) error {
		p := targets[part[i].Project]
		q, err := r.readDetail(ctx, p, part[i])
		if q != nil && statusOf(err) == http.StatusNotFound {
			failed(i, err) // the request is kept without its reviews, and read again
			err = nil
		}
		if err != nil {
			return err
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		if p.moved = true; q.State == "merged" {
			for _, sha := range q.landedSHAs() {
				p.landed[sha] = true
			}
		}
		settled[i] = true
		found[i] = &collect.Kept[fact.Change]{
			Repository: p.ID, ID: strconv.FormatInt(q.IID, 10), At: cutTime(q.Updated.Time,
				r.now), Fact: q.makeChange(&r.f.rules,
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

// readDetail asks for details that the list does not have: the commits, whose first one begins
// the lead time, and the notes about reviews and drafts. If only the notes cannot be read, it
// returns the request beside the error.
func (r *syncer) readDetail(ctx context.Context, p *repository, m *mergeRequest) (*request, error) {
	q := &request{mergeRequest: *m}
	base := fmt.Sprintf("projects/%d/merge_requests/%d", p.ID, m.IID)
	var err error
	if q.commits, err = r.listRequestCommits(ctx, p, m); err != nil {
		return nil, err
	}
	q.notes, err = fetchAll(ctx, r.c, listing[note]{
		name: fmt.Sprintf("notes of %s!%d", p.Path, m.IID), path: base + "/notes",
		query: url.Values{"order_by": {"created_at"}, "sort": {"asc"}},
		key:   func(n *note) string { return strconv.FormatInt(n.ID, 10) },
	})
	return q, err
}

func (r *syncer) listRequestCommits(ctx context.Context, p *repository, m *mergeRequest) ([]*commit, error) {
	return fetchAll(ctx, r.c, listing[commit]{
		name: fmt.Sprintf("commits of %s!%d", p.Path, m.IID), path: fmt.Sprintf("projects/%d/merge_requests/%d/commits",
			p.ID, m.IID),
		key: func(c *commit) string { return c.SHA },
	})
}
