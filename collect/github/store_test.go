package github

import (
	"context"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

type rowKey struct {
	repo int64
	id   string
}

// memory is a Store in memory.
type memory struct {
	mu          sync.Mutex
	repos       map[int64]collect.Repository
	teams       []fact.ForgeTeam
	cursors     map[cursorKey]collect.Cursor
	commits     map[rowKey]collect.Kept[fact.Commit]
	changes     map[rowKey]collect.Kept[fact.Change]
	deployments map[rowKey]collect.Kept[fact.Deployment]
	incidents   map[rowKey]collect.Kept[fact.Incident]
	puts        int
	// fail, when set, is asked before each Put.
	fail func(n int) error
}

func newMemory() *memory {
	return &memory{
		repos: map[int64]collect.Repository{}, cursors: map[cursorKey]collect.Cursor{},
		commits: map[rowKey]collect.Kept[fact.Commit]{}, changes: map[rowKey]collect.Kept[fact.Change]{},
		deployments: map[rowKey]collect.Kept[fact.Deployment]{}, incidents: map[rowKey]collect.Kept[fact.Incident]{},
	}
}

func (m *memory) Repositories(context.Context, string) ([]collect.Repository, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []collect.Repository
	for _, r := range m.repos {
		all = append(all, r)
	}
	return all, nil
}

func (m *memory) Cursors(context.Context, string) ([]collect.Cursor, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var all []collect.Cursor
	for _, c := range m.cursors {
		all = append(all, c)
	}
	return all, nil
}

func (m *memory) Open(_ context.Context, _ string, kind collect.Kind, from time.Time) ([]collect.Ref, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	var refs []collect.Ref
	for _, d := range m.deployments {
		if kind == collect.Deployments && d.Open && !d.At.Before(from) {
			refs = append(refs, collect.Ref{Repository: d.Repository, Kind: kind, ID: d.ID, At: d.At})
		}
	}
	slices.SortFunc(refs, func(a, b collect.Ref) int { return strings.Compare(a.ID, b.ID) })
	return refs, nil
}

func (m *memory) Put(_ context.Context, _ string, b collect.Batch) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.puts++
	if m.fail != nil {
		if err := m.fail(m.puts); err != nil {
			return err
		}
	}
	for _, r := range b.Repositories {
		m.repos[r.ID] = r
	}
	if b.SetTeams {
		m.teams = b.Teams
	}
	for _, d := range b.Drops {
		switch d.Kind {
		case collect.Commits:
			drop(m.commits, d)
		case collect.Changes:
			drop(m.changes, d)
		case collect.Deployments:
			drop(m.deployments, d)
		case collect.Incidents:
			drop(m.incidents, d)
		}
	}
	put(m.commits, b.Commits)
	put(m.changes, b.Changes)
	put(m.deployments, b.Deployments)
	put(m.incidents, b.Incidents)
	for _, c := range b.Cursors {
		m.cursors[cursorKey{c.Repository, c.Kind}] = c
	}
	return nil
}

func (m *memory) PutReport(context.Context, string, time.Time, collect.Report) error { return nil }

func put[T any](rows map[rowKey]collect.Kept[T], more []collect.Kept[T]) {
	for _, k := range more {
		rows[rowKey{k.Repository, k.ID}] = k
	}
}

func drop[T any](rows map[rowKey]collect.Kept[T], d collect.Drop) {
	keep := map[string]bool{}
	for _, id := range d.Keep {
		keep[id] = true
	}
	for key, k := range rows {
		if k.Repository == d.Repository && !k.At.Before(d.From) && k.At.Before(d.To) && !keep[k.ID] {
			delete(rows, key)
		}
	}
}

// facts are the facts in a window, in order.
func facts[T any](rows map[rowKey]collect.Kept[T], w collect.Window) []collect.Kept[T] {
	var all []collect.Kept[T]
	for _, k := range rows {
		if !k.At.Before(w.From) && k.At.Before(w.To) {
			k.Open = false
			all = append(all, k)
		}
	}
	slices.SortFunc(all, func(a, b collect.Kept[T]) int {
		if a.Repository != b.Repository {
			return int(a.Repository - b.Repository)
		}
		return strings.Compare(a.ID, b.ID)
	})
	return all
}
