package git

import (
	"slices"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// emitChanges converts the changes of the walk to facts.
func (r *cloneReader) emitChanges(walk *walker) {
	tally := newTally("changes")
	b := changeBuilder{
		cloneReader: r, home: walk.home,
		owner: make([]int32, len(r.history.nodes)), wrote: make([]int32, len(r.history.authors.values)),
	}
	r.out.Changes = make([]fact.Change, 0, len(walk.out))
	for i, m := range walk.out {
		at := r.history.nodes[m.commit].commitTime
		switch reason := r.rejectTime(at); {
		case r.reachesShallowCut(m):
			tally.countRejected("its history reaches the cut of a shallow clone", 1)
		case reason != "":
			tally.countRejected(reason, 1)
		default:
			r.out.Changes = append(r.out.Changes, b.buildChange(int32(i+1), &walk.out[i]))
			tally.countUsed(at)
		}
	}
	tally.countRejected(emptyMerge, walk.empty)
	if walk.opened > 0 {
		tally.addNote("merges that name no request, opened up into the changes they brought: %d into %d", walk.opened,
			walk.inside)
	}
	if walk.apart > 0 {
		tally.addNote("commits and merges outside of the branch, in a tag's history, that belong to no request and are "+
			"no changes: %d", walk.apart)
	}
	if walk.nested > 0 {
		tally.addNote("requests found in the branches of other requests, which carry them: %d", walk.nested)
	}
	if b.squashed > 0 {
		tally.addNote("squash merges dated by the merge, so that their lead time begins there and not at the first "+
			"commit, which only the forge has: %d of %d changes",
			b.squashed, tally.Used)
	}
	if b.repeated > 0 {
		tally.addNote("requests that an older commit names too, counted as commits of their own: %d", b.repeated)
	}
	if len(walk.taken) > 0 {
		tally.addNote("a clone has no labels, drafts, reviews and opening times of requests: rules about them need the " +
			"forge or an export, too")
	}
	r.addImport(tally)
}

// walkChanges finds the changes of the branch. It adds those that are only in a deployed tag or
// in the deploy branch: releases of an older line, hotfixes never merged back.
func (r *cloneReader) walkChanges() *walker {
	h := r.history
	w := h.findChanges(h.findSlot(r.head.sha), newHome(r.repo.Name, r.repo.DefaultBranch))
	if !r.released {
		if r.deploy.sha != "" && r.deploy.sha != r.head.sha {
			w.addRequests(h.findSlot(r.deploy.sha), r.deploy.name)
		}
		return w
	}
	for _, t := range r.byTime() {
		if tip := h.findSlot(t.commit); !w.seen[tip] {
			w.addRequests(tip, r.findTagBranch(t))
		}
	}
	return w
}

// findTagBranch returns the branch whose newest commit is tagged, or else the tag's name.
func (r *cloneReader) findTagBranch(t tag) string {
	for _, prefix := range []string{"refs/remotes/origin/", "refs/heads/"} {
		for _, one := range r.refs {
			if name, ok := strings.CutPrefix(one.name, prefix); ok && one.commit == t.commit && name != "HEAD" {
				return name
			}
		}
	}
	return t.name
}

// reachesShallowCut reports whether a change contains a commit without its parents in a shallow
// clone. Its first commit and the rest of its commits are then unknown.
func (r *cloneReader) reachesShallowCut(m merged) bool {
	if !r.repo.Shallow {
		return false
	}
	cut := func(s int32) bool { return len(r.history.parents(s)) == 0 }
	return cut(m.commit) || slices.ContainsFunc(m.members, cut)
}

type changeBuilder struct {
	*cloneReader
	home     home
	owner    []int32 // by slot: number of the change that brought the commit
	wrote    []int32 // by author: number of their last change
	repeated int
	squashed int // requests whose commit was written when it was merged
}

// buildChange returns the fact of change m. Numbers begin at 1.
func (b *changeBuilder) buildChange(number int32, m *merged) fact.Change {
	h := b.history
	sha, message := h.sha[m.commit], h.messages[m.commit]
	c := fact.Change{
		Source: b.name, Repository: b.repo.Name, ID: sha, URL: b.forge.commitURL(sha), Title: message.title,
		Merged: unixTime(h.nodes[m.commit].commitTime), MergeCommit: sha, Commits: h.listHashes(m.members), Branch: m.branch,
	}
	if parents := h.parents(m.commit); len(parents) == 2 {
		c.Head = h.sha[parents[1]]
	}
	if n := h.nodes[m.commit]; message.request != "" && len(h.parents(m.commit)) < 2 && n.authorTime == n.commitTime {
		b.squashed++
	}
	switch {
	case m.request:
		c.ID, c.URL = message.request, b.forge.requestURL(message.request)
	case message.request != "":
		b.repeated++
	}
	b.setHead(&c, m.commit)
	work := m.ownWork(h)
	for _, s := range work {
		b.owner[s] = number
	}
	if len(work) == 0 {
		work = []int32{m.commit}
	}
	c.FirstCommit = unixTime(b.firstAuthorTime(work, h.nodes[m.commit].commitTime))
	c.Authors = b.listAuthors(number, work)
	c.Author = c.Authors[0]
	c.CoAuthors = b.listCoAuthors(append(slices.Clone(work), m.commit))
	c.Reverts = b.findRevertTarget(number, m)
	c.Paths = b.listPaths(work)
	return c
}

// setHead sets the branch that a change comes from, and the branch's repository.
func (b *changeBuilder) setHead(c *fact.Change, commit int32) {
	o, ok := b.history.origins[commit]
	if !ok || o.head == "" {
		return
	}
	whose, repo := b.home.resolveOrigin(&o)
	if whose == foreign && repo == "" {
		return // useless without a repository
	}
	c.HeadBranch, c.HeadRepository = o.head, repo
	if whose == own && repo != "" {
		c.HeadRepository = b.repo.Name
	}
}

// firstAuthorTime returns the earliest usable author time of the commits, at most the time of
// the merge.
func (r *cloneReader) firstAuthorTime(work []int32, merge int64) int64 {
	first := merge
	for _, s := range work {
		if at, _ := r.authorTime(s); at != noTime {
			first = min(first, at)
		}
	}
	return first
}

// listAuthors lists the authors of the commits, oldest first. Authors of merge commits inside a
// branch count only without any others, because "update branch" adds no work.
func (b *changeBuilder) listAuthors(number int32, work []int32) []string {
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

// listCoAuthors lists the people in the trailers of commits, each once.
func (b *changeBuilder) listCoAuthors(commits []int32) []string {
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

// findRevertTarget returns the target of the change's revert: in the message of its own commit,
// or else in the first of its commits with a target. Reverting a commit of the same change is
// not a revert, because that commit was never delivered alone.
func (b *changeBuilder) findRevertTarget(number int32, m *merged) string {
	said := b.commitRevertTarget(number, m.commit)
	work := m.ownWork(b.history)
	for i := 0; said == "" && i < len(work); i++ {
		said = b.commitRevertTarget(number, work[i])
	}
	return said
}

// commitRevertTarget returns the commit or request of another change that a commit reverts.
func (b *changeBuilder) commitRevertTarget(number, slot int32) string {
	sha := b.history.revertedHash(slot)
	if sha == "" {
		return b.history.messages[slot].undoes
	}
	if at := b.history.findSlot(sha); at >= 0 && b.owner[at] == number {
		return ""
	}
	return sha
}

// listPaths returns the files that the commits touched, sorted. It returns nil if files were
// not read, or are unknown for one of the commits.
func (b *changeBuilder) listPaths(work []int32) []string {
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

// commitPaths returns the files that a commit touched. They are unknown at the cut of a shallow
// clone, where a commit seems to add every file.
func (r *cloneReader) commitPaths(slot int32) []string {
	if r.repo.Shallow && len(r.history.parents(slot)) == 0 {
		return nil
	}
	return r.history.paths[slot]
}

func (h *history) listHashes(slots []int32) []string {
	if len(slots) == 0 {
		return nil
	}
	list := make([]string, len(slots))
	for i, s := range slots {
		list[i] = h.sha[s]
	}
	return list
}

// revertedHash returns the hash of the commit that a commit reverts by its message.
func (h *history) revertedHash(slot int32) string { return h.expandHash(h.messages[slot].reverts) }

// expandHash returns the whole hash for an abbreviated one that is unique in the clone, or else
// the hash unchanged.
func (h *history) expandHash(said string) string {
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
