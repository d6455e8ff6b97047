// Package org turns facts into an organisation: services with the events that
// belong to them, teams with the services they own and since when, people into
// lanes. It is a leaf that every family builds on.
//
// Resolve is the last place that sees a login. What leaves it carries a lane
// (human or automation) and a key that means nothing outside this run.
package org

import (
	"maps"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Organisation is what Resolve makes of the facts.
type Organisation struct {
	Teams    []Team    // by ID
	Services []Service // by ID
	// Incidents are all incidents by opening time, also those that match no service.
	Incidents []Incident
	// IncidentsCollected are the spans in which incidents were collected.
	IncidentsCollected []metric.Window
	LeftOut            []metric.LeftOut // events that belong nowhere, and why
	// Unmatched are the rows that name what nobody knows. Resolve lists incidents
	// that match no service; Canonical finds the others.
	Unmatched []Unmatched
	Calendar  Calendar

	shared            map[string]bool // repositories with several services
	showsFew          bool
	authors           int
	named             bool            // a change names an author
	incidentsComplete []metric.Window // spans for which a source of incidents is declared complete
}

// Shared reports whether several services live in the repository, so that one
// roll-out may be of all of them.
func (o *Organisation) Shared(repository string) bool { return o.shared[repository] }

// Team is a team with its people counted, never named.
type Team struct {
	ID, Title, Group string
	Developers       int // as declared; 0 if not
	// People are the distinct human authors and co-authors of its changes in the 26
	// weeks up to the cut-off. Where no change of its services names an author, they
	// are as many as declared, and Counted is false.
	People   int
	Counted  bool
	Services []string

	authors map[uint32]bool // those counted
	allowed bool            // it is shown however few they are
}

// MinPeople is how many people a team needs before its delivery numbers are
// shown: a team of one is an individual.
const MinPeople = 3

// Shown reports whether delivery numbers of the team may be shown.
func (t *Team) Shown() bool { return t.allowed || t.People >= MinPeople }

// CountPeople counts the people of teams together: whoever works in two counts once.
func CountPeople(teams []*Team) int {
	seen, declared := map[uint32]bool{}, 0
	for _, t := range teams {
		maps.Copy(seen, t.authors)
		if !t.Counted {
			declared += t.People
		}
	}
	return len(seen) + declared
}

// ShowsFew reports whether numbers of fewer than three people may be shown.
func (o *Organisation) ShowsFew() bool { return o.showsFew }

// CountAuthors are the distinct human authors and co-authors of all changes of the 26
// weeks up to the cut-off; false if no change names an author.
func (o *Organisation) CountAuthors() (int, bool) { return o.authors, o.named }

// Owner is a team's ownership of a service, From inclusive, Until exclusive; zero
// times are open ends.
type Owner struct {
	Team        string
	From, Until time.Time
}

func (o Owner) isOwnerAt(t time.Time) bool {
	return (o.From.IsZero() || !t.Before(o.From)) && (o.Until.IsZero() || t.Before(o.Until))
}

// Service is what is deployed: a repository or a path scope of one.
type Service struct {
	ID         string
	Repository string
	URL        string
	Shallow    bool
	Owners     []Owner // in the order of teams.toml; empty: nobody's
	// Changes are sorted by merge time (unmerged ones first), Deployments by
	// creation.
	Changes     []Change
	Deployments []Deployment
	Graph       *Graph // nil when no commits were collected
	// Collected are the spans for which its deployments were collected; outside
	// them a week without deployments is "no data", not zero.
	Collected []metric.Window
	// Gaps are what its sources say is missing.
	Gaps []Gap

	scope pathScope
	names []string // by which tags may call it, if it is a part of a repository
}

// Gap is a known hole in what was collected of a service; a zero end is open.
type Gap struct {
	metric.Window
	Reason, Next string // what happened, and what to do about it
}

// OwnedBy reports whether the team owned the service at t.
func (s *Service) OwnedBy(team string, t time.Time) bool {
	for _, o := range s.Owners {
		if o.Team == team && o.isOwnerAt(t) {
			return true
		}
	}
	return false
}

// Owned reports whether any team owned the service at t.
func (s *Service) Owned(t time.Time) bool {
	for _, o := range s.Owners {
		if o.isOwnerAt(t) {
			return true
		}
	}
	return false
}

// CollectedIn reports whether the whole window was collected.
func (s *Service) CollectedIn(w metric.Window) bool {
	return covers(s.Collected, w)
}

// Change is fact.Change without anything that identifies a person.
type Change struct {
	ID, URL, Title string
	Lane           Lane
	Author         uint32 // run-local key; 0: unknown
	Branch         string
	// HeadBranch and Labels tell an unplanned fix from planned work.
	HeadBranch string
	Labels     []string

	FirstCommit, Opened, Ready, FirstReview, Merged time.Time

	MergeCommit, Head string
	Commits           []string
	Reverts           string

	// Carrier says that it only brings other requests' commits to its base, or that
	// it comes from a long-lived branch: it is shown and not counted.
	Carrier bool
	// Own are the commits that it alone brought, without merges, and Shares says
	// that it brought commits of other requests as well.
	Own    []string
	Shares bool
	// Squashed says that its merge commit does not contain the commits of its branch,
	// and Rebased that copies of them are on its base.
	Squashed, Rebased bool
	// Follows is the ID of the request that takes it on: merged later, from the
	// branch that it was merged into; "" if none.
	Follows string
	// Copies is the ID of the change that it repeats on another branch (a backport);
	// "" if none.
	Copies string
	// Aside says that its base is not the default branch.
	Aside bool
}

// Route returns the branches of a request: "develop → main"; "" if they are not
// known.
func (c *Change) Route() string {
	if c.HeadBranch == "" || c.Branch == "" {
		return ""
	}
	return c.HeadBranch + " → " + c.Branch
}

// Deployment is fact.Deployment without its creator.
type Deployment struct {
	ID, URL, Environment, Commit, Ref string
	Tier                              string    // as fact.Deployment
	Created, Finished                 time.Time // Finished: first success, or zero
	Ended                             time.Time // last status of its own, or zero
	Changes, Commits                  []string
	Unmapped, Release                 bool
	// Obscured says that the source tells only that it was replaced: whether and
	// when it succeeded is not known.
	Obscured bool
}

// Incident is fact.Incident with its service resolved.
type Incident struct {
	ID, URL, Title             string
	Service                    int    // index into Organisation.Services; −1: matches none
	Named                      string // the service or repository as the source calls it; "" if it names none
	Opened, Resolved           time.Time
	Deployment, Commit, Change string
	// Mentions are what its text refers to, each with its repository, where the
	// incident has one.
	Mentions []text.Mention
}

// Open reports whether the incident is not resolved.
func (i *Incident) Open() bool { return i.Resolved.IsZero() }
