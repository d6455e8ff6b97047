package git

import (
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// emitChanges turns the walk's changes into facts.
func (r *reading) emitChanges(walk *walker) {
	tally := newTally("changes")
	b := changeBuilder{
		reading: r, numbers: map[string]bool{},
		owner: make([]int32, len(r.history.nodes)), wrote: make([]int32, len(r.history.authors.values)),
	}
	r.out.Changes = make([]fact.Change, 0, len(walk.out))
	for i, m := range walk.out {
		at := r.history.nodes[m.commit].commitTime
		switch reason := r.rejectTime(at); {
		case r.shallowCut(m):
			tally.reject("its history reaches the cut of a shallow clone", 1)
		case reason != "":
			tally.reject(reason, 1)
		default:
			r.out.Changes = append(r.out.Changes, b.build(int32(i+1), m))
			tally.use(at)
		}
	}
	tally.reject(emptyMerge, walk.empty)
	if walk.opened > 0 {
		tally.note("merges that name no request, opened up into the changes they brought: %d into %d", walk.opened, walk.inside)
	}
	if b.squashed > 0 {
		tally.note("squash merges dated by the merge, so that their lead time begins there and not at the first commit, which only the forge knows: %d of %d changes",
			b.squashed, tally.Used)
	}
	if b.repeated > 0 {
		tally.note("requests that an older commit names too, counted as commits of their own: %d", b.repeated)
	}
	r.imported(tally)
}

// shallowCut reports whether a change reaches a commit whose parents were cut
// off: then its first commit, and what else it brought, is unknown.
func (r *reading) shallowCut(m merged) bool {
	if !r.repo.Shallow {
		return false
	}
	cut := func(s int32) bool { return len(r.history.parents(s)) == 0 }
	return cut(m.commit) || slices.ContainsFunc(m.members, cut)
}

type changeBuilder struct {
	*reading
	numbers  map[string]bool // requests that a change has taken
	owner    []int32         // by slot: number of the change that brought it
	wrote    []int32         // by author: number of the last change they are in
	repeated int
	squashed int // requests whose commit was written when it was merged
}

// build makes the change m, the number-th one; numbers begin at 1.
func (b *changeBuilder) build(number int32, m merged) fact.Change {
	h := b.history
	sha, said := h.sha[m.commit], h.messages[m.commit]
	c := fact.Change{
		Source: b.name, Repository: b.repo.Name, ID: sha, URL: b.forge.commit(sha), Title: said.title,
		Merged: utc(h.nodes[m.commit].commitTime), MergeCommit: sha, Commits: h.hashes(m.members),
	}
	if parents := h.parents(m.commit); len(parents) == 2 {
		c.Head = h.sha[parents[1]]
	}
	if n := h.nodes[m.commit]; said.request != "" && len(h.parents(m.commit)) < 2 && n.authorTime == n.commitTime {
		b.squashed++
	}
	switch {
	case said.request == "":
	case b.numbers[said.request]:
		b.repeated++
	default:
		b.numbers[said.request] = true
		c.ID, c.URL = said.request, b.forge.request(said.request)
	}
	for _, s := range m.members {
		b.owner[s] = number
	}
	work := m.members
	if len(work) == 0 {
		work = []int32{m.commit}
	}
	c.FirstCommit = utc(b.firstTime(work, h.nodes[m.commit].commitTime))
	c.Authors = b.authorsOf(number, work)
	c.Author = c.Authors[0]
	c.Reverts = b.revertedBy(number, m)
	c.Paths = b.pathsOf(work)
	return c
}

// firstTime is the earliest author time among the commits, of those that have a
// usable one, and at most the time of the merge.
func (r *reading) firstTime(work []int32, merge int64) int64 {
	first := merge
	for _, s := range work {
		if at, _ := r.authorTime(s); at != noTime {
			first = min(first, at)
		}
	}
	return first
}

// authorsOf lists who wrote the commits, oldest first. Merge commits inside a
// branch bring no work: whoever pressed "update branch" is no author, unless
// there is nothing else.
func (b *changeBuilder) authorsOf(number int32, work []int32) []string {
	var authors []string
	for _, merges := range []bool{false, true} {
		for _, s := range work {
			who := b.history.nodes[s].author
			if len(b.history.parents(s)) > 1 != merges || b.wrote[who] == number {
				continue
			}
			b.wrote[who] = number
			authors = append(authors, b.history.authors.values[who])
		}
		if len(authors) > 0 {
			break
		}
	}
	return authors
}

// revertedBy is what the change reverts: what its own message says, else the
// first of its commits. A commit of the same change is nothing that was
// delivered, so undoing it is no revert.
func (b *changeBuilder) revertedBy(number int32, m merged) string {
	said := b.undone(number, m.commit)
	for i := 0; said == "" && i < len(m.members); i++ {
		said = b.undone(number, m.members[i])
	}
	return said
}

// undone is what one commit reverts of other changes than its own.
func (b *changeBuilder) undone(number, slot int32) string {
	sha := b.history.reverts(slot)
	if sha == "" {
		return b.history.messages[slot].undoes
	}
	if at := b.history.find(sha); at >= 0 && b.owner[at] == number {
		return ""
	}
	return sha
}

// pathsOf is the union of the files that the commits touched, sorted; nil when
// files were not read or those of one commit are unknown.
func (b *changeBuilder) pathsOf(work []int32) []string {
	if !b.o.Paths {
		return nil
	}
	all := []string{}
	for _, s := range work {
		paths := b.commitPaths(s)
		if paths == nil {
			return nil
		}
		all = append(all, paths...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// commitPaths are the files a commit touched. The commit at the cut of a shallow
// clone seems to add every file there is; its files are unknown.
func (r *reading) commitPaths(slot int32) []string {
	if r.repo.Shallow && len(r.history.parents(slot)) == 0 {
		return nil
	}
	return r.history.paths[slot]
}

func (h *history) hashes(slots []int32) []string {
	if len(slots) == 0 {
		return nil
	}
	list := make([]string, len(slots))
	for i, s := range slots {
		list[i] = h.sha[s]
	}
	return list
}

// reverts is the hash of the commit that a commit says it reverts: in full
// where an abbreviated one is unique in the clone, else as it stands.
func (h *history) reverts(slot int32) string {
	said := h.messages[slot].reverts
	if said == "" || len(said) == 40 || len(said) == 64 {
		return said
	}
	if h.sorted == nil {
		h.sorted = slices.Sorted(slices.Values(h.sha))
	}
	i, _ := slices.BinarySearch(h.sorted, said)
	named := func(i int) bool {
		return i < len(h.sorted) && len(h.sorted[i]) > len(said) && h.sorted[i][:len(said)] == said
	}
	if named(i) && !named(i+1) {
		return h.sorted[i]
	}
	return said
}
