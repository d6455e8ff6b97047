package org

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// TestGraphHasNoCycle holds that walks end, whatever the parents of an export are, and that a
// history without a cycle keeps all its parents.
func TestGraphHasNoCycle(t *testing.T) {
	for seed := range uint64(300) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			random := rand.New(rand.NewPCG(seed, 1))
			size, sound := 1+random.IntN(12), seed%2 == 0
			commits := make([]fact.Commit, size)
			edges := 0
			for i := range commits {
				commits[i].SHA = fmt.Sprint(i)
				for range random.IntN(3) {
					p := random.IntN(size)
					if sound {
						if i == 0 {
							break
						}
						p = random.IntN(i)
					}
					commits[i].Parents = append(commits[i].Parents, fmt.Sprint(p))
					edges++
				}
			}
			g := newGraph(commits)
			kept := 0
			for n := range int32(size) {
				kept += len(g.parents[n])
				steps := 0
				g.WalkFirstParents(n, func(int32) bool { steps++; return steps <= size })
				if steps > size {
					t.Fatalf("the walk from %d does not end: %v", n, g.parents)
				}
			}
			if sound && kept != edges {
				t.Errorf("%d of %d parents are kept", kept, edges)
			}
		})
	}
}
