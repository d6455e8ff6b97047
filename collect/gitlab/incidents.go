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

// incidentFilters returns the filters of the lists with incidents: one for every type and every
// label, because GitLab requires all labels that are given together.
func (f *Forge) incidentFilters() []url.Values {
	var all []url.Values
	for _, t := range f.o.IncidentTypes {
		all = append(all, url.Values{"issue_type": {t}})
	}
	for _, l := range f.o.IncidentLabels {
		all = append(all, url.Values{"labels": {l}})
	}
	return all
}

// incidentRule returns a text of the settings by which incidents are chosen.
func (f *Forge) incidentRule() string {
	types, labels := slices.Sorted(slices.Values(f.o.IncidentTypes)), slices.Sorted(slices.Values(f.o.IncidentLabels))
	return fmt.Sprintf("2 types=%q labels=%q", types, labels)
}

// readIncidents lists the incidents of the whole window every night. They are few, and an issue
// that lost its label or its type, was moved or deleted leaves no trace in a list of updated
// issues.
func (r *syncer) readIncidents(ctx context.Context) error {
	if len(r.f.incidentFilters()) == 0 {
		return nil
	}
	r.beginPhase("incidents", len(r.projects))
	for _, s := range r.scopes {
		if !slices.ContainsFunc(s.members, func(p *repository) bool {
			return !r.isDone(p.cursors[collect.Incidents], r.f.incidentRule())
		}) {
			continue
		}
		err := r.readIncidentsOf(ctx, s)
		switch {
		case err == nil:
		case isFatal(ctx, err):
			return err
		default:
			if store, ok := err.(storeError); ok {
				return store
			}
			for _, p := range s.members {
				r.addGap(p, collect.Incidents, "incidents cannot be read: "+err.Error(),
					"check that issues are on and that the token may read them: "+howTo)
			}
		}
		r.reportStep(len(s.members))
	}
	return nil
}

func (r *syncer) readIncidentsOf(ctx context.Context, s *scope) error {
	found := map[int64]*issue{}
	for _, filter := range r.f.incidentFilters() {
		list, err := fetchAll(ctx, r.c, listUpdated[issue](s, "issues", r.from, filter))
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
		if old := p.cursors[collect.Incidents]; r.isValid(old, rule) {
			since = r.readFrom(old.To)
		}
		drop := collect.Drop{Repository: p.ID, Kind: collect.Incidents, From: r.from, To: r.now}
		for _, i := range issues {
			drop.Keep = append(drop.Keep, fmt.Sprint(i.IID))
			if i.Updated.Before(since) {
				continue // saved by an earlier run, and unchanged
			}
			row, err := r.readIncident(ctx, p, i)
			if err != nil {
				return err
			}
			batch.Incidents = append(batch.Incidents, row)
		}
		batch.Drops = append(batch.Drops, drop)
		batch.Cursors = append(batch.Cursors, r.newCursor(p, collect.Incidents, rule, r.now, ""))
	}
	return r.saveBatch(ctx, batch)
}

// readIncident asks for the times at which an issue was closed and reopened, and for the merge
// requests that refer to it. The issue itself does not have them.
func (r *syncer) readIncident(ctx context.Context, p *repository, i *issue) (collect.Kept[fact.Incident], error) {
	var row collect.Kept[fact.Incident]
	events, err := fetchAll(ctx, r.c, listing[stateEvent]{
		name: fmt.Sprintf("state events of %s#%d", p.Path, i.IID),
		path: fmt.Sprintf("projects/%d/issues/%d/resource_state_events", p.ID, i.IID),
		key:  func(e *stateEvent) string { return e.State + e.Created.Format(time.RFC3339Nano) },
	})
	if err != nil {
		return row, err
	}
	requests, err := fetchAll(ctx, r.c, listing[related]{
		name: fmt.Sprintf("related merge requests of %s#%d", p.Path, i.IID),
		path: fmt.Sprintf("projects/%d/issues/%d/related_merge_requests", p.ID, i.IID),
		key:  func(q *related) string { return fmt.Sprint(q.ID) },
	})
	if err != nil {
		return row, err
	}
	row = collect.Kept[fact.Incident]{
		Repository: p.ID, ID: fmt.Sprint(i.IID), At: cutTime(i.Updated.Time, r.now), Fact: i.makeIncident(events,
			requests, r.now),
	}
	return row, nil
}

// updatedItem is an item that GitLab lists by its last update.
type updatedItem[T any] interface {
	*T
	key() string
	updated() time.Time
}

// listUpdated lists the items of a scope that were updated since a time, also of archived
// projects. An item that is updated during the reading moves to the front of the list, so none
// is pushed out of it; rest.Walk removes repeated ones.
func listUpdated[T any, P updatedItem[T]](s *scope, what string, since time.Time, filter url.Values) listing[T] {
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
