package dora

import (
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/compute/org"
)

// linkService joins the facts of one service. It needs no other service, so services can be
// linked in parallel and one at a time. asOf is the time when the facts were read.
//
// Cost: O(d log d + c) for d deployments and c changes or commits.
func (r *rules) linkService(s *org.Service, service int, incidents []*org.Incident, asOf time.Time) Linked {
	var out exclusions
	l := Linked{Service: service}
	l.Deliveries, l.Unfinished = r.listRollouts(s, service, &out)
	a := newAttribution(r, s, &out)
	for i := range l.Deliveries {
		a.attributeChanges(l.Deliveries, i)
	}
	l.Waiting = a.findWaiting(l.Deliveries, asOf)
	r.findFailures(a, l.Deliveries, l.Unfinished, incidents)
	l.LeftOut, l.obscured, l.lost = out.list, out.obscured, out.lost
	return l
}

// noDelivery marks a change without a delivery.
const noDelivery = -1

// attribution assigns every change to the first production deployment that contains it.
type attribution struct {
	r     *rules
	s     *org.Service
	out   *exclusions
	byID  map[string]int // change ID → index into s.Changes
	bySHA multimap       // any commit of a change → index
	// shipped is the index of the delivery that first brought each change to production.
	shipped []int
	// taken lists, by request, the changes that were merged into its branch before it.
	taken map[int][]int
	// first is the index of the first merged change; unmerged ones sort before it.
	first int
	// timed is the index of the first change that is not yet part of a deployment found by time
	// only.
	timed    int
	branches map[string]*[]int // by name: changes merged into it that are not yet part of a deployment
	// started is true after the first delivery with contents: that one was the baseline.
	started bool
	history *ancestry // nil without a commit graph
	abbreviations
	// Memory that all deliveries share.
	found []int
	leads []Lead
	arena phaseArena
}

// multimap is a map with several values for a few of its keys.
type multimap struct {
	one  map[string]int32
	more map[string][]int32
}

func newMany(size int) multimap { return multimap{make(map[string]int32, size), map[string][]int32{}} }

func (m multimap) add(key string, i int) {
	if key == "" {
		return
	}
	if first, ok := m.one[key]; !ok {
		m.one[key] = int32(i)
	} else if first != int32(i) && !slices.Contains(m.more[key], int32(i)) {
		m.more[key] = append(m.more[key], int32(i))
	}
}

// forEach calls visit for every value of key.
func (m multimap) forEach(key string, visit func(int)) {
	if first, ok := m.one[key]; ok {
		visit(int(first))
		for _, i := range m.more[key] {
			visit(int(i))
		}
	}
}

func newAttribution(r *rules, s *org.Service, out *exclusions) *attribution {
	a := &attribution{
		r: r, s: s, out: out,
		byID:    make(map[string]int, len(s.Changes)),
		bySHA:   newMany(len(s.Changes)),
		shipped: make([]int, len(s.Changes)),
		taken:   map[int][]int{},
		// A change ships once, so this never grows.
		leads: make([]Lead, 0, len(s.Changes)),
	}
	for i := range a.shipped {
		a.shipped[i] = noDelivery
	}
	for i := range s.Changes {
		c := &s.Changes[i]
		if c.Merged.IsZero() {
			a.first = i + 1
			continue // the merge commit of an unmerged request is a test merge
		}
		a.byID[c.ID] = i
		a.bySHA.add(c.MergeCommit, i)
		a.bySHA.add(c.Head, i)
		for _, sha := range c.Commits {
			a.bySHA.add(sha, i)
		}
	}
	if s.Graph != nil {
		a.history = newAncestry(s, a.first)
	}
	for i := a.first; i < len(s.Changes); i++ {
		if k, ok := a.byID[s.Changes[i].Follows]; ok && k != i {
			a.taken[k] = append(a.taken[k], i)
		}
	}
	return a
}

// shipsWithRequest reports whether change i ships with the request k that took it on, rather
// than by its own commits: k was squashed, or the graph lacks the commits.
func (a *attribution) shipsWithRequest(i, k int) bool {
	return a.history == nil || a.s.Changes[k].Squashed || !a.history.hasChange(&a.s.Changes[i]) ||
		!a.history.hasChange(&a.s.Changes[k])
}

// isCounted reports whether a change counts itself. A carrier or a copy does not.
func (a *attribution) isCounted(i int) bool {
	return !a.s.Changes[i].Carrier && a.s.Changes[i].Copies == ""
}

// ship records that delivery k brought change i, and the changes that go with it, to
// production.
func (a *attribution) ship(i, k int) { a.shipWith(i, k, false) }

// shipWith does the same. along is true if change i ships with the request that took it on. Its
// own commits are then not in production, so ancestry cannot show the changes that it took on
// itself.
func (a *attribution) shipWith(i, k int, along bool) {
	if a.shipped[i] != noDelivery {
		return
	}
	a.shipped[i] = k
	a.found = append(a.found, i)
	for _, j := range a.taken[i] {
		if along || a.shipsWithRequest(j, i) {
			a.shipWith(j, k, true)
		}
	}
	if original, ok := a.byID[a.s.Changes[i].Copies]; ok && a.s.Changes[i].Copies != "" {
		a.shipWith(original, k, along)
	}
}

// attributeChanges finds the changes of delivery k that no earlier delivery shipped. Calls must
// follow the order of finish.
func (a *attribution) attributeChanges(ds []Delivery, k int) {
	d := &ds[k]
	a.found = a.found[:0]
	d.Method, d.Lane = a.shipContents(d, k), org.Human
	if d.Method != Unknown && d.Method != Listed && !a.started {
		d.Baseline = true
	}
	a.started = a.started || d.Method != Unknown
	slices.Sort(a.found) // by merge time, not in the order of the walk
	shipped, bots := 0, 0
	from := len(a.leads)
	for _, i := range a.found {
		c := &a.s.Changes[i]
		switch {
		case c.Carrier:
			d.Carriers = append(d.Carriers, c)
			continue
		case c.Copies != "":
			d.Copies = append(d.Copies, c)
			continue
		case d.Baseline:
			a.out.add("changes", "merged before the first known deployment", 1)
			continue
		}
		if a.r.excludes(&a.s.Changes[i]) {
			a.out.add("changes", excludedByRule, 1)
			continue
		}
		shipped++
		if c.Lane == org.Automation {
			bots++
		}
		l, why := a.measureLead(i, d)
		if why != "" {
			a.out.add("changes", why, 1)
			d.unmeasured = append(d.unmeasured, l.Change)
			continue
		}
		if l.Impossible > 0 {
			a.out.add("changes", "have a phase that would end before it began: in no number of that phase", 1)
		}
		a.leads = append(a.leads, l)
	}
	if to := len(a.leads); to > from {
		d.Changes = a.leads[from:to:to]
	}
	if shipped > 0 && bots == shipped {
		d.Lane = org.Automation
	}
}
