package gitlab

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// deploymentRule returns a text of the settings by which deployments are chosen.
func (f *Forge) deploymentRule() string {
	o := &f.o
	ways, environments := slices.Sorted(slices.Values(o.Deployments)), slices.Sorted(slices.Values(o.Environments))
	rule := fmt.Sprintf("1 %q environments=%q tier=%t", ways, environments, !o.IgnoreTier)
	if o.reads(ByPipelines) {
		rule += fmt.Sprintf(" pipelines=%q", o.Pipelines)
	}
	if o.reads(ByReleases) || o.reads(ByTags) {
		rule += fmt.Sprintf(" tags=%q in %q", o.TagPattern, o.ReleaseEnvironment)
	}
	return rule
}

// readDeployments asks every project that can have some. Only its list shows new
// deployments: they move neither the project's last activity nor its date of update.
func (r *syncer) readDeployments(ctx context.Context) error {
	r.beginPhase("deployments", len(r.projects))
	// Those that wait longest come first, so that runs that are cut short come round.
	projects := slices.Clone(r.projects)
	slices.SortStableFunc(projects, func(a, b *repository) int {
		return a.cursors[collect.Deployments].To.Compare(b.cursors[collect.Deployments].To)
	})
	return forEach(ctx, projects, r.readDeploymentsOf, func(p *repository, err error) {
		r.addGap(p, collect.Deployments, "deployments cannot be read: "+err.Error(),
			"run again; if it stays, check that the token has the role Reporter")
	})
}

// foundDeployments collects the deployments of one project.
type foundDeployments struct {
	since time.Time
	rows  map[string]collect.Kept[fact.Deployment]
	mark  string // tiers of environments, as JSON
	// refused means that the project hides its CI.
	refused bool
}

// isRefusal reports whether an error is the refusal of a project with CI turned off, which some
// servers do not show in their list of projects. That is not a gap.
func (h *foundDeployments) isRefusal(p *repository, err error) bool {
	off := statusOf(err) == http.StatusForbidden && p.Builds != "enabled" && p.Builds != "private"
	h.refused = h.refused || off
	return off
}

func (h *foundDeployments) add(r *syncer, p *repository, f fact.Deployment) {
	if f.Created.Before(r.now) && !f.Created.Before(r.from) {
		h.rows[f.ID] = keepDeployment(p.ID, f)
	}
}

func (r *syncer) readDeploymentsOf(ctx context.Context, p *repository) error {
	defer r.reportStep(1)
	rule := r.f.deploymentRule()
	old := p.cursors[collect.Deployments]
	known := r.isValid(old, rule)
	switch {
	case r.isDone(old, rule):
		return nil
	case p.withoutCI(&r.f.o):
		r.countItems("repositories without CI or environments, so without deployments", 1)
		return nil
	case known && p.Archived && p.was.Archived:
		// Nothing can happen in it until it is active again.
		return r.saveBatch(ctx, collect.Batch{Cursors: []collect.Cursor{r.newCursor(p, collect.Deployments, rule, r.now,
			old.Mark)}})
	}
	h := &foundDeployments{since: r.from, rows: map[string]collect.Kept[fact.Deployment]{}, mark: old.Mark}
	if known {
		h.since = r.readFrom(old.To)
	}
	again, err := r.readKinds(ctx, p, h, known)
	if err == nil && again {
		// The tier of an environment was changed: that concerns the old ones, too.
		known = false
		h.since = r.from
		_, err = r.readKinds(ctx, p, h, false)
	}
	if err != nil {
		return err
	}
	if h.refused {
		r.countItems("repositories that refuse to show deployments, as those with CI turned off do", 1)
		if p.mute = !r.f.o.reads(ByReleases) && !r.f.o.reads(ByTags); p.mute {
			return nil // otherwise weeks without deployments would count as zeros
		}
	}
	p.moved = p.moved || len(h.rows) > 0
	batch := collect.Batch{Cursors: []collect.Cursor{r.newCursor(p, collect.Deployments, rule, r.now, h.mark)}}
	drop := collect.Drop{Repository: p.ID, Kind: collect.Deployments, From: r.from, To: r.now}
	for _, id := range sortedKeys(h.rows) {
		batch.Deployments = append(batch.Deployments, h.rows[id])
		drop.Keep = append(drop.Keep, id)
	}
	if !known && p.had[collect.Deployments] {
		batch.Drops = append(batch.Drops, drop)
	}
	return r.saveBatch(ctx, batch)
}

// readKinds reads every configured kind. again means that environments have other tiers than
// before.
func (r *syncer) readKinds(ctx context.Context, p *repository, h *foundDeployments, known bool) (again bool,
	err error,
) {
	o := &r.f.o
	if o.reads(ByEnvironments) && p.Builds != disabled && p.Environments != disabled {
		if again, err = r.readByEnvironment(ctx, p, h, known); again || err != nil && !h.isRefusal(p, err) {
			return again, err
		}
	}
	if o.reads(ByPipelines) && p.Builds != disabled {
		if err := r.readByPipeline(ctx, p, h); err != nil && !h.isRefusal(p, err) {
			return false, err
		}
	}
	if o.reads(ByReleases) && p.Releases != disabled {
		if err := r.readByRelease(ctx, p, h); err != nil {
			return false, err
		}
	}
	// A tag is pushed, which is an activity.
	if o.reads(ByTags) && p.hasCommits() && (!known || r.isActive(p, h.since)) {
		return false, r.readByTag(ctx, p, h)
	}
	return false, nil
}

// isActive reports whether the project had a push, or another event that GitLab counts as
// activity, since a time. That time is from before the overlap was subtracted.
func (r *syncer) isActive(p *repository, since time.Time) bool {
	return p.LastActivity.IsZero() || !p.LastActivity.Before(since)
}

func (r *syncer) readByEnvironment(ctx context.Context, p *repository, h *foundDeployments, known bool) (again bool,
	err error,
) {
	filter := url.Values{"state": nil, "scope": nil}
	if wanted := r.f.o.Environments; len(wanted) == 1 {
		filter.Set("environment", wanted[0])
	}
	list, err := fetchAll(ctx, r.c, listUpdated[deployment](p.asScope(), "deployments", h.since, filter))
	if err != nil {
		return false, err
	}
	list = slices.DeleteFunc(list, func(d *deployment) bool { return !d.hasBegun() || !r.f.isWanted(d) })
	tiers, err := r.readTiers(ctx, p, list)
	if err != nil {
		return false, err
	}
	if h.mark, again = mergeTiers(h.mark, tiers, known); again {
		return true, nil
	}
	for _, d := range list {
		f := d.makeDeployment(p.project, tiers[d.environmentName()], r.now)
		if d.isOffBranch(p.project, f.Tier) {
			if f.Changes, err = r.readShipped(ctx, p, d); err != nil {
				return false, err
			}
		}
		h.add(r, p, f)
	}
	return false, nil
}

func (d *deployment) environmentName() string {
	if d.Environment == nil {
		return ""
	}
	return d.Environment.Name
}

// isWanted reports whether the options keep deployments to this environment.
func (f *Forge) isWanted(d *deployment) bool {
	return len(f.o.Environments) == 0 || slices.Contains(f.o.Environments, d.environmentName())
}

// readTiers returns the tiers of the environments that were deployed to, by name. Deployments
// of most GitLabs do not have it, so the environments are listed once for a project with new
// deployments.
func (r *syncer) readTiers(ctx context.Context, p *repository, list []*deployment) (map[string]string, error) {
	tiers := map[string]string{}
	if r.f.o.IgnoreTier || len(list) == 0 {
		return tiers, nil
	}
	for _, d := range list {
		if name := d.environmentName(); name != "" && tiers[name] == "" {
			tiers[name] = d.Environment.Tier
		}
	}
	if !slices.Contains(slices.Collect(maps.Values(tiers)), "") {
		return tiers, nil
	}
	environments, err := r.f.listEnvironments(ctx, r.c, p.project)
	if err != nil {
		return nil, err
	}
	for _, e := range environments {
		if _, used := tiers[e.Name]; used {
			tiers[e.Name] = e.Tier
		}
	}
	return tiers, nil
}

func (f *Forge) listEnvironments(ctx context.Context, c *client, p *project) ([]*environment, error) {
	return fetchAll(ctx, c, listing[environment]{
		name: "environments of " + p.Path, path: fmt.Sprintf("projects/%d/environments", p.ID),
		key: func(e *environment) string { return strconv.FormatInt(e.ID, 10) },
	})
}

// mergeTiers adds tiers to those of the cursor's mark. Tiers of development are left out,
// because review apps are many. changed means that an environment has another tier than before,
// which concerns deployments that were saved already.
func mergeTiers(mark string, tiers map[string]string, known bool) (text string, changed bool) {
	before := map[string]string{}
	if known && mark != "" {
		if json.Unmarshal([]byte(mark), &before) != nil {
			return "", true
		}
	}
	for name, tier := range tiers {
		was, seen := before[name]
		changed = changed || seen && was != tier
		if delete(before, name); tier != "" && tier != "development" {
			before[name] = tier
		}
	}
	if len(before) == 0 {
		return "", changed
	}
	b, err := json.Marshal(before)
	if err != nil {
		return "", true
	}
	return string(b), changed
}

// readShipped returns the requests that a deployment brought, as GitLab lists them; nil for
// none, so that ancestry may decide.
func (r *syncer) readShipped(ctx context.Context, p *repository, d *deployment) ([]string, error) {
	list, err := fetchAll(ctx, r.c, listing[mergeRequest]{
		name: fmt.Sprintf("merge requests of deployment %d of %s", d.ID, p.Path),
		path: fmt.Sprintf("projects/%d/deployments/%d/merge_requests", p.ID, d.ID),
		key:  (*mergeRequest).key,
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(list, func(a, b *mergeRequest) int { return cmp.Compare(a.IID, b.IID) })
	var ids []string
	for _, m := range list {
		ids = append(ids, strconv.FormatInt(m.IID, 10))
	}
	return ids, nil
}

func (r *syncer) readByPipeline(ctx context.Context, p *repository, h *foundDeployments) error {
	for i := range r.f.o.Pipelines {
		rule := &r.f.o.Pipelines[i]
		filter := url.Values{"state": nil, "scope": nil}
		switch {
		case rule.Ref == "":
			filter.Set("ref", p.DefaultBranch)
		case !slices.ContainsFunc([]rune(rule.Ref), func(c rune) bool {
			return c == '*' || c == '?' || c == '[' ||
				c == '\\'
		}):
			filter.Set("ref", rule.Ref)
		}
		if rule.Source != "" {
			filter.Set("source", rule.Source)
		}
		list, err := fetchAll(ctx, r.c, listUpdated[pipeline](p.asScope(), "pipelines", h.since, filter))
		if err != nil {
			return err
		}
		for _, l := range list {
			f := l.makeDeployment(rule, r.now)
			if _, taken := h.rows[f.ID]; !taken && l.hasBegun() && rule.matchesPipeline(l, p.DefaultBranch) {
				h.add(r, p, f)
			}
		}
	}
	return nil
}

// readByRelease reads all releases of the window each time: GitLab has no list of changed
// releases, and a release may be dated back.
func (r *syncer) readByRelease(ctx context.Context, p *repository, h *foundDeployments) error {
	list, err := fetchAll(ctx, r.c, listing[release]{
		name: "releases of " + p.Path, path: fmt.Sprintf("projects/%d/releases", p.ID),
		query: url.Values{"order_by": {"released_at"}, "sort": {"desc"}},
		key:   func(e *release) string { return e.Tag },
		order: func(a, b *release) int { return b.Released.Compare(a.Released.Time) },
		stop:  func(e *release) bool { return e.Released.Before(r.from) },
	})
	if err != nil {
		return err
	}
	for _, e := range list {
		sha, creator := "", ""
		if e.Commit != nil {
			sha = e.Commit.SHA
		}
		if e.Author != nil {
			creator = e.Author.Username
		}
		if f, ok := r.f.makeRelease("release", e.Tag, sha, e.Links.Self, e.Released.Time, creator); ok {
			h.add(r, p, f)
		}
	}
	return nil
}

// readByTag reads the tags, newest first. An annotated tag has a date of its own, a
// plain one that of its commit.
func (r *syncer) readByTag(ctx context.Context, p *repository, h *foundDeployments) error {
	list, err := fetchAll(ctx, r.c, listing[tag]{
		name: "tags of " + p.Path, path: fmt.Sprintf("projects/%d/repository/tags", p.ID),
		query: url.Values{"order_by": {"updated"}, "sort": {"desc"}},
		key:   func(t *tag) string { return t.Name },
		order: func(a, b *tag) int { return b.createdAt().Compare(a.createdAt()) },
		stop:  func(t *tag) bool { return t.createdAt().Before(r.from) },
	})
	if err != nil {
		return err
	}
	for _, t := range list {
		sha := t.Target
		if t.Commit != nil {
			sha = t.Commit.SHA
		}
		if f, ok := r.f.makeRelease("tag", t.Name, sha, "", t.createdAt(), ""); ok {
			h.add(r, p, f)
		}
	}
	return nil
}

func (t *tag) createdAt() time.Time {
	switch {
	case !t.Created.IsZero():
		return t.Created.Time
	case t.Commit != nil:
		return t.Commit.Committed.Time
	}
	return time.Time{}
}
