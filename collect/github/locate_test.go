package github_test

import (
	"errors"
	"io"
	"net/http"
	"path"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// elsewhere is a server that has some paths under other names, and some not at all.
type elsewhere struct {
	moved map[string]string // path asked for → path of the fake
	gone  []string          // beginnings of paths
	// refused and unreachable are last parts of paths: one answers 403, the other cannot be reached.
	refused, unreachable string
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if to := e.moved[r.URL.Path]; to != "" {
		r.URL.Path = to
		return http.DefaultTransport.RoundTrip(r)
	}
	switch path.Base(r.URL.Path) {
	case e.refused:
		return &http.Response{
			StatusCode: http.StatusForbidden, Header: http.Header{"Content-Type": {"application/json"}},
			Body: io.NopCloser(strings.NewReader(`{"message":"Resource not accessible by this token"}`)), Request: r,
		}, nil
	case e.unreachable:
		return nil, errors.New("no route to host")
	}
	for _, p := range e.gone {
		if strings.HasPrefix(r.URL.Path, p) {
			return &http.Response{
				StatusCode: http.StatusNotFound, Header: http.Header{"Content-Type": {"text/plain; charset=utf-8"}},
				Body: io.NopCloser(strings.NewReader("404 page not found\n")), Request: r,
			}, nil
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

// TestLocate reads servers that stand for GitHub with less of it, or with it in
// other places.
func TestLocate(t *testing.T) {
	tests := []struct {
		name   string
		server elsewhere
		wrong  []string // in the error; empty: all is read
	}{
		{"no rate limit", elsewhere{gone: []string{"/rate_limit", "/api/v3/"}}, nil},
		{"GraphQL below /api", elsewhere{gone: []string{"/graphql", "/api/v3/"}, moved: map[string]string{"/api/graphql": "/graphql"}}, nil},
		{"GraphQL alone", elsewhere{gone: []string{"/rate_limit", "/api/v3/", "/orgs/"}}, nil},
		{"no GraphQL", elsewhere{gone: []string{"/graphql", "/api/"}}, []string{"/graphql", "404", "check base_url"}},
		{"GraphQL refused", elsewhere{refused: "graphql"}, []string{"/graphql", "403", "give a classic personal access token"}},
		{"GraphQL unreachable", elsewhere{unreachable: "graphql"}, []string{"/graphql", "no route", "allow requests to this address"}},
		{"nothing", elsewhere{gone: []string{"/"}}, []string{"/graphql", "404", "check base_url"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s := serve(t, pagesWorld(5, 5), githubtest.Options{})
			o := s.options()
			o.HTTP, o.Teams = tt.server, false
			report, err := s.sync(t, o)
			if len(tt.wrong) == 0 {
				if err != nil || len(report.Gaps) > 0 || len(s.facts().Deployments) != 11 {
					t.Errorf("%v, gaps %v, %d deployments", err, report.Gaps, len(s.facts().Deployments))
				}
				return
			}
			if err == nil || len(report.Gaps) != 1 {
				t.Fatalf("%v, gaps %v, want an error and its gap", err, report.Gaps)
			}
			g := report.Gaps[0]
			for _, words := range tt.wrong {
				if !strings.Contains(err.Error(), words) || !strings.Contains(g.Reason+g.Next, words) {
					t.Errorf("%v, gap %s: %s: no %q", err, g.Reason, g.Next, words)
				}
			}
			if !g.From.Equal(s.world.From) || s.store.Puts("hub") > 0 {
				t.Errorf("the gap begins at %s, and the store was written %d times", g.From, s.store.Puts("hub"))
			}
			if strings.Contains(err.Error()+g.Reason+g.Next, githubtest.Token) {
				t.Errorf("the token is shown: %v", err)
			}
		})
	}
}
