package dora

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// contents returns the indices of changes that the delivery may bring to
// production, by the strongest method that applies. They are good until the next
// call.
func (a *attribution) contents(d *Delivery) ([]int, Method) {
	if d.unmapped {
		return nil, Unknown
	}
	if d.changes != nil || d.commits != nil {
		return a.listed(d), Listed
	}
	if n, ok := a.s.Graph.Node(d.Commit); ok {
		return a.descend(n), Ancestry
	}
	if k, ok := a.bySHA[d.Commit]; ok && d.Commit != "" {
		return a.mainline(k), Mainline
	}
	if len(a.byID) == 0 {
		return nil, Unknown
	}
	return a.mergedBy(d.Created), ByTime
}

func (a *attribution) listed(d *Delivery) []int {
	in := a.found[:0]
	for _, id := range d.changes {
		if i, ok := a.byID[id]; ok {
			in = append(in, i)
		} else {
			a.out.add("changes", "listed by a deployment but not collected", 1)
		}
	}
	for _, sha := range d.commits {
		if i, ok := a.bySHA[sha]; ok {
			in = append(in, i)
		}
	}
	a.found = in
	return in
}

// descend walks to every commit that no earlier delivery reached.
func (a *attribution) descend(n int32) []int {
	in := a.found[:0]
	a.s.Graph.Reach(n, a.reached, func(n int32) {
		if i := a.completes[n]; i >= 0 {
			in = append(in, int(i))
		}
	})
	slices.Sort(in) // the walk's order says nothing; the merges' does
	a.found = in
	return in
}

// mainline uses that merges to one branch are totally ordered: a deployed merge
// commit contains every change merged to the same branch before it.
func (a *attribution) mainline(k int) []int {
	in := a.found[:0]
	for i := a.nextUntaken(); i <= k; i++ {
		if a.s.Changes[i].Branch == a.s.Changes[k].Branch {
			in = append(in, i)
		}
	}
	a.found = in
	return in
}

func (a *attribution) mergedBy(t time.Time) []int {
	in := a.found[:0]
	for i := a.nextUntaken(); i < len(a.s.Changes) && !a.s.Changes[i].Merged.After(t); i++ {
		in = append(in, i)
	}
	a.found = in
	return in
}

// nextUntaken moves past the changes that are all shipped, so that walks over
// the branch stay linear in total.
func (a *attribution) nextUntaken() int {
	for a.first < len(a.shipped) && a.shipped[a.first] != nowhere {
		a.first++
	}
	return a.first
}

// measure returns the lead time of change i in d, or why there is none. The first
// commit's author time comes from the change, or else from its commits.
func (a *attribution) measure(i int, d *Delivery) (l Lead, why string) {
	c := &a.s.Changes[i]
	first := c.FirstCommit
	if first.IsZero() {
		for _, sha := range c.Commits {
			if n, ok := a.s.Graph.Node(sha); ok {
				if t := a.s.Graph.AuthorTime(n); first.IsZero() || t.Before(first) {
					first = t
				}
			}
		}
	}
	return a.r.lead(c, first, d.Finished, &a.room)
}

// waiting are the merged changes that no delivery contains. Those merged before
// the first delivery began sit on a branch that is never deployed: they are
// counted, not waited for.
func (a *attribution) waiting(ds []Delivery) []*org.Change {
	var in []*org.Change
	for i := range a.s.Changes {
		c := &a.s.Changes[i]
		switch {
		case a.shipped[i] != nowhere:
		case c.Merged.IsZero():
			a.out.add("changes", "not merged", 1)
		case a.r.excludes(c):
			a.out.add("changes", excludedByRule, 1)
		case len(ds) == 0:
			a.out.add("changes", "the service has no production deployment", 1)
		case c.Merged.Before(ds[0].Created):
			a.out.add("changes", "merged before the first known deployment, in none since", 1)
		default:
			in = append(in, c)
		}
	}
	return in
}
