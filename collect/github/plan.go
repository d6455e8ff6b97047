package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// look notes what a probe shows of the lists of a repository: counts and the newest
// entries. Whatever happens to a list changes one of them.
func (t *target) look(p *probed) {
	t.seen, t.totals = map[collect.Kind]string{}, map[collect.Kind]int{}
	t.seen[collect.Commits] = t.head
	if c := p.PullRequests; c != nil {
		newest := ""
		if n := first(c); n != nil {
			newest = n.UpdatedAt.UTC().Format(time.RFC3339)
			t.newest = n.UpdatedAt
		}
		t.seen[collect.Changes] = fmt.Sprintf("%d %s", c.TotalCount, newest)
		t.totals[collect.Changes] = c.TotalCount
	}
	var work []string
	if c := p.Deployments; c != nil {
		newest := int64(0)
		if n := first(c); n != nil {
			newest = n.ID
			if n.CreatedAt.After(t.newest) {
				t.newest = n.CreatedAt
			}
		}
		work = append(work, fmt.Sprintf("%d %d", c.TotalCount, newest))
		t.totals[collect.Deployments] = c.TotalCount
	}
	if c := p.Releases; c != nil {
		newest := int64(0)
		if n := first(c); n != nil {
			newest = n.ID
		}
		t.releases = c.TotalCount
		work = append(work, fmt.Sprintf("releases %d %d", c.TotalCount, newest))
	}
	if c := p.Tags; c != nil {
		newest := ""
		if n := first(c); n != nil && n.Target != nil {
			newest = n.Name + " " + n.Target.OID
		}
		t.tags = c.TotalCount
		work = append(work, fmt.Sprintf("tags %d %s", c.TotalCount, newest))
	}
	t.seen[collect.Deployments] = strings.Join(work, ", ")
	var incidents []string
	for _, c := range p.labels {
		newest, total := "", 0
		if n := first(c); n != nil {
			newest = fmt.Sprintf("%d %s", n.Number, n.UpdatedAt.UTC().Format(time.RFC3339))
		}
		if c != nil {
			total = c.TotalCount
		}
		t.totals[collect.Incidents] += total
		incidents = append(incidents, fmt.Sprintf("%d %s", total, newest))
	}
	t.seen[collect.Incidents] = strings.Join(incidents, ", ")
	t.weight = max(t.totals[collect.Deployments], 2*t.totals[collect.Changes])
}

func first[T any](c *connection[T]) *T {
	if c == nil || len(c.Nodes) == 0 {
		return nil
	}
	return c.Nodes[0]
}

// rule stands for the settings that the facts of a kind are chosen by. Its number
// changes when what is made of them does.
func (r *run) rule(kind collect.Kind, repo *collect.Repository) string {
	o := &r.f.o
	switch kind {
	case collect.Changes:
		return "1 " + repo.DefaultBranch
	case collect.Deployments:
		how := slices.Sorted(slices.Values(o.Deployments))
		rule := fmt.Sprintf("1 %q", how)
		if o.by(ByEnvironments) {
			rule += fmt.Sprintf(" %q", o.Environments)
		}
		if o.by(ByWorkflows) {
			rule += fmt.Sprintf(" %+v", o.Workflows)
		}
		if o.by(ByReleases) || o.by(ByTags) {
			rule += fmt.Sprintf(" %q %q %v", o.TagPattern, o.ReleaseEnvironment, o.Prereleases)
		}
		if len(o.GitOps) > 0 {
			rule += fmt.Sprintf(" %+v", o.GitOps)
		}
		return rule
	case collect.Incidents:
		return fmt.Sprintf("2 %q", o.IncidentLabels)
	default:
		rule := "1"
		for i := range o.GitOps {
			if strings.EqualFold(o.GitOps[i].Repository, repo.Name) {
				rule += fmt.Sprintf(" %+v", o.GitOps[i])
			}
		}
		return rule
	}
}

// plan decides what is to be read of each repository, and saves the cursors of those
// of which nothing moved.
func (r *run) plan(ctx context.Context) ([]*target, error) {
	var queue, still []*target
	for _, t := range r.targets {
		r.spans(t)
		r.shrunk(t)
		r.parts(t)
		if len(t.parts) == 0 && !r.asksREST(t) && !t.movedAnything() {
			still = append(still, t)
			continue
		}
		queue = append(queue, t)
	}
	if err := r.advance(ctx, still); err != nil {
		return nil, err
	}
	slices.SortStableFunc(queue, queueOrder)
	return queue, nil
}

func (t *target) movedAnything() bool {
	for _, s := range t.spans {
		if s.moved {
			return true
		}
	}
	return false
}

// spans works out from the cursors what is to be read.
func (r *run) spans(t *target) {
	t.spans = map[collect.Kind]*span{}
	for _, kind := range factKinds {
		t.spans[kind] = r.span(t, kind, t.seen[kind], t.totals[kind])
	}
	commits, changes := t.spans[collect.Commits], t.spans[collect.Changes]
	// Commits that belong to no request are changes: both are read anew, or none.
	if commits.anew != changes.anew {
		for _, s := range []*span{commits, changes} {
			s.anew, s.moved, s.back = true, true, r.o.Window.From
		}
	}
	if t.head != "" {
		commits.mark.Head, commits.mark.At = t.head, t.headTime
	}
}

// shrunk reports lists of which there is less than there was. Requests are never
// deleted one by one, so that means that something is hidden; deployments are, by
// jobs that clean up, and what was collected of them stays.
func (r *run) shrunk(t *target) {
	s := t.spans[collect.Changes]
	if old := markOf(s.cursor.Mark).Total; s.known && s.mark.Total < old {
		r.gap(t.repo.Name, s.cursor.To, fmt.Sprintf("GitHub counts %d pull requests where it counted %d before",
			s.mark.Total, old), "look whether the token lost a right; if requests were removed, collect once with --full")
	}
	s = t.spans[collect.Deployments]
	if old := markOf(s.cursor.Mark).Total; s.known && s.mark.Total < old {
		r.note("%s: GitHub counts %d deployments where it counted %d before; those that were collected are kept",
			t.repo.Name, s.mark.Total, old)
	}
}

// parts lists what is to be read by GraphQL.
func (r *run) parts(t *target) {
	w := r.o.Window
	size := func(s *span, total, full, night int) int {
		if !s.anew {
			full = night
		}
		return max(min(full, total), 1)
	}
	if s := t.spans[collect.Deployments]; s.moved {
		if n := t.totals[collect.Deployments]; n > 0 {
			t.parts = append(t.parts, newDeploymentPart(t, s.back, w.To, size(s, n, fullPage, nightPage), r.f.o.Environments))
		}
		if t.releases > 0 {
			t.parts = append(t.parts, newReleasePart(t, min(t.releases, fullPage)))
		}
		if t.tags > 0 {
			t.parts = append(t.parts, newTagPart(t, min(t.tags, fullPage)))
		}
	}
	if s := t.spans[collect.Changes]; s.moved && t.totals[collect.Changes] > 0 {
		t.parts = append(t.parts, newRequestPart(t, s.back, size(s, t.totals[collect.Changes], fullRequests, nightRequests)))
	}
	if s := t.spans[collect.Commits]; s.moved && t.head != "" {
		old := mark{}
		if !s.anew {
			old = markOf(s.cursor.Mark)
		}
		t.parts = append(t.parts, newHistoryPart(t, w.From, size(s, fullPage, fullPage, nightPage), old.Head, old.At))
	}
	if s := t.spans[collect.Incidents]; s.moved && t.totals[collect.Incidents] > 0 {
		for _, label := range r.f.o.IncidentLabels {
			t.parts = append(t.parts, newIssuePart(t, label, w.From))
		}
	}
}
