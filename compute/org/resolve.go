package org

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Options are the settings that decide owners and lanes.
type Options struct {
	Calendar Calendar
	Bots     []string // regular expressions in addition to the "[bot]" suffix and the built-in list
	// LongLived matches branches that collect the work of others, HotfixBranch branches that
	// never do; "" matches no name.
	LongLived, HotfixBranch string
	// Names resolves the services of incidents; nil: the names in content and facts.
	Names *Names
	// CountBots counts the work of bots as work of people.
	CountBots bool
	// ShowFew allows numbers of fewer than three people.
	ShowFew bool
}

// Resolve attributes every event to its services. LeftOut counts events without a service. Its
// errors are about patterns that do not compile.
func Resolve(o Options, c fact.Content, e fact.Events) (*Organisation, error) {
	bots, err := NewBots(o.Bots)
	if err != nil {
		return nil, err
	}
	branches, err := newBranchRules(o)
	if err != nil {
		return nil, err
	}
	if o.Names == nil {
		o.Names = NewNames(c)
		o.Names.learn(e)
	}
	r := &resolver{
		names: o.Names, strays: strays{},
		bots: bots, countBots: o.CountBots, branches: branches,
		trunks: map[string]string{}, histories: map[string]*history{},
		services: map[string]int{}, byRepo: map[string][]int{},
		people: map[string]uint32{}, worked: map[int][]authorship{}, helped: map[int][]coAuthor{}, named: map[int]bool{},
		leftOut: map[metric.LeftOut]int{},
	}
	r.org.Calendar, r.org.shared, r.org.showsFew = o.Calendar, map[string]bool{}, o.ShowFew
	r.declareServices(c)
	r.discoverServices(e)
	r.sortServices()
	r.nameComponents()
	r.attachCommits(e)
	r.attachChanges(r.addBareChanges(&e))
	r.attachDeployments(e.Deployments)
	r.attachIncidents(e.Incidents)
	r.attachCoverage(e)
	r.attachIncidentSpans(e)
	r.countPeople(c)
	r.reportLeftOut()
	r.reportStrays()
	return &r.org, nil
}

type resolver struct {
	org        Organisation
	bots       *Bots
	countBots  bool
	branches   branchRules
	trunks     map[string]string      // repository → its default branch, if the source has it
	components map[string]*components // by repository
	histories  map[string]*history    // by repository
	names      *Names
	strays     strays           // unknown services that incidents name
	nameless   int              // incidents without a service and a repository
	services   map[string]int   // service ID → index
	byRepo     map[string][]int // repository → indices
	authors    map[string]map[string]string
	people     map[string]uint32    // login → run-local key
	worked     map[int][]authorship // service → authors of its recent changes
	helped     map[int][]coAuthor   // service → co-authors of its recent changes
	named      map[int]bool         // services with a change that names an author
	leftOut    map[metric.LeftOut]int
	one        [1]int
}

// ServiceID returns the ID of an ownership: its own name, else its repository and paths.
func ServiceID(own fact.Ownership) string {
	if own.Service != "" {
		return own.Service
	}
	if len(own.Paths) == 0 {
		return own.Repository
	}
	return own.Repository + ":" + strings.TrimSuffix(own.Paths[0], "/**")
}

func (r *resolver) declareServices(c fact.Content) {
	for _, g := range c.Groups {
		r.org.Groups = append(r.org.Groups, Group{ID: g.ID, Title: cmp.Or(g.Title, g.ID), Parent: g.Parent})
	}
	for _, t := range c.Teams {
		title := t.Title
		if title == "" {
			title = t.ID
		}
		team := Team{ID: t.ID, Title: title, Group: t.Group, Developers: t.Developers}
		for _, own := range t.Owns {
			s := r.addService(ServiceID(own), own.Repository, own.Paths)
			s.names = append(s.names, ComponentNames(t.ID, own)...)
			s.Owners = append(s.Owners, Owner{Team: t.ID, From: own.From, Until: own.Until})
			if !slices.Contains(team.Services, s.ID) {
				team.Services = append(team.Services, s.ID)
			}
		}
		r.org.Teams = append(r.org.Teams, team)
	}
	slices.SortFunc(r.org.Teams, func(a, b Team) int { return cmp.Compare(a.ID, b.ID) })
}

// addService returns the service of that ID and declares it if it is new. The pointer is valid
// until the next call.
func (r *resolver) addService(id, repo string, paths []string) *Service {
	i, ok := r.services[id]
	if !ok {
		i = len(r.org.Services)
		r.services[id] = i
		r.org.Services = append(r.org.Services, Service{ID: id, Repository: repo, scope: newPathScope(paths)})
	}
	return &r.org.Services[i]
}

// discoverServices declares a service without an owner for every repository that has events and
// no declared service.
func (r *resolver) discoverServices(e fact.Events) {
	seen := map[string]bool{}
	visitServed(&e, func(name string) { seen[name] = true })
	r.discoverNames(seen)
}

// discoverNames declares a service for every repository that has none.
func (r *resolver) discoverNames(repositories map[string]bool) {
	declared := map[string]bool{"": true}
	for i := range r.org.Services {
		declared[r.org.Services[i].Repository] = true
	}
	for repo := range repositories {
		if !declared[repo] {
			r.addService(repo, repo, nil)
		}
	}
}

// visitServed calls visit with the repositories of facts that need a service, once for equal
// neighbours.
func visitServed(e *fact.Events, visit func(string)) {
	served := fact.Events{Deployments: e.Deployments, Changes: e.Changes}
	for i := range e.Repositories {
		visit(e.Repositories[i].Name)
	}
	visitRepositories(&served, visit)
}

func (r *resolver) sortServices() {
	slices.SortFunc(r.org.Services, func(a, b Service) int { return cmp.Compare(a.ID, b.ID) })
	for i := range r.org.Services {
		s := &r.org.Services[i]
		r.services[s.ID] = i
		r.byRepo[s.Repository] = append(r.byRepo[s.Repository], i)
		r.org.shared[s.Repository] = len(r.byRepo[s.Repository]) > 1
	}
}

// attachCommits builds one graph per repository; its services share it.
func (r *resolver) attachCommits(e fact.Events) {
	for _, repo := range e.Repositories {
		r.trunks[repo.Name] = repo.DefaultBranch
		for _, i := range r.byRepo[repo.Name] {
			r.org.Services[i].URL, r.org.Services[i].Shallow = repo.URL, repo.Shallow
		}
	}
	perRepo := map[string][]fact.Commit{}
	r.authors = map[string]map[string]string{}
	for _, c := range e.Commits {
		perRepo[c.Repository] = append(perRepo[c.Repository], c)
		if r.authors[c.Repository] == nil {
			r.authors[c.Repository] = map[string]string{}
		}
		r.authors[c.Repository][c.SHA] = c.Author
	}
	for repo, commits := range perRepo {
		g := newGraph(commits)
		r.histories[repo] = &history{graph: g, commits: commits}
		for _, i := range r.byRepo[repo] {
			r.org.Services[i].Graph = g
		}
	}
}

func (r *resolver) attachChanges(changes []fact.Change) {
	changes, related := r.relateAll(changes)
	all := make([]serviceEvent, 0, len(changes))
	for i := range changes {
		for _, s := range r.findChangeServices(&changes[i]) {
			all = append(all, serviceEvent{int32(s), int32(i)})
		}
	}
	for s, events := range groupByService(all, len(r.org.Services)) {
		sortStable(events, func(i, k int32) int {
			a, b := &changes[i], &changes[k]
			if c := a.Merged.Compare(b.Merged); c != 0 {
				return c
			}
			return cmp.Compare(a.ID, b.ID)
		})
		r.org.Services[s].Changes = make([]Change, len(events))
		for n, i := range events {
			r.org.Services[s].Changes[n] = r.newChange(&changes[i])
			r.notePeople(s, &changes[i])
			related[i].applyTo(&r.org.Services[s].Changes[n], changes)
		}
		resolveReverts(r.org.Services[s].Changes)
	}
}

// serviceEvent is the index of an event and of its service.
type serviceEvent struct{ service, event int32 }

// groupByService groups events by service and keeps their order.
func groupByService(all []serviceEvent, services int) [][]int32 {
	ends := make([]int, services+1)
	for _, p := range all {
		ends[p.service+1]++
	}
	for s := range services {
		ends[s+1] += ends[s]
	}
	events, groups := make([]int32, len(all)), make([][]int32, services)
	for s := range groups {
		groups[s] = events[ends[s]:ends[s]:ends[s+1]]
	}
	for _, p := range all {
		groups[p.service] = append(groups[p.service], p.event)
	}
	return groups
}

// sortStable sorts events unless they are in order, as those of most sources are.
func sortStable(events []int32, compare func(a, b int32) int) {
	if !slices.IsSortedFunc(events, compare) {
		slices.SortStableFunc(events, compare)
	}
}

// findChangeServices returns the services whose scope the change touches. A service that is a
// whole repository gets the changes that no other scope gets.
func (r *resolver) findChangeServices(c *fact.Change) []int {
	in := r.byRepo[c.Repository]
	if len(in) == 1 && r.org.Services[in[0]].scope.isWhole() {
		return in
	}
	if c.Paths == nil {
		r.countLeftOut("changes", "paths unknown in a repository that is owned by paths")
		return nil
	}
	var scoped, whole []int
	for _, i := range in {
		switch s := &r.org.Services[i]; {
		case s.scope.isWhole():
			whole = append(whole, i)
		case s.scope.matchesAny(c.Paths):
			scoped = append(scoped, i)
		}
	}
	if len(scoped) > 0 {
		return scoped
	}
	if len(whole) == 0 {
		r.countLeftOut("changes", "touch no owned path")
	}
	return whole
}

func (r *resolver) newChange(c *fact.Change) Change {
	return Change{
		ID: c.ID, URL: c.URL, Title: c.Title, Lane: r.findLane(c), Author: r.personKey(c.Author), Branch: c.Branch,
		HeadBranch: c.HeadBranch, Labels: c.Labels,
		FirstCommit: c.FirstCommit, Opened: c.Opened, Ready: c.Ready, FirstReview: c.FirstReview, Merged: c.Merged,
		MergeCommit: c.MergeCommit, Head: c.Head, Commits: c.Commits, Reverts: c.Reverts,
	}
}

// findLane returns Automation if all authors of the change's commits are bots. The account that
// merged it never counts.
func (r *resolver) findLane(c *fact.Change) Lane {
	known, human := 0, 0
	see := func(login string) {
		if login == "" {
			return
		}
		known++
		if !r.bots.IsBot(login) {
			human++
		}
	}
	for _, a := range c.Authors {
		see(a)
	}
	if known == 0 {
		byCommit := r.authors[c.Repository]
		for _, sha := range c.Commits {
			see(byCommit[sha])
		}
	}
	if known == 0 {
		see(c.Author)
	}
	if known > 0 && human == 0 && !r.countBots {
		return Automation
	}
	return Human
}

// personKey returns a number for a login that means nothing outside this run.
func (r *resolver) personKey(login string) uint32 {
	if login == "" {
		return 0
	}
	k, ok := r.people[login]
	if !ok {
		k = uint32(len(r.people) + 1)
		r.people[login] = k
	}
	return k
}

func (r *resolver) attachDeployments(ds []fact.Deployment) {
	all := make([]serviceEvent, 0, len(ds))
	r.findDashes(ds)
	for i := range ds {
		d := &ds[i]
		into, why := r.findDeploymentServices(d)
		if why != "" {
			r.countLeftOut("deployments", why)
		}
		for _, s := range into {
			all = append(all, serviceEvent{int32(s), int32(i)})
		}
	}
	for s, events := range groupByService(all, len(r.org.Services)) {
		sortStable(events, func(i, k int32) int {
			return cmp.Or(creationTime(&ds[i]).Compare(creationTime(&ds[k])), cmp.Compare(ds[i].ID, ds[k].ID))
		})
		r.org.Services[s].Deployments = make([]Deployment, len(events))
		for n, i := range events {
			r.org.Services[s].Deployments[n] = newDeployment(&ds[i])
		}
	}
}

// creationTime returns the creation of a deployment, or its end if the source has no creation.
func creationTime(d *fact.Deployment) time.Time {
	if d.Created.IsZero() {
		return d.Finished()
	}
	return d.Created
}

func newDeployment(d *fact.Deployment) Deployment {
	rd := Deployment{
		ID: d.ID, URL: d.URL, Environment: d.Environment, Tier: d.Tier, Commit: d.Commit, Ref: d.Ref,
		Created: creationTime(d), Finished: d.Finished(), Changes: d.Changes, Commits: d.Commits,
		Unmapped: d.Unmapped, Release: d.Release, Obscured: isObscured(d.Statuses),
	}
	for _, s := range slices.Backward(d.Statuses) {
		if s.State != fact.Inactive { // the next roll-out writes it, days later
			rd.Ended = s.At
			break
		}
	}
	return rd
}

// isObscured reports whether the statuses only show that a deployment was replaced, as in an
// export of the latest status of each.
func isObscured(statuses []fact.Status) bool {
	replaced := false
	for _, s := range statuses {
		switch s.State {
		case fact.Success, fact.Failure:
			return false
		case fact.Inactive:
			replaced = true
		case fact.Pending:
		}
	}
	return replaced
}

// oneService returns a list of one service, which is valid until the next call.
func (r *resolver) oneService(s int) []int {
	r.one[0] = s
	return r.one[:]
}

func (r *resolver) attachIncidents(incidents []fact.Incident) {
	byDeployment := r.indexDeployments(incidents)
	for i := range incidents {
		in := &incidents[i]
		ri := Incident{
			ID: in.ID, URL: in.URL, Title: in.Title, Service: r.findIncidentService(in, byDeployment),
			Opened: in.Opened, Resolved: in.Resolved, Deployment: in.Deployment, Commit: in.Commit, Change: in.Change,
			Named:    cmp.Or(in.Service, in.Repository),
			Mentions: slices.Clone(in.Mentions),
		}
		for k := range ri.Mentions {
			ri.Mentions[k].Repository = cmp.Or(ri.Mentions[k].Repository, in.Repository)
		}
		if n := len(in.Reopened); n > 0 && in.Reopened[n-1].After(in.Resolved) {
			ri.Resolved = time.Time{} // opened again and not resolved since
		}
		r.org.Incidents = append(r.org.Incidents, ri)
	}
	slices.SortStableFunc(r.org.Incidents, func(a, b Incident) int {
		return cmp.Or(a.Opened.Compare(b.Opened), cmp.Compare(a.ID, b.ID))
	})
}

// reportLeftOut lists the left-out events in a fixed order.
func (r *resolver) reportLeftOut() {
	for l, n := range r.leftOut {
		l.N = n
		r.org.LeftOut = append(r.org.LeftOut, l)
	}
	slices.SortFunc(r.org.LeftOut, func(a, b metric.LeftOut) int {
		return cmp.Compare(fmt.Sprint(a.What, a.Reason), fmt.Sprint(b.What, b.Reason))
	})
}

func (r *resolver) countLeftOut(what, reason string) {
	r.leftOut[metric.LeftOut{What: what, Reason: reason}]++
}
