package testkit

import (
	"crypto/sha1" // git names its objects by SHA-1
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/text"
)

// Rules are the settings of a source that decide which facts it should find.
// Recorded deployments always count.
type Rules struct {
	// Workflows maps paths of workflow files to environments: their runs are
	// deployments, one for a run, however often it was run again.
	Workflows map[string]string
	// Releases is the environment of published releases, without pre-releases; "": releases are
	// not deployments.
	Releases string
	// Incidents lists labels. Any of them makes an issue an incident.
	Incidents []string
	// Teams means that teams are collected, Pipelines that workflow files are.
	Teams, Pipelines bool
}

// Facts returns the facts that a source should have after it was synchronised at each of the
// times of syncs, in order, for the window from the given time to the last of them. A single
// sync is a run from scratch. A repository that no longer exists keeps its last facts; a former
// name is there if some sync saw it. Only the World decides: no code of a collector is used.
func (w *World) Facts(source string, from time.Time, syncs []time.Time, rules Rules) fact.Events {
	var e fact.Events
	now := syncs[len(syncs)-1]
	for _, r := range w.Repositories {
		repo, asOf, ok := r.knownState(syncs)
		if !ok {
			continue
		}
		if rules.Pipelines && r.Head(asOf) != "" {
			repo.Pipelines = pipelineHashes(r)
		}
		e.Repositories = append(e.Repositories, repo)
		t := factMaker{World: w, source: source, repo: repo.Name, r: r, from: from, now: asOf, rules: rules}
		t.addFacts(&e)
	}
	if rules.Teams {
		e.Teams = w.factTeams(source, now)
	}
	return e
}

// knownState returns the repository as the syncs saw it, and the last sync that did.
func (r *Repository) knownState(syncs []time.Time) (repo fact.Repository, asOf time.Time, ok bool) {
	for _, at := range syncs {
		if !r.Visible(at) {
			if ok && repo.Gone.IsZero() {
				repo.Gone = at
			}
			continue
		}
		name := r.Name(at)
		if ok && repo.Name != name {
			repo.Former = append(repo.Former, repo.Name)
		}
		repo.Name, repo.DefaultBranch, repo.Archived, repo.Gone = name, r.DefaultBranch, r.IsArchived(at), time.Time{}
		asOf, ok = at, true
	}
	return repo, asOf, ok
}

// pipelineHashes returns git's hashes of the workflow files, by path.
func pipelineHashes(r *Repository) map[string]string {
	files := map[string]string{}
	for _, f := range r.Workflows {
		sum := sha1.Sum([]byte("blob " + strconv.Itoa(len(f.Content)) + "\x00" + f.Content))
		files[f.Path] = hex.EncodeToString(sum[:])
	}
	if len(files) == 0 {
		return nil
	}
	return files
}

func (w *World) factTeams(source string, now time.Time) []fact.ForgeTeam {
	var teams []fact.ForgeTeam
	for _, t := range w.Teams {
		f := fact.ForgeTeam{Source: source, ID: t.Slug, Name: t.Name, Members: slices.Sorted(slices.Values(t.Members))}
		for _, id := range t.Repositories {
			if r := w.Repository(id); r != nil && r.Visible(now) {
				f.Repositories = append(f.Repositories, r.Name(now))
			}
		}
		slices.Sort(f.Repositories)
		teams = append(teams, f)
	}
	return teams
}

// factMaker makes the facts of one repository.
type factMaker struct {
	*World
	source, repo string
	r            *Repository
	from, now    time.Time
	rules        Rules
}

// inWindow reports whether a time is in the window.
func (t *factMaker) inWindow(at time.Time) bool { return !at.Before(t.from) && at.Before(t.now) }

func (t *factMaker) addFacts(e *fact.Events) {
	for _, c := range t.r.Reachable(t.r.Head(t.now)) {
		if !t.inWindow(c.CommitTime) {
			continue
		}
		e.Commits = append(e.Commits, fact.Commit{
			Repository: t.repo, SHA: c.SHA, Parents: c.Parents, Author: t.authorOf(c), AuthorTime: c.AuthorTime,
			CommitTime: c.CommitTime, Reverts: c.Reverts, Subject: fact.HashSubject(c.Message), PickedFrom: c.PickedFrom,
		})
		if c.Request == 0 {
			e.Changes = append(e.Changes, t.addDirectChange(c))
		}
	}
	for i := range t.r.Requests {
		if q := &t.r.Requests[i]; q.Visible(t.now) && t.inWindow(q.Updated(t.now)) {
			e.Changes = append(e.Changes, t.makeChange(q))
		}
	}
	for i := range t.r.Deployments {
		if d := &t.r.Deployments[i]; t.inWindow(d.Created) {
			e.Deployments = append(e.Deployments, t.makeDeployment(d))
		}
	}
	for i := range t.r.Runs {
		u := &t.r.Runs[i]
		if environment := t.rules.Workflows[u.Workflow]; environment != "" && t.inWindow(u.Created) {
			e.Deployments = append(e.Deployments, t.addRun(u, environment))
		}
	}
	for i := range t.r.Releases {
		if l := &t.r.Releases[i]; t.rules.Releases != "" && t.inWindow(l.Published) && !l.Prerelease {
			e.Deployments = append(e.Deployments, t.addRelease(l))
		}
	}
	for i := range t.r.Issues {
		if x := &t.r.Issues[i]; !x.Opened.After(t.now) && t.inWindow(x.Updated(t.now)) && t.isIncident(x) {
			e.Incidents = append(e.Incidents, t.addIncident(x))
		}
	}
}

// authorOf returns the login of a commit's author, or the e-mail if no account has it.
func (t *factMaker) authorOf(c *Commit) string {
	p := t.Person(c.Author)
	if p != nil && (p.Ghost || p.Unlinked) {
		return p.Email
	}
	return c.Author
}

// addDirectChange adds a commit that reached the branch without a request.
func (t *factMaker) addDirectChange(c *Commit) fact.Change {
	title, _, _ := strings.Cut(c.Message, "\n")
	who := t.authorOf(c)
	return fact.Change{
		Source: t.source, Repository: t.repo, ID: c.SHA, Title: title, Author: who, Authors: []string{who},
		FirstCommit: c.AuthorTime, Merged: c.CommitTime, MergeCommit: c.SHA, Commits: []string{c.SHA}, Reverts: c.Reverts,
	}
}

func (t *factMaker) makeChange(q *Request) fact.Change {
	c := fact.Change{
		Source: t.source, Repository: t.repo, ID: strconv.Itoa(q.Number), Title: q.Title, Labels: LabelsAt(q.Labels, t.now),
		HeadBranch: q.Head, HeadRepository: q.Fork, Updated: q.Updated(t.now), Draft: q.IsDraft(t.now), Opened: q.Opened,
		Commits: q.CommitsAt(t.now),
	}
	if p := t.Person(q.Author); p != nil && !p.Ghost {
		c.Author = q.Author
	}
	if q.Base != t.r.DefaultBranch {
		c.Branch = q.Base
	}
	if q.Reverts != 0 {
		c.Reverts = strconv.Itoa(q.Reverts)
	}
	for _, sha := range c.Commits {
		commit := t.r.Commit(sha)
		c.Head = sha
		if c.FirstCommit.IsZero() || commit.AuthorTime.Before(c.FirstCommit) {
			c.FirstCommit = commit.AuthorTime
		}
		if who := t.authorOf(commit); !slices.Contains(c.Authors, who) {
			c.Authors = append(c.Authors, who)
		}
	}
	if hasHappened(q.Ready, t.now) {
		c.Ready = q.Ready
	}
	for _, v := range q.ReviewsAt(t.now) {
		p := t.Person(v.Author)
		counts := v.State != "pending" && v.Author != q.Author && (p == nil || !p.Bot)
		if counts && (c.FirstReview.IsZero() || v.At.Before(c.FirstReview)) {
			c.FirstReview = v.At
		}
	}
	switch {
	case q.IsMerged(t.now):
		c.Merged, c.MergeCommit = q.Merged, q.MergeCommit
	case hasHappened(q.Closed, t.now):
		c.Closed = q.Closed
	}
	return c
}

// states maps the words of a World to those of facts.
var states = map[string]fact.State{
	"queued": fact.Pending, "pending": fact.Pending, "in_progress": fact.Pending, "success": fact.Success,
	"failure": fact.Failure, "error": fact.Failure, "inactive": fact.Inactive,
}

func (t *factMaker) makeDeployment(d *Deployment) fact.Deployment {
	f := fact.Deployment{
		Source: t.source, Repository: t.repo, ID: strconv.FormatInt(d.ID, 10), Environment: d.Environment, Commit: d.SHA,
		Ref: d.Ref, Creator: d.Creator, Created: d.Created,
	}
	for _, s := range d.StatusesAt(t.now) {
		f.Statuses = append(f.Statuses, fact.Status{State: states[s.State], At: s.At})
	}
	return f
}

func (t *factMaker) addRun(u *Run, environment string) fact.Deployment {
	f := fact.Deployment{
		Source: t.source, Repository: t.repo, ID: strconv.FormatInt(u.ID, 10), Environment: environment, Commit: u.SHA,
		Ref: u.Branch, Creator: u.Actor, Created: u.Created,
	}
	for _, a := range u.AttemptsAt(t.now) {
		s := fact.Status{State: fact.Pending, At: a.Started}
		if hasHappened(a.Finished, t.now) {
			s = fact.Status{State: states[a.Conclusion], At: a.Finished}
		}
		f.Statuses = append(f.Statuses, s)
	}
	return f
}

func (t *factMaker) addRelease(l *Release) fact.Deployment {
	f := fact.Deployment{
		Source: t.source, Repository: t.repo, ID: strconv.FormatInt(l.ID, 10), Environment: t.rules.Releases, Ref: l.Tag,
		Creator: l.Author, Created: l.Published, Release: true,
		Statuses: []fact.Status{{State: fact.Success, At: l.Published}},
	}
	for _, tag := range t.r.Tags {
		if tag.Name == l.Tag && hasHappened(tag.At, t.now) {
			f.Commit = tag.SHA
		}
	}
	return f
}

func (t *factMaker) isIncident(x *Issue) bool {
	return slices.ContainsFunc(LabelsAt(x.Labels, t.now), func(l string) bool {
		return slices.ContainsFunc(t.rules.Incidents, func(rule string) bool { return strings.EqualFold(l, rule) })
	})
}

func (t *factMaker) addIncident(x *Issue) fact.Incident {
	f := fact.Incident{
		Source: t.source, Repository: t.repo, ID: strconv.Itoa(x.Number), Title: x.Title, Labels: LabelsAt(x.Labels, t.now),
		Opened: x.Opened, Resolved: x.ClosedAt(t.now),
	}
	for _, e := range x.EventsAt(t.now) {
		if e.Kind == Reopened {
			f.Reopened = append(f.Reopened, e.At)
		}
	}
	f.Mentions = text.Mentions(x.Title + "\n" + x.Body)
	for _, q := range x.Links(t.r, t.now) {
		if m := (text.Mention{
			Repository: t.repo, Kind: text.ChangeMention,
			ID: strconv.Itoa(q.Number),
		}); !slices.Contains(f.Mentions, m) {
			f.Mentions = append(f.Mentions, m)
		}
	}
	return f
}
