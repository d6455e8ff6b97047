package post_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/ip3dp/ip3dp/cmd/internal/post"
)

const marker = "<!-- ip3dp:test -->"

// written is a comment or an issue as a fake forge holds it.
type written struct {
	ID     int    `json:"id"`
	Number int    `json:"number"`
	Title  string `json:"title"`
	Body   string `json:"body"`
	State  string `json:"state"`
	User   struct {
		Type string `json:"type"`
	} `json:"user"`
	Author struct {
		ID int `json:"id"`
	} `json:"author"`
}

// forge is as much of both forges as the package speaks to: comments of number 7,
// issues, one pull request.
type forge struct {
	t     *testing.T
	list  []written
	calls []string
	fail  int // status of every write
}

func (f *forge) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.calls = append(f.calls, r.Method+" "+r.URL.Path)
	if r.Header.Get("Authorization") != "Bearer canary" && r.Header.Get("Private-Token") != "canary" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch {
	case r.Method != http.MethodGet:
		f.write(w, r)
	case strings.HasSuffix(r.URL.Path, "/user"):
		fmt.Fprint(w, `{"id": 5}`)
	case r.URL.Path == "/repos/acme/platform":
		fmt.Fprint(w, `{"full_name": "acme/platform", "private": true, "parent": {"private": false}}`)
	case strings.HasSuffix(r.URL.Path, "/pulls"):
		fmt.Fprintf(w, `[{"number": 7, "head": {"sha": "abc", "label": %q}}]`, r.URL.Query().Get("head"))
	default:
		f.page(w, r)
	}
}

// page serves two of the list at a time, so that looking means paging.
func (f *forge) page(w http.ResponseWriter, r *http.Request) {
	n, _ := strconv.Atoi(r.URL.Query().Get("page"))
	from := max(n-1, 0) * 2
	to := min(from+2, len(f.list))
	if to < len(f.list) {
		w.Header().Set("Link", fmt.Sprintf(`<http://%s%s?page=%d>; rel="next"`, r.Host, r.URL.Path, max(n, 1)+1))
		w.Header().Set("X-Next-Page", strconv.Itoa(max(n, 1)+1))
	}
	if err := json.NewEncoder(w).Encode(f.list[min(from, to):to]); err != nil {
		f.t.Error(err)
	}
}

func (f *forge) write(w http.ResponseWriter, r *http.Request) {
	if f.fail != 0 {
		w.WriteHeader(f.fail)
		fmt.Fprint(w, `{"message": "canary must not be repeated"}`)
		return
	}
	var in written
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		f.t.Error(err)
	}
	in.User.Type, in.Author.ID = "Bot", 5
	last := r.URL.Path[strings.LastIndexByte(r.URL.Path, '/')+1:]
	if id, err := strconv.Atoi(last); err == nil && r.Method != http.MethodPost {
		for i := range f.list {
			if f.list[i].ID == id {
				in.ID, in.Number = id, id
				f.list[i] = in
			}
		}
	} else {
		in.ID = len(f.list) + 100
		in.Number = in.ID
		f.list = append(f.list, in)
		w.WriteHeader(http.StatusCreated)
	}
	fmt.Fprint(w, `{}`)
}

// others are comments of people, one of whom copied the marker.
func others() []written {
	list := make([]written, 3)
	for i := range list {
		list[i].ID, list[i].Body = i+1, "well done"
		list[i].User.Type, list[i].Author.ID = "User", 9
	}
	list[2].Body = marker + " said a stranger"
	return list
}

// TestComment: one comment on both forges, found again behind those of others.
func TestComment(t *testing.T) {
	open := map[string]func(url string) (func(body string, fresh bool) (post.Outcome, error), error){
		"github": func(url string) (func(string, bool) (post.Outcome, error), error) {
			g, err := post.NewGitHub(url, "acme/platform", "canary")
			return func(body string, fresh bool) (post.Outcome, error) {
				return g.Comment(t.Context(), 7, marker, body, fresh)
			}, err
		},
		"gitlab": func(url string) (func(string, bool) (post.Outcome, error), error) {
			g, err := post.NewGitLab(url+"/api/v4", "12", "canary")
			return func(body string, fresh bool) (post.Outcome, error) {
				return g.Comment(t.Context(), 7, marker, body, fresh)
			}, err
		},
	}
	for name, open := range open {
		t.Run(name, func(t *testing.T) {
			f := &forge{t: t, list: others()}
			server := httptest.NewServer(f)
			defer server.Close()
			comment, err := open(server.URL)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range []struct {
				body  string
				fresh bool
				want  post.Outcome
				count int
			}{
				{marker + " nothing moved", false, post.Left, 3},
				{marker + " one", true, post.Created, 4},
				{marker + " one", true, post.Unchanged, 4},
				{marker + " two", true, post.Updated, 4},
				{marker + " nothing moved any more", false, post.Updated, 4},
			} {
				got, err := comment(step.body, step.fresh)
				if err != nil || got != step.want || len(f.list) != step.count {
					t.Fatalf("%q: %q, %v, %d comments; want %q, %d", step.body, got, err, len(f.list), step.want, step.count)
				}
			}
			if f.list[3].Body != marker+" nothing moved any more" || f.list[2].Body != marker+" said a stranger" {
				t.Errorf("comments: %+v", f.list)
			}
			f.fail = http.StatusForbidden
			_, err = comment(marker+" three", true)
			if err == nil || !strings.Contains(err.Error(), "403") || strings.Contains(err.Error(), "canary") {
				t.Errorf("a refused write: %v", err)
			}
		})
	}
}

func TestIssue(t *testing.T) {
	f := &forge{t: t, list: others()}
	server := httptest.NewServer(f)
	defer server.Close()
	g, err := post.NewGitHub(server.URL, "acme/platform", "canary")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		body string
		want post.Outcome
	}{
		{"", post.Left},
		{marker + " jira is stale", post.Created},
		{marker + " jira is stale", post.Unchanged},
		{marker + " jira and github are stale", post.Updated},
		{"", post.Closed},
	} {
		t.Run(step.body, func(t *testing.T) {
			got, err := g.Issue(t.Context(), "ip3dp", marker, "stale", step.body)
			if err != nil || got != step.want {
				t.Fatalf("%q: %q, %v, want %q", step.body, got, err, step.want)
			}
		})
	}
	if last := f.list[len(f.list)-1]; len(f.list) != 4 || last.State != "closed" {
		t.Errorf("issues: %+v", f.list)
	}
}

// TestRequest: only the request whose head is the commit that was previewed.
func TestRequest(t *testing.T) {
	server := httptest.NewServer(&forge{t: t})
	defer server.Close()
	g, err := post.NewGitHub(server.URL, "acme/platform", "canary")
	if err != nil {
		t.Fatal(err)
	}
	if n, err := g.FindRequest(t.Context(), "ann:branch", "abc"); n != 7 || err != nil {
		t.Errorf("Request = %d, %v, want 7", n, err)
	}
	for _, sha := range []string{"abd", ""} {
		if n, err := g.FindRequest(t.Context(), "ann:branch", sha); !errors.Is(err, post.ErrNoRequest) {
			t.Errorf("Request of %q = %d, %v, want none", sha, n, err)
		}
	}
	if private, err := g.Private(t.Context()); !private || err != nil {
		t.Errorf("Private = %v, %v", private, err)
	}
	g, err = post.NewGitHub(server.URL, "acme/platform", "wrong")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := g.Private(t.Context()); err == nil || !strings.Contains(err.Error(), "401") {
		t.Errorf("a refused token: %v", err)
	}
	for _, name := range []string{"", "acme", "acme/", "/x", "a/b/c"} {
		if _, err := post.NewGitHub(server.URL, name, "canary"); err == nil {
			t.Errorf("repository %q was taken", name)
		}
	}
}

// A forge that sends requests elsewhere gets no token there.
func TestRedirectKeepsToken(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.Errorf("%s asked with Authorization %q and PRIVATE-TOKEN %q", r.URL.Path, r.Header.Get("Authorization"), r.Header.Get("Private-Token"))
		fmt.Fprint(w, `{"id": 5}`)
	}))
	defer elsewhere.Close()
	forge := httptest.NewServer(http.RedirectHandler(elsewhere.URL+"/user", http.StatusTemporaryRedirect))
	defer forge.Close()
	hub, err := post.NewGitHub(forge.URL, "acme/platform", "canary")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := hub.Private(t.Context()); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("GitHub: %v", err)
	}
	lab, err := post.NewGitLab(forge.URL, "7", "canary")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lab.Comment(t.Context(), 7, marker, "text", true); err == nil || strings.Contains(err.Error(), "canary") {
		t.Errorf("GitLab: %v", err)
	}
}
