package dora

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/compute/metric"
	"github.com/ip3dp/ip3dp/compute/org"
)

// pool holds the events of one scope: the organisation, a group or a team.
type pool struct {
	scope      metric.Scope
	hidden     string      // reason why its numbers may not be shown; "" if they may
	next       string      // next step to show them
	apart      bool        // hidden, and left out of the organisation's totals, too
	teams      []*org.Team // the teams it spans; none without a teams file
	groups     []*pool     // of a team: the groups that count it
	parent     string      // of a group: the ID of the group that it is part of
	members    []*pool     // of a group: its teams, with those of the groups below
	services   []int       // all its services, past ones included
	deliveries []*Delivery // people's, by finish
	automated  []*Delivery // automation's, by finish
	unfinished []time.Time // production roll-outs that never succeeded, by creation
	waiting    []*org.Change
	incidents  []*org.Incident // by opening
	obscured   []time.Time     // roll-outs with an unknown result, by creation
	lost       []*org.Incident // incidents with a reference to something that was not collected, by opening
	leftOut    exclusions
	signs      *fixSigns
	totals     map[[2]int64]*totals // totals by start and end, computed on first use
	all        *pool                // with the events in breaks; nil if there are none
}

// pools are the pools of all scopes.
type pools struct {
	whole         *pool
	teams, groups []*pool
	counts        []GroupTeams // of the groups
}

// list returns the pools in the order of the results.
func (p *pools) list() []*pool { return slices.Concat([]*pool{p.whole}, p.teams, p.groups) }

// gatherPools gathers deliveries by scope: the organisation, each team and each group. The owner
// at the finish of a delivery counts. A service with two owners is in the pools of both, and
// once in those of the organisation and of a group.
func gatherPools(o *org.Organisation, linked []Linked) pools {
	whole := &pool{scope: metric.Scope{Kind: metric.Organisation}}
	ps := pools{whole: whole}
	byTeam := map[string]*pool{}
	for i := range o.Teams {
		t := &o.Teams[i]
		p := &pool{scope: metric.Scope{Kind: metric.Team, ID: t.ID, Title: t.Title}, teams: []*org.Team{t}}
		p.hidden, p.next = explainTooFew(o, t)
		whole.teams = append(whole.teams, t)
		byTeam[t.ID] = p
		ps.teams = append(ps.teams, p)
	}
	keepApart(whole, ps.teams)
	ps.groups, ps.counts = newGroupPools(o, ps.teams)
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
			of = appendGroups(dropWhole(appendOwners(of, &o.Services[in.Service], in.Opened, byTeam)))
		}
		for _, p := range of {
			p.incidents = append(p.incidents, in)
		}
	}
	for _, l := range o.LeftOut {
		whole.leftOut.add(l.What, l.Reason, l.N)
	}
	for _, p := range ps.list() {
		p.splitAutomated()
		p.sortEvents()
	}
	return ps
}

// keepApart removes teams that are too small to show from the totals if subtraction would
// reveal them: a single team, or teams with fewer than three people together.
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
	whole.leftOut.add("teams", "too small: a total would reveal their values", hidden)
	if len(whole.teams) == 0 {
		whole.hidden, whole.next = teams[0].hidden, teams[0].next
		if len(teams) > 1 {
			whole.hidden = "all its teams together are too small: the numbers would be a person's"
			whole.next = seeFew
		}
	}
}

// dropWhole drops the first owner of an event, the organisation, if all the other owners are
// kept apart from it.
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

// rollOutsOnce counts a roll-out of a whole repository once, though it is in several of its
// services: once for each team, and once in the organisation for each set of owners. If all
// teams have the same rate, the organisation has it, too.
type rollOutsOnce map[rollOutKey]*Delivery

type rollOutKey struct {
	of                          *pool
	owners                      string
	repository, id, environment string
	finished                    time.Time
}

// add adds a delivery to a pool, or its changes to the same delivery there. owners are the
// teams that owned the service.
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
	// The services of a repository share its incidents; each counts once.
	first.suspect(max(0, d.suspects-first.suspects))
	first.clearSuspicion()
}

// spreadDeliveries adds the deliveries of one service to the pools of its owners.
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
	owners = appendGroups(owners)
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
		for _, p := range appendGroups(into) {
			switch {
			case !o.Shared(s.Repository):
				p.add(d)
			case p.scope.Kind == metric.Team:
				together.add(p, "", s, d)
			default:
				together.add(p, owners, s, d)
			}
		}
	}
	for i := range l.Unfinished {
		for _, p := range appendGroups(at(l.Unfinished[i].Created)) {
			p.unfinished = append(p.unfinished, l.Unfinished[i].Created)
		}
	}
	for _, t := range l.obscured {
		for _, p := range appendGroups(at(t)) {
			p.obscured = append(p.obscured, t)
		}
	}
	for _, in := range l.lost {
		for _, p := range owners {
			p.lost = append(p.lost, in)
		}
	}
	for _, c := range l.Waiting {
		for _, p := range appendGroups(at(c.Merged)) {
			p.waiting = append(p.waiting, c)
		}
	}
}

// joinIDs joins the sorted IDs of pools.
func joinIDs(of []*pool) string {
	var ids []string
	for _, p := range of {
		ids = append(ids, p.scope.ID)
	}
	slices.Sort(ids)
	return strings.Join(ids, "\n")
}

// splitAutomated moves automated deliveries to their own lane. The lane of a delivery is final
// only after the services of one roll-out are joined.
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

// appendOwners appends the pools of the teams that owned s at t.
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
			return c // the usual case, without comparing names
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

// countCollected counts the teams of the pool with a service that was collected for the whole
// window, and these services.
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

// selectWithin returns the elements of a sorted slice whose times are in the window.
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
