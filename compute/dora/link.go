package dora

import (
	"github.com/ip3dp/ip3dp/compute/org"
)

// link joins the facts of one service. It is independent of every other
// service, so services can be linked in parallel and again one by one.
//
// Cost: O(d log d + c) for d deployments and c changes or commits.
func (r *rules) link(s *org.Service, service int, incidents []*org.Incident) Linked {
	var out counts
	l := Linked{Service: service}
	l.Deliveries, l.Unfinished = r.rollouts(s, service, &out)
	a := newAttribution(r, s, &out)
	for i := range l.Deliveries {
		a.attribute(l.Deliveries, i)
	}
	l.Waiting = a.waiting(l.Deliveries)
	r.judge(a, l.Deliveries, incidents)
	l.LeftOut, l.obscured, l.lost = out.list, out.obscured, out.lost
	return l
}

// nowhere is the index of a delivery that there is none of.
const nowhere = -1

// attribution gives every change to the first production deployment that
// contains it.
type attribution struct {
	r     *rules
	s     *org.Service
	out   *counts
	byID  map[string]int // change ID → index into s.Changes
	bySHA map[string]int // any commit of a change → index
	// shipped is the delivery that brought each change to production first.
	shipped []int
	// first is the index of the first merged change that is not shipped yet;
	// unmerged ones sort before it.
	first int
	// started says that a delivery was seen, so that what it contained is a
	// baseline for the next.
	started bool
	// Only with a commit graph: which commits are in production, and which change
	// a commit completes (−1: none).
	reached   []bool
	completes []int32
	// Memory that all deliveries share.
	found []int
	leads []Lead
	room  phaseRoom
}

func newAttribution(r *rules, s *org.Service, out *counts) *attribution {
	a := &attribution{
		r: r, s: s, out: out,
		byID:    make(map[string]int, len(s.Changes)),
		bySHA:   make(map[string]int, len(s.Changes)),
		shipped: make([]int, len(s.Changes)),
		// A change ships once, so this never grows.
		leads: make([]Lead, 0, len(s.Changes)),
	}
	for i := range a.shipped {
		a.shipped[i] = nowhere
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		if c.Merged.IsZero() {
			a.first = i + 1
			continue // the merge commit of an unmerged request is a test merge
		}
		a.byID[c.ID] = i
		for _, sha := range c.Commits {
			a.bySHA[sha] = i
		}
		if c.MergeCommit != "" {
			a.bySHA[c.MergeCommit] = i
		}
	}
	if s.Graph != nil {
		a.indexGraph()
	}
	return a
}

// indexGraph notes which commit completes which change: the merge commit, and
// the head of the request's branch for those who deploy before they merge.
func (a *attribution) indexGraph() {
	a.reached = make([]bool, a.s.Graph.Len())
	a.completes = make([]int32, a.s.Graph.Len())
	for i := range a.completes {
		a.completes[i] = -1
	}
	for i := a.first; i < len(a.s.Changes); i++ {
		for _, sha := range []string{a.s.Changes[i].Head, a.s.Changes[i].MergeCommit} {
			if n, ok := a.s.Graph.Node(sha); ok {
				a.completes[n] = int32(i)
			}
		}
	}
}

// attribute finds the changes of delivery k that no earlier one shipped.
// Deliveries must come by finish.
func (a *attribution) attribute(ds []Delivery, k int) {
	d := &ds[k]
	fresh, method := a.contents(d)
	d.Method, d.Lane = method, org.Human
	if method != Unknown && method != Listed && !a.started {
		d.Baseline = true
	}
	a.started = a.started || method != Unknown
	shipped, bots := 0, 0
	from := len(a.leads)
	for _, i := range fresh {
		if a.shipped[i] != nowhere {
			continue
		}
		a.shipped[i] = k
		if d.Baseline {
			a.out.add("changes", "merged before the first known deployment", 1)
			continue
		}
		shipped++
		if a.s.Changes[i].Lane == org.Automation {
			bots++
		}
		if l, ok := a.measure(i, d); ok {
			a.leads = append(a.leads, l)
		} else {
			a.out.add("changes", "no first commit time", 1)
		}
	}
	if to := len(a.leads); to > from {
		d.Changes = a.leads[from:to:to]
	}
	if shipped > 0 && bots == shipped {
		d.Lane = org.Automation
	}
}
