// Package org turns facts into an organisation: services with their events, teams with the
// services they own and since when, people by lane. Every family builds on it, and it imports
// none of them.
//
// Resolve is the last function that sees a login. Its result has a lane (human or automation)
// and a key that means nothing outside this run.
package org

import (
	"maps"
	"slices"
	"time"

	"github.com/ip3dp/ip3dp/collect/text"
	"github.com/ip3dp/ip3dp/compute/metric"
)

// Organisation is the result of Resolve.
type Organisation struct {
	Teams    []Team    // by ID
	Groups   []Group   // in the order of teams.toml
	Services []Service // by ID
	// Incidents are all incidents by opening time, with or without a service.
	Incidents []Incident
	// IncidentsCollected are the spans with collected incidents.
	IncidentsCollected []metric.Window
	// IncidentsEnd is the time after which incidents are missing; zero if they are collected up
	// to the as-of time.
	IncidentsEnd time.Time
	LeftOut      []metric.LeftOut // events without a service, with the reason
	// Unmatched are the rows that name unknown things. Resolve lists incidents without a
	// service; Canonicalise finds the others.
	Unmatched []Unmatched
	Calendar  Calendar

	shared            map[string]bool // repositories with several services
	showsFew          bool
	authors           int
	named             bool            // a change names an author
	incidentsComplete []metric.Window // spans for which a source of incidents is declared complete
}

// Shared reports whether the repository has several services, so that one roll-out may be of
// all of them.
func (o *Organisation) Shared(repository string) bool { return o.shared[repository] }

// Group is a set of teams.
type Group struct {
	ID, Title string
	Parent    string // the group that it is part of; "" if it is part of none
}

// Team is a team with the number of its people, without names.
type Team struct {
	ID, Title, Group string
	Developers       int // as declared; 0 if not
	// People is the number of distinct human authors and co-authors of its changes in the 26
	// weeks up to the cut-off. If no change of its services names an author, it is the declared
	// number, and Counted is false.
	People   int
	Counted  bool
	Services []string

	authors map[uint32]bool // those counted
	allowed bool            // always shown
}

// MinPeople is the number of people that a team needs before its delivery numbers are shown,
// because numbers of a smaller team would be personal.
const MinPeople = 3

// Shown reports whether delivery numbers of the team may be shown.
func (t *Team) Shown() bool { return t.allowed || t.People >= MinPeople }

// CountPeople counts the people of several teams; a person in two teams counts once.
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

// CountAuthors returns the number of distinct human authors and co-authors of all changes in
// the 26 weeks up to the cut-off. It returns false if no change names an author.
func (o *Organisation) CountAuthors() (int, bool) { return o.authors, o.named }

// Owner is the ownership of a service by a team, From inclusive, Until exclusive; zero times
// are open ends.
type Owner struct {
	Team        string
	From, Until time.Time
}

func (o Owner) isOwnerAt(t time.Time) bool {
	return (o.From.IsZero() || !t.Before(o.From)) && (o.Until.IsZero() || t.Before(o.Until))
}

// Service is a unit of deployment: a repository, or some paths of one.
type Service struct {
	ID         string
	Repository string
	URL        string
	Shallow    bool
	Owners     []Owner // in the order of teams.toml; empty: no owner
	// Changes are sorted by merge time (unmerged ones first), Deployments by
	// creation.
	Changes     []Change
	Deployments []Deployment
	Graph       *Graph // nil when no commits were collected
	// Collected are the spans with collected deployments. Outside them a week without
	// deployments means "no data" and not zero.
	Collected []metric.Window
	// Gaps are the gaps that its sources report.
	Gaps []Gap

	scope pathScope
	names []string // names in tags, for a part of a repository
}

// Gap is a known gap in the facts of a service; a zero end is open.
type Gap struct {
	metric.Window
	Reason, Next string // the cause and the next step
}

// OwnedBy reports whether the team owned the service at t.
func (s *Service) OwnedBy(team string, t time.Time) bool {
	return slices.ContainsFunc(s.Owners, func(o Owner) bool { return o.Team == team && o.isOwnerAt(t) })
}

// Owned reports whether any team owned the service at t.
func (s *Service) Owned(t time.Time) bool {
	return slices.ContainsFunc(s.Owners, func(o Owner) bool { return o.isOwnerAt(t) })
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
	// HeadBranch and Labels mark unplanned fixes.
	HeadBranch string
	Labels     []string

	FirstCommit, Opened, Ready, FirstReview, Merged time.Time

	MergeCommit, Head string
	Commits           []string
	Reverts           string

	// Carrier marks a request that only brings commits of other requests to its base, or that
	// comes from a long-lived branch. It is shown and not counted.
	Carrier bool
	// Own are the commits that only this request brought, without merges. Shares is true if it
	// brought commits of other requests as well.
	Own    []string
	Shares bool
	// Squashed is true if its merge commit does not contain the commits of its branch, Rebased
	// if copies of them are on its base.
	Squashed, Rebased bool
	// Follows is the ID of the request that takes it on, or "": the request merged later, from
	// the branch that this one was merged into.
	Follows string
	// Copies is the ID of the change that it repeats on another branch (a backport), or "".
	Copies string
	// Aside is true if its base is not the default branch.
	Aside bool
}

// Route returns the branches of a request, "develop → main", or "" if one is unknown.
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
	// Obscured is true if the source only reports that it was replaced. Its success and finish
	// are unknown.
	Obscured bool
}

// Incident is fact.Incident with its service resolved.
type Incident struct {
	ID, URL, Title             string
	Service                    int    // index into Organisation.Services; −1: matches none
	Named                      string // service or repository as spelt in the source; "" without one
	Opened, Resolved           time.Time
	Deployment, Commit, Change string
	// Mentions are the references in its text, each with the repository of the incident if it
	// has none.
	Mentions []text.Mention
}

// Open reports whether the incident is not resolved.
func (i *Incident) Open() bool { return i.Resolved.IsZero() }
