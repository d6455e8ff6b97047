package dora

import (
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// shipContents ships the changes that delivery k brings to production, by the strongest
// method that applies.
func (a *attribution) shipContents(d *Delivery, k int) Method {
	ship := func(i int) { a.ship(i, k) }
	if d.unmapped {
		return Unknown
	}
	if d.changes != nil || d.commits != nil {
		a.shipListed(d, ship)
		return Listed
	}
	sha := a.expandSHA(d.Commit)
	if n, ok := a.s.Graph.Node(sha); ok {
		d.fresh = a.history.walkNew(n, ship)
		return Ancestry
	}
	if sha != "" && a.shipMainline(sha, d.Created, ship) {
		return Mainline
	}
	// With a graph, an unknown commit is older than the collected history or belongs to a
	// branch that was not read. Its changes cannot be found.
	if len(a.byID) == 0 || a.s.Graph != nil && d.Commit != "" {
		return Unknown
	}
	a.shipMergedBy(d.Created, ship)
	return ByTime
}

func (a *attribution) shipListed(d *Delivery, ship func(int)) {
	for _, id := range d.changes {
		if i, ok := a.byID[id]; ok {
			ship(i)
		} else {
			a.out.add("changes", "listed by a deployment but not collected", 1)
		}
	}
	for _, sha := range d.commits {
		a.bySHA.forEach(a.expandSHA(sha), ship)
	}
}

// shipMainline uses the order of merges: a deployed merge commit contains every change that was
// merged to the same branch before it. The head of a request's branch contains the request and
// the changes merged before the deployment began. It reports whether a change has the commit.
func (a *attribution) shipMainline(sha string, at time.Time, ship func(int)) bool {
	known := false
	a.bySHA.forEach(sha, func(k int) {
		known = true
		c := &a.s.Changes[k]
		before := c.Merged
		if sha == c.Head && sha != c.MergeCommit && at.Before(before) {
			before = at
		}
		queue := a.branchQueue(c.Branch)
		for len(*queue) > 0 && (*queue)[0] <= k && !a.s.Changes[(*queue)[0]].Merged.After(before) {
			ship((*queue)[0])
			*queue = (*queue)[1:]
		}
		ship(k)
	})
	return known
}

// branchQueue returns the changes merged into a branch, by merge time, that are not yet part of
// a deployment.
func (a *attribution) branchQueue(name string) *[]int {
	if a.branches == nil {
		a.branches = map[string]*[]int{}
		for i := a.first; i < len(a.s.Changes); i++ {
			b := a.s.Changes[i].Branch
			if a.branches[b] == nil {
				a.branches[b] = &[]int{}
			}
			*a.branches[b] = append(*a.branches[b], i)
		}
	}
	return a.branches[name]
}

// shipMergedBy ships the changes merged by t, except those that wait on another branch.
func (a *attribution) shipMergedBy(t time.Time, ship func(int)) {
	for ; a.timed < len(a.s.Changes) && !a.s.Changes[a.timed].Merged.After(t); a.timed++ {
		if a.timed >= a.first && a.s.Changes[a.timed].Follows == "" {
			ship(a.timed)
		}
	}
}

// measureLead returns the lead time of change i in d, or the reason for having none. The author
// time of the first commit comes from the change, else from its commits. If a request also
// brought commits of others, only its own commits count.
func (a *attribution) measureLead(i int, d *Delivery) (l Lead, why string) {
	c := &a.s.Changes[i]
	first := c.FirstCommit
	if first.IsZero() || c.Shares {
		if t, ok := a.findFirstAuthorTime(c.Own); ok {
			first = t
		} else if t, ok := a.findFirstAuthorTime(c.Commits); ok && first.IsZero() {
			first = t
		}
	}
	return a.r.measureLead(c, first, d.Finished, &a.arena)
}

// findFirstAuthorTime returns the earliest author time of commits. ok is false if the graph
// lacks one of them.
func (a *attribution) findFirstAuthorTime(shas []string) (first time.Time, ok bool) {
	for _, sha := range shas {
		n, known := a.s.Graph.Node(sha)
		if !known {
			return time.Time{}, false
		}
		if t := a.s.Graph.AuthorTime(n); first.IsZero() || t.Before(first) {
			first = t
		}
	}
	return first, !first.IsZero()
}

// elsewhereAfter is the age at which a merge into a branch that is never deployed stops
// waiting.
const elsewhereAfter = 30 * 24 * time.Hour

// findWaiting returns the merged changes that no delivery contains. A change merged before the
// first delivery began, or long ago into a branch that is never deployed, is counted as left
// out instead.
func (a *attribution) findWaiting(ds []Delivery, asOf time.Time) []*org.Change {
	var in []*org.Change
	var deployed func(*org.Change) bool
	for i := range a.s.Changes {
		c := &a.s.Changes[i]
		switch {
		case c.Carrier && !c.Merged.IsZero():
			a.out.add("changes", "requests that only carry others to another branch", 1)
		case c.Copies != "":
			a.out.add("changes", "copies of another change (backports), counted with it", 1)
		case a.shipped[i] != noDelivery:
		case c.Merged.IsZero():
			a.out.add("changes", "not merged", 1)
		case a.r.excludes(c):
			a.out.add("changes", excludedByRule, 1)
		case len(ds) == 0:
			a.out.add("changes", "the service has no production deployment", 1)
		case c.Merged.Before(ds[0].Created):
			a.out.add("changes", "merged before the first known deployment and not deployed since", 1)
		case c.Aside && asOf.Sub(c.Merged) >= elsewhereAfter:
			if deployed == nil {
				deployed = a.findDeployedBranches()
			}
			if deployed(c) {
				in = append(in, c)
			} else {
				a.out.add("changes", "merged into a branch that is not deployed", 1)
			}
		default:
			in = append(in, c)
		}
	}
	return in
}

// findDeployedBranches returns a function that reports whether the base branch of a change
// reaches production: a request carries it into the default branch or into a branch that
// reaches production, or production contains one of its commits.
func (a *attribution) findDeployedBranches() func(*org.Change) bool {
	reaches := map[string]bool{}
	for i := a.first; i < len(a.s.Changes); i++ {
		c := &a.s.Changes[i]
		if !c.Aside || a.shipped[i] != noDelivery && a.history == nil && c.Follows == "" {
			reaches[c.Branch] = true
		}
	}
	for more := true; more; {
		more = false
		for i := a.first; i < len(a.s.Changes); i++ {
			if c := &a.s.Changes[i]; c.Carrier && c.HeadBranch != "" && reaches[c.Branch] && !reaches[c.HeadBranch] {
				reaches[c.HeadBranch], more = true, true
			}
		}
	}
	var trunk []bool
	if a.history != nil {
		trunk = a.history.markTrunk()
	}
	return func(c *org.Change) bool {
		if !reaches[c.Branch] && a.history != nil && a.history.isOnDeployedBranch(c, trunk) {
			reaches[c.Branch] = true
		}
		return reaches[c.Branch]
	}
}

// abbreviations resolve shortened hashes among the collected commits.
type abbreviations struct{ sorted []string }

// minDigits is the number of digits that identify a commit.
const minDigits = 7

// findChange returns the change that a commit belongs to, preferably one that is counted.
func (a *attribution) findChange(sha string) (int, bool) {
	found := noDelivery
	a.bySHA.forEach(sha, func(i int) {
		if found == noDelivery || !a.isCounted(found) && a.isCounted(i) {
			found = i
		}
	})
	return found, found != noDelivery
}

// expandSHA returns the only hash that begins with sha, or sha itself.
func (a *attribution) expandSHA(sha string) string {
	if len(sha) < minDigits || len(sha) >= 40 || strings.Trim(sha, "0123456789abcdefABCDEF") != "" {
		return sha
	}
	if _, ok := a.s.Graph.Node(sha); ok {
		return sha
	}
	if a.sorted == nil {
		a.sorted = make([]string, 0, len(a.bySHA.one)+a.s.Graph.Len())
		for known := range a.bySHA.one {
			a.sorted = append(a.sorted, known)
		}
		a.sorted = a.s.Graph.AppendSHAs(a.sorted)
		slices.Sort(a.sorted)
		a.sorted = slices.Compact(a.sorted)
	}
	sha = strings.ToLower(sha)
	i, found := slices.BinarySearch(a.sorted, sha)
	named := func(i int) bool { return i < len(a.sorted) && strings.HasPrefix(a.sorted[i], sha) }
	if !found && named(i) && !named(i+1) {
		return a.sorted[i]
	}
	return sha
}
