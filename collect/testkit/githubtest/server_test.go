package githubtest

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-github/v60/github"

	"github.com/ip3dp/ip3dp/collect/testkit"
)

func day(d, hour int) time.Time { return time.Date(2025, 3, d, hour, 0, 0, 0, time.UTC) }

// serve starts a fake of the story and a go-github client of it.
func serve(t *testing.T, o Options) (*Server, *github.Client) {
	t.Helper()
	s := Serve(testkit.Story(), o)
	t.Cleanup(s.Close)
	client := github.NewClient(s.Client()).WithAuthToken(Token)
	base, err := client.BaseURL.Parse(s.API)
	if err != nil {
		t.Fatal(err)
	}
	client.BaseURL = base
	return s, client
}

// get asks for a path and reads the JSON that comes.
func get(t *testing.T, s *Server, path string, into any) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.API+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+Token)
	client := *s.Client()
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if into != nil && json.Unmarshal(body, into) != nil {
		t.Fatalf("%s: %s", path, body)
	}
	return res
}

func TestRepositories(t *testing.T) {
	s, client := serve(t, Options{})
	names := func() (all []string) {
		opts := &github.RepositoryListByOrgOptions{ListOptions: github.ListOptions{PerPage: 3}}
		for {
			page, res, err := client.Repositories.ListByOrg(t.Context(), "acme", opts)
			if err != nil {
				t.Fatal(err)
			}
			for _, r := range page {
				all = append(all, r.GetFullName())
			}
			if res.NextPage == 0 {
				slices.Sort(all)
				return all
			}
			opts.Page = res.NextPage
		}
	}
	want := []string{"acme/checkout", "acme/config", "acme/empty", "acme/ledger", "acme/library", "acme/storefront", "acme/webshop"}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("at the end %q", got)
	}
	s.SetNow(day(2, 12))
	want = []string{"acme/checkout", "acme/config", "acme/ledger", "acme/legacy", "acme/library", "acme/secret", "acme/webshop"}
	if got := names(); !slices.Equal(got, want) {
		t.Errorf("on the second day %q", got)
	}
	if n := s.Requests()["GET /orgs/{org}/repos"]; n != 6 {
		t.Errorf("%d requests counted, want 6", n)
	}
}

func TestStatuses(t *testing.T) {
	for _, tt := range []struct {
		path   string
		now    time.Time
		o      Options
		status int
	}{
		{"repos/acme/checkout", day(31, 0), Options{}, 200},
		{"repos/acme/webshop", day(14, 0), Options{}, 301},
		{"repos/acme/webshop/pulls?state=all", day(14, 0), Options{}, 301},
		{"repositories/2/pulls", day(14, 0), Options{}, 200},
		{"repos/acme/legacy", day(17, 23), Options{}, 200},
		{"repos/acme/legacy", day(19, 0), Options{}, 404},
		{"repos/acme/secret", day(23, 0), Options{}, 404},
		{"repos/acme/empty/commits", day(31, 0), Options{}, 409},
		{"repos/acme/checkout/issues", day(31, 0), Options{NoIssues: []int64{1}}, 410},
		{"repos/acme/checkout", day(31, 0), Options{Blocked: []int64{1}}, 451},
		{"repos/acme/checkout/compare/main...0000000000000000000000000000000000000000", day(31, 0), Options{}, 404},
		{"search/issues?q=org:acme&page=11&per_page=100", day(31, 0), Options{}, 422},
		{"orgs/other/repos", day(31, 0), Options{}, 404},
		{"rate_limit", day(31, 0), Options{}, 200},
		{"nothing", day(31, 0), Options{}, 404},
	} {
		tt.o.Now = tt.now
		s, _ := serve(t, tt.o)
		if res := get(t, s, tt.path, nil); res.StatusCode != tt.status {
			t.Errorf("%s: %s, want %d", tt.path, res.Status, tt.status)
		}
	}
}

func TestPull(t *testing.T) {
	s, client := serve(t, Options{})
	ctx := t.Context()
	s.SetNow(day(4, 13))
	q, _, err := client.PullRequests.Get(ctx, "acme", "checkout", 3)
	if err != nil || q.GetDraft() || q.GetMerged() || q.GetState() != "open" {
		t.Errorf("before the merge: %+v, %v", q, err)
	}
	s.SetNow(day(32, 0))
	pulls, _, err := client.PullRequests.List(ctx, "acme", "checkout", &github.PullRequestListOptions{
		State: "all", Sort: "updated", Direction: "desc", ListOptions: github.ListOptions{PerPage: 100},
	})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.IsSortedFunc(pulls, func(a, b *github.PullRequest) int { return b.GetUpdatedAt().Compare(a.GetUpdatedAt().Time) }) {
		t.Error("not sorted by update")
	}
	for _, q := range pulls {
		switch q.GetTitle() {
		case "Translate receipts":
			if q.User != nil {
				t.Error("a deleted account is shown")
			}
		case "Forked idea":
			if q.Head.Repo != nil || q.GetMergeCommitSHA() == "" || q.MergedAt != nil {
				t.Errorf("request of a deleted fork: %+v", q)
			}
		}
	}
	reviews, _, err := client.PullRequests.ListReviews(ctx, "acme", "checkout", 3, nil)
	if err != nil || len(reviews) != 1 || reviews[0].GetState() != "APPROVED" {
		t.Errorf("reviews %v, %v", reviews, err)
	}
}

func TestDeployments(t *testing.T) {
	s, client := serve(t, Options{})
	ctx := t.Context()
	all, _, err := client.Repositories.ListDeployments(ctx, "acme", "checkout", &github.DeploymentsListOptions{Environment: "production"})
	if err != nil {
		t.Fatal(err)
	}
	kinds := map[string]bool{}
	late := int64(0)
	for i, d := range all {
		kinds[string(d.Payload[:1])+string(d.Payload[1:2])] = true
		if i > 0 && d.GetCreatedAt().After(all[i-1].GetCreatedAt().Time) {
			t.Error("not newest first")
		}
		if d.GetCreatedAt().Equal(github.Timestamp{Time: time.Date(2025, 3, 5, 11, 10, 0, 0, time.UTC)}) {
			late = d.GetID()
		}
	}
	if !kinds["{}"] || !kinds[`""`] || !kinds[`"w`] {
		t.Errorf("payloads %v, want an object, a string and an empty one", kinds)
	}
	for now, want := range map[time.Time]int{day(6, 0): 1, day(9, 0): 2} {
		s.SetNow(now)
		statuses, _, err := client.Repositories.ListDeploymentStatuses(ctx, "acme", "checkout", late, nil)
		if err != nil || len(statuses) != want {
			t.Errorf("%s: statuses %v, %v", now, statuses, err)
		}
	}
}

func TestRunsAndIssues(t *testing.T) {
	s, client := serve(t, Options{})
	ctx := t.Context()
	runs := func(o *github.ListWorkflowRunsOptions) []*github.WorkflowRun {
		all, _, err := client.Actions.ListWorkflowRunsByFileName(ctx, "acme", "storefront", "deploy.yml", o)
		if err != nil {
			t.Fatal(err)
		}
		return all.WorkflowRuns
	}
	again := 0
	for _, u := range runs(nil) {
		if u.GetRunAttempt() > 1 {
			again++
			first, _, err := client.Actions.GetWorkflowRunAttempt(ctx, "acme", "storefront", u.GetID(), 1, nil)
			if err != nil || first.GetRunAttempt() != 1 {
				t.Errorf("first attempt: %v, %v", first, err)
			}
		}
	}
	if again != 3 {
		t.Errorf("%d runs were run again, want 3", again)
	}
	if n := len(runs(&github.ListWorkflowRunsOptions{Created: "2025-03-07..2025-03-15"})); n != 3 {
		t.Errorf("%d runs from the 7th to the 15th, want 3", n)
	}
	both, _, err := client.Issues.ListByRepo(ctx, "acme", "checkout", &github.IssueListByRepoOptions{State: "all", ListOptions: github.ListOptions{PerPage: 100}})
	if err != nil || !slices.ContainsFunc(both, (*github.Issue).IsPullRequest) {
		t.Errorf("no requests among the issues: %v", err)
	}
	incidents, _, err := client.Issues.ListByRepo(ctx, "acme", "checkout", &github.IssueListByRepoOptions{State: "all", Labels: []string{"incident"}})
	if err != nil || len(incidents) != 3 {
		t.Errorf("%d incidents, %v", len(incidents), err)
	}
	s.SetNow(day(14, 0))
	if incidents, _, err = client.Issues.ListByRepo(ctx, "acme", "checkout", &github.IssueListByRepoOptions{State: "all", Labels: []string{"incident"}}); err != nil || len(incidents) != 3 {
		t.Errorf("on the 14th %d incidents, %v", len(incidents), err)
	}
	found, _, err := client.Search.Issues(ctx, `org:acme is:issue label:"type: incident"`, nil)
	if err != nil || found.GetTotal() != 1 {
		t.Errorf("found %d, %v", found.GetTotal(), err)
	}
}

func TestCompareAndForcePush(t *testing.T) {
	s, client := serve(t, Options{})
	ctx := t.Context()
	s.SetNow(day(19, 12))
	before, _, err := client.Repositories.GetBranch(ctx, "acme", "checkout", "main", 0)
	if err != nil {
		t.Fatal(err)
	}
	s.SetNow(day(32, 0))
	c, _, err := client.Repositories.CompareCommits(ctx, "acme", "checkout", before.GetCommit().GetSHA(), "main", nil)
	if err != nil || c.GetStatus() != "diverged" || c.GetBehindBy() != 1 || c.GetAheadBy() != 1 {
		t.Errorf("%s, %d ahead, %d behind, %v", c.GetStatus(), c.GetAheadBy(), c.GetBehindBy(), err)
	}
	commits, _, err := client.Repositories.ListCommits(ctx, "acme", "checkout", &github.CommitsListOptions{Since: day(19, 0)})
	if err != nil || len(commits) != 1 || commits[0].GetCommit().GetMessage() != "The same without the password" {
		t.Errorf("%v, %v", commits, err)
	}
}

func TestTokensAndLimits(t *testing.T) {
	s, client := serve(t, Options{Limit: 3, Scopes: []string{"repo", "read:org"}})
	res, err := http.Get(s.API + "user") // without a token, deliberately
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("without a token: %v, %v", res.Status, err)
	}
	_ = res.Body.Close()
	for range 3 {
		_, res, err := client.Users.Get(t.Context(), "")
		if err != nil || res.Header.Get("X-OAuth-Scopes") != "repo, read:org" {
			t.Fatal(err)
		}
	}
	_, _, err = client.Users.Get(t.Context(), "")
	var limited *github.RateLimitError
	if !errors.As(err, &limited) || limited.Rate.Remaining != 0 {
		t.Errorf("over the limit: %v", err)
	}
	s.SetNow(s.Now().Add(61 * time.Minute))
	// go-github itself waits for the reset by the machine's clock: ask without it.
	if res := get(t, s, "user", nil); res.StatusCode != http.StatusOK {
		t.Errorf("after the reset: %s", res.Status)
	}
}

func TestEnterprise(t *testing.T) {
	s, client := serve(t, Options{Enterprise: true})
	meta, _, err := client.Meta.Get(t.Context())
	if err != nil || meta == nil {
		t.Fatal(err)
	}
	outside := &Server{Server: s.Server, API: s.URL + "/"}
	if res := get(t, outside, "repos/acme/checkout", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("outside of /api: %s", res.Status)
	}
	res := get(t, s, "repos/acme/checkout/pulls?state=all&per_page=2", nil)
	if link := res.Header.Get("Link"); !strings.Contains(link, s.API+"repos/acme/checkout/pulls?page=2") {
		t.Errorf("Link: %s", link)
	}
}

func TestApp(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	s, _ := serve(t, Options{App: &App{ID: 42, Installation: 77, Key: &key.PublicKey, Token: "ghs_installation"}})
	ask := func(signer *rsa.PrivateKey, issuer string) (status int, token string) {
		claims := jwt.RegisteredClaims{
			Issuer: issuer, IssuedAt: jwt.NewNumericDate(s.Now().Add(-time.Minute)), ExpiresAt: jwt.NewNumericDate(s.Now().Add(9 * time.Minute)),
		}
		text, err := jwt.NewWithClaims(jwt.SigningMethodRS256, claims).SignedString(signer)
		if err != nil {
			t.Fatal(err)
		}
		client := github.NewClient(s.Client()).WithAuthToken(text)
		client.BaseURL, _ = client.BaseURL.Parse(s.API)
		made, res, err := client.Apps.CreateInstallationToken(t.Context(), 77, nil)
		if res == nil {
			t.Fatal(err)
		}
		return res.StatusCode, made.GetToken()
	}
	if status, token := ask(key, "42"); status != http.StatusCreated || token != "ghs_installation" {
		t.Errorf("right key: %d %q", status, token)
	}
	other, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	if status, _ := ask(other, "42"); status != http.StatusUnauthorized {
		t.Errorf("another key: %d", status)
	}
	if status, _ := ask(key, "43"); status != http.StatusUnauthorized {
		t.Errorf("another App: %d", status)
	}
}

// TestCrowd: the second of two requests at once is refused.
func TestCrowd(t *testing.T) {
	held, release := make(chan struct{}), make(chan struct{})
	s := Serve(testkit.Story(), Options{Concurrent: 1, Wrap: func(next http.Handler) http.Handler { return next }})
	t.Cleanup(s.Close)
	inner := s.crowded(http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		close(held)
		<-release
	}))
	done := make(chan struct{})
	go func() {
		defer close(done)
		inner.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/user", nil))
	}()
	<-held
	if res := get(t, s, "user", nil); res.StatusCode != http.StatusForbidden || res.Header.Get("Retry-After") == "" {
		t.Errorf("the second at once: %s", res.Status)
	}
	close(release)
	<-done
	if res := get(t, s, "user", nil); res.StatusCode != http.StatusOK {
		t.Errorf("alone: %s", res.Status)
	}
}

// TestWrap: a fault stands before everything, even before compression and latency.
func TestWrap(t *testing.T) {
	fault, ok := testkit.FaultNamed("short page", "")
	if !ok {
		t.Fatal("no such fault")
	}
	injection := fault.Inject(testkit.Once(1))
	s, _ := serve(t, Options{Wrap: injection.Wrap, Latency: time.Millisecond})
	var first, second []object
	get(t, s, "repos/acme/checkout/pulls?state=all&per_page=5", &first)
	get(t, s, "repos/acme/checkout/pulls?state=all&per_page=5", &second)
	if len(first) != 4 || len(second) != 5 || injection.Fired() != 1 {
		t.Errorf("pages of %d and %d, %d faults", len(first), len(second), injection.Fired())
	}
}

// TestFiles: the commits of the configuration repository have patches that name
// the image.
func TestFiles(t *testing.T) {
	_, client := serve(t, Options{})
	commits, _, err := client.Repositories.ListCommits(t.Context(), "acme", "config", nil)
	if err != nil || len(commits) < 3 {
		t.Fatal(len(commits), err)
	}
	c, _, err := client.Repositories.GetCommit(t.Context(), "acme", "config", commits[0].GetSHA(), nil)
	if err != nil || len(c.Files) != 1 || !strings.Contains(c.Files[0].GetPatch(), "+          image: "+testkit.StoryImage+":") {
		t.Errorf("%+v, %v", c.Files, err)
	}
	_, files, _, err := client.Repositories.GetContents(t.Context(), "acme", "storefront", ".github/workflows", nil)
	if err != nil || len(files) != 2 {
		t.Errorf("%d workflow files, %v", len(files), err)
	}
}
