package merge

import (
	"cmp"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// changeKind is the kind of requests and commits without one. A clone's commit that
// an export's request brought is that request, or a part of it.
func (m *merger) changeKind() *kind[fact.Change] {
	merges, brought := m.mergeCommits()
	bare := func(p *part, c *fact.Change) (commitKey, bool) {
		return commitKey{m.fold(c.Repository), c.MergeCommit}, p.Origin == Clone && c.MergeCommit != ""
	}
	return &kind[fact.Change]{
		name: "changes", noun: "changes", log: true,
		list:  func(e *fact.Events) []fact.Change { return e.Changes },
		place: func(c *fact.Change) string { return c.Repository },
		id: func(p *part, c *fact.Change) string {
			if k, ok := bare(p, c); ok && merges[k] != "" {
				return merges[k]
			}
			return requestID(c.ID)
		},
		drop: func(p *part, c *fact.Change) string {
			if k, ok := bare(p, c); ok && c.ID == c.MergeCommit && merges[k] == "" {
				return brought[k]
			}
			return ""
		},
		opened: func(c *fact.Change) time.Time { return c.Opened },
		conflict: func(a, b *row[fact.Change]) bool {
			return !sameCommit(a.v.MergeCommit, b.v.MergeCommit) && !agree(a.v.Merged, b.v.Merged)
		},
		alike: func(a, b *row[fact.Change]) bool {
			return a.v.MergeCommit != "" && b.v.MergeCommit != "" && sameCommit(a.v.MergeCommit, b.v.MergeCommit)
		},
		state: changeState,
		join:  joinChanges,
		opens: func(c *fact.Change) time.Time { return c.Merged },
		order: func(a, b *fact.Change) int {
			return cmp.Or(a.Merged.Compare(b.Merged), a.Opened.Compare(b.Opened), cmp.Compare(a.Repository, b.Repository),
				cmp.Compare(a.ID, b.ID), cmp.Compare(a.MergeCommit, b.MergeCommit), cmp.Compare(a.Head, b.Head))
		},
	}
}

// requestID is a request's number without the sign that some exports write before
// it.
func requestID(id string) string { return strings.TrimLeft(id, "#!") }

// mergeCommits returns the ids of the requests of exports by the commit of their
// merge, and the sources of those by the other commits that they brought. They are
// empty without a clone.
func (m *merger) mergeCommits() (merges, brought map[commitKey]string) {
	merges, brought = map[commitKey]string{}, map[commitKey]string{}
	cloned := false
	for i := range m.parts {
		cloned = cloned || m.parts[i].Origin == Clone && len(m.parts[i].Events.Changes) > 0
	}
	for i := range m.parts {
		p := &m.parts[i]
		if !cloned || p.Origin != Export {
			continue
		}
		for j := range p.Events.Changes {
			c := &p.Events.Changes[j]
			place := m.fold(c.Repository)
			if k := (commitKey{place, c.MergeCommit}); c.MergeCommit != "" && (merges[k] == "" || c.ID < merges[k]) {
				merges[k] = requestID(c.ID)
			}
			for _, sha := range c.Commits {
				brought[commitKey{place, sha}] = p.Source
			}
		}
	}
	return merges, brought
}

func changeState(c *fact.Change) state {
	return state{
		updated: c.Updated, sequence: c.Sequence, terminal: !c.Merged.IsZero() || !c.Closed.IsZero(),
		latest: latestOf(c.Opened, c.Ready, c.FirstReview, c.Merged, c.Closed),
		fields: known(c.URL != "", c.Title != "", c.Author != "", len(c.Authors) > 0, len(c.Labels) > 0, c.Branch != "",
			c.HeadBranch != "", c.HeadRepository != "", c.Tracker != "", !c.FirstCommit.IsZero(), !c.Opened.IsZero(),
			!c.Ready.IsZero(), !c.FirstReview.IsZero(), !c.Merged.IsZero(), c.MergeCommit != "", c.Head != "",
			len(c.Commits) > 0, c.Reverts != "", c.Paths != nil),
	}
}

// joinChanges makes one change of its rows. What was merged stays merged; whether
// it is closed or a draft is what the newest row has.
func joinChanges(rows []row[fact.Change], _ bool) fact.Change {
	c := *rows[0].v
	for i := range rows[1:] {
		r := rows[i+1].v
		for _, f := range [...]struct{ field, value *string }{
			{&c.URL, &r.URL},
			{&c.Title, &r.Title},
			{&c.Author, &r.Author},
			{&c.Branch, &r.Branch},
			{&c.HeadBranch, &r.HeadBranch},
			{&c.HeadRepository, &r.HeadRepository},
			{&c.Tracker, &r.Tracker},
			{&c.MergeCommit, &r.MergeCommit},
			{&c.Head, &r.Head},
			{&c.Reverts, &r.Reverts},
		} {
			fill(f.field, *f.value)
		}
		fillTime(&c.Opened, r.Opened)
		fillTime(&c.Ready, r.Ready)
		fillTime(&c.FirstReview, r.FirstReview)
		fillTime(&c.Merged, r.Merged)
		fillTime(&c.FirstCommit, r.FirstCommit)
		c.Updated, c.Sequence = latestOf(c.Updated, r.Updated), max(c.Sequence, r.Sequence)
		fillList(&c.Authors, r.Authors)
		fillList(&c.CoAuthors, r.CoAuthors)
		fillList(&c.Labels, r.Labels)
		fillList(&c.Commits, r.Commits)
		if c.Paths == nil {
			c.Paths = r.Paths
		}
	}
	if !c.Merged.IsZero() {
		c.Closed, c.Draft = time.Time{}, false
	}
	return c
}

// commitKind is the kind of commits. A clone has the object itself; other sources
// tell of it.
func commitKind() *kind[fact.Commit] {
	return &kind[fact.Commit]{
		name: "commits", noun: "commits", clones: true,
		list:   func(e *fact.Events) []fact.Commit { return e.Commits },
		place:  func(c *fact.Commit) string { return c.Repository },
		id:     func(_ *part, c *fact.Commit) string { return c.SHA },
		opened: func(*fact.Commit) time.Time { return time.Time{} },
		state: func(c *fact.Commit) state {
			return state{fields: known(len(c.Parents) > 0, c.Author != "", !c.AuthorTime.IsZero(), c.Subject != 0,
				c.PickedFrom != "", c.Reverts != "", c.Paths != nil)}
		},
		join: func(rows []row[fact.Commit], _ bool) fact.Commit {
			c := *rows[0].v
			for i := range rows[1:] {
				r := rows[i+1].v
				fillList(&c.Parents, r.Parents)
				fill(&c.Author, r.Author)
				fillTime(&c.AuthorTime, r.AuthorTime)
				fillTime(&c.CommitTime, r.CommitTime)
				fill(&c.Subject, r.Subject)
				fill(&c.PickedFrom, r.PickedFrom)
				fill(&c.Reverts, r.Reverts)
				if c.Paths == nil {
					c.Paths = r.Paths
				}
			}
			return c
		},
		opens: func(c *fact.Commit) time.Time { return c.CommitTime },
		order: func(a, b *fact.Commit) int {
			return cmp.Or(a.CommitTime.Compare(b.CommitTime), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.SHA, b.SHA))
		},
	}
}
