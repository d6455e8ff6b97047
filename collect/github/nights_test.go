package github_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/ip3dp/ip3dp/collect/github/githubtest"
)

// TestRequestsFailOneNight holds that commits of a night that could not read the
// requests are changes of their own in the end, whether or not anything was pushed
// since.
func TestRequestsFailOneNight(t *testing.T) {
	for _, wait := range []time.Duration{0, 12 * time.Hour} {
		w := pagesWorld(12, 5)
		fails := false
		s := serve(t, w, githubtest.Options{Wrap: func(next http.Handler) http.Handler {
			refuse := broken(http.StatusForbidden, "service-1/pulls")(next)
			return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
				if fails {
					refuse.ServeHTTP(rw, r)
					return
				}
				next.ServeHTTP(rw, r)
			})
		}})
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
