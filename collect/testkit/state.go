package testkit

import (
	"slices"
	"sort"
	"strings"
	"time"
)

// hasHappened reports whether an event of that time is visible at now.
func hasHappened(at, now time.Time) bool { return !at.IsZero() && !at.After(now) }

// keepLater moves at to t if t is later and had happened by now.
func keepLater(at *time.Time, t, now time.Time) {
	if hasHappened(t, now) && t.After(*at) {
		*at = t
	}
}

func (w *World) buildIndex() {
	w.once.Do(func() {
		w.logins = make(map[string]*Person, len(w.People))
		w.emails = make(map[string]*Person, len(w.People))
		w.numbers = make(map[int64]*Repository, len(w.Repositories))
		for i := range w.People {
			w.logins[w.People[i].Login] = &w.People[i]
			w.emails[w.People[i].Email] = &w.People[i]
		}
		for _, r := range w.Repositories {
			w.numbers[r.ID] = r
		}
	})
}

// Person returns the person of that login, or nil.
func (w *World) Person(login string) *Person {
	w.buildIndex()
	return w.logins[login]
}

// Repository returns the repository of that number, or nil.
func (w *World) Repository(id int64) *Repository {
	w.buildIndex()
	return w.numbers[id]
}

// Find returns the repository that is visible at now and has, or last had, that name; moved
// means that it has another name now. A name that two had belongs to the one that has it.
func (w *World) Find(full string, now time.Time) (r *Repository, moved bool) {
	for _, r := range w.Repositories {
		if !r.Visible(now) {
			continue
		}
		if r.Name(now) == full {
			return r, false
		}
	}
	for _, r := range w.Repositories {
		if r.Visible(now) && slices.ContainsFunc(r.Names,
			func(n Name) bool { return n.Full == full && hasHappened(n.From, now) }) {
			return r, true
		}
	}
	return nil, false
}

// Visible reports whether the forge shows the repository at now.
func (r *Repository) Visible(now time.Time) bool {
	return hasHappened(r.Created, now) && !hasHappened(r.Deleted, now) && !hasHappened(r.Hidden, now)
}

// Name returns the repository's "owner/name" at now.
func (r *Repository) Name(now time.Time) string {
	name := r.Names[0].Full
	for _, n := range r.Names[1:] {
		if hasHappened(n.From, now) {
			name = n.Full
		}
	}
	return name
}

// IsArchived reports whether it is archived at now.
func (r *Repository) IsArchived(now time.Time) bool { return hasHappened(r.Archived, now) }

// Commit returns the commit of that SHA, or nil.
func (r *Repository) Commit(sha string) *Commit {
	r.once.Do(func() {
		r.bySHA = make(map[string]*Commit, len(r.Commits))
		for i := range r.Commits {
			r.bySHA[r.Commits[i].SHA] = &r.Commits[i]
		}
	})
	return r.bySHA[sha]
}

// Head returns the SHA of the default branch's head at now, "" while it is empty.
func (r *Repository) Head(now time.Time) string {
	n := sort.Search(len(r.Heads), func(i int) bool { return r.Heads[i].At.After(now) })
	if n == 0 {
		return ""
	}
	return r.Heads[n-1].SHA
}

// Pushed returns the time of the last move of the default branch's head or of a request's
// branch.
func (r *Repository) Pushed(now time.Time) time.Time {
	at := r.Created
	for _, h := range r.Heads {
		keepLater(&at, h.At, now)
	}
	for i := range r.Requests {
		for _, c := range r.Requests[i].Commits {
			keepLater(&at, c.At, now)
		}
	}
	return at
}

// Reachable returns the commits that are reachable from one, newest commit time first; those of
// equal time in the order of SHA.
func (r *Repository) Reachable(sha string) []*Commit {
	var found []*Commit
	seen := map[string]bool{}
	for stack := []string{sha}; len(stack) > 0; {
		at := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		c := r.Commit(at)
		if c == nil || seen[at] {
			continue
		}
		seen[at] = true
		found = append(found, c)
		stack = append(stack, c.Parents...)
	}
	slices.SortFunc(found, func(a, b *Commit) int {
		if d := b.CommitTime.Compare(a.CommitTime); d != 0 {
			return d
		}
		return strings.Compare(a.SHA, b.SHA)
	})
	return found
}

// LabelsAt returns the names of the labels that were set at the time now, in the order of adding them.
func LabelsAt(labels []Label, now time.Time) []string {
	var names []string
	for _, l := range labels {
		if hasHappened(l.Added, now) && !hasHappened(l.Removed, now) {
			names = append(names, l.Name)
		}
	}
	return names
}

func laterLabels(at *time.Time, labels []Label, now time.Time) {
	for _, l := range labels {
		keepLater(at, l.Added, now)
		keepLater(at, l.Removed, now)
	}
}

// Visible reports whether the request was open by now.
func (q *Request) Visible(now time.Time) bool { return hasHappened(q.Opened, now) }

// IsDraft reports whether it is a draft at now.
func (q *Request) IsDraft(now time.Time) bool { return q.Draft && !hasHappened(q.Ready, now) }

// IsMerged reports whether it is merged at now.
func (q *Request) IsMerged(now time.Time) bool { return hasHappened(q.Merged, now) }

// IsClosed reports whether it is merged or closed at now.
func (q *Request) IsClosed(now time.Time) bool {
	return q.IsMerged(now) || hasHappened(q.Closed, now)
}

// CommitsAt returns the SHAs of its own branch at now, oldest first.
func (q *Request) CommitsAt(now time.Time) []string {
	var shas []string
	for _, c := range q.Commits {
		if hasHappened(c.At, now) {
			shas = append(shas, c.SHA)
		}
	}
	return shas
}

// ReviewsAt returns its reviews at now. Forges show a pending review to its author only.
func (q *Request) ReviewsAt(now time.Time) []Review {
	var reviews []Review
	for _, v := range q.Reviews {
		if hasHappened(v.At, now) {
			reviews = append(reviews, v)
		}
	}
	return reviews
}

// Updated returns the date of update that the forge shows at now.
func (q *Request) Updated(now time.Time) time.Time {
	at := q.Opened
	for _, t := range []time.Time{q.Ready, q.Merged, q.Closed} {
		keepLater(&at, t, now)
	}
	for _, c := range q.Commits {
		keepLater(&at, c.At, now)
	}
	for _, v := range q.Reviews {
		if v.State != "pending" {
			keepLater(&at, v.At, now)
		}
	}
	for _, t := range q.Touched {
		keepLater(&at, t, now)
	}
	laterLabels(&at, q.Labels, now)
	return at
}

// StatusesAt returns the statuses that were reported by now, oldest first.
func (d *Deployment) StatusesAt(now time.Time) []Status {
	n := sort.Search(len(d.Statuses), func(i int) bool { return d.Statuses[i].At.After(now) })
	return d.Statuses[:n]
}

// Updated returns the date of update that the forge shows at now.
func (d *Deployment) Updated(now time.Time) time.Time {
	at := d.Created
	for _, s := range d.StatusesAt(now) {
		keepLater(&at, s.At, now)
	}
	return at
}

// AttemptsAt returns the attempts that were begun by now.
func (u *Run) AttemptsAt(now time.Time) []Attempt {
	n := 0
	for n < len(u.Attempts) && hasHappened(u.Attempts[n].Started, now) {
		n++
	}
	return u.Attempts[:n]
}

// Updated returns the date of update that the forge shows at now.
func (u *Run) Updated(now time.Time) time.Time {
	at := u.Created
	for _, a := range u.AttemptsAt(now) {
		keepLater(&at, a.Started, now)
		keepLater(&at, a.Finished, now)
	}
	return at
}

// EventsAt returns the closings and reopenings by now, oldest first.
func (i *Issue) EventsAt(now time.Time) []IssueEvent {
	n := sort.Search(len(i.Events), func(k int) bool { return i.Events[k].At.After(now) })
	return i.Events[:n]
}

// ClosedAt returns the time of the last closing; zero if it is open at now.
func (i *Issue) ClosedAt(now time.Time) time.Time {
	events := i.EventsAt(now)
	if len(events) == 0 || events[len(events)-1].Kind == Reopened {
		return time.Time{}
	}
	return events[len(events)-1].At
}

// Updated returns the date of update that the forge shows at now.
func (i *Issue) Updated(now time.Time) time.Time {
	at := i.Opened
	for _, e := range i.EventsAt(now) {
		keepLater(&at, e.At, now)
	}
	for _, t := range i.Touched {
		keepLater(&at, t, now)
	}
	laterLabels(&at, i.Labels, now)
	return at
}
