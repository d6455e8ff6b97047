package github

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// noteProbe notes what a probe shows of the lists of a repository: counts and the newest
// entries. Whatever happens to a list changes one of them.
func (t *repository) noteProbe(p *probed) {
	t.seen, t.totals = map[collect.Kind]string{}, map[collect.Kind]int{}
	t.seen[collect.Commits] = t.head
	if c := p.PullRequests; c != nil {
		newest := ""
		if n := firstNode(c); n != nil {
			newest = n.UpdatedAt.UTC().Format(time.RFC3339)
			t.newest = n.UpdatedAt
		}
		t.seen[collect.Changes] = fmt.Sprintf("%d %s", c.TotalCount, newest)
		t.totals[collect.Changes] = c.TotalCount
	}
	var work []string
	if c := p.Deployments; c != nil {
		newest := int64(0)
		if n := firstNode(c); n != nil {
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
		if n := firstNode(c); n != nil {
			newest = n.ID
		}
		t.releases = c.TotalCount
		work = append(work, fmt.Sprintf("releases %d %d", c.TotalCount, newest))
	}
	if c := p.Tags; c != nil {
		newest := ""
		if n := firstNode(c); n != nil && n.Target != nil {
			newest = n.Name + " " + n.Target.OID
		}
		t.tags = c.TotalCount
		work = append(work, fmt.Sprintf("tags %d %s", c.TotalCount, newest))
	}
	t.seen[collect.Deployments] = strings.Join(work, ", ")
	var incidents []string
	for _, c := range p.labels {
		newest, total := "", 0
		if n := firstNode(c); n != nil {
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

func firstNode[T any](c *connection[T]) *T {
	if c == nil || len(c.Nodes) == 0 {
		return nil
	}
	return c.Nodes[0]
}

// ruleOf returns a text of the settings that choose the facts of a kind. Its number changes
// when the same answers make other facts.
func (r *syncer) ruleOf(kind collect.Kind, repo *collect.Repository) string {
	o := &r.f.o
	switch kind {
	case collect.Changes:
		return "1 " + repo.DefaultBranch
	case collect.Deployments:
		how := slices.Sorted(slices.Values(o.Deployments))
		rule := fmt.Sprintf("1 %q", how)
		if o.reads(ByEnvironments) {
			rule += fmt.Sprintf(" %q", o.Environments)
		}
		if o.reads(ByWorkflows) {
			rule += fmt.Sprintf(" %+v", o.Workflows)
		}
		if o.reads(ByReleases) || o.reads(ByTags) {
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

// planReading decides which lists of each repository to read, and saves the cursors of
// repositories where nothing moved.
func (r *syncer) planReading(ctx context.Context) ([]*repository, error) {
	var queue, still []*repository
	for _, t := range r.repositories {
		r.setSpans(t)
		r.reportShrunk(t)
		r.addReaders(t)
		if len(t.readers) == 0 && !r.needsRuns(t) && !t.movedAnything() {
			still = append(still, t)
			continue
		}
		queue = append(queue, t)
	}
	if err := r.saveUnmoved(ctx, still); err != nil {
		return nil, err
	}
	slices.SortStableFunc(queue, queueOrder)
	return queue, nil
}

func (t *repository) movedAnything() bool {
	for _, s := range t.spans {
		if s.moved {
			return true
		}
	}
	return false
}

// setSpans works out from the cursors what is to be read.
func (r *syncer) setSpans(t *repository) {
	t.spans = map[collect.Kind]*span{}
	for _, kind := range factKinds {
		t.spans[kind] = r.newSpan(t, kind, t.seen[kind], t.totals[kind])
	}
	commits, changes := t.spans[collect.Commits], t.spans[collect.Changes]
	// Commits without a request are changes: both kinds are read from the window's start, or
	// neither.
	if commits.whole != changes.whole {
		for _, s := range []*span{commits, changes} {
			s.whole, s.moved, s.back = true, true, r.o.Window.From
		}
	}
	if t.head != "" {
		commits.mark.Head, commits.mark.At = t.head, t.headTime
	}
}

// reportShrunk reports lists that have become shorter. Requests are never deleted one by one,
// so something is hidden. Deployments are deleted by clean-up jobs; the collected ones stay.
func (r *syncer) reportShrunk(t *repository) {
	s := t.spans[collect.Changes]
	if old := markOf(s.cursor.Mark).Total; s.known && s.mark.Total < old {
		r.addGap(t.repo.Name, s.cursor.To, fmt.Sprintf("GitHub counts %d pull requests where it counted %d before",
			s.mark.Total, old), "look whether the token lost a right; if requests were removed, collect once with --full")
	}
	s = t.spans[collect.Deployments]
	if old := markOf(s.cursor.Mark).Total; s.known && s.mark.Total < old {
		r.addNote("%s: GitHub counts %d deployments where it counted %d before; those that were collected are kept",
			t.repo.Name, s.mark.Total, old)
	}
}

// addReaders lists what is to be read by GraphQL.
func (r *syncer) addReaders(t *repository) {
	w := r.o.Window
	size := func(s *span, total, full, night int) int {
		if !s.whole {
			full = night
		}
		return max(min(full, total), 1)
	}
	if s := t.spans[collect.Deployments]; s.moved {
		if n := t.totals[collect.Deployments]; n > 0 {
			t.readers = append(t.readers, newDeploymentReader(t, s.back, w.To, size(s, n, fullPage, nightPage),
				r.f.o.Environments))
		}
		if t.releases > 0 {
			t.readers = append(t.readers, newReleaseReader(t, min(t.releases, fullPage)))
		}
		if t.tags > 0 {
			t.readers = append(t.readers, newTagReader(t, min(t.tags, fullPage)))
		}
	}
	if s := t.spans[collect.Changes]; s.moved && t.totals[collect.Changes] > 0 {
		t.readers = append(t.readers, newRequestReader(t, s.back, size(s, t.totals[collect.Changes], fullRequests,
			nightRequests)))
	}
	if s := t.spans[collect.Commits]; s.moved && t.head != "" {
		old := mark{}
		if !s.whole {
			old = markOf(s.cursor.Mark)
		}
		t.readers = append(t.readers, newHistoryReader(t, w.From, size(s, fullPage, fullPage, nightPage), old.Head, old.At))
	}
	if s := t.spans[collect.Incidents]; s.moved && t.totals[collect.Incidents] > 0 {
		for _, label := range r.f.o.IncidentLabels {
			t.readers = append(t.readers, newIssueReader(t, label, w.From))
		}
	}
}
