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

// perRequest is the time of a request for estimates: GitLab answers in about a quarter of a
// second, and several workers ask at a time.
const perRequest = 250 * time.Millisecond / workers

// Inspect implements collect.Forge.
func (f *Forge) Inspect(ctx context.Context, o collect.SyncOptions) (collect.Inspection, error) {
	in := collect.Inspection{Source: f.name, Address: hostOf(f.o.BaseURL), Credential: string(kindOf(f.o.Token))}
	c, err := f.newClient()
	if err != nil {
		return in, err
	}
	if err := f.fillInspection(ctx, c, o, &in); err != nil {
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

func (f *Forge) fillInspection(ctx context.Context, c *client, o collect.SyncOptions, in *collect.Inspection) error {
	credential, missing, err := f.describeToken(ctx, c)
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
	if err := f.inspectDeployments(ctx, c, projects, in); err != nil {
		return err
	}
	if err := f.inspectLabels(ctx, c, in); err != nil {
		return err
	}
	return f.estimateCost(ctx, c, scopes, projects, o, in)
}

// tally counts names and where they were seen.
type tally map[string]*collect.Seen

func (t tally) addSeen(name, where string, n int, matched bool) {
	s := t[name]
	if s == nil {
		s = &collect.Seen{Name: name, Where: where, Matched: matched}
		t[name] = s
	}
	s.Count += n
}

// sortSeen returns the names, the most frequent first.
func (t tally) sortSeen() []collect.Seen {
	var out []collect.Seen
	for _, name := range sortedKeys(t) {
		out = append(out, *t[name])
	}
	slices.SortStableFunc(out, func(a, b collect.Seen) int { return cmp.Compare(b.Count, a.Count) })
	return out
}

// inspectDeployments looks at the environments, and with rules for pipelines at those,
// of the projects that were active last.
func (f *Forge) inspectDeployments(ctx context.Context, c *client, projects []*project, in *collect.Inspection) error {
	active := slices.Clone(projects)
	slices.SortStableFunc(active, func(a, b *project) int { return b.LastActivity.Compare(a.LastActivity.Time) })
	active = slices.DeleteFunc(active, func(p *project) bool { return p.Archived || p.withoutCI(&f.o) })
	if len(active) > sampled {
		in.Notes = append(in.Notes, fmt.Sprintf("environments are those of the %d projects that were active last", sampled))
		active = active[:sampled]
	}
	environments, pipelines := tally{}, tally{}
	for _, p := range active {
		list, err := f.listEnvironments(ctx, c, p)
		if err != nil {
			if isFatal(ctx, err) {
				return err
			}
			in.Missing = append(in.Missing, fmt.Sprintf("environments of %s cannot be read: %v", p.Path, err))
			continue
		}
		for _, e := range list {
			matched := f.o.reads(ByEnvironments) && (len(f.o.Environments) == 0 || slices.Contains(f.o.Environments, e.Name))
			environments.addSeen(e.Name, p.Path, 1, matched)
			if note := oddTier(e); note != "" && !f.o.IgnoreTier {
				in.Notes = append(in.Notes, p.Path+": "+note)
			}
		}
		if err := f.inspectPipelines(ctx, c, p, pipelines); err != nil {
			return err
		}
	}
	in.Environments, in.Workflows = environments.sortSeen(), pipelines.sortSeen()
	return nil
}

// oddTier describes how an environment's tier and name disagree, "" if they agree. GitLab
// guesses tiers from names, and "point" contains "int" for integration.
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

// inspectPipelines counts the newest pipelines by the properties that rules use.
func (f *Forge) inspectPipelines(ctx context.Context, c *client, p *project, into tally) error {
	if !f.o.reads(ByPipelines) {
		return nil
	}
	page, err := fetchPage(ctx, c, listing[pipeline]{
		name: "pipelines of " + p.Path,
		path: fmt.Sprintf("projects/%d/pipelines", p.ID),
	}, "")
	if err != nil {
		if isFatal(ctx, err) {
			return err
		}
		return nil // CI is off
	}
	for _, l := range page.Items {
		name := l.Source + " of " + l.Ref
		if l.Name != "" {
			name = l.Name + ", " + name
		}
		matched := slices.ContainsFunc(f.o.Pipelines,
			func(r PipelineRule) bool { return r.matchesPipeline(l, p.DefaultBranch) })
		into.addSeen(name, p.Path, 1, matched)
	}
	return nil
}

// inspectLabels counts the labels of the groups' issues.
func (f *Forge) inspectLabels(ctx context.Context, c *client, in *collect.Inspection) error {
	type label struct {
		Name   string `json:"name"`
		Open   int    `json:"open_issues_count"`
		Closed int    `json:"closed_issues_count"`
	}
	seen := tally{}
	for _, path := range f.o.Groups {
		list, err := fetchAll(ctx, c, listing[label]{
			name: "labels of " + path, path: "groups/" + escapePath(path) + "/labels",
			query: url.Values{"with_counts": {"true"}}, key: func(l *label) string { return l.Name },
		})
		if err != nil {
			if isFatal(ctx, err) {
				return err
			}
			in.Notes = append(in.Notes, fmt.Sprintf("labels of %s cannot be read: %v", path, err))
			continue
		}
		for _, l := range list {
			seen.addSeen(l.Name, path, l.Open+l.Closed, slices.Contains(f.o.IncidentLabels, l.Name))
		}
	}
	in.Labels = seen.sortSeen()
	return nil
}

// estimateCost estimates the requests of a first run and of a night: see docs/gitlab.md.
func (f *Forge) estimateCost(ctx context.Context, c *client, scopes []*scope, projects []*project,
	o collect.SyncOptions, in *collect.Inspection,
) error {
	requests := 0
	for _, s := range scopes {
		l := listUpdated[mergeRequest](s, "merge_requests", o.Window.From.UTC(), nil)
		page, err := fetchPage(ctx, c, l, "")
		if err != nil {
			if isFatal(ctx, err) {
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
	fixed := pages(len(projects)) + len(scopes)*(1+len(f.incidentFilters()))
	if f.o.Teams {
		fixed += pages(in.Teams) + in.Teams
	}
	in.Requests = fixed + pages(requests) + 2*requests + 2*asked + 2*len(projects)
	nightly := requests/days + 1
	in.Night = fixed + pages(nightly) + 2*nightly + asked + 3*moved
	in.Time, in.NightTime = time.Duration(in.Requests)*perRequest, time.Duration(in.Night)*perRequest
	return nil
}
