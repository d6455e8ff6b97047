package testkit

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// Memory is a collect.Store that is simple and obviously right. The zero value is
// empty and ready.
type Memory struct {
	mu      sync.Mutex
	sources map[string]*shelf
}

var _ collect.Store = (*Memory)(nil)

// shelf has the rows of one source.
type shelf struct {
	repositories map[int64]collect.Repository
	teams        []fact.ForgeTeam
	commits      map[string]collect.Kept[fact.Commit]
	changes      map[string]collect.Kept[fact.Change]
	deployments  map[string]collect.Kept[fact.Deployment]
	incidents    map[string]collect.Kept[fact.Incident]
	cursors      map[string]collect.Cursor
	report       collect.Report
	puts         int
}

func (m *Memory) shelfOf(source string) *shelf {
	if m.sources == nil {
		m.sources = map[string]*shelf{}
	}
	if m.sources[source] == nil {
		m.sources[source] = &shelf{
			repositories: map[int64]collect.Repository{},
			commits:      map[string]collect.Kept[fact.Commit]{}, changes: map[string]collect.Kept[fact.Change]{},
			deployments: map[string]collect.Kept[fact.Deployment]{}, incidents: map[string]collect.Kept[fact.Incident]{},
			cursors: map[string]collect.Cursor{},
		}
	}
	return m.sources[source]
}

func rowKey(repository int64, id string) string { return strconv.FormatInt(repository, 10) + " " + id }

// sortedValues returns a map's values in the order of its keys.
func sortedValues[V any](m map[string]V) []V {
	var list []V
	for _, k := range slices.Sorted(maps.Keys(m)) {
		list = append(list, m[k])
	}
	return list
}

// Repositories returns all repositories that the source ever saw, by number.
func (m *Memory) Repositories(_ context.Context, source string) ([]collect.Repository, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := slices.Collect(maps.Values(m.shelfOf(source).repositories))
	slices.SortFunc(list, func(a, b collect.Repository) int { return cmp.Compare(a.ID, b.ID) })
	return list, nil
}

// Cursors returns all of the source's cursors.
func (m *Memory) Cursors(_ context.Context, source string) ([]collect.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return sortedValues(m.shelfOf(source).cursors), nil
}

// Open returns the facts of a kind that were saved as open, with At not before from.
func (m *Memory) Open(_ context.Context, source string, kind collect.Kind, from time.Time) ([]collect.Ref, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shelfOf(source)
	switch kind {
	case collect.Commits:
		return openRefs(s.commits, kind, from), nil
	case collect.Changes:
		return openRefs(s.changes, kind, from), nil
	case collect.Deployments:
		return openRefs(s.deployments, kind, from), nil
	case collect.Incidents:
		return openRefs(s.incidents, kind, from), nil
	}
	return nil, nil
}

func openRefs[T any](kept map[string]collect.Kept[T], kind collect.Kind, from time.Time) []collect.Ref {
	var refs []collect.Ref
	for _, k := range sortedValues(kept) {
		if k.Open && !k.At.Before(from) {
			refs = append(refs, collect.Ref{Repository: k.Repository, Kind: kind, ID: k.ID, At: k.At})
		}
	}
	return refs
}

// Put saves a batch: first its drops, then its facts.
func (m *Memory) Put(ctx context.Context, source string, b collect.Batch) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shelfOf(source)
	s.puts++
	for _, d := range b.Drops {
		switch d.Kind {
		case collect.Commits:
			dropRows(s.commits, d)
		case collect.Changes:
			dropRows(s.changes, d)
		case collect.Deployments:
			dropRows(s.deployments, d)
		case collect.Incidents:
			dropRows(s.incidents, d)
		}
	}
	for _, r := range b.Repositories {
		s.repositories[r.ID] = r
	}
	if b.SetTeams {
		s.teams = slices.Clone(b.Teams)
	}
	writeRows(s.commits, b.Commits)
	writeRows(s.changes, b.Changes)
	writeRows(s.deployments, b.Deployments)
	writeRows(s.incidents, b.Incidents)
	for _, c := range b.Cursors {
		s.cursors[rowKey(c.Repository, string(c.Kind))] = c
	}
	return nil
}

func writeRows[T any](kept map[string]collect.Kept[T], rows []collect.Kept[T]) {
	for _, k := range rows {
		kept[rowKey(k.Repository, k.ID)] = k
	}
}

func dropRows[T any](kept map[string]collect.Kept[T], d collect.Drop) {
	for name, k := range kept {
		if k.Repository == d.Repository && !k.At.Before(d.From) && k.At.Before(d.To) && !slices.Contains(d.Keep, k.ID) {
			delete(kept, name)
		}
	}
}

// PutReport keeps the report of the last Sync.
func (m *Memory) PutReport(_ context.Context, source string, _ time.Time, r collect.Report) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.shelfOf(source).report = r
	return nil
}

// LastReport returns the last report of PutReport.
func (m *Memory) LastReport(source string) collect.Report {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shelfOf(source).report
}

// Puts counts the batches that were saved.
func (m *Memory) Puts(source string) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.shelfOf(source).puts
}

// Events returns the source's facts in the window, as a build would read them: with the
// source's name and the repository's present one, and the cursors as coverage.
func (m *Memory) Events(source string, w collect.Window) fact.Events {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.shelfOf(source)
	var e fact.Events
	for _, id := range slices.Sorted(maps.Keys(s.repositories)) {
		e.Repositories = append(e.Repositories, s.repositories[id].Repository)
	}
	for _, t := range s.teams {
		t.Source = source
		e.Teams = append(e.Teams, t)
	}
	for _, k := range inSpan(s.commits, w) {
		k.Fact.Repository = s.repositories[k.Repository].Name
		e.Commits = append(e.Commits, k.Fact)
	}
	for _, k := range inSpan(s.changes, w) {
		k.Fact.Source, k.Fact.Repository = source, s.repositories[k.Repository].Name
		e.Changes = append(e.Changes, k.Fact)
	}
	for _, k := range inSpan(s.deployments, w) {
		k.Fact.Source, k.Fact.Repository = source, s.repositories[k.Repository].Name
		e.Deployments = append(e.Deployments, k.Fact)
	}
	for _, k := range inSpan(s.incidents, w) {
		k.Fact.Source, k.Fact.Repository = source, s.repositories[k.Repository].Name
		e.Incidents = append(e.Incidents, k.Fact)
	}
	for _, c := range sortedValues(s.cursors) {
		e.Coverage = append(e.Coverage, fact.Coverage{
			Source: source, Repository: s.repositories[c.Repository].Name, Kind: strings.ToLower(string(c.Kind)),
			From: c.From, To: c.To,
		})
	}
	e.Gaps = s.report.Gaps
	return e
}

func inSpan[T any](kept map[string]collect.Kept[T], w collect.Window) []collect.Kept[T] {
	return slices.DeleteFunc(sortedValues(kept), func(k collect.Kept[T]) bool {
		return k.At.Before(w.From) ||
			!k.At.Before(w.To)
	})
}
