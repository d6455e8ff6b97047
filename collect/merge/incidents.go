package merge

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// incidentKind describes incidents. A row without a repository gets the repository of the other
// rows with its id and system, if they have only one.
func (m *merger) incidentKind() *rowKind[fact.Incident] {
	only := m.incidentRepositories()
	return &rowKind[fact.Incident]{
		name: "incidents", noun: "incidents", log: true,
		list:            func(e *fact.Events) []fact.Incident { return e.Incidents },
		repository:      func(in *fact.Incident) string { return in.Repository },
		otherRepository: func(p *sourceRows, in *fact.Incident) string { return only[issued{p.System, in.ID}] },
		id:              func(_ *sourceRows, in *fact.Incident) string { return in.ID },
		opened:          func(in *fact.Incident) time.Time { return in.Opened },
		conflict: func(a, b *row[fact.Incident]) bool {
			// A later record of one system may hand an incident on to another service.
			later := a.source.System == b.source.System && a.v.Opened.Equal(b.v.Opened) &&
				!a.v.Updated.IsZero() && !b.v.Updated.IsZero() && !a.v.Updated.Equal(b.v.Updated)
			return areDifferent(a.v.Service, b.v.Service) && !later
		},
		incomplete: func(in *fact.Incident) bool { return !slices.IsSortedFunc(in.Reopened, time.Time.Compare) },
		complete: func(in *fact.Incident) {
			in.Reopened = slices.Clone(in.Reopened)
			slices.SortFunc(in.Reopened, time.Time.Compare)
		},
		state:    incidentState,
		join:     joinIncidents,
		sortTime: func(in *fact.Incident) time.Time { return in.Opened },
		order: func(a, b *fact.Incident) int {
			return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID), cmp.Compare(a.Repository, b.Repository),
				cmp.Compare(a.Service, b.Service), a.Resolved.Compare(b.Resolved), cmp.Compare(a.Source, b.Source),
				cmp.Compare(a.Title, b.Title))
		},
	}
}

// issued is an id with the system that issued it.
type issued struct{ system, id string }

// incidentRepositories returns the one repository of each id and system. It returns nil if
// every row has a repository.
func (m *merger) incidentRepositories() map[issued]string {
	blank := false
	for i := range m.sources {
		list := m.sources[i].Events.Incidents
		blank = blank || slices.ContainsFunc(list, func(in fact.Incident) bool { return in.Repository == "" })
	}
	if !blank {
		return nil
	}
	only := map[issued]string{}
	for i := range m.sources {
		p := &m.sources[i]
		for j := range p.Events.Incidents {
			in := &p.Events.Incidents[j]
			if in.Repository == "" {
				continue
			}
			k := issued{p.System, in.ID}
			if other, known := only[k]; known && m.foldRepository(other) != m.foldRepository(in.Repository) {
				only[k] = "" // two of them: it may belong to either
				continue
			}
			only[k] = in.Repository
		}
	}
	return only
}

func incidentState(in *fact.Incident) state {
	s := state{
		updated: in.Updated, sequence: in.Sequence, terminal: !in.Resolved.IsZero(),
		latest: latestTime(append([]time.Time{in.Opened, in.Resolved}, in.Reopened...)...),
		fields: countKnown(in.URL != "", in.Title != "", in.Repository != "", in.Service != "", in.Severity != "",
			len(in.Labels) > 0, !in.Resolved.IsZero(), len(in.Reopened) > 0, in.Deployment != "", in.Commit != "", in.Change != ""),
	}
	return s
}

// joinIncidents joins the rows of one incident. The newest row decides whether it is open, and
// every reopening is kept.
func joinIncidents(rows []row[fact.Incident], _ bool) fact.Incident {
	in := *rows[0].v
	in.Reopened = slices.Clone(in.Reopened)
	for i := range rows[1:] {
		r := rows[i+1].v
		for _, f := range [...]struct{ field, value *string }{
			{&in.URL, &r.URL},
			{&in.Title, &r.Title},
			{&in.Repository, &r.Repository},
			{&in.Service, &r.Service},
			{&in.Severity, &r.Severity},
			{&in.Deployment, &r.Deployment},
			{&in.Commit, &r.Commit},
			{&in.Change, &r.Change},
		} {
			*f.field = cmp.Or(*f.field, *f.value)
		}
		in.Reopened = append(in.Reopened, r.Reopened...)
		in.Updated, in.Sequence = latestTime(in.Updated, r.Updated), max(in.Sequence, r.Sequence)
		fillList(&in.Labels, r.Labels)
		fillList(&in.Mentions, r.Mentions)
		if r.Opened.Before(in.Opened) {
			in.Opened = r.Opened
		}
	}
	slices.SortFunc(in.Reopened, time.Time.Compare)
	in.Reopened = slices.Compact(in.Reopened)
	return in
}
