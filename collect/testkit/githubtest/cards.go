package githubtest

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// card is an issue or a request.
type card struct {
	repo    *testkit.Repository
	issue   *testkit.Issue
	request *testkit.Request
}

func (k card) openedAt() time.Time {
	if k.issue != nil {
		return k.issue.Opened
	}
	return k.request.Opened
}

func (k card) updatedAt(now time.Time) time.Time {
	if k.issue != nil {
		return k.issue.Updated(now)
	}
	return k.request.Updated(now)
}

// closedAt returns the time of closing, zero if it is open.
func (v *view) closedAt(k card) time.Time {
	switch {
	case k.issue != nil:
		return k.issue.ClosedAt(v.now)
	case k.request.IsMerged(v.now):
		return k.request.Merged
	}
	return v.orNever(k.request.Closed)
}

// event is an event of an issue or a request.
type event struct {
	kind string // closed, reopened, ready_for_review, cross-referenced
	at   time.Time
	// source is the request that refers to an issue.
	source *testkit.Request
}

// listEvents returns the events of a card by now, oldest first.
func (v *view) listEvents(k card) []event {
	var all []event
	add := func(kind string, at time.Time) {
		if !at.IsZero() && !at.After(v.now) {
			all = append(all, event{kind: kind, at: at})
		}
	}
	if k.issue != nil {
		for _, e := range k.issue.Events {
			add(string(e.Kind), e.At)
		}
		for _, q := range k.issue.Links(k.repo, v.now) {
			all = append(all, event{kind: crossReferenced, at: q.Opened, source: q})
		}
	} else {
		add("ready_for_review", k.request.Ready)
		add("closed", v.closedAt(k))
	}
	slices.SortStableFunc(all, func(a, b event) int { return a.at.Compare(b.at) })
	return all
}

// crossReferenced is the kind of an event that only timelines have.
const crossReferenced = "cross-referenced"

// shownReviews returns the submitted reviews, oldest first.
func (v *view) shownReviews(q *testkit.Request) []testkit.Review {
	return slices.DeleteFunc(q.ReviewsAt(v.now), func(r testkit.Review) bool { return r.State == "pending" })
}

func (v *view) requestNumbered(r *testkit.Repository, number int64) *testkit.Request {
	for i := range r.Requests {
		if q := &r.Requests[i]; int64(q.Number) == number && q.Visible(v.now) {
			return q
		}
	}
	return nil
}

// requestsOf returns the request that a commit came by: a merged request that the commit
// belongs to, or an open one that has it.
func (v *view) requestsOf(r *testkit.Repository, k *testkit.Commit) []*testkit.Request {
	if k.Request == 0 {
		return nil
	}
	q := v.requestNumbered(r, int64(k.Request))
	if q == nil {
		return nil
	}
	return []*testkit.Request{q}
}
