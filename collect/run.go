package collect

import (
	"context"
	"sync"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Collected has the facts of one source. Beside an error, Events has the facts that could be
// read, and at least one gap.
type Collected struct {
	Source string
	Events fact.Events
	Err    error
}

// ReadSources collects from every source, at most workers at a time, and returns the results in
// the order of sources. A source that fails leaves a gap over the window: the only error of
// ReadSources is the end of the context.
func ReadSources(ctx context.Context, sources []Source, w Window, workers int) ([]Collected, error) {
	results := make([]Collected, len(sources))
	turns := make(chan struct{}, max(workers, 1))
	var wait sync.WaitGroup
	for i, s := range sources {
		wait.Go(func() {
			select {
			case turns <- struct{}{}:
				defer func() { <-turns }()
			case <-ctx.Done():
			}
			// A turn may come free at the moment the context ends, and select takes either.
			if ctx.Err() != nil {
				return
			}
			results[i] = collectFrom(ctx, s, w)
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return results, nil
}

// collectFrom collects from a source and removes credentials from its facts. A failure leaves
// at least a gap, so that the pages show it. They do not show the error itself, which may name
// paths and hosts of this machine.
func collectFrom(ctx context.Context, s Source, w Window) Collected {
	r := Collected{Source: s.Name()}
	r.Events, r.Err = s.Collect(ctx, w)
	r.Events = WithoutSecrets(r.Source, r.Events)
	if r.Err != nil && len(r.Events.Gaps) == 0 {
		r.Events.Gaps = []fact.Gap{{
			Source: r.Source, From: w.From, To: w.To,
			Reason: "the source could not be read", Next: "see the log of the run",
		}}
	}
	return r
}
