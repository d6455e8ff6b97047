package merge

import (
	"cmp"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect/fact"
)

// changeKind describes requests, and commits without one. A clone's commit is the request of an
// export with this merge commit, or a part of the request with this commit.
func (m *merger) changeKind() *rowKind[fact.Change] {
	merges, brought := m.mergeCommits()
	bare := func(p *sourceRows, c *fact.Change) (commitKey, bool) {
		return commitKey{m.foldRepository(c.Repository), c.MergeCommit}, p.Origin == Clone && c.MergeCommit != ""
	}
	return &rowKind[fact.Change]{
		name: "changes", noun: "changes", log: true,
		list:       func(e *fact.Events) []fact.Change { return e.Changes },
		repository: func(c *fact.Change) string { return c.Repository },
		id: func(p *sourceRows, c *fact.Change) string {
			if k, ok := bare(p, c); ok && merges[k] != "" {
				return merges[k]
			}
			return requestID(c.ID)
		},
		drop: func(p *sourceRows, c *fact.Change) string {
			if k, ok := bare(p, c); ok && c.ID == c.MergeCommit && merges[k] == "" {
				return brought[k]
			}
			return ""
		},
		opened: func(c *fact.Change) time.Time { return c.Opened },
		conflict: func(a, b *row[fact.Change]) bool {
			return !sameCommit(a.v.MergeCommit, b.v.MergeCommit) && !openingsAgree(a.v.Merged, b.v.Merged)
		},
		alike: func(a, b *row[fact.Change]) bool {
			return a.v.MergeCommit != "" && b.v.MergeCommit != "" && sameCommit(a.v.MergeCommit, b.v.MergeCommit)
		},
		state:    changeState,
		join:     joinChanges,
		sortTime: func(c *fact.Change) time.Time { return c.Merged },
		order: func(a, b *fact.Change) int {
			return cmp.Or(a.Merged.Compare(b.Merged), a.Opened.Compare(b.Opened), cmp.Compare(a.Repository, b.Repository),
				cmp.Compare(a.ID, b.ID), cmp.Compare(a.MergeCommit, b.MergeCommit), cmp.Compare(a.Head, b.Head))
		},
	}
}

// requestID returns a request's number without the sign that some exports write before it.
func requestID(id string) string { return strings.TrimLeft(id, "#!") }

// mergeCommits returns the ids of exported requests by merge commit, and the sources of
// exported requests by their other commits. Both are empty without a clone.
func (m *merger) mergeCommits() (merges, brought map[commitKey]string) {
	merges, brought = map[commitKey]string{}, map[commitKey]string{}
	cloned := false
	for i := range m.sources {
		cloned = cloned || m.sources[i].Origin == Clone && len(m.sources[i].Events.Changes) > 0
	}
	for i := range m.sources {
		p := &m.sources[i]
		if !cloned || p.Origin != Export {
			continue
		}
		for j := range p.Events.Changes {
			c := &p.Events.Changes[j]
			name := m.foldRepository(c.Repository)
			if k := (commitKey{name, c.MergeCommit}); c.MergeCommit != "" && (merges[k] == "" || c.ID < merges[k]) {
				merges[k] = requestID(c.ID)
			}
			for _, sha := range c.Commits {
				brought[commitKey{name, sha}] = p.Name
			}
		}
	}
	return merges, brought
}

func changeState(c *fact.Change) state {
	return state{
		updated: c.Updated, sequence: c.Sequence, terminal: !c.Merged.IsZero() || !c.Closed.IsZero(),
		latest: latestTime(c.Opened, c.Ready, c.FirstReview, c.Merged, c.Closed),
		fields: countKnown(c.URL != "", c.Title != "", c.Author != "", len(c.Authors) > 0, len(c.Labels) > 0, c.Branch != "",
			c.HeadBranch != "", c.HeadRepository != "", c.Tracker != "", !c.FirstCommit.IsZero(), !c.Opened.IsZero(),
			!c.Ready.IsZero(), !c.FirstReview.IsZero(), !c.Merged.IsZero(), c.MergeCommit != "", c.Head != "",
			len(c.Commits) > 0, c.Reverts != "", c.Paths != nil),
	}
}

// joinChanges joins the rows of one change. A merged change stays merged. Whether it is closed
// or a draft comes from the newest row.
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
			*f.field = cmp.Or(*f.field, *f.value)
		}
		fillTime(&c.Opened, r.Opened)
		fillTime(&c.Ready, r.Ready)
		fillTime(&c.FirstReview, r.FirstReview)
		fillTime(&c.Merged, r.Merged)
		fillTime(&c.FirstCommit, r.FirstCommit)
		c.Updated, c.Sequence = latestTime(c.Updated, r.Updated), max(c.Sequence, r.Sequence)
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

// commitKind describes commits. A clone has the commit itself; other sources only describe it.
func commitKind() *rowKind[fact.Commit] {
	return &rowKind[fact.Commit]{
		name: "commits", noun: "commits", clones: true,
		list:       func(e *fact.Events) []fact.Commit { return e.Commits },
		repository: func(c *fact.Commit) string { return c.Repository },
		id:         func(_ *sourceRows, c *fact.Commit) string { return c.SHA },
		opened:     func(*fact.Commit) time.Time { return time.Time{} },
		state: func(c *fact.Commit) state {
			return state{fields: countKnown(len(c.Parents) > 0, c.Author != "", !c.AuthorTime.IsZero(), c.Subject != 0,
				c.PickedFrom != "", c.Reverts != "", c.Paths != nil)}
		},
		join: func(rows []row[fact.Commit], _ bool) fact.Commit {
			c := *rows[0].v
			for i := range rows[1:] {
				r := rows[i+1].v
				fillList(&c.Parents, r.Parents)
				c.Author = cmp.Or(c.Author, r.Author)
				fillTime(&c.AuthorTime, r.AuthorTime)
				fillTime(&c.CommitTime, r.CommitTime)
				c.Subject = cmp.Or(c.Subject, r.Subject)
				c.PickedFrom = cmp.Or(c.PickedFrom, r.PickedFrom)
				c.Reverts = cmp.Or(c.Reverts, r.Reverts)
				if c.Paths == nil {
					c.Paths = r.Paths
				}
			}
			return c
		},
		sortTime: func(c *fact.Commit) time.Time { return c.CommitTime },
		order: func(a, b *fact.Commit) int {
			return cmp.Or(a.CommitTime.Compare(b.CommitTime), cmp.Compare(a.Repository, b.Repository), cmp.Compare(a.SHA, b.SHA))
		},
	}
}
