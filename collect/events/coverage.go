package events

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// span is the time from the first to the last record, and whose they are.
type span struct {
	first, last  time.Time
	repositories map[string]bool
}

func (s *span) add(repository string, at time.Time) {
	if s.repositories == nil {
		s.repositories = map[string]bool{}
	}
	s.repositories[repository] = true
	if s.first.IsZero() || at.Before(s.first) {
		s.first = at
	}
	if at.After(s.last) {
		s.last = at
	}
}

// coverage says that the file knows all its repositories over the whole span of
// its records, or the declared one: a repository without a deployment in a week
// that others deployed in had none. It ends a second after the last record, so
// that this one lies inside. A file without a row is complete if both ends of the
// span are declared.
func (s *Source) coverage(sp *span, w collect.Window) []fact.Coverage {
	from, to := s.o.CoversFrom, s.o.CoversTo
	if from.IsZero() {
		from = sp.first
	}
	if to.IsZero() && !sp.last.IsZero() {
		to = sp.last.Add(time.Second)
	}
	if !w.To.IsZero() && to.After(w.To) {
		to = w.To
	}
	if !from.Before(to) {
		return nil
	}
	declared := !s.o.CoversFrom.IsZero() && !s.o.CoversTo.IsZero()
	if declared && len(sp.repositories) == 0 {
		sp.repositories = map[string]bool{s.o.Repository: true} // a complete file without a row
	}
	names := make([]string, 0, len(sp.repositories))
	for name := range sp.repositories {
		names = append(names, name)
	}
	slices.Sort(names)
	covered := make([]fact.Coverage, 0, len(names))
	for _, name := range names {
		covered = append(covered, fact.Coverage{
			Source: s.name, Repository: name, Kind: string(s.kind), From: from,
			To: to, Declared: declared,
		})
	}
	return covered
}
