package github_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// refuseList makes GraphQL refuse a list of one repository for as long as fails is set.
func refuseList(fails *bool, repo, field string) func(http.Handler) http.Handler {
	owner, name, _ := strings.Cut(repo, "/")
	asked := regexp.MustCompile(`(r\d+): repository\(owner: "` + owner + `", name: "` + name + `"\) \{ databaseId(?:\np\d+: .*)*?\n(p\d+): ` + field)
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			body, err := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(body))
			var query struct{ Query string }
			if err == nil && len(body) > 0 {
				err = json.Unmarshal(body, &query)
			}
			alias := asked.FindStringSubmatch(query.Query)
			if !*fails || alias == nil || err != nil {
				next.ServeHTTP(w, r)
				return
			}
			r.Header.Del("Accept-Encoding")
			recorded := httptest.NewRecorder()
			next.ServeHTTP(recorded, r)
			var answer map[string]any
			_ = json.Unmarshal(recorded.Body.Bytes(), &answer) // the fake's own
			answer["data"].(map[string]any)[alias[1]].(map[string]any)[alias[2]] = nil
			answer["errors"] = []any{map[string]any{"type": "FORBIDDEN", "message": "no", "path": []any{alias[1], alias[2]}}}
			w.Header().Set("Content-Type", "application/json")
			_ = json.NewEncoder(w).Encode(answer) // the client may have gone
		})
	}
}

// TestRequestsFailOneNight holds that commits of a night that could not read the
// requests are changes of their own in the end, whether or not anything was pushed
// since.
func TestRequestsFailOneNight(t *testing.T) {
	for _, wait := range []time.Duration{0, 12 * time.Hour} {
		w := pagesWorld(12, 12)
		fails := false
		s := serve(t, w, githubtest.Options{Wrap: refuseList(&fails, "acme/service-1", "pullRequests")})
		o := s.options()
		o.Teams = false
		failed := w.From.Add(34 * time.Hour)
		for _, now := range []time.Time{w.From.Add(17 * time.Hour), failed, failed.Add(wait + time.Minute)} {
			s.SetNow(now)
			fails = now.Equal(failed)
			report, err := s.sync(t, o)
			if err != nil || (len(report.Gaps) > 0) != fails {
				t.Fatalf("%s: %v, gaps %v", now, err, report.Gaps)
			}
		}
		clean := serve(t, w, githubtest.Options{})
		clean.SetNow(s.Now())
		o = clean.options()
		o.Teams = false
		if _, err := clean.sync(t, o); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(clean.facts(), s.facts()); diff != "" {
			t.Errorf("%v later (-clean +got):\n%s", wait, diff)
		}
	}
}

// TestConfigurationFailsOneNight holds that the deployments that a configuration
// repository stands for are all there, though every second night could not read what
// GitHub itself records of it.
func TestConfigurationFailsOneNight(t *testing.T) {
	w := testkit.Story()
	config, _ := w.Find(testkit.StoryConfig, w.To)
	fails := false
	s := serve(t, w, githubtest.Options{Wrap: refuseList(&fails, testkit.StoryConfig, "deployments")})
	o := storyOptions(s.URL)
	o.Now, o.Sleep = s.clock.Now, s.clock.Sleep
	o.GitOps = []github.GitOpsRule{{
		Repository: testkit.StoryConfig, Path: `^(?P<environment>\w+)/`,
		Images: map[string]string{testkit.StoryImage: "acme/checkout"},
	}}
	const week = 7 * 24 * time.Hour
	for now := w.From.Add(week); now.Before(w.To); now = now.Add(week) {
		config.Deployments = append(config.Deployments, testkit.Deployment{
			ID: 9000 + now.Unix()/3600%1000, Environment: "production", SHA: config.Commits[0].SHA, Created: now.Add(-time.Hour),
		})
		s.SetNow(now)
		fails = !fails
		if report, err := s.sync(t, o); err != nil || (len(report.Gaps) > 0) != fails {
			t.Fatalf("%s: %v, gaps %v", now, err, report.Gaps)
		}
	}
	s.SetNow(w.To)
	fails = false
	if _, err := s.sync(t, o); err != nil {
		t.Fatal(err)
	}
	want, got := 0, 0
	for _, c := range config.Commits {
		want += len(c.Files)
	}
	for _, d := range s.facts().Deployments {
		if strings.HasPrefix(d.ID, "gitops-") {
			got++
		}
	}
	if got != want || want == 0 {
		t.Errorf("%d deployments, want %d", got, want)
	}
}
