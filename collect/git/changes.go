package git

import (
	"slices"
	"sort"
	"strconv"
)

// maxDepth bounds how deep branches merged into branches are opened up.
const maxDepth = 64

// merged is one change: the commit that put it on a branch and the commits it
// brought, oldest first. A plain commit brought itself.
type merged struct {
	commit  int32
	members []int32
	// own are those of the members that no request inside it brought; nil: all.
	own []int32
	// request: it has taken the number that its message names.
	request bool
	branch  string // merged into; "" for the branch that counts
}

// work returns the commits that tell who did the change and when it began: its
// own, or all of them where it has none.
func (m *merged) work(h *history) []int32 {
	for _, s := range m.own {
		if len(h.parents(s)) < 2 {
			return m.own
		}
	}
	return m.members
}

// walker attributes every commit of a branch to the change that brought it. Each
// commit is visited once: from the oldest first parent to the newest, whatever
// a merge reaches that nothing older reached is what it brought.
type walker struct {
	*history
	home   home
	seen   []bool
	stack  []int32
	out    []merged
	taken  map[string]bool // numbers of requests that a change has
	limit  int             // no request has a larger number; 0: unknown
	opened int             // merges without a request that brought requests
	inside int             // changes found inside them
	nested int             // requests found inside requests
	empty  int             // merges that brought nothing
	apart  int             // commits and merges without a request outside of the branch
}

func newWalker(h *history, home home) *walker {
	return &walker{history: h, home: home, seen: make([]bool, len(h.nodes)), taken: map[string]bool{}}
}

// changes returns the changes of a branch, oldest first, and the walk's counts.
func (h *history) changes(tip int32, home home) *walker {
	w := newWalker(h, home)
	chain := w.chain(tip, w.isSeen)
	for _, c := range chain {
		if n, err := strconv.Atoi(w.messages[c].request); err == nil {
			w.limit = max(w.limit, n)
		}
	}
	w.branch(chain, 0, "")
	return w
}

// aside adds the requests of another branch, or of a tag's history, that the walker
// has not met. A commit without a request is a change on the branch that counts
// only: tags often hold a commit of their own, which a build wrote.
func (w *walker) aside(tip int32, name string) {
	before := len(w.out)
	w.branch(w.chain(tip, w.isSeen), 1, name)
	others := w.out[before:]
	kept := slices.DeleteFunc(others, func(m merged) bool { return !m.request })
	w.apart += len(others) - len(kept)
	w.out = w.out[:before+len(kept)]
}

func (w *walker) isSeen(slot int32) bool { return w.seen[slot] }

// branch walks a chain of first parents, newest first as it is given, of a branch
// of that name.
func (w *walker) branch(chain []int32, depth int, name string) {
	for _, c := range slices.Backward(chain) {
		w.seen[c] = true
		if parents := w.parents(c); len(parents) >= 2 {
			w.merge(c, parents[1:], depth, name)
			continue
		}
		w.out = append(w.out, merged{commit: c, members: []int32{c}, request: w.take(c), branch: name})
	}
}

// take reports whether the request that a commit names is its own. The first one
// that names it has it.
func (w *walker) take(c int32) bool {
	number := w.messages[c].request
	if number == "" || w.taken[number] {
		return false
	}
	w.taken[number] = true
	return true
}

// merge attributes what the sides of one merge commit brought, and returns it. A
// merge that names no request but whose side holds requests (a maintenance branch
// merged forward, a pull before a push), or is a branch that carries the work of
// others, is opened up: what it brought are the changes. In a request from a
// branch of this repository the requests merged into that branch are changes of
// their own, beside the one that carries them.
func (w *walker) merge(c int32, sides []int32, depth int, name string) []int32 {
	var members, own []int32
	opened, looked, before := false, false, len(w.out)
	request := w.messages[c].request
	o := w.origins[c]
	whose, _ := w.home.settle(&o)
	took := w.take(c)
	for _, side := range sides {
		chain := w.chain(side, w.isSeen)
		switch {
		case depth >= maxDepth || !w.opens(request, o, whose, chain):
			from := len(members)
			members = w.reach(side, members)
			own = append(own, members[from:]...)
		case request == "":
			w.branch(chain, depth+1, name)
			opened = true
		default:
			looked = true
			members, own = w.look(chain, depth+1, look{o.head, w.home.carries(o.head)}, members, own)
		}
	}
	w.order(members)
	if found := len(w.out) - before; looked && found > 0 {
		w.nested += found
		w.order(own)
		own = append([]int32{}, own...) // nil would mean all
	} else {
		own = nil
	}
	switch {
	case len(members) > 0 || request != "":
		w.out = append(w.out, merged{commit: c, members: members, own: own, request: took, branch: name})
	case opened:
		w.opened++
		if depth == 0 {
			w.inside += len(w.out) - before
		}
	default:
		w.empty++
	}
	return members
}

func (w *walker) order(slots []int32) {
	sort.Slice(slots, func(i, j int) bool { return w.nodes[slots[i]].order > w.nodes[slots[j]].order })
}

// opens reports whether the changes inside a side of a merge are to be found.
// Numbers that another repository gave are no requests of this one: those in a
// request from a fork, and those that contradict the numbers of this repository.
func (w *walker) opens(request string, o origin, whose kinship, chain []int32) bool {
	carries := whose != foreign && w.home.carries(o.head)
	switch {
	case request == "" && whose != foreign:
		return len(chain) > 0 && carries || slices.ContainsFunc(chain, func(s int32) bool { return w.messages[s].request != "" })
	case request == "":
		return w.holds(chain, true)
	case whose == foreign:
		return slices.ContainsFunc(chain, func(s int32) bool { return w.origins[s].rollup })
	}
	return w.holds(chain, carries)
}

// mostDoubtful is the part of a branch's merges, one in that many, that may have a
// number this repository did not give: more of them are another repository's.
const mostDoubtful = 10

// holds reports whether a chain holds requests of this repository: merges, and
// squash merges where plain commits count. A plain commit that ends in "(#12)" may
// as well name an issue.
func (w *walker) holds(chain []int32, plain bool) bool {
	good, doubtful := 0, 0
	for _, s := range chain {
		switch merge := len(w.parents(s)) > 1; {
		case w.messages[s].request == "" || !merge && !plain:
		case w.plausible(s):
			good++
		case merge:
			doubtful++
		}
	}
	return good > 0 && doubtful*mostDoubtful <= good+doubtful
}

// plausible reports whether the request that a commit names can be one of this
// repository that no change has yet.
func (w *walker) plausible(s int32) bool {
	number := w.messages[s].request
	if number == "" || w.taken[number] {
		return false
	}
	if n, err := strconv.Atoi(number); err == nil && w.limit > 0 && n > w.limit {
		return false
	}
	project := w.origins[s].project
	return project == "" || !w.home.other(project)
}

// look is how the branch of a request is searched for requests.
type look struct {
	head  string // name of the branch
	plain bool   // plain commits may be requests, too: squash merges
}

// look finds the requests that were merged into the branch of a request, and
// appends all of its commits to members and those of no request inside to own.
func (w *walker) look(chain []int32, depth int, l look, members, own []int32) (all, rest []int32) {
	for _, c := range slices.Backward(chain) {
		w.seen[c] = true
		members = append(members, c)
		parents := w.parents(c)
		request := (len(parents) > 1 || l.plain) && w.plausible(c)
		switch {
		case request && len(parents) < 2:
			w.out = append(w.out, merged{commit: c, members: []int32{c}, request: w.take(c), branch: w.baseOf(c, l.head)})
		case request:
			members = append(members, w.merge(c, parents[1:], depth, w.baseOf(c, l.head))...)
		case len(parents) < 2:
			own = append(own, c)
		default:
			own = append(own, c)
			for _, side := range parents[1:] {
				inner := w.chain(side, w.isSeen)
				if depth < maxDepth && w.holds(inner, l.plain) {
					members, own = w.look(inner, depth+1, l, members, own)
					continue
				}
				from := len(members)
				members = w.reach(side, members)
				own = append(own, members[from:]...)
			}
		}
	}
	return members, own
}

// baseOf is the branch that a request inside another was merged into.
func (w *walker) baseOf(c int32, head string) string {
	base := w.origins[c].base
	if base == "" {
		base = head
	}
	if base == w.home.branch {
		return ""
	}
	return base
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
