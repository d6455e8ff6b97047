package collect

import (
	"context"
	"sync"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Result is what one source gave. Beside an error Events holds what could be
// read, and at least one gap.
type Result struct {
	Source string
	Events fact.Events
	Err    error
}

// Run collects from every source, at most workers at a time, and returns the
// results in the order of sources, whatever order they came in. A source that
// fails leaves a gap over the window: only the end of the context is an error
// of Run.
func Run(ctx context.Context, sources []Source, w Window, workers int) ([]Result, error) {
	results := make([]Result, len(sources))
	turns := make(chan struct{}, max(workers, 1))
	var wait sync.WaitGroup
	for i, s := range sources {
		wait.Go(func() {
			select {
			case turns <- struct{}{}:
				defer func() { <-turns }()
			case <-ctx.Done():
			}
			// A turn may come free in the moment the context ends, and select
			// takes either.
			if ctx.Err() != nil {
				return
			}
			results[i] = one(ctx, s, w)
		})
	}
	wait.Wait()
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	return results, nil
}

// one collects from a source, takes credentials out of what it gave, and sees to it
// that a failure shows on the pages.
// The error itself does not: it may name paths and hosts of this machine.
func one(ctx context.Context, s Source, w Window) Result {
	r := Result{Source: s.Name()}
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
