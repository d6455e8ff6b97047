package testkit

import (
	"cmp"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// Normalise blanks the fields in which forges may differ, and sorts the rest, so that facts of
// any forge can be compared:
//
//   - addresses, and the text around the number in an id;
//   - e-mail or login of one person, and null or "ghost" for a deleted account;
//   - statuses of a deployment other than the one that finished it: the first
//     success, or else the last failure;
//   - the name of the fork that a request comes from;
//   - the creator of a deployment, and the tier of its environment;
//   - a rebased request's own commits, which one forge keeps and another replaces;
//   - a reverted request's number or its commit's SHA;
//   - paths of files; hashes of pipelines (only their paths are compared);
//   - coverage, gaps, imports, checks and syncs, which Conform checks on their own.
func (w *World) Normalise(e fact.Events) fact.Events {
	out := fact.Events{}
	for _, r := range e.Repositories {
		r.URL = ""
		if r.Pipelines != nil {
			r.Pipelines = maps.Clone(r.Pipelines)
			for path := range r.Pipelines {
				r.Pipelines[path] = "hash"
			}
		}
		out.Repositories = append(out.Repositories, r)
	}
	for _, t := range e.Teams {
		t.ID = t.ID[strings.LastIndexByte(t.ID, '/')+1:]
		t.Members, t.Repositories = sortNames(t.Members), sortNames(t.Repositories)
		out.Teams = append(out.Teams, t)
	}
	for _, c := range e.Commits {
		c.Author, c.Paths = w.nameOf(c.Author), nil
		c.Parents = slices.Clone(c.Parents)
		c.AuthorTime, c.CommitTime = c.AuthorTime.UTC(), c.CommitTime.UTC()
		out.Commits = append(out.Commits, c)
	}
	for _, c := range e.Changes {
		out.Changes = append(out.Changes, w.normaliseChange(c))
	}
	for _, d := range e.Deployments {
		out.Deployments = append(out.Deployments, normaliseDeployment(d))
	}
	for _, i := range e.Incidents {
		i.URL, i.Severity, i.ID = "", "", lastNumber.FindString(i.ID)
		i.Labels = sortNames(i.Labels)
		out.Incidents = append(out.Incidents, i)
	}
	slices.SortFunc(out.Repositories, func(a, b fact.Repository) int { return strings.Compare(a.Name, b.Name) })
	slices.SortFunc(out.Teams, func(a, b fact.ForgeTeam) int { return strings.Compare(a.ID, b.ID) })
	slices.SortFunc(out.Commits, func(a, b fact.Commit) int {
		return cmp.Or(strings.Compare(a.Repository, b.Repository), strings.Compare(a.SHA, b.SHA))
	})
	slices.SortFunc(out.Changes, func(a, b fact.Change) int {
		return cmp.Or(strings.Compare(a.Repository, b.Repository), strings.Compare(a.ID, b.ID))
	})
	slices.SortFunc(out.Deployments, func(a, b fact.Deployment) int {
		return cmp.Or(strings.Compare(a.Repository, b.Repository), strings.Compare(a.ID, b.ID))
	})
	slices.SortFunc(out.Incidents, func(a, b fact.Incident) int {
		return cmp.Or(strings.Compare(a.Repository, b.Repository), strings.Compare(a.ID, b.ID))
	})
	return out
}

var lastNumber = regexp.MustCompile(`\d+$`)

// sortNames returns a sorted copy; nil for an empty list, since forges give either.
func sortNames(list []string) []string {
	if len(list) == 0 {
		return nil
	}
	return slices.Sorted(slices.Values(list))
}

// nameOf returns one name for a person whose login, e-mail or no name at all a forge shows.
func (w *World) nameOf(name string) string {
	w.buildIndex()
	if p := w.emails[name]; p != nil {
		name = p.Login
	}
	if p := w.logins[name]; name == "" || p != nil && p.Ghost {
		return "ghost"
	}
	return name
}

func (w *World) normaliseChange(c fact.Change) fact.Change {
	c.URL, c.Paths = "", nil
	if c.Author = w.nameOf(c.Author); c.HeadRepository != "" {
		c.HeadRepository = "a fork"
	}
	authors := make([]string, 0, len(c.Authors))
	for _, a := range c.Authors {
		authors = append(authors, w.nameOf(a))
	}
	c.Authors = sortNames(authors)
	c.Labels = sortNames(c.Labels)
	if len(c.Commits) == 0 {
		c.Commits = nil
	}
	for _, r := range w.Repositories {
		if !slices.ContainsFunc(r.Names, func(n Name) bool { return n.Full == c.Repository }) {
			continue
		}
		for i := range r.Requests {
			q := &r.Requests[i]
			if c.MergeCommit != "" && q.MergeCommit == c.MergeCommit && q.Method == Rebase {
				c.Commits, c.Head = nil, ""
			}
			if c.Reverts != "" && q.MergeCommit == c.Reverts {
				c.Reverts = strconv.Itoa(q.Number)
			}
		}
	}
	return c
}

func normaliseDeployment(d fact.Deployment) fact.Deployment {
	d.URL, d.Creator, d.Tier = "", "", ""
	if d.Release {
		d.ID = d.Ref
	} else {
		d.ID = lastNumber.FindString(d.ID)
	}
	var last []fact.Status
	for _, s := range d.Statuses {
		if s.State == fact.Failure {
			last = []fact.Status{s}
		}
		if s.State == fact.Success {
			last = []fact.Status{s}
			break
		}
	}
	d.Statuses = last
	return d
}
