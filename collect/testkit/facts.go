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
	// Releases is the environment that published releases, none of them
	// pre-releases, were rolled out to; "": they are no deployments.
	Releases string
	// Incidents are labels, any of which makes an issue an incident.
	Incidents []string
	// Teams says that teams are collected, Pipelines that workflow files are.
	Teams, Pipelines bool
}

// Facts are what a source should have found that was synchronised at each of the
// times of syncs, in order, for the window from the given time to the last of
// them. A single sync is a run from scratch. Of a repository that is there no
// longer, what was known when it last was remains; a former name is known if some
// sync saw it. Facts of the World alone decide: no collector's code is used.
func (w *World) Facts(source string, from time.Time, syncs []time.Time, rules Rules) fact.Events {
	var e fact.Events
	now := syncs[len(syncs)-1]
	for _, r := range w.Repositories {
		repo, asOf, ok := r.known(syncs)
		if !ok {
			continue
		}
		if rules.Pipelines && r.Head(asOf) != "" {
			repo.Pipelines = pipelines(r)
		}
		e.Repositories = append(e.Repositories, repo)
		t := telling{World: w, source: source, repo: repo.Name, r: r, from: from, now: asOf, rules: rules}
		t.tell(&e)
	}
	if rules.Teams {
		e.Teams = w.teams(source, now)
	}
	return e
}

// known is what syncs saw of a repository, and the last that did.
func (r *Repository) known(syncs []time.Time) (repo fact.Repository, asOf time.Time, ok bool) {
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

// pipelines are git's names of the workflow files' content.
func pipelines(r *Repository) map[string]string {
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

func (w *World) teams(source string, now time.Time) []fact.ForgeTeam {
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

// telling tells the facts of one repository.
type telling struct {
	*World
	source, repo string
	r            *Repository
	from, now    time.Time
	rules        Rules
}

// in says whether a time lies in the window.
func (t *telling) in(at time.Time) bool { return !at.Before(t.from) && at.Before(t.now) }

func (t *telling) tell(e *fact.Events) {
	for _, c := range t.r.Reachable(t.r.Head(t.now)) {
		if !t.in(c.CommitTime) {
			continue
		}
		e.Commits = append(e.Commits, fact.Commit{
			Repository: t.repo, SHA: c.SHA, Parents: c.Parents, Author: t.author(c), AuthorTime: c.AuthorTime,
			CommitTime: c.CommitTime, Reverts: c.Reverts, Subject: fact.HashSubject(c.Message), PickedFrom: c.PickedFrom,
		})
		if c.Request == 0 {
			e.Changes = append(e.Changes, t.bare(c))
		}
	}
	for i := range t.r.Requests {
		if q := &t.r.Requests[i]; q.Visible(t.now) && t.in(q.Updated(t.now)) {
			e.Changes = append(e.Changes, t.change(q))
		}
	}
	for i := range t.r.Deployments {
		if d := &t.r.Deployments[i]; t.in(d.Created) {
			e.Deployments = append(e.Deployments, t.deployment(d))
		}
	}
	for i := range t.r.Runs {
		u := &t.r.Runs[i]
		if environment := t.rules.Workflows[u.Workflow]; environment != "" && t.in(u.Created) {
			e.Deployments = append(e.Deployments, t.run(u, environment))
		}
	}
	for i := range t.r.Releases {
		if l := &t.r.Releases[i]; t.rules.Releases != "" && t.in(l.Published) && !l.Prerelease {
			e.Deployments = append(e.Deployments, t.release(l))
		}
	}
	for i := range t.r.Issues {
		if x := &t.r.Issues[i]; !x.Opened.After(t.now) && t.in(x.Updated(t.now)) && t.isIncident(x) {
			e.Incidents = append(e.Incidents, t.incident(x))
		}
	}
}

// author is the login of a commit's author, or the e-mail where no account has it.
func (t *telling) author(c *Commit) string {
	p := t.Person(c.Author)
	if p != nil && (p.Ghost || p.Unlinked) {
		return p.Email
	}
	return c.Author
}

// bare is a commit that reached the branch without a request.
func (t *telling) bare(c *Commit) fact.Change {
	title, _, _ := strings.Cut(c.Message, "\n")
	who := t.author(c)
	return fact.Change{
		Source: t.source, Repository: t.repo, ID: c.SHA, Title: title, Author: who, Authors: []string{who},
		FirstCommit: c.AuthorTime, Merged: c.CommitTime, MergeCommit: c.SHA, Commits: []string{c.SHA}, Reverts: c.Reverts,
	}
}

func (t *telling) change(q *Request) fact.Change {
	c := fact.Change{
		Source: t.source, Repository: t.repo, ID: strconv.Itoa(q.Number), Title: q.Title, Labels: LabelsAt(q.Labels, t.now),
		HeadBranch: q.Head, HeadRepository: q.Fork, Updated: q.Updated(t.now), Draft: q.IsDraft(t.now), Opened: q.Opened, Commits: q.CommitsAt(t.now),
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
		if who := t.author(commit); !slices.Contains(c.Authors, who) {
			c.Authors = append(c.Authors, who)
		}
	}
	if happened(q.Ready, t.now) {
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
	case happened(q.Closed, t.now):
		c.Closed = q.Closed
	}
	return c
}

// states maps the words of a World to those of facts.
var states = map[string]fact.State{
	"queued": fact.Pending, "pending": fact.Pending, "in_progress": fact.Pending, "success": fact.Success,
	"failure": fact.Failure, "error": fact.Failure, "inactive": fact.Inactive,
}

func (t *telling) deployment(d *Deployment) fact.Deployment {
	f := fact.Deployment{
		Source: t.source, Repository: t.repo, ID: strconv.FormatInt(d.ID, 10), Environment: d.Environment, Commit: d.SHA,
		Ref: d.Ref, Creator: d.Creator, Created: d.Created,
	}
	for _, s := range d.StatusesAt(t.now) {
		f.Statuses = append(f.Statuses, fact.Status{State: states[s.State], At: s.At})
	}
	return f
}

func (t *telling) run(u *Run, environment string) fact.Deployment {
	f := fact.Deployment{
		Source: t.source, Repository: t.repo, ID: strconv.FormatInt(u.ID, 10), Environment: environment, Commit: u.SHA,
		Ref: u.Branch, Creator: u.Actor, Created: u.Created,
	}
	for _, a := range u.AttemptsAt(t.now) {
		s := fact.Status{State: fact.Pending, At: a.Started}
		if happened(a.Finished, t.now) {
			s = fact.Status{State: states[a.Conclusion], At: a.Finished}
		}
		f.Statuses = append(f.Statuses, s)
	}
	return f
}

func (t *telling) release(l *Release) fact.Deployment {
	f := fact.Deployment{
		Source: t.source, Repository: t.repo, ID: strconv.FormatInt(l.ID, 10), Environment: t.rules.Releases, Ref: l.Tag,
		Creator: l.Author, Created: l.Published, Release: true,
		Statuses: []fact.Status{{State: fact.Success, At: l.Published}},
	}
	for _, tag := range t.r.Tags {
		if tag.Name == l.Tag && happened(tag.At, t.now) {
			f.Commit = tag.SHA
		}
	}
	return f
}

func (t *telling) isIncident(x *Issue) bool {
	return slices.ContainsFunc(LabelsAt(x.Labels, t.now), func(l string) bool {
		return slices.ContainsFunc(t.rules.Incidents, func(rule string) bool { return strings.EqualFold(l, rule) })
	})
}

func (t *telling) incident(x *Issue) fact.Incident {
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
