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
	s, _ := serve(t, Options{})
	listNames := func() (all []string) {
		r := ask(t, s, `{ organization(login: "acme") { repositories(first: 100, orderBy: {field: NAME, direction: ASC}) { nodes { nameWithOwner } } } }`, nil)
		for _, n := range at(t, r.Data, "organization", "repositories", "nodes").([]any) {
			all = append(all, at(t, n, "nameWithOwner").(string))
		}
		return all
	}
	want := []string{"acme/checkout", "acme/config", "acme/empty", "acme/ledger", "acme/library", "acme/storefront", "acme/webshop"}
	if got := listNames(); !slices.Equal(got, want) {
		t.Errorf("at the end %q", got)
	}
	s.SetNow(day(2, 12))
	want = []string{"acme/checkout", "acme/config", "acme/ledger", "acme/legacy", "acme/library", "acme/secret", "acme/webshop"}
	if got := listNames(); !slices.Equal(got, want) {
		t.Errorf("on the second day %q", got)
	}
	if n := s.Requests()["graphql"]; n != 2 {
		t.Errorf("%d requests counted, want 2", n)
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
		{"repos/acme/webshop/actions/workflows?per_page=100", day(14, 0), Options{}, 301},
		{"repositories/2/actions/workflows", day(14, 0), Options{}, 200},
		{"repos/acme/legacy", day(17, 23), Options{}, 200},
		{"repos/acme/legacy", day(19, 0), Options{}, 404},
		{"repos/acme/secret", day(23, 0), Options{}, 404},
		{"repos/acme/empty/commits/main", day(31, 0), Options{}, 409},
		{"repos/acme/checkout/commits/0000000000000000000000000000000000000000", day(31, 0), Options{}, 422},
		{"repos/acme/checkout", day(31, 0), Options{Blocked: []int64{1}}, 451},
		{"repos/acme/checkout/pulls", day(31, 0), Options{}, 404},
		{"orgs/other", day(31, 0), Options{}, 404},
		{"rate_limit", day(31, 0), Options{}, 200},
		{"nothing", day(31, 0), Options{}, 404},
	} {
		t.Run(tt.path, func(t *testing.T) {
			tt.o.Now = tt.now
			s, _ := serve(t, tt.o)
			if res := get(t, s, tt.path, nil); res.StatusCode != tt.status {
				t.Errorf("%s, want %d", res.Status, tt.status)
			}
		})
	}
}

func TestPull(t *testing.T) {
	s, _ := serve(t, Options{})
	s.SetNow(day(4, 13))
	r := ask(t, s, `{ repository(owner: "acme", name: "checkout") { pullRequest(number: 3) { isDraft merged state } } }`, nil)
	if q := at(t, r.Data, "repository", "pullRequest"); at(t, q, "isDraft") != false || at(t, q, "merged") != false || at(t, q, "state") != "OPEN" {
		t.Errorf("before the merge: %v", q)
	}
	s.SetNow(day(32, 0))
	r = ask(t, s, `{ repository(owner: "acme", name: "checkout") { pullRequest(number: 3) { reviews(first: 10) { nodes { state } } }
		pullRequests(first: 100, orderBy: {field: UPDATED_AT, direction: DESC}) { nodes { title updatedAt mergedAt author { login } headRepository { id } } } } }`, nil)
	last := "9999"
	for _, q := range at(t, r.Data, "repository", "pullRequests", "nodes").([]any) {
		if updated := at(t, q, "updatedAt").(string); updated > last {
			t.Error("not sorted by update")
		} else {
			last = updated
		}
		switch at(t, q, "title") {
		case "Translate receipts":
			if at(t, q, "author") != nil {
				t.Error("a deleted account is shown")
			}
		case "Forked idea":
			if at(t, q, "headRepository") != nil || at(t, q, "mergedAt") != nil {
				t.Errorf("request of a deleted fork: %v", q)
			}
		}
	}
	if reviews := at(t, r.Data, "repository", "pullRequest", "reviews", "nodes").([]any); len(reviews) != 1 || at(t, reviews[0], "state") != "APPROVED" {
		t.Errorf("reviews %v", reviews)
	}
}

func TestDeployments(t *testing.T) {
	s, client := serve(t, Options{})
	r := ask(t, s, `{ repository(owner: "acme", name: "checkout") { deployments(first: 100, environments: ["production"], orderBy: {field: CREATED_AT, direction: DESC}) {
		nodes { id databaseId createdAt statuses(first: 10) { totalCount } } } } }`, nil)
	last, late, number := "9999", "", int64(0)
	for _, d := range at(t, r.Data, "repository", "deployments", "nodes").([]any) {
		created := at(t, d, "createdAt").(string)
		if created > last {
			t.Error("not newest first")
		}
		if last = created; created == "2025-03-05T11:10:00Z" {
			late, number = at(t, d, "id").(string), int64(at(t, d, "databaseId").(float64))
		}
	}
	for now, want := range map[time.Time]float64{day(6, 0): 1, day(9, 0): 2} {
		s.SetNow(now)
		r := ask(t, s, `query($id: ID!) { node(id: $id) { ... on Deployment { statuses(first: 10) { totalCount } } } }`, map[string]any{"id": late})
		if got := at(t, r.Data, "node", "statuses", "totalCount"); got != want {
			t.Errorf("%s: %v statuses, want %v", now, got, want)
		}
	}
	d, _, err := client.Repositories.GetDeployment(t.Context(), "acme", "checkout", number)
	if err != nil || d.GetNodeID() != late {
		t.Errorf("REST has %v, %v, want the id %s", d, err, late)
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
	for _, now := range []time.Time{s.Now(), day(14, 0)} {
		s.SetNow(now)
		r := ask(t, s, `{ repository(owner: "acme", name: "checkout") { issues(first: 10, labels: ["incident"]) { totalCount } } }`, nil)
		if n := at(t, r.Data, "repository", "issues", "totalCount"); n != 3.0 {
			t.Errorf("%s: %v incidents, want 3", now, n)
		}
	}
}

func TestForcePush(t *testing.T) {
	s, _ := serve(t, Options{})
	const history = `{ repository(owner: "acme", name: "checkout") { defaultBranchRef { target { oid ... on Commit { history(first: 10, since: "2025-03-19T00:00:00Z") { nodes { message } } } } } } }`
	s.SetNow(day(19, 12))
	before := at(t, ask(t, s, history, nil).Data, "repository", "defaultBranchRef", "target", "oid")
	s.SetNow(day(32, 0))
	target := at(t, ask(t, s, history, nil).Data, "repository", "defaultBranchRef", "target")
	commits := at(t, target, "history", "nodes").([]any)
	if at(t, target, "oid") == before || len(commits) != 1 || at(t, commits[0], "message") != "The same without the password" {
		t.Errorf("%v", target)
	}
}

func TestTokensAndLimits(t *testing.T) {
	s, client := serve(t, Options{Limit: 3, Scopes: []string{"repo", "read:org"}})
	res, err := http.Get(s.API + "orgs/acme") // without a token, deliberately
	if err != nil || res.StatusCode != http.StatusUnauthorized {
		t.Fatalf("without a token: %v, %v", res.Status, err)
	}
	_ = res.Body.Close()
	for range 3 {
		_, res, err := client.Organizations.Get(t.Context(), "acme")
		if err != nil || res.Header.Get("X-OAuth-Scopes") != "repo, read:org" {
			t.Fatal(err)
		}
	}
	_, _, err = client.Organizations.Get(t.Context(), "acme")
	var limited *github.RateLimitError
	if !errors.As(err, &limited) || limited.Rate.Remaining != 0 {
		t.Errorf("over the limit: %v", err)
	}
	s.SetNow(s.Now().Add(61 * time.Minute))
	// go-github itself waits for the reset by the machine's clock: ask without it.
	if res := get(t, s, "orgs/acme", nil); res.StatusCode != http.StatusOK {
		t.Errorf("after the reset: %s", res.Status)
	}
}

func TestEnterprise(t *testing.T) {
	s, client := serve(t, Options{Enterprise: true})
	_, reply, err := client.Organizations.Get(t.Context(), "acme")
	if err != nil || reply.Header.Get("X-GitHub-Enterprise-Version") == "" {
		t.Fatal(err)
	}
	outside := &Server{Server: s.Server, API: s.URL + "/"}
	if res := get(t, outside, "repos/acme/checkout", nil); res.StatusCode != http.StatusNotFound {
		t.Errorf("outside of /api: %s", res.Status)
	}
	const runs = "repos/acme/storefront/actions/workflows/deploy.yml/runs?"
	res := get(t, s, runs+"per_page=2", nil)
	if link := res.Header.Get("Link"); !strings.Contains(link, s.API+runs+"page=2") {
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
		inner.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "/orgs/acme", nil))
	}()
	<-held
	if res := get(t, s, "orgs/acme", nil); res.StatusCode != http.StatusForbidden || res.Header.Get("Retry-After") == "" {
		t.Errorf("the second at once: %s", res.Status)
	}
	close(release)
	<-done
	if res := get(t, s, "orgs/acme", nil); res.StatusCode != http.StatusOK {
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
	const query = `{ repository(owner: "acme", name: "checkout") { pullRequests(first: 5) { nodes { number } pageInfo { hasNextPage } } } }`
	first := at(t, ask(t, s, query, nil).Data, "repository", "pullRequests", "nodes").([]any)
	second := at(t, ask(t, s, query, nil).Data, "repository", "pullRequests", "nodes").([]any)
	if len(first) != 4 || len(second) != 5 || injection.Fired() != 1 {
		t.Errorf("pages of %d and %d, %d faults", len(first), len(second), injection.Fired())
	}
}

// TestFiles: the commits of the configuration repository have patches that name
// the image.
func TestFiles(t *testing.T) {
	s, client := serve(t, Options{})
	r := ask(t, s, `{ repository(owner: "acme", name: "config") { defaultBranchRef { target { oid } } } }`, nil)
	head := at(t, r.Data, "repository", "defaultBranchRef", "target", "oid").(string)
	c, _, err := client.Repositories.GetCommit(t.Context(), "acme", "config", head, nil)
	if err != nil || len(c.Files) != 1 || !strings.Contains(c.Files[0].GetPatch(), "+          image: "+testkit.StoryImage+":") {
		t.Errorf("%+v, %v", c.Files, err)
	}
}
