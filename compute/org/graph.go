package org

import (
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Graph is the commit history of one repository, for questions of ancestry.
// Nodes are numbered; a parent that was not collected (a shallow clone's
// boundary) is absent.
type Graph struct {
	index   map[string]int32
	parents [][]int32
	author  []time.Time
}

func newGraph(commits []fact.Commit) *Graph {
	if len(commits) == 0 {
		return nil
	}
	g := &Graph{
		index:   make(map[string]int32, len(commits)),
		parents: make([][]int32, 0, len(commits)),
		author:  make([]time.Time, 0, len(commits)),
	}
	for i := range commits {
		if _, dup := g.index[commits[i].SHA]; dup {
			continue
		}
		g.index[commits[i].SHA] = int32(len(g.author))
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
	return g
}

// Node returns the number of a commit.
func (g *Graph) Node(sha string) (int32, bool) {
	if g == nil || sha == "" {
		return 0, false
	}
	n, ok := g.index[sha]
	return n, ok
}

// Len is the number of commits.
func (g *Graph) Len() int {
	if g == nil {
		return 0
	}
	return len(g.author)
}

// AuthorTime is when the commit was written.
func (g *Graph) AuthorTime(n int32) time.Time { return g.author[n] }

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
