package readers

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/console"
)

// forge is a fake forge: an answer for each path; a path without one is not found.
func forge(t *testing.T, answers map[string]string) string {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		text, ok := answers[r.URL.EscapedPath()]
		status := http.StatusOK
		switch {
		case !ok:
			status, text = http.StatusNotFound, `{"message":"Not Found"}`
		case text == "forbidden":
			status, text = http.StatusForbidden, `{"message":"Resource not accessible by integration"}`
		}
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(status)
		if _, err := w.Write([]byte(text)); err != nil {
			t.Error(err)
		}
	}))
	t.Cleanup(server.Close)
	return server.URL
}

func TestAsk(t *testing.T) {
	const repo, pages = "/repos/acme/site", "/repos/acme/site/pages"
	const project, projectPages = "/api/v4/projects/7", "/api/v4/projects/7/pages"
	for _, tt := range []struct {
		name     string
		gitlab   bool
		answers  map[string]string
		want     string // of the answer's words
		public   bool
		known    bool
		address  string
		proposed string
	}{
		{
			name: "a private repository with a public site", answers: map[string]string{
				repo: `{"private":true,"has_pages":true}`, pages: `{"public":true,"html_url":"https://acme.github.io/site/"}`,
			}, want: "everybody on the internet (its Pages site is public, although the repository is private)", public: true,
			known: true, address: "https://acme.github.io/site/", proposed: "public",
		},
		{
			name: "Enterprise Cloud with access control", answers: map[string]string{
				repo: `{"private":true,"has_pages":true}`, pages: `{"public":false,"html_url":"https://x.pages.github.io/"}`,
			}, want: "those who can read the repository (its Pages site has access control)", known: true,
			address: "https://x.pages.github.io/", proposed: "organisation",
		},
		{
			name: "a public repository, and a token without Pages", answers: map[string]string{
				repo: `{"private":false,"has_pages":true}`, pages: "forbidden",
			}, want: "everybody on the internet (the repository is public)", public: true, known: true, proposed: "public",
		},
		{
			name: "a private repository, and a token without Pages", answers: map[string]string{
				repo: `{"private":true,"has_pages":true}`, pages: "forbidden",
			}, want: "not known: everybody on the internet may be able to (the token may not see the settings of Pages", proposed: "public",
		},
		{
			name: "a private repository without a site", answers: map[string]string{repo: `{"private":true,"has_pages":false}`},
			want: "may be able to (no Pages site is published yet; that of a private repository is public except", proposed: "public",
		},
		{
			name: "a token that sees nothing", answers: nil, want: "may be able to (github.com did not tell: the forge answered 404", proposed: "public",
		},
		{
			name: "GitLab, public Pages of a private project", gitlab: true, answers: map[string]string{
				project: `{"id":7,"visibility":"private","pages_access_level":"public"}`, projectPages: `{"url":"https://acme.gitlab.io/site"}`,
			}, want: "everybody on the internet (its Pages site is public, although", public: true, known: true,
			address: "https://acme.gitlab.io/site", proposed: "public",
		},
		{
			name: "GitLab, Pages for those who can read", gitlab: true, answers: map[string]string{
				project: `{"id":7,"visibility":"internal","pages_access_level":"enabled"}`,
			}, want: "those who can read the repository", known: true, proposed: "organisation",
		},
		{
			name: "GitLab, Pages for members", gitlab: true, answers: map[string]string{
				project: `{"id":7,"visibility":"public","pages_access_level":"private"}`,
			}, want: "those who can read the repository", known: true, proposed: "organisation",
		},
		{
			name: "GitLab, a public project", gitlab: true, answers: map[string]string{
				project: `{"id":7,"visibility":"public","pages_access_level":"enabled"}`,
			}, want: "everybody on the internet", public: true, known: true, proposed: "public",
		},
		{
			name: "GitLab, Pages switched off", gitlab: true, answers: map[string]string{
				project: `{"id":7,"visibility":"private","pages_access_level":"disabled"}`,
			}, want: "may be able to (no Pages site is published yet)", proposed: "public",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			at := forge(t, tt.answers)
			env := console.Environment{"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/site", "GITHUB_TOKEN=t", "GITHUB_API_URL=" + at}
			if tt.gitlab {
				env = console.Environment{"GITLAB_CI=true", "CI_PROJECT_ID=7", "GITLAB_TOKEN=t", "CI_API_V4_URL=" + at + "/api/v4"}
			}
			a := Ask(t.Context(), FindInJob(env))
			if !strings.Contains(a.Words(), tt.want) || a.Public != tt.public || a.Known != tt.known || a.Address != tt.address {
				t.Errorf("%s (public %t, known %t) at %q, want %s", a.Words(), a.Public, a.Known, a.Address, tt.want)
			}
			if got, _ := a.Propose(); got != tt.proposed {
				t.Errorf("proposes %s, want %s", got, tt.proposed)
			}
			for _, audience := range []string{"public", "organisation", "login"} {
				text, next := a.Contradiction(audience)
				if (text != "") != (tt.public && audience != "public") || (text == "") != (next == "") {
					t.Errorf("%s: contradiction %q, next %q", audience, text, next)
				}
			}
		})
	}
}

// TestAskNobody: without a place, a token or a forge that answers, the worst case is named.
func TestAskNobody(t *testing.T) {
	env := console.Environment{"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/site", "GITHUB_SERVER_URL=https://github.acme.example"}
	self := FindInJob(env)
	if self == nil || !self.IsSelfManaged() || self.API != "https://github.acme.example/api/v3" {
		t.Fatalf("%+v", self)
	}
	for name, p := range map[string]*Place{"no place": nil, "no token": self} {
		t.Run(name, func(t *testing.T) {
			a := Ask(t.Context(), p)
			if a.Known || !strings.HasPrefix(a.Words(), worst+" (") {
				t.Errorf("%+v", a)
			}
			if text, _ := a.Contradiction("login"); text != "" {
				t.Errorf("a finding without facts: %s", text)
			}
		})
	}
	if FindInJob(console.Environment{"GITHUB_REPOSITORY=acme/site"}) != nil {
		t.Error("a variable alone is not a job")
	}
}
