package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
)

const (
	// sampled is how many repositories, those with the most deployments, are looked
	// at for the names of environments and labels.
	sampled = 15
	// perQuery and perGet are what a request takes, for estimates.
	perQuery = 1500 * time.Millisecond
	perGet   = 250 * time.Millisecond
)

// Inspect says what a Sync would find and cost. See collect.Forge.
func (f *Forge) Inspect(ctx context.Context, o collect.SyncOptions) (collect.Inspection, error) {
	c, err := f.client()
	if err != nil {
		return collect.Inspection{Source: f.name}, fmt.Errorf("%s: %w", f.name, err)
	}
	r := newRun(f, c, nil, o)
	i := collect.Inspection{Source: f.name, Address: c.base.Host, Credential: c.token.kind()}
	err = r.inspect(ctx, &i)
	i.Budget = r.budget()
	i.Notes = append(i.Notes, r.report.Notes...)
	for _, g := range r.report.Gaps {
		i.Notes = append(i.Notes, strings.TrimPrefix(g.Repository+": "+g.Reason+": "+g.Next, ": "))
	}
	if err != nil && ctx.Err() == nil {
		err = fmt.Errorf("%s: %w", f.name, err)
	}
	return i, err
}

func (r *run) inspect(ctx context.Context, i *collect.Inspection) error {
	header, err := r.client.locate(ctx, &r.f.o)
	if err != nil {
		return err
	}
	r.warn(header)
	if scopes := header.Get("X-Oauth-Scopes"); scopes != "" {
		i.Credential += " with " + oneLine(r.client.transport.Scrub(scopes))
	}
	i.Missing = missingScopes(&r.f.o, header)
	if _, err := r.find(ctx); err != nil {
		return err
	}
	i.Repositories = len(r.targets)
	if i.Teams, err = r.countTeams(ctx); err != nil {
		return err
	}
	sample := slices.Clone(r.targets)
	slices.SortStableFunc(sample, func(a, b *target) int { return cmp.Compare(b.weight, a.weight) })
	sample = sample[:min(len(sample), sampled)]
	err = r.sample(ctx, i, sample)
	r.countWorkflows(i)
	r.estimate(i)
	return err
}

// missingScopes compares the scopes of a classic token with what is to be read. Other
// tokens do not say what they may do.
func missingScopes(o *Options, header http.Header) []string {
	given, classic := header["X-Oauth-Scopes"]
	if !classic {
		return nil
	}
	has := strings.FieldsFunc(strings.Join(given, ","), func(c rune) bool { return c == ',' || c == ' ' })
	any := func(scopes ...string) bool {
		return slices.ContainsFunc(scopes, func(s string) bool { return slices.Contains(has, s) })
	}
	var lacks []string
	if !any("repo") {
		lacks = append(lacks, "repo: without it only public repositories are read")
	}
	if o.Teams && !any("read:org", "write:org", "admin:org") {
		lacks = append(lacks, "read:org: without it no teams are read")
	}
	return lacks
}

func (r *run) countTeams(ctx context.Context) (int, error) {
	total := 0
	for _, org := range r.f.o.Organisations {
		if !r.f.o.Teams {
			break
		}
		n, err := r.teamsIn(ctx, org)
		if err != nil && fatal(ctx, err) {
			return total, err
		}
		if err != nil {
			r.note("the teams of %s could not be counted: %s", org, oneLine(err.Error()))
		}
		total += n
	}
	return total, nil
}

func (r *run) teamsIn(ctx context.Context, org string) (int, error) {
	var o struct {
		Teams struct {
			TotalCount int `json:"totalCount"`
		} `json:"teams"`
	}
	err := r.owner(ctx, fmt.Sprintf("query { o: organization(login: %s) { teams(first: 1) { totalCount } } }",
		quote(org)), true, &o)
	return o.Teams.TotalCount, err
}

// sample looks at the newest deployments and issues of some repositories.
func (r *run) sample(ctx context.Context, i *collect.Inspection, sample []*target) error {
	if len(sample) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("query {")
	for n, t := range sample {
		owner, name, _ := strings.Cut(t.repo.Name, "/")
		fmt.Fprintf(&b, "\nr%d: repository(owner: %s, name: %s) { deployments(first: 100, orderBy: {field: "+
			"CREATED_AT, direction: DESC}) { nodes { environment } } issues(first: 50, orderBy: {field: UPDATED_AT, "+
			"direction: DESC}) { nodes { labels(first: 10) { nodes { name } } } } }",
			n, quote(owner), quote(name))
	}
	b.WriteString("\n}")
	a, err := r.client.query(ctx, b.String(), true)
	if err != nil {
		if fatal(ctx, err) {
			return err
		}
		r.note("no sample of environments and labels: %s", oneLine(err.Error()))
		return nil
	}
	for n := range a.errors {
		if e := &a.errors[n]; e.forbidden() && !slices.Contains(i.Missing, e.at(1)) {
			i.Missing = append(i.Missing, e.at(1))
		}
	}
	environments, labels := tally{}, tally{}
	for n, t := range sample {
		var q struct {
			Deployments connection[qDeployment] `json:"deployments"`
			Issues      connection[qIssue]      `json:"issues"`
		}
		if json.Unmarshal(orNull(a.data[fmt.Sprintf("r%d", n)]), &q) != nil {
			continue
		}
		for _, d := range q.Deployments.Nodes {
			if d != nil {
				environments.add(d.Environment, t.repo.Name)
			}
		}
		for _, issue := range q.Issues.Nodes {
			if issue == nil {
				continue
			}
			for _, name := range labelNames(issue.Labels) {
				labels.add(name, t.repo.Name)
			}
		}
	}
	r.seen(i, environments, labels)
	return nil
}

func (r *run) seen(i *collect.Inspection, environments, labels tally) {
	o := &r.f.o
	i.Environments = environments.sorted(func(name string) bool {
		return len(o.Environments) == 0 ||
			slices.Contains(o.Environments, name)
	})
	i.Labels = labels.sorted(func(name string) bool {
		return slices.ContainsFunc(o.IncidentLabels, func(l string) bool { return strings.EqualFold(l, name) })
	})
}

// countWorkflows counts the workflow files of all repositories.
func (r *run) countWorkflows(i *collect.Inspection) {
	files := tally{}
	for _, t := range r.targets {
		for file := range t.repo.Pipelines {
			files.add(file, t.repo.Name)
		}
	}
	i.Workflows = files.sorted(func(file string) bool {
		return r.f.o.by(ByWorkflows) && slices.ContainsFunc(r.f.o.Workflows,
			func(w WorkflowRule) bool { return w.fits(file) })
	})
}

// tally counts names by the repositories that use them.
type tally map[string]map[string]int

func (t tally) add(name, repo string) {
	if name == "" {
		return
	}
	if t[name] == nil {
		t[name] = map[string]int{}
	}
	t[name][repo]++
}

// sorted lists the names, most frequent first.
func (t tally) sorted(matched func(string) bool) []collect.Seen {
	var all []collect.Seen
	for name, repos := range t {
		s := collect.Seen{Name: name, Matched: matched(name)}
		for repo, n := range repos {
			s.Count += n
			if s.Where == "" || repo < s.Where {
				s.Where = repo
			}
		}
		if n := len(repos) - 1; n > 0 {
			s.Where += fmt.Sprintf(" and %d more", n)
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b collect.Seen) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), strings.Compare(a.Name, b.Name))
	})
	return all
}

// estimate says what a first run and a night would cost. Of what a list holds in all
// it takes the part that the window has of the repository's age.
func (r *run) estimate(i *collect.Inspection) {
	w := r.o.Window
	pages := func(n float64, size int) int { return max(0, (int(n)+size-1)/size-1) }
	lists := (len(r.targets)+probePage-1)/probePage + len(r.f.o.Repositories) + 1
	rounds, active := 0, 0
	for _, t := range r.targets {
		share := 1.0
		if age := w.To.Sub(t.created); !t.created.IsZero() && age > w.To.Sub(w.From) {
			share = w.To.Sub(w.From).Hours() / age.Hours()
		}
		deployments, changes := share*float64(t.totals[collect.Deployments]), share*float64(t.totals[collect.Changes])
		rounds += 1 + max(pages(deployments, fullPage), pages(changes, fullRequests))
		if t.newest.After(w.To.Add(-36 * time.Hour)) {
			active++
		}
		if r.asksREST(t) {
			i.Requests += 2
			i.Night++
		}
	}
	teams := (i.Teams + teamsPage - 1) / teamsPage
	first, night := lists+teams+rounds/packTargets+1, lists+teams+active/packTargets+2
	i.Time = time.Duration(first)*perQuery + time.Duration(i.Requests)*perGet
	i.NightTime = time.Duration(night)*perQuery + time.Duration(i.Night)*perGet
	i.Requests += first
	i.Night += night
}
