package org

import (
	"cmp"
	"maps"
	"slices"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Canonicalise returns the facts with one spelling for every repository, team, feature and
// service, and the rows that name unknown things. The spelling of a repository is that of
// teams.toml, else of the forge or clone that has it, else the first in alphabetical order. It
// does not change its arguments.
func (n *Names) Canonicalise(c fact.Content, e fact.Events) (fact.Events, []Unmatched) {
	n.learn(e)
	x := canonical{Names: n, counted: map[rowsOf]strays{}}
	x.respellRepositories(&e)
	respell(&e.Deployments, func(d *fact.Deployment) *string { return &d.Service }, func(d *fact.Deployment) string {
		return x.spellService("deployments", d.Service, d.Repository)
	})
	respell(&e.Incidents, func(in *fact.Incident) *string { return &in.Service }, func(in *fact.Incident) string {
		id, _ := n.Service(in.Service) // Resolve counts those without a service
		return cmp.Or(id, in.Service)
	})
	x.respellUsage(c, &e)
	respell(&e.Measures, func(m *fact.Measure) *string { return &m.Team },
		func(m *fact.Measure) string { return x.spellTeam("figures", m.Team) })
	respell(&e.Measures, func(m *fact.Measure) *string { return &m.ID }, func(m *fact.Measure) string {
		id, _ := n.Measure(m.ID)
		return cmp.Or(id, m.ID)
	})
	respell(&e.Tasks, func(t *fact.Task) *string { return &t.Team },
		func(t *fact.Task) string { return x.spellTeam("task attempts", t.Team) })
	respell(&e.Tickets, func(t *fact.Ticket) *string { return &t.Team },
		func(t *fact.Ticket) string { return x.spellTeams("tickets", t.Team, t.CountTickets()) })
	respell(&e.Tickets, func(t *fact.Ticket) *string { return &t.Feature }, func(t *fact.Ticket) string {
		id, _ := n.Feature(t.Feature)
		return cmp.Or(id, t.Feature)
	})
	// An unknown team of an answer may be any text that a person typed. Package privacy counts
	// these answers and never shows the text.
	respell(&e.Answers, func(a *fact.Answer) *string { return &a.Team }, func(a *fact.Answer) string {
		id, _ := n.TeamOrGroup(a.Team)
		return cmp.Or(id, a.Team)
	})
	return e, x.listUnmatched()
}

// canonical is one pass over the facts.
type canonical struct {
	*Names
	counted map[rowsOf]strays // by rows and kind
}

// rowsOf identifies rows of one sort and the kind of name that they should have.
type rowsOf struct{ rows, kind string }

// respell replaces the spelling of a field in a list of facts. It copies the list before the
// first change, because sources are read once and used again.
func respell[T any](list *[]T, field func(*T) *string, spelling func(*T) string) {
	copied := false
	for i := range *list {
		now := spelling(&(*list)[i])
		if *field(&(*list)[i]) == now {
			continue
		}
		if !copied {
			*list = slices.Clone(*list)
			copied = true
		}
		*field(&(*list)[i]) = now
	}
}

// learn adds the repositories of the facts that teams.toml lacks. Repositories without a
// declared service become services.
func (n *Names) learn(e fact.Events) {
	own := make([]string, 0, len(e.Repositories))
	for i := range e.Repositories {
		own = append(own, e.Repositories[i].Name)
	}
	named := map[string]bool{}
	visitRepositories(&e, func(name string) { named[name] = true })
	for _, names := range [][]string{slices.Sorted(slices.Values(own)), slices.Sorted(maps.Keys(named))} {
		for _, name := range names {
			key := text.FoldRepository(name)
			if n.repositories.learn(key, text.Repository(name)) {
				n.services.learn(key, text.Repository(name))
			}
		}
	}
	for i := range e.Repositories {
		for _, former := range e.Repositories[i].Former {
			if now, ok := n.Repository(e.Repositories[i].Name); ok {
				n.repositories.learn(text.FoldRepository(former), now)
			}
		}
	}
}

// visitRepositories calls visit with the repository of every fact, once for equal neighbours.
func visitRepositories(e *fact.Events, visit func(string)) {
	last := ""
	see := func(name string) {
		if name != "" && name != last {
			visit(name)
			last = name
		}
	}
	for i := range e.Commits {
		see(e.Commits[i].Repository)
	}
	for i := range e.Changes {
		see(e.Changes[i].Repository)
	}
	for i := range e.Deployments {
		see(e.Deployments[i].Repository)
	}
	for i := range e.Incidents {
		see(e.Incidents[i].Repository)
	}
	for i := range e.Coverage {
		see(e.Coverage[i].Repository)
	}
}

// respellRepositories respells the repositories of all facts.
func (x *canonical) respellRepositories(e *fact.Events) {
	last, spelled := "", ""
	spell := func(name string) string {
		if name != last {
			last = name
			now, _ := x.Repository(name)
			spelled = cmp.Or(now, name)
		}
		return spelled
	}
	respellRepository(&e.Repositories, spell, func(x *fact.Repository) *string { return &x.Name })
	respellRepository(&e.Commits, spell, func(x *fact.Commit) *string { return &x.Repository })
	respellRepository(&e.Changes, spell, func(x *fact.Change) *string { return &x.Repository })
	respellRepository(&e.Changes, spell, func(x *fact.Change) *string { return &x.HeadRepository })
	respellRepository(&e.Deployments, spell, func(x *fact.Deployment) *string { return &x.Repository })
	respellRepository(&e.Incidents, spell, func(x *fact.Incident) *string { return &x.Repository })
	respellRepository(&e.Coverage, spell, func(x *fact.Coverage) *string { return &x.Repository })
	respellRepository(&e.Gaps, spell, func(x *fact.Gap) *string { return &x.Repository })
	x.countUnowned(e)
}

// respellRepository respells a repository in a list of facts.
func respellRepository[T any](list *[]T, spell func(string) string, field func(*T) *string) {
	respell(list, field, func(x *T) string { return spell(*field(x)) })
}

// countUnowned counts the deployments, changes and incidents of repositories without an owner,
// if teams own any.
func (x *canonical) countUnowned(e *fact.Events) {
	owned := map[string]bool{}
	for _, name := range x.repositories.declared {
		owned[name] = true
	}
	if len(owned) == 0 {
		return
	}
	count := func(rows, name string) {
		if name != "" && !owned[name] {
			x.countStray(rows, "repository", text.FoldRepository(name), name)
		}
	}
	for i := range e.Deployments {
		count("deployments", e.Deployments[i].Repository)
	}
	for i := range e.Changes {
		count("changes", e.Changes[i].Repository)
	}
	for i := range e.Incidents {
		count("incidents", e.Incidents[i].Repository)
	}
}

func (x *canonical) countStray(rows, kind, key, name string) { x.countStrays(rows, kind, key, name, 1) }

// countStrays counts n rows with an unknown name.
func (x *canonical) countStrays(rows, kind, key, name string, n int) {
	k := rowsOf{rows, kind}
	if x.counted[k] == nil {
		x.counted[k] = strays{}
	}
	x.counted[k].addRows(key, name, n)
}

// spellService returns the ID of the service that a row names. It counts an unknown name if the
// row has no other reference to a service.
func (x *canonical) spellService(rows, name, repository string) string {
	if name == "" {
		return ""
	}
	if id, ok := x.Service(name); ok {
		return id
	}
	key := text.FoldRepository(repository)
	if x.parts[partName{key, text.Fold(name)}] {
		return name // Resolve finds it by its part
	}
	if _, known := x.repositories.find(key); repository == "" || !known || x.shared[key] {
		x.countStray(rows, "service", text.Fold(name), name)
	}
	return name
}

// spellTeam returns the ID of the team that a row names.
func (x *canonical) spellTeam(rows, name string) string { return x.spellTeams(rows, name, 1) }

// spellTeams does the same for n rows.
func (x *canonical) spellTeams(rows, name string, n int) string {
	if name == "" {
		return ""
	}
	id, ok := x.Team(name)
	if !ok && len(x.teams.byKey) > 0 {
		x.countStrays(rows, "team", text.Fold(name), name, n)
	}
	return cmp.Or(id, name)
}

// respellUsage respells features and teams. It respells units that are teams or services; units
// that are developers are hashed.
func (x *canonical) respellUsage(c fact.Content, e *fact.Events) {
	units := map[string]string{}
	for i := range c.Features {
		units[c.Features[i].ID] = c.Features[i].Adoption.Unit
	}
	respell(&e.Usage, func(u *fact.Use) *string { return &u.Feature }, func(u *fact.Use) string {
		id, ok := x.Feature(u.Feature)
		if !ok {
			x.countStrays("rows of usage", "feature", text.Fold(u.Feature), u.Feature, u.CountRows())
		}
		return cmp.Or(id, u.Feature)
	})
	respell(&e.Usage, func(u *fact.Use) *string { return &u.Team },
		func(u *fact.Use) string { return x.spellTeams("rows of usage", u.Team, u.CountRows()) })
	respell(&e.Usage, func(u *fact.Use) *string { return &u.Unit }, func(u *fact.Use) string {
		switch {
		case units[u.Feature] == "team" && u.Team != "":
			return u.Team
		case units[u.Feature] == "team":
			return x.spellTeams("rows of usage", u.Unit, u.CountRows())
		case units[u.Feature] == "service":
			id, _ := x.Service(u.Unit)
			return cmp.Or(id, u.Unit)
		}
		return u.Unit
	})
}

// listUnmatched lists the counted names in a fixed order.
func (x *canonical) listUnmatched() []Unmatched {
	var out []Unmatched
	known := map[string]*finder{
		"feature": &x.features, "team": &x.teams, "service": &x.services,
		"repository": &x.repositories,
	}
	for _, k := range slices.SortedFunc(maps.Keys(x.counted), func(a, b rowsOf) int {
		return cmp.Or(cmp.Compare(a.rows, b.rows), cmp.Compare(a.kind, b.kind))
	}) {
		for _, u := range x.counted[k].listUnmatched(k.rows, k.kind, known[k.kind]) {
			u.Aside = k.kind == "team" && (k.rows == "tickets" || k.rows == "task attempts")
			out = append(out, u)
		}
	}
	return out
}
