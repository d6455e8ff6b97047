package discovery

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// AskedState is the state of a request.
type AskedState string

// States of a request.
const (
	Open           AskedState = "asked"            // no answer is recorded
	Answered       AskedState = "answered"         // in words
	Working        AskedState = "working"          // an initiative is approved or active
	NotThisQuarter AskedState = "not this quarter" // refused, to be reviewed on Revisit
	Refused        AskedState = "won't build"      // refused for good
	Built          AskedState = "built"
)

// Asked is one request with its answer.
type Asked struct {
	ID       string     `json:"id"` // of the first of Research, Initiatives and Cases that it came from
	Title    string     `json:"title"`
	Request  string     `json:"request"`
	Answer   string     `json:"answer,omitempty"`
	State    AskedState `json:"state"`
	Asked    time.Time  `json:"asked,omitzero"`
	Answered time.Time  `json:"answered,omitzero"`
	Days     *int       `json:"days"` // to the first answer; nil if not recorded
	Instead  string     `json:"instead,omitempty"`
	Revisit  time.Time  `json:"revisit,omitzero"`
	Teams    int        `json:"teams,omitempty"` // number of teams that asked
	// IDs of its origin and of the work on it.
	Research    []string `json:"research,omitempty"`
	Initiatives []string `json:"initiatives,omitempty"`
	Cases       []string `json:"cases,omitempty"`
}

// listRequests lists requests, newest first. A conversation, the initiative that answers it and
// the case about it are one request. An initiative or a case is a request of its own only if no
// other request links to it.
func (g *graph) listRequests() []Asked {
	var list []Asked
	covered := map[string]bool{} // initiatives of requests found so far
	toldBy := map[string]bool{}  // cases of those
	add := func(a Asked) {
		for _, id := range a.Initiatives {
			covered[id] = true
		}
		for _, id := range a.Cases {
			toldBy[id] = true
		}
		list = append(list, a)
	}
	for _, r := range g.research {
		if r.Request != "" {
			add(g.newResearchRequest(r))
		}
	}
	for _, i := range g.initiatives {
		if (i.Status == fact.Requested || i.Status == fact.WontBuild) && !covered[i.ID] {
			add(g.newInitiativeRequest(i))
		}
	}
	for _, c := range g.cases {
		if c.Request != "" && !toldBy[c.ID] {
			add(g.newCaseRequest(c))
		}
	}
	slices.SortStableFunc(list, func(a, b Asked) int {
		return cmp.Or(b.Asked.Compare(a.Asked), cmp.Compare(a.ID, b.ID))
	})
	return list
}

// listCases returns the cases of initiatives and the given cases, by ID.
func (g *graph) listCases(initiatives, cases []string) []string {
	all := slices.Clone(cases)
	for _, id := range initiatives {
		all = append(all, g.told.forth[id]...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func (g *graph) newResearchRequest(r *fact.Research) Asked {
	initiatives := g.asked.forth[r.ID]
	a := Asked{
		ID: r.ID, Title: r.Title, Request: r.Request, Asked: findAskDate(r), Answered: r.Answered, Teams: countTeams(r),
		Research: []string{r.ID}, Initiatives: initiatives, Cases: g.listCases(initiatives, g.tells.forth[r.ID]),
	}
	if r.Title == r.Request {
		a.Title = humanise(r.ID) // the request is already shown
	}
	primary := g.findPrimary(r.ID, initiatives)
	outcome := ""
	if len(a.Cases) > 0 {
		outcome = g.caseByID[a.Cases[0]].Outcome
	}
	a.Answer = cmp.Or(r.Answer, r.Solution)
	if primary != nil {
		if primary.ID == r.ID {
			a.Title = primary.Title
		}
		if !primary.Requested.IsZero() && (a.Asked.IsZero() || primary.Requested.Before(a.Asked)) {
			a.Asked = primary.Requested
		}
		a.Answer = cmp.Or(r.Answer, primary.Answer, outcome, r.Solution)
		if primary.Status == fact.WontBuild {
			a.Answer = cmp.Or(primary.Answer, r.Answer, primary.Reason, r.Solution)
		}
	}
	g.settleRequest(&a, primary)
	return a
}

func (g *graph) newInitiativeRequest(i *fact.Initiative) Asked {
	a := Asked{
		ID: i.ID, Title: i.Title, Request: i.Title, Answer: cmp.Or(i.Answer, i.Reason), Asked: g.findRequestDate(i),
		Initiatives: []string{i.ID}, Cases: g.listCases([]string{i.ID}, nil),
	}
	g.settleRequest(&a, i)
	return a
}

func (g *graph) newCaseRequest(c *fact.Case) Asked {
	initiatives := g.told.back[c.ID]
	primary := g.findPrimary(c.ID, initiatives)
	a := Asked{
		ID: c.ID, Title: c.Title, Request: c.Request, Answer: c.Outcome, Initiatives: initiatives,
		Cases: []string{c.ID},
	}
	if primary != nil {
		a.Asked, a.Answer = g.findRequestDate(primary), cmp.Or(primary.Answer, c.Outcome)
	}
	g.settleRequest(&a, primary)
	return a
}

// settleRequest sets the state of a request from the initiative that answers it, if there is
// one.
func (g *graph) settleRequest(a *Asked, primary *fact.Initiative) {
	a.State, a.Days = Open, countDays(a.Asked, a.Answered)
	if a.Answer != "" || !a.Answered.IsZero() {
		a.State = Answered
	}
	if primary == nil {
		return
	}
	a.Instead, a.Revisit = primary.Instead, primary.Revisit
	switch {
	case primary.Status == fact.WontBuild && !primary.Revisit.IsZero():
		a.State = NotThisQuarter
	case primary.Status == fact.WontBuild:
		a.State = Refused
	case primary.Status == fact.Done || isAvailable(primary, g.asOf):
		a.State = Built
	case primary.Status == fact.Approved || primary.Status == fact.Active:
		a.State = Working
	}
}

// progress orders the statuses of initiatives: a higher one is more of an answer.
var progress = map[string]int{
	fact.WontBuild: 6, fact.Done: 5, fact.Active: 4, fact.Approved: 3, fact.Idea: 2, fact.Requested: 1,
}

// findPrimary returns the initiative that answers a request: the one of the same name, else a
// refusal, else the most advanced. It returns nil without one.
func (g *graph) findPrimary(id string, initiatives []string) *fact.Initiative {
	if slices.Contains(initiatives, id) {
		return g.initiativeByID[id]
	}
	var best *fact.Initiative
	for _, other := range initiatives {
		if i := g.initiativeByID[other]; best == nil || progress[i.Status] > progress[best.Status] {
			best = i
		}
	}
	return best
}

// humanise turns an ID into words: "kubernetes-dashboard" → "Kubernetes dashboard".
func humanise(id string) string {
	words := strings.ReplaceAll(id, "-", " ")
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:]
}
