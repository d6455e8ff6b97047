package git

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// emitChanges turns the walk's changes into facts.
func (r *reading) emitChanges(walk *walker) {
	tally := newTally("changes")
	b := changeBuilder{
		reading: r, home: walk.home,
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
			r.out.Changes = append(r.out.Changes, b.build(int32(i+1), &walk.out[i]))
			tally.use(at)
		}
	}
	tally.reject(emptyMerge, walk.empty)
	if walk.opened > 0 {
		tally.note("merges that name no request, opened up into the changes they brought: %d into %d", walk.opened,
			walk.inside)
	}
	if walk.apart > 0 {
		tally.note("commits and merges outside of the branch, in a tag's history, that belong to no request and are "+
			"no changes: %d", walk.apart)
	}
	if walk.nested > 0 {
		tally.note("requests found in the branches of other requests, which carry them: %d", walk.nested)
	}
	if b.squashed > 0 {
		tally.note("squash merges dated by the merge, so that their lead time begins there and not at the first "+
			"commit, which only the forge knows: %d of %d changes",
			b.squashed, tally.Used)
	}
	if b.repeated > 0 {
		tally.note("requests that an older commit names too, counted as commits of their own: %d", b.repeated)
	}
	if len(walk.taken) > 0 {
		tally.note("a clone has no labels, drafts, reviews and opening times of requests: rules about them need the " +
			"forge or an export, too")
	}
	r.imported(tally)
}

// walk finds the changes of the branch, and those that only a deployed tag or the
// deploy branch holds: releases of an older line, hotfixes that are not merged back.
func (r *reading) walk() *walker {
	h := r.history
	w := h.changes(h.find(r.head.sha), newHome(r.repo.Name, r.repo.DefaultBranch))
	if !r.released {
		if r.deploy.sha != "" && r.deploy.sha != r.head.sha {
			w.aside(h.find(r.deploy.sha), r.deploy.name)
		}
		return w
	}
	for _, t := range r.byTime() {
		if tip := h.find(t.commit); !w.seen[tip] {
			w.aside(tip, r.lineOf(t))
		}
	}
	return w
}

// lineOf names the branch that a tagged commit lies on: one that ends there, else
// the tag.
func (r *reading) lineOf(t tag) string {
	for _, prefix := range []string{"refs/remotes/origin/", "refs/heads/"} {
		for _, one := range r.refs {
			if name, ok := strings.CutPrefix(one.name, prefix); ok && one.commit == t.commit && name != "HEAD" {
				return name
			}
		}
	}
	return t.name
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
	home     home
	owner    []int32 // by slot: number of the change that brought it
	wrote    []int32 // by author: number of the last change they are in
	repeated int
	squashed int // requests whose commit was written when it was merged
}

// build makes the change m, the number-th one; numbers begin at 1.
func (b *changeBuilder) build(number int32, m *merged) fact.Change {
	h := b.history
	sha, message := h.sha[m.commit], h.messages[m.commit]
	c := fact.Change{
		Source: b.name, Repository: b.repo.Name, ID: sha, URL: b.forge.commit(sha), Title: message.title,
		Merged: utc(h.nodes[m.commit].commitTime), MergeCommit: sha, Commits: h.hashes(m.members), Branch: m.branch,
	}
	if parents := h.parents(m.commit); len(parents) == 2 {
		c.Head = h.sha[parents[1]]
	}
	if n := h.nodes[m.commit]; message.request != "" && len(h.parents(m.commit)) < 2 && n.authorTime == n.commitTime {
		b.squashed++
	}
	switch {
	case m.request:
		c.ID, c.URL = message.request, b.forge.request(message.request)
	case message.request != "":
		b.repeated++
	}
	b.setHead(&c, m.commit)
	work := m.work(h)
	for _, s := range work {
		b.owner[s] = number
	}
	if len(work) == 0 {
		work = []int32{m.commit}
	}
	c.FirstCommit = utc(b.firstTime(work, h.nodes[m.commit].commitTime))
	c.Authors = b.authorsOf(number, work)
	c.Author = c.Authors[0]
	c.CoAuthors = b.coAuthorsOf(append(slices.Clone(work), m.commit))
	c.Reverts = b.revertedBy(number, m)
	c.Paths = b.pathsOf(work)
	return c
}

// setHead names the branch that a change comes from, and the repository of it.
func (b *changeBuilder) setHead(c *fact.Change, commit int32) {
	o, ok := b.history.origins[commit]
	if !ok || o.head == "" {
		return
	}
	whose, repo := b.home.settle(&o)
	if whose == foreign && repo == "" {
		return // a branch of nobody knows which repository
	}
	c.HeadBranch, c.HeadRepository = o.head, repo
	if whose == own && repo != "" {
		c.HeadRepository = b.repo.Name
	}
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

// coAuthorsOf are whom the trailers of commits name, each once.
func (b *changeBuilder) coAuthorsOf(commits []int32) []string {
	var out []string
	for _, s := range commits {
		for _, who := range b.history.coauthors[s] {
			if !slices.Contains(out, who) {
				out = append(out, who)
			}
		}
	}
	return out
}

// revertedBy is what the change reverts: what its own message says, else the
// first of its commits. A commit of the same change is nothing that was
// delivered, so undoing it is no revert.
func (b *changeBuilder) revertedBy(number int32, m *merged) string {
	said := b.undone(number, m.commit)
	work := m.work(b.history)
	for i := 0; said == "" && i < len(work); i++ {
		said = b.undone(number, work[i])
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

// reverts is the hash of the commit that a commit says it reverts.
func (h *history) reverts(slot int32) string { return h.full(h.messages[slot].reverts) }

// full returns the whole hash for an abbreviated one that is unique in the clone;
// else what was given.
func (h *history) full(said string) string {
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
