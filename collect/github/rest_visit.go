package github

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// restNight is how many requests an ordinary night without GraphQL sends at most. What
// is not reached is read in the next nights, the longest unseen first, and known only
// up to when it was last read.
const restNight = 950

// readREST reads what moved, by REST alone.
func (r *run) readREST(ctx context.Context) error {
	since := r.o.Window.To
	for _, t := range r.targets {
		r.spans(t)
		for _, kind := range []collect.Kind{collect.Changes, collect.Incidents} {
			if s := t.spans[kind]; !s.anew && s.back.Before(since) {
				since = s.back
			}
		}
	}
	var requests, issues *moved
	var err error
	if requests, err = r.search(ctx, "is:pr", since); err != nil {
		return err
	}
	issues = &moved{}
	if len(r.f.o.IncidentLabels) > 0 {
		if issues, err = r.search(ctx, "is:issue", since); err != nil {
			return err
		}
	}
	queue := slices.Clone(r.targets)
	moved := make(map[*target]bool, len(queue))
	for _, t := range queue {
		moved[t] = r.restMoved(t, requests, issues)
	}
	slices.SortStableFunc(queue, func(a, b *target) int {
		return cmp.Or(firstIf(!r.isConfiguration(a), !r.isConfiguration(b)), a.oldest().Compare(b.oldest()),
			firstIf(moved[a], moved[b]), cmp.Compare(a.repo.ID, b.repo.ID))
	})
	later := 0
	for _, t := range queue {
		if !r.enough(t) {
			if err := r.visit(ctx, t); err != nil {
				return err
			}
			continue
		}
		later++
		if moved[t] {
			continue
		}
		t.spans[collect.Deployments].skip = true
		if err := r.advance(ctx, []*target{t}); err != nil {
			return err
		}
		t.saved = false // its deployments are not
	}
	if later > 0 {
		r.note("%d repositories are left for the next nights, which begin with them, to stay below %d requests; "+
			"GraphQL would read them all", later, restNight)
	}
	return nil
}

// enough says whether the night has sent enough requests to leave a repository for
// another one. One that is not known yet, or asked for anew, is always read, and so
// are the few configuration repositories, which are last in the queue.
func (r *run) enough(t *target) bool {
	if r.isConfiguration(t) {
		return false
	}
	for _, s := range t.spans {
		if s.anew {
			return false
		}
	}
	return r.client.transport.Stats().Requests >= restNight
}

// restMoved decides what of a repository is to be read, and whether there is more
// than a look for deployments.
func (r *run) restMoved(t *target, requests, issues *moved) bool {
	own := r.single(t.repo.Name)
	changes, incidents := t.spans[collect.Changes], t.spans[collect.Incidents]
	changes.moved = changes.anew || own || requests.has(t.repo.Name)
	incidents.moved = len(r.f.o.IncidentLabels) > 0 && !t.issuesOff && (incidents.anew || own || issues.has(t.repo.Name))
	deployments := t.spans[collect.Deployments]
	deployments.moved = deployments.anew || !t.repo.Archived
	return changes.moved || incidents.moved || t.spans[collect.Commits].moved || deployments.anew ||
		len(r.open[t.repo.ID]) > 0
}

// visit reads a repository and saves what it found.
func (r *run) visit(ctx context.Context, t *target) error {
	var brought map[string]bool
	steps := []struct {
		kind collect.Kind
		do   func() error
	}{
		{collect.Changes, func() (err error) { brought, err = r.pulls(ctx, t); return err }},
		{collect.Commits, func() error { return r.commits(ctx, t, brought) }},
		{collect.Deployments, func() error { return r.deployments(ctx, t) }},
		{collect.Incidents, func() error { return r.incidents(ctx, t) }},
	}
	if r.pipelinesDue(t) {
		if err := r.pipelinesREST(ctx, t); err != nil {
			if fatal(ctx, err) {
				return err
			}
			// With the commits, so that they are looked at again the next time.
			t.fail(collect.Commits, fmt.Errorf("workflow files: %w", err))
			if r.f.o.by(ByWorkflows) {
				t.fail(collect.Deployments, fmt.Errorf("workflow files: %w", err))
			}
		}
	}
	for _, step := range steps {
		s := t.spans[step.kind]
		if !s.moved || s.err != nil {
			continue
		}
		if err := step.do(); err != nil {
			if fatal(ctx, err) {
				return err
			}
			t.fail(step.kind, err)
		}
	}
	return r.save(ctx, t)
}

// deployments reads those made since the last night, and again those that were
// unfinished.
func (r *run) deployments(ctx context.Context, t *target) error {
	s := t.spans[collect.Deployments]
	old := mark{}
	if !s.anew {
		old = markOf(s.cursor.Mark)
	}
	if r.f.o.by(ByEnvironments) {
		if err := r.recorded(ctx, t, old.Newest); err != nil {
			return err
		}
		read := map[string]bool{}
		for i := range t.batch.Deployments {
			read[t.batch.Deployments[i].ID] = true
		}
		for _, ref := range r.open[t.repo.ID] {
			if s.anew || read[ref.ID] || !isNumber(ref.ID) {
				continue
			}
			if err := r.oneDeployment(ctx, t, ref, old.Had[ref.ID]); err != nil {
				return err
			}
		}
	}
	if r.f.o.by(ByReleases) {
		if err := r.releasesREST(ctx, t); err != nil {
			return err
		}
	}
	if r.f.o.by(ByTags) {
		return r.tagsREST(ctx, t)
	}
	return nil
}

// recorded reads the deployments that GitHub records, newest first.
func (r *run) recorded(ctx context.Context, t *target, newest int64) error {
	s := t.spans[collect.Deployments]
	size := fullPage
	if !s.anew {
		size = nightPage
	}
	query := url.Values{}
	if only := r.f.o.Environments; len(only) == 1 {
		query.Set("environment", only[0])
	}
	found, err := fetch(ctx, r.client, restList[*rDeployment]{
		name: "deployments of " + t.repo.Name, path: "repos/" + t.repo.Name + "/deployments", query: query, size: size,
		key:   func(d *rDeployment) string { return number(d.ID) },
		order: func(a, b *rDeployment) int { return b.CreatedAt.Compare(a.CreatedAt) },
		stop:  func(d *rDeployment) bool { return d.CreatedAt.Before(s.back) },
	})
	if err != nil {
		return err
	}
	for _, d := range found {
		s.mark.Newest = max(s.mark.Newest, d.ID)
		if d.ID <= newest || len(r.f.o.Environments) > 0 && !slices.Contains(r.f.o.Environments, d.Environment) {
			continue // numbers rise: known already
		}
		if err := r.addRecorded(ctx, t, d); err != nil {
			return err
		}
	}
	return nil
}

// oneDeployment reads a deployment again, if it has other statuses than the number
// that it had. One that was deleted stays as it was.
func (r *run) oneDeployment(ctx context.Context, t *target, ref collect.Ref, had int) error {
	id := ref.ID
	found, err := r.statusesOf(ctx, t, id)
	settled := ref.At.Before(r.o.Window.To.Add(-watchFailed)) // may be open no more
	if status(err) == http.StatusNotFound || err == nil && had > 0 && len(found) == had && !settled {
		return nil
	}
	if err != nil {
		return err
	}
	var d rDeployment
	if _, err := r.client.get(ctx, "repos/"+t.repo.Name+"/deployments/"+id, &d); err != nil {
		return err
	}
	r.keepRecorded(t, &d, found)
	return nil
}

func (r *run) statusesOf(ctx context.Context, t *target, id string) ([]*rStatus, error) {
	return fetch(ctx, r.client, restList[*rStatus]{
		name: fmt.Sprintf("statuses of deployment %s of %s", id, t.repo.Name),
		path: "repos/" + t.repo.Name + "/deployments/" + id +
			"/statuses", key: func(s *rStatus) string { return number(s.ID) },
	})
}

// addRecorded reads a deployment's statuses and keeps it.
func (r *run) addRecorded(ctx context.Context, t *target, d *rDeployment) error {
	found, err := r.statusesOf(ctx, t, number(d.ID))
	if err == nil {
		r.keepRecorded(t, d, found)
	}
	return err
}

func (r *run) keepRecorded(t *target, d *rDeployment, found []*rStatus) {
	f := fact.Deployment{
		ID: number(d.ID), Environment: d.Environment, Commit: d.SHA, Ref: d.Ref, Creator: d.Creator.name(),
		Created: d.CreatedAt.UTC(), URL: deploymentsPage(t.repo.URL, d.Environment),
	}
	for _, s := range found {
		f.Statuses = append(f.Statuses, fact.Status{State: state(s.State), At: s.CreatedAt.UTC()})
	}
	f.Statuses = statuses(f.Statuses)
	t.addDeployment(f, d.NodeID, r.o.Window.To)
	m := &t.spans[collect.Deployments].mark
	if !unfinished(&f, r.o.Window.To) {
		delete(m.Had, f.ID)
		return
	}
	if m.Had == nil {
		m.Had = map[string]int{}
	}
	m.Had[f.ID] = len(found)
}

func (r *run) releasesREST(ctx context.Context, t *target) error {
	found, err := fetch(ctx, r.client, restList[*rRelease]{
		name: "releases of " + t.repo.Name, path: "repos/" + t.repo.Name +
			"/releases", key: func(v *rRelease) string { return number(v.ID) },
	})
	if err != nil || len(found) == 0 {
		return err
	}
	commits, err := r.tagCommits(ctx, t)
	if err != nil {
		return err
	}
	for _, v := range found {
		t.release(&release{
			id: v.ID, url: v.HTMLURL, tag: v.TagName, sha: commits[v.TagName], draft: v.Draft, pre: v.Prerelease,
			published: optional(v.PublishedAt), author: v.Author,
		})
	}
	return nil
}

// tagCommits are the commits that the tags lead to.
func (r *run) tagCommits(ctx context.Context, t *target) (map[string]string, error) {
	found, err := fetch(ctx, r.client, restList[*rTag]{
		name: "tags of " + t.repo.Name, path: "repos/" + t.repo.Name + "/tags", key: func(v *rTag) string { return v.Name },
	})
	commits := make(map[string]string, len(found))
	for _, v := range found {
		commits[v.Name] = v.Commit.SHA
	}
	return commits, err
}

// tagsREST takes tags for deployments at their commits' times: when an annotated tag
// was made, REST tells only at a request each.
func (r *run) tagsREST(ctx context.Context, t *target) error {
	commits, err := r.tagCommits(ctx, t)
	if err != nil {
		return err
	}
	names := make([]string, 0, len(commits))
	for name := range commits {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, ok := service(r.f.rules.tag, name); !ok {
			continue
		}
		var c rCommit
		if _, err := r.client.get(ctx, "repos/"+t.repo.Name+"/commits/"+commits[name], &c); err != nil {
			return err
		}
		t.tag(&tag{name: name, sha: commits[name], at: c.query().CommittedDate.UTC()})
	}
	return nil
}

// incidents reads the labelled issues of the window, by each spelling.
func (r *run) incidents(ctx context.Context, t *target) error {
	for _, label := range r.f.o.IncidentLabels {
		found, err := fetch(ctx, r.client, restList[*rIssue]{
			name: "issues of " + t.repo.Name, path: "repos/" + t.repo.Name + "/issues",
			query: url.Values{
				"labels": {label}, "state": {"all"}, "since": {r.o.Window.From.Format(time.RFC3339)},
				"sort": {"updated"}, "direction": {"desc"},
			},
			key:   func(i *rIssue) string { return number(int64(i.Number)) },
			order: func(a, b *rIssue) int { return b.UpdatedAt.Compare(a.UpdatedAt) },
		})
		if err != nil { // also 410: that issues are off was told before
			return err
		}
		for _, i := range found {
			if i.PullRequest != nil || t.numbers[number(int64(i.Number))] {
				continue
			}
			events, err := r.timeline(ctx, t, i.Number)
			if err != nil {
				return err
			}
			v := &issue{
				words:  i.Title + "\n" + i.Body,
				number: i.Number, url: i.HTMLURL, title: i.Title, labels: rLabels(i.Labels),
				opened: i.CreatedAt, updated: i.UpdatedAt, closed: optional(i.ClosedAt),
			}
			for _, e := range events {
				if strings.EqualFold(e.Event, "reopened") {
					v.reopened = append(v.reopened, e.CreatedAt.UTC())
				}
				v.link(e.link(t.repo.Name))
			}
			t.incident(v)
		}
	}
	return nil
}

// rereadREST asks by REST for an unfinished deployment whose GraphQL id is not known.
func (r *run) rereadREST(ctx context.Context, d openDeployment) error {
	apart := &target{run: r, repo: d.t.repo, spans: map[collect.Kind]*span{collect.Deployments: {}}}
	if err := r.oneDeployment(ctx, apart, d.ref, 0); err != nil {
		if fatal(ctx, err) {
			return err
		}
		r.stillUnknown([]openDeployment{d}, err)
		return nil
	}
	if err := r.store.Put(ctx, r.f.name, collect.Batch{Deployments: apart.batch.Deployments}); err != nil {
		return fmt.Errorf("saving an unfinished deployment: %w", err)
	}
	return nil
}

// firstIf orders what is so before what is not.
func firstIf(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return -1
	default:
		return 1
	}
}
