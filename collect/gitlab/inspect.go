package gitlab

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

// sampled is how many projects, those that were active last, are asked for their
// environments and pipelines.
const sampled = 20

// perRequest is what a request takes with workers at a time, for estimates: GitLab
// answers in about a quarter of a second.
const perRequest = 250 * time.Millisecond / workers

// Inspect implements collect.Forge.
func (f *Forge) Inspect(ctx context.Context, o collect.SyncOptions) (collect.Inspection, error) {
	in := collect.Inspection{Source: f.name, Address: hostOf(f.o.BaseURL), Credential: string(kindOf(f.o.Token))}
	c, err := f.ready()
	if err != nil {
		return in, err
	}
	if err := f.inspect(ctx, c, o, &in); err != nil {
		return in, fmt.Errorf("gitlab %s: %w", f.name, err)
	}
	stats := c.transport.Stats()
	in.Budget = collect.Budget{Limit: stats.Limit, Left: stats.Left, Reset: stats.Reset}
	return in, nil
}

func hostOf(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return ""
	}
	return u.Host
}

func (f *Forge) inspect(ctx context.Context, c *client, o collect.SyncOptions, in *collect.Inspection) error {
	credential, missing, err := f.described(ctx, c)
	if err != nil {
		return err
	}
	in.Credential, in.Missing = credential, missing
	scopes, projects, err := f.listProjects(ctx, c, func(name string, err error) {
		in.Missing = append(in.Missing, fmt.Sprintf("%s cannot be read: %v", name, err))
	})
	if err != nil {
		return err
	}
	in.Repositories = len(projects)
	if f.o.Teams {
		teams, err := f.listTeams(ctx, c)
		if err != nil {
			return err
		}
		in.Teams = len(teams)
	}
	if err := f.seeDeployments(ctx, c, projects, in); err != nil {
		return err
	}
	if err := f.seeLabels(ctx, c, in); err != nil {
		return err
	}
	return f.estimate(ctx, c, scopes, projects, o, in)
}

// tally counts names and where they were seen.
type tally map[string]*collect.Seen

func (t tally) see(name, where string, n int, matched bool) {
	s := t[name]
	if s == nil {
		s = &collect.Seen{Name: name, Where: where, Matched: matched}
		t[name] = s
	}
	s.Count += n
}

// list is the most frequent first.
func (t tally) list() []collect.Seen {
	var out []collect.Seen
	for _, name := range sortedKeys(t) {
		out = append(out, *t[name])
	}
	slices.SortStableFunc(out, func(a, b collect.Seen) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// seeDeployments looks at the environments, and with rules for pipelines at those,
// of the projects that were active last.
func (f *Forge) seeDeployments(ctx context.Context, c *client, projects []*project, in *collect.Inspection) error {
	active := slices.Clone(projects)
	slices.SortStableFunc(active, func(a, b *project) int { return b.LastActivity.Compare(a.LastActivity.Time) })
	active = slices.DeleteFunc(active, func(p *project) bool { return p.Archived || p.withoutCI(&f.o) })
	if len(active) > sampled {
		in.Notes = append(in.Notes, fmt.Sprintf("environments are those of the %d projects that were active last", sampled))
		active = active[:sampled]
	}
	environments, pipelines := tally{}, tally{}
	for _, p := range active {
		list, err := f.environments(ctx, c, p)
		if err != nil {
			if ends(ctx, err) {
				return err
			}
			in.Missing = append(in.Missing, fmt.Sprintf("environments of %s cannot be read: %v", p.Path, err))
			continue
		}
		for _, e := range list {
			matched := f.o.by(ByEnvironments) && (len(f.o.Environments) == 0 || slices.Contains(f.o.Environments, e.Name))
			environments.see(e.Name, p.Path, 1, matched)
			if note := oddTier(e); note != "" && !f.o.IgnoreTier {
				in.Notes = append(in.Notes, p.Path+": "+note)
			}
		}
		if err := f.seePipelines(ctx, c, p, pipelines); err != nil {
			return err
		}
	}
	in.Environments, in.Workflows = environments.list(), pipelines.list()
	return nil
}

// oddTier says where an environment's tier and name disagree, "" if they do not.
// GitLab guesses tiers from names, and "point" holds "int" for integration.
func oddTier(e *environment) string {
	named := strings.HasPrefix(strings.ToLower(e.Name), "prod")
	switch {
	case named && e.Tier != "" && e.Tier != "production" && e.Tier != "other":
		return fmt.Sprintf("environment %s has the tier %s, so that it is not production: set its tier in GitLab if "+
			"that is wrong", e.Name, e.Tier)
	case !named && e.Tier == "production":
		return fmt.Sprintf("environment %s is production by its tier", e.Name)
	}
	return ""
}

// seePipelines counts the newest pipelines by what the rules look at.
func (f *Forge) seePipelines(ctx context.Context, c *client, p *project, into tally) error {
	if !f.o.by(ByPipelines) {
		return nil
	}
	page, err := fetch(ctx, c, listing[pipeline]{
		name: "pipelines of " + p.Path,
		path: fmt.Sprintf("projects/%d/pipelines", p.ID),
	}, "")
	if err != nil {
		if ends(ctx, err) {
			return err
		}
		return nil // CI is off
	}
	for _, l := range page.Items {
		name := l.Source + " of " + l.Ref
		if l.Name != "" {
			name = l.Name + ", " + name
		}
		matched := slices.ContainsFunc(f.o.Pipelines, func(r PipelineRule) bool { return r.fits(l, p.DefaultBranch) })
		into.see(name, p.Path, 1, matched)
	}
	return nil
}

// seeLabels counts the labels of the groups' issues.
func (f *Forge) seeLabels(ctx context.Context, c *client, in *collect.Inspection) error {
	type label struct {
		Name   string `json:"name"`
		Open   int    `json:"open_issues_count"`
		Closed int    `json:"closed_issues_count"`
	}
	seen := tally{}
	for _, path := range f.o.Groups {
		list, err := all(ctx, c, listing[label]{
			name: "labels of " + path, path: "groups/" + escaped(path) + "/labels",
			query: url.Values{"with_counts": {"true"}}, key: func(l *label) string { return l.Name },
		})
		if err != nil {
			if ends(ctx, err) {
				return err
			}
			in.Notes = append(in.Notes, fmt.Sprintf("labels of %s cannot be read: %v", path, err))
			continue
		}
		for _, l := range list {
			seen.see(l.Name, path, l.Open+l.Closed, slices.Contains(f.o.IncidentLabels, l.Name))
		}
	}
	in.Labels = seen.list()
	return nil
}

// estimate says what a first run and a night cost: see docs/gitlab.md.
func (f *Forge) estimate(ctx context.Context, c *client, scopes []*scope, projects []*project,
	o collect.SyncOptions, in *collect.Inspection,
) error {
	requests := 0
	for _, s := range scopes {
		l := newestFirst[mergeRequest](s, "merge_requests", o.Window.From.UTC(), nil)
		page, err := fetch(ctx, c, l, "")
		if err != nil {
			if ends(ctx, err) {
				return err
			}
			in.Missing = append(in.Missing, fmt.Sprintf("merge requests of %s cannot be read: %v", s.name, err))
			continue
		}
		if n := max(page.Total, len(page.Items)); page.Next != "" && page.Total == 0 {
			requests += 10_000 // GitLab counts no further
			in.Notes = append(in.Notes, fmt.Sprintf("%s has more than 10,000 merge requests in the window: the estimate "+
				"is too low", s.name))
		} else {
			requests += n
		}
	}
	days := max(int(o.Window.To.Sub(o.Window.From).Hours()/24), 1)
	asked, moved := 0, 0
	for _, p := range projects {
		if !p.withoutCI(&f.o) && !p.Archived {
			asked += len(f.o.Deployments)
		}
		if p.LastActivity.After(o.Window.To.Add(-24 * time.Hour)) {
			moved++
		}
	}
	pages := func(n int) int { return n/perPage + 1 }
	fixed := pages(len(projects)) + len(scopes)*(1+len(f.filters()))
	if f.o.Teams {
		fixed += pages(in.Teams) + in.Teams
	}
	in.Requests = fixed + pages(requests) + 2*requests + 2*asked + 2*len(projects)
	nightly := requests/days + 1
	in.Night = fixed + pages(nightly) + 2*nightly + asked + 3*moved
	in.Time, in.NightTime = time.Duration(in.Requests)*perRequest, time.Duration(in.Night)*perRequest
	return nil
}
