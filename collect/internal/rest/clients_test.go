//lint:file-ignore SA1019 go-gitlab under its former name is the client of the collector

package rest_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-github/v60/github"
	"github.com/ip3dp/ip3dp/collect/internal/rest"
	"github.com/xanzy/go-gitlab"
)

func githubClient(t *testing.T, f *forge, tr *rest.Transport) *github.Client {
	t.Helper()
	c := github.NewClient(tr.Client())
	base, err := url.Parse(f.URL + "/")
	if err != nil {
		t.Fatal(err)
	}
	c.BaseURL = base
	return c
}

func gitlabClient(t *testing.T, f *forge, tr *rest.Transport) *gitlab.Client {
	t.Helper()
	c, err := gitlab.NewClient("", gitlab.WithBaseURL(f.URL), gitlab.WithHTTPClient(tr.Client()), gitlab.WithoutRetries())
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Both clients get, through every fault that goes away, what they asked for.
func TestClientsThroughFaults(t *testing.T) {
	asks := map[string]func(ctx context.Context, f *forge, tr *rest.Transport) (int, error){
		"go-github": func(ctx context.Context, f *forge, tr *rest.Transport) (int, error) {
			list, _, err := githubClient(t, f, tr).Teams.ListTeams(ctx, "acme", nil)
			return len(list), err
		},
		"go-gitlab": func(ctx context.Context, f *forge, tr *rest.Transport) (int, error) {
			list, _, err := gitlabClient(t, f, tr).Projects.ListProjects(nil, gitlab.WithContext(ctx))
			return len(list), err
		},
	}
	for name, ask := range asks {
		for _, fault := range faults {
			if fault.name == "hang" || fault.name == "slow" {
				continue // these cost time and are the same to a client
			}
			t.Run(name+"/"+fault.name, func(t *testing.T) {
				f := newForge(t, func(w http.ResponseWriter, r *http.Request, n int) {
					if n == 1 {
						fault.do(w, r, n)
						return
					}
					say(w, 200, good)
				})
				tr := f.transport(t, nil)
				n, err := ask(rest.WithShape(t.Context(), rest.Array), f, tr)
				if err != nil || n != 1 || f.requests() != 2 {
					t.Errorf("%d items, error %v, %d requests", n, err, f.requests())
				}
			})
		}
	}
}

// Statuses arrive as the clients' own errors, and those of this package as such.
func TestClientsErrors(t *testing.T) {
	f := newForge(t, answer(404, `{"message":"Not Found"}`))
	tr := f.transport(t, nil)
	_, _, err := githubClient(t, f, tr).Repositories.Get(t.Context(), "acme", "gone")
	var hub *github.ErrorResponse
	if !errors.As(err, &hub) || hub.Response.StatusCode != 404 || hub.Message != "Not Found" {
		t.Errorf("go-github: %v", err)
	}
	_, _, err = gitlabClient(t, f, tr).Projects.GetProject("acme/gone", nil)
	if !errors.Is(err, gitlab.ErrNotFound) {
		t.Errorf("go-gitlab: %v", err)
	}

	f = newForge(t, answer(401, `{"message":"Bad credentials"}`))
	tr = f.transport(t, nil)
	if _, _, err = githubClient(t, f, tr).Repositories.Get(t.Context(), "acme", "x"); !errors.Is(err, rest.ErrCredentials) {
		t.Errorf("go-github: %v", err)
	}
	if _, _, err = gitlabClient(t, f, tr).Projects.GetProject("acme/x", nil); !errors.Is(err, rest.ErrCredentials) {
		t.Errorf("go-gitlab: %v", err)
	}
}

// go-github refuses requests by the wall clock once a response said that none are
// left; here that is the transport's part, which waits.
func TestGoGitHubDoesNotRefuse(t *testing.T) {
	f := newForge(t, answer(200, good, "X-RateLimit-Limit", "5000", "X-RateLimit-Remaining", "0", "X-RateLimit-Reset", unix(time.Now().Add(time.Hour))))
	f.clock.now = time.Now().Add(2 * time.Hour) // the reset is past
	c := githubClient(t, f, f.transport(t, nil))
	for range 2 {
		if _, _, err := c.Teams.ListTeams(t.Context(), "acme", nil); err != nil {
			t.Fatal(err)
		}
	}
}

// A GraphQL query goes through go-github's client, and is repeated.
func TestGraphQLThroughGoGitHub(t *testing.T) {
	f := newForge(t, func(w http.ResponseWriter, r *http.Request, n int) {
		if n == 1 || r.URL.Path != "/graphql" {
			say(w, 200, graphqlLimited)
			return
		}
		say(w, 200, `{"data":{"viewer":{"login":"octocat"}}}`)
	})
	c := githubClient(t, f, f.transport(t, nil))
	r, err := c.NewRequest(http.MethodPost, "graphql", map[string]any{"query": "{viewer{login}}"})
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Data struct{ Viewer struct{ Login string } }
	}
	ctx := rest.WithQuery(rest.WithShape(t.Context(), rest.Object))
	if _, err := c.Do(ctx, r, &got); err != nil || got.Data.Viewer.Login != "octocat" || f.requests() != 2 {
		t.Errorf("%s, error %v, %d requests", fmt.Sprint(got), err, f.requests())
	}
}

// A token that the client sets itself, and nobody declared, is a secret as well.
func TestTokenOfClientIsSecret(t *testing.T) {
	const token = "no-prefix-at-all-4711"
	f := newForge(t, func(w http.ResponseWriter, r *http.Request, _ int) {
		say(w, 403, fmt.Sprintf(`{"message":"%s may not"}`, r.Header.Get("Private-Token")))
	})
	tr := f.transport(t, func(o *rest.Options) { o.Authorize, o.Secrets = nil, nil })
	c, err := gitlab.NewClient(token, gitlab.WithBaseURL(f.URL), gitlab.WithHTTPClient(tr.Client()))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Projects.GetProject("acme/x", nil)
	if err == nil || strings.Contains(err.Error(), token) || !strings.Contains(err.Error(), "[hidden] may not") {
		t.Errorf("error %v", err)
	}
	if got := tr.Scrub("a " + token + " b"); got != "a [hidden] b" {
		t.Errorf("scrubbed: %q", got)
	}
}
