package org

import (
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// countPeople sets how many people each team has: the declared number, or else
// the distinct human authors of changes merged while the team owned the service.
func (r *resolver) countPeople(c fact.Content) {
	declared := map[string]int{}
	for _, t := range c.Teams {
		declared[t.ID] = max(t.Developers, len(t.Members))
	}
	for i := range r.org.Teams {
		t := &r.org.Teams[i]
		t.People = declared[t.ID]
		if t.People == 0 {
			t.People = r.authorsOf(t)
		}
	}
}

func (r *resolver) authorsOf(t *Team) int {
	seen := map[uint32]bool{}
	for _, id := range t.Services {
		s := &r.org.Services[r.services[id]]
		for i := range s.Changes {
			ch := &s.Changes[i]
			if ch.Author != 0 && ch.Lane == Human && !ch.Merged.IsZero() && s.OwnedBy(t.ID, ch.Merged) {
				seen[ch.Author] = true
			}
		}
	}
	return len(seen)
}

// deploymentKey names a deployment. IDs are unique within a repository only; with
// repository "" the key stands for every deployment of that ID.
type deploymentKey struct{ repository, id string }

// ambiguous marks an ID that deployments of several services have.
const ambiguous = -2

// deploymentIndex maps the deployments that incidents name to their services.
func (r *resolver) deploymentIndex(incidents []fact.Incident) map[deploymentKey]int {
	named := map[string]bool{}
	for i := range incidents {
		named[incidents[i].Deployment] = true
	}
	idx := map[deploymentKey]int{}
	for s := range r.org.Services {
		for i := range r.org.Services[s].Deployments {
			id := r.org.Services[s].Deployments[i].ID
			if !named[id] {
				continue
			}
			for _, k := range []deploymentKey{{r.org.Services[s].Repository, id}, {"", id}} {
				if of, seen := idx[k]; seen && of != s {
					idx[k] = ambiguous
				} else {
					idx[k] = s
				}
			}
		}
	}
	return idx
}

// serviceOfIncident: the service it names, the service of the deployment it
// names, or the only service of its repository. Where nothing is deployed from that
// repository it is the service whose changes or deployments its text refers to.
// Otherwise it is −1, and the incident counts for the organisation only.
func (r *resolver) serviceOfIncident(in *fact.Incident, byDeployment map[deploymentKey]int) int {
	if i, ok := r.services[in.Service]; ok && in.Service != "" {
		return i
	}
	if i, ok := byDeployment[deploymentKey{in.Repository, in.Deployment}]; ok && in.Deployment != "" && i != ambiguous {
		return i
	}
	of := r.byRepo[in.Repository]
	own := len(of) == 1 && in.Repository != ""
	if !own || len(r.org.Services[of[0]].Deployments) == 0 {
		if i, ok := r.serviceMentioned(in); ok {
			return i
		}
	}
	if own {
		return of[0]
	}
	r.drop("incidents", "name no known service; they count for the organisation only")
	return -1
}

// serviceMentioned is the only service with deployments in another repository that
// the incident's text refers to.
func (r *resolver) serviceMentioned(in *fact.Incident) (int, bool) {
	found, ok := -1, false
	for _, m := range in.Mentions {
		of := r.byRepo[m.Repository]
		if m.Repository == "" || len(of) != 1 || len(r.org.Services[of[0]].Deployments) == 0 {
			continue
		}
		if ok && of[0] != found {
			return -1, false
		}
		found, ok = of[0], true
	}
	return found, ok
}

// attachCoverage keeps the spans in which deployments were collected, less the
// gaps that sources reported.
func (r *resolver) attachCoverage(e fact.Events) {
	for _, c := range e.Coverage {
		if c.Kind != "deployments" {
			continue
		}
		for _, i := range r.byRepo[c.Repository] {
			spans := []metric.Window{{From: c.From, To: c.To}}
			for _, g := range e.Gaps {
				if g.Source == c.Source && (g.Repository == "" || g.Repository == c.Repository) && !g.From.IsZero() {
					spans = subtract(spans, metric.Window{From: g.From, To: g.To})
				}
			}
			r.org.Services[i].Collected = append(r.org.Services[i].Collected, spans...)
		}
	}
	for i := range r.org.Services {
		r.org.Services[i].Collected = union(r.org.Services[i].Collected)
	}
}
