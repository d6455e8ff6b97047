package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// pool is everything one scope (the organisation or a team) is measured by.
type pool struct {
	scope      metric.Scope
	hidden     string      // why its numbers may not be shown; "" if they may
	next       string      // what would show them
	apart      bool        // hidden, and not in the totals of the organisation either
	teams      []*org.Team // the teams it spans; none without a teams file
	services   []int       // services it was ever made of
	deliveries []*Delivery // people's, by finish
	automated  []*Delivery // automation's, by finish
	unfinished []time.Time // production roll-outs that never succeeded, by creation
	waiting    []*org.Change
	incidents  []*org.Incident // by opening
	obscured   []time.Time     // roll-outs of which only the end is known, by creation
	lost       []*org.Incident // those that name what is not known, by opening
	leftOut    exclusions
	signs      *fixSigns
	totals     map[[2]int64]*totals // what it did between two times, as far as it was asked
}

// gatherPools gathers deliveries by scope: the organisation first, then each team.
// Ownership counts as it was when a delivery finished; a service with two
// owners is in both their pools, and once in the organisation's.
func gatherPools(o *org.Organisation, linked []Linked) []*pool {
	whole := &pool{scope: metric.Scope{Kind: metric.Organisation}}
	all := []*pool{whole}
	byTeam := map[string]*pool{}
	for i := range o.Teams {
		t := &o.Teams[i]
		p := &pool{scope: metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title}, teams: []*org.Team{t}}
		p.hidden, p.next = explainTooFew(o, t)
		whole.teams = append(whole.teams, t)
		byTeam[t.ID] = p
		all = append(all, p)
	}
	keepApart(whole, all[1:])
	if len(o.Teams) == 0 {
		whole.hidden, whole.next = explainTooFewInAll(o)
	}
	total := 0
	for i := range linked {
		total += len(linked[i].Deliveries)
	}
	whole.deliveries = make([]*Delivery, 0, total)
	together := rollOutsOnce{}
	for i := range linked {
		spreadDeliveries(o, &linked[i], whole, byTeam, together)
	}
	var of []*pool
	for i := range o.Incidents {
		in := &o.Incidents[i]
		of = append(of[:0], whole)
		if in.Service >= 0 {
			of = dropWhole(appendOwners(of, &o.Services[in.Service], in.Opened, byTeam))
		}
		for _, p := range of {
			p.incidents = append(p.incidents, in)
		}
	}
	for _, l := range o.LeftOut {
		whole.leftOut.add(l.What, l.Reason, l.N)
	}
	for _, p := range all {
		p.splitAutomated()
		p.sortEvents()
	}
	return all
}

// keepApart takes the teams that are too small to show out of the totals where
// subtraction would bring them back: a single one, or so few that they are not
// three people together.
func keepApart(whole *pool, teams []*pool) {
	var few []*org.Team
	for _, p := range teams {
		if p.hidden != "" {
			few = append(few, p.teams[0])
		}
	}
	hidden := len(few)
	if hidden == 0 || hidden > 1 && org.CountPeople(few) >= org.MinPeople {
		return
	}
	whole.teams = nil
	for _, p := range teams {
		if p.apart = p.hidden != ""; !p.apart {
			whole.teams = append(whole.teams, p.teams[0])
		}
	}
	whole.leftOut.add("teams", "too small to be in a total, from which they could be worked out", hidden)
	if len(whole.teams) == 0 {
		whole.hidden, whole.next = teams[0].hidden, teams[0].next
		if len(teams) > 1 {
			whole.hidden = "all its teams together are too small: the numbers would be a person's"
			whole.next = seeFew
		}
	}
}

// dropWhole drops the whole from the owners of an event, where it comes first,
// if all the others are kept apart from it.
func dropWhole(owners []*pool) []*pool {
	for _, p := range owners[1:] {
		if !p.apart {
			return owners
		}
	}
	if len(owners) == 1 {
		return owners
	}
	return owners[1:]
}

// rollOutsOnce finds a roll-out of a whole repository again in another of its
// services. A team counts it once, whatever of it is theirs; the organisation
// counts what its teams count, once where several own the same service. So if
// every team has one rate, the organisation has it, too.
type rollOutsOnce map[rollOutKey]*Delivery

type rollOutKey struct {
	of                          *pool
	owners                      string
	repository, id, environment string
	finished                    time.Time
}

// add puts a delivery into a pool, or its changes into the one that is there
// already. owners are the teams that owned the service.
func (r rollOutsOnce) add(p *pool, owners string, s *org.Service, d *Delivery) {
	k := rollOutKey{p, owners, s.Repository, d.ID, d.Environment, d.Finished}
	first := r[k]
	if first == nil || d.ID == "" {
		copied := *d
		r[k] = &copied
		p.deliveries = append(p.deliveries, &copied)
		return
	}
	switch {
	case len(d.Changes) == 0:
	case len(first.Changes) == 0 || d.Lane == org.Human:
		first.Lane = d.Lane
	}
	first.Changes = slices.Concat(first.Changes, d.Changes)
	if first.Failure == nil {
		first.Failure = d.Failure
	}
	if first.FixOf == "" {
		first.FixOf = d.FixOf
	}
	if first.Ruling == nil {
		first.Ruling = d.Ruling
	}
	// The services of a repository share its incidents: each is counted once.
	first.suspect(max(0, d.suspects-first.suspects))
	first.clearSuspicion()
}

// spreadDeliveries hands one service's deliveries to the pools of those who owned it.
func spreadDeliveries(o *org.Organisation, l *Linked, whole *pool, byTeam map[string]*pool, together rollOutsOnce) {
	s := &o.Services[l.Service]
	if len(o.Teams) > 0 && len(s.Owners) == 0 {
		whole.leftOut.add("deployments", "of services that no team owns", len(l.Deliveries))
		return
	}
	owners := []*pool{whole}
	seen := map[string]bool{}
	for _, w := range s.Owners {
		if p := byTeam[w.Team]; p != nil && !seen[w.Team] {
			seen[w.Team] = true
			owners = append(owners, p)
		}
	}
	for _, p := range owners {
		p.deliveries = slices.Grow(p.deliveries, len(l.Deliveries))
		p.services = append(p.services, l.Service)
		for _, lo := range l.LeftOut {
			p.leftOut.add(lo.What, lo.Reason, lo.N)
		}
	}
	of := make([]*pool, 0, len(owners))
	at := func(t time.Time) []*pool {
		if len(o.Teams) == 0 {
			return owners[:1]
		}
		of = appendOwners(append(of[:0], whole), s, t, byTeam)
		if len(of) == 1 {
			whole.leftOut.add("deployments", "of services that no team owned at the time", 1)
			return nil
		}
		return dropWhole(of)
	}
	for i := range l.Deliveries {
		d := &l.Deliveries[i]
		into := at(d.Finished)
		owners := ""
		if o.Shared(s.Repository) {
			owners = joinIDs(into)
		}
		for _, p := range into {
			switch {
			case !o.Shared(s.Repository):
				p.add(d)
			case p == whole:
				together.add(p, owners, s, d)
			default:
				together.add(p, "", s, d)
			}
		}
	}
	for i := range l.Unfinished {
		for _, p := range at(l.Unfinished[i].Created) {
			p.unfinished = append(p.unfinished, l.Unfinished[i].Created)
		}
	}
	for _, t := range l.obscured {
		for _, p := range at(t) {
			p.obscured = append(p.obscured, t)
		}
	}
	for _, in := range l.lost {
		for _, p := range owners {
			p.lost = append(p.lost, in)
		}
	}
	for _, c := range l.Waiting {
		for _, p := range at(c.Merged) {
			p.waiting = append(p.waiting, c)
		}
	}
}

// joinIDs joins the IDs of pools, in order.
func joinIDs(of []*pool) string {
	var ids []string
	for _, p := range of {
		ids = append(ids, p.scope.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, "\n")
}

// splitAutomated moves the automated ones among deliveries to their own lane: whose they
// are is known once the services of one roll-out are joined.
func (p *pool) splitAutomated() {
	p.deliveries = slices.DeleteFunc(p.deliveries, func(d *Delivery) bool {
		if d.Lane == org.Automation {
			p.automated = append(p.automated, d)
			return true
		}
		return false
	})
}

func (p *pool) add(d *Delivery) {
	if d.Lane == org.Automation {
		p.automated = append(p.automated, d)
	} else {
		p.deliveries = append(p.deliveries, d)
	}
}

// appendOwners appends the pools of the teams that owned s at t to of.
func appendOwners(of []*pool, s *org.Service, t time.Time, byTeam map[string]*pool) []*pool {
	for i := range s.Owners {
		w := s.Owners[i]
		if p := byTeam[w.Team]; p != nil && s.OwnedBy(w.Team, t) && !slices.Contains(of, p) {
			of = append(of, p)
		}
	}
	return of
}

func (p *pool) sortEvents() {
	byFinish := func(a, b *Delivery) int {
		if c := a.Finished.Compare(b.Finished); c != 0 {
			return c // nearly always, and then names need no look
		}
		return cmp.Or(cmp.Compare(a.Service, b.Service), cmp.Compare(a.ID, b.ID))
	}
	slices.SortFunc(p.deliveries, byFinish)
	slices.SortFunc(p.automated, byFinish)
	slices.SortFunc(p.unfinished, time.Time.Compare)
	slices.SortFunc(p.obscured, time.Time.Compare)
	slices.SortFunc(p.lost, func(a, b *org.Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID))
	})
	slices.SortFunc(p.waiting, func(a, b *org.Change) int {
		return cmp.Or(a.Merged.Compare(b.Merged), cmp.Compare(a.ID, b.ID))
	})
}

// countCollected counts the pool's teams with at least one service collected for the
// whole window, and its services collected out of those it has.
func (p *pool) countCollected(o *org.Organisation, w metric.Window) (teams, services int) {
	in := map[string]bool{}
	for _, i := range p.services {
		s := &o.Services[i]
		if !s.CollectedIn(w) {
			continue
		}
		services++
		for _, own := range s.Owners {
			in[own.Team] = true
		}
	}
	for _, t := range p.teams {
		if in[t.ID] {
			teams++
		}
	}
	return teams, services
}

// selectWithin returns the part of a sorted slice whose times lie in the window.
func selectWithin[T any](sorted []T, at func(T) time.Time, w metric.Window) []T {
	cmpTo := func(t time.Time) func(T, time.Time) int {
		return func(x T, _ time.Time) int {
			if at(x).Before(t) {
				return -1
			}
			return 1
		}
	}
	lo, _ := slices.BinarySearchFunc(sorted, w.From, cmpTo(w.From))
	hi, _ := slices.BinarySearchFunc(sorted, w.To, cmpTo(w.To))
	return sorted[lo:hi]
}

func finishTime(d *Delivery) time.Time      { return d.Finished }
func openingTime(i *org.Incident) time.Time { return i.Opened }
func identityTime(t time.Time) time.Time    { return t }
