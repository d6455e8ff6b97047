package gitlab

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// filters are the lists that hold the incidents: one for every type and every
// label, because labels in one question must all be there.
func (f *Forge) filters() []url.Values {
	var all []url.Values
	for _, t := range f.o.IncidentTypes {
		all = append(all, url.Values{"issue_type": {t}})
	}
	for _, l := range f.o.IncidentLabels {
		all = append(all, url.Values{"labels": {l}})
	}
	return all
}

// incidentRule stands for the settings that incidents are chosen by.
func (f *Forge) incidentRule() string {
	types, labels := slices.Sorted(slices.Values(f.o.IncidentTypes)), slices.Sorted(slices.Values(f.o.IncidentLabels))
	return fmt.Sprintf("2 types=%q labels=%q", types, labels)
}

// readIncidents lists the incidents of the whole window every night. They are few,
// and an issue that lost its label or its type, was moved or deleted leaves no trace
// in a list of what was updated.
func (r *run) readIncidents(ctx context.Context) error {
	if len(r.f.filters()) == 0 {
		return nil
	}
	r.begin("incidents", len(r.projects))
	for _, s := range r.scopes {
		if !slices.ContainsFunc(s.members, func(p *target) bool { return !r.done(p.cursors[collect.Incidents], r.f.incidentRule()) }) {
			continue
		}
		err := r.incidentsOf(ctx, s)
		switch {
		case err == nil:
		case ends(ctx, err):
			return err
		default:
			if store, ok := err.(storeError); ok {
				return store
			}
			for _, p := range s.members {
				r.gap(p, collect.Incidents, "incidents cannot be read: "+err.Error(),
					"check that issues are on and that the token may read them: "+howTo)
			}
		}
		r.step(len(s.members))
	}
	return nil
}

func (r *run) incidentsOf(ctx context.Context, s *scope) error {
	found := map[int64]*issue{}
	for _, filter := range r.f.filters() {
		list, err := all(ctx, r.c, newestFirst[issue](s, "issues", r.from, filter))
		if err != nil {
			return err
		}
		for _, i := range list {
			found[i.ID] = i
		}
	}
	byProject := map[int64][]*issue{}
	for _, i := range found {
		if i.Created.Before(r.now) {
			byProject[i.Project] = append(byProject[i.Project], i)
		}
	}
	rule := r.f.incidentRule()
	var batch collect.Batch
	for _, p := range s.members {
		issues := byProject[p.ID]
		slices.SortFunc(issues, func(a, b *issue) int { return int(a.IID - b.IID) })
		since := r.from
		if old := p.cursors[collect.Incidents]; r.valid(old, rule) {
			since = r.since(old.To)
		}
		drop := collect.Drop{Repository: p.ID, Kind: collect.Incidents, From: r.from, To: r.now}
		for _, i := range issues {
			drop.Keep = append(drop.Keep, fmt.Sprint(i.IID))
			if i.Updated.Before(since) {
				continue // saved by an earlier run, and unchanged
			}
			row, err := r.incident(ctx, p, i)
			if err != nil {
				return err
			}
			batch.Incidents = append(batch.Incidents, row)
		}
		batch.Drops = append(batch.Drops, drop)
		batch.Cursors = append(batch.Cursors, r.cursor(p, collect.Incidents, rule, r.now, ""))
	}
	return r.put(ctx, batch)
}

// incident asks when it was closed and opened again, and which merge requests refer
// to it, which the issue itself does not tell.
func (r *run) incident(ctx context.Context, p *target, i *issue) (collect.Kept[fact.Incident], error) {
	var row collect.Kept[fact.Incident]
	events, err := all(ctx, r.c, listing[stateEvent]{
		name: fmt.Sprintf("state events of %s#%d", p.Path, i.IID),
		path: fmt.Sprintf("projects/%d/issues/%d/resource_state_events", p.ID, i.IID),
		key:  func(e *stateEvent) string { return e.State + e.Created.Format(time.RFC3339Nano) },
	})
	if err != nil {
		return row, err
	}
	requests, err := all(ctx, r.c, listing[related]{
		name: fmt.Sprintf("related merge requests of %s#%d", p.Path, i.IID),
		path: fmt.Sprintf("projects/%d/issues/%d/related_merge_requests", p.ID, i.IID),
		key:  func(q *related) string { return fmt.Sprint(q.ID) },
	})
	if err != nil {
		return row, err
	}
	row = collect.Kept[fact.Incident]{
		Repository: p.ID, ID: fmt.Sprint(i.IID), At: asOf(i.Updated.Time, r.now), Fact: i.incident(events, requests, r.now),
	}
	return row, nil
}

// changing is what GitLab lists by when it was last updated.
type changing[T any] interface {
	*T
	key() string
	updated() time.Time
}

// newestFirst lists what was updated since a time in a scope, archived projects
// among them. What is updated while the list is read moves to its front, so that
// nothing can be pushed out of it; rest.Walk sees to what comes twice.
func newestFirst[T any, P changing[T]](s *scope, what string, since time.Time, filter url.Values) listing[T] {
	q := url.Values{
		"updated_after": {since.Format(time.RFC3339)}, "order_by": {"updated_at"}, "sort": {"desc"},
		"state": {"all"}, "scope": {"all"},
	}
	if s.group {
		q.Set("non_archived", "false")
	}
	for name, values := range filter {
		q[name] = values
	}
	return listing[T]{
		name: strings.ReplaceAll(what, "_", " ") + " of " + s.name, path: s.base + "/" + what, query: q,
		key:   func(v *T) string { return P(v).key() },
		order: func(a, b *T) int { return P(b).updated().Compare(P(a).updated()) },
	}
}
