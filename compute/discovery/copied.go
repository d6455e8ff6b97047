package discovery

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// MinCopies is the number of repositories with the same pipeline that counts as copying, and
// makes a template worthwhile. Two may be chance.
const MinCopies = 3

// Copied counts pipelines that are copies of each other.
type Copied struct {
	Repositories int    `json:"repositories"` // with a pipeline, not archived
	Copying      int    `json:"copying"`      // of those, with at least one copied pipeline
	Files        []Copy `json:"files"`        // most copied first
}

// Copy is one pipeline that several repositories have, byte for byte.
type Copy struct {
	Path         string `json:"path"` // the most frequent of its paths
	Repositories int    `json:"repositories"`
}

// Share returns the share of repositories with a copied pipeline; 0 without repositories.
func (c *Copied) Share() float64 {
	if c.Repositories == 0 {
		return 0
	}
	return float64(c.Copying) / float64(c.Repositories)
}

// FindCopiedPipelines compares the hashes of workflow files. A repository counts once for each
// content, whatever its paths.
func FindCopiedPipelines(repositories []fact.Repository) Copied {
	var c Copied
	holders, paths := map[string]int{}, map[string]map[string]int{}
	var hashes [][]string // by repository, without repetition
	for i := range repositories {
		r := &repositories[i]
		var own []string
		for _, path := range slices.Sorted(maps.Keys(r.Pipelines)) {
			hash := r.Pipelines[path]
			if r.Archived || hash == "" {
				continue
			}
			if paths[hash] == nil {
				paths[hash] = map[string]int{}
			}
			paths[hash][path]++
			if !slices.Contains(own, hash) {
				own = append(own, hash)
				holders[hash]++
			}
		}
		if len(own) > 0 {
			hashes = append(hashes, own)
		}
	}
	c.Repositories = len(hashes)
	copied := func(hash string) bool { return holders[hash] >= MinCopies }
	for _, own := range hashes {
		if slices.ContainsFunc(own, copied) {
			c.Copying++
		}
	}
	for _, hash := range slices.Sorted(maps.Keys(holders)) {
		if copied(hash) {
			c.Files = append(c.Files, Copy{Path: mostFrequent(paths[hash]), Repositories: holders[hash]})
		}
	}
	slices.SortStableFunc(c.Files, func(a, b Copy) int {
		return cmp.Or(cmp.Compare(b.Repositories, a.Repositories), cmp.Compare(a.Path, b.Path))
	})
	return c
}

// mostFrequent returns the key with the highest count, the first by name of equal ones.
func mostFrequent(counts map[string]int) string {
	best := ""
	for _, key := range slices.Sorted(maps.Keys(counts)) {
		if best == "" || counts[key] > counts[best] {
			best = key
		}
	}
	return best
}
