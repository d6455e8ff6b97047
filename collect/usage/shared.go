package usage

import (
	"context"
	"sync"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// shared finds the rows that the exports of one system have in common. The first source that
// asks reads all of them once, for the identities only.
type shared struct {
	sources []*Source

	mu       sync.Mutex
	ids      *tabular.Identities
	repeated tabular.Repeated
	err      error
}

// Share tells the sources of one system, with exports that may overlap, of each other. It does
// nothing for a single source.
func Share(sources []*Source) {
	if len(sources) < 2 {
		return
	}
	s := &shared{sources: sources}
	for _, source := range sources {
		source.shared = s
	}
}

// find returns the hashes of the rows that several exports, or several lines of one, have. A
// file that cannot be read is not an error here: its own source reports it.
func (s *shared) find(ctx context.Context, w collect.Window) (*tabular.Identities, tabular.Repeated, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids != nil {
		return s.ids, s.repeated, s.err
	}
	s.ids = tabular.NewIdentities(s.sources[0].o.Identities, s.sources[0].o.Bits)
	defer s.ids.Close()
	for _, source := range s.sources {
		b := source.newReading(s.ids, nil)
		b.note = s.ids.Add
		if _, err := b.collect(ctx, w); err != nil && ctx.Err() != nil {
			s.err = ctx.Err()
			return s.ids, nil, s.err
		}
	}
	s.repeated, s.err = s.ids.ListRepeated()
	return s.ids, s.repeated, s.err
}
