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

// deploymentRule stands for the settings that deployments are chosen by.
func (f *Forge) deploymentRule() string {
	o := &f.o
	ways, environments := slices.Sorted(slices.Values(o.Deployments)), slices.Sorted(slices.Values(o.Environments))
	rule := fmt.Sprintf("1 %q environments=%q tier=%t", ways, environments, !o.IgnoreTier)
	if o.by(ByPipelines) {
		rule += fmt.Sprintf(" pipelines=%q", o.Pipelines)
	}
	if o.by(ByReleases) || o.by(ByTags) {
		rule += fmt.Sprintf(" tags=%q in %q", o.TagPattern, o.ReleaseEnvironment)
	}
	return rule
}

// readDeployments asks every project that can have some. Nothing tells from afar
// whether there are new ones: a deployment moves neither the project's last activity
// nor its date of update.
func (r *run) readDeployments(ctx context.Context) error {
	r.begin("deployments", len(r.projects))
	// Those that wait longest come first, so that runs that are cut short come round.
	projects := slices.Clone(r.projects)
	slices.SortStableFunc(projects, func(a, b *target) int {
		return a.cursors[collect.Deployments].To.Compare(b.cursors[collect.Deployments].To)
	})
	return each(ctx, projects, r.deploymentsOf, func(p *target, err error) {
		r.gap(p, collect.Deployments, "deployments cannot be read: "+err.Error(),
			"run again; if it stays, check that the token has the role Reporter")
	})
}

// harvest is what one project's deployments are gathered in.
type harvest struct {
	since time.Time
	rows  map[string]collect.Kept[fact.Deployment]
	mark  string // tiers of environments, as JSON
	// refused says that the project does not show what its CI does.
	refused bool
}

// forgives says whether an error is the refusal of a project with CI turned off,
// which some servers do not say in their list of projects. It is no gap.
func (h *harvest) forgives(p *target, err error) bool {
	off := statusOf(err) == http.StatusForbidden && p.Builds != "enabled" && p.Builds != "private"
	h.refused = h.refused || off
	return off
}

func (h *harvest) add(r *run, p *target, f fact.Deployment) {
	if f.Created.Before(r.now) && !f.Created.Before(r.from) {
		h.rows[f.ID] = kept(p.ID, f)
	}
}

func (r *run) deploymentsOf(ctx context.Context, p *target) error {
	defer r.step(1)
	rule := r.f.deploymentRule()
	old := p.cursors[collect.Deployments]
	known := r.valid(old, rule)
	switch {
	case r.done(old, rule):
		return nil
	case p.withoutCI(&r.f.o):
		r.count("repositories without CI or environments, so without deployments", 1)
		return nil
	case known && p.Archived && p.was.Archived:
		// Nothing can happen in it until it is active again.
		return r.put(ctx, collect.Batch{Cursors: []collect.Cursor{r.cursor(p, collect.Deployments, rule, r.now, old.Mark)}})
	}
	h := &harvest{since: r.from, rows: map[string]collect.Kept[fact.Deployment]{}, mark: old.Mark}
	if known {
		h.since = r.since(old.To)
	}
	again, err := r.gather(ctx, p, h, known)
	if err == nil && again {
		// The tier of an environment was changed: that concerns the old ones, too.
		known = false
		h.since = r.from
		_, err = r.gather(ctx, p, h, false)
	}
	if err != nil {
		return err
	}
	if h.refused {
		r.count("repositories that refuse to show deployments, as those with CI turned off do", 1)
		if p.mute = !r.f.o.by(ByReleases) && !r.f.o.by(ByTags); p.mute {
			return nil // weeks without deployments would be zeros
		}
	}
	p.moved = p.moved || len(h.rows) > 0
	batch := collect.Batch{Cursors: []collect.Cursor{r.cursor(p, collect.Deployments, rule, r.now, h.mark)}}
	drop := collect.Drop{Repository: p.ID, Kind: collect.Deployments, From: r.from, To: r.now}
	for _, id := range sortedKeys(h.rows) {
		batch.Deployments = append(batch.Deployments, h.rows[id])
		drop.Keep = append(drop.Keep, id)
	}
	if !known && p.had[collect.Deployments] {
		batch.Drops = append(batch.Drops, drop)
	}
	return r.put(ctx, batch)
}

// gather asks in every way that is configured. again says that environments have
// other tiers than before.
func (r *run) gather(ctx context.Context, p *target, h *harvest, known bool) (again bool, err error) {
	o := &r.f.o
	if o.by(ByEnvironments) && p.Builds != disabled && p.Environments != disabled {
		if again, err = r.byEnvironment(ctx, p, h, known); again || err != nil && !h.forgives(p, err) {
			return again, err
		}
	}
	if o.by(ByPipelines) && p.Builds != disabled {
		if err := r.byPipeline(ctx, p, h); err != nil && !h.forgives(p, err) {
			return false, err
		}
	}
	if o.by(ByReleases) && p.Releases != disabled {
		if err := r.byRelease(ctx, p, h); err != nil {
			return false, err
		}
	}
	// A tag is pushed, which is an activity.
	if o.by(ByTags) && p.hasCommits() && (!known || r.active(p, h.since)) {
		return false, r.byTag(ctx, p, h)
	}
	return false, nil
}

// active says whether the project was pushed to, or anything else happened that
// GitLab calls an activity, since a time before the overlap was taken off.
func (r *run) active(p *target, since time.Time) bool {
	return p.LastActivity.IsZero() || !p.LastActivity.Before(since)
}

func (r *run) byEnvironment(ctx context.Context, p *target, h *harvest, known bool) (again bool, err error) {
	filter := url.Values{"state": nil, "scope": nil}
	if wanted := r.f.o.Environments; len(wanted) == 1 {
		filter.Set("environment", wanted[0])
	}
	list, err := all(ctx, r.c, newestFirst[deployment](p.alone(), "deployments", h.since, filter))
	if err != nil {
		return false, err
	}
	list = slices.DeleteFunc(list, func(d *deployment) bool { return !d.begun() || !r.f.wanted(d) })
	tiers, err := r.tiers(ctx, p, list)
	if err != nil {
		return false, err
	}
	if h.mark, again = merged(h.mark, tiers, known); again {
		return true, nil
	}
	for _, d := range list {
		f := d.fact(p.project, tiers[d.name()], r.now)
		if d.offBranch(p.project, f.Tier) {
			if f.Changes, err = r.shipped(ctx, p, d); err != nil {
				return false, err
			}
		}
		h.add(r, p, f)
	}
	return false, nil
}

func (d *deployment) name() string {
	if d.Environment == nil {
		return ""
	}
	return d.Environment.Name
}

// wanted says whether the options keep a deployment to its environment.
func (f *Forge) wanted(d *deployment) bool {
	return len(f.o.Environments) == 0 || slices.Contains(f.o.Environments, d.name())
}

// tiers are those of the environments that were deployed to, by name. Deployments
// of most GitLabs do not say it, so that the environments are listed, once for a
// project with new deployments.
func (r *run) tiers(ctx context.Context, p *target, list []*deployment) (map[string]string, error) {
	tiers := map[string]string{}
	if r.f.o.IgnoreTier || len(list) == 0 {
		return tiers, nil
	}
	for _, d := range list {
		if name := d.name(); name != "" && tiers[name] == "" {
			tiers[name] = d.Environment.Tier
		}
	}
	if !slices.Contains(slices.Collect(maps.Values(tiers)), "") {
		return tiers, nil
	}
	environments, err := r.f.environments(ctx, r.c, p.project)
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

func (f *Forge) environments(ctx context.Context, c *client, p *project) ([]*environment, error) {
	return all(ctx, c, listing[environment]{
		name: "environments of " + p.Path, path: fmt.Sprintf("projects/%d/environments", p.ID),
		key: func(e *environment) string { return strconv.FormatInt(e.ID, 10) },
	})
}

// merged adds tiers to those of the cursor's mark. Those of development are not
// noted: review apps are many. changed says that an environment has another than
// before, which concerns deployments that were saved already.
func merged(mark string, tiers map[string]string, known bool) (text string, changed bool) {
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

// shipped are the requests that GitLab says a deployment brought; nil for none, so
// that ancestry may decide.
func (r *run) shipped(ctx context.Context, p *target, d *deployment) ([]string, error) {
	list, err := all(ctx, r.c, listing[mergeRequest]{
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

func (r *run) byPipeline(ctx context.Context, p *target, h *harvest) error {
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
		list, err := all(ctx, r.c, newestFirst[pipeline](p.alone(), "pipelines", h.since, filter))
		if err != nil {
			return err
		}
		for _, l := range list {
			f := l.fact(rule, r.now)
			if _, taken := h.rows[f.ID]; !taken && l.begun() && rule.fits(l, p.DefaultBranch) {
				h.add(r, p, f)
			}
		}
	}
	return nil
}

// byRelease reads all releases of the window each time: there is no list of what
// was changed, and a release may be dated back.
func (r *run) byRelease(ctx context.Context, p *target, h *harvest) error {
	list, err := all(ctx, r.c, listing[release]{
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
		if f, ok := r.f.released("release", e.Tag, sha, e.Links.Self, e.Released.Time, creator); ok {
			h.add(r, p, f)
		}
	}
	return nil
}

// byTag reads the tags, newest first. An annotated tag has a date of its own, a
// plain one that of its commit.
func (r *run) byTag(ctx context.Context, p *target, h *harvest) error {
	list, err := all(ctx, r.c, listing[tag]{
		name: "tags of " + p.Path, path: fmt.Sprintf("projects/%d/repository/tags", p.ID),
		query: url.Values{"order_by": {"updated"}, "sort": {"desc"}},
		key:   func(t *tag) string { return t.Name },
		order: func(a, b *tag) int { return b.at().Compare(a.at()) },
		stop:  func(t *tag) bool { return t.at().Before(r.from) },
	})
	if err != nil {
		return err
	}
	for _, t := range list {
		sha := t.Target
		if t.Commit != nil {
			sha = t.Commit.SHA
		}
		if f, ok := r.f.released("tag", t.Name, sha, "", t.at(), ""); ok {
			h.add(r, p, f)
		}
	}
	return nil
}

func (t *tag) at() time.Time {
	switch {
	case !t.Created.IsZero():
		return t.Created.Time
	case t.Commit != nil:
		return t.Commit.Committed.Time
	}
	return time.Time{}
}
