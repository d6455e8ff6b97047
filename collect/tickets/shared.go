package tickets

import (
	"context"
	"sync"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/tabular"
)

// shared finds the IDs that several exports have. The first source that asks reads all of them
// once, for the IDs only.
type shared struct {
	sources []*Source

	mu       sync.Mutex
	ids      *tabular.Identities
	repeated tabular.Repeated
	err      error
}

// Share tells all exports of tickets of each other. Those of different systems are among them,
// because package merge reports an ID that two systems use. It does nothing for a single one.
func Share(sources []*Source) {
	if len(sources) < 2 {
		return
	}
	s := &shared{sources: sources}
	for _, source := range sources {
		source.shared = s
	}
}

// find returns the hashes of the IDs of several rows. A file that cannot be read is not an error
// here: its own source reports it.
func (s *shared) find(ctx context.Context, w collect.Window) (*tabular.Identities, tabular.Repeated, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids != nil {
		return s.ids, s.repeated, s.err
	}
	s.ids = tabular.NewIdentities(s.sources[0].options.Identities, s.sources[0].options.Bits)
	defer s.ids.Close()
	for _, source := range s.sources {
		x := source.newReader(s.ids, nil)
		x.note = s.ids.Add
		if _, err := x.collect(ctx, w); err != nil && ctx.Err() != nil {
			s.err = ctx.Err()
			return s.ids, nil, s.err
		}
	}
	s.repeated, s.err = s.ids.ListRepeated()
	return s.ids, s.repeated, s.err
}
