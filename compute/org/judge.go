package org

import (
	"cmp"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Judge decides which facts no number can use, because of their environment or because they name
// nothing that the content has. It uses the rules of Resolve and of the families, so that it
// never changes a number. It is not safe for concurrent use.
type Judge struct {
	names      *Names
	resolver   *resolver
	production *Production
	features   map[string]*fact.Feature
	teams      int
}

// Verdicts of facts that name something that is not in the content.
const (
	unknownFeature = "names a feature that no content has"
	unknownTeam    = "names a team that is not in teams.toml"
	unknownService = "names a service that no team owns"
	noService      = "names no service and no repository"
)

// NewJudge returns a judge for the facts of all sources, before they are merged. The content
// already has the teams of forges.
func NewJudge(c fact.Content, production *Production, all []fact.Events) *Judge {
	j := &Judge{
		names: NewNames(c), production: production, features: map[string]*fact.Feature{}, teams: len(c.Teams),
	}
	for i := range c.Features {
		j.features[c.Features[i].ID] = &c.Features[i]
	}
	for i := range all {
		j.names.learn(all[i])
	}
	r := &resolver{names: j.names, services: map[string]int{}, byRepo: map[string][]int{}}
	r.org.shared = map[string]bool{}
	r.declareServices(c)
	seen := map[string]bool{}
	for i := range all {
		visitServed(&all[i], func(name string) { seen[j.spell(name)] = true })
	}
	r.discoverNames(seen)
	r.sortServices()
	r.nameComponents()
	j.resolver = r
	for i := range all {
		for k := range all[i].Deployments {
			r.findDashes([]fact.Deployment{j.respell(&all[i].Deployments[k])})
		}
	}
	return j
}

// spell returns the spelling in use for a repository.
func (j *Judge) spell(repository string) string {
	now, _ := j.names.Repository(repository)
	return cmp.Or(now, repository)
}

// respell returns a deployment with the spelling in use for its repository and service.
func (j *Judge) respell(d *fact.Deployment) fact.Deployment {
	out := *d
	out.Repository = j.spell(d.Repository)
	if id, ok := j.names.Service(d.Service); ok && d.Service != "" {
		out.Service = id
	}
	return out
}

// Deployment returns the verdict on a deployment: it counts if it is to production and of a
// service or repository. A repository without an owner counts for the organisation.
func (j *Judge) Deployment(d *fact.Deployment) fact.Verdict {
	counts := j.production.IsProduction(d.Environment, d.Tier)
	if d.Release && d.Environment == fact.Maintenance {
		counts = !j.production.Excludes(d.Environment)
	}
	if !counts {
		return fact.Verdict{Class: fact.OtherEnvironment, Reason: "not to production"}
	}
	if d.Service == "" && d.Repository == "" {
		return fact.Verdict{Class: fact.Nobody, Reason: noService}
	}
	spelled := j.respell(d)
	if in, _ := j.resolver.findDeploymentServices(&spelled); len(in) > 0 {
		return fact.Verdict{}
	}
	name := d.Service
	if name == "" {
		name = parseComponent(&spelled).name
	}
	return fact.Verdict{Class: fact.Nobody, Reason: unknownService, Kind: "service", Name: name}
}

// Use returns the verdict on a row of usage: it counts if a feature has its name. A feature that
// is counted by team does not count teams beyond those of teams.toml, if as many are eligible.
func (j *Judge) Use(u *fact.Use) fact.Verdict {
	id, ok := j.names.Feature(u.Feature)
	if !ok {
		return fact.Verdict{Class: fact.Nobody, Reason: unknownFeature, Kind: "feature", Name: u.Feature}
	}
	f := j.features[id]
	if f == nil || f.Adoption.Unit != "team" || f.Adoption.Source == "rule" || f.Adoption.Source == "list" || j.teams == 0 {
		return fact.Verdict{}
	}
	eligible := f.Adoption.Eligible
	if eligible <= 0 {
		eligible = j.teams
	}
	team := cmp.Or(u.Team, u.Unit)
	if _, ok := j.names.Team(team); ok || eligible > j.teams {
		return fact.Verdict{}
	}
	return fact.Verdict{Class: fact.Nobody, Reason: unknownTeam, Kind: "team", Name: team}
}

// Describe returns the reason of a verdict with the name, if it looks like a name and not like
// text or an address, and with the nearest name of the content.
func (j *Judge) Describe(v fact.Verdict) string {
	name := strings.TrimSpace(v.Name)
	if v.Kind == "" || !text.IsName(name) {
		return v.Reason
	}
	known := map[string]*finder{"feature": &j.names.features, "team": &j.names.teams, "service": &j.names.services}[v.Kind]
	out := v.Reason + ": " + text.Quote(name)
	if near := known.findNear(text.Fold(name)); near != "" {
		out += "; did you mean " + text.Quote(near) + "?"
	}
	return out
}
