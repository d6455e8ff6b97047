package org

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// DefaultLongLived matches the names of branches that collect the work of others.
const DefaultLongLived = `^(develop|development|dev|staging|next|release/.*)$`

// branchRules separates long-lived branches from branches of one piece of work.
type branchRules struct{ longLived, hotfix *regexp.Regexp }

func newBranchRules(o Options) (branchRules, error) {
	var r branchRules
	for _, p := range []struct {
		key, pattern string
		into         **regexp.Regexp
	}{{"changes.long_lived", o.LongLived, &r.longLived}, {"dora.hotfix_branch", o.HotfixBranch, &r.hotfix}} {
		if p.pattern == "" {
			continue
		}
		re, err := regexp.Compile(p.pattern)
		if err != nil {
			return r, fmt.Errorf("%s: not a regular expression: %w", p.key, err)
		}
		*p.into = re
	}
	return r, nil
}

// relation holds the relations of a change to the other changes of its repository.
type relation struct {
	// carrier: it has no commit of its own, or it comes from a long-lived branch.
	carrier bool
	// own are the commits that only this change brought, without merges, oldest first.
	own []string
	// shares: some of its commits belong to other requests.
	shares bool
	// squashed: its merge commit does not contain the commits of its branch.
	squashed bool
	// rebased are the copies of its commits on the base of its rebase, oldest first.
	rebased []string
	// follows is the index of the request that takes it on, or −1: the request merged later,
	// from the branch that this one was merged into.
	follows int
	// copies is the index of the change that it repeats on another branch, or −1.
	copies int
	// aside: its base is not the default branch.
	aside bool
}

// relations finds the relations between the changes of one repository.
type relations struct {
	branchRules
	changes []*fact.Change
	graph   *Graph
	trunk   string   // the default branch; "" if unknown
	history *history // nil without commits
	list    []relation
	order   []int // of the merged ones, by merge time and ID
	owner   map[string]int
	heads   map[string][]int // head branch → merged requests from it, by merge time
	bases   map[string]bool  // bases of merged changes
	bare    map[string]int   // commits without a request
}

// relateChanges returns the relations of the changes of one repository, in their order,
// followed by those of further changes: the commits that only a carrier brought. trunk is the
// default branch, or "" if unknown.
//
// Cost: O(n log n) in changes and their commits.
func relateChanges(rules branchRules, changes []*fact.Change, commits *history, trunk string) ([]relation,
	[]*fact.Change,
) {
	r := &relations{
		branchRules: rules, changes: slices.Clip(changes), history: commits, trunk: trunk,
		list: make([]relation, len(changes)), owner: make(map[string]int, len(changes)),
		heads: map[string][]int{}, bases: map[string]bool{}, bare: map[string]int{},
	}
	if commits != nil {
		r.graph = commits.graph
	}
	for i := range changes {
		r.list[i].follows, r.list[i].copies = -1, -1
	}
	r.indexChanges()
	for _, i := range r.order {
		r.findOwn(i)
	}
	for _, i := range r.order {
		r.list[i].carrier = r.isCarrier(i)
		r.list[i].follows = r.findFollower(i)
	}
	for _, i := range r.order {
		if r.list[i].carrier {
			r.releaseCommits(i)
		}
	}
	for i := range r.list {
		if !r.changes[i].Merged.IsZero() {
			r.list[i].copies = r.findOriginal(i)
		}
	}
	return r.list, r.changes[len(changes):]
}

// releaseCommits makes a change of each commit that only carrier i brought.
func (r *relations) releaseCommits(i int) {
	own := r.list[i].own
	r.list[i].own = nil
	for _, sha := range own {
		n, ok := r.graph.Node(sha)
		if !ok {
			continue // the commit was not collected
		}
		if k, known := r.bare[sha]; known {
			r.list[k] = relation{own: []string{sha}, follows: r.list[k].follows, copies: -1, aside: r.list[k].aside}
			r.owner[sha] = k
			continue
		}
		bare := r.history.newBareChange(n, r.changes[i].Branch)
		r.owner[sha] = len(r.changes)
		r.changes = append(r.changes, &bare)
		r.list = append(r.list, relation{own: []string{sha}, follows: -1, copies: -1, aside: r.list[i].aside})
	}
}

// indexChanges sorts the merged changes and assigns each commit to the first change, by rank,
// that brought it.
func (r *relations) indexChanges() {
	for i, c := range r.changes {
		if !c.Merged.IsZero() {
			r.order = append(r.order, i)
		}
	}
	slices.SortFunc(r.order, func(i, k int) int {
		a, b := r.changes[i], r.changes[k]
		return cmp.Or(a.Merged.Compare(b.Merged), cmp.Compare(len(a.Commits), len(b.Commits)), cmp.Compare(a.ID, b.ID))
	})
	bases := map[string]int{}
	for _, i := range r.order {
		c := r.changes[i]
		if c.Branch != "" {
			bases[c.Branch]++
		}
		if c.HeadBranch != "" && sameRepository(c) {
			r.heads[c.HeadBranch] = append(r.heads[c.HeadBranch], i)
		}
	}
	for b := range bases {
		r.bases[b] = true
	}
	if r.trunk == "" {
		r.trunk = guessTrunk(bases)
	}
	for rank := range ranks {
		for _, i := range r.order {
			r.claimCommits(i, rank)
		}
	}
}

// ranks is the number of rounds of claims.
const ranks = 4

// claimCommits claims the commits of change i in the round of its rank. Several changes may
// have brought a commit. The ranks are: merge commits of requests, with the commits that they
// put on the branch; commits without a request; the other commits of requests; the commits of
// requests from long-lived branches.
func (r *relations) claimCommits(i, rank int) {
	c := r.changes[i]
	list := c.Commits
	switch {
	case IsBare(c):
		list = []string{c.MergeCommit}
		if rank != 1 {
			return
		}
		r.bare[c.ID] = i
	case r.isFromLongLived(c):
		if rank != 3 {
			return
		}
		r.claimCommit(i, c.MergeCommit)
	case rank == 0:
		r.claimCommit(i, c.MergeCommit)
		if !slices.Contains(c.Commits, c.MergeCommit) {
			r.list[i].rebased = r.findRebased(c)
			list = r.list[i].rebased
		}
	case rank != 2:
		return
	}
	for _, sha := range list {
		r.claimCommit(i, sha)
	}
}

func (r *relations) claimCommit(i int, sha string) {
	if _, taken := r.owner[sha]; !taken && sha != "" {
		r.owner[sha] = i
	}
}

// findRebased returns the copies that a rebase made of the commits of a request: the chain that
// ends at its merge commit and begins with a commit of the author time of the request's first
// commit. It returns nil for any other merge.
func (r *relations) findRebased(c *fact.Change) []string {
	n, ok := r.graph.Node(c.MergeCommit)
	if !ok || len(c.Commits) < 2 || c.FirstCommit.IsZero() || slices.Contains(c.Commits, c.MergeCommit) {
		return nil
	}
	var chain []string
	found := 0
	r.graph.WalkFirstParents(n, func(n int32) bool {
		if r.graph.IsMerge(n) {
			return false
		}
		chain = append(chain, r.graph.shas[n])
		if r.graph.author[n].Unix() == c.FirstCommit.Unix() && len(chain) > 1 {
			found = len(chain)
		}
		return len(chain) < len(c.Commits)
	})
	chain = chain[:found]
	slices.Reverse(chain)
	return chain
}

// guessTrunk returns the probable default branch: main or master, else the base of most
// requests.
func guessTrunk(bases map[string]int) string {
	best := ""
	for _, b := range slices.Sorted(maps.Keys(bases)) {
		if b == "main" || b == "master" {
			return b
		}
		if best == "" || bases[b] > bases[best] {
			best = b
		}
	}
	return best
}

// IsBare reports whether a change is a commit without a request.
func IsBare(c *fact.Change) bool {
	return c.ID == c.MergeCommit && (len(c.Commits) == 0 || len(c.Commits) == 1 && c.Commits[0] == c.ID)
}

// sameRepository reports whether the branch of a request is in the repository that it was
// merged into. If head and base have the same name, the head is in a fork.
func sameRepository(c *fact.Change) bool {
	if c.HeadRepository != "" {
		return text.FoldRepository(c.HeadRepository) == text.FoldRepository(c.Repository)
	}
	return c.HeadBranch != c.Branch && c.HeadBranch != ""
}

func (r *relations) isMerge(sha string) bool {
	n, ok := r.graph.Node(sha)
	return ok && len(r.graph.parents[n]) > 1
}

// findOwn finds the commits of change i that it owns, and whether it was squashed.
func (r *relations) findOwn(i int) {
	c, rel := r.changes[i], &r.list[i]
	rel.aside = c.Branch != "" && c.Branch != r.trunk
	for _, sha := range c.Commits {
		switch {
		case r.owner[sha] != i:
			rel.shares = true
		case !r.isMerge(sha):
			rel.own = append(rel.own, sha)
		}
	}
	if len(rel.rebased) > 0 && len(rel.own) > 0 {
		rel.own = rel.rebased
	}
	if n, ok := r.graph.Node(c.MergeCommit); ok {
		rel.squashed = len(r.graph.parents[n]) < 2 && c.MergeCommit != c.Head && !slices.Contains(c.Commits, c.MergeCommit)
	}
}

// isLongLived reports whether a branch collects the work of others.
func (r *relations) isLongLived(branch string) bool {
	if branch == r.trunk {
		return true
	}
	if r.hotfix != nil && r.hotfix.MatchString(branch) {
		return false
	}
	return r.longLived != nil && r.longLived.MatchString(branch) || r.bases[branch] && len(r.heads[branch]) >= 2
}

// isFromLongLived reports whether a request comes from a long-lived branch of its own
// repository.
func (r *relations) isFromLongLived(c *fact.Change) bool {
	return c.HeadBranch != "" && c.HeadBranch != c.Branch && sameRepository(c) && r.isLongLived(c.HeadBranch)
}

// isCarrier reports whether change i only carries the work of other requests, or comes from a
// long-lived branch of the same repository. A squashed request from such a branch is one change
// if it has commits of its own, and so is a request without anything that it could carry.
func (r *relations) isCarrier(i int) bool {
	c, rel := r.changes[i], &r.list[i]
	if IsBare(c) {
		return r.owner[c.ID] != i || r.isMerge(c.ID) // each commit of a merge without a request is a change
	}
	if len(c.Commits) > 0 && len(rel.own) == 0 {
		return true
	}
	if !r.isFromLongLived(c) {
		return false
	}
	if c.HeadBranch == r.trunk {
		return true // the default branch merged back
	}
	if len(c.Commits) > 0 {
		return !rel.squashed
	}
	return r.carriesSomething(i)
}

// carriesSomething reports whether a request was merged into the head branch of
// request i since that branch was last merged into the same base.
func (r *relations) carriesSomething(i int) bool {
	c := r.changes[i]
	for _, k := range slices.Backward(r.order) {
		o := r.changes[k]
		switch {
		case k == i || o.Merged.After(c.Merged):
		case o.Branch == c.HeadBranch:
			return true
		case o.HeadBranch == c.HeadBranch && o.Branch == c.Branch:
			return false
		}
	}
	return false
}

// findFollower returns the request that takes change i on: the first one merged after it from
// the branch that it was merged into.
func (r *relations) findFollower(i int) int {
	c := r.changes[i]
	if c.Branch == "" || c.Branch == r.trunk {
		return -1
	}
	from := r.heads[c.Branch]
	at, _ := slices.BinarySearchFunc(from, c.Merged, func(k int, t time.Time) int { return r.changes[k].Merged.Compare(t) })
	for _, k := range from[at:] {
		o := r.changes[k]
		if k != i && o.Branch != c.Branch && (o.Merged.After(c.Merged) || o.Branch == r.trunk) {
			return k
		}
	}
	return -1
}

// findOriginal returns the change that change i copies on another branch. Every own commit of
// the copy is a twin of a commit of a change before it. The default branch comes first, then
// the earlier merge.
func (r *relations) findOriginal(i int) int {
	rel, original := &r.list[i], -1
	if r.graph == nil || !r.graph.hasTwins || rel.carrier {
		return -1
	}
	shas := rel.own
	if rel.squashed && len(rel.rebased) == 0 || len(shas) == 0 {
		shas = []string{r.changes[i].MergeCommit}
	}
	for _, sha := range shas {
		n, ok := r.graph.Node(sha)
		if !ok {
			return -1
		}
		found := -1
		for _, twin := range r.graph.listTwins(n) {
			k, owned := r.owner[r.graph.shas[twin]]
			if owned && k != i && !r.list[k].carrier && r.precedes(k, i) && (found < 0 || r.precedes(k, found)) {
				found = k
			}
		}
		if found < 0 {
			return -1
		}
		if original < 0 {
			original = found
		}
	}
	return original
}

func (r *relations) precedes(i, k int) bool {
	a, b := r.changes[i], r.changes[k]
	if r.list[i].aside != r.list[k].aside {
		return r.list[k].aside
	}
	return cmp.Or(a.Merged.Compare(b.Merged), cmp.Compare(a.ID, b.ID)) < 0
}

// applyTo writes the relation into a change. follows and copies are indices in all.
func (rel *relation) applyTo(c *Change, all []fact.Change) {
	c.Carrier, c.Own, c.Shares, c.Aside = rel.carrier, rel.own, rel.shares, rel.aside
	c.Squashed, c.Rebased = rel.squashed, len(rel.rebased) > 0
	if rel.follows >= 0 {
		c.Follows = all[rel.follows].ID
	}
	if rel.copies >= 0 {
		c.Copies = all[rel.copies].ID
	}
}

// relateAll relates the changes of every repository with each other. It returns the changes
// with those made of carriers' commits, and their relations in the same order. Indices in the
// relations refer to the returned changes.
func (r *resolver) relateAll(changes []fact.Change) ([]fact.Change, []relation) {
	perRepo := map[string][]int{}
	for i := range changes {
		perRepo[changes[i].Repository] = append(perRepo[changes[i].Repository], i)
	}
	changes = slices.Clip(changes) // so that append copies it
	list := make([]relation, len(changes))
	for _, repo := range sortedKeys(perRepo) {
		indices := perRepo[repo]
		of := make([]*fact.Change, len(indices))
		for k, i := range indices {
			of[k] = &changes[i]
		}
		related, more := relateChanges(r.branches, of, r.histories[repo], r.trunks[repo])
		for _, c := range more {
			indices = append(indices, len(changes))
			changes = append(changes, *c)
			list = append(list, relation{})
		}
		for k, rel := range related {
			if rel.follows >= 0 {
				rel.follows = indices[rel.follows]
			}
			if rel.copies >= 0 {
				rel.copies = indices[rel.copies]
			}
			list[indices[k]] = rel
		}
	}
	return changes, list
}

func sortedKeys[T any](m map[string]T) []string { return slices.Sorted(maps.Keys(m)) }
