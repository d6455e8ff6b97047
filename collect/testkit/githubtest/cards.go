package githubtest

import (
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

// card is what the lists of issues hold: an issue or a request.
type card struct {
	repo    *testkit.Repository
	issue   *testkit.Issue
	request *testkit.Request
}

func (v *view) cards(r *testkit.Repository) []card {
	var all []card
	for i := range r.Issues {
		if x := &r.Issues[i]; !x.Opened.After(v.now) {
			all = append(all, card{repo: r, issue: x})
		}
	}
	for i := range r.Requests {
		if q := &r.Requests[i]; q.Visible(v.now) {
			all = append(all, card{repo: r, request: q})
		}
	}
	return all
}

func (k card) opened() time.Time {
	if k.issue != nil {
		return k.issue.Opened
	}
	return k.request.Opened
}

func (k card) updated(now time.Time) time.Time {
	if k.issue != nil {
		return k.issue.Updated(now)
	}
	return k.request.Updated(now)
}

// closed is when it was closed, zero if it is open.
func (v *view) closed(k card) time.Time {
	switch {
	case k.issue != nil:
		return k.issue.ClosedAt(v.now)
	case k.request.IsMerged(v.now):
		return k.request.Merged
	}
	return v.before(k.request.Closed)
}

func (k card) labels(now time.Time) []string {
	if k.issue != nil {
		return testkit.LabelsAt(k.issue.Labels, now)
	}
	return testkit.LabelsAt(k.request.Labels, now)
}

// labelled says whether it has all of the labels. GitHub compares them without
// regard to case.
func (k card) labelled(now time.Time, wanted []string) bool {
	has := k.labels(now)
	for _, w := range wanted {
		if !slices.ContainsFunc(has, func(l string) bool { return strings.EqualFold(l, strings.TrimSpace(w)) }) {
			return false
		}
	}
	return true
}

// occurrence is an event of an issue or a request.
type occurrence struct {
	kind  string // in REST's words: closed, reopened, merged, labeled, unlabeled, ready_for_review
	label string
	at    time.Time
	// source is the request that refers to an issue.
	source *testkit.Request
}

// occurrences are the events of a card by now, oldest first.
func (v *view) occurrences(k card) []occurrence {
	var all []occurrence
	add := func(kind, label string, at time.Time) {
		if !at.IsZero() && !at.After(v.now) {
			all = append(all, occurrence{kind: kind, label: label, at: at})
		}
	}
	labels := []testkit.Label(nil)
	if k.issue != nil {
		labels = k.issue.Labels
		for _, e := range k.issue.Events {
			add(string(e.Kind), "", e.At)
		}
		for _, q := range k.issue.Links(k.repo, v.now) {
			all = append(all, occurrence{kind: crossReferenced, at: q.Opened, source: q})
		}
	} else {
		labels = k.request.Labels
		add("ready_for_review", "", k.request.Ready)
		add("merged", "", k.request.Merged)
		add("closed", "", v.closed(k))
	}
	for _, l := range labels {
		add("labeled", l.Name, l.Added)
		add("unlabeled", l.Name, l.Removed)
	}
	slices.SortStableFunc(all, func(a, b occurrence) int { return a.at.Compare(b.at) })
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

// associated returns the request that a commit came by: a merged request that the commit
// belongs to, or an open one that has it.
func (v *view) associated(r *testkit.Repository, k *testkit.Commit) []*testkit.Request {
	if k.Request == 0 {
		return nil
	}
	q := v.requestNumbered(r, int64(k.Request))
	if q == nil {
		return nil
	}
	return []*testkit.Request{q}
}
