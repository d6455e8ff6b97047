package github_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/github"
	"github.com/ip3dp/ip3dp/collect/testkit"
	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// brokenWhile refuses a path for as long as fails is set.
func brokenWhile(fails *bool, path string) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		refuse := broken(http.StatusForbidden, path)(next)
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if *fails {
				refuse.ServeHTTP(w, r)
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}

// TestRequestsFailOneNight holds that commits of a night that could not read the
// requests are changes of their own in the end, whether or not anything was pushed
// since.
func TestRequestsFailOneNight(t *testing.T) {
	for _, wait := range []time.Duration{0, 12 * time.Hour} {
		w := pagesWorld(12, 5)
		fails := false
		s := serve(t, w, githubtest.Options{Wrap: brokenWhile(&fails, "service-1/pulls")})
		o := s.options()
		o.GraphQL, o.Teams = false, false
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
		o.GraphQL, o.Teams = false, false
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
	fails := false
	s := serve(t, w, githubtest.Options{Wrap: brokenWhile(&fails, testkit.StoryConfig+"/deployments")})
	o := storyOptions(s.URL)
	o.GraphQL, o.Now, o.Sleep = false, s.clock.Now, s.clock.Sleep
	o.GitOps = []github.GitOpsRule{{
		Repository: testkit.StoryConfig, Path: `^(?P<environment>\w+)/`,
		Images: map[string]string{testkit.StoryImage: "acme/checkout"},
	}}
	const week = 7 * 24 * time.Hour
	for now := w.From.Add(week); now.Before(w.To); now = now.Add(week) {
		s.SetNow(now)
		fails = !fails
		if _, err := s.sync(t, o); err != nil {
			t.Fatal(err)
		}
	}
	s.SetNow(w.To)
	fails = false
	if _, err := s.sync(t, o); err != nil {
		t.Fatal(err)
	}
	want, got := 0, 0
	config, _ := w.Find(testkit.StoryConfig, w.To)
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
