package merge

import (
	"fmt"
	"testing"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// benchmarkDeployments are n roll-outs of one file, in order.
func benchmarkDeployments(n int) fact.Events {
	e := fact.Events{Imports: []fact.Import{{Source: "d", Kind: "deployments", File: "d.csv", Read: n, Used: n}}}
	for i := range n {
		at := time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(i) * time.Minute)
		e.Deployments = append(e.Deployments, fact.Deployment{
			Source: "d", Repository: fmt.Sprint("acme/", i%100), ID: fmt.Sprint(i), Environment: "production", Commit: fmt.Sprint("c", i),
			Created: at, Statuses: []fact.Status{{State: fact.Pending, At: at}, {State: fact.Success, At: at.Add(time.Minute)}},
		})
	}
	return e
}

// BenchmarkMerge is an organisation's year of roll-outs: one file without repeats,
// as most are, the same file twice, and what a forge or clone gives.
func BenchmarkMerge(b *testing.B) {
	e := benchmarkDeployments(100_000)
	for name, parts := range map[string][]SourceFacts{
		"one file":   {{Name: "d", Events: e}},
		"file twice": {{Name: "d", Events: e}, {Name: "d", Events: e}},
		"a forge":    {{Name: "d", Origin: Forge, Events: e}},
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for range b.N {
				Merge(parts, prod, nil)
			}
		})
	}
}
