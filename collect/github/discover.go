package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
)

// discovery collects the configured repositories that were found.
type discovery struct {
	found map[int64]bool
	// failed lists the owners and names that could not be read: none of their repositories
	// counts as gone.
	failed []string
}

// probePage is the number of repositories in one query.
const probePage = 100

// probeFields returns the fields by which a query shows which lists of a repository moved since
// the last night.
func (r *syncer) probeFields() string {
	o := &r.f.o
	var b strings.Builder
	b.WriteString("databaseId nameWithOwner url isArchived createdAt defaultBranchRef { name target { oid ... on " +
		"Commit { committedDate } } }")
	b.WriteString(" pullRequests(first: 1, orderBy: {field: UPDATED_AT, direction: DESC}) { totalCount nodes { " +
		"number updatedAt } }")
	b.WriteString(` workflows: object(expression: "HEAD:.github/workflows") { ... on Tree { entries { name oid } } }`)
	if o.reads(ByEnvironments) {
		only := ""
		if len(o.Environments) > 0 {
			only = ", environments: " + quoteAll(o.Environments)
		}
		fmt.Fprintf(&b, " deployments(first: 1, orderBy: {field: CREATED_AT, direction: DESC}%s) { totalCount nodes { "+
			"id databaseId createdAt } }", only)
	}
	if o.reads(ByReleases) {
		b.WriteString(" releases(first: 1, orderBy: {field: CREATED_AT, direction: DESC}) { totalCount nodes { " +
			"databaseId } }")
	}
	if o.reads(ByTags) {
		b.WriteString(` tags: refs(refPrefix: "refs/tags/", first: 1, ` +
			`orderBy: {field: TAG_COMMIT_DATE, direction: DESC}) { totalCount nodes { name target { oid } } }`)
	}
	for i, label := range o.IncidentLabels {
		fmt.Fprintf(&b, " label%d: issues(first: 1, labels: [%s], orderBy: {field: UPDATED_AT, direction: DESC}) { "+
			"totalCount nodes { number updatedAt } }", i, quoteText(label))
	}
	return b.String()
}

// probed is a repository in the answer to a probe, with the issues of each label.
type probed struct {
	qRepository
	labels []*connection[qIssue]
}

func (p *probed) UnmarshalJSON(raw []byte) error {
	if err := json.Unmarshal(raw, &p.qRepository); err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil {
		return err
	}
	for i := 0; ; i++ {
		field, ok := fields[fmt.Sprintf("label%d", i)]
		if !ok {
			return nil
		}
		var c *connection[qIssue]
		if err := json.Unmarshal(field, &c); err != nil {
			return err
		}
		p.labels = append(p.labels, c)
	}
}

// findAndSave finds the repositories and saves their list.
func (r *syncer) findAndSave(ctx context.Context) error {
	d, err := r.findRepositories(ctx)
	if err != nil {
		return err
	}
	if err := r.findMissing(ctx, d); err != nil {
		return err
	}
	if err := r.readEmptyBranches(ctx); err != nil {
		return err
	}
	r.total, r.begun = len(r.repositories), true
	var b collect.Batch
	for _, t := range r.repositories {
		b.Repositories = append(b.Repositories, t.repo)
	}
	if err := r.store.Put(ctx, r.f.name, b); err != nil {
		return fmt.Errorf("saving the list of repositories: %w", err)
	}
	r.reportProgress("repositories")
	return nil
}

// findRepositories asks for the configured repositories.
func (r *syncer) findRepositories(ctx context.Context) (*discovery, error) {
	d := &discovery{found: map[int64]bool{}}
	for _, org := range r.f.o.Organisations {
		if err := r.client.checkGraphQL(r.listOrganisation(ctx, d, org)); err != nil {
			if isFatal(ctx, err) {
				return nil, err
			}
			d.failed = append(d.failed, org)
			r.addGap("", r.o.Window.From, fmt.Sprintf("the repositories of %s could not be listed: %s", org,
				oneLine(err.Error())), r.unreachableStep(err))
		}
	}
	for _, name := range r.f.o.Repositories {
		if err := r.client.checkGraphQL(r.probeRepository(ctx, d, name)); err != nil {
			if isFatal(ctx, err) {
				return nil, err
			}
			d.failed = append(d.failed, name)
			r.addGap(name, r.o.Window.From, "the repository could not be read: "+oneLine(err.Error()), r.unreachableStep(err))
		}
	}
	slices.SortFunc(r.repositories, func(a, b *repository) int { return strings.Compare(a.repo.Name, b.repo.Name) })
	return d, nil
}

func (r *syncer) unreachableStep(err error) string {
	var e *queryError
	if statusOf(err) == http.StatusForbidden || errors.As(err, &e) && e.isForbidden() {
		return "give " + r.client.token.describeToken() +
			" read access to Contents, Pull requests, Deployments and Issues of " +
			"all repositories that are read, or leave those out by exclude; where the organisation has single sign-on, " +
			"authorise it for that"
	}
	if statusOf(err) == http.StatusNotFound || errors.As(err, &e) && e.isMissing() {
		return "check the name, and that " + r.client.token.describeToken() +
			" may read it; private things that it may not read look as if they were not there"
	}
	return "run again; if it stays, look at githubstatus.com or ask whoever runs the server"
}

// listOrganisation reads an organisation's repositories. Their order does not change with a
// push.
func (r *syncer) listOrganisation(ctx context.Context, d *discovery, org string) error {
	l := list[probed]{
		title: "repositories of " + org, size: probePage, id: func(p *probed) string { return formatNumber(p.ID) },
	}
	found, err := readList(ctx, r.client, &l, func() (*connection[probed], error) {
		query := fmt.Sprintf("query { o: organization(login: %s) { repositories(%s, orderBy: {field: CREATED_AT, "+
			"direction: ASC}) { %s nodes { %s } } } }", quoteText(org), l.formatArgs(), pageFields, r.probeFields())
		var owner *struct {
			Repositories *connection[probed] `json:"repositories"`
		}
		// A list with a hole would hide moved repositories.
		if err := r.queryOwner(ctx, query, l.size <= 5, &owner); err != nil {
			return nil, err
		}
		if owner == nil {
			return nil, &queryError{Type: "NOT_FOUND", Message: "the organisation does not exist, or the token has no access to it"}
		}
		return owner.Repositories, nil
	})
	for _, p := range found {
		r.addRepository(d, p)
	}
	return err
}

// isRefused reports whether GitHub hides the thing that was asked for.
func isRefused(err error) bool {
	var e *queryError
	return errors.As(err, &e) && (e.isMissing() || e.isForbidden())
}

// probeRepository asks for one repository by name.
func (r *syncer) probeRepository(ctx context.Context, d *discovery, full string) error {
	owner, name, _ := strings.Cut(full, "/")
	query := fmt.Sprintf("query { r: repository(owner: %s, name: %s) { %s } }", quoteText(owner), quoteText(name),
		r.probeFields())
	a, err := r.client.sendQuery(ctx, query, true)
	if err != nil {
		return err
	}
	if len(a.errors) > 0 {
		return &a.errors[0]
	}
	var p *probed
	if err := json.Unmarshal(orNull(a.data["r"]), &p); err != nil {
		return fmt.Errorf("%s: %w", full, err)
	}
	if p == nil {
		return &queryError{Type: "NOT_FOUND", Message: full + " is not there, or not shown"}
	}
	r.addRepository(d, p)
	return nil
}

// readEmptyBranches asks REST once for the default branch of each empty repository. GraphQL has
// no default branch before the first push.
func (r *syncer) readEmptyBranches(ctx context.Context) error {
	for _, t := range r.repositories {
		if t.repo.DefaultBranch != "" {
			continue
		}
		if t.repo.DefaultBranch = r.known[t.repo.ID].DefaultBranch; t.repo.DefaultBranch != "" {
			continue
		}
		var v struct {
			ID            int64  `json:"id"`
			DefaultBranch string `json:"default_branch"`
		}
		_, err := r.client.getObject(ctx, "repos/"+t.repo.Name, &v)
		if err != nil && isFatal(ctx, err) {
			return err
		}
		if err == nil && v.ID == t.repo.ID {
			t.repo.DefaultBranch = v.DefaultBranch
		}
	}
	return nil
}

// addRepository adds a repository, unless it is excluded or was added before.
func (r *syncer) addRepository(d *discovery, p *probed) {
	if d.found[p.ID] || r.f.rules.isExcluded(p.NameWithOwner) {
		return
	}
	d.found[p.ID] = true
	repo := fact.Repository{Name: p.NameWithOwner, URL: p.URL, Archived: p.IsArchived}
	t := &repository{run: r}
	if b := p.DefaultBranch; b != nil {
		repo.DefaultBranch = b.Name
		if b.Target != nil {
			t.head, t.headTime = b.Target.OID, b.Target.CommittedDate
		}
	}
	if p.Workflows != nil && len(p.Workflows.Entries) > 0 {
		repo.Pipelines = make(map[string]string, len(p.Workflows.Entries))
		for _, e := range p.Workflows.Entries {
			if isWorkflow(e.Name) {
				repo.Pipelines[".github/workflows/"+e.Name] = e.OID
			}
		}
	}
	t.created = p.CreatedAt
	t.repo = r.keepNames(collect.Repository{ID: p.ID, Repository: repo})
	t.noteProbe(p)
	r.repositories = append(r.repositories, t)
}

// keepNames keeps the names that a repository had before.
func (r *syncer) keepNames(repo collect.Repository) collect.Repository {
	old, ok := r.known[repo.ID]
	if !ok {
		return repo
	}
	repo.Former = old.Former
	if old.Name != repo.Name && old.Name != "" {
		repo.Former = append(slices.Clone(old.Former), old.Name)
		r.addNote("%s is called %s now", old.Name, repo.Name)
	}
	return repo
}

// lostScope is a share of the known repositories. If more vanish at once, lost access of the
// token is more likely than that all were deleted.
const lostScope = 0.2

// findMissing looks for the repositories of the store that were not found.
func (r *syncer) findMissing(ctx context.Context, d *discovery) error {
	var lost []collect.Repository
	ours := 0
	for _, repo := range r.known {
		if !repo.Gone.IsZero() || !r.isConfigured(repo.Name, d) {
			continue
		}
		ours++
		if !d.found[repo.ID] {
			lost = append(lost, repo)
		}
	}
	slices.SortFunc(lost, func(a, b collect.Repository) int { return strings.Compare(a.Name, b.Name) })
	if n := len(lost); n == ours && ours > 1 || n >= 5 && float64(n) >= lostScope*float64(ours) {
		r.addGap("", r.oldestOf(lost), fmt.Sprintf("%d of %d repositories are not shown any more, among them %s: the "+
			"token seems to have lost access", n, ours, lost[0].Name),
			"give "+r.client.token.describeToken()+" access to them again; if they were all deleted, collect once with --full")
		return nil
	}
	for _, repo := range lost {
		if err := r.findByNumber(ctx, repo); err != nil {
			return err
		}
	}
	return nil
}

// isConfigured reports whether the configuration includes a repository and its owner could be
// asked.
func (r *syncer) isConfigured(name string, d *discovery) bool {
	owner, _, _ := strings.Cut(name, "/")
	in := func(all []string, s string) bool {
		return slices.ContainsFunc(all, func(o string) bool { return strings.EqualFold(o, s) })
	}
	if r.f.rules.isExcluded(name) {
		return false
	}
	return in(r.f.o.Organisations, owner) && !in(d.failed, owner) || in(r.f.o.Repositories, name) && !in(d.failed, name)
}

func (r *syncer) oldestOf(repos []collect.Repository) time.Time {
	oldest := r.o.Window.To
	for _, repo := range repos {
		for _, kind := range factKinds {
			if c, ok := r.cursors[cursorKey{repo.ID, kind}]; ok && c.To.Before(oldest) {
				oldest = c.To
			}
		}
	}
	return oldest
}

// findByNumber asks for a repository by its number, which outlives names: it was moved
// elsewhere, or it is gone.
func (r *syncer) findByNumber(ctx context.Context, repo collect.Repository) error {
	var now struct {
		FullName string `json:"full_name"`
		URL      string `json:"html_url"`
	}
	_, err := r.client.getObject(ctx, "repositories/"+formatNumber(repo.ID), &now)
	switch code := statusOf(err); {
	case err == nil && now.FullName != "":
		repo.Name, repo.URL = now.FullName, now.URL
		repo = r.keepNames(repo)
		r.addNote("%s belongs to none of the organisations and repositories that are read; its history is kept", now.FullName)
	case code == http.StatusNotFound, code == http.StatusGone:
		repo.Gone = r.o.Window.To
		r.addNote("%s is gone, or not shown any more; its history is kept", repo.Name)
	case code == http.StatusUnavailableForLegalReasons:
		r.addGap(repo.Name, r.oldestOf([]collect.Repository{repo}), "GitHub does not show the repository for legal reasons",
			"ask its owner")
		return nil
	case err != nil && isFatal(ctx, err):
		return err
	default:
		r.addGap(repo.Name, r.oldestOf([]collect.Repository{repo}),
			"the repository is not listed any more, and asking for it failed", "run again")
		return nil
	}
	if err := r.store.Put(ctx, r.f.name, collect.Batch{Repositories: []collect.Repository{repo}}); err != nil {
		return fmt.Errorf("saving %s: %w", repo.Name, err)
	}
	return nil
}

// isWorkflow reports whether a file in the folder of workflows is one.
func isWorkflow(path string) bool {
	return strings.HasSuffix(path, ".yml") || strings.HasSuffix(path, ".yaml")
}
