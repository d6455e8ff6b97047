package dora

import "github.com/ip3dp/ip3dp/compute/org"

// ancestry follows the commit graph of a service's repository. It finds the commits that are in
// production and the changes that a deployed commit completes.
type ancestry struct {
	graph   *org.Graph
	changes []org.Change
	reached []bool // by commit
	inUse   []bool // by piece of work: a commit or a copy of it is reached
	// completes lists, by commit, the changes that reach production with exactly this commit:
	// their merge commit, and the head of the request's branch for teams that deploy before
	// they merge.
	completes changeLists
	// finishes lists the same by piece of work: a copy of a merge commit counts for the whole
	// change.
	finishes changeLists
	// brings lists, by piece of work, the changes that contain it. missing counts, by change,
	// the pieces that are not in production.
	brings  changeLists
	missing []int32
}

// changeLists holds one short list of changes per number: the list of n begins with entry
// head[n]−1.
type changeLists struct {
	head    []int32
	entries []listEntry
}

type listEntry struct{ change, next int32 }

func newLists(n int) changeLists { return changeLists{head: make([]int32, n)} }

func (l *changeLists) add(n int32, change int) {
	for e := l.head[n]; e > 0; e = l.entries[e-1].next {
		if l.entries[e-1].change == int32(change) {
			return
		}
	}
	l.entries = append(l.entries, listEntry{int32(change), l.head[n]})
	l.head[n] = int32(len(l.entries))
}

func (l *changeLists) forEach(n int32, visit func(change int)) {
	for e := l.head[n]; e > 0; e = l.entries[e-1].next {
		visit(int(l.entries[e-1].change))
	}
}

// newAncestry indexes the merged changes of a service; the first one has index first.
func newAncestry(s *org.Service, first int) *ancestry {
	n := s.Graph.Len()
	h := &ancestry{
		graph: s.Graph, changes: s.Changes, reached: make([]bool, n), inUse: make([]bool, n),
		completes: newLists(n), finishes: newLists(n), brings: newLists(n), missing: make([]int32, len(s.Changes)),
	}
	for i := first; i < len(s.Changes); i++ {
		h.indexChange(i)
	}
	return h
}

func (h *ancestry) indexChange(i int) {
	c := &h.changes[i]
	if n, ok := h.graph.Node(c.Head); ok {
		h.completes.add(n, i)
	}
	if n, ok := h.graph.Node(c.MergeCommit); ok {
		h.completes.add(n, i)
		if h.graph.IsMerge(n) || c.Squashed && !c.Rebased || len(c.Commits) <= 1 {
			h.finishes.add(h.graph.Work(n), i)
		}
	}
	if c.Carrier {
		return
	}
	before := len(h.brings.entries)
	for _, sha := range c.Own {
		n, ok := h.graph.Node(sha)
		if !ok {
			h.missing[i] = -1 // never complete by its pieces, because some are missing
			return
		}
		h.brings.add(h.graph.Work(n), i)
	}
	h.missing[i] = int32(len(h.brings.entries) - before)
}

// hasChange reports whether the graph contains a commit of the change.
func (h *ancestry) hasChange(c *org.Change) bool {
	if _, ok := h.graph.Node(c.MergeCommit); ok {
		return true
	}
	for _, sha := range c.Own {
		if _, ok := h.graph.Node(sha); ok {
			return true
		}
	}
	return false
}

// walkNew visits every commit that no earlier delivery reached and calls ship for each change
// that is now in production. It returns the number of new commits.
func (h *ancestry) walkNew(n int32, ship func(int)) (commits int) {
	h.graph.Reach(n, h.reached, func(n int32) {
		commits++
		h.completes.forEach(n, ship)
		work := h.graph.Work(n)
		if h.inUse[work] {
			return
		}
		h.inUse[work] = true
		h.finishes.forEach(work, ship)
		h.brings.forEach(work, func(i int) {
			if h.missing[i]--; h.missing[i] == 0 {
				ship(i)
			}
		})
	})
	return commits
}

// isOnDeployedBranch reports whether production contains a commit that the base branch of a
// change received after it left the default branch. trunk marks the commits of the default
// branch.
func (h *ancestry) isOnDeployedBranch(c *org.Change, trunk []bool) bool {
	n, ok := h.graph.Node(c.MergeCommit)
	deployed := false
	if ok {
		h.graph.WalkFirstParents(n, func(n int32) bool {
			deployed = !trunk[n] && h.reached[n]
			return !deployed && !trunk[n]
		})
	}
	return deployed
}

// markTrunk marks the commits of the default branch: the merge commits of its changes and all
// their first parents.
func (h *ancestry) markTrunk() []bool {
	on := make([]bool, h.graph.Len())
	for i := range h.changes {
		c := &h.changes[i]
		if c.Aside || c.Merged.IsZero() {
			continue
		}
		if n, ok := h.graph.Node(c.MergeCommit); ok {
			h.graph.WalkFirstParents(n, func(n int32) bool {
				was := on[n]
				on[n] = true
				return !was
			})
		}
	}
	return on
}
