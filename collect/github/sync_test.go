package github_test

import (
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect"
	"github.com/ip3dp/ip3dp/collect/fact"
	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// site is a fake GitHub with a store and a clock.
type site struct {
	*githubtest.Server
	world *testkit.World
	clock *testkit.Clock
	store testkit.Memory
}

func serve(t *testing.T, w *testkit.World, o githubtest.Options) *site {
	t.Helper()
	s := &site{world: w, clock: testkit.NewClock(w.To)}
	o.Clock = s.clock.Now
	s.Server = githubtest.Serve(w, o)
	t.Cleanup(s.Close)
	return s
}

func (s *site) options() github.Options {
	return github.Options{
		BaseURL: s.URL, Token: githubtest.Token, Organisations: []string{s.world.Organisation}, Teams: true,
		IncidentLabels: []string{"incident"}, Now: s.clock.Now, Sleep: s.clock.Sleep,
	}
}

func (s *site) window() collect.Window { return collect.Window{From: s.world.From, To: s.Now()} }

func (s *site) sync(t *testing.T, o github.Options) (collect.Report, error) {
	t.Helper()
	return open(t, o).Sync(t.Context(), &s.store, collect.SyncOptions{Window: s.window()})
}

func (s *site) facts() fact.Events {
	e := s.store.Events("hub", s.window())
	e.Gaps, e.Checks, e.Syncs = nil, nil, nil
	return e
}

func TestEnterprise(t *testing.T) {
	for _, suffix := range []string{"", "/", "/api/v3", "/api/v3/"} {
		s := serve(t, pagesWorld(5, 5), githubtest.Options{Enterprise: true})
		o := s.options()
		o.BaseURL = strings.TrimSuffix(s.URL, "/") + suffix
		if report, err := s.sync(t, o); err != nil || len(report.Gaps) > 0 || len(s.facts().Deployments) != 11 {
			t.Errorf("%q: %v, gaps %v, %d deployments", suffix, err, report.Gaps, len(s.facts().Deployments))
		}
	}
}

func TestAppToken(t *testing.T) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	block := pem.EncodeToMemory(&pem.Block{Type: "RSA PRIVATE KEY", Bytes: x509.MarshalPKCS1PrivateKey(key)})
	for _, installation := range []int64{0, 77} {
		s := serve(t, pagesWorld(5, 5), githubtest.Options{App: &githubtest.App{ID: 12, Installation: 77, Key: &key.PublicKey, Token: "ghs_canary0123456789"}})
		o := s.options()
		o.Token, o.App = "", &github.App{ID: 12, Installation: installation, Key: block}
		report, err := s.sync(t, o)
		if err != nil || len(report.Gaps) > 0 || len(s.facts().Deployments) == 0 {
			t.Errorf("installation %d: %v, gaps %v", installation, err, report.Gaps)
		}
	}
	_, err = github.New("hub", github.Options{Organisations: []string{"acme"}, Now: time.Now, App: &github.App{ID: 12, Key: []byte("no key")}})
	if !errors.Is(err, collect.ErrCredentials) || strings.Contains(err.Error(), "no key") {
		t.Errorf("a key that is none: %v", err)
	}
}

func TestTokenKinds(t *testing.T) {
	tests := map[string]string{
		"ghs_x": "GITHUB_TOKEN", "github_pat_x": "fine-grained", "ghp_x": "classic", "gho_x": "OAuth", "abc": "unknown kind",
	}
	for token, want := range tests {
		t.Run(token, func(t *testing.T) {
			s := serve(t, pagesWorld(2, 2), githubtest.Options{})
			o := s.options()
			o.Token = token
			_, err := s.sync(t, o)
			if !errors.Is(err, collect.ErrCredentials) || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, want it to name %q", token, err, want)
			}
		})
	}
	if _, err := github.New("hub", github.Options{Organisations: []string{"acme"}, Now: time.Now}); !errors.Is(err, collect.ErrCredentials) {
		t.Errorf("no token: %v", err)
	}
}

// TestLostScope holds apart one repository that was deleted and all that vanish at
// once, which means that the token lost access.
func TestLostScope(t *testing.T) {
	for _, all := range []bool{true, false} {
		w := pagesWorld(5, 5)
		later := w.To.Add(24 * time.Hour)
		for i, r := range w.Repositories {
			if all || i == 0 {
				r.Hidden = later
			}
		}
		s := serve(t, w, githubtest.Options{})
		o := s.options()
		if _, err := s.sync(t, o); err != nil {
			t.Fatal(err)
		}
		s.SetNow(later)
		report, err := s.sync(t, o)
		if err != nil {
			t.Fatal(err)
		}
		gone := 0
		for _, r := range s.facts().Repositories {
			if !r.Gone.IsZero() {
				gone++
			}
		}
		if lost := len(report.Gaps) == 1 && strings.Contains(report.Gaps[0].Reason, "lost access"); lost != all || gone != map[bool]int{true: 0, false: 1}[all] {
			t.Errorf("all %v: %d gone, gaps %v", all, gone, report.Gaps)
		}
		if len(s.facts().Deployments) != 11 {
			t.Error("history was lost with access")
		}
	}
}

// TestBudget ends runs early, again and again: what is saved stays, the report says
// how far the data reach, and in the end the facts are those of one run.
func TestBudget(t *testing.T) {
	w := pagesWorld(104, 104)
	whole := serve(t, w, githubtest.Options{})
	o := whole.options()
	if _, err := whole.sync(t, o); err != nil {
		t.Fatal(err)
	}
	s := serve(t, w, githubtest.Options{})
	o = s.options()
	early := 0
	for o.MaxRequests = 2; ; o.MaxRequests += 3 {
		report, err := s.sync(t, o)
		if err != nil {
			t.Fatal(err)
		}
		if len(report.Gaps) == 0 {
			break
		}
		early++
		if report.Requests > o.MaxRequests || !report.Until.Before(w.To) || !strings.Contains(report.Gaps[0].Reason, "data until") {
			t.Errorf("%d requests of %d, until %s, gaps %v", report.Requests, o.MaxRequests, report.Until, report.Gaps)
		}
	}
	if early == 0 {
		t.Error("no run ended early")
	}
	if diff := cmp.Diff(whole.facts(), s.facts()); diff != "" {
		t.Errorf("facts differ from those of one run (-one +many):\n%s", diff)
	}
}

func TestExcludeAndSingleRepositories(t *testing.T) {
	s := serve(t, pagesWorld(5, 5), githubtest.Options{})
	o := s.options()
	o.Exclude = []string{"acme/*-2"}
	if _, err := s.sync(t, o); err != nil || len(s.facts().Repositories) != 1 {
		t.Errorf("%v, %d repositories, want 1", err, len(s.facts().Repositories))
	}
	s = serve(t, pagesWorld(5, 5), githubtest.Options{})
	o = s.options()
	o.Organisations, o.Repositories = nil, []string{"acme/service-2", "acme/nowhere"}
	report, err := s.sync(t, o)
	if err != nil || len(s.facts().Repositories) != 1 || len(report.Gaps) != 1 || report.Gaps[0].Repository != "acme/nowhere" {
		t.Errorf("%v, %d repositories, gaps %v", err, len(s.facts().Repositories), report.Gaps)
	}
}

// TestGitOps reads the story's configuration repository, from scratch and by nights.
func TestGitOps(t *testing.T) {
	w := testkit.Story()
	for _, step := range []time.Duration{0, 7 * 24 * time.Hour} {
		s := serve(t, w, githubtest.Options{})
		o := storyOptions(s.URL)
		o.Now, o.Sleep = s.clock.Now, s.clock.Sleep
		o.GitOps = []github.GitOpsRule{{
			Repository: testkit.StoryConfig, Path: `^(?P<environment>\w+)/`,
			Images: map[string]string{testkit.StoryImage: "acme/checkout"},
		}}
		if step > 0 {
			for now := w.From.Add(step); now.Before(w.To); now = now.Add(step) {
				s.SetNow(now)
				if _, err := s.sync(t, o); err != nil {
					t.Fatal(err)
				}
			}
		}
		s.SetNow(w.To)
		report, err := s.sync(t, o)
		if err != nil || len(report.Gaps) > 0 && step == 0 {
			t.Fatalf("%v, gaps %v", err, report.Gaps)
		}
		want := 0
		config, _ := w.Find(testkit.StoryConfig, w.To)
		for _, c := range config.Commits {
			want += len(c.Files)
		}
		got := 0
		for _, d := range s.facts().Deployments {
			if !strings.HasPrefix(d.ID, "gitops-") {
				continue
			}
			got++
			if d.Repository != "acme/checkout" || d.Environment != "production" || d.Unmapped || d.Commit != d.Ref {
				t.Errorf("%+v", d)
			}
		}
		if got != want || want == 0 {
			t.Errorf("step %v: %d deployments, want %d", step, got, want)
		}
	}
}

// TestHeavyQueries halves what GitHub does not answer in time.
func TestHeavyQueries(t *testing.T) {
	s := serve(t, pagesWorld(60, 60), githubtest.Options{Heavy: 3000})
	report, err := s.sync(t, s.options())
	if err != nil || len(report.Gaps) > 0 || len(s.facts().Deployments) != 66 {
		t.Errorf("%v, gaps %v, %d deployments", err, report.Gaps, len(s.facts().Deployments))
	}
	if !strings.Contains(strings.Join(report.Notes, "\n"), "smaller") {
		t.Errorf("nothing tells of smaller queries: %v", report.Notes)
	}
}

func TestInspect(t *testing.T) {
	s := serve(t, testkit.Story(), githubtest.Options{Scopes: []string{"public_repo"}})
	o := storyOptions(s.URL)
	o.Now, o.Sleep = s.clock.Now, s.clock.Sleep
	i, err := open(t, o).Inspect(t.Context(), collect.SyncOptions{Window: s.window()})
	if err != nil {
		t.Fatal(err)
	}
	if i.Repositories == 0 || i.Teams != len(s.world.Teams) || i.Requests == 0 || i.Night == 0 || i.Time == 0 || len(i.Environments) == 0 || len(i.Labels) == 0 {
		t.Errorf("%+v", i)
	}
	if len(i.Missing) != 2 || !strings.Contains(i.Credential, "classic") {
		t.Errorf("scopes of the token: %q, missing %q", i.Credential, i.Missing)
	}
	if s.store.Puts("hub") > 0 {
		t.Error("an inspection changed the store")
	}
}

// TestRequests counts what a tenth of a large organisation takes.
func TestRequests(t *testing.T) {
	w := testkit.Organisation(testkit.Size{Repositories: 50, Teams: 6, Requests: 400, Deployments: 1500, Incidents: 20})
	s := serve(t, w, githubtest.Options{})
	s.SetNow(w.To.Add(-24 * time.Hour))
	first, err := s.sync(t, s.options())
	if err != nil || len(first.Gaps) > 0 {
		t.Fatal(err, first.Gaps)
	}
	s.SetNow(w.To)
	night, err := s.sync(t, s.options())
	if err != nil || len(night.Gaps) > 0 {
		t.Fatal(err, night.Gaps)
	}
	t.Logf("first run %d requests, night %d", first.Requests, night.Requests)
	if first.Requests > 25 || night.Requests > 12 {
		t.Errorf("first run %d requests, want at most 25; night %d, want at most 12", first.Requests, night.Requests)
	}
}

// broken makes some answers of REST a status.
func broken(code int, path string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, path) {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(code)
				_, _ = w.Write([]byte(`{"message":"no"}`)) // the client may have gone
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// TestStatuses holds that answers of REST which refuse the workflow runs of a repository
// are a gap of that repository.
func TestStatuses(t *testing.T) {
	for _, code := range []int{403, 404, 410, 451} {
		t.Run(http.StatusText(code), func(t *testing.T) {
			s := serve(t, testkit.Story(), githubtest.Options{Wrap: broken(code, "storefront/actions/workflows")})
			o := storyOptions(s.URL)
			o.Now, o.Sleep = s.clock.Now, s.clock.Sleep
			report, err := s.sync(t, o)
			if err != nil || len(report.Gaps) != 1 || report.Gaps[0].Repository != "acme/storefront" {
				t.Errorf("%v, gaps %v", err, report.Gaps)
			}
		})
	}
}

// TestUnfinishedWithoutID holds that an unfinished deployment is read again by its number
// if the store has no GraphQL id of it.
func TestUnfinishedWithoutID(t *testing.T) {
	w := testkit.Story()
	whole := serve(t, w, githubtest.Options{})
	s := serve(t, w, githubtest.Options{})
	before, after := time.Date(2025, 3, 6, 0, 0, 0, 0, time.UTC), time.Date(2025, 3, 9, 0, 0, 0, 0, time.UTC)
	s.SetNow(before)
	if _, err := s.sync(t, s.options()); err != nil {
		t.Fatal(err)
	}
	cursors, err := s.store.Cursors(t.Context(), "hub")
	if err != nil {
		t.Fatal(err)
	}
	lost := 0
	for i, c := range cursors {
		without := regexp.MustCompile(`,"open":\{[^}]*\}`).ReplaceAllString(c.Mark, "")
		if without != c.Mark {
			lost++
		}
		cursors[i].Mark = without
	}
	if err := s.store.Put(t.Context(), "hub", collect.Batch{Cursors: cursors}); err != nil || lost == 0 {
		t.Fatalf("%d ids were taken away, %v", lost, err)
	}
	for _, one := range []*site{s, whole} {
		one.SetNow(after)
		if report, err := one.sync(t, one.options()); err != nil || len(report.Gaps) > 0 {
			t.Fatalf("%v, gaps %v", err, report.Gaps)
		}
	}
	if s.Requests()["GET /repos/{owner}/{repo}/deployments/{id}"] == 0 {
		t.Error("no deployment was asked for by its number")
	}
	if diff := cmp.Diff(whole.facts().Deployments, s.facts().Deployments); diff != "" {
		t.Errorf("deployments (-read once +read again):\n%s", diff)
	}
}
