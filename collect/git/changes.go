package git

import (
	"slices"
	"sort"
)

// maxDepth bounds how deep branches merged into branches are opened up.
const maxDepth = 64

// merged is one change: the commit that put it on the branch and the commits it
// brought, oldest first. A plain commit brought itself.
type merged struct {
	commit  int32
	members []int32
}

// walker attributes every commit of a branch to the change that brought it. Each
// commit is visited once: from the oldest first parent to the newest, whatever
// a merge reaches that nothing older reached is what it brought.
type walker struct {
	*history
	seen   []bool
	stack  []int32
	out    []merged
	opened int // merges without a request that brought requests
	inside int // changes found inside them
	empty  int // merges that brought nothing
}

// changes returns the changes of a branch, oldest first, and the walk's counts.
func (h *history) changes(tip int32) *walker {
	w := &walker{history: h, seen: make([]bool, len(h.nodes))}
	w.branch(h.chain(tip, w.isSeen), 0)
	return w
}

func (w *walker) isSeen(slot int32) bool { return w.seen[slot] }

// branch walks a chain of first parents, newest first as it is given.
func (w *walker) branch(chain []int32, depth int) {
	for _, c := range slices.Backward(chain) {
		w.seen[c] = true
		parents := w.parents(c)
		if len(parents) < 2 {
			w.out = append(w.out, merged{c, []int32{c}})
			continue
		}
		w.merge(c, parents[1:], depth)
	}
}

// merge attributes what the sides of one merge commit brought. A merge that
// names no request but whose side holds requests (a maintenance branch merged
// forward, a pull before a push) is opened up: the requests are the changes.
// A request is never opened up, because its branch may hold merges that are
// numbered by another repository.
func (w *walker) merge(c int32, sides []int32, depth int) {
	var members []int32
	opened, before := false, len(w.out)
	request := w.messages[c].request
	for _, side := range sides {
		if request == "" && depth < maxDepth {
			chain := w.chain(side, w.isSeen)
			if slices.ContainsFunc(chain, func(s int32) bool { return w.messages[s].request != "" }) {
				w.branch(chain, depth+1)
				opened = true
				continue
			}
		}
		members = w.reach(side, members)
	}
	sort.Slice(members, func(i, j int) bool { return w.nodes[members[i]].order > w.nodes[members[j]].order })
	switch {
	case len(members) > 0 || request != "":
		w.out = append(w.out, merged{c, members})
	case opened:
		w.opened++
		if depth == 0 {
			w.inside += len(w.out) - before
		}
	default:
		w.empty++
	}
}

// reach appends every commit that is reachable from one and not seen yet.
func (w *walker) reach(from int32, members []int32) []int32 {
	w.stack = append(w.stack[:0], from)
	for len(w.stack) > 0 {
		at := w.stack[len(w.stack)-1]
		w.stack = w.stack[:len(w.stack)-1]
		if w.seen[at] {
			continue
		}
		w.seen[at] = true
		members = append(members, at)
		w.stack = append(w.stack, w.parents(at)...)
	}
	return members
}
