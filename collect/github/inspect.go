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

// Inspect reports the findings and the cost of a Sync. See collect.Forge.
func (f *Forge) Inspect(ctx context.Context, o collect.SyncOptions) (collect.Inspection, error) {
	c, err := f.newClient()
	if err != nil {
		return collect.Inspection{Source: f.name}, fmt.Errorf("%s: %w", f.name, err)
	}
	r := newSyncer(f, c, nil, o)
	i := collect.Inspection{Source: f.name, Address: c.base.Host, Credential: c.token.describeToken()}
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

func (r *syncer) inspect(ctx context.Context, i *collect.Inspection) error {
	header, err := r.client.locate(ctx, &r.f.o)
	if err != nil {
		return err
	}
	r.warnOfToken(header)
	if scopes := header.Get("X-Oauth-Scopes"); scopes != "" {
		i.Credential += " with " + oneLine(r.client.transport.Scrub(scopes))
	}
	i.Missing = missingScopes(&r.f.o, header)
	if _, err := r.findRepositories(ctx); err != nil {
		return err
	}
	i.Repositories = len(r.repositories)
	if i.Teams, err = r.countTeams(ctx); err != nil {
		return err
	}
	sample := slices.Clone(r.repositories)
	slices.SortStableFunc(sample, func(a, b *repository) int { return cmp.Compare(b.weight, a.weight) })
	sample = sample[:min(len(sample), sampled)]
	err = r.sampleNames(ctx, i, sample)
	r.countWorkflows(i)
	r.estimateCost(i)
	return err
}

// missingScopes returns the scopes that a classic token lacks. Other tokens do not list their
// permissions.
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

func (r *syncer) countTeams(ctx context.Context) (int, error) {
	total := 0
	for _, org := range r.f.o.Organisations {
		if !r.f.o.Teams {
			break
		}
		n, err := r.countTeamsOf(ctx, org)
		if err != nil && isFatal(ctx, err) {
			return total, err
		}
		if err != nil {
			r.addNote("the teams of %s could not be counted: %s", org, oneLine(err.Error()))
		}
		total += n
	}
	return total, nil
}

func (r *syncer) countTeamsOf(ctx context.Context, org string) (int, error) {
	var o struct {
		Teams struct {
			TotalCount int `json:"totalCount"`
		} `json:"teams"`
	}
	err := r.queryOwner(ctx, fmt.Sprintf("query { o: organization(login: %s) { teams(first: 1) { totalCount } } }",
		quoteText(org)), true, &o)
	return o.Teams.TotalCount, err
}

// sampleNames looks at the newest deployments and issues of some repositories.
func (r *syncer) sampleNames(ctx context.Context, i *collect.Inspection, sampleNames []*repository) error {
	if len(sampleNames) == 0 {
		return nil
	}
	var b strings.Builder
	b.WriteString("query {")
	for n, t := range sampleNames {
		owner, name, _ := strings.Cut(t.repo.Name, "/")
		fmt.Fprintf(&b, "\nr%d: repository(owner: %s, name: %s) { deployments(first: 100, orderBy: {field: "+
			"CREATED_AT, direction: DESC}) { nodes { environment } } issues(first: 50, orderBy: {field: UPDATED_AT, "+
			"direction: DESC}) { nodes { labels(first: 10) { nodes { name } } } } }",
			n, quoteText(owner), quoteText(name))
	}
	b.WriteString("\n}")
	a, err := r.client.sendQuery(ctx, b.String(), true)
	if err != nil {
		if isFatal(ctx, err) {
			return err
		}
		r.addNote("no sample of environments and labels: %s", oneLine(err.Error()))
		return nil
	}
	for n := range a.errors {
		if e := &a.errors[n]; e.isForbidden() && !slices.Contains(i.Missing, e.pathStep(1)) {
			i.Missing = append(i.Missing, e.pathStep(1))
		}
	}
	environments, labels := tally{}, tally{}
	for n, t := range sampleNames {
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
	r.addSeen(i, environments, labels)
	return nil
}

func (r *syncer) addSeen(i *collect.Inspection, environments, labels tally) {
	o := &r.f.o
	i.Environments = environments.sortNames(func(name string) bool {
		return len(o.Environments) == 0 ||
			slices.Contains(o.Environments, name)
	})
	i.Labels = labels.sortNames(func(name string) bool {
		return slices.ContainsFunc(o.IncidentLabels, func(l string) bool { return strings.EqualFold(l, name) })
	})
}

// countWorkflows counts the workflow files of all repositories.
func (r *syncer) countWorkflows(i *collect.Inspection) {
	files := tally{}
	for _, t := range r.repositories {
		for file := range t.repo.Pipelines {
			files.add(file, t.repo.Name)
		}
	}
	i.Workflows = files.sortNames(func(file string) bool {
		return r.f.o.reads(ByWorkflows) && slices.ContainsFunc(r.f.o.Workflows,
			func(w WorkflowRule) bool { return w.matchesFile(file) })
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

// sortNames lists the names, most frequent first.
func (t tally) sortNames(matched func(string) bool) []collect.Seen {
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

// estimateCost estimates the requests and the time of a first run and of a night. It takes the
// share of each list that matches the window's share of the repository's age.
func (r *syncer) estimateCost(i *collect.Inspection) {
	w := r.o.Window
	pages := func(n float64, size int) int { return max(0, (int(n)+size-1)/size-1) }
	lists := (len(r.repositories)+probePage-1)/probePage + len(r.f.o.Repositories) + 1
	rounds, active := 0, 0
	for _, t := range r.repositories {
		share := 1.0
		if age := w.To.Sub(t.created); !t.created.IsZero() && age > w.To.Sub(w.From) {
			share = w.To.Sub(w.From).Hours() / age.Hours()
		}
		deployments, changes := share*float64(t.totals[collect.Deployments]), share*float64(t.totals[collect.Changes])
		rounds += 1 + max(pages(deployments, fullPage), pages(changes, fullRequests))
		if t.newest.After(w.To.Add(-36 * time.Hour)) {
			active++
		}
		if r.needsRuns(t) {
			i.Requests += 2
			i.Night++
		}
	}
	teams := (i.Teams + teamsPage - 1) / teamsPage
	first, night := lists+teams+rounds/packRepositories+1, lists+teams+active/packRepositories+2
	i.Time = time.Duration(first)*perQuery + time.Duration(i.Requests)*perGet
	i.NightTime = time.Duration(night)*perQuery + time.Duration(i.Night)*perGet
	i.Requests += first
	i.Night += night
}
