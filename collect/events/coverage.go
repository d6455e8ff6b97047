package events

import (
	"maps"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// span is the time from the first to the last record, with their repositories.
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

// listCoverage returns the coverage of the file: all its repositories, over the whole span of
// its records or the declared span. A repository without a deployment in a week with others had
// none. The span ends a second after the last record, so that it contains the record. A file
// without a row is complete if both ends of the span are declared.
func (s *Source) listCoverage(sp *span, w collect.Window) []fact.Coverage {
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
	covered := make([]fact.Coverage, 0, len(sp.repositories))
	for _, name := range slices.Sorted(maps.Keys(sp.repositories)) {
		covered = append(covered, fact.Coverage{
			Source: s.name, Repository: name, Kind: string(s.kind), From: from,
			To: to, Declared: declared, Ended: !s.o.CoversTo.IsZero(),
		})
	}
	return covered
}
