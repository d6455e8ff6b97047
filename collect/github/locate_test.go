package github_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/collect/testkit/githubtest"
)

// elsewhere is a server that has some paths under other names, and some not at all.
type elsewhere struct {
	moved map[string]string // path asked for → path of the fake
	gone  []string          // beginnings of paths
}

func (e elsewhere) RoundTrip(r *http.Request) (*http.Response, error) {
	if to := e.moved[r.URL.Path]; to != "" {
		r.URL.Path = to
		return http.DefaultTransport.RoundTrip(r)
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
		name    string
		server  elsewhere
		graphql bool
		wrong   string // in the reason of the gap, or the error; "": none
	}{
		{"no rate limit", elsewhere{gone: []string{"/rate_limit", "/api/v3/"}}, true, ""},
		{"no rate limit, REST", elsewhere{gone: []string{"/rate_limit", "/api/v3/"}}, false, ""},
		{"GraphQL below /api", elsewhere{gone: []string{"/graphql", "/api/v3/"}, moved: map[string]string{"/api/graphql": "/graphql"}}, true, ""},
		{"GraphQL alone", elsewhere{gone: []string{"/rate_limit", "/api/v3/", "/orgs/"}}, true, ""},
		{"no GraphQL", elsewhere{gone: []string{"/graphql", "/api/"}}, true, "graphql = false"},
		{"nothing", elsewhere{gone: []string{"/"}}, false, "check base_url"},
	}
	for _, tt := range tests {
		s := serve(t, pagesWorld(5, 5), githubtest.Options{})
		o := s.options()
		o.HTTP, o.GraphQL, o.Teams = tt.server, tt.graphql, false
		report, err := s.sync(t, o)
		said := ""
		if err != nil {
			said = err.Error()
		}
		for _, g := range report.Gaps {
			said += g.Reason + g.Next
		}
		if tt.wrong == "" && (said != "" || len(s.facts().Deployments) != 11) || !strings.Contains(said, tt.wrong) {
			t.Errorf("%s: %q, %d deployments", tt.name, said, len(s.facts().Deployments))
		}
		if strings.Contains(said, githubtest.Token) {
			t.Errorf("%s: the token is shown: %s", tt.name, said)
		}
	}
}
