package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/exit"
)

// TestNightNamesReaders: a night names the readers of the site in its log and summary, warns if
// they are others than site.audience, and takes the address of the site. The forge's silence fails
// no night: it is published as partial, because the artifact cannot be read back.
func TestNightNamesReaders(t *testing.T) {
	const public = `{"public":true,"html_url":"https://acme.github.io/site/"}`
	for _, tt := range []struct {
		name, site, pages string
		env               []string // instead of those of GitHub
		flags             []string
		log, summary      string
		code              exit.Code // of the night
		canonical         string
	}{
		{
			name: "public Pages of a private repository", site: `audience = "login"`, pages: public,
			log:       `site.audience is "login", but everybody on the internet can read the site`,
			summary:   `**Warning:** site.audience is "login", but everybody on the internet can read the site.`,
			canonical: "https://acme.github.io/site/",
		},
		{
			name: "as configured", site: "audience = \"public\"\nbase_url = \"SERVER/site/\"", pages: public,
			summary:   "Who can read the site: everybody on the internet",
			canonical: "SERVER/site/",
		},
		{
			name: "a flag", site: `audience = "public"`, pages: public, flags: []string{"--base-url", "https://other.example.com/"},
			summary: "Who can read the site: everybody on the internet", canonical: "https://other.example.com/",
		},
		{
			name: "the proposal", site: `audience = "public"`, pages: public, log: `write base_url = "https://acme.github.io/site/"`,
			summary: `base_url = "https://acme.github.io/site/"`, canonical: "https://acme.github.io/site/",
		},
		{
			name: "a forge that does not tell", site: `audience = "login"`, code: exit.Partial,
			log:     "history is not read back from the artifact",
			summary: "Who can read the site: not known: everybody on the internet may be able to",
		},
		{
			name: "GitLab's variable", site: `audience = "login"`, env: []string{
				"GITLAB_CI=true", "CI_PROJECT_ID=7", "CI_PAGES_URL=https://acme.gitlab.io/site",
			}, log: `write base_url = "https://acme.gitlab.io/site/"`, summary: "no token is at hand",
			canonical: "https://acme.gitlab.io/site/",
		},
		{name: "no job", site: `audience = "login"`, env: []string{"CI_PAGES_URL=https://acme.gitlab.io/site"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				answer := `{"id":1,"default_branch":"main","private":true,"has_pages":true}`
				if strings.Contains(r.URL.Path, "/actions/") || strings.HasPrefix(r.URL.Path, "/site/") {
					w.WriteHeader(http.StatusNotFound) // nothing was published before
				}
				if strings.HasSuffix(r.URL.Path, "/pages") {
					answer = tt.pages
				}
				if tt.pages == "" {
					w.WriteHeader(http.StatusForbidden)
					answer = `{"message":"no"}`
				}
				w.Write([]byte(answer))
			}))
			defer server.Close()
			env := tt.env
			if env == nil {
				env = []string{
					"GITHUB_ACTIONS=true", "GITHUB_REPOSITORY=acme/site", "GITHUB_TOKEN=t", "GITHUB_API_URL=" + server.URL,
				}
			}
			dir := t.TempDir()
			file := filepath.Join(dir, "config.toml")
			put(t, file, "[platform]\nname = \"Acme\"\nas_of = 2024-11-11\n[site]\n"+strings.ReplaceAll(tt.site, "SERVER", server.URL)+"\n")
			put(t, filepath.Join(dir, "teams.toml"), "")
			var log, summary bytes.Buffer
			if code := start(append([]string{"build", "--config", file}, tt.flags...), env, strings.NewReader(""), &log, &log); code != tt.code {
				t.Fatalf("exit code %d\n%s", code, log.String())
			}
			if !strings.Contains(log.String(), tt.log) || tt.log == "" && strings.Contains(log.String(), "base_url") {
				t.Errorf("log:\n%s", log.String())
			}
			if code := start([]string{"ci", "summary", "--config", file, "--exit", "0"}, env, strings.NewReader(""), &summary, &summary); code != exit.Complete {
				t.Fatalf("exit code %d\n%s", code, summary.String())
			}
			if !strings.Contains(summary.String(), tt.summary) || tt.summary == "" && strings.Contains(summary.String(), "Who can read") {
				t.Errorf("summary:\n%s", summary.String())
			}
			page, err := os.ReadFile(filepath.Join(dir, "public", "index.html"))
			if err != nil {
				t.Fatal(err)
			}
			canonical := strings.ReplaceAll(tt.canonical, "SERVER", server.URL)
			if got := strings.Contains(string(page), `rel="canonical"`); got != (tt.canonical != "") || !strings.Contains(string(page), canonical) {
				t.Errorf("canonical link %t, want %q", got, canonical)
			}
			record, err := os.ReadFile(filepath.Join(dir, "public", "data", "run.json"))
			if err != nil || strings.Contains(string(record), "readers") {
				t.Errorf("the published record names readers (%v)", err)
			}
		})
	}
}
