package git

import (
	"cmp"
	"slices"
	"strconv"
)

// maxDepth limits how deep the walk opens branches that were merged into branches.
const maxDepth = 64

// merged is one change: the commit that put it on a branch, and the commits that came with it,
// oldest first. A plain commit has itself as its only member.
type merged struct {
	commit  int32
	members []int32
	// own are the members outside the requests inside it; nil: all.
	own []int32
	// request is true if the change has the request number in its message.
	request bool
	branch  string // merged into; "" for the branch that counts
}

// ownWork returns the commits that determine the authors and the beginning of the change: its
// own commits, or all of them if it has none.
func (m *merged) ownWork(h *history) []int32 {
	for _, s := range m.own {
		if len(h.parents(s)) < 2 {
			return m.own
		}
	}
	return m.members
}

// walker assigns every commit of a branch to the change that brought it. It visits each commit
// once, along the first parents from the oldest to the newest. A merge brought the commits that
// it reaches and no older merge reached.
type walker struct {
	*history
	home   home
	seen   []bool
	stack  []int32
	out    []merged
	taken  map[string]bool // numbers of requests that a change has
	limit  int             // largest possible request number; 0: unknown
	opened int             // merges without a request that brought requests
	inside int             // changes found inside them
	nested int             // requests found inside requests
	empty  int             // merges that brought nothing
	apart  int             // commits and merges outside the branch without a request
}

func newWalker(h *history, home home) *walker {
	return &walker{history: h, home: home, seen: make([]bool, len(h.nodes)), taken: map[string]bool{}}
}

// findChanges returns the changes of a branch, oldest first, with counts.
func (h *history) findChanges(tip int32, home home) *walker {
	w := newWalker(h, home)
	chain := w.firstParents(tip, w.isSeen)
	for _, c := range chain {
		if n, err := strconv.Atoi(w.messages[c].request); err == nil {
			w.limit = max(w.limit, n)
		}
	}
	w.walkBranch(chain, 0, "")
	return w
}

// addRequests adds the new requests of another branch, or of a tag's history. Commits without a
// request are changes on the main branch only: tags often have a commit of their own, made by a
// build.
func (w *walker) addRequests(tip int32, name string) {
	before := len(w.out)
	w.walkBranch(w.firstParents(tip, w.isSeen), 1, name)
	others := w.out[before:]
	kept := slices.DeleteFunc(others, func(m merged) bool { return !m.request })
	w.apart += len(others) - len(kept)
	w.out = w.out[:before+len(kept)]
}

func (w *walker) isSeen(slot int32) bool { return w.seen[slot] }

// walkBranch walks the first parents of a branch, given newest first, from the oldest.
func (w *walker) walkBranch(chain []int32, depth int, name string) {
	for _, c := range slices.Backward(chain) {
		w.seen[c] = true
		if parents := w.parents(c); len(parents) >= 2 {
			w.walkMerge(c, parents[1:], depth, name)
			continue
		}
		w.out = append(w.out, merged{commit: c, members: []int32{c}, request: w.claimRequest(c), branch: name})
	}
}

// claimRequest gives a commit the request in its message, and reports whether it got it. The
// first commit with the number gets it.
func (w *walker) claimRequest(c int32) bool {
	number := w.messages[c].request
	if number == "" || w.taken[number] {
		return false
	}
	w.taken[number] = true
	return true
}

// walkMerge assigns the commits that one merge commit brought, and returns them. It opens two
// kinds of merges without a request and counts the changes inside them instead: merges with
// requests on their side (a maintenance branch merged forward, a pull before a push), and
// merges of a branch with the work of others. A request from a branch of this repository stays
// a change, and the requests merged into that branch are changes too.
func (w *walker) walkMerge(c int32, sides []int32, depth int, name string) []int32 {
	var members, own []int32
	opened, looked, before := false, false, len(w.out)
	request := w.messages[c].request
	o := w.origins[c]
	whose, _ := w.home.resolveOrigin(&o)
	took := w.claimRequest(c)
	for _, side := range sides {
		chain := w.firstParents(side, w.isSeen)
		switch {
		case depth >= maxDepth || !w.shouldOpen(request, o, whose, chain):
			from := len(members)
			members = w.appendReachable(side, members)
			own = append(own, members[from:]...)
		case request == "":
			w.walkBranch(chain, depth+1, name)
			opened = true
		default:
			looked = true
			members, own = w.findRequests(chain, depth+1, requestSearch{o.head, w.home.isLongLived(o.head)}, members, own)
		}
	}
	w.sortSlots(members)
	if found := len(w.out) - before; looked && found > 0 {
		w.nested += found
		w.sortSlots(own)
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

func (w *walker) sortSlots(slots []int32) {
	slices.SortFunc(slots, func(a, b int32) int { return cmp.Compare(w.nodes[b].order, w.nodes[a].order) })
}

// shouldOpen reports whether to search a side of a merge for changes. Numbers from another
// repository are not requests of this one: numbers inside a request from a fork, and numbers
// that contradict this repository's own.
func (w *walker) shouldOpen(request string, o origin, whose kinship, chain []int32) bool {
	carries := whose != foreign && w.home.isLongLived(o.head)
	switch {
	case request == "" && whose != foreign:
		hasRequest := func(s int32) bool { return w.messages[s].request != "" }
		return len(chain) > 0 && carries || slices.ContainsFunc(chain, hasRequest)
	case request == "":
		return w.hasRequests(chain, true)
	case whose == foreign:
		return slices.ContainsFunc(chain, func(s int32) bool { return w.origins[s].rollup })
	}
	return w.hasRequests(chain, carries)
}

// mostDoubtful limits the merges of a branch with an implausible number to one in this many.
// With more of them the numbers are another repository's.
const mostDoubtful = 10

// hasRequests reports whether a chain has requests of this repository: merges and, if plain is
// true, squash merges. A plain commit that ends in "(#12)" may also refer to an issue.
func (w *walker) hasRequests(chain []int32, plain bool) bool {
	good, doubtful := 0, 0
	for _, s := range chain {
		switch merge := len(w.parents(s)) > 1; {
		case w.messages[s].request == "" || !merge && !plain:
		case w.isPlausible(s):
			good++
		case merge:
			doubtful++
		}
	}
	return good > 0 && doubtful*mostDoubtful <= good+doubtful
}

// isPlausible reports whether a commit's request can belong to this repository and is not yet
// assigned to a change.
func (w *walker) isPlausible(s int32) bool {
	number := w.messages[s].request
	if number == "" || w.taken[number] {
		return false
	}
	if n, err := strconv.Atoi(number); err == nil && w.limit > 0 && n > w.limit {
		return false
	}
	project := w.origins[s].project
	return project == "" || !w.home.isOtherProject(project)
}

// requestSearch configures a search for requests in the branch of a request.
type requestSearch struct {
	head  string // name of the branch
	plain bool   // plain commits may be requests, too: squash merges
}

// findRequests finds the requests that were merged into the branch of a request. It appends all
// commits to members, and those outside the inner requests to own.
func (w *walker) findRequests(chain []int32, depth int, l requestSearch, members, own []int32) (all, rest []int32) {
	for _, c := range slices.Backward(chain) {
		w.seen[c] = true
		members = append(members, c)
		parents := w.parents(c)
		request := (len(parents) > 1 || l.plain) && w.isPlausible(c)
		switch {
		case request && len(parents) < 2:
			w.out = append(w.out, merged{
				commit: c, members: []int32{c}, request: w.claimRequest(c),
				branch: w.baseBranch(c, l.head),
			})
		case request:
			members = append(members, w.walkMerge(c, parents[1:], depth, w.baseBranch(c, l.head))...)
		case len(parents) < 2:
			own = append(own, c)
		default:
			own = append(own, c)
			for _, side := range parents[1:] {
				inner := w.firstParents(side, w.isSeen)
				if depth < maxDepth && w.hasRequests(inner, l.plain) {
					members, own = w.findRequests(inner, depth+1, l, members, own)
					continue
				}
				from := len(members)
				members = w.appendReachable(side, members)
				own = append(own, members[from:]...)
			}
		}
	}
	return members, own
}

// baseBranch returns the branch that an inner request was merged into.
func (w *walker) baseBranch(c int32, head string) string {
	base := cmp.Or(w.origins[c].base, head)
	if base == w.home.branch {
		return ""
	}
	return base
}

// appendReachable appends every unseen commit that is reachable from one.
func (w *walker) appendReachable(from int32, members []int32) []int32 {
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
