package org

import (
	"cmp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// history holds the commits of one repository as facts, by their node in its graph.
type history struct {
	graph   *Graph
	commits []fact.Commit
	nodes   []int32 // node → index in commits; nil before the first use
}

// findCommit returns the fact of a node.
func (h *history) findCommit(n int32) *fact.Commit {
	if h.nodes == nil {
		h.nodes = make([]int32, h.graph.Len())
		for i := range slices.Backward(h.commits) {
			h.nodes[h.graph.index[h.commits[i].SHA]] = int32(i) // the first report counts
		}
	}
	return &h.commits[h.nodes[n]]
}

// newBareChange returns the change of a commit without a request, on a branch ("" for the
// default one).
func (h *history) newBareChange(n int32, branch string) fact.Change {
	c := h.findCommit(n)
	f := fact.Change{
		Repository: c.Repository, ID: c.SHA, Author: c.Author, Branch: branch,
		FirstCommit: c.AuthorTime, Merged: c.CommitTime,
		MergeCommit: c.SHA, Commits: []string{c.SHA}, Reverts: c.Reverts, Paths: c.Paths,
	}
	if c.Author != "" {
		f.Authors = []string{c.Author}
	}
	return f
}

// newMergeChange returns the change of a merge commit without a request. It contains the
// commits of the merged sides that are new, oldest first.
func (h *history) newMergeChange(n int32, brought []int32) fact.Change {
	f := h.newBareChange(n, "")
	f.Commits, f.Authors, f.Paths = nil, nil, nil
	known := true // the touched files of every commit are known
	for _, b := range brought {
		c := h.findCommit(b)
		f.Commits = append(f.Commits, c.SHA)
		if c.AuthorTime.Before(f.FirstCommit) {
			f.FirstCommit = c.AuthorTime
		}
		if c.Author != "" && !slices.Contains(f.Authors, c.Author) {
			f.Authors = append(f.Authors, c.Author)
		}
		if f.Reverts == "" {
			f.Reverts = c.Reverts
		}
		known = known && (c.Paths != nil || h.graph.IsMerge(b))
		f.Paths = append(f.Paths, c.Paths...)
	}
	if len(f.Authors) > 0 {
		f.Author = f.Authors[0]
	}
	if !known {
		f.Paths = nil
	}
	return f
}

// findSourcesOfBare finds the sources whose changes include commits without a request: clones
// and forges, which read both together. An export of commits does not include them.
func findSourcesOfBare(e *fact.Events) map[string]bool {
	tells := map[string]bool{}
	for _, s := range e.Syncs {
		tells[s.Source] = true
	}
	type reading struct{ source, file string }
	changes := map[reading]bool{}
	for _, im := range e.Imports {
		if im.Kind == "changes" {
			changes[reading{im.Source, im.File}] = true
		}
	}
	for _, im := range e.Imports {
		if im.Kind == "commits" && changes[reading{im.Source, im.File}] {
			tells[im.Source] = true
		}
	}
	return tells
}

// findExportedOnly returns the repositories whose commits come from exports only. No source of
// their commits also lists commits without a request as changes.
func findExportedOnly(e *fact.Events) map[string]bool {
	tells := findSourcesOfBare(e)
	only := map[string]bool{}
	for _, told := range []bool{false, true} {
		for _, c := range e.Coverage {
			if c.Kind == "commits" && tells[c.Source] == told {
				only[c.Repository] = !told
			}
		}
	}
	return only
}

// addBareChanges returns the changes and those found in exports of commits: every commit of the
// default branch without a request is a change, as in a clone.
func (r *resolver) addBareChanges(e *fact.Events) []fact.Change {
	changes := e.Changes
	only := findExportedOnly(e)
	if len(only) == 0 {
		return changes
	}
	requests := map[string][]*fact.Change{}
	for i := range e.Changes {
		c := &e.Changes[i]
		requests[c.Repository] = append(requests[c.Repository], c)
	}
	deployed := map[string][]string{}
	for i := range e.Deployments {
		if d := &e.Deployments[i]; only[d.Repository] && !d.Finished().IsZero() {
			deployed[d.Repository] = append(deployed[d.Repository], d.Commit)
		}
	}
	for _, repo := range sortedKeys(only) {
		if h := r.histories[repo]; only[repo] && h != nil {
			t := trunkWalk{history: h, requests: requests[repo], trunk: r.trunks[repo]}
			changes = append(slices.Clip(changes), t.findBare(deployed[repo])...)
		}
	}
	return changes
}

// trunkWalk finds the commits of a repository's default branch that belong to no request.
type trunkWalk struct {
	*history
	requests []*fact.Change
	trunk    string
	owned    []bool         // by node: it belongs to a request
	branches map[int32]bool // heads of requests, which may be deployed before they are merged
}

func (t *trunkWalk) findBare(deployed []string) []fact.Change {
	t.owned = make([]bool, t.graph.Len())
	var tips []int32
	t.branches = map[int32]bool{}
	trunk := t.trunk
	if trunk == "" {
		bases := map[string]int{}
		for _, c := range t.requests {
			if c.Branch != "" && !c.Merged.IsZero() {
				bases[c.Branch]++
			}
		}
		trunk = guessTrunk(bases)
	}
	for _, c := range t.requests {
		if n, ok := t.graph.Node(c.Head); ok && c.Head != c.MergeCommit {
			t.branches[n] = true
		}
		if c.Merged.IsZero() {
			continue
		}
		for _, sha := range append([]string{c.Head}, c.Commits...) {
			if n, ok := t.graph.Node(sha); ok {
				t.owned[n] = true
			}
		}
		if n, ok := t.graph.Node(c.MergeCommit); ok {
			t.owned[n] = true
			t.markRebased(n, c)
			if c.Branch == "" || c.Branch == trunk {
				tips = append(tips, n)
			}
		}
	}
	for _, sha := range deployed {
		if n, ok := t.graph.Node(sha); ok && !t.branches[n] {
			tips = append(tips, n)
		}
	}
	return t.listChanges(t.findTip(tips))
}

// sameMerge is the largest difference in commit time within one rebase: it writes all its
// commits within seconds.
const sameMerge = time.Minute

// markRebased marks the commits that a rebase-merge wrote before its last one. The commits that
// the request names are those of its own branch.
func (t *trunkWalk) markRebased(n int32, c *fact.Change) {
	at := t.findCommit(n).CommitTime
	for left := len(c.Commits) - 1; left > 0 && !t.graph.IsMerge(n) && len(t.graph.parents[n]) > 0; left-- {
		n = t.graph.parents[n][0]
		if t.owned[n] || t.graph.IsMerge(n) || at.Sub(t.findCommit(n).CommitTime).Abs() > sameMerge {
			return
		}
		t.owned[n] = true
	}
}

// findTip returns the newest commit of the default branch: the tip with the most tips among its
// first parents. If the history ends in one commit that follows this tip, it returns that
// commit. It returns −1 without any.
func (t *trunkWalk) findTip(tips []int32) int32 {
	size := t.graph.Len()
	isTip, above := make([]bool, size), make([]int32, size)
	for _, n := range tips {
		isTip[n] = true
	}
	var chain []int32
	count := func(n int32) int32 {
		chain = chain[:0]
		t.graph.WalkFirstParents(n, func(n int32) bool {
			chain = append(chain, n)
			return above[n] == 0
		})
		for _, n := range slices.Backward(chain) {
			if above[n] != 0 {
				continue
			}
			above[n] = 1 // marks n as visited
			if isTip[n] {
				above[n]++
			}
			if p := t.graph.parents[n]; len(p) > 0 {
				above[n] += above[p[0]] - 1
			}
		}
		return above[n]
	}
	best := int32(-1)
	for _, n := range tips {
		if best < 0 || count(n) > above[best] || above[n] == above[best] && t.compareCommits(n, best) > 0 {
			count(n)
			best = n
		}
	}
	if end := t.findOnlyEnd(); end >= 0 && !t.branches[end] && (best < 0 || t.followsFirstParents(end, best)) {
		return end
	}
	return best
}

func (t *trunkWalk) compareCommits(a, b int32) int {
	x, y := t.findCommit(a), t.findCommit(b)
	return cmp.Or(x.CommitTime.Compare(y.CommitTime), cmp.Compare(x.SHA, y.SHA))
}

// findOnlyEnd returns the only commit without a child, or −1 if there are several.
func (t *trunkWalk) findOnlyEnd() int32 {
	child := make([]bool, t.graph.Len())
	for _, parents := range t.graph.parents {
		for _, p := range parents {
			child[p] = true
		}
	}
	end := int32(-1)
	for n := range child {
		if !child[n] {
			if end >= 0 {
				return -1
			}
			end = int32(n)
		}
	}
	return end
}

// followsFirstParents reports whether below is n or can be reached from n by first parents.
func (t *trunkWalk) followsFirstParents(n, below int32) (found bool) {
	t.graph.WalkFirstParents(n, func(n int32) bool {
		found = n == below
		return !found
	})
	return found
}

// listChanges returns the changes of a branch that belong to no request, oldest first.
func (t *trunkWalk) listChanges(tip int32) []fact.Change {
	if tip < 0 {
		return nil
	}
	var chain []int32
	t.graph.WalkFirstParents(tip, func(n int32) bool {
		chain = append(chain, n)
		return true
	})
	seen := make([]bool, t.graph.Len())
	var out []fact.Change
	for _, n := range slices.Backward(chain) {
		seen[n] = true
		if !t.graph.IsMerge(n) {
			if !t.owned[n] {
				out = append(out, t.newBareChange(n, ""))
			}
			continue
		}
		var brought []int32
		for _, side := range t.graph.parents[n][1:] {
			t.graph.Reach(side, seen, func(b int32) {
				if !t.owned[b] {
					brought = append(brought, b)
				}
			})
		}
		if t.owned[n] || len(brought) == 0 {
			continue
		}
		slices.SortFunc(brought, t.compareCommits)
		out = append(out, t.newMergeChange(n, brought))
	}
	return out
}
