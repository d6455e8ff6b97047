package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// disabled is the access level of a project's feature that is off.
const disabled = "disabled"

// withoutCI reports whether a project cannot have deployments of the configured kinds.
func (p *project) withoutCI(o *Options) bool {
	byCI := p.Builds == disabled || p.Environments == disabled && !o.reads(ByPipelines)
	return byCI && !o.reads(ByReleases) && !o.reads(ByTags)
}

func (p *project) hasCommits() bool {
	return !p.Empty && p.DefaultBranch != "" && p.Repository != disabled
}

// listProjects lists the projects of the groups and the single ones. It calls missing for each
// group or project that cannot be read, unless none can: then it returns the error.
func (f *Forge) listProjects(ctx context.Context, c *client, missing func(name string, err error)) ([]*scope,
	[]*project, error,
) {
	var scopes []*scope
	var projects []*project
	seen := map[int64]bool{}
	var last error
	lost := func(name string, err error) error {
		if isFatal(ctx, err) {
			return err
		}
		last = err
		missing(name, err)
		return nil
	}
	for _, path := range f.o.Groups {
		s := &scope{base: "groups/" + escapePath(path), name: path, group: true}
		list, err := fetchAll(ctx, c, listing[project]{
			name: "projects of " + path, path: s.base + "/projects",
			query: url.Values{"include_subgroups": {"true"}, "with_shared": {"false"}, "order_by": {"id"}, "sort": {"asc"}},
			key:   func(p *project) string { return strconv.FormatInt(p.ID, 10) },
			order: func(a, b *project) int { return cmp.Compare(a.ID, b.ID) }, confirm: true,
		})
		if err != nil {
			if err := lost(path, err); err != nil {
				return nil, nil, err
			}
			continue
		}
		scopes = append(scopes, s)
		projects = f.addProjects(s, list, seen, projects)
	}
	for _, path := range f.o.Projects {
		p, err := getOne[project](ctx, c, "projects/"+escapePath(path), nil)
		if err != nil {
			if err := lost(path, err); err != nil {
				return nil, nil, err
			}
			continue
		}
		s := &scope{base: fmt.Sprintf("projects/%d", p.ID), name: path}
		scopes = append(scopes, s)
		projects = f.addProjects(s, []*project{&p}, seen, projects)
	}
	if len(scopes) == 0 {
		return nil, nil, fmt.Errorf("none of the configured projects can be read: %w", explainHidden(last))
	}
	slices.SortFunc(projects, func(a, b *project) int { return cmp.Compare(a.ID, b.ID) })
	for _, p := range projects {
		if p.ID <= 0 || p.Path == "" {
			return nil, nil, fmt.Errorf("a project without a number or a path (%d, %q): the address is hardly a GitLab's",
				p.ID, p.Path)
		}
	}
	return scopes, projects, nil
}

// explainHidden adds a hint about the token to an error that refuses or hides everything:
// GitLab answers 404 for things that a token may not see.
func explainHidden(err error) error {
	switch statusOf(err) {
	case http.StatusForbidden, http.StatusNotFound:
		return fmt.Errorf("%w: check the paths of groups and projects, and that the token may read them (%s): %w",
			collect.ErrCredentials, howTo, err)
	}
	return err
}

// addProjects adds projects that no scope before has. Groups may overlap.
func (f *Forge) addProjects(s *scope, list []*project, seen map[int64]bool, into []*project) []*project {
	for _, p := range list {
		if seen[p.ID] || f.o.isExcluded(p.Path) {
			continue
		}
		seen[p.ID] = true
		s.members = append(s.members, &repository{
			project: p, cursors: map[collect.Kind]collect.Cursor{}, had: map[collect.Kind]bool{}, landed: map[string]bool{},
		})
		into = append(into, p)
	}
	return into
}

// findProjects lists the projects and compares them with those in the store by number, so that
// a renamed or transferred project is not taken for a new one.
func (r *syncer) findProjects(ctx context.Context) error {
	r.beginPhase("repositories", 0)
	stored, err := r.store.Repositories(ctx, r.f.name)
	if err != nil {
		return fmt.Errorf("reading the store: %w", err)
	}
	cursors, err := r.store.Cursors(ctx, r.f.name)
	if err != nil {
		return fmt.Errorf("reading the store: %w", err)
	}
	complete := true
	scopes, _, err := r.f.listProjects(ctx, r.c, func(name string, err error) {
		complete = false
		r.addGap(nil, "", fmt.Sprintf("%s cannot be read: %v", name, err),
			"check its path, and that the token may read it: "+howTo)
	})
	if err != nil {
		return err
	}
	r.scopes, r.listed = scopes, true
	for _, s := range scopes {
		for _, p := range s.members {
			r.byID[p.ID] = p
			p.requestsSince = r.now // none yet
			r.projects = append(r.projects, p)
		}
	}
	slices.SortFunc(r.projects, func(a, b *repository) int { return cmp.Compare(a.ID, b.ID) })
	for _, c := range cursors {
		if c.Kind == collect.Teams {
			r.teams = c
		}
		if p := r.byID[c.Repository]; p != nil {
			p.cursors[c.Kind] = c
			p.had[c.Kind] = true
		}
	}
	batch, err := r.reconcileStored(ctx, stored, complete)
	if err != nil {
		return err
	}
	return r.saveBatch(ctx, collect.Batch{Repositories: batch})
}

// reconcileStored brings the repositories of the store up to date with those listed.
func (r *syncer) reconcileStored(ctx context.Context, stored []collect.Repository,
	complete bool,
) ([]collect.Repository, error) {
	var batch, gone []collect.Repository
	known := 0
	for _, was := range stored {
		wanted := was.Gone.IsZero() && r.f.o.includes(was.Name)
		if wanted {
			known++
		}
		switch p := r.byID[was.ID]; {
		case p != nil:
			p.was = was
		case wanted && complete:
			gone = append(gone, was)
		}
	}
	for _, p := range r.projects {
		batch = append(batch, collect.Repository{ID: p.ID, Repository: r.makeRepository(p)})
	}
	left, err := r.findMissing(ctx, gone, known)
	return append(batch, left...), err
}

// makeRepository returns the project as it is kept, with its former names.
func (r *syncer) makeRepository(p *repository) fact.Repository {
	kept := p.was.Repository
	repo := fact.Repository{
		Name: p.Path, DefaultBranch: p.DefaultBranch, URL: p.URL, Archived: p.Archived,
		Former: kept.Former, Pipelines: kept.Pipelines,
	}
	if kept.Name != "" && kept.Name != p.Path {
		repo.Former = append(slices.DeleteFunc(slices.Clone(kept.Former),
			func(n string) bool { return n == kept.Name || n == p.Path }), kept.Name)
		r.addNote("%s was called %s", p.Path, kept.Name)
	}
	if !kept.Gone.IsZero() {
		r.addNote("%s is there again", p.Path)
	}
	return repo
}

// findMissing looks for projects that are no longer listed. It asks for each: 404 means
// deleted, an answer means that it was moved out of the configured groups. When many or all are
// missing at once, the token has lost access, and none counts as deleted.
func (r *syncer) findMissing(ctx context.Context, gone []collect.Repository, known int) ([]collect.Repository, error) {
	all := len(gone) == known && known > 1
	if most := max(5, known/10); (len(gone) > most || all) && !r.o.Full {
		r.addGap(nil, "", fmt.Sprintf("%d of %d projects are listed no more, %s among them: so many at once are hardly "+
			"deleted", len(gone), known, gone[0].Name),
			"give the token access to them again; if they are gone for good, run once with --full")
		return nil, nil
	}
	var batch []collect.Repository
	for _, was := range gone {
		p, err := getOne[project](ctx, r.c, fmt.Sprintf("projects/%d", was.ID), nil)
		switch status := statusOf(err); {
		case err == nil && p.Path != was.Name:
			r.addNote("%s was moved to %s, which is not collected", was.Name, p.Path)
			was.Former = append(slices.Clone(was.Former), was.Name)
			was.Name, was.URL, was.Archived = p.Path, p.URL, p.Archived
		case err == nil:
			// Still there and still called so: the configuration leaves it out now.
			continue
		case status == http.StatusNotFound || status == http.StatusForbidden || status == http.StatusGone:
			r.addNote("%s is there no more, or is hidden from the token", was.Name)
			was.Gone = r.now
		case isFatal(ctx, err):
			return nil, err
		default:
			r.addGap(nil, "", fmt.Sprintf("%s is listed no more and cannot be asked for: %v", was.Name, err), "run again")
			continue
		}
		batch = append(batch, was)
	}
	return batch, nil
}

// teamRule changes when teams are read in another way.
const teamRule = "1"

// readTeams reads subgroups as teams. Their members are people with the role Developer or
// higher, as direct members; their projects are those below them or shared with them.
func (r *syncer) readTeams(ctx context.Context) error {
	if !r.f.o.Teams || r.isDone(r.teams, teamRule) {
		return nil
	}
	groups, err := r.f.listTeams(ctx, r.c)
	if err != nil {
		return r.reportTeams(ctx, err)
	}
	r.beginPhase("teams", len(groups))
	teams := make([]fact.ForgeTeam, len(groups))
	indices := make([]int, len(groups))
	for i := range indices {
		indices[i] = i
	}
	var bad error
	err = forEach(ctx, indices, func(ctx context.Context, i int) error {
		t, err := r.readTeam(ctx, groups[i])
		teams[i] = t
		r.reportStep(1)
		return err
	}, func(_ int, err error) {
		r.mu.Lock()
		defer r.mu.Unlock()
		bad = err
	})
	if err = cmp.Or(err, bad); err != nil {
		return r.reportTeams(ctx, err)
	}
	return r.saveBatch(ctx, collect.Batch{
		Teams: teams, SetTeams: true,
		Cursors: []collect.Cursor{{Kind: collect.Teams, Rule: teamRule, From: r.from, To: r.now}},
	})
}

func (r *syncer) reportTeams(ctx context.Context, err error) error {
	if isFatal(ctx, err) {
		return err
	}
	r.addGap(nil, "", fmt.Sprintf("teams cannot be read, those of the last run stay: %v", err),
		"check that the token may read the members of groups: "+howTo)
	return nil
}

// listTeams lists the subgroups of all groups, by path.
func (f *Forge) listTeams(ctx context.Context, c *client) ([]*group, error) {
	var groups []*group
	for _, path := range f.o.Groups {
		list, err := fetchAll(ctx, c, listing[group]{
			name: "subgroups of " + path, path: "groups/" + escapePath(path) + "/descendant_groups",
			query: url.Values{"order_by": {"id"}, "sort": {"asc"}},
			key:   func(g *group) string { return strconv.FormatInt(g.ID, 10) },
			order: func(a, b *group) int { return cmp.Compare(a.ID, b.ID) },
		})
		if err != nil {
			return nil, err
		}
		groups = append(groups, list...)
	}
	slices.SortFunc(groups, func(a, b *group) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(groups, func(a, b *group) bool { return a.ID == b.ID }), nil
}

// developer is the lowest access level of members that may write.
const developer = 30

func (r *syncer) readTeam(ctx context.Context, g *group) (fact.ForgeTeam, error) {
	t := fact.ForgeTeam{Source: r.f.name, ID: g.Path, Name: g.Name}
	members, err := fetchAll(ctx, r.c, listing[member]{
		name: "members of " + g.Path, path: fmt.Sprintf("groups/%d/members", g.ID),
		key: func(m *member) string { return m.Username },
	})
	if err != nil {
		return t, err
	}
	for _, m := range members {
		if m.Access >= developer && (m.State == "" || m.State == "active") && !ownBot.MatchString(m.Username) {
			t.Members = append(t.Members, m.Username)
		}
	}
	for _, p := range r.projects {
		if p.writableBy(g.Path) {
			t.Repositories = append(t.Repositories, p.Path)
		}
	}
	slices.Sort(t.Members)
	slices.Sort(t.Repositories)
	return t, nil
}

func (p *project) writableBy(path string) bool {
	if strings.HasPrefix(p.Path, path+"/") {
		return true
	}
	for _, s := range p.Shared {
		if s.Path == path && s.Access >= developer {
			return true
		}
	}
	return false
}
