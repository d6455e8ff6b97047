package org

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// PeopleWeeks is the number of weeks up to the cut-off that people are counted over.
const PeopleWeeks = 26

// authorship is the author of a change and the time when it was merged.
type authorship struct {
	by uint32 // run-local key
	at time.Time
}

// notePeople records the authors of a change of a service, co-authors included, if it was
// merged in the 26 weeks up to the cut-off.
func (r *resolver) notePeople(service int, c *fact.Change) {
	cut := r.org.Calendar.CutOff()
	recent := !c.Merged.IsZero() && !c.Merged.Before(cut.Add(-PeopleWeeks*Week)) && c.Merged.Before(cut)
	seen := 0
	see := func(login string) {
		if login == "" {
			return
		}
		r.named[service] = true
		if seen++; recent && !r.bots.IsBot(login) {
			r.worked[service] = append(r.worked[service], authorship{r.personKey(login), c.Merged})
		}
	}
	for _, a := range c.Authors {
		see(a)
	}
	if seen == 0 {
		for _, sha := range c.Commits {
			see(r.authors[c.Repository][sha])
		}
	}
	if seen == 0 {
		see(c.Author)
	}
	if recent {
		for _, who := range c.CoAuthors {
			r.helped[service] = append(r.helped[service], coAuthor{who, c.Merged})
		}
	}
}

// coAuthor is a co-author of a change and the time when it was merged.
type coAuthor struct {
	who string // login or address
	at  time.Time
}

// resolveCoAuthors identifies co-authors. Trailers name people by address, forges by login: an
// address belongs to the person whose login or address has the same local part, so that no
// person counts twice. It leaves out tools that sign as co-authors.
func (r *resolver) resolveCoAuthors() {
	byLocal := map[string]uint32{}
	for login, key := range r.people {
		local := localPart(login)
		if k, ok := byLocal[local]; !ok || key < k {
			byLocal[local] = key
		}
	}
	for service := range r.org.Services {
		for _, h := range r.helped[service] {
			r.named[service] = true
			if r.bots.IsBot(h.who) || isTool(h.who) {
				continue
			}
			key, known := r.people[h.who]
			if !known {
				key, known = byLocal[localPart(h.who)]
			}
			if !known {
				key = r.personKey(h.who)
				byLocal[localPart(h.who)] = key
			}
			r.worked[service] = append(r.worked[service], authorship{key, h.at})
		}
	}
}

// localPart returns the part of an address before the @, in lower case.
func localPart(login string) string {
	local, _, _ := strings.Cut(strings.ToLower(login), "@")
	return local
}

// isTool reports whether a co-author is a tool that writes code and signs its commits.
func isTool(who string) bool {
	switch local := localPart(who); local {
	case "noreply", "no-reply", "copilot", "cursoragent", "claude", "codex", "gemini-code-assist", "devin-ai-integration":
		return true
	}
	return false
}

// countPeople counts the people of each team: the distinct human authors of changes merged in
// the 26 weeks up to the cut-off, while the team owned the service. It uses the declared number
// only if no change of the team's services names an author.
func (r *resolver) countPeople(c fact.Content) {
	r.resolveCoAuthors()
	all := map[uint32]bool{}
	for service := range r.org.Services {
		r.org.named = r.org.named || r.named[service]
		for _, w := range r.worked[service] {
			all[w.by] = true
		}
	}
	r.org.authors = len(all)
	declared := map[string]int{}
	for _, t := range c.Teams {
		declared[t.ID] = max(t.Developers, len(t.Members))
	}
	for i := range r.org.Teams {
		t := &r.org.Teams[i]
		t.allowed = r.org.showsFew
		t.authors = r.findAuthors(t)
		t.People, t.Counted = len(t.authors), true
		if !r.namesAuthor(t) && declared[t.ID] > 0 {
			t.People, t.Counted = declared[t.ID], false
		}
	}
}

// namesAuthor reports whether any change of a team's services names an author.
func (r *resolver) namesAuthor(t *Team) bool {
	return slices.ContainsFunc(t.Services, func(id string) bool { return r.named[r.services[id]] })
}

// findAuthors returns the distinct people who wrote changes of a team's services.
func (r *resolver) findAuthors(t *Team) map[uint32]bool {
	seen := map[uint32]bool{}
	for _, id := range t.Services {
		i := r.services[id]
		for _, w := range r.worked[i] {
			if r.org.Services[i].OwnedBy(t.ID, w.at) {
				seen[w.by] = true
			}
		}
	}
	return seen
}

// deploymentKey identifies a deployment. IDs are unique within a repository only; with
// repository "" the key means every deployment of that ID.
type deploymentKey struct{ repository, id string }

// ambiguous marks an ID that deployments of several services have.
const ambiguous = -2

// indexDeployments maps the deployments that incidents name to their services.
func (r *resolver) indexDeployments(incidents []fact.Incident) map[deploymentKey]int {
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

// findIncidentService returns the service that an incident names, the service of the deployment
// that it names, or the only service of its repository. If nothing is deployed from that
// repository, it returns the service whose changes or deployments the text refers to. Otherwise
// it returns −1, and only the organisation counts the incident.
func (r *resolver) findIncidentService(in *fact.Incident, byDeployment map[deploymentKey]int) int {
	if i, ok := r.services[in.Service]; ok && in.Service != "" {
		return i
	}
	if i, ok := byDeployment[deploymentKey{in.Repository, in.Deployment}]; ok && in.Deployment != "" && i != ambiguous {
		return i
	}
	of := r.byRepo[in.Repository]
	own := len(of) == 1 && in.Repository != ""
	if !own || len(r.org.Services[of[0]].Deployments) == 0 {
		if i, ok := r.findMentionedService(in); ok {
			return i
		}
	}
	if own {
		return of[0]
	}
	if named := cmp.Or(in.Service, in.Repository); named != "" {
		r.strays.add(text.Fold(named), named)
	} else {
		r.nameless++
	}
	return -1
}

// reportStrays lists the incidents that match no service.
func (r *resolver) reportStrays() {
	r.org.Unmatched = r.strays.listUnmatched("incidents", "service", &r.names.services)
	if r.nameless > 0 {
		r.org.Unmatched = append(r.org.Unmatched, Unmatched{Rows: "incidents", Kind: Nameless, N: r.nameless})
	}
}

// findMentionedService returns the only service with deployments, in another repository, that
// the incident's text refers to.
func (r *resolver) findMentionedService(in *fact.Incident) (int, bool) {
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

// attachCoverage sets the spans with collected deployments, less the gaps that sources
// reported.
func (r *resolver) attachCoverage(e fact.Events) {
	for _, c := range e.Coverage {
		if c.Kind != "deployments" {
			continue
		}
		for _, i := range r.byRepo[c.Repository] {
			spans := []metric.Window{{From: c.From, To: c.To}}
			for _, g := range e.Gaps {
				if g.Source == c.Source && (g.Repository == "" || g.Repository == c.Repository) && !g.From.IsZero() {
					spans = subtractSpan(spans, metric.Window{From: g.From, To: g.To})
				}
			}
			r.org.Services[i].Collected = append(r.org.Services[i].Collected, spans...)
		}
	}
	for _, g := range e.Gaps {
		for _, i := range r.byRepo[g.Repository] {
			r.org.Services[i].Gaps = append(r.org.Services[i].Gaps, Gap{metric.Window{From: g.From, To: g.To}, g.Reason, g.Next})
		}
	}
	for _, c := range e.Coverage {
		if c.Kind != "deployments" || c.Repository != "" || !c.Declared {
			continue
		}
		for i := range r.org.Services { // a complete file without a row covers the services that no other source covers
			if s := &r.org.Services[i]; len(s.Collected) == 0 {
				s.Collected = append(s.Collected, metric.Window{From: c.From, To: c.To})
			}
		}
	}
	for i := range r.org.Services {
		r.org.Services[i].Collected = joinSpans(r.org.Services[i].Collected)
	}
}
