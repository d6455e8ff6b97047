package demo

import (
	"cmp"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// GenerateEvents generates the organisation's delivery facts in memory, with the
// repositories and the coverage that a forge would have reported. Deployments
// are sorted by creation, changes by merge, incidents by opening.
func GenerateEvents(o Options) (fact.Events, error) {
	o, err := o.withDefaults()
	if err != nil {
		return fact.Events{}, err
	}
	var e fact.Events
	g := newGenerator(o)
	for _, s := range g.services {
		if s.slot == 0 {
			e.Repositories = append(e.Repositories, fact.Repository{
				Name: s.repository, DefaultBranch: "main", URL: "https://git.example/" + s.repository,
			})
			for _, kind := range []string{"deployments", "changes", "incidents"} {
				e.Coverage = append(e.Coverage, fact.Coverage{
					Source: source, Repository: s.repository, Kind: kind, From: o.From, To: o.AsOf,
				})
			}
		}
	}
	if o.Staff {
		g.addStaff(&e)
	}
	n := g.estimateDeployments()
	e.Deployments, e.Changes = make([]fact.Deployment, 0, n), make([]fact.Change, 0, n)
	err = g.forEachBlock(func(b *batch) error {
		e.Deployments = append(e.Deployments, b.deployments...)
		e.Changes = append(e.Changes, b.changes...)
		e.Incidents = append(e.Incidents, b.incidents...)
		return nil
	})
	return e, err
}

// generator walks through the blocks.
type generator struct {
	Options
	teams    []*team
	adopted  []Adoption
	services []*service
	titles   []string // of the tickets, in their order; facts have none
}

func newGenerator(o Options) *generator {
	teams := newTeams(o)
	adopted := drawAdoptions(o, teams)
	setFirstUse(adopted, teams)
	return &generator{Options: o, teams: teams, adopted: adopted, services: newServices(o.Seed, o.Teams, teams)}
}

// estimateDeployments returns a rough number of deployments in all blocks. There are at least
// as many changes.
func (g *generator) estimateDeployments() int {
	n := 0.0
	for _, sp := range g.cutSpans() {
		n += sp.PerDay * float64(sp.to-sp.from) / day * float64(len(g.teams))
	}
	return int(n * 1.5)
}

// forEachBlock calls yield with the facts of every block, sorted by time. The batch is
// only valid during the call.
func (g *generator) forEachBlock(yield func(*batch) error) error {
	var b batch
	for _, sp := range g.cutSpans() {
		b.deployments, b.changes, b.incidents = b.deployments[:0], b.changes[:0], b.incidents[:0]
		g.generateBlock(&b, sp)
		b.sort()
		if err := yield(&b); err != nil {
			return err
		}
	}
	return nil
}

// generateBlock generates the facts of one block in four steps; see the package.
func (g *generator) generateBlock(out *batch, sp span) {
	end := g.AsOf.Unix()
	plans := make([]*plan, len(g.services))
	for i, n := range shareDeployments(sp, g.services) {
		plans[i] = newPlan(g.services[i], sp, n)
		plans[i].cutAt(end)
	}
	failDeployments(sp, plans)
	var drawn []float64
	for _, p := range plans {
		p.drawLeads(sp)
		for i := range p.slots {
			drawn = append(drawn, p.slots[i].leads...)
		}
	}
	factor := 1.0
	if sp.exact {
		factor = scaleFactor(drawn, 60*sp.Lead)
	}
	for _, p := range plans {
		lastFinished := p.finished
		p.addFacts(out, sp, factor)
		p.addStrays(out, sp, lastFinished)
		p.addOpen(out, sp, sp.to >= end)
	}
	aimIncidents(sp, out.incidents, end, g.Seed)
}

// listedAt returns the time that a change is sorted by.
func listedAt(c *fact.Change) int64 {
	switch {
	case !c.Merged.IsZero():
		return c.Merged.Unix()
	case !c.Closed.IsZero():
		return c.Closed.Unix()
	}
	return c.Opened.Unix()
}

func (b *batch) sort() {
	slices.SortFunc(b.deployments, func(x, y fact.Deployment) int {
		return cmp.Or(x.Created.Compare(y.Created), cmp.Compare(x.ID, y.ID))
	})
	slices.SortFunc(b.changes, func(x, y fact.Change) int {
		return cmp.Or(cmp.Compare(listedAt(&x), listedAt(&y)), cmp.Compare(x.Repository, y.Repository),
			cmp.Compare(x.ID, y.ID))
	})
	slices.SortFunc(b.incidents, func(x, y fact.Incident) int {
		return cmp.Or(x.Opened.Compare(y.Opened), cmp.Compare(x.ID, y.ID))
	})
}
