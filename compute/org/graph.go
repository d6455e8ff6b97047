package org

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Graph is the commit history of one repository, with its ancestry. Nodes are numbered. A
// parent that was not collected (beyond the boundary of a shallow clone) is absent.
type Graph struct {
	index   map[string]int32
	shas    []string
	parents [][]int32
	author  []time.Time
	// twins holds, by node, the next copy of the same work, in a ring; nil without copies.
	twins    []int32
	first    []int32 // by node: the smallest number in its ring
	hasTwins bool
}

func newGraph(commits []fact.Commit) *Graph {
	if len(commits) == 0 {
		return nil
	}
	g := &Graph{
		index:   make(map[string]int32, len(commits)),
		shas:    make([]string, 0, len(commits)),
		parents: make([][]int32, 0, len(commits)),
		author:  make([]time.Time, 0, len(commits)),
	}
	for i := range commits {
		if _, dup := g.index[commits[i].SHA]; dup {
			continue
		}
		g.index[commits[i].SHA] = int32(len(g.author))
		g.shas = append(g.shas, commits[i].SHA)
		g.author = append(g.author, commits[i].AuthorTime)
		g.parents = append(g.parents, nil)
	}
	for i := range commits {
		n := g.index[commits[i].SHA]
		if g.parents[n] != nil {
			continue
		}
		for _, p := range commits[i].Parents {
			if pn, ok := g.index[p]; ok {
				g.parents[n] = append(g.parents[n], pn)
			}
		}
	}
	g.cutCycles()
	g.findTwins(commits)
	return g
}

// cutCycles removes the parents that lead back to a commit. Git has no cycles, but an export may
// give two commits one ID. Every walk along parents ends then.
func (g *Graph) cutCycles() {
	const open, done = 1, 2 // on the path of the walk; with all ancestors walked
	state := make([]byte, g.Len())
	next := make([]int, g.Len()) // by node: the parent to walk next
	var path []int32
	for start := range state {
		if state[start] == 0 {
			path = append(path, int32(start))
		}
		for len(path) > 0 {
			n := path[len(path)-1]
			state[n] = open
			if next[n] == len(g.parents[n]) {
				state[n], path = done, path[:len(path)-1]
				continue
			}
			switch p := g.parents[n][next[n]]; state[p] {
			case open:
				g.parents[n] = slices.Delete(g.parents[n], next[n], next[n]+1)
			case done:
				next[n]++
			default:
				next[n]++
				path = append(path, p)
			}
		}
	}
}

// Node returns the number of a commit.
func (g *Graph) Node(sha string) (int32, bool) {
	if g == nil || sha == "" {
		return 0, false
	}
	n, ok := g.index[sha]
	return n, ok
}

// Len returns the number of commits.
func (g *Graph) Len() int {
	if g == nil {
		return 0
	}
	return len(g.author)
}

// AuthorTime returns the time when the commit was written.
func (g *Graph) AuthorTime(n int32) time.Time { return g.author[n] }

// IsMerge reports whether the commit has several parents.
func (g *Graph) IsMerge(n int32) bool { return len(g.parents[n]) > 1 }

// Reach marks in seen every commit reachable from n that is not marked yet, and
// calls visit for each. Over all calls with one seen it costs O(commits).
func (g *Graph) Reach(n int32, seen []bool, visit func(int32)) {
	if seen[n] {
		return
	}
	stack := []int32{n}
	seen[n] = true
	for len(stack) > 0 {
		n := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		visit(n)
		for _, p := range g.parents[n] {
			if !seen[p] {
				seen[p] = true
				stack = append(stack, p)
			}
		}
	}
}

// WalkFirstParents calls visit for n and its first parents, newest first, until visit
// returns false.
func (g *Graph) WalkFirstParents(n int32, visit func(int32) bool) {
	for visit(n) && len(g.parents[n]) > 0 {
		n = g.parents[n][0]
	}
}

// Work returns the number that all copies of a commit share.
func (g *Graph) Work(n int32) int32 {
	if !g.hasTwins {
		return n
	}
	return g.first[n]
}

// work identifies a piece of work with its copies.
type work struct {
	author  string
	written int64 // Unix seconds
	subject uint64
}

// findTwins joins commits that are copies of each other: one names the other as the commit it
// was picked from, or author, author time (to the second) and subject are the same. A commit
// and its ancestor are not copies: tools that commit several times a second give both the same
// subject.
func (g *Graph) findTwins(commits []fact.Commit) {
	join := func(a, b int32) {
		if !g.hasTwins {
			g.hasTwins = true
			g.twins, g.first = make([]int32, g.Len()), make([]int32, g.Len())
			for n := range g.twins {
				g.twins[n], g.first[n] = int32(n), int32(n)
			}
		}
		if g.first[a] == g.first[b] {
			return
		}
		low := min(g.first[a], g.first[b])
		g.twins[a], g.twins[b] = g.twins[b], g.twins[a] // two rings become one
		for n := g.twins[a]; ; n = g.twins[n] {
			g.first[n] = low
			if n == a {
				break
			}
		}
	}
	same := map[work]int32{}
	for i := range commits {
		c := &commits[i]
		n := g.index[c.SHA]
		if c.PickedFrom != "" {
			if from, ok := g.index[c.PickedFrom]; ok && from != n {
				join(n, from)
			}
		}
		if c.Subject == 0 || c.Author == "" || c.AuthorTime.IsZero() {
			continue
		}
		key := work{c.Author, c.AuthorTime.Unix(), c.Subject}
		other, seen := same[key]
		if !seen {
			same[key] = n
		} else if other != n && !g.isNearAncestor(n, other) && !g.isNearAncestor(other, n) {
			join(n, other)
		}
	}
}

// isNearAncestor reports whether ancestor is one of the nearest ancestors of n.
func (g *Graph) isNearAncestor(n, ancestor int32) bool {
	const far = 64 // commits: those of one second are next to each other
	queue := []int32{n}
	for at := 0; at < len(queue) && at < far; at++ {
		for _, p := range g.parents[queue[at]] {
			if p == ancestor {
				return true
			}
			if !slices.Contains(queue, p) {
				queue = append(queue, p)
			}
		}
	}
	return false
}

// listTwins returns the other copies of a commit.
func (g *Graph) listTwins(n int32) []int32 {
	if !g.hasTwins {
		return nil
	}
	var list []int32
	for t := g.twins[n]; t != n; t = g.twins[t] {
		list = append(list, t)
	}
	return list
}

// AppendSHAs appends the hashes of all commits to list.
func (g *Graph) AppendSHAs(list []string) []string {
	if g == nil {
		return list
	}
	return append(list, g.shas...)
}
